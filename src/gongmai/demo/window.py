"""The open month: who has filed by the morning of 6 July 2023, how far it is, and what is wrong with it."""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta, timezone

import numpy as np

from gongmai.core.period import queries as calendar
from gongmai.core.period.rules import compute_due_date
from gongmai.core.period.types import Period
from gongmai.demo import sources
from gongmai.demo.types import (
    CURRENT,
    FIRST,
    NEVER,
    Bools,
    Firms,
    Ints,
    Story,
    index_of,
    key_of,
    stream,
    text_of,
)

Rows = list[tuple[object, ...]]
COLUMNS = ("credit_code", "form", "period", "state", "submitted_at", "reason", "explanation")
CHINA = timezone(timedelta(hours=8))
DUE_DAY = {"monthly": 8, "energy": 12, "finance": 18}
FILED = 0.62
# some units hurry, some do not
PACE = {
    "yihe": 1.36,
    "mengyin": 1.3,
    "linshu": 1.2,
    "gaoxin": 1.15,
    "pingyi": 0.62,
    "lingang": 0.68,
    "yinan": 0.8,
}
WORKDAYS = (date(2023, 7, 3), date(2023, 7, 4), date(2023, 7, 5))
STATES = ("returned", "county", "city", "approved")
SLIPS = {"tenth": 14, "thousandfold": 5}  # filed in another unit of money, waiting for the county
GROUP_FIRMS, GROUP_TRADES = 6, ("13", "14")
BAD_DRAFTS = 6  # exports above sales: cannot be submitted


@dataclass(slots=True)
class Window:
    """The open returns. `absent` holds, by form and period, who has no row at all."""

    states: Rows = field(default_factory=list)
    absent: dict[tuple[str, int], Bools] = field(default_factory=dict)
    slips: dict[int, str] = field(default_factory=dict)
    begun: int = -1  # the firm of the first demonstration account
    sent_back: int = -1  # the firm of the second
    group: list[int] = field(default_factory=list)  # the firms of one owner, none of which has filed yet

    def filers(self, firms: Firms, form: str, index: int) -> Ints:
        """The firms with a row in the returns file of a form and period."""
        has_row = firms.on_roster(index)
        gone = self.absent.get((form, index))
        if gone is not None:
            has_row &= ~gone
        return np.flatnonzero(has_row)


def open_window(firms: Firms, story: Story) -> Window:
    """Draw the state of the open month, of the late ones, and who was late in the months before."""
    random = stream("window")
    window = Window()
    window.begun, window.sent_back = _choose_accounts(firms, story)
    _monthly(firms, window, random)
    window.group = _choose_group(firms, story, window)
    for form in ("finance", "energy"):
        _barely_begun(firms, window, form, random)
        _stragglers(firms, window, form, random)
    _late_before(firms, window, random)
    return window


def _choose_accounts(firms: Firms, story: Story) -> tuple[int, int]:
    """A wood firm in the park of the park account, and a firm in the county of the second county account."""
    output = story.flows["output"]
    steady = (output > 0).all(axis=(0, 2)) & (firms.entry == FIRST) & (firms.exit == NEVER)
    middle = (story.annual[3] > 250_000) & (story.annual[3] < 900_000)
    exporting = story.flows["exports"][4, :, 4] > 0
    first = steady & (firms.park == "P06") & (story.annual[3] > 120_000) & exporting
    second = steady & middle & (firms.region == "371325")
    return int(np.flatnonzero(first)[0]), int(np.flatnonzero(second)[0])


def _choose_group(firms: Firms, story: Story, window: Window) -> list[int]:
    """Food firms of middle size, each of another county, whose June return nobody has begun."""
    steady = (firms.entry == FIRST) & (firms.exit == NEVER) & (firms.restored == NEVER)
    output = (story.flows["output"] > 0).all(axis=(0, 2)) & (story.annual[3] > 60_000)
    may = steady & output & window.absent["monthly", CURRENT] & np.isin(firms.division, GROUP_TRADES)
    first_of = {str(firms.unit[firm]): int(firm) for firm in np.flatnonzero(may)[::-1]}
    return sorted(first_of.values())[:GROUP_FIRMS]


