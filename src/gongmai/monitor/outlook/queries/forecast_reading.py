"""What of the kept forecasts a person may see: their reach, and no figure that the indicators hide."""

from dataclasses import dataclass

import numpy as np
from django.core.exceptions import ObjectDoesNotExist

from gongmai.core.access import queries as access
from gongmai.core.access.types import Actor, NotAllowed
from gongmai.core.period.types import PERIODS_PER_YEAR, Period
from gongmai.core.registry.queries import find_enterprises, get_enterprise
from gongmai.core.registry.types import EnterpriseFilter
from gongmai.monitor.indicator.queries import disclosure
from gongmai.monitor.outlook.queries import forecast_vintages as kept
from gongmai.monitor.outlook.queries.panel_series import JOINT, read_series
from gongmai.monitor.outlook.rules.linking import link_back
from gongmai.monitor.outlook.rules.records import record_level
from gongmai.monitor.outlook.types import Floats, Foreseen, Level, Record

VIEW_ACTION = disclosure.VIEW_ACTION
FIRMS_ACTION = disclosure.FIRMS_ACTION


@dataclass(frozen=True, slots=True)
class Outlook:
    """One series as a page shows it: its comparable history, the forecast, its trials and their record."""

    file: kept.ForecastFile
    level: Level
    key: str
    periods: tuple[Period, ...]
    history: Floats
    made: Foreseen
    trials: tuple[Foreseen, ...]
    record: Record | None
    level_record: Record | None

    def ahead(self) -> list[Period]:
        """The periods that are forecast."""
        return [Period.from_index(self.made.origin.index + n) for n in range(1, self.made.point.shape[1] + 1)]

    def year_before(self, step: int) -> float:
        """The figure of the same period of the year before a step (from 0): known or itself forecast."""
        if step >= PERIODS_PER_YEAR:
            return float(self.made.point[0, step - PERIODS_PER_YEAR])
        return float(self.history[step - PERIODS_PER_YEAR])


def levels_for(actor: Actor) -> list[Level]:
    """The levels of which the actor may see anything."""
    access.check_may(actor, VIEW_ACTION)
    reach = access.scope(actor, VIEW_ACTION)
    found = list(Level) if reach.everything else []
    if not reach.everything:
        found += [Level.UNIT] if reach.units else []
        found += [Level.COUNTY, Level.COUNTY_INDUSTRY] if reach.regions else []
        found += [Level.ENTERPRISE]
    return [level for level in found if level is not Level.ENTERPRISE or access.may(actor, FIRMS_ACTION)]


def visible_keys(actor: Actor, file: kept.ForecastFile, level: Level) -> list[str]:
    """The keys of a run that the actor may see; of single firms those on the register within reach.

    Readers who may not see firms see what they see of the last year's figures, and nothing that is hidden
    there: a forecast follows last year so closely that it would tell. Raises NotAllowed.
    """
    if level not in levels_for(actor):
        raise NotAllowed(VIEW_ACTION)
    keys = kept.keys_of(file, level)
    if level is Level.ENTERPRISE:
        within = find_enterprises(actor, EnterpriseFilter()).values_list("pk", flat=True)
        allowed = {str(pk) for pk in within}
        return [key for key in keys if key in allowed]
    reach = access.scope(actor, VIEW_ACTION)
    if not reach.everything:
        codes = reach.units if level is Level.UNIT else reach.regions
        return [key for key in keys if key.split(JOINT)[0] in codes]
    if disclosure.sees_firms(actor):
        return keys
    shown = read_series(file.item, level, actor=actor, until=file.last)
    clear = np.asarray(np.isfinite(shown.values[:, -PERIODS_PER_YEAR:]).all(axis=1)).tolist()
    allowed = {key for key, good in zip(shown.keys, clear, strict=True) if good}
    return [key for key in keys if key in allowed]


def read_outlook(actor: Actor, item: str, level: Level, key: str) -> Outlook:
    """The newest forecast of one series with its history and trials.

    Raises NotAllowed, NoForecast (none has been made, or none of this key within reach).
    """
    file = kept.newest(item)
    if level is Level.ENTERPRISE:
        access.check_may(actor, FIRMS_ACTION)
        try:
            firm = get_enterprise(actor, int(key))
        except (ObjectDoesNotExist, ValueError):
            raise kept.NoForecast(item, key) from None
        access.check_reach(actor, FIRMS_ACTION, firm)
    elif key not in visible_keys(actor, file, level):
        raise kept.NoForecast(item, key)
    parts = kept.read_level(file, level, [key])
    if not parts:
        raise kept.NoForecast(item, key)
    shown = read_series(item, level, actor=actor, until=file.last, keys=[key])
    linked = link_back(shown.values, shown.bases)[0]
    first = int(np.nonzero(np.isfinite(linked))[0][0]) if np.isfinite(linked).any() else 0
    start = shown.periods[0].index - PERIODS_PER_YEAR
    trials = tuple(parts[1:])
    return Outlook(
        file=file,
        level=level,
        key=key,
        periods=tuple(Period.from_index(start + at) for at in range(first, len(linked))),
        history=linked[first:],
        made=parts[0],
        trials=trials,
        record=record_level(trials, [[0]] * len(trials)) if trials else None,
        level_record=file.records.get(level),
    )
