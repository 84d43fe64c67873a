"""What electricity, revenue, taxes, headcount and energy say about output, for every firm of a period."""

import threading
from collections.abc import Mapping
from typing import Any

from django.conf import settings

from gongmai.core.formula.rules.staged import period_end
from gongmai.core.period.types import Period
from gongmai.monitor.filing.queries.audits import parameters_on
from gongmai.monitor.filing.queries.current import latest_filed, stamp_of
from gongmai.monitor.filing.rules.contradiction import (
    Contradiction,
    Growths,
    Weights,
    contradictions,
)

_FORMS = ("monthly", "finance", "energy")
_KEPT = 8
_cache: dict[Any, dict[int, Contradiction]] = {}
_lock = threading.Lock()


def contradictions_of(period: Period) -> Mapping[int, Contradiction]:
    """By enterprise, from the latest versions of all forms of the period; kept until one of them changes.

    The caller checks the reach over the firms it shows. Firms with nothing to compare are left out.
    """
    parameters = parameters_on(period_end(period.key))
    stamps = tuple(stamp_of(form, period.key) for form in _FORMS)
    key = (str(settings.DATABASES["default"]["NAME"]), period.key, stamps, tuple(sorted(parameters.items())))
    with _lock:
        if key not in _cache:
            found = contradictions(growths_of(period), Weights.of(parameters))
            while len(_cache) >= _KEPT:
                _cache.pop(next(iter(_cache)))
            _cache[key] = found
        return _cache[key]


def growths_of(period: Period) -> list[Growths]:
    """Cumulative growth of output and of its witnesses, as the firms stated them."""
    filed = {form: {each.enterprise_id: each for each in latest_filed(form, period.key)} for form in _FORMS}
    found = []
    for firm, monthly in filed["monthly"].items():
        finance = filed["finance"][firm].cells if firm in filed["finance"] else {}
        energy = filed["energy"][firm].cells if firm in filed["energy"] else {}
        found.append(
            Growths(
                firm,
                monthly.industry[:2],
                _growth(monthly.cells, "output__ytd"),
                {
                    "electricity": _growth(monthly.cells, "electricity__ytd"),
                    "revenue": _growth(finance, "revenue__ytd"),
                    "tax": _growth(finance, "vat__ytd", "surtax__ytd"),
                    "workforce": _growth(monthly.cells, "workforce"),
                    "energy": _growth(energy, "energy_tce__ytd"),
                },
            )
        )
    return found


def _growth(cells: Mapping[str, Any], *names: str) -> float | None:
    """Growth of the sum of cells on their bases; None when any is unknown or the base is not positive."""
    now, base = 0.0, 0.0
    for name in names:
        stated = f"{name}_base" if "__" in name else f"{name}__base"
        value, before = cells.get(name), cells.get(stated)
        if not isinstance(value, int | float) or not isinstance(before, int | float):
            return None
        now, base = now + value, base + before
    return now / base - 1 if base > 0 else None
