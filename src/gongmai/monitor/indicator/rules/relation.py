"""The relation that a request's formulas are evaluated over: scope, filters, cuts and basis.

Conditions stay a column (`in_scope`) rather than a filter where formulas look back in time, so that a firm
that moved keeps its history.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field

from gongmai.core.formula.types import Checked, Kind, View
from gongmai.monitor.indicator.rules.cuts import column_name, expression
from gongmai.monitor.indicator.types import Basis, Cut

IN_SCOPE = "in_scope"
KEYS = ("enterprise_id", "period", "on_roster")
_YEAR = 100  # the distance of a period's key to the one of last year


@dataclass(frozen=True, slots=True)
class Condition:
    """A condition on the panel's rows with ``?`` parameters."""

    sql: str = "TRUE"
    values: tuple[object, ...] = ()

    def __and__(self, other: "Condition") -> "Condition":
        """Both; TRUE is left out."""
        parts = [part for part in (self, other) if part.sql != "TRUE"]
        if not parts:
            return Condition()
        return Condition(
            " AND ".join(part.sql for part in parts), tuple(value for part in parts for value in part.values)
        )


@dataclass(frozen=True, slots=True)
class Relation:
    """SQL that stands after FROM, its parameters, whether `in_scope` is left for the formula to filter."""

    sql: str
    values: tuple[object, ...] = ()
    scoped_by_column: bool = False
    cuts: tuple[str, ...] = field(default=())


def cell(item: str, kind: Kind, view: View, *, base: bool = False) -> str:
    """The cell of an item in a view, or its base."""
    cumulative = kind is Kind.CUMULATIVE or (kind is Kind.FLOW and view is View.CUMULATIVE)
    return (
        item
        + {
            (False, False): "",
            (False, True): "__base",
            (True, False): "__ytd",
            (True, True): "__ytd_base",
        }[cumulative, base]
    )


def same_sample(value: str, base: str) -> Condition:
    """Firms that report both figures above zero."""
    return Condition(f"({value} > 0 AND {base} > 0)")


def build_relation(
    table: str,
    cuts: Sequence[Cut],
    condition: Condition,
    formulas: Sequence[Checked],
    view: View,
    *,
    basis: Basis = Basis.COMPARABLE,
    periods: Sequence[int] = (),
) -> Relation:
    """Compose the relation of a request over `table`."""
    names = tuple(column_name(cut) for cut in cuts)
    if basis is Basis.NOMINAL:
        return _nominal(table, cuts, condition, formulas, view, periods)
    computed = [
        f"{expression(cut)} AS {name}" for cut, name in zip(cuts, names, strict=True) if name != cut.column
    ]
    looks_back = any(checked.lookback for checked in formulas)
    if condition.sql == "TRUE" and not computed:
        return Relation(table, (), False, names)
    columns = ["*", *computed]
    if looks_back and condition.sql != "TRUE":
        columns.append(f"({condition.sql}) AS {IN_SCOPE}")
        return Relation(f"(SELECT {', '.join(columns)} FROM {table})", condition.values, True, names)
    where = "" if condition.sql == "TRUE" else f" WHERE {condition.sql}"
    return Relation(f"(SELECT {', '.join(columns)} FROM {table}{where})", condition.values, False, names)


def _nominal(
    table: str,
    cuts: Sequence[Cut],
    condition: Condition,
    formulas: Sequence[Checked],
    view: View,
    periods: Sequence[int],
) -> Relation:
    """The figures of this year and, as their base, last year's own figures on last year's roster."""
    names = tuple(column_name(cut) for cut in cuts)
    cells = sorted({column for checked in formulas for column in checked.columns(view)} - set(KEYS))
    groups = [
        f"{expression(cut)} AS {name}" if name != cut.column else name
        for cut, name in zip(cuts, names, strict=True)
        if name not in {*KEYS, *cells}
    ]
    now = [*groups, *KEYS, *(_now(name) for name in cells)]
    then = [
        *groups,
        "enterprise_id",
        f"period + {_YEAR} AS period",
        "FALSE AS on_roster",
        *(_then(name) for name in cells),
    ]
    this = f"SELECT {', '.join(now)} FROM {table} WHERE {_in(periods, 0)} AND {condition.sql}"
    last = f"SELECT {', '.join(then)} FROM {table} WHERE {_in(periods, _YEAR)} AND {condition.sql}"
    return Relation(f"({this} UNION ALL {last})", condition.values * 2, False, names)


def _now(name: str) -> str:
    return f"CAST(NULL AS DOUBLE) AS {name}" if name.endswith("_base") else name


def _then(name: str) -> str:
    if not name.endswith("_base"):
        return f"CASE WHEN FALSE THEN {name} END AS {name}"
    own = name.removesuffix("_base")
    own = own.removesuffix("_") if own.endswith("_") else own
    return f"CAST({own} AS DOUBLE) AS {name}"


def _in(periods: Sequence[int], back: int) -> str:
    return f"period IN ({', '.join(str(int(period) - back) for period in periods)})"
