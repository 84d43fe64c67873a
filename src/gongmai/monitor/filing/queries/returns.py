"""Returns as people look at them: tasks of a firm, lists of officers, one return with what may be done."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import orjson
from django.core.paginator import Page, Paginator
from django.db import connection
from django.db.models import F, Q, QuerySet

from gongmai.core.access.queries import check_may, check_reach, may, scope_filter
from gongmai.core.access.types import Actor
from gongmai.core.period import clock
from gongmai.core.period.types import Period
from gongmai.core.review import queries as review
from gongmai.core.review.rules import Facts
from gongmai.core.review.types import State
from gongmai.monitor.filing.models import BaseRevision, Return, Version
from gongmai.monitor.filing.queries.forms import forms, get_form
from gongmai.monitor.filing.queries.lattice import facts_of, moves_open, sees_content, shown_version
from gongmai.monitor.filing.queries.remarks import changed_since_look
from gongmai.monitor.filing.rules.content import list_changes
from gongmai.monitor.filing.types import KIND, Change, Content, FilingError, Finding, Form, May

PAGE_SIZE = 50
FILTERS = (
    "state", "unit", "region", "park", "industry", "q", "late", "findings", "changed", "flagged",
    "unanswered",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class ReturnView:
    """One return with all that a page needs. `may`: move -> None when open now, else what stands against it.

    `withheld`: the last version is not for this reader's eyes yet; what was approved, if anything, is shown.
    """

    filing: Return
    form: Form
    period: Period
    state: State
    facts: Facts
    version: Version | None
    content: Content
    findings: list[Finding]
    may: May
    steps: list[Any] = field(default_factory=list)
    versions: list[Version] = field(default_factory=list)
    withheld: bool = False


def find_return(actor: Actor, pk: int, action: str = "return.view") -> Return:
    """A return within reach. Raises FilingError `no_such_return`, NotAllowed."""
    check_may(actor, action)
    filing = Return.objects.select_related("enterprise").filter(pk=pk).first()
    if filing is None:
        raise FilingError("no_such_return")
    check_reach(actor, action, filing.enterprise)
    return filing


def find_own_return(actor: Actor, form: str, period: Period, credit_code: str = "") -> Return:
    """The return of the firm that the actor files for.

    FilingError `which_firm` when there are several and none is named, `no_such_return` for none.
    """
    get_form(form)
    check_may(actor, "return.file")
    rows = Return.objects.select_related("enterprise").filter(form=form, period=period.key)
    rows = rows.filter(scope_filter(actor, "return.file", "enterprise__"))
    if credit_code:
        rows = rows.filter(enterprise__credit_code=credit_code)
    found = list(rows.order_by("enterprise__credit_code")[:2])
    if not found:
        raise FilingError("no_such_return")
    if len(found) > 1:
        raise FilingError("which_firm")
    return found[0]


def filter_returns(
    actor: Actor, form: str, period: Period, filters: Mapping[str, str] | None = None
) -> QuerySet[Return]:
    """The returns of a form and period within reach that pass the filters (see FILTERS)."""
    check_may(actor, "return.view")
    given = {key: value for key, value in (filters or {}).items() if key in FILTERS and value}
    rows = Return.objects.select_related("enterprise").filter(form=form, period=period.key)
    rows = rows.filter(scope_filter(actor, "return.view", "enterprise__"))
    state = given.get("state")
    if state == "missing":
        rows = rows.filter(state=State.DRAFT, versions_count=0)
    elif state:
        rows = rows.filter(state__in=state.split(","))
    for name in ("unit", "region", "park"):
        if name in given:
            rows = rows.filter(**{f"enterprise__{name}": given[name]})
    if "industry" in given:
        rows = rows.filter(enterprise__industry__startswith=given["industry"])
    if "late" in given:
        rows = rows.filter(Q(first_submitted_at__gt=F("due_at")) | _missing_late())
    if "q" in given:
        text = given["q"].strip()
        rows = rows.filter(
            Q(enterprise__name__icontains=text)
            | Q(enterprise__credit_code__startswith=text.upper())
            | Q(enterprise__initials__startswith=text.lower())
        )
    if "findings" in given:
        rows = rows.filter(versions__number=F("versions_count")).exclude(versions__findings="[]")
    return _beside(actor, rows, given)


def _beside(actor: Actor, rows: QuerySet[Return], given: Mapping[str, str]) -> QuerySet[Return]:
    """The filters on what stands beside the figures: the reader's looks and marks, answers that are late."""
    if "changed" in given:
        rows = changed_since_look(actor, rows)
    if "flagged" in given:
        rows = rows.filter(flags__person_id=actor.person).distinct()
    if "unanswered" in given:
        rows = rows.filter(state=State.RETURNED, answer_by__lt=clock.now())
    return rows


