"""Writing rules, and counting what they found."""

from collections.abc import Mapping
from datetime import date
from typing import Any

from django.db import transaction

from gongmai.core.access.queries import check_may
from gongmai.core.access.types import Actor
from gongmai.core.formula import actions as formula
from gongmai.core.formula.queries import RuleVersion
from gongmai.core.formula.rules.staged import period_end
from gongmai.core.formula.types import VersionRefused, VersionStep
from gongmai.core.panel.queries import vintages
from gongmai.core.period import clock
from gongmai.monitor.filing.queries.audits import CATALOGUE, audits_of
from gongmai.monitor.filing.queries.trial import Hit, history_periods, open_history
from gongmai.monitor.filing.rules.audits import Audit
from gongmai.monitor.rule.models import Counting, Judged, Tally
from gongmai.monitor.rule.queries.catalogue import get_param, rule_entries
from gongmai.monitor.rule.queries.checking import check_version
from gongmai.monitor.rule.queries.tallies import stamp_now
from gongmai.monitor.rule.types import TrialResult


def save_rule(
    actor: Actor,
    code: str,
    entry: Mapping[str, Any],
    valid_from: date | None,
    reason: str,
    *,
    version: int | None = None,
    revision: int | None = None,
) -> RuleVersion:
    """Save a draft of a rule. Raises NotAllowed, VersionRefused `no_such_rule` and as of core.formula."""
    if not rule_entries(code):
        raise VersionRefused("no_such_rule")
    return formula.save_version(
        actor, catalogue=CATALOGUE, kind="formula", code=code, entry=entry, valid_from=valid_from,
        reason=reason, version=version, revision=revision,
    )  # fmt: skip


def save_value(
    actor: Actor,
    code: str,
    value: float | None,
    valid_from: date | None,
    reason: str,
    *,
    version: int | None = None,
    revision: int | None = None,
) -> RuleVersion:
    """Save a draft of a parameter's next value. Raises NotAllowed, VersionRefused."""
    if get_param(code) is None:
        raise VersionRefused("no_such_rule")
    entry = {} if value is None else {"value": value}
    return formula.save_version(
        actor, catalogue=CATALOGUE, kind="param", code=code, entry=entry, valid_from=valid_from,
        reason=reason, version=version, revision=revision,
    )  # fmt: skip


def move(
    actor: Actor, version: int, step: VersionStep, *, note: str = "", revision: int | None = None
) -> RuleVersion:
    """Propose, withdraw, approve or reject a version."""
    return formula.move_version(actor, version, step, check=check_version, note=note, revision=revision)


def keep_trial(actor: Actor, version: int, result: TrialResult) -> None:
    """Leave the sums of a trial with its version, for whoever decides."""
    lines = result.lines
    formula.note_trial(
        actor,
        version,
        {
            "from": lines[-1].period if lines else None,
            "to": lines[0].period if lines else None,
            "judged": result.candidate.judged,
            "present": {"fired": result.present.fired, "corrected": result.present.corrected},
            "candidate": {"fired": result.candidate.fired, "corrected": result.candidate.corrected},
        },
    )


def count_rules(actor: Actor, form: str) -> Counting:
    """Count what the rules of a form found in all published periods, each version in its own time.

    Derived figures: a repeat gives the same. Raises NotAllowed, vintages.NotPublished, ports.TrialTooLong.
    """
    check_may(actor, "rule.view")
    stamp, vintage = stamp_now(form), vintages.current_vintage()
    periods = history_periods()
    runs: dict[tuple[int, ...], tuple[tuple[Audit, ...], list[int]]] = {}
    for period in periods:
        audits = audits_of(form, period_end(period))
        runs.setdefault(tuple(map(id, audits)), (audits, []))[1].append(period)
    hits: list[Hit] = []
    judged: dict[tuple[int, str], int] = {}
    for audits, chunk in runs.values():
        with open_history(form, chunk, audits) as history:
            judged |= history.judged()
            hits += history.hits(audits)
    with transaction.atomic():
        Judged.objects.filter(form=form).delete()
        Tally.objects.filter(form=form).delete()
        Judged.objects.bulk_create(
            [Judged(form=form, period=p, unit=u, returns=n) for (p, u), n in judged.items()], batch_size=2000
        )
        Tally.objects.bulk_create(_tallies(form, hits), batch_size=2000)
        row, _ = Counting.objects.update_or_create(
            form=form, defaults={"stamp": stamp, "vintage": vintage, "at": clock.now()}
        )
    return row


def _tallies(form: str, hits: list[Hit]) -> list[Tally]:
    rows: dict[tuple[str, int, str], Tally] = {}
    for hit in hits:
        key = (hit.rule, hit.period, hit.unit)
        if key not in rows:
            rows[key] = Tally(
                form=form, rule=hit.rule, period=hit.period, unit=hit.unit, fired=0, explained=0, settled=0,
                corrected=0, borne_out=0, verdicts=0,
            )  # fmt: skip
        row = rows[key]
        row.fired += 1
        row.explained += hit.explained
        row.settled += not hit.is_open
        row.corrected += hit.corrected and not hit.is_open
        row.borne_out += hit.borne_out and not hit.is_open
        row.verdicts += bool(hit.verdict) and not hit.is_open
    return list(rows.values())
