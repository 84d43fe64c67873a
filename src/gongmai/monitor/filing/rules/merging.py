"""Merging what two people, tabs or devices typed into one draft: box by box, against what each had seen.

An edit says which box, what stood in it when it was typed into, and what stands there now. A box that
nobody else touched takes the edit; a box that says the same already needs nothing; a box that somebody
else changed to something different keeps that, and the edit comes back as a conflict with both values.
So nothing that was typed disappears, edits of different boxes come to the same in any order, and sending
the same edits again changes nothing.

Addresses: ``c.CELL`` a head box, ``l.TABLE.LINE.COLUMN`` a box of a line, ``r.TABLE.LINE`` a whole line
(to take it away; its base is the line as seen), ``e.FINDING`` an explanation, ``k.CELL`` the word that a
figure filled in from last period is right.
"""

from collections.abc import Callable, Iterable, Mapping, MutableMapping, Sequence
from dataclasses import dataclass
from typing import Any

from gongmai.core.period.types import Period
from gongmai.monitor.filing.rules.drafts import MAX_KEY, MAX_TYPED, Draft, explain, merge_cells, read_lines
from gongmai.monitor.filing.rules.lines import in_order, is_name, names_of
from gongmai.monitor.filing.rules.openness import is_open
from gongmai.monitor.filing.rules.parsing import MAX_TEXT, parse_value, plain_text
from gongmai.monitor.filing.types import FilingError, Form, Table

MAX_EDITS = 5000
CONFIRMED = "1"
Read = Callable[[str, Any], Any]


@dataclass(frozen=True, slots=True)
class Edit:
    """One box: what stood in it when it was typed into, and what was typed (None: nothing)."""

    address: str
    base: Any
    value: Any


@dataclass(frozen=True, slots=True)
class Conflict:
    """An edit that was not put in.

    `why`: `differs` (both sides filled the box differently), `gone` (the other side took its line away),
    `closed` (only single boxes were sent back, and this is none of them).
    """

    address: str
    base: Any
    mine: Any
    theirs: Any
    why: str = "differs"


def merge_edits(
    state: MutableMapping[str, Any],
    edits: Iterable[Edit],
    read: Read,
    may_change: Callable[[str], bool] = lambda _address: True,
) -> list[Conflict]:
    """Put edits into `state` (address -> value, empty boxes left out) and give those that could not be put.

    `read` brings a value as somebody wrote it to the form in which `state` holds it.
    """
    conflicts = []
    for edit in edits:
        base, mine = read(edit.address, edit.base), read(edit.address, edit.value)
        if edit.address.startswith("r."):
            conflicts += _take_away(state, edit, base, mine, may_change)
            continue
        theirs = state.get(edit.address)
        if mine in (theirs, base):
            continue
        if not may_change(edit.address):
            conflicts.append(Conflict(edit.address, base, mine, theirs, "closed"))
        elif base is not None and theirs is None and _is_gone(state, edit.address):
            conflicts.append(Conflict(edit.address, base, mine, None, "gone"))
        elif theirs != base:
            conflicts.append(Conflict(edit.address, base, mine, theirs))
        elif mine is None:
            del state[edit.address]
        else:
            state[edit.address] = mine
    return conflicts


def _take_away(
    state: MutableMapping[str, Any], edit: Edit, base: Any, mine: Any, may_change: Callable[[str], bool]
) -> list[Conflict]:
    """Take a line away when it still says what whoever took it away had seen."""
    there = line_of(state, edit.address)
    if not there or mine is not None:
        return []
    if there != base:
        return [Conflict(edit.address, base, None, there)]
    prefix = f"l{edit.address[1:]}."
    if not all(may_change(prefix + column) for column in there):
        return [Conflict(edit.address, base, None, there, "closed")]
    for column in there:
        del state[prefix + column]
    return []


def line_of(state: Mapping[str, Any], address: str) -> dict[str, Any]:
    """The boxes of the line ``r.TABLE.LINE`` that hold something."""
    prefix = f"l{address[1:]}."
    return {key.removeprefix(prefix): value for key, value in state.items() if key.startswith(prefix)}


def _is_gone(state: Mapping[str, Any], address: str) -> bool:
    kind, _dot, rest = address.partition(".")
    return kind == "l" and not line_of(state, f"r.{rest.rpartition('.')[0]}")


def flatten(form: Form, draft: Draft) -> dict[str, Any]:
    """A draft as address -> value; text that could not be read stands as it was typed."""
    computed = set(form.computed_cells)
    state = {f"c.{key}": value for key, value in draft.content.cells.items() if key not in computed}
    state |= {f"e.{key}": text for key, text in draft.content.explanations.items() if text}
    for table in form.tables:
        for number, (name, line) in enumerate(zip(names(table, draft), _lines(draft, table), strict=True)):
            state |= {
                f"l.{table.code}.{name}.{key}": value
                for key, value in line.items()
                if value not in (None, "")
            }
            where = f"{table.code}.{number}."
            state |= {
                f"l.{table.code}.{name}.{key.removeprefix(where)}": entry["text"]
                for key, entry in draft.typed.items()
                if key.startswith(where)
            }
    state |= {f"c.{key}": entry["text"] for key, entry in draft.typed.items() if "." not in key}
    return {key: value for key, value in state.items() if value is not None}


