"""Versions of catalogue entries: laying approved ones over the file, and who may take which step.

A version is in force from its first day until the day before the next one. Four eyes: nobody approves what
they wrote (separation of duties, GB/T 22239-2019, 8.1.4.2 d).
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from gongmai.core.formula.types import VersionRefused, VersionState, VersionStep

STEPS: Mapping[tuple[VersionState, VersionStep], VersionState] = {
    (VersionState.DRAFT, VersionStep.SAVE): VersionState.DRAFT,
    (VersionState.DRAFT, VersionStep.PROPOSE): VersionState.PROPOSED,
    (VersionState.DRAFT, VersionStep.WITHDRAW): VersionState.WITHDRAWN,
    (VersionState.PROPOSED, VersionStep.WITHDRAW): VersionState.WITHDRAWN,
    (VersionState.PROPOSED, VersionStep.APPROVE): VersionState.APPROVED,
    (VersionState.PROPOSED, VersionStep.REJECT): VersionState.REJECTED,
    (VersionState.REJECTED, VersionStep.SAVE): VersionState.DRAFT,
}
OWN = frozenset({VersionStep.SAVE, VersionStep.PROPOSE, VersionStep.WITHDRAW})
OTHERS = frozenset({VersionStep.APPROVE, VersionStep.REJECT})
MIN_REASON = 4


@dataclass(frozen=True, slots=True)
class Approved:
    """An approved version: the code, its first day, and the entry (empty: the rule ends)."""

    code: str
    valid_from: date
    entry: Mapping[str, Any]


def next_state(state: VersionState, step: VersionStep) -> VersionState:
    """The state after a step; VersionRefused `step_not_open` when the table has none."""
    try:
        return STEPS[state, step]
    except KeyError:
        raise VersionRefused("step_not_open", state=state.value) from None


def check_person(step: VersionStep, author: int | None, person: int | None) -> None:
    """Authors write and propose, others decide; VersionRefused `not_author`, `four_eyes`."""
    if step in OWN and author is not None and person != author:
        raise VersionRefused("not_author")
    if step in OTHERS and (person is None or person == author):
        raise VersionRefused("four_eyes")


def check_reason(step: VersionStep, text: str) -> None:
    """A proposal and a rejection say why; VersionRefused `reason_missing`."""
    if step in {VersionStep.PROPOSE, VersionStep.REJECT} and len(text.strip()) < MIN_REASON:
        raise VersionRefused("reason_missing", minimum=MIN_REASON)


def check_start(valid_from: date | None, today: date) -> date:
    """The first day, not before the month that is being filed; VersionRefused `no_date`, `too_early`.

    Returns of earlier months were judged by the former version and stay so when they come back.
    """
    if valid_from is None:
        raise VersionRefused("no_date")
    earliest = first_open_day(today)
    if valid_from < earliest:
        raise VersionRefused("too_early", earliest=earliest.isoformat())
    return valid_from


def first_open_day(today: date) -> date:
    """The first day of the last finished month, whose returns are being filed."""
    return (today.replace(day=1) - timedelta(days=1)).replace(day=1)


def lay_over(entries: Sequence[Mapping[str, Any]], versions: Iterable[Approved]) -> list[dict[str, Any]]:
    """The catalogue's entries with the approved versions of their codes, each with its dates.

    The order of the file is kept; codes that it lacks come last.
    """
    by_code: dict[str, list[Approved]] = {}
    for version in versions:
        by_code.setdefault(version.code, []).append(version)
    found: list[dict[str, Any]] = []
    last = {entry["code"]: number for number, entry in enumerate(entries)}
    for number, entry in enumerate(entries):
        code = entry["code"]
        if code not in by_code:
            found.append(dict(entry))
            continue
        ordered = _ordered(by_code[code])
        found += _cut(entry, ordered[0].valid_from)
        if number == last[code]:
            found += _dated(code, ordered)
    for code, added in by_code.items():
        if code not in last:
            found += _dated(code, _ordered(added))
    return found


def _ordered(versions: Sequence[Approved]) -> list[Approved]:
    """By first day; of several with the same first day the one approved last stands."""
    return list(
        {version.valid_from: version for version in sorted(versions, key=lambda v: v.valid_from)}.values()
    )


def _cut(entry: Mapping[str, Any], day: date) -> list[dict[str, Any]]:
    """An entry as it was before a day; nothing where it begins on or after it."""
    begins, ends = _day(entry.get("valid_from")), _day(entry.get("valid_to"))
    if begins is not None and begins >= day:
        return []
    last = day - timedelta(days=1)
    return [{**entry, "valid_to": last if ends is None or ends > last else ends}]


def _dated(code: str, ordered: Sequence[Approved]) -> list[dict[str, Any]]:
    found = []
    for number, version in enumerate(ordered):
        following = ordered[number + 1].valid_from if number + 1 < len(ordered) else None
        if version.entry:
            dated = {**version.entry, "code": code, "valid_from": version.valid_from}
            dated.pop("valid_to", None)
            if following is not None:
                dated["valid_to"] = following - timedelta(days=1)
            found.append(dated)
    return found


def lay_values_over(
    params: Sequence[Mapping[str, Any]], versions: Iterable[Approved]
) -> list[dict[str, Any]]:
    """Parameters with the approved values, each with its dates."""
    by_code: dict[str, list[Approved]] = {}
    for version in versions:
        by_code.setdefault(version.code, []).append(version)
    found = []
    for param in params:
        code = param["code"]
        if code not in by_code:
            found.append(dict(param))
            continue
        ordered = _ordered(by_code[code])
        kept = [cut for value in param["values"] for cut in _cut(value, ordered[0].valid_from)]
        new = [{k: v for k, v in each.items() if k in _VALUE} for each in _dated(code, ordered)]
        found.append({**param, "values": [*kept, *new]})
    return found


_VALUE = {"value", "valid_from", "valid_to"}


def _day(value: Any) -> date | None:
    return value if value is None or isinstance(value, date) else date.fromisoformat(str(value))
