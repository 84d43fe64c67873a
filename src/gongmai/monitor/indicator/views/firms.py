"""The firms behind a number, the strongest movers first."""

from dataclasses import replace

from django.core.paginator import Paginator
from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET

from gongmai.core.access.queries import check_may, may
from gongmai.core.document.actions import wanted_format
from gongmai.core.panel.queries.items import items_by_code
from gongmai.monitor.indicator.forms import Selection
from gongmai.monitor.indicator.types import Firm
from gongmai.monitor.indicator.views import downloads, frame, opening, words
from gongmai.monitor.indicator.views.cells import Board, Cell, Column, Line, make_cell

PAGE_SIZE = 50
LIFE_ACTION = "return.view"  # what the pages of evidence ask for
ORDERS = ("pull_up", "pull_down", "value", "growth_up", "growth_down")


@require_GET
@frame.for_readers
def firms(request: HttpRequest) -> HttpResponseBase:
    """The list for the selection; only for those who may see single firms, and only theirs."""
    actor = frame.actor_of_request(request)
    check_may(actor, "indicator.firms")
    selection = frame.select(
        request,
        extra={"order": ORDERS, "move": ("", "up", "down", "stopped", "new"), "q": None, "page": None},
    )
    found = opening.read_firms(actor, selection)
    sought = selection.get("q").casefold()
    chosen = [
        firm
        for firm in found
        if _moves(firm, selection.get("move"))
        and (not sought or sought in firm.name.casefold() or sought in firm.credit_code.casefold())
    ]
    chosen = sort_firms(chosen, selection.get("order", ORDERS[0]))
    if (wanted := wanted_format(request)) is not None:
        name = f"{_('Firms behind the number')} {selection.period}"
        board = make_board(chosen, selection)
        return downloads.send(request, [(name, board)], name, selection, wanted, firm_level=True)
    page = Paginator(chosen, PAGE_SIZE).get_page(selection.get("page", "1"))
    return frame.show(
        request,
        "indicator/firms.html",
        selection,
        {
            "show_item": True,
            "board": make_board(
                list(page.object_list),
                selection,
                first=page.start_index() or 1,
                with_life=may(actor, LIFE_ACTION),
            ),
            "page": page,
            "q": selection.get("q"),
            "quick": selection.pairs(without=("q", "page")),
            "orders": _options(selection, "order", ORDERS, _order_labels()),
            "moves": _options(selection, "move", ("", "up", "down", "stopped", "new"), _move_labels()),
            "counts": {
                "all": len(found),
                "up": sum(_moves(firm, "up") for firm in found),
                "down": sum(_moves(firm, "down") for firm in found),
            },
        },
    )


def _moves(firm: Firm, move: str) -> bool:
    """Whether the firm rose, fell, stands still at nothing, or is new on the form (no base)."""
    if not move:
        return True
    now, base = firm.value or 0, firm.base or 0
    if move == "up":
        return now > base
    if move == "down":
        return now < base
    if move == "stopped":
        return firm.value is not None and now == 0
    return now > 0 and base == 0


def sort_firms(found: list[Firm], order: str) -> list[Firm]:
    """Firms by pull, output or growth; a firm without the figure comes last."""
    key = {"pull_up": "pull", "pull_down": "pull", "growth_up": "growth", "growth_down": "growth"}.get(
        order, order
    )
    sign = 1 if order.endswith("_down") else -1

    def place(firm: Firm) -> tuple[bool, float, int]:
        value = getattr(firm, key)
        return value is None, sign * (value or 0), firm.enterprise_id

    return sorted(found, key=place)


def _order_labels() -> dict[str, str]:
    return {
        "pull_up": _("Pulled up most"),
        "pull_down": _("Pulled down most"),
        "value": _("Largest level"),
        "growth_up": _("Fastest growth"),
        "growth_down": _("Deepest fall"),
    }


def _move_labels() -> dict[str, str]:
    return {
        "": _("All"),
        "up": _("Rising"),
        "down": _("Falling"),
        "stopped": _("No output"),
        "new": _("Without a base"),
    }


def _options(
    selection: Selection, name: str, codes: tuple[str, ...], labels: dict[str, str]
) -> list[tuple[str, str, bool]]:
    here = selection.get(name, codes[0])
    return [
        (
            labels[code],
            selection.with_extra(**{name: "" if code == codes[0] else code, "page": ""}).query(),
            code == here,
        )
        for code in codes
    ]


def make_board(found: list[Firm], selection: Selection, first: int = 1, *, with_life: bool = False) -> Board:
    """The firms as a table; a name leads to the firm's page, a level (`with_life`) to its life."""
    money = items_by_code()[selection.item].unit == "kcny"
    kind, change = ("wan", "change") if money else ("decimal", "decimal")
    columns = (
        Column("rank", _("No."), "count"),
        Column("name", _("Enterprise")),
        Column("credit_code", _("Credit code")),
        Column("unit", _("Management unit")),
        Column("industry", _("Industry class")),
        Column("value", _("Level"), kind),
        Column("base", _("Same period last year"), kind),
        Column("change", _("Increase or decrease"), change),
        Column("growth", _("Growth"), "growth"),
        Column("pull", _("Pull (points)"), "points"),
    )
    rows = tuple(
        Line(
            (
                make_cell("count", first + place),
                Cell(firm.name, firm.name, url=opening.firm_url(firm.enterprise_id)),
                Cell(firm.credit_code, firm.credit_code, css="code"),
                Cell(unit := opening.place_of(firm, "unit"), unit),
                Cell(
                    industry := words.group_label("industry_class", firm.codes.get("industry", "")), industry
                ),
                _with_life(make_cell(kind, firm.value), firm, selection)
                if with_life
                else make_cell(kind, firm.value),
                make_cell(kind, firm.base),
                make_cell(change, firm.change),
                make_cell("growth", firm.growth),
                make_cell("points", firm.pull),
            ),
            key=str(firm.enterprise_id),
        )
        for place, firm in enumerate(found)
    )
    unit = _("10,000 yuan") if money else words.item_unit(selection.item)
    return Board(columns, rows, page_notes=(_("Levels in %(unit)s.") % {"unit": unit},))


def _with_life(cell: Cell, firm: Firm, selection: Selection) -> Cell:
    """A level that leads to the life of the figure; one that is unknown leads nowhere."""
    if firm.value is None:
        return cell
    return replace(cell, url=opening.life_url(firm.enterprise_id, selection), note=_("Life of this figure"))
