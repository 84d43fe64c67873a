"""Colours over time: persistence of a group's value, and the hysteresis that keeps a colour for a month."""

from collections.abc import Sequence

from gongmai.monitor.warning.types import Colour, Step

HOLD = 1  # months for which a colour is kept after the value has come back


def settle(raw: Sequence[Colour]) -> Colour:
    """The colour shown, given the raw colours of the last months, oldest first.

    It rises at once and falls only after the value was better for more than HOLD months.

    >>> settle([Colour.RED, Colour.NONE]).name, settle([Colour.RED, Colour.NONE, Colour.NONE]).name
    ('RED', 'NONE')
    """
    return max(raw[-1 - HOLD :], default=Colour.NONE)


def beyond(step: Step, value: float | None) -> bool:
    """Whether a value is beyond a step's threshold; an unknown one never is."""
    if value is None:
        return False
    return (step.below is not None and value < step.below) or (step.above is not None and value > step.above)


def colour_of(steps: Sequence[Step], values: Sequence[float | None]) -> Colour:
    """The gravest colour whose threshold the last values (oldest first) are beyond, month after month.

    A month that does not exist (January-February of a monthly figure) or is unknown breaks the run.
    """
    found = Colour.NONE
    for step in steps:
        last = values[-step.months :]
        if len(last) == step.months and all(beyond(step, value) for value in last):
            found = max(found, step.colour)
    return found
