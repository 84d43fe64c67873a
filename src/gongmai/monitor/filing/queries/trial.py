"""Running audits over the whole history: on whom they would have fired, and what became of the figure."""

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import cast

from gongmai.core.formula.rules.staged import period_end, resolve_params
from gongmai.core.formula.rules.words import MAX_SPAN
from gongmai.core.formula.types import View
from gongmai.core.panel.queries import vintages
from gongmai.core.period.types import PERIODS_PER_YEAR, Period
from gongmai.core.ports import adapter
from gongmai.monitor.filing.ports import TrialRunner, TrialSession
from gongmai.monitor.filing.queries.adjudications import verdicts_by_place
from gongmai.monitor.filing.queries.corrections import (
    Corrected,
    beside_the_panel,
    corrected_returns,
    explained_rules,
    open_returns,
)
from gongmai.monitor.filing.queries.firms import stays
from gongmai.monitor.filing.queries.forms import forms, items
from gongmai.monitor.filing.rules.audits import Audit
from gongmai.monitor.filing.rules.locks import lock_columns
from gongmai.monitor.filing.types import Verdicts

SECONDS = 30.0
# figures that the register or the lines join to a return at submission and that the panel does not hold
NOT_IN_HISTORY = frozenset({"main_line_industry", "per_worker_low", "per_worker_high"})


@dataclass(frozen=True, slots=True)
class Hit:
    """An audit that fired on a return as it was filed first.

    `corrected`: a later version or a base revision changed a figure that the finding shows; `explained`: an
    explanation was given; `is_open`: the return is still under way; `verdict`: the last one given.
    """

    rule: str
    enterprise_id: int
    period: int
    unit: str
    corrected: bool
    explained: bool
    is_open: bool
    verdict: str = ""

    @property
    def borne_out(self) -> bool:
        """Whether the finding was right: as an officer judged its explanation, else by what became of it."""
        return self.verdict != Verdicts.ACCEPTED if self.verdict else self.corrected


def can_be_tried(audit: Audit) -> bool:
    """Whether the history holds all that an audit reads: not for those on lines or joined figures."""
    return not audit.table and not audit.checked.items & NOT_IN_HISTORY


def history_periods() -> list[int]:
    """The periods on which rules can be tried, ascending: those published."""
    return vintages.published_periods()


@dataclass(slots=True)
class History:
    """An open trial on some periods of a form."""

    session: TrialSession
    form: str
    periods: list[int]
    corrected: dict[tuple[int, int], Corrected]
    explained: dict[tuple[int, int], set[str]]
    opened: set[tuple[int, int]]
    firms: dict[int, int]
    verdicts: Mapping[tuple[int, int, str], str]

    def judged(self) -> dict[tuple[int, str], int]:
        """Returns there were to judge, by period and unit."""
        return {(period, unit): count for period, unit, count in self.session.judged(self.form, self.periods)}

    def hits(self, audits: Sequence[Audit], seconds: float = SECONDS) -> list[Hit]:
        """What these audits find, each in all periods of the trial whatever its dates.

        Parameters are those in force at the end of each period. Raises ports.TrialTooLong.
        """
        wanted = {audit.code: audit for audit in audits if can_be_tried(audit)}
        found = []
        for chunk in _same_parameters(list(wanted.values()), self.periods):
            day = period_end(chunk[-1])
            for fired in self.session.fired(self.form, list(wanted.values()), day, chunk, seconds):
                place = (
                    self.firms.get(-fired.subject, 0) if fired.subject < 0 else fired.subject,
                    fired.period,
                )
                later = self.corrected.get(place)
                if fired.subject > 0 and later is not None and later.return_id in self.firms:
                    continue  # judged as it was filed first, in the copy
                audit = wanted[fired.rule]
                pointed = {audit.cell, *audit.shown}
                found.append(
                    Hit(
                        fired.rule,
                        *place,
                        fired.unit,
                        corrected=later is not None and bool(later.cells & pointed),
                        explained=fired.rule in self.explained.get(place, ()),
                        is_open=place in self.opened,
                        verdict=self.verdicts.get((*place, fired.rule), ""),
                    )
                )
        return found


@contextmanager
def open_history(form: str, periods: Sequence[int], audits: Sequence[Audit]) -> Iterator[History]:
    """Open a trial of these audits on periods of a form; vintages.NotPublished when there is no panel."""
    vintage = vintages.current_vintage()
    published = vintages.published_periods(vintage)
    wanted = {"unit"}
    for audit in audits:
        if can_be_tried(audit):
            wanted |= {ref.column(View.MONTH) for ref in audit.checked.refs}
    corrected = corrected_returns(form, periods)
    published = _needed(published, periods)
    columns = {
        each.code: [*(cell.key for cell in each.cells), *each.computed_cells] for each in forms().values()
    }
    sources = {source for locked, source, _base in lock_columns(items().values()) if locked in wanted}
    columns = {
        code: cells for code, cells in columns.items() if code == form or (wanted | sources) & set(cells)
    }
    filed = {}
    for each in forms().values():
        table = beside_the_panel(each, published) if each.code in columns else None
        if table is not None:
            filed[each.code] = table
    mine = filed.get(form)
    subjects = zip(mine["subject"].to_pylist(), mine["firm"].to_pylist(), strict=True) if mine else ()
    runner = cast("TrialRunner", adapter("trial_runner"))
    session = runner.open(
        vintages.paths(vintage, published), filed, stays(), columns, sorted(wanted),
        lock_columns(items().values()),
    )  # fmt: skip
    try:
        yield History(
            session, form, sorted(periods), corrected, dict(explained_rules(form, periods)),
            open_returns(form, periods), {-subject: firm for subject, firm in subjects if subject < 0},
            verdicts_by_place(form, periods),
        )  # fmt: skip
    finally:
        session.close()


def _needed(published: Sequence[int], periods: Sequence[int]) -> list[int]:
    """The periods wanted and those that time words may look back to."""
    if not periods:
        return list(published)
    low = Period.from_index(Period.from_key(min(periods)).index - MAX_SPAN - PERIODS_PER_YEAR).key
    return [key for key in published if low <= key <= max(periods)]


def _same_parameters(audits: Sequence[Audit], periods: Sequence[int]) -> list[list[int]]:
    """Runs of periods in which all parameters of the audits have the same values."""
    runs: dict[tuple[tuple[str, float], ...], list[int]] = {}
    rules = [audit.checked for audit in audits]
    for period in periods:
        values = resolve_params(rules, period_end(Period.from_key(period).key))
        runs.setdefault(tuple(sorted(values.items())), []).append(period)
    return list(runs.values())
