"""SQL pieces for reading returns with DuckDB. Names come from checked form files, never from input."""

from collections.abc import Sequence

from gongmai.monitor.filing.rules.parsing import LARGEST
from gongmai.monitor.filing.types import Cell, Form, Table


def quote(name: str) -> str:
    """A name as an SQL identifier."""
    return '"' + name.replace('"', '""') + '"'


def text_quote(text: str) -> str:
    """A text as an SQL literal."""
    return "'" + text.replace("'", "''") + "'"


def _plain(cell: Cell) -> str:
    return f"nullif(trim(r.{quote(cell.key)}), '')"


def _number(cell: Cell) -> str:
    """DECIMAL keeps what was written, so that a figure with too many places shows itself."""
    return f"TRY_CAST({_plain(cell)} AS DECIMAL(38, 10))"


def typed(cell: Cell) -> str:
    """The cell's value out of the raw text."""
    column = cell.column
    if not column.is_number:
        return _plain(cell)
    kind = "DOUBLE" if column.decimals else "BIGINT"
    return f"TRY_CAST({_plain(cell)} AS {kind})"


def count_bad_sql(relation: str, cells: Sequence[Cell]) -> str:
    """One pass over the raw text that counts, for each cell, the values that do not look right."""
    counts = ", ".join(f"count(*) FILTER (WHERE {_suspect(cell)})" for cell in cells)
    return f"SELECT {counts} FROM {relation} r"


def _suspect(cell: Cell) -> str:
    if not cell.column.is_number:
        return _wrong(cell)[0]
    places = f"(\\.\\d{{0,{cell.column.decimals}}})?" if cell.column.decimals else ""
    pattern = f"\\s*([+-]?\\d{{1,15}}{places})?\\s*"
    return f"NOT regexp_full_match(r.{quote(cell.key)}, '{pattern}')"


def bad_values_sql(joined: str, cells: Sequence[Cell]) -> list[str]:
    """Statements that give each value that is no number, has too many places, is too large or no choice."""
    if not cells:
        return []
    wrong = [(cell, *_wrong(cell)) for cell in cells]
    details = " UNION ALL ".join(
        f"SELECT f.name, r.credit_code, e.enterprise_id, f.period, {text_quote(cell.key)}, {rule}, "
        f"r.{quote(cell.key)} FROM {joined} WHERE {condition}"
        for cell, condition, rule in wrong
    )
    return [details]


def _wrong(cell: Cell) -> tuple[str, str]:
    """A condition on the raw text and the SQL for the code of what is wrong."""
    column = cell.column
    if column.kind == "choice":
        allowed = ", ".join(text_quote(code) for code in column.choices)
        return f"{_plain(cell)} NOT IN ({allowed})", "'unknown_choice'"
    if column.kind == "text":
        return f"length({_plain(cell)}) > 2000", "'text_too_long'"
    number = _number(cell)
    condition = (
        f"{_plain(cell)} IS NOT NULL AND ({number} IS NULL OR abs({number}) >= {LARGEST} "
        f"OR {number} <> round({number}, {column.decimals}))"
    )
    rule = (
        f"CASE WHEN {number} IS NULL THEN 'not_a_number' WHEN abs({number}) >= {LARGEST} "
        "THEN 'number_too_large' ELSE 'too_many_decimals' END"
    )
    return condition, rule


def month_only_sql(joined: str, cells: Sequence[Cell]) -> list[str]:
    """Month figures in January-February, which has no month of its own."""
    closed = [_plain(cell) for cell in cells if cell.month_only]
    if not closed:
        return []
    first = f"coalesce({', '.join(closed)})"
    return [
        (
            f"SELECT f.name, r.credit_code, e.enterprise_id, f.period, 'month', 'no_such_month', {first} "
            f"FROM {joined} WHERE f.period % 100 = 2 AND {first} IS NOT NULL"
        )
    ]


def _json_member(key: str, *, number: bool) -> str:
    """`"key":value`, or NULL when the value is unknown so that concat_ws leaves it out."""
    value = quote(key) if number else f"CAST(to_json({quote(key)}) AS VARCHAR)"
    return f"'\"{key}\":' || {value}"


def cells_json(form: Form) -> str:
    """The head cells as canonical JSON text: keys sorted, unknowns left out."""
    numbers = {cell.key: cell.column.is_number for cell in form.cells}
    numbers.update(dict.fromkeys(form.computed_cells, True))
    members = ", ".join(_json_member(key, number=numbers[key]) for key in sorted(numbers))
    return f"'{{' || concat_ws(',', {members}) || '}}'"


def line_json(table: Table) -> str:
    """One line as canonical JSON text."""
    numbers = {cell.key: True for cell in table.cells}
    numbers[table.key] = False
    members = ", ".join(_json_member(key, number=numbers[key]) for key in sorted(numbers))
    return f"'{{' || concat_ws(',', {members}) || '}}'"
