"""Units: a figure is a number times a unit; only like may be added to or compared with like.

The table of units is data (`data/units.yaml`); compound units are written `a/b` and `a*b`.
"""

import re
from collections import Counter
from collections.abc import Mapping
from fractions import Fraction

from gongmai.core.formula.types import PURE, FormulaError, Unit, UnitEntry

PURE_DIMENSION = "pure"
ANY_DIMENSION = "any"


def parse_unit(text: str | None, table: Mapping[str, UnitEntry]) -> Unit | None:
    """Read a unit such as `tce/kcny`; None stays None (not fixed), empty and `1` are a pure number.

    Units are named by their code or, in formulas, by their Chinese name.
    """
    if text is None:
        return None
    if text in table and table[text].dimension == ANY_DIMENSION:
        return None
    powers: Counter[str] = Counter()
    sign = 1
    for part in re.split(r"([*/])", text.strip()):
        if part in {"*", "/"}:
            sign = 1 if part == "*" else -1
        elif part not in {"", "1"}:
            if part not in table:
                raise FormulaError("unit_unknown", unit=part)
            powers[table[part].code] += sign
    return _unit(powers, table)


def multiply(left: Unit, right: Unit, table: Mapping[str, UnitEntry], sign: int = 1) -> Unit:
    """Multiply two units, or divide with `sign=-1`."""
    powers = Counter(dict(left.factors))
    for code, power in right.factors:
        powers[code] += sign * power
    return _unit(powers, table)


def raise_to(unit: Unit, exponent: Fraction, table: Mapping[str, UnitEntry]) -> Unit:
    """Raise a unit to an exponent; error where a dimension would get a broken power."""
    powers: Counter[str] = Counter()
    for code, power in unit.factors:
        new = power * exponent
        if new.denominator != 1:
            raise FormulaError("needs_pure_number", unit=unit.name)
        powers[code] = int(new)
    return _unit(powers, table)


def has_siblings(unit: Unit, table: Mapping[str, UnitEntry]) -> bool:
    """Tell whether a bare number beside this unit could be misread (2000 of which yuan)."""
    named = {table[code].dimension for code, _ in unit.factors}
    scales = {(entry.dimension, entry.scale) for entry in table.values() if entry.dimension in named}
    return len(scales) > len(named)


def hides_factor(unit: Unit, table: Mapping[str, UnitEntry]) -> bool:
    """Tell whether unlike scales of one dimension were divided, leaving a hidden factor."""
    pure = all(table[code].dimension == PURE_DIMENSION for code, _ in unit.factors)
    return not unit.dimensions and unit.scale != 1 and not pure


def _unit(powers: Mapping[str, int], table: Mapping[str, UnitEntry]) -> Unit:
    factors = tuple(
        sorted((code, power) for code, power in powers.items() if power and not _is_one(table[code]))
    )
    if not factors:
        return PURE
    dimensions: Counter[str] = Counter()
    scale = Fraction(1)
    for code, power in factors:
        entry = table[code]
        scale *= entry.scale**power
        if entry.dimension != PURE_DIMENSION:
            dimensions[entry.dimension] += power
    kept = tuple(sorted((name, power) for name, power in dimensions.items() if power))
    return Unit(factors, kept, scale)


def _is_one(entry: UnitEntry) -> bool:
    """Tell whether a unit changes nothing, such as a ratio or points."""
    return entry.dimension == PURE_DIMENSION and entry.scale == 1
