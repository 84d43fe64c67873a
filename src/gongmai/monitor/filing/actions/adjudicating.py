"""Judging explanations: accepted, doubtful or wrong. Every verdict stays; the latest holds."""

from django.db import transaction

from gongmai.core.access.queries import check_reach
from gongmai.core.access.types import Actor
from gongmai.core.audit.actions import record
from gongmai.core.period import clock
from gongmai.core.review.types import Level, Refused, State
from gongmai.monitor.filing.actions.drafts import lock_return
from gongmai.monitor.filing.models import Verdict
from gongmai.monitor.filing.queries.lattice import level_of
from gongmai.monitor.filing.queries.working import findings_of, get_version
from gongmai.monitor.filing.types import KIND, FilingError, Severity, Verdicts

MIN_NOTE = 4
_AT = {Level.COUNTY: State.COUNTY, Level.CITY: State.CITY}


def adjudicate(
    actor: Actor, return_id: int, finding: str, verdict: Verdicts, note: str = "", version: int | None = None
) -> Verdict:
    """Judge the explanation of a finding in the version submitted last.

    A doubtful or wrong one needs a note. Only the level at which the return is may judge; `version` is the
    one that the officer saw. Raises NotAllowed, Refused `stale`, `reason_missing`, FilingError
    `not_at_your_level`, `no_such_finding`.
    """
    with transaction.atomic():
        filing = lock_return(return_id)
        check_reach(actor, "return.adjudicate", filing.enterprise)
        if version is not None and version != filing.versions_count:
            raise Refused("stale", expected=version, found=filing.versions_count)
        level = level_of(actor)
        if level is None or _AT.get(level) is not State(filing.state):
            raise FilingError("not_at_your_level", state=filing.state)
        current = get_version(filing, filing.versions_count)
        found = next((each for each in findings_of(current) if each.key == finding), None)
        if found is None or found.severity is not Severity.EXPLANATORY:
            raise FilingError("no_such_finding", finding=finding)
        if verdict is not Verdicts.ACCEPTED and len(note.strip()) < MIN_NOTE:
            raise Refused("reason_missing", minimum=MIN_NOTE)
        given = Verdict.objects.create(
            filing=filing,
            version=filing.versions_count,
            finding=found.key,
            rule=found.rule,
            verdict=verdict.value,
            note=note.strip()[:2000],
            level=level.value,
            by=actor.user_id,
            name=actor.name,
            at=clock.now(),
        )
        record(
            actor=actor,
            action="return.adjudicate",
            kind=KIND,
            object_id=filing.pk,
            payload={
                "finding": found.key,
                "verdict": verdict.value,
                "note": given.note,
                "version": given.version,
            },
        )
    return given
