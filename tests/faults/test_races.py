"""Two officers on one return, and a clock that jumps: one decision counts; numbers give the order."""

import subprocess
import sys
from datetime import timedelta
from pathlib import Path

import pytest

from gongmai.core.access.types import SYSTEM
from gongmai.core.audit.models import Entry
from gongmai.core.audit.queries.proof import anchors_path, verify
from gongmai.core.period import clock
from gongmai.core.review.models import Step
from gongmai.core.review.types import Move
from gongmai.monitor.filing.actions.drafts import save_draft
from gongmai.monitor.filing.actions.reviewing import move_return
from gongmai.monitor.filing.actions.submission import submit_return
from gongmai.monitor.filing.models import Return, Version
from tests.faults.town import Town, environment
from tests.monitor.filing.conftest import APRIL, GOOD, LINE, may_day, town
from tests.monitor.filing.conftest import Town as SmallTown

__all__ = ["may_day", "town"]


def test_of_two_decisions_at_once_exactly_one_counts(tmp_path: Path) -> None:
    installation = Town(tmp_path, environment(tmp_path, "gongmai_race"))
    command = [sys.executable, "-m", "gongmai.manage", "migrate", "-v0"]
    subprocess.run(command, env=installation.env, check=True)
    found = installation.read("tests.faults.race")
    assert len(found["returns"]) == (1000 if installation.is_postgres else 200)
    ends = {"pass_county": "city", "send_back": "returned"}
    for row in found["returns"]:
        (won,) = [outcome for outcome in row["outcomes"] if outcome != "refused"]
        assert row["state"] == row["case"] == ends[won]
        assert row["steps"] == [won]
        assert row["audited"] == 1
    assert found["breaches"] == 0


def test_a_clock_that_jumps_loses_nothing_and_leaves_the_order(town: SmallTown) -> None:
    anchors_path().unlink(missing_ok=True)  # those of another test's database
    filing = Return.objects.get(enterprise=town.firm, form="monthly", period=APRIL.key)
    noon = clock.now()
    moments = [noon, noon + timedelta(days=1), noon - timedelta(days=1), noon + timedelta(days=30)]
    for number, moment in enumerate(moments, start=1):
        clock.simulate(moment)
        save_draft(
            town.filer, filing.pk, cells={**GOOD, "workforce": 50 + number}, lines={"output_lines": [LINE]}
        )
        receipt = submit_return(town.filer, filing.pk)
        assert receipt.version == number
        assert submit_return(town.filer, filing.pk) == receipt
        if number < len(moments):
            move_return(town.county, filing.pk, Move.SEND_BACK, reason="look again")
    versions = Version.objects.filter(filing=filing).order_by("number")
    assert [version.number for version in versions] == [1, 2, 3, 4]
    times = [version.submitted_at for version in versions]
    assert times[2] < times[0] < times[1]  # the times are the clock's, the order is the numbers'
    moves = list(Step.objects.filter(case__object_id=filing.pk).order_by("pk").values_list("move", flat=True))
    assert moves == ["submit", "send_back"] * 3 + ["submit"]
    entries = Entry.objects.filter(kind="return", object_id=str(filing.pk)).order_by("number")
    assert [entry.action for entry in entries if entry.action == "return.submit"] == ["return.submit"] * 4
    assert verify(SYSTEM).breaches == ()


@pytest.mark.parametrize(("days", "on_time"), [(0, True), (-1, True), (60, False)])
def test_the_deadline_follows_the_clock_at_submission(town: SmallTown, days: int, on_time: bool) -> None:
    clock.simulate(clock.now() + timedelta(days=days))
    filing = Return.objects.get(enterprise=town.firm, form="monthly", period=APRIL.key)
    save_draft(town.filer, filing.pk, cells=GOOD, lines={"output_lines": [LINE]})
    assert submit_return(town.filer, filing.pk).on_time is on_time
