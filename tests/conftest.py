"""What all tests share."""

import datetime as dt
import math
import os
from collections.abc import Iterator
from pathlib import Path

import hypothesis
import pytest
from django.conf import settings
from django.utils import translation

from gongmai.core.formula import queries
from gongmai.core.panel.queries import vintages
from gongmai.core.period import clock
from gongmai.monitor.indicator.queries import kept
from tests.city import City, build_city, serve

# No test judges the clock. In continuous integration the examples are the same at every run, so that a
# change is judged by what it changes; elsewhere they are fresh.
hypothesis.settings.register_profile("house", deadline=None, derandomize=os.environ.get("CI") == "true")
hypothesis.settings.load_profile("house")


DATABASE = {"db", "transactional_db", "django_db_setup"}


@pytest.fixture(autouse=True)
def own_language() -> None:
    """Each test begins in the product's language, whatever the one before it asked for."""
    translation.deactivate()


@pytest.fixture(autouse=True)
def own_vintages() -> None:
    """Each test begins without what is remembered of vintages that an earlier one published and took back."""
    vintages.clear()
    kept.forget()


@pytest.fixture(autouse=True)
def own_rules(request: pytest.FixtureRequest) -> Iterator[None]:
    """Each test begins with the rules of the catalogue file; one without a database stays with them."""
    queries.forget_stamps()
    if not request.node.get_closest_marker("django_db") and not DATABASE & set(request.fixturenames):
        key = (str(settings.DATABASES["default"]["NAME"]), "audits")
        queries._stamps[key] = (math.inf, (0, 0))
    yield
    queries.forget_stamps()


@pytest.fixture
def simulated_time() -> Iterator[None]:
    """6 July 2023, nine in the morning, Beijing time: the day on which the demonstration lives."""
    zone = dt.timezone(dt.timedelta(hours=8))
    clock.simulate(dt.datetime(2023, 7, 6, 9, 0, tzinfo=zone))
    yield
    (Path(settings.DATA_DIR) / "clock.json").unlink()


@pytest.fixture(scope="session")
def demo_city(tmp_path_factory: pytest.TempPathFactory) -> City:
    """The demonstration city, built once a session by ``gongmai demo --build-only``."""
    return build_city(tmp_path_factory.mktemp("city"))


@pytest.fixture(scope="session")
def demo_server(demo_city: City) -> Iterator[str]:
    """The address of a server in front of the demonstration city."""
    with serve(demo_city) as address:
        yield address
