"""A small city with two years on file, published, one figure of which was corrected."""

import datetime as dt
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings

from gongmai.core.access.types import SYSTEM
from gongmai.core.panel.actions.publish import publish
from gongmai.core.panel.queries import vintages
from gongmai.core.period import clock
from gongmai.core.period.types import Period
from gongmai.core.review.types import Move
from gongmai.monitor.filing.actions.periods import open_period
from gongmai.monitor.filing.actions.reviewing import move_return
from gongmai.monitor.filing.actions.submission import submit_return
from gongmai.monitor.filing.models import Return
from gongmai.monitor.filing.rules.drafts import Draft
from gongmai.monitor.filing.types import Content
from gongmai.monitor.rule.queries.trial import forget_trials
from tests.monitor.filing.conftest import GOOD, LINE, Town, build_town

APRIL = Period(2023, 4)


@pytest.fixture(autouse=True)
def own_trials() -> Iterator[None]:
    """No test sees a run of another."""
    yield
    forget_trials()


@pytest.fixture
def own_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """A data folder of its own, so that published files are not those of another test."""
    monkeypatch.setattr(settings, "DATA_DIR", tmp_path)
    clock.simulate(dt.datetime(2023, 5, 5, 10, 0, tzinfo=dt.timezone(dt.timedelta(hours=8))))
    vintages.clear()
    yield tmp_path
    vintages.clear()


@pytest.fixture
def town(transactional_db: None, own_folder: Path) -> Town:
    """The small city, April open."""
    return build_town()


def content(**cells: Any) -> Content:
    """A good April with some cells as given; its line follows output."""
    filled = {**GOOD, **cells}
    line = {**LINE, "output": filled["output"], "output__ytd": filled["output__ytd"]}
    return Content(
        filled,
        {"output_lines": [line]},
        {"V4_zero": "power of the neighbour", "V4_direction": "power of the neighbour"},
    )


def submit(town: Town, *, other: bool = False, **cells: Any) -> Return:
    """Submit April of the first firm (or of the other) and give the return."""
    from tests.monitor.filing.conftest import person

    firm = town.other if other else town.firm
    filing = Return.objects.get(enterprise=firm, form="monthly", period=APRIL.key)
    filer = (
        town.filer
        if not other
        else person(f"filer-{firm.pk}-{filing.versions_count}", ("enterprise", "enterprise", str(firm.pk)))
    )
    submit_return(filer, filing.pk, draft=Draft(content(**cells), {}, filing.draft_revision))
    filing.refresh_from_db()
    return filing


def approve(town: Town, filing: Return) -> None:
    """Pass a return on both levels."""
    county = town.county if filing.enterprise_id == town.firm.pk else town.elsewhere
    move_return(county, filing.pk, Move.PASS_COUNTY)
    move_return(town.city, filing.pk, Move.PASS_CITY)


@pytest.fixture
def published(town: Town) -> Town:
    """April of both firms: both filed without electricity; one corrected it, the other explained."""
    filing = submit(town, electricity=0)
    move_return(town.county, filing.pk, Move.SEND_BACK, reason="the bill says otherwise")
    approve(town, submit(town, electricity=10.5))
    approve(town, submit(town, other=True, electricity=0))
    publish(reason="test")
    open_period(SYSTEM, "monthly", APRIL.next())
    return town
