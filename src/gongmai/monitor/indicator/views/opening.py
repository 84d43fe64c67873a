"""What stands behind a number: the bridge to last year's level, the firms, the number opened."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

from django.urls import reverse
from django.utils.translation import gettext as _

from gongmai.core.access.types import Actor
from gongmai.core.panel.queries.items import label_of_cell
from gongmai.core.panel.queries.vintages import NotPublished
from gongmai.monitor.indicator.forms import Selection
from gongmai.monitor.indicator.queries.bridge import bridge
from gongmai.monitor.indicator.queries.compute import cells_of
from gongmai.monitor.indicator.queries.firms import firms_behind
from gongmai.monitor.indicator.queries.opened import open_number
from gongmai.monitor.indicator.types import Basis, Firm, OpenNumber
from gongmai.monitor.indicator.views import reading, words

ALL_FIRMS = 100_000


@dataclass(frozen=True, slots=True)
class Step:
    """A level of the bridge or a change between two levels."""

    label: str
    amount: float
    is_level: bool
    firms: int | None = None
    note: str = ""


def read_bridge(actor: Actor, selection: Selection) -> list[Step]:
    """From last year's published level to this year's, in steps that add up; nothing without last year."""
    request = replace(reading.make_request(selection), basis=Basis.COMPARABLE)
    try:
        found = bridge(actor, request)
    except NotPublished:
        return []
    if not found:
        return []
    one = found[0]
    firms = one.firms
    steps = [
        Step(_("Level published last year"), one.published_base, True),
        Step(
            _("Firms that entered the roster"),
            one.entries,
            False,
            firms.get("entry"),
            _("their base, which last year's level did not hold"),
        ),
        Step(
            _("Firms that left the roster"),
            one.exits,
            False,
            firms.get("exit"),
            _("what they had reported last year"),
        ),
        Step(
            _("Moves between groups"),
            one.moves,
            False,
            firms.get("move"),
            _("firms that changed place, industry or size"),
        ),
        Step(
            _("Firms not yet approved"),
            one.missing,
            False,
            firms.get("missing"),
            _("on the roster, but nothing approved for this period yet"),
        ),
        Step(
            _("Base revisions"),
            one.revisions,
            False,
            None,
            _("bases stated otherwise than filed a year ago"),
        ),
        Step(_("Comparable base"), one.base, True, note=_("the base on this year's forms")),
        Step(_("Growth of the current roster"), one.growth_amount, False, note=_("the published growth")),
        Step(_("Level of this year"), one.current, True),
    ]
    quiet = {_("Moves between groups"), _("Firms not yet approved")}
    return [step for step in steps if step.label not in quiet or step.amount or step.firms]


def read_firms(
    actor: Actor,
    selection: Selection,
    order: str = "-pull",
    *,
    page: int = 1,
    size: int = ALL_FIRMS,
    move: str = "",
    text: str = "",
) -> list[Firm]:
    """The firms behind the selection that the actor may see, as `firms_behind` orders and chooses them."""
    request = reading.make_request(selection)
    return list(firms_behind(actor, request, None, order, page, size, move, text).firms)


def read_number(actor: Actor, selection: Selection, code: str, group: Mapping[str, str]) -> OpenNumber:
    """A number of a group within the selection, or of the whole selection, opened."""
    return open_number(actor, reading.make_request(selection), group, code)


def firm_url(enterprise_id: int) -> str:
    """The page of a firm."""
    return reverse("dossier:page", args=[enterprise_id])


def life_url(enterprise_id: int, selection: Selection) -> str:
    """The life of a firm's figure: the box that the selection shows."""
    box, _base = cells_of(reading.make_request(selection))
    return reverse("evidence:find", args=[enterprise_id, str(selection.period), box])


def place_of(firm: Firm, cut: str) -> str:
    """The name of a firm's group in a cut."""
    return words.group_label(cut, firm.codes.get(cut, "")) if cut in firm.codes else ""


def inputs_of(opened: OpenNumber) -> list[dict[str, Any]]:
    """The cells that the formula read, worded, with their totals."""
    kinds = {"kcny": "yi", "person": "count"}
    return [
        {
            "label": words.word(one.label) + cell_suffix(one.cell),
            "text": words.plain(kinds.get(one.unit, "decimal"), one.total),
            "unit": _("100 million yuan") if one.unit == "kcny" else "",
            "known": one.known,
        }
        for one in opened.inputs
    ]


def cell_words(cell: str) -> str:
    """A cell of the panel in words."""
    return words.word(label_of_cell(cell)) + cell_suffix(cell)


def cell_suffix(cell: str) -> str:
    """Which of an item's figures a cell is, in words."""
    suffix = cell.partition("__")[2]
    return {
        "": "",
        "ytd": " · " + _("cumulative"),
        "base": " · " + _("base"),
        "ytd_base": " · " + _("cumulative base"),
    }.get(suffix, "")
