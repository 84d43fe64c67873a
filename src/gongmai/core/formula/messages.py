"""Wording of the language's findings: one sentence per code."""

from collections.abc import Mapping
from typing import Any

from django.utils.functional import Promise
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from gongmai.core.formula.queries import units
from gongmai.core.formula.rules.describe import name_unit
from gongmai.core.formula.rules.units import parse_unit
from gongmai.core.formula.types import Finding, FormulaError

MESSAGES: Mapping[str, Promise] = {
    "accessor": _("{word}(...) does not apply to {item}."),
    "accessor_needs_item": _("{word}(...) takes the name of an item, nothing else."),
    "aggregate_here": _("{word}(...) cannot be used in this kind of formula."),
    "arguments": _("{word}(...) takes {expected} arguments, not {found}."),
    "bare_number": _("Say the unit of the number: in_unit(number, '{unit}')."),
    "character": _("“{found}” is not part of the language."),
    "circular": _("{name} refers to itself."),
    "code": _("{name} cannot be used as a code."),
    "dates_reversed": _("The last day of validity is before the first."),
    "empty": _("The formula is empty."),
    "example_failed": _("Example “{example}”: expected {expected}, found {found}."),
    "exponent": _("An exponent is a plain number between -{limit} and {limit}."),
    "head_outside_lines": _("head({item}) is for formulas of a repeating table."),
    "list_too_long": _("A list may have at most {limit} entries."),
    "literal_needed": _("{word} takes plain values here."),
    "magnitude": _("The numbers under {word}(...) may grow too large."),
    "mixed_levels": _("Figures of single firms and of the group are mixed; aggregate all of them."),
    "mode": _("Formula {formula} cannot be evaluated this way."),
    "needs_pure_number": _("This needs a pure number, not one in {unit}."),
    "nested_aggregate": _("{word}(...) stands inside another aggregate."),
    "no_date": _("The formula has no date of validity."),
    "no_label": _("The label is missing in {language}."),
    "no_source": _("The source is missing."),
    "not_aggregated": _("The formula must aggregate, for instance by sum(...)."),
    "not_allowed": _("This is not part of the language ({what})."),
    "overall_needs_aggregate": _("overall(...) takes one aggregate other than the median."),
    "overlap": _("Two versions overlap from {from} on."),
    "param_needs_date": _("Parameter {param} needs a date."),
    "param_not_in_force": _("Parameter {param} has no value on {day}."),
    "param_without_value": _("The parameter has no value."),
    "parenthesis": _("The brackets do not match."),
    "schema": _("The file does not have the right shape at {where}: {what}"),
    "span": _("{word}(...) takes a whole number of periods from 1 to {limit}."),
    "syntax": _("The formula cannot be read from here on."),
    "tag": _("“{tag}” cannot be a tag."),
    "time_in_lines": _("{word}(...) cannot be used on lines."),
    "time_over_aggregate": _("{word}(...) goes inside the aggregate, not around it."),
    "too_complex": _("The formula is too complex."),
    "too_deep": _("The formula is nested more than {limit} deep."),
    "too_long": _("A formula may have at most {limit} bytes."),
    "too_many_nodes": _("The formula has more than {limit} parts."),
    "type": _("A {expected} is needed here, not a {found}."),
    "unit_declared": _("The result is in {found}, but the formula says {declared}."),
    "unit_factor": _("Unlike units were divided ({unit}); convert one by to_unit(...)."),
    "unit_mismatch": _("{left} and {right} cannot be added or compared."),
    "unit_scale": _("{left} and {right} differ in scale; convert one by to_unit(...)."),
    "unit_unknown": _("There is no unit {unit}."),
    "unknown_function": _("There is no function {name}."),
    "unknown_item": _("There is no item {item}."),
    "unknown_option": _("{item} cannot be '{option}'."),
    "unknown_param": _("There is no parameter {param}."),
    "unknown_table": _("There is no table {table}."),
    "view": _("Formula {formula} has no figure for the {view} view."),
}
_UNIT_PARAMS = {"left", "right", "unit", "declared"}


def word(problem: FormulaError | Finding) -> str:
    """Return one finding as a sentence in the current language."""
    params = {key: _shown(key, value, problem.code) for key, value in problem.params.items()}
    if "name" in params:
        params.setdefault("word", params["name"])
    return str(MESSAGES[problem.code]).format(**params)


def _shown(key: str, value: Any, code: str) -> str:
    """Name units in words; everything else as it is."""
    if key in _UNIT_PARAMS or (key == "found" and code == "unit_declared"):
        try:
            unit = parse_unit(str(value), units())
        except FormulaError:
            return str(value)
        english = (get_language() or "").startswith("en")
        return str(value) if unit is None else name_unit(unit, units(), "en" if english else "zh-Hans")
    return str(value)
