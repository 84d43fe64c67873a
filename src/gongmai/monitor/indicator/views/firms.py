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
from gongmai.monitor.indicator.queries.firms import MOVES, count_firms
from gongmai.monitor.indicator.types import Firm
from gongmai.monitor.indicator.views import downloads, frame, opening, reading, words
from gongmai.monitor.indicator.views.cells import Board, Cell, Column, Line, make_cell

PAGE_SIZE = 50
LIFE_ACTION = "return.view"  # what the pages of evidence ask for
# the orders that the page offers, and what each is to the query
ORDERS = {
    "pull_up": "-pull",
    "pull_down": "pull",
    "value": "-value",
    "growth_up": "-growth",
    "growth_down": "growth",
}


@require_GET
@frame.for_readers
def firms(request: HttpRequest) -> HttpResponseBase:
    """The list for the selection; only for those who may see single firms, and only theirs."""
    actor = frame.actor_of_request(request)
    check_may(actor, "indicator.firms")
    selection = frame.select(
        request,
        extra={"order": tuple(ORDERS), "move": MOVES, "q": None, "page": None},
    )
    order = selection.get("order", next(iter(ORDERS)))
    move, text = selection.get("move"), selection.get("q")
    if (wanted := wanted_format(request)) is not None:
        name = f"{_('Firms behind the number')} {selection.period}"
        board = make_board(
            opening.read_firms(actor, selection, ORDERS[order], move=move, text=text), selection
        )
        return downloads.send(request, [(name, board)], name, selection, wanted, firm_level=True)
    counts = count_firms(actor, reading.make_request(selection), move=move, text=text)
    page = Paginator(range(counts["chosen"]), PAGE_SIZE).get_page(selection.get("page", "1"))
    found = opening.read_firms(
        actor, selection, ORDERS[order], page=page.number, size=PAGE_SIZE, move=move, text=text
    )
    return frame.show(
        request,
        "indicator/firms.html",
        selection,
        {
            "show_item": True,
            "board": make_board(
                found,
                selection,
                first=page.start_index() or 1,
                with_life=may(actor, LIFE_ACTION),
            ),
            "page": page,
            "q": selection.get("q"),
            "quick": selection.pairs(without=("q", "page")),
            "orders": _options(selection, "order", tuple(ORDERS), _order_labels()),
            "moves": _options(selection, "move", MOVES, _move_labels()),
            "counts": counts,
        },
    )


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
