"""Running a rule against history, beside its present version; what other thresholds would have found."""

import hashlib
import threading
from collections.abc import Mapping, Sequence
from time import perf_counter
from typing import Any

import orjson
from django.apps import apps

from gongmai.core.access.queries import scope_filter
from gongmai.core.access.types import Actor
from gongmai.core.formula.queries import RuleVersion
from gongmai.monitor.filing.queries.trial import (
    Hit,
    can_be_tried,
    history_periods,
    open_history,
)
from gongmai.monitor.filing.rules.audits import Audit
from gongmai.monitor.rule.queries.checking import candidate_of, with_value
from gongmai.monitor.rule.queries.tallies import stamp_now
from gongmai.monitor.rule.rules.rates import Rates, Threshold, grid, mark_thresholds
from gongmai.monitor.rule.types import TrialHit, TrialLine, TrialResult

_KEPT = 8
_cache: dict[str, TrialResult] = {}
_lock = threading.Lock()
Pair = tuple[Audit | None, Audit | None]


def try_version(version: RuleVersion, first: int, last: int) -> TrialResult:
    """Run a version over the published periods from `first` to `last`, beside what is in force.

    Raises FormulaError for one that does not check, ports.TrialTooLong, vintages.NotPublished.
    """
    said = orjson.dumps([version.kind, version.code, version.entry], option=orjson.OPT_SORT_KEYS)
    return _kept(said, candidate_of(version), first, last)


def try_present(audit: Audit, first: int, last: int) -> TrialResult:
    """Run a rule as it is over the published periods from `first` to `last`."""
    said = f"{audit.code} {audit.checked.formula.text} {audit.checked.params}".encode()
    return _kept(said, [(audit, audit)], first, last)


def _kept(said: bytes, pairs: Sequence[Pair], first: int, last: int) -> TrialResult:
    form = next((audit.form for pair in pairs for audit in pair if audit), "")
    key = hashlib.sha256(said + f"{first}.{last}.{stamp_now(form)}".encode()).hexdigest()
    with _lock:
        found = _cache.get(key)
    if found is None:
        found = run_trial(pairs, [period for period in history_periods() if first <= period <= last])
        with _lock:
            while len(_cache) >= _KEPT:
                _cache.pop(next(iter(_cache)))
            _cache[key] = found
    return found


def forget_trials() -> None:
    """Forget what was run, after the database was exchanged."""
    with _lock:
        _cache.clear()


def run_trial(pairs: Sequence[Pair], periods: Sequence[int]) -> TrialResult:
    """Run pairs (present, candidate) over some periods."""
    started = perf_counter()
    usable = [pair for pair in pairs if all(audit is None or can_be_tried(audit) for audit in pair)]
    left_out = [_code(pair) for pair in pairs if pair not in usable]
    forms: dict[str, list[Pair]] = {}
    for pair in usable:
        forms.setdefault(next(audit.form for audit in pair if audit), []).append(pair)
    judged: dict[int, int] = {}
    before: list[Hit] = []
    after: list[Hit] = []
    for form, mine in forms.items():
        old = [present for present, _new in mine if present]
        new = [candidate for _old, candidate in mine if candidate]
        with open_history(form, periods, [*old, *new]) as history:
            for (period, _unit), count in history.judged().items():
                judged[period] = judged.get(period, 0) + count
            hits = history.hits(old)
            before += hits
            after += hits if old == new else history.hits(new)
    return _result(periods, judged, before, after, [_code(pair) for pair in usable], left_out, started)


def _code(pair: Pair) -> str:
    return next(audit.code for audit in pair if audit)


def _result(
    periods: Sequence[int],
    judged: Mapping[int, int],
    before: Sequence[Hit],
    after: Sequence[Hit],
    rules: Sequence[str],
    left_out: Sequence[str],
    started: float,
) -> TrialResult:
    lines = tuple(
        TrialLine(
            period,
            judged.get(period, 0),
            rates_from([hit for hit in before if hit.period == period], judged.get(period, 0)),
            rates_from([hit for hit in after if hit.period == period], judged.get(period, 0)),
        )
        for period in reversed(periods)
    )
    total = sum(judged.values())
    return TrialResult(
        lines,
        _side_by_side(before, after),
        tuple(rules),
        tuple(left_out),
        perf_counter() - started,
        rates_from(before, total),
        rates_from(after, total),
    )


def rates_from(hits: Sequence[Hit], judged: int) -> Rates:
    """The counts of some hits."""
    settled = [hit for hit in hits if not hit.is_open]
    return Rates(
        judged,
        len(hits),
        sum(hit.explained for hit in hits),
        len(settled),
        sum(hit.corrected for hit in settled),
        sum(hit.borne_out for hit in settled),
        sum(bool(hit.verdict) for hit in settled),
    )


def _side_by_side(before: Sequence[Hit], after: Sequence[Hit]) -> tuple[tuple[str, Hit], ...]:
    old = {(hit.rule, hit.enterprise_id, hit.period): hit for hit in before}
    new = {(hit.rule, hit.enterprise_id, hit.period): hit for hit in after}
    found = []
    for key in sorted(old.keys() | new.keys(), key=lambda key: (-key[2], key[1], key[0])):
        by = "both" if key in old and key in new else "present" if key in old else "candidate"
        found.append((by, new.get(key) or old[key]))
    return tuple(found)


def hits_in_reach(actor: Actor, result: TrialResult, by: str = "", unit: str = "") -> list[TrialHit]:
    """The firms of a trial that an actor may see, the latest period first."""
    wanted = [
        (which, hit)
        for which, hit in result.hits
        if (not by or which == by) and (not unit or hit.unit == unit)
    ]
    firms = _firms(actor, {hit.enterprise_id for _, hit in wanted})
    return [
        TrialHit(
            hit.enterprise_id, *firms[hit.enterprise_id], hit.unit, hit.period, which, hit.corrected,
            hit.explained, hit.is_open,
        )
        for which, hit in wanted
        if hit.enterprise_id in firms
    ]  # fmt: skip


def _firms(actor: Actor, ids: set[int]) -> dict[int, tuple[str, str]]:
    rows = apps.get_model("registry", "Enterprise").objects.filter(scope_filter(actor, "return.view"))
    return {pk: (code, name) for pk, code, name in rows.values_list("pk", "credit_code", "name") if pk in ids}


def try_thresholds(audit: Audit, param: str, day: Any) -> list[Threshold]:
    """What a rule would have found in all published periods with other values of one parameter."""
    periods = history_periods()
    value = next(each for each in audit.checked.params if each.code == param).on(day)
    tried = []
    with open_history(audit.form, periods, [audit]) as history:
        judged = sum(history.judged().values())
        present = Threshold(value, rates_from(history.hits([with_value(audit, param, value)]), judged), True)
        for other in grid(value):
            hits = history.hits([with_value(audit, param, other)])
            tried.append(Threshold(other, rates_from(hits, judged)))
    return mark_thresholds(present, tried)
