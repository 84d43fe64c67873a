"""How numbers are shown: stored money is thousand yuan, readers see wan (10,000) or yi (100 million).

Figures are rounded half up, as statistics are printed; one that rounds to zero has no sign.
"""

from decimal import ROUND_HALF_UP, Decimal

from django import template

register = template.Library()
KCNY_PER_10K = 10
KCNY_PER_100M = 100_000
DASH = "\u2013"
PER_CENT = 100


def rounded(number: float | Decimal, digits: int) -> Decimal:
    """Round half up to `digits` decimals; never minus zero.

    >>> rounded(0.10399986 * 100, 1)
    Decimal('10.4')
    """
    exact = number if isinstance(number, Decimal) else Decimal(repr(number))
    result = exact.quantize(Decimal(1).scaleb(-digits), rounding=ROUND_HALF_UP)
    return abs(result) if result.is_zero() else result


@register.filter
def yi(kcny: float | None, digits: int = 1) -> str:
    """Thousand yuan as hundreds of millions of yuan; a dash for unknown."""
    return DASH if kcny is None else f"{rounded(Decimal(repr(kcny)) / KCNY_PER_100M, digits):,}"


@register.filter
def wan(kcny: float | None, digits: int = 1) -> str:
    """Thousand yuan as tens of thousands of yuan; a dash for unknown."""
    return DASH if kcny is None else f"{rounded(Decimal(repr(kcny)) / KCNY_PER_10K, digits):,}"


@register.filter
def decimal(number: float | None, digits: int = 2) -> str:
    """Any other number, grouped by thousands; a dash for unknown."""
    return DASH if number is None else f"{rounded(number, digits):,}"


@register.filter
def whole(number: float | None) -> str:
    """A count with its thousands apart; a dash for unknown."""
    return DASH if number is None else f"{rounded(number, 0):,}"


@register.filter
def figure(value: object) -> str:
    """A figure as it stands in a return: grouped, nothing rounded away; a dash where there is none."""
    if value is None or value == "":
        return "\u2014"
    if isinstance(value, bool) or not isinstance(value, int | float):
        return str(value)
    return f"{value:,}" if value != int(value) else f"{int(value):,}"


@register.filter
def percent(fraction: float | None, digits: int = 1) -> str:
    """A fraction as per cent; a dash for unknown."""
    return DASH if fraction is None else f"{rounded(fraction * PER_CENT, digits):,}%"


@register.filter
def signed(fraction: float | None, digits: int = 1) -> str:
    """A fraction as per cent with its sign, as growth is printed."""
    if fraction is None:
        return DASH
    shown = rounded(fraction * PER_CENT, digits)
    return f"{'+' if shown > 0 else ''}{shown:,}%"


@register.filter
def points(fraction: float | None, digits: int = 2) -> str:
    """A fraction as percentage points with its sign, as pull is printed."""
    if fraction is None:
        return DASH
    shown = rounded(fraction * PER_CENT, digits)
    return f"{'+' if shown > 0 else ''}{shown:,}"


@register.filter
def trend(number: float | None) -> str:
    """The class that colours a rise or a fall; which colour that is, the theme decides."""
    if number is None or number == 0:
        return "flat"
    return "up" if number > 0 else "down"
