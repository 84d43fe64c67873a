"""The drill: work, back up while work goes on, lose everything, restore, compare."""

import json
import shutil
import threading
from pathlib import Path

import pytest
from tests.faults.town import Town, build_town, environment, serving, submit

MARKS = """
import json
from dataclasses import asdict
from gongmai.core.backup.queries import copier
print(json.dumps({name: asdict(mark) for name, mark in copier().marks()}))
"""
PASS = """
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
for pk in Return.objects.filter(state="county", form="monthly").values_list("pk", flat=True):
    for actor, step in ((county, Move.PASS_COUNTY), (city, Move.PASS_CITY)):
        move_return(actor, pk, step)
print(json.dumps(Return.objects.filter(state="approved", period=202305).count()))
"""
LINES = """
from gongmai.monitor.filing.models import Version
print(Version.objects.filter(source="api").count())
"""
TABLES = """
import json
from django.db import connection
print(json.dumps(connection.introspection.table_names()))
"""


def digest_lines(town: Town) -> str:
    return town.run("trail", "verify").stdout


@pytest.fixture(scope="module")
def worked(tmp_path_factory: pytest.TempPathFactory) -> Town:
    """A town in which some firms have filed, and the trail is anchored."""
    return build_town(tmp_path_factory.mktemp("drill") / "data", 8, "gongmai_drill")


def test_what_was_backed_up_while_people_worked_comes_back_whole(worked: Town, tmp_path: Path) -> None:
    place = tmp_path / "backup"
    attachment = worked.folder / "attachments" / "ab" / "abcdef"
    attachment.parent.mkdir(parents=True)
    attachment.write_bytes(b"voucher")
    with serving(worked, "--workers", "1") as (port, _):
        for number in range(3):
            assert submit(port, worked, number, f"drill-{number:04d}")[0] == 201
        statuses: list[int] = []
        writers = threading.Thread(
            target=lambda: statuses.extend(
                submit(port, worked, number, f"drill-{number:04d}")[0] for number in range(3, 6)
            )
        )
        writers.start()
        worked.run("backup", str(place))
        writers.join()
    assert statuses == [201, 201, 201]
    manifest = json.loads((place / "manifest.json").read_text())
    assert worked.run("backup", "verify", str(place)).stdout.strip() == "0 differences"
    # more is written, which the backup does not hold; then all is lost
    with serving(worked, "--workers", "1") as (port, _):
        assert submit(port, worked, 6, "drill-0006")[0] == 201
    shutil.rmtree(worked.folder)
    worked.folder.mkdir()
    again = Town(worked.folder, environment(worked.folder, "gongmai_drill"), worked.bodies)
    assert "all as they were" in again.run("restore", str(place)).stdout
    assert again.ask(MARKS) == manifest["tables"]
    assert "0 breaches" in digest_lines(again)
    assert (again.folder / "attachments" / "ab" / "abcdef").read_bytes() == b"voucher"
    assert 3 <= again.ask(LINES) <= 6
    # the installation lives on: who repeats a call gets the same receipt, who was lost files again
    with serving(again, "--workers", "1") as (port, _):
        for number in range(8):
            status, receipt, _ = submit(port, again, number, f"drill-{number:04d}")
            assert (status, receipt["version"]) == (201, 1)
    assert again.ask(LINES) == 8


def test_the_panel_of_a_restored_installation_is_rebuilt_to_the_same_bytes(tmp_path: Path) -> None:
    town = build_town(tmp_path / "data", 4, "gongmai_drill_panel")
    with serving(town, "--workers", "1", "--no-worker") as (port, _):
        for number in range(4):
            assert submit(port, town, number, f"panel-{number:04d}")[0] == 201
    assert town.ask(PASS) == 4
    town.run("worker", "--once")
    before = {path.name: path.read_bytes() for path in (town.folder / "panel").rglob("*.parquet")}
    assert before
    town.run("backup", str(tmp_path / "backup"), "--with-keys")
    other = Town(tmp_path / "other", environment(tmp_path / "other", "gongmai_drill_other"))
    other.run("restore", str(tmp_path / "backup"))
    after = {path.name: path.read_bytes() for path in (other.folder / "panel").rglob("*.parquet")}
    assert after == before
    for path in (other.folder / "panel").rglob("*.parquet"):
        path.unlink()
    other.run("panel", "rebuild", check=False)
    again = {path.name: path.read_bytes() for path in (other.folder / "panel").rglob("*.parquet")}
    assert again == before
    assert (other.folder / "secret_key").read_text() == (town.folder / "secret_key").read_text()
    assert "0 breaches" in digest_lines(other)


def test_a_restoration_refuses_a_place_that_holds_anything(worked: Town, tmp_path: Path) -> None:
    place = tmp_path / "backup"
    worked.run("backup", str(place))
    refused = worked.run("restore", str(place), check=False)
    assert refused.returncode == 2
    assert "not empty" in refused.stderr or "不为空" in refused.stderr
    full = Town(tmp_path / "full", environment(tmp_path / "full", "gongmai_drill_full"))
    (full.folder / "attachments").mkdir(parents=True)
    (full.folder / "attachments" / "x").write_text("somebody's")
    assert full.run("restore", str(place), check=False).returncode == 2
    assert (full.folder / "attachments" / "x").read_text() == "somebody's"


def test_a_backup_without_keys_holds_none_and_a_second_into_the_same_place_is_refused(
    worked: Town, tmp_path: Path
) -> None:
    place = tmp_path / "backup"
    worked.run("backup", str(place))
    names = [path.name for path in place.rglob("*") if path.is_file()]
    assert not [name for name in names if "key" in name and "keys" not in name]
    assert worked.run("backup", str(place), check=False).returncode == 2
    found = json.loads(worked.run("doctor", "--format", "json", check=False).stdout)
    assert [row["seen"] for row in found if row["check"] == "backup"] == ["0.0 h old"]


@pytest.mark.parametrize("damage", ["flip", "remove", "add", "cut", "manifest"])
def test_a_damaged_backup_is_found_and_not_restored(worked: Town, tmp_path: Path, damage: str) -> None:
    place = tmp_path / "backup"
    worked.run("backup", str(place))
    database = place / "database"
    if damage == "flip":
        with database.open("r+b") as handle:
            handle.seek(database.stat().st_size // 2)
            byte = handle.read(1)
            handle.seek(-1, 1)
            handle.write(bytes([byte[0] ^ 255]))
    elif damage == "remove":
        next(path for path in (place / "files").rglob("*") if path.is_file()).unlink()
    elif damage == "add":
        (place / "files" / "stranger").write_text("x")
    elif damage == "cut":
        with database.open("r+b") as handle:
            handle.truncate(database.stat().st_size // 2)
    else:
        (place / "manifest.json").unlink()
    assert worked.run("backup", "verify", str(place), check=False).returncode == (
        2 if damage == "manifest" else 1
    )
    new = Town(tmp_path / "new", environment(tmp_path / "new", "gongmai_drill_new"))
    assert new.run("restore", str(place), check=False).returncode == 2
    assert new.ask(TABLES) == []
