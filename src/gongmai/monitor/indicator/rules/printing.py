"""How growth and contribution are printed.

Source: national notes on industrial profit (a base below zero is printed as a note, a fall beyond one
hundred per cent is a turn from profit to loss); contribution is hidden where it would mislead.
"""

from decimal import ROUND_HALF_UP, Decimal

from gongmai.monitor.indicator.rules.cubing import NOT_RELEASED, OUTSIDE, PREPARING, ROLLED_UP, SUPPRESSED

TURNED_TO_PROFIT = "turned_to_profit"
LOSS_REDUCED = "loss_reduced"
LOSS_INCREASED = "loss_increased"
TURNED_TO_LOSS = "turned_to_loss"
NO_BASE = "no_base"
SMALL_GROWTH = "small_growth"
MIXED_SIGNS = "mixed_signs"
TOO_FEW = "too_few"
SMALLEST_GROWTH = 0.005
FEWEST_FIRMS = 3
# reasons of `Row.hidden` that keep a figure from the reader; the others only say that it would mislead
CONFIDENTIAL = frozenset({TOO_FEW, SUPPRESSED, OUTSIDE, ROLLED_UP, NOT_RELEASED, PREPARING})


def growth_note(value: float | None, base: float | None) -> str:
    """The code to print instead of, or beside, a growth rate; empty for an ordinary rate.

    >>> growth_note(-5, -20)
    'loss_reduced'
    """
    if value is None or base is None:
        return ""
    if base == 0:
        return NO_BASE if value else ""
    if base > 0:
        return TURNED_TO_LOSS if value < 0 else ""
    if value >= 0:
        return TURNED_TO_PROFIT
    return LOSS_INCREASED if value < base else LOSS_REDUCED


def rate_is_printed(note: str) -> bool:
    """Whether a rate stands beside the note: with a base at or below zero none is printed."""
    return note in {"", TURNED_TO_LOSS}


def contribution_hidden(growth: float | None, change: float | None, total_change: float | None) -> str:
    """Why a contribution should not be shown: the total hardly moved, or the part moved against it."""
    if growth is None or change is None or total_change is None:
        return ""
    if abs(growth) < SMALLEST_GROWTH:
        return SMALL_GROWTH
    return MIXED_SIGNS if change * total_change < 0 else ""


def is_recognisable(firms: float | None, reported: float | None) -> bool:
    """Whether a figure over so many firms, of which so many reported, could be traced to one of them.

    Source: fewer than three units, as statistics offices suppress; none at all shows nothing of anybody.

    >>> is_recognisable(5, 1), is_recognisable(3, 3), is_recognisable(0, None)
    (True, False, False)
    """
    return any(0 < count < FEWEST_FIRMS for count in (firms, reported) if count is not None)


def round_half_up(value: float, digits: int) -> Decimal:
    """Round as printed statistics do; never minus zero.

    >>> round_half_up(-0.04, 1)
    Decimal('0.0')
    """
    rounded = Decimal(repr(value)).quantize(Decimal(1).scaleb(-digits), rounding=ROUND_HALF_UP)
    return abs(rounded) if rounded == 0 else rounded
