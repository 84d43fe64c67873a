"""The content of a version: canonical text, digest, and what differs between two."""

import hashlib
from collections.abc import Iterator, Mapping
from typing import Any

import orjson

from gongmai.monitor.filing.types import Change, Content, Form

NO_ATTACHMENTS = "[]"


def canonical(value: Any) -> str:
    """JSON text that is the same for the same content: keys sorted, unknowns left out, no spaces."""
    return orjson.dumps(_without_nulls(value), option=orjson.OPT_SORT_KEYS).decode()


def _without_nulls(value: Any) -> Any:
    if isinstance(value, Mapping):
        return {key: _without_nulls(entry) for key, entry in value.items() if entry is not None}
    if isinstance(value, list | tuple):
        return [_without_nulls(entry) for entry in value]
    return value


def compute_digest(
    cells: str, lines: str, explanations: str = "{}", attachments: str = NO_ATTACHMENTS
) -> str:
    """SM3 (GB/T 32905-2016) over the canonical texts of a version, as 64 hexadecimal digits.

    The list of attached files is the fourth text where there is one: so the receipt proves the vouchers
    too, and the digest of a version without any is what it always was.
    """
    text = f"{cells}\x1f{lines}\x1f{explanations}"
    if attachments != NO_ATTACHMENTS:
        text += f"\x1f{attachments}"
    return hashlib.new("sm3", text.encode()).hexdigest()


def digest_of(content: Content) -> str:
    """The digest of a content."""
    return compute_digest(canonical(content.cells), canonical(content.lines), canonical(content.explanations))


def list_changes(form: Form, old: Content, new: Content) -> list[Change]:
    """Every box that differs, in the order of the form: head cells, then lines matched by their key."""
    keys = [cell.key for cell in form.cells] + list(form.computed_cells)
    known = set(keys)
    keys += sorted((set(old.cells) | set(new.cells)) - known)
    changes = [
        Change(key, old.cells.get(key), new.cells.get(key))
        for key in keys
        if old.cells.get(key) != new.cells.get(key)
    ]
    for table in form.tables:
        before, after = _by_key(old, table.code, table.key), _by_key(new, table.code, table.key)
        for line in dict.fromkeys([*before, *after]):
            changes += _line_changes(table.code, line, before.get(line, {}), after.get(line, {}))
    return changes


def _by_key(content: Content, table: str, key: str) -> dict[str, dict[str, Any]]:
    """Lines under their key; a key that is used again gets a number, so that no line is lost."""
    found: dict[str, dict[str, Any]] = {}
    for line in content.lines.get(table, []):
        name = base = str(line.get(key) or "")
        number = 1
        while name in found:
            number += 1
            name = f"{base}#{number}"
        found[name] = dict(line)
    return found


def _line_changes(table: str, line: str, old: Mapping[str, Any], new: Mapping[str, Any]) -> Iterator[Change]:
    for key in sorted(set(old) | set(new)):
        if old.get(key) != new.get(key):
            yield Change(key, old.get(key), new.get(key), table, line)
