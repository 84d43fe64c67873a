"""A trigger as formulas of the formula language: its value and one condition for each colour."""

from gongmai.core.formula.types import Formula
from gongmai.monitor.warning.types import Colour, Method, Step, Trigger

VALUE, MARK = "value", "__"


def code_of(trigger: str, part: str) -> str:
    """The code of one of a trigger's formulas.

    >>> code_of("fall", "red")
    'fall__red'
    """
    return f"{trigger}{MARK}{part}"


def condition(trigger: Trigger, step: Step) -> str:
    """The condition of a colour in the formula language, persistence included."""
    value = code_of(trigger.code, VALUE)
    if step.condition:
        text = step.condition
    elif step.below is not None:
        text = f"{value} < {step.below:.6f}"
    else:
        text = f"{value} > {step.above:.6f}"
    if trigger.where:
        text = f"({text}) and ({trigger.where})"
    return f"for_months({text}, {step.months})" if step.months > 1 else text


def formulas_of(trigger: Trigger) -> list[Formula]:
    """The value, and (unless many firms are tested at once) the condition of each colour."""
    found = [Formula(code_of(trigger.code, VALUE), trigger.label, trigger.value)]
    if trigger.method is Method.FORMULA:
        found += [
            Formula(code_of(trigger.code, step.colour.name.lower()), trigger.label, condition(trigger, step))
            for step in trigger.steps
        ]
    return found


def colour_sql(trigger: Trigger) -> str:
    """SQL of a trigger's raw colour over the columns of its conditions."""
    steps = sorted(trigger.steps, key=lambda step: -step.colour)
    branches = " ".join(
        f'WHEN "{code_of(trigger.code, step.colour.name.lower())}" THEN {int(step.colour)}' for step in steps
    )
    return f"CASE {branches} ELSE {int(Colour.NONE)} END"
