"""Random formulas over random panels, drawn from anything that behaves like `random.Random`."""

from random import Random
from typing import Any

from gongmai.core.formula.queries import build_vocabulary

LABEL = {"zh-Hans": "指标", "en": "figure"}
ITEMS = [
    {"code": "a", "kind": "flow", "label": {"zh-Hans": "产值", "en": "output"}},
    {"code": "b", "kind": "flow", "label": LABEL},
    {"code": "c", "kind": "cumulative", "label": LABEL},
    {"code": "s", "kind": "stock", "label": LABEL},
    {"code": "k", "kind": "level", "label": LABEL},
    {"code": "ppi", "kind": "reference", "label": LABEL},
    {"code": "mood", "kind": "choice", "options": ["up", "same", "down"], "label": LABEL},
]
VOCABULARY = build_vocabulary(ITEMS)
CELLS = (
    "a", "a__ytd", "a__base", "a__ytd_base", "b", "b__ytd", "b__base", "b__ytd_base", "c__ytd", "c__ytd_base",
    "s", "s__base", "k", "ppi",
)  # fmt: skip
NUMBERS = ("0", "1", "2", "-3", "0.5", "10", "1000", "1e12", "1e-6")
COMPARE = ("=", "<>", "<", "<=", ">", ">=")


def number(draw: Random, depth: int, *, time: bool = True) -> str:
    """A numeric expression over one row."""
    if depth <= 0 or draw.random() < 0.15:
        return draw.choice([*_LEAVES, draw.choice(NUMBERS)])
    inner = lambda: number(draw, depth - 1, time=time)  # noqa: E731 - drawn afresh at every use
    choices = [
        lambda: f"({inner()} {draw.choice('+-*/')} {inner()})",
        lambda: f"({inner()} {draw.choice('+-/')} {inner()})",
        lambda: f"{draw.choice(['abs', 'floor', 'ceil', 'sqrt', 'sign', 'ln', 'log10'])}({inner()})",
        lambda: f"round({inner()}, {draw.choice([-3, 0, 2])})",
        lambda: f"power({inner()}, {draw.choice(['2', '-1', '0.5', '3', '-2'])})",
        lambda: f"{draw.choice(['least', 'greatest', 'coalesce'])}({inner()}, {inner()})",
        lambda: f"(- {inner()})",
        lambda: f"case when {condition(draw, depth - 1, time=time)} then {inner()} else {inner()} end",
    ]
    if time:
        choices += [
            lambda: f"prev({inner()}, {draw.choice([1, 1, 2, 5])})",
            lambda: f"{draw.choice(['year_ago', 'opening'])}({inner()})",
            lambda: f"{draw.choice(_LAST)}({inner()}, {draw.choice([1, 3, 6])})",
            # of sums that dwarf their spread the engines keep unlike numbers of digits
            lambda: f"std_last({draw.choice(_LEAVES)}, {draw.choice([1, 3, 6])})",
            lambda: f"count_last({condition(draw, depth - 1)}, {draw.choice([1, 3])})",
        ]
    return draw.choice(choices)()


def condition(draw: Random, depth: int, *, time: bool = True) -> str:
    """A condition over one row."""
    left = number(draw, depth - 1, time=time)
    if depth <= 0 or draw.random() < 0.2:
        return draw.choice([f"{left} {draw.choice(COMPARE)} {draw.choice(NUMBERS)}", *_PLAIN])
    inner = lambda: condition(draw, depth - 1, time=time)  # noqa: E731 - drawn afresh at every use
    choices = [
        lambda: f"({inner()} {draw.choice(['and', 'or'])} {inner()})",
        lambda: f"(not {inner()})",
        lambda: f"{left} {draw.choice(COMPARE)} {number(draw, depth - 1, time=time)}",
        lambda: f"{left} between {draw.choice(NUMBERS)} and {draw.choice(NUMBERS)}",
        lambda: f"{left} {draw.choice(['in', 'not in'])} (0, 1, 10)",
        lambda: f"({left} is {draw.choice(['', 'not '])}{draw.choice(['known', 'unknown'])})",
        lambda: f"({inner()} is {draw.choice(['true', 'false', 'known', 'unknown'])})",
    ]
    if time:
        choices.append(lambda: f"for_months({inner()}, {draw.choice([1, 2, 3])})")
        choices.append(lambda: f"prev({inner()})")
    return draw.choice(choices)()


def aggregate(draw: Random, depth: int) -> str:
    """A numeric expression over a group of rows."""
    row = lambda: number(draw, 1, time=draw.random() < 0.3)  # noqa: E731 - drawn afresh at every use
    plain = lambda: draw.choice(  # noqa: E731
        [
            f"{draw.choice(['sum', 'avg', 'min', 'max', 'median'])}({row()})",
            f"count_where({condition(draw, 1, time=False)})",
            f"sum_where({row()}, {condition(draw, 1, time=False)})",
            "firms()",
        ]
    )
    if depth <= 0:
        return plain()
    choices = [
        plain,
        lambda: f"({aggregate(draw, depth - 1)} {draw.choice('+-*/')} {aggregate(draw, depth - 1)})",
        lambda: f"{aggregate(draw, depth - 1)} / overall({draw.choice(_WHOLE)})",
    ]
    return draw.choice(choices)()


def panel(draw: Random, firms: int = 3) -> list[dict[str, Any]]:
    """The rows of some firms over up to three years, with gaps and unknowns."""
    periods = [year * 100 + month for year in (2020, 2021, 2022) for month in range(2, 13)]
    rows = []
    for firm in range(1, firms + 1):
        kept = [period for period in periods if draw.random() < 0.8]
        rows += [_row(draw, firm, period) for period in kept[draw.choice([0, 5, 15, 25]) :]]
    return rows


def _row(draw: Random, firm: int, period: int) -> dict[str, Any]:
    row: dict[str, Any] = {cell: _value(draw) for cell in CELLS}
    row |= {"enterprise_id": firm, "period": period, "region": draw.choice(["371302", "371311"])}
    row |= {"mood": draw.choice(["up", "same", "down", None]), "size": draw.choice(["L", "M", None])}
    row |= {
        "is_new": draw.choice([True, False, None]),
        "tags": draw.choice(["|giant|new|", "|giants|", "", None]),
    }
    return row


def _value(draw: Random) -> float | None:
    kind = draw.random()
    if kind < 0.15:
        return None
    if kind < 0.3:
        return 0.0
    if kind < 0.4:
        return draw.choice([1e12, -1e12, 1e9, 0.25, -0.25])
    return float(draw.choice(range(-20, 200)))


_LEAVES = (
    "a", "b", "ytd(a)", "base(a)", "base(ytd(b))", "ytd(c)", "base(ytd(c))", "s", "base(s)", "k", "ppi",
    "month", "months", "year",
)  # fmt: skip
_WHOLE = ("sum(a)", "avg(b)", "max(s)", "firms()")
_LAST = ("avg_last", "median_last", "min_last", "max_last")
_PLAIN = (
    "mood = 'up'", "mood in ('up', 'down')", "mood <> 'same'", "is_new", "has_tag('giant')", "size = 'L'",
    "region = '371302'", "mood is unknown", "not is_new",
)  # fmt: skip
