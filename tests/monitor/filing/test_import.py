"""Histories and single files of returns: what is wrong is told with its place; all or nothing."""

import csv
import json
from pathlib import Path

import pytest
from bench.folder import write_returns
from click.testing import CliRunner

from gongmai.cli.returns import import_returns
from gongmai.core.access.models import Grant, User
from gongmai.core.access.types import SYSTEM
from gongmai.core.notify.models import Notice
from gongmai.core.outbox.actions import deliver_once
from gongmai.core.period import clock
from gongmai.core.period.types import Period
from gongmai.core.registry.models import Enterprise
from gongmai.core.review.models import Case
from gongmai.monitor.filing.actions.imports import import_history
from gongmai.monitor.filing.models import Return, Version
from gongmai.monitor.filing.rules.content import canonical, compute_digest
from tests.monitor.filing.conftest import firm

CODES = ["91371302MA3DEMX00D", "91350100M000100Y43", "11370881004339597L"]
FIRST, LAST = Period(2022, 2), Period(2023, 3)


def quiet(done: int, total: int, text: str) -> None:
    """No progress."""


@pytest.fixture
def folder(db: None, tmp_path: Path) -> Path:
    for code in CODES:
        firm(code, f"Works {code[:4]}")
    write_returns(tmp_path, CODES, FIRST, LAST)
    return tmp_path


def change(path: Path, firm_code: str, **cells: str) -> int:
    """Change cells of a firm in a CSV file; give the row as a spreadsheet counts."""
    with path.open(newline="") as handle:
        rows = list(csv.DictReader(handle))
    place = next(number for number, row in enumerate(rows) if row["credit_code"] == firm_code)
    rows[place] |= cells
    with path.open("w", newline="") as handle:
        writer = csv.DictWriter(handle, list(rows[0]))
        writer.writeheader()
        writer.writerows(rows)
    return place + 2


def test_a_sound_history_is_written_whole(folder: Path) -> None:
    result = import_history(folder, quiet, SYSTEM)
    assert (result.is_refused, result.returns) == (False, 3 * 3 * 13)
    version = Version.objects.select_related("filing").order_by("pk").last()
    assert version is not None
    assert (version.filing.state, version.filing.approved_version) == ("approved", 1)
    assert version.digest == compute_digest(version.cells, version.lines)


def test_the_city_and_the_administrator_are_told_of_an_import_and_not_of_a_refused_one(folder: Path) -> None:
    people = {role: User.objects.create(username=role) for role in ("city", "sysadmin", "county")}
    for role, user in people.items():
        Grant.objects.create(user=user, role=role, scope_kind="city" if role == "city" else "none")
    path = next(folder.rglob("monthly.*.csv"))
    before = path.read_bytes()
    change(path, CODES[0], output__ytd="-1")
    assert import_history(folder, quiet, SYSTEM).is_refused
    deliver_once()
    assert not Notice.objects.exists()
    path.write_bytes(before)
    import_history(folder, quiet, SYSTEM)
    deliver_once()
    told = Notice.objects.filter(kind="filing.imported")
    assert {notice.person.username for notice in told} == {"city", "sysadmin"}
    assert all("117 张" in notice.subject_zh for notice in told)


def test_imported_text_is_the_canonical_text(folder: Path) -> None:
    import orjson

    import_history(folder, quiet, SYSTEM)
    for version in Version.objects.all():
        assert canonical(orjson.loads(version.cells)) == version.cells
        assert canonical(orjson.loads(version.lines)) == version.lines


@pytest.mark.parametrize(
    ("file", "cells", "rule"),
    [
        ("monthly.2022-05.csv", {"output__ytd": "7"}, "H1_output"),
        ("monthly.2022-05.csv", {"exports": "999999999"}, "H3_exports"),
        ("monthly.2022-05.csv", {"sales": "12a"}, "not_a_number"),
        ("monthly.2022-05.csv", {"sales": "12.5"}, "too_many_decimals"),
        ("monthly.2022-05.csv", {"outlook": "rosy"}, "unknown_choice"),
        ("monthly.2022-05.csv", {"credit_code": "91371302MA3DEMX00X"}, "unknown_firm"),
        ("finance.2022-05.csv", {"equity": "1"}, "H5_balance"),
        ("finance.2022-05.csv", {"profit__ytd": "1"}, "H6_profit"),
        ("finance.2023-03.csv", {"revenue__ytd_base": "1"}, "H7_revenue"),
        ("energy.energy_lines.2022-05.csv", {"closing": "55"}, "H9_balance"),
    ],
)
def test_one_wrong_figure_refuses_the_folder_and_is_named_with_its_row(
    folder: Path, file: str, cells: dict[str, str], rule: str
) -> None:
    row = change(folder / "returns" / file, CODES[1], **cells)
    result = import_history(folder, quiet, SYSTEM)
    assert result.is_refused
    found = {(finding.rule, finding.file, finding.row) for finding in result.findings}
    assert (rule, f"returns/{file}", row) in found
    assert not Return.objects.exists()


def test_an_open_return_may_be_wrong_and_keeps_its_findings(folder: Path) -> None:
    change(folder / "returns" / "monthly.2023-03.csv", CODES[0], exports="999999999")
    (folder / "states.csv").write_text(
        "credit_code,form,period,state,submitted_at,reason\n"
        f"{CODES[0]},monthly,2023-03,returned,2023-04-05T10:00:00+08:00,exports above sales\n"
        f"{CODES[1]},monthly,2023-03,draft,,\n"
        f"{CODES[2]},monthly,2023-03,city,2023-04-06T10:00:00+08:00,\n"
    )
    result = import_history(folder, quiet, SYSTEM)
    assert not result.is_refused
    rows = {row.enterprise.credit_code: row for row in Return.objects.filter(form="monthly", period=202303)}
    assert [rows[code].state for code in CODES] == ["returned", "draft", "city"]
    assert '"rule":"H3_exports"' in rows[CODES[0]].versions.get().findings
    assert rows[CODES[1]].draft["cells"]["output"] > 0
    assert rows[CODES[1]].versions.count() == 0
    case = Case.objects.get(object_id=rows[CODES[0]].pk)
    assert case.steps.get(move="send_back").reason == "exports above sales"


