"""The fixed cube of an item and year: its tables out of the panel, and which of their cells are hidden."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from functools import lru_cache
from pathlib import Path
from typing import Any

import yaml

from gongmai.core.disclosure import queries as disclosure
from gongmai.core.disclosure import rules
from gongmai.core.disclosure.actions import keep
from gongmai.core.disclosure.types import TOTAL, Cell, Cube, Key, Relation, Suppression
from gongmai.core.formula.types import Kind, View
from gongmai.core.outbox import queries as outbox
from gongmai.core.panel.queries import engine, vintages
from gongmai.monitor.indicator.queries import catalogue, kept
from gongmai.monitor.indicator.queries.cuts import GROUP_PREFIX, get_cut, list_cuts
from gongmai.monitor.indicator.rules import cubing
from gongmai.monitor.indicator.rules.cuts import column_name, expression
from gongmai.monitor.indicator.rules.relation import cell

_FILE = Path(__file__).parent.parent / "data" / "cube.yaml"
_GROUPS = "groups"
TAG = "tag"
PREPARING_HANDLER = "gongmai.monitor.indicator.tasks.prepare_disclosure"
LayerName = tuple[int, str]  # a period's key and a cell of the item
Leaves = dict[LayerName, dict[tuple[str, ...], Cell]]


@dataclass(frozen=True, slots=True)
class Table:
    """A table of the cube: the levels of each dimension, whether its inner cells are secret."""

    dimensions: tuple[tuple[str, ...], ...]
    secret: bool = False
    coarser: tuple[tuple[str, ...], ...] = ()


@dataclass(frozen=True, slots=True)
class Assembled:
    """The cube with the names of its layers, its inner cells (of what may be rolled up), its shapes."""

    cube: Cube
    names: tuple[LayerName, ...]
    inner: frozenset[Key]
    shapes: frozenset[cubing.Shape]
    above: Mapping[tuple[str, str], Mapping[str, frozenset[str]]]


@dataclass(frozen=True, slots=True)
class Solved:
    """A cube with its pattern, and how much of the inner cells' value that pattern hides."""

    assembled: Assembled
    suppression: Suppression
    share: float
    rolled_up: bool


class BeingPrepared(Exception):  # noqa: N818 - reads as a sentence where it is raised
    """The worker is finding out what may be seen of a vintage: it is there in a moment."""


def protected(item: str, year: int, vintage: int) -> cubing.Protected:
    """What outside readers may see of an item in a year; BeingPrepared while the worker finds it."""
    return kept.remember(
        ("protected", item, year, vintage), lambda: _protected(item, year, vintage, may_wait=True)
    )


def prepare(item: str, year: int, vintage: int) -> None:
    """Find and keep what outside readers may see of an item in a year; nothing where it is kept already."""
    if vintage not in disclosure.kept(item, year).vintages:
        _protected(item, year, vintage, may_wait=False)


def _protected(item: str, year: int, vintage: int, *, may_wait: bool) -> cubing.Protected:
    """Solve, and keep what is to be shown: whatever is hidden once stays hidden for the year."""
    whole = frozenset(shape for table in tables() for shape in _shapes(table)) | {(TAG,)}
    before = disclosure.kept(item, year)
    if vintage in before.vintages:
        shapes = frozenset(s for table in _in_use(rolled_up=before.rolled_up) for s in _shapes(table)) | {
            (TAG,)
        }
        above = _levels(released(vintage, year), vintage)
        return cubing.Protected(shapes, whole - shapes, before.hidden, above)
    if may_wait and outbox.is_at_work(PREPARING_HANDLER):
        raise BeingPrepared
    found = solve(item, year, vintage)
    keep(
        subject=item,
        year=year,
        vintage=vintage,
        hidden=found.suppression.hidden,
        rolled_up=found.rolled_up,
        primary_count=len(found.suppression.primary),
        hidden_share=found.share,
    )
    return cubing.Protected(
        shapes=found.assembled.shapes,
        rolled_up=whole - found.assembled.shapes,
        hidden=found.suppression.hidden,
        above=found.assembled.above,
    )