def names(table: Table, draft: Draft) -> list[str]:
    """The names of the lines of a table."""
    return names_of(_lines(draft, table), table.key, draft.names.get(table.code, ()))


def _lines(draft: Draft, table: Table) -> Sequence[Mapping[str, Any]]:
    return draft.content.lines.get(table.code, [])


def apply_edits(
    form: Form,
    period: Period,
    draft: Draft,
    edits: Sequence[Edit],
    opened: frozenset[str] | None = None,
) -> tuple[list[Conflict], bool]:
    """Merge edits into a draft: the conflicts, and whether anything changed.

    `opened`: the boxes that may be changed, as `rules.openness` names them; None: all. Raises FilingError
    `unknown_cell`, `unknown_table`, `too_many_lines`, `too_many_explanations`, `too_many_edits`.
    """
    if len(edits) > MAX_EDITS:
        raise FilingError("too_many_edits", limit=MAX_EDITS)
    read = reader(form, period)
    before = flatten(form, draft)
    confirmed = {key for key in draft.prefilled if f"k.{key}" in {edit.address for edit in edits}}
    after = dict(before)
    own = [edit for edit in edits if not edit.address.startswith("k.")]
    keys = {table.code: table.key for table in form.tables}
    conflicts = merge_edits(
        after,
        own,
        read,
        lambda address: address.startswith("e.") or is_open(box_at(address, after, keys), opened),
    )
    changed = [key for key in dict.fromkeys([*before, *after]) if before.get(key) != after.get(key)]
    cells = {key[2:]: after.get(key) for key in changed if key.startswith("c.")}
    merge_cells(form, period, draft, cells)
    explain(draft, {key[2:]: after.get(key) or "" for key in changed if key.startswith("e.")})
    for code in dict.fromkeys(key.split(".")[1] for key in changed if key.startswith("l.")):
        _rebuild(form, period, draft, form.table(code), after)
    draft.prefilled = [key for key in draft.prefilled if key not in confirmed]
    return conflicts, bool(changed or confirmed)


def box_at(address: str, state: Mapping[str, Any], keys: Mapping[str, str]) -> str:
    """The name by which a box is sent back: a line's box goes by the entry of its line.

    `keys`: table -> its key column. An explanation may always be written.
    """
    kind, _dot, rest = address.partition(".")
    if kind == "l":
        table, name, column = rest.split(".", 2)
        return f"{table}.{state.get(f'l.{table}.{name}.{keys[table]}') or ''}.{column}"
    return rest if kind == "c" else ""


def _rebuild(form: Form, period: Period, draft: Draft, table: Table, state: Mapping[str, Any]) -> None:
    rows: dict[str, dict[str, Any]] = {}
    for key, value in state.items():
        if key.startswith(f"l.{table.code}."):
            _kind, _table, name, column = key.split(".", 3)
            rows.setdefault(name, {})[column] = value
    known = [name for name in names(table, draft) if name in rows]
    order = in_order([*known, *(name for name in rows if name not in known)])
    read_lines(form, period, draft, table.code, [rows[name] for name in order])
    draft.names[table.code] = order


def reader(form: Form, period: Period) -> Read:
    """How a value of an address is brought to the form in which a draft holds it.

    Raises FilingError `unknown_cell`, `unknown_table` for an address that the form has not.
    """
    heads = {cell.key: cell for cell in form.cells if cell.exists_in(period)}
    tables = {
        table.code: {cell.key: cell for cell in table.cells if cell.exists_in(period)}
        for table in form.tables
    }
    keys = {table.code: table.key for table in form.tables}

    def read(address: str, raw: Any) -> Any:
        kind, _dot, rest = address.partition(".")
        if kind == "c" and rest in heads:
            return _read_box(raw, heads[rest].column)
        if kind == "e" and rest and len(rest) <= MAX_KEY:
            return (plain_text(raw, MAX_TEXT) or None) if raw is not None else None
        if kind == "k" and rest in heads:
            return CONFIRMED if raw else None
        if kind in {"l", "r"}:
            table, _dot, place = rest.partition(".")
            if table not in tables:
                raise FilingError("unknown_table", table=table)
            name, _dot, column = place.partition(".")
            if is_name(name) and kind == "r" and not column:
                line = raw if isinstance(raw, Mapping) else {}
                found = {key: read(f"l.{table}.{name}.{key}", value) for key, value in line.items()}
                return {key: value for key, value in found.items() if value is not None} or None
            if is_name(name) and column == keys[table]:
                return plain_text("" if raw is None else raw)[:20] or None
            if is_name(name) and column in tables[table]:
                return _read_box(raw, tables[table][column].column)
        raise FilingError("unknown_cell", cell=rest, key=rest)

    return read


def _read_box(raw: Any, column: Any) -> Any:
    try:
        return parse_value(raw, column)
    except FilingError:
        return plain_text(raw, MAX_TYPED)
