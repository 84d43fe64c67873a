"""How numbers are shown: stored money is thousand yuan, readers see wan (10,000) or yi (100 million)."""

from decimal import Decimal

from django import template
from django.utils.formats import number_format

register = template.Library()
KCNY_PER_10K = 10
KCNY_PER_100M = 100_000
DASH = "\u2013"


@register.filter
def yi(kcny: float | None, digits: int = 1) -> str:
    """Thousand yuan as hundreds of millions of yuan; a dash for unknown."""
    return (
        DASH
        if kcny is None
        else number_format(Decimal(str(kcny)) / KCNY_PER_100M, digits, force_grouping=True)
    )


@register.filter
def wan(kcny: float | None, digits: int = 1) -> str:
    """Thousand yuan as tens of thousands of yuan; a dash for unknown."""
    return (
        DASH
        if kcny is None
        else number_format(Decimal(str(kcny)) / KCNY_PER_10K, digits, force_grouping=True)
    )


@register.filter
def percent(fraction: float | None, digits: int = 1) -> str:
    """A fraction as per cent; a dash for unknown."""
    return DASH if fraction is None else number_format(fraction * 100, digits) + "%"


@register.filter
def signed(fraction: float | None, digits: int = 1) -> str:
    """A fraction as per cent with its sign, as growth is printed."""
    if fraction is None:
        return DASH
    return ("+" if fraction > 0 else "") + number_format(fraction * 100, digits) + "%"


@register.filter
def points(fraction: float | None, digits: int = 2) -> str:
    """A fraction as percentage points with its sign, as pull is printed."""
    if fraction is None:
        return DASH
    return ("+" if fraction > 0 else "") + number_format(fraction * 100, digits)


@register.filter
def trend(number: float | None) -> str:
    """The class that colours a rise or a fall; which colour that is, the theme decides."""
    if number is None or number == 0:
        return "flat"
    return "up" if number > 0 else "down"