def solve(item: str, year: int, vintage: int) -> Solved:
    """The pattern of a vintage: what earlier publications of the year hid, and what it needs itself.

    Where too much of the inner cells would be hidden the cube is published one level coarser.
    """
    before = disclosure.kept(item, year)
    parameters = disclosure.parameters(date(year, 12, 31))
    solver = disclosure.suppressor()
    if not before.rolled_up:
        whole = assemble(item, year, vintage, rolled_up=False)
        # the primary rules alone may hide too much already: then nothing needs to be solved
        least = before.hidden | rules.primary(whole.cube.layers, parameters)
        if rules.hidden_share(whole.cube, least, whole.inner) <= parameters.most_hidden:
            found = solver.protect(whole.cube, parameters, before.hidden)
            share = rules.hidden_share(whole.cube, found.hidden, whole.inner)
            if share <= parameters.most_hidden:
                return Solved(whole, found, share, rolled_up=False)
    coarse = assemble(item, year, vintage, rolled_up=True)
    known = frozenset(coarse.cube.keys)
    found = solver.protect(coarse.cube, parameters, before.hidden & known)
    share = rules.hidden_share(coarse.cube, found.hidden, coarse.inner)
    return Solved(coarse, found, share, rolled_up=True)


def assemble(item: str, year: int, vintage: int, *, rolled_up: bool) -> Assembled:
    """The cells of all tables for every month of the year, level and base, and their relations."""
    periods = released(vintage, year)
    layers: dict[LayerName, dict[Key, Cell]] = {}
    relations: dict[Relation, None] = {}
    secret: set[Key] = set()
    inner: set[Key] = set()
    shapes: set[cubing.Shape] = set()
    above: dict[tuple[str, str], dict[str, frozenset[str]]] = {}
    for table in _in_use(rolled_up=rolled_up):
        levels = table.dimensions
        leaves, paths = _leaves(item, periods, vintage, levels)
        own: set[Key] = set()
        for name, filled in leaves.items():
            cells, found = rules.table(filled, levels, paths)
            layers.setdefault(name, {}).update(cells)
            relations.update(dict.fromkeys(found))
            finest = {column[-1] for column in levels}
            own |= {key for key in cells if {cut for cut, _code in key} == finest}
        secret |= own if table.secret else set()
        inner |= own if table.coarser else set()
        shapes |= _shapes(table)
        _note_above(paths, above)
    _add_tags(item, periods, vintage, layers, relations, secret)
    names = tuple(sorted(layers))
    cube = Cube(_joined(relations), tuple(layers[name] for name in names), frozenset(secret))
    return Assembled(cube, names, frozenset(inner), frozenset(shapes | {(TAG,)}), above)


@lru_cache(maxsize=1)
def _document() -> dict[str, Any]:
    document: dict[str, Any] = yaml.safe_load(_FILE.read_text(encoding="utf-8"))
    return document


def tables() -> list[Table]:
    """The tables of the cube, those on display groups once for each group of the city."""
    found = []
    for entry in _document()["tables"]:
        for down in _rows(entry.get("down", ())):
            coarser = tuple(rows for names in entry.get("coarser", ()) for rows in _rows(names))
            dimensions = (down, tuple(entry["across"])) if "across" in entry else (down,)
            found.append(Table(dimensions, entry.get("inner") == "secret", coarser))
    return found


def _rows(names: Sequence[str]) -> list[tuple[str, ...]]:
    if list(names) == [_GROUPS]:
        return [(cut.code,) for cut in list_cuts() if cut.code.startswith(GROUP_PREFIX)]
    return [tuple(names)] if names else []


def _in_use(*, rolled_up: bool) -> list[Table]:
    """The tables with what takes the place of those rolled up."""
    found = []
    for table in tables():
        if rolled_up and table.coarser:
            found += [Table((rows, *table.dimensions[1:]), coarser=(rows,)) for rows in table.coarser]
        else:
            found.append(table)
    return found