def _missing_late() -> Q:
    return Q(versions_count=0, due_at__lt=clock.now())


def list_returns(
    actor: Actor, form: str, period: Period, filters: Mapping[str, str] | None = None, page: int = 1
) -> Page[Return]:
    """A page of `filter_returns`, by unit and firm."""
    rows = filter_returns(actor, form, period, filters).order_by(
        "enterprise__unit", "enterprise__credit_code"
    )
    return Paginator(rows, PAGE_SIZE).get_page(page)


def get_return(actor: Actor, pk: int, version: int | None = None) -> ReturnView:
    """One return as last submitted (or as of `version`), with its history and what the actor may do now."""
    filing = find_return(actor, pk)
    facts = facts_of(filing)
    last = shown_version(actor, filing)
    versions = list(Version.objects.filter(filing=filing, number__lte=last).order_by("-number"))
    chosen = next((each for each in versions if each.number == (version or last)), None)
    content = _content(chosen) if chosen else Content()
    findings = [Finding.from_dict(entry) for entry in orjson.loads(chosen.findings)] if chosen else []
    return ReturnView(
        filing=filing,
        form=forms()[filing.form],
        period=Period.from_key(filing.period),
        state=State(filing.state),
        facts=facts,
        version=chosen,
        content=content,
        findings=findings,
        may=moves_open(actor, filing, facts),
        steps=review.steps_of(KIND, filing.pk),
        versions=versions,
        withheld=last < filing.versions_count,
    )


def changes_between(actor: Actor, pk: int, old: int, new: int) -> list[Change]:
    """What differs between two versions of a return within reach."""
    filing = find_return(actor, pk)
    if max(old, new) > shown_version(actor, filing):
        raise FilingError("no_such_return")
    found = {each.number: each for each in Version.objects.filter(filing=filing, number__in=[old, new])}
    if len(found) < len({old, new}):
        raise FilingError("no_such_return")
    return list_changes(forms()[filing.form], _content(found[old]), _content(found[new]))


def cell_history(actor: Actor, pk: int, cell: str, periods: int = 24) -> list[tuple[Period, Any]]:
    """A cell of the same firm and form over the last periods, oldest first, as last submitted."""
    filing = find_return(actor, pk)
    if not sees_content(actor, filing):
        raise FilingError("no_such_return")
    low = Period.from_index(Period.from_key(filing.period).index - periods).key
    rows = Version.objects.filter(
        filing__enterprise=filing.enterprise_id,
        filing__form=filing.form,
        filing__period__gte=low,
        filing__period__lte=filing.period,
        number=F("filing__versions_count"),
    ).order_by("filing__period")
    return [
        (Period.from_key(key), orjson.loads(cells).get(cell))
        for key, cells in rows.values_list("filing__period", "cells")
    ]


def list_base_revisions(actor: Actor, state: str = "asked") -> list[BaseRevision]:
    """Requests for base revisions within reach, oldest first."""
    action = "base_revision.decide" if may(actor, "base_revision.decide") else "return.view"
    check_may(actor, action)
    rows = BaseRevision.objects.select_related("filing__enterprise").filter(
        scope_filter(actor, action, "filing__enterprise__")
    )
    if state:
        rows = rows.filter(state=state)
    return list(rows.order_by("pk")[:500])


def periods_of(actor: Actor) -> list[Period]:
    """Periods for which returns exist within reach, latest first."""
    check_may(actor, "return.view" if may(actor, "return.view") else "completeness.view")
    keys = sorted({key for form in forms() for key in _period_keys(form)}, reverse=True)
    return [Period.from_key(key) for key in keys]


def _content(version: Version) -> Content:
    return Content(
        orjson.loads(version.cells), orjson.loads(version.lines), orjson.loads(version.explanations)
    )


def _period_keys(form: str) -> list[int]:
    """Period keys of a form's returns: one step into the index for each, whatever the number of returns."""
    table = connection.ops.quote_name(Return._meta.db_table)  # noqa: SLF001 - Django documents _meta
    with connection.cursor() as cursor:
        cursor.execute(
            f"WITH RECURSIVE step(period) AS (SELECT max(period) FROM {table} WHERE form = %s "
            f"UNION ALL SELECT (SELECT max(period) FROM {table} WHERE form = %s AND period < step.period) "
            "FROM step WHERE step.period IS NOT NULL) SELECT period FROM step WHERE period IS NOT NULL",
            [form, form],
        )
        return [row[0] for row in cursor.fetchall()]
