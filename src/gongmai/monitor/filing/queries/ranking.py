"""The returns that wait for an officer, ranked by suspicion times influence on their county's growth."""

from collections.abc import Mapping, Sequence

import orjson
from django.db.models import F, Max

from gongmai.core.access.queries import check_may, scope_filter
from gongmai.core.access.types import Actor
from gongmai.core.period import clock
from gongmai.core.period.types import Period
from gongmai.core.review.types import Level, State
from gongmai.monitor.filing.models import Return, Thread, Verdict, Version
from gongmai.monitor.filing.queries.openness import review_params
from gongmai.monitor.filing.queries.suspicion import Suspicion, suspicions_of
from gongmai.monitor.filing.rules.ranking import Ranked, is_above, rank
from gongmai.monitor.filing.rules.suspicion import WATCHED
from gongmai.monitor.filing.types import Verdicts

_RIGHTS = {Level.COUNTY: "return.review_county", Level.CITY: "return.review_city"}
_STATES = {Level.COUNTY: State.COUNTY, Level.CITY: State.CITY}
NOTHING = Suspicion(0.0, 0.0, 0.0)


def default_line() -> float:
    """The score from which on a return is looked at, in points of the county's growth, as of today."""
    return review_params()["first_look_share"].on(clock.today())


def waiting(
    actor: Actor,
    form: str,
    period: Period,
    level: Level,
    line: float,
    filters: Mapping[str, str] | None = None,
) -> list[Ranked]:
    """What waits for a level within reach, what deserves a look first. Raises NotAllowed."""
    right = _RIGHTS[level]
    check_may(actor, right)
    rows = Return.objects.select_related("enterprise").filter(
        scope_filter(actor, right, "enterprise__"),
        form=form,
        period=period.key,
        state=_STATES[level],
        versions_count__gt=0,
    )
    unit = (filters or {}).get("unit")
    if unit:
        rows = rows.filter(enterprise__unit=unit)
    return ranked(list(rows), form, period, line)


def ranked(filings: Sequence[Return], form: str, period: Period, line: float) -> list[Ranked]:
    """These returns, ranked. The caller has checked the reach."""
    if not filings:
        return []
    judged = suspicions_of(form, period, [filing.enterprise_id for filing in filings])
    disputed = disputed_among(filings)
    levels = _levels(filings, form, period)
    found = []
    for filing in filings:
        suspicion = judged.get(filing.enterprise_id, NOTHING)
        found.append(
            Ranked(
                filing=filing,
                score=suspicion.score,
                influence=suspicion.influence,
                suspicion=suspicion.suspicion,
                reasons=suspicion.reasons,
                level=levels.get(filing.pk, 0.0),
                disputed=filing.pk in disputed,
                above=is_above(suspicion.score, line, disputed=filing.pk in disputed),
            )
        )
    return rank(found)


def disputed_among(filings: Sequence[Return]) -> set[int]:
    """Those with an open thread, or with an explanation that was called doubtful or wrong last."""
    ids = [filing.pk for filing in filings]
    open_threads = Thread.objects.filter(filing__in=ids, resolved_at=None)
    latest = (
        Verdict.objects.filter(filing__in=ids, version=F("filing__versions_count"))
        .values("filing", "finding")
        .annotate(last=Max("pk"))
        .values("last")
    )
    doubted = Verdict.objects.filter(pk__in=latest).exclude(verdict=Verdicts.ACCEPTED)
    return set(open_threads.values_list("filing", flat=True)) | set(doubted.values_list("filing", flat=True))


def _levels(filings: Sequence[Return], form: str, period: Period) -> dict[int, float]:
    """The figure by which a form counts in the county's growth, of each return."""
    item = WATCHED.get(form, ("",))[0]
    cell = item if form == "monthly" and not period.is_merged else f"{item}__ytd"
    found: dict[int, float] = {}
    rows = Version.objects.filter(
        filing__in=[filing.pk for filing in filings], number=F("filing__versions_count")
    )
    for pk, text in rows.values_list("filing_id", "cells"):
        value = orjson.loads(text).get(cell)
        if isinstance(value, int | float) and value > 0:
            found[pk] = float(value)
    return found