def released(vintage: int, year: int) -> list[int]:
    """The periods of a year that outside readers may see: nearly all firms have reported.

    Raises NotPublished where there is none.
    """
    held = [period for period in vintages.files_in_force(vintage) if period // 100 == year]
    found = kept.remember(("released", vintage, year), lambda: _complete(held, vintage)) if held else []
    if not found:
        raise vintages.NotPublished(vintage=vintage, period=max(held, default=year * 100 + 12))
    return found


def _complete(held: Sequence[int], vintage: int) -> list[int]:
    main = catalogue.DEFAULT_ITEM
    rows = engine.ask(
        f"SELECT period, sum(CASE WHEN on_roster THEN 1 ELSE 0 END) AS firms, "
        f"sum(CASE WHEN on_roster AND {main}__ytd IS NOT NULL THEN 1 ELSE 0 END) AS reported "
        f"FROM {engine.RELATION} GROUP BY period",
        (),
        vintage=vintage,
        periods=held,
    ).to_pylist()
    least = float(_document()["complete"])
    return sorted(
        row["period"] for row in rows if row["firms"] and int(row["reported"]) >= least * int(row["firms"])
    )


def cells_of_item(item: str) -> list[str]:
    """The item's figures that are published: of the month and cumulative, level and base."""
    known = catalogue.get_item(item)
    views = catalogue.views_of(item)
    found = [cell(item, known.kind, view, base=base) for view in sorted(views) for base in (False, True)]
    if known.kind is Kind.LEVEL:
        found = [cell(item, known.kind, View.MONTH)]
    return list(dict.fromkeys(found))


def _shapes(table: Table) -> set[cubing.Shape]:
    """The shapes of the cells that are shown: margins, and inner cells unless they are secret."""
    margins: set[cubing.Shape] = {(level,) for levels in table.dimensions for level in levels}
    if table.secret or len(table.dimensions) == 1:
        return margins
    down, across = table.dimensions
    return margins | {tuple(sorted((one, other))) for one in down for other in across}


def _leaves(
    item: str, periods: Sequence[int], vintage: int, dimensions: Sequence[Sequence[str]]
) -> tuple[Leaves, dict[str, tuple[tuple[str, str], ...]]]:
    """The finest cells of a table by layer, and the codes of all levels for each finest code."""
    cuts = [cut for levels in dimensions for cut in levels]
    names = [column_name(get_cut(cut)) for cut in cuts]
    carried = ", ".join(
        f"{expression(get_cut(cut))} AS {name}" for cut, name in zip(cuts, names, strict=True)
    )
    rows = _ask(item, periods, vintage, carried, names)
    leaves: Leaves = {}
    paths: dict[str, tuple[tuple[str, str], ...]] = {}
    for row in rows:
        codes = {cut: str(row[name] or "") for cut, name in zip(cuts, names, strict=True)}
        for levels in dimensions:
            paths[f"{levels[-1]}:{codes[levels[-1]]}"] = tuple((cut, codes[cut]) for cut in levels)
        finest = tuple(codes[levels[-1]] for levels in dimensions)
        layer = leaves.setdefault((row["period"], row["figure"]), {})
        layer[finest] = _cell(row)
    return leaves, paths


def _levels(periods: Sequence[int], vintage: int) -> dict[tuple[str, str], dict[str, frozenset[str]]]:
    """The codes of the coarser levels that each code lies in, without the figures."""
    above: dict[tuple[str, str], dict[str, frozenset[str]]] = {}
    for levels in {levels for table in tables() for levels in table.dimensions if len(levels) > 1}:
        fields = ", ".join(f"{expression(get_cut(cut))} AS level_{n}" for n, cut in enumerate(levels))
        text = f"SELECT DISTINCT {fields} FROM {engine.RELATION}"
        for row in engine.ask(text, (), vintage=vintage, periods=periods).to_pylist():
            path = [(cut, str(row[f"level_{n}"] or "")) for n, cut in enumerate(levels)]
            _note_above({"": path}, above)
    return above


def _cell(row: Mapping[str, Any]) -> Cell:
    count = int(row["firm_count"])
    return Cell(
        value=float(row["amount"]),
        count=count,
        first=float(row["largest"] or 0.0),
        second=float(row["next_largest"] or 0.0),
        single=int(row["least_firm"]) if count == 1 else 0,
    )


def _ask(
    item: str, periods: Sequence[int], vintage: int, carried: str, names: Sequence[str]
) -> list[dict[str, Any]]:
    """By period, figure and group: the sum of sizes, the firms, the two largest."""
    group = ", ".join(names)
    figures = " UNION ALL ".join(
        f"SELECT period, enterprise_id, {carried}, '{figure}' AS figure, "
        f"abs(CAST({figure} AS DOUBLE)) AS x FROM {engine.RELATION} WHERE {figure} IS NOT NULL"
        for figure in cells_of_item(item)
    )
    ranked = (
        f"SELECT *, row_number() OVER (PARTITION BY period, figure, {group} "
        f"ORDER BY x DESC, enterprise_id) AS place FROM ({figures}) AS figures"
    )
    text = (
        f"SELECT period, figure, {group}, count(*) AS firm_count, sum(x) AS amount, "
        f"max(CASE WHEN place = 1 THEN x END) AS largest, "
        f"max(CASE WHEN place = 2 THEN x END) AS next_largest, "
        f"min(enterprise_id) AS least_firm FROM ({ranked}) AS ranked GROUP BY period, figure, {group} "
        f"ORDER BY period, figure, {group}"
    )
    rows: list[dict[str, Any]] = engine.ask(text, (), vintage=vintage, periods=periods).to_pylist()
    return rows


def _add_tags(
    item: str,
    periods: Sequence[int],
    vintage: int,
    layers: dict[LayerName, dict[Key, Cell]],
    relations: dict[Relation, None],
    secret: set[Key],
) -> None:
    """Tags overlap: the firms are split by all the tags they carry together, which is never shown."""
    for row in _ask(item, periods, vintage, "tags", ["tags"]):
        combination: Key = (("tags", str(row["tags"] or "")),)
        layer = layers.setdefault((row["period"], row["figure"]), {})
        layer[combination] = _cell(row)
        secret.add(combination)
    combinations = sorted(secret & {key for layer in layers.values() for key in layer if _is_tags(key)})
    if not combinations:
        return
    relations[Relation(TOTAL, tuple(combinations))] = None
    tags = {tag for key in combinations for tag in key[0][1].split("|") if tag}
    for tag in sorted(tags):
        parts = tuple(key for key in combinations if tag in key[0][1].split("|"))
        whole: Key = ((TAG, tag),)
        relations[Relation(whole, parts)] = None
        for layer in layers.values():
            layer[whole] = rules.add_up(layer[part] for part in parts if part in layer)


def _is_tags(key: Key) -> bool:
    return len(key) == 1 and key[0][0] == "tags"


def _note_above(
    paths: Mapping[str, Sequence[tuple[str, str]]], above: dict[tuple[str, str], dict[str, frozenset[str]]]
) -> None:
    for path in paths.values():
        for place, (cut, code) in enumerate(path):
            levels = above.setdefault((cut, code), {})
            for coarse, name in path[:place]:
                levels[coarse] = levels.get(coarse, frozenset()) | {name}


def _joined(relations: Iterable[Relation]) -> tuple[Relation, ...]:
    """The relations of all months as one: a whole is the sum of every part that it has in any of them."""
    parts: dict[tuple[Key, tuple[cubing.Shape, ...]], set[Key]] = {}
    for relation in relations:
        kind = tuple(sorted({cubing.shape_of(part) for part in relation.parts}))
        parts.setdefault((relation.whole, kind), set()).update(relation.parts)
    return tuple(Relation(whole, tuple(sorted(found))) for (whole, _kind), found in sorted(parts.items()))
