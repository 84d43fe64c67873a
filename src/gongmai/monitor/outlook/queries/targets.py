"""The targets that a city has set, and the rules of the paths."""

from functools import lru_cache
from pathlib import Path

import yaml

from gongmai.monitor.outlook.models import Target
from gongmai.monitor.outlook.rules.paths import PathRules

_FILE = Path(__file__).parents[1] / "data" / "targets.yaml"
LEVELS = ("city", "county", "industry")


@lru_cache(maxsize=1)
def path_rules() -> PathRules:
    """How paths are drawn."""
    entry = yaml.safe_load(_FILE.read_text(encoding="utf-8"))
    return PathRules(
        paths=entry["paths"],
        block=entry["block"],
        warm_up=entry["warm_up"],
        weights=tuple(entry["weights"]),
        returns=tuple(entry["returns"]),
        span=entry["span"],
        most_error=entry["most_error"],
        seed=entry["seed"],
        colours=(entry["likely"], entry["doubtful"]),
    )


def targets_of(year: int, item: str) -> dict[tuple[str, str], Target]:
    """The targets of a year by level and code (the city's code is empty). They are public."""
    return {(row.level, row.code): row for row in Target.objects.filter(year=year, item=item)}


def years_with_targets(item: str) -> list[int]:
    """The years for which any target is set, the newest first."""
    return sorted(set(Target.objects.filter(item=item).values_list("year", flat=True)), reverse=True)