def _monthly(firms: Firms, window: Window, random: np.random.Generator) -> None:
    on = firms.on_roster(CURRENT)
    pace = np.array([PACE.get(unit, 1.0) for unit in firms.unit])
    chance = np.clip(FILED * pace, 0, 0.95)
    chance[on] *= FILED / chance[on].mean()
    filed = on & (random.random(firms.count) < chance)
    draft = on & ~filed & (random.random(firms.count) < 0.24)
    filed[[window.begun, window.sent_back]] = False, True
    draft[window.begun] = True
    state = np.full(firms.count, "", object)
    for slow, odds in ((True, (0.07, 0.52, 0.25, 0.16)), (False, (0.05, 0.34, 0.27, 0.34))):
        who = np.flatnonzero(filed & ((pace < 1.0) == slow))
        state[who] = random.choice(STATES, len(who), p=odds)
    state[draft] = "draft"
    state[window.sent_back] = "returned"
    window.absent["monthly", CURRENT] = on & (state == "")
    _spoil(window, state, random)
    reasons, explanations = sources.read_yaml("names")["reasons"], sources.read_yaml("names")["explanations"]
    for firm in np.flatnonzero(state != ""):
        name = str(state[firm])
        moment = "" if name == "draft" else _on_a_workday(random)
        reason = ""
        if name == "returned":
            slipped = firm == window.sent_back
            reason = reasons[1 if slipped else int(random.integers(len(reasons)))]
        told = "" if name == "draft" else str(random.choice(explanations))
        window.states.append(
            (firms.credit_code[firm], "monthly", text_of(CURRENT), name, moment, reason, told)
        )


def _spoil(window: Window, state: "np.typing.NDArray[np.object_]", random: np.random.Generator) -> None:
    waiting = random.permutation(np.flatnonzero(state == "county"))
    place = 0
    for slip, count in SLIPS.items():
        for firm in waiting[place : place + count]:
            window.slips[int(firm)] = slip
        place += count
    for firm in random.permutation(np.flatnonzero(state == "draft"))[:BAD_DRAFTS]:
        window.slips[int(firm)] = "exports"
    window.slips[window.begun] = "head"
    window.slips[window.sent_back] = "tenth"


def _barely_begun(firms: Firms, window: Window, form: str, random: np.random.Generator) -> None:
    """Forms due later this month: a few drafts and nothing else."""
    on = firms.on_roster(CURRENT)
    draft = on & (random.random(firms.count) < 0.03)
    draft[window.begun] = False
    window.absent[form, CURRENT] = on & ~draft
    window.states += [
        (firms.credit_code[firm], form, text_of(CURRENT), "draft", "", "", "")
        for firm in np.flatnonzero(draft)
    ]


def _stragglers(firms: Firms, window: Window, form: str, random: np.random.Generator) -> None:
    """The month before: complete but for a few that are late, on their way or sent back."""
    index = CURRENT - 1
    with_draft = {row[0] for row in window.states if row[1] == form}
    may = [
        firm for firm in np.flatnonzero(firms.on_roster(index)) if firms.credit_code[firm] not in with_draft
    ]
    may = [firm for firm in may if firm not in {window.begun, window.sent_back}]
    picked = random.permutation(np.array(may))
    missing, rest = picked[:14], picked[14:]
    gone = np.zeros(firms.count, np.bool_)
    gone[missing] = True
    window.absent[form, index] = gone
    reason = sources.read_yaml("names")["reasons"][-1]
    for state, count in (("county", 12), ("city", 15), ("returned", 6)):
        for firm in rest[:count]:
            why = reason if state == "returned" else ""
            moment = _on_a_workday(random)
            window.states.append((firms.credit_code[firm], form, text_of(index), state, moment, why, ""))
        rest = rest[count:]


def _late_before(firms: Firms, window: Window, random: np.random.Generator) -> None:
    """Returns of the last year and a half that came after their deadline, since approved."""
    open_now = {(row[0], row[1]) for row in window.states if row[2] == text_of(CURRENT - 1)}
    for form, day in DUE_DAY.items():
        for index in range(index_of(202202), CURRENT):
            due = compute_due_date(Period.from_key(key_of(index)), day, calendar.is_workday)
            who = window.filers(firms, form, index)
            late = who[random.random(len(who)) < 0.012]
            for firm in late:
                if index == CURRENT - 1 and (firms.credit_code[firm], form) in open_now:
                    continue
                moment = _moment(due + timedelta(days=int(random.integers(1, 6))), random)
                window.states.append(
                    (firms.credit_code[firm], form, text_of(index), "approved", moment, "", "")
                )


def _on_a_workday(random: np.random.Generator) -> str:
    return _moment(WORKDAYS[int(random.choice(3, p=[0.2, 0.33, 0.47]))], random)


def _moment(day: date, random: np.random.Generator) -> str:
    second = int(random.integers(8 * 3600 + 1800, 18 * 3600))
    start = datetime.combine(day, time(0), CHINA)
    return (start + timedelta(seconds=second)).isoformat()


Change = Callable[[Ints], Ints]
SCALE: dict[str, Change] = {
    "tenth": lambda values: values // 10,
    "thousandfold": lambda values: values * 1000,
}
