"""A worker killed at every point of a publication: finished once after the restart, never half readable."""

import subprocess
import sys
from pathlib import Path

from tests.faults.town import ROOT, build_town, serving, submit

POINTS = """
import json
from tests.faults.dying_worker import POINTS
print(json.dumps(list(POINTS)))
"""
APPROVE = """
import json
from gongmai.core.access.models import Grant, User
from gongmai.core.access.queries import actor_of
from gongmai.core.review.types import Move
from gongmai.monitor.filing.actions.reviewing import move_return
from gongmai.monitor.filing.models import Return
def person(name, *grant):
    user, _ = User.objects.get_or_create(username=name)
    Grant.objects.get_or_create(user=user, role=grant[0], scope_kind=grant[1], scope_value=grant[2])
    return actor_of(user)
county, city = person("c", "county", "unit", "u1"), person("d", "city", "city", "")
pk = Return.objects.filter(state="county", form="monthly").order_by("pk").values_list("pk", flat=True)[0]
for actor, step in ((county, Move.PASS_COUNTY), (city, Move.PASS_CITY)):
    move_return(actor, pk, step)
print(json.dumps(pk))
"""
PANEL = """
import hashlib, json
from gongmai.core.audit.models import Entry
from gongmai.core.outbox.models import Delivery
from gongmai.core.panel.models import Vintage
from gongmai.core.panel.queries import vintages
from gongmai.monitor.filing.models import Version
import duckdb
number = vintages.last_number()
files = vintages.files_in_force(number) if number else {}
named = {file.name: file.digest for file in files.values()}
place = vintages.folder()
bad = []
for name, digest in named.items():
    if hashlib.sha256((place / name).read_bytes()).hexdigest() != digest:
        bad.append(name)
mine = [name for name in named if name.startswith("2023/202305-")]
query = "SELECT count(output) FROM read_parquet(?)"
rows = duckdb.execute(query, [str(place / mine[0])]).fetchone()[0] if mine else 0
print(json.dumps({
    "vintages": Vintage.objects.count(), "bad": bad, "rows": rows,
    "lines": Entry.objects.filter(action="panel.publish").count(),
    "loose": len([p for p in place.glob("*.tmp")]),
    "admitted": [row.admitted for row in Version.objects.filter(source="api") if row.admitted],
    "open": Delivery.objects.exclude(state="done").count(),
}))
"""


def test_a_publication_is_finished_once_wherever_its_worker_is_killed(tmp_path: Path) -> None:
    town = build_town(tmp_path / "data", 9, "gongmai_publication")
    with serving(town, "--workers", "1", "--no-worker") as (port, _):
        for number in range(9):
            assert submit(port, town, number, f"publish-{number}")[0] == 201
    town.run("worker", "--once")
    points = town.ask(POINTS)
    assert len(points) == 8
    before = town.ask(PANEL)
    for turn, point in enumerate(points, start=1):
        town.ask(APPROVE)
        died = subprocess.run(
            [sys.executable, "-m", "tests.faults.dying_worker", point],
            env=town.env,
            cwd=ROOT,
            check=False,
            capture_output=True,
            text=True,
        )
        assert died.returncode == -9, (point, died.stderr[-2000:])
        between = town.ask(PANEL)
        assert between["bad"] == [], point
        # a reader sees the vintage before, or, where the death came after the transaction, the one after
        seen = (between["vintages"], between["rows"], between["lines"])
        assert seen in {
            (before["vintages"] + turn - 1, turn - 1, before["lines"] + turn - 1),
            (before["vintages"] + turn, turn, before["lines"] + turn),
        }, point
        town.run("worker", "--once")  # at once: the dead worker's lease is known to be void
        after = town.ask(PANEL)
        assert (after["vintages"], after["rows"]) == (before["vintages"] + turn, turn), point
        assert after["lines"] == before["lines"] + turn, point
        assert (after["bad"], after["loose"], after["open"]) == ([], 0, 0), point
        assert len(after["admitted"]) == turn, point
        assert max(after["admitted"]) == after["vintages"], point
