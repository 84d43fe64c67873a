"""The code lists with their dates and sources."""

from typing import Any

from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop
from django.views.decorators.http import require_safe

from gongmai.core.access.queries import check_may
from gongmai.core.document.actions import table_response, wanted_format
from gongmai.core.document.types import Column, Kind, Table
from gongmai.core.period import clock
from gongmai.core.registry.models import Code
from gongmai.core.registry.queries import code_list

LISTS = {
    "industry": gettext_noop("Industries"),
    "region": gettext_noop("Regions"),
    "town": gettext_noop("Towns"),
    "unit": gettext_noop("Management units"),
    "park": gettext_noop("Parks"),
    "tag": gettext_noop("Tags"),
    "size": gettext_noop("Size classes"),
    "product": gettext_noop("Products"),
    "material": gettext_noop("Materials"),
    "energy": gettext_noop("Kinds of energy"),
    "entry_type": gettext_noop("Types of entry"),
    "exit_type": gettext_noop("Types of exit"),
}


@require_safe
def show_codes(request: HttpRequest) -> HttpResponseBase:
    """One list, searched by code or label; those that ended only when asked for."""
    check_may(request.actor, "registry.view")  # type: ignore[attr-defined]
    name = request.GET.get("list", "industry")
    name = name if name in LISTS else "industry"
    text = request.GET.get("q", "").strip()[:80]
    ended = request.GET.get("ended") == "1"
    entries = code_list(name, None if ended else clock.today())
    if text:
        entries = [entry for entry in entries if _matches(entry, text)]
    if (wanted := wanted_format(request)) is not None:
        return table_response(request, _download(entries, _(LISTS[name])), _(LISTS[name]), wanted)
    context: dict[str, Any] = {
        "lists": [(code, _(label)) for code, label in LISTS.items()],
        "list": name,
        "list_label": _(LISTS[name]),
        "q": text,
        "ended": ended,
        "entries": entries,
        "has_unit": any("unit" in entry.extra for entry in entries),
        "has_coefficient": any("coefficient" in entry.extra for entry in entries),
    }
    part = request.htmx and request.htmx.target == "results"  # type: ignore[attr-defined]
    return render(request, "registry/code_rows.html" if part else "registry/codes.html", context)


def _matches(entry: Code, text: str) -> bool:
    return (
        entry.code.lower().startswith(text.lower())
        or text in entry.label_zh
        or text.lower() in entry.label_en.lower()
    )


def _download(entries: list[Code], title: str) -> Table:
    columns = (
        Column("code", _("Code")),
        Column("label_zh", _("Chinese name")),
        Column("label_en", _("English name")),
        Column("parent", _("Parent")),
        Column("valid_from", _("Valid from"), Kind.DATE),
        Column("valid_to", _("Valid to"), Kind.DATE),
        Column("source", _("Source")),
    )
    rows = [[getattr(entry, column.key) for column in columns] for entry in entries]
    return Table(title, columns, rows)
