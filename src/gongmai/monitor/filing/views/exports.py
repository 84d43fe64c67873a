"""Returns of many periods as a file: choose, see how many there are, take them away."""

from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.views.decorators.http import require_safe

from gongmai.core.access.queries import check_may
from gongmai.core.document.actions import table_response, wanted_format
from gongmai.core.period.types import Period
from gongmai.monitor.filing import messages
from gongmai.monitor.filing.queries.exports import (
    APPROVED,
    LONG,
    SUBMITTED,
    WIDE,
    Wanted,
    count_returns,
    returns_table,
)
from gongmai.monitor.filing.queries.forms import forms, get_form
from gongmai.monitor.filing.queries.returns import periods_of
from gongmai.monitor.filing.types import FilingError
from gongmai.monitor.filing.views.fill import period_words
from gongmai.monitor.filing.views.review import chosen_form


@require_safe
def show_export(request: HttpRequest) -> HttpResponseBase:
    """The page with the choices and the number of returns; with ?format= the file itself."""
    actor = request.actor  # type: ignore[attr-defined]
    check_may(actor, "return.view")
    periods = periods_of(actor)
    wanted, problem, count = None, "", 0
    try:
        wanted = read_wanted(request, periods)
        count = count_returns(actor, wanted)
    except FilingError as error:
        problem = messages.word_error(error)
    asked = wanted_format(request)
    if asked is not None and wanted is not None and not problem:
        table = returns_table(actor, wanted)
        return table_response(request, table, f"{table.title} {wanted.first} {wanted.last}", asked)
    context = {
        "wanted": wanted,
        "problem": problem,
        "count": count,
        "form": chosen_form(request),
        "first": request.GET.get("first") or (str(wanted.first) if wanted else ""),
        "last": request.GET.get("last") or (str(wanted.last) if wanted else ""),
        "periods": [(str(each), period_words(each)) for each in periods],
        "forms": [(code, messages.label_of(each.label)) for code, each in forms().items()],
        "tables": [
            (table.code, messages.label_of(table.label)) for table in forms()[chosen_form(request)].tables
        ],
    }
    return render(request, "filing/export.html", context, status=422 if problem else 200)


def read_wanted(request: HttpRequest, periods: list[Period]) -> Wanted:
    """What the address asks for; the latest period where it names none. FilingError `bad_period`."""
    given = request.GET
    latest = str(periods[0]) if periods else ""
    try:
        last = Period.parse(given.get("last") or latest)
        first = Period.parse(given.get("first") or str(last))
    except ValueError:
        raise FilingError("bad_period") from None
    form = get_form(chosen_form(request))
    table = given.get("table", "")
    return Wanted(
        form=form.code,
        first=first,
        last=last,
        shape=LONG if given.get("shape") == LONG else WIDE,
        table=table if table in {each.code for each in form.tables} else "",
        basis=SUBMITTED if given.get("basis") == SUBMITTED else APPROVED,
    )
