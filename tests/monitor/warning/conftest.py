from tests.monitor.filing.conftest import filing, may_day, town
from tests.monitor.warning.planted import planted_city

__all__ = ["filing", "may_day", "planted_city", "town"]