def test_the_explanation_of_a_return_under_way_answers_what_the_audits_ask(folder: Path) -> None:
    change(folder / "returns" / "monthly.2023-03.csv", CODES[0], electricity="0", electricity__ytd="0")
    (folder / "states.csv").write_text(
        "credit_code,form,period,state,submitted_at,reason,explanation\n"
        f"{CODES[0]},monthly,2023-03,county,2023-04-05T10:00:00+08:00,,billed to another account\n"
    )
    import_history(folder, quiet, SYSTEM)
    row = Return.objects.get(enterprise__credit_code=CODES[0], form="monthly", period=202303)
    explained = json.loads(row.versions.get().explanations)
    assert explained["V4_zero"] == "billed to another account"
    assert not [key for key in explained if key.startswith("H")]


def test_a_firm_without_a_row_has_a_return_to_file(folder: Path) -> None:
    firm("11370800004234373R", "Late Works", since=202303)
    import_history(folder, quiet, SYSTEM)
    rows = Return.objects.filter(enterprise=Enterprise.objects.get(name="Late Works"), form="monthly")
    assert [(row.period, row.state) for row in rows] == [(202303, "draft")]


def test_the_command_prints_findings_and_ends_with_one(folder: Path) -> None:
    place = folder / "returns"
    for path in place.glob("*.2023-03.csv"):
        path.rename(folder / path.name)
    import_history(folder, quiet, SYSTEM)
    file = folder / "monthly.2023-03.csv"
    base = ["--form", "monthly", "--period", "2023-03", "--format", "json"]
    good = CliRunner().invoke(import_returns, [str(file), *base, "--dry-run"])
    assert (good.exit_code, Version.objects.filter(filing__period=202303).count()) == (0, 0), good.output
    row = change(file, CODES[2], output__ytd="7")
    bad = CliRunner().invoke(import_returns, [str(file), *base, "--dry-run"])
    assert bad.exit_code == 1
    assert '"rule": "H1_output"' in bad.output
    assert f'"row": {row}' in bad.output
    usage = CliRunner().invoke(import_returns, [str(file), "--form", "monthly", "--period", "2023-01"])
    assert usage.exit_code == 2


def test_the_command_submits_a_sound_file(folder: Path) -> None:
    for path in (folder / "returns").glob("*.2023-03.csv"):
        path.rename(folder / path.name)
    import_history(folder, quiet, SYSTEM)
    arguments = [
        str(folder / "monthly.2023-03.csv"),
        "--form",
        "monthly",
        "--period",
        "2023-03",
        "--format",
        "json",
    ]
    done = CliRunner().invoke(import_returns, arguments)
    assert done.exit_code == 0, done.output
    assert set(Return.objects.filter(period=202303, form="monthly").values_list("state", flat=True)) == {
        "county"
    }
    again = CliRunner().invoke(import_returns, arguments)
    assert (again.exit_code, "not_open" in again.output) == (1, True)


def test_a_file_never_takes_the_place_of_what_a_firm_typed(folder: Path) -> None:
    for path in (folder / "returns").glob("*.2023-03.csv"):
        path.rename(folder / path.name)
    import_history(folder, quiet, SYSTEM)
    own = Return.objects.create(
        enterprise=Enterprise.objects.get(credit_code=CODES[0]),
        form="monthly",
        period=202303,
        draft={"cells": {"output": 77}},
        draft_revision=1,
    )
    arguments = [str(folder / "monthly.2023-03.csv"), "--form", "monthly", "--period", "2023-03"]
    for extra in (["--dry-run"], []):
        refused = CliRunner().invoke(import_returns, [*arguments, *extra, "--format", "json"])
        (finding,) = json.loads(refused.stdout)
        assert (finding["rule"], finding["credit_code"]) == ("filed_by_firm", CODES[0])
    own.refresh_from_db()
    assert (own.draft, own.state) == ({"cells": {"output": 77}}, "draft")
    own.draft = {}
    own.save()
    Version.objects.create(
        filing=own, number=1, cells="{}", digest="x", source="page", submitted_at=clock.now()
    )
    assert "filed_by_firm" in CliRunner().invoke(import_returns, [*arguments, "--format", "json"]).stdout


def test_a_dry_run_judges_the_firms_that_it_can_read_beside_those_it_cannot(folder: Path) -> None:
    for path in (folder / "returns").glob("*.2023-03.csv"):
        path.rename(folder / path.name)
    import_history(folder, quiet, SYSTEM)
    file = folder / "monthly.2023-03.csv"
    change(file, CODES[0], sales="12a")
    change(file, CODES[1], credit_code="91371302MA3DEMX00X")
    change(file, CODES[2], output__ytd="7")
    result = CliRunner().invoke(
        import_returns,
        [str(file), "--form", "monthly", "--period", "2023-03", "--dry-run", "--format", "json"],
    )
    rules = {(row["credit_code"], row["rule"]) for row in json.loads(result.stdout)}
    assert {
        (CODES[0], "not_a_number"),
        ("91371302MA3DEMX00X", "unknown_firm"),
        (CODES[2], "H1_output"),
    } <= rules
    assert {rule for code, rule in rules if code == CODES[0]} == {"not_a_number"}
    assert "“12a”" in result.stdout
