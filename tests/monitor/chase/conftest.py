"""The small city of filing, with mail and a deadline in reach."""

from collections.abc import Callable
from datetime import datetime
from zoneinfo import ZoneInfo

import pytest

from gongmai.core.period import clock
from tests.monitor.filing.conftest import filing, may_day, town

__all__ = ["filing", "may_day", "set_time", "town"]
CHINA = ZoneInfo("Asia/Shanghai")


@pytest.fixture
def set_time() -> Callable[[str], datetime]:
    """Set the product's clock, such as to ``2023-05-08T09:00``."""

    def to(text: str) -> datetime:
        moment = datetime.fromisoformat(text).replace(tzinfo=CHINA)
        clock.simulate(moment)
        return moment

    return to
