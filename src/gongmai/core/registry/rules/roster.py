"""Stays on the roster, and the periods that a change of the roster touches."""

from collections.abc import Iterable, Mapping, Sequence
from itertools import pairwise

from gongmai.core.period.types import Period, periods_between
from gongmai.core.registry.types import Stay


def check_stays(
    stays: Sequence[Stay], entry_months: Mapping[str, tuple[int, int] | None], exit_types: Iterable[str]
) -> list[tuple[int, str, str]]:
    """What is wrong with the stays of one firm: (position of the stay, column, finding code).

    `entry_months` gives for each entry type the first and last month in which it may happen, None for any.
    """
    exits = set(exit_types)
    faults: list[tuple[int, str, str]] = []
    for position, stay in enumerate(stays):
        faults += [(position, column, rule) for column, rule in _check_one(stay, entry_months, exits)]
    order = sorted(range(len(stays)), key=lambda position: stays[position].from_period)
    for before, after in pairwise(order):
        end = stays[before].to_period
        if end is None or end >= stays[after].from_period:
            faults.append((after, "from_period", "stays_overlap"))
    return faults


def _check_one(
    stay: Stay, entry_months: Mapping[str, tuple[int, int] | None], exits: set[str]
) -> Iterable[tuple[str, str]]:
    if stay.to_period is not None and stay.to_period < stay.from_period:
        yield "to_period", "span_reversed"
    if stay.entry_type not in entry_months:
        yield "entry_type", "code_unknown"
    else:
        months = entry_months[stay.entry_type]
        if months and not months[0] <= stay.from_period % 100 <= months[1]:
            yield "from_period", "entry_month"
    if (stay.to_period is None) != (stay.exit_type == ""):
        yield "exit_type", "exit_without_end" if stay.to_period is None else "end_without_exit"
    elif stay.exit_type and stay.exit_type not in exits:
        yield "exit_type", "code_unknown"


def is_new(from_period: int, entry_type: str, period: int) -> bool:
    """Whether a firm came on the roster within the year before `period`; the initial stock is not new."""
    distance = Period.from_key(period).index - Period.from_key(from_period).index
    year = Period.from_key(period).index - Period.from_key(period).year_ago().index
    return entry_type != "initial" and 0 <= distance < year


def list_touched(first: int, last: int | None, current: int) -> tuple[int, ...]:
    """The period keys from `first` to `last` (open: to the current one); none that lie ahead."""
    end = current if last is None else min(last, current)
    if end < first:
        return ()
    return tuple(p.key for p in periods_between(Period.from_key(first), Period.from_key(end)))
