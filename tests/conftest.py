"""What all tests share."""

import datetime as dt
from collections.abc import Iterator
from pathlib import Path

import pytest
from django.conf import settings

from gongmai.core.period import clock


@pytest.fixture
def simulated_time() -> Iterator[None]:
    """6 July 2023, nine in the morning, Beijing time: the day on which the demonstration lives."""
    zone = dt.timezone(dt.timedelta(hours=8))
    clock.simulate(dt.datetime(2023, 7, 6, 9, 0, tzinfo=zone))
    yield
    (Path(settings.DATA_DIR) / "clock.json").unlink()
