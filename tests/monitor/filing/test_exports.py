"""Returns of many periods leave as one table, within the reader's reach, in both shapes."""

import csv
from io import BytesIO, StringIO
from pathlib import Path

import openpyxl
import pytest
from click.testing import CliRunner
from django.test import Client
from django.urls import reverse

from gongmai.cli.returns import export_returns
from gongmai.core.access.models import User
from gongmai.core.access.types import NotAllowed
from gongmai.core.audit.models import Entry
from gongmai.core.period.types import Period
from gongmai.monitor.filing.models import Return, Version
from gongmai.monitor.filing.queries.exports import LONG, SUBMITTED, Wanted, count_returns, returns_table
from gongmai.monitor.filing.rules.content import canonical
from gongmai.monitor.filing.types import FilingError
from tests.monitor.filing.conftest import APRIL, GOOD, LINE, Town

MARCH = Period(2023, 3)


@pytest.fixture
def filed(town: Town, settings) -> Town:
    """Two firms: one approved in March, both submitted in April."""
    for enterprise, period, approved, output in (
        (town.firm, MARCH, 1, 900),
        (town.firm, APRIL, None, -7),
        (town.other, APRIL, None, 5),
    ):
        filing, _ = Return.objects.get_or_create(enterprise=enterprise, form="monthly", period=period.key)
        filing.versions_count, filing.approved_version = 1, approved
        filing.state = "approved" if approved else "county"
        filing.save()
        Version.objects.create(
            filing=filing, number=1, cells=canonical({**GOOD, "output": output, "outlook": "same"}),
            lines=canonical({"output_lines": [LINE, {**LINE, "industry": "1312"}]}), digest="x",
            source="page", submitted_at="2023-05-04T02:00:00Z",
        )  # fmt: skip
    return town


def rows_of(actor, wanted):
    table = returns_table(actor, wanted)
    keys = [column.key for column in table.columns]
    return [dict(zip(keys, values, strict=True)) for values in table.values()]


def signed_in(name: str) -> Client:
    client = Client()
    client.force_login(User.objects.get(username=name), backend="django.contrib.auth.backends.ModelBackend")
    return client


def test_the_approved_and_the_submitted_are_two_tables(filed: Town) -> None:
    approved = rows_of(filed.city, Wanted("monthly", MARCH, APRIL))
    assert [(row["period"], row["output"]) for row in approved] == [("2023-03", 900)]
    submitted = rows_of(filed.city, Wanted("monthly", MARCH, APRIL, basis=SUBMITTED))
    assert [(row["period"], row["output"]) for row in submitted] == [
        ("2023-03", 900), ("2023-04", 5), ("2023-04", -7),
    ]  # fmt: skip
    assert count_returns(filed.city, Wanted("monthly", MARCH, APRIL, basis=SUBMITTED)) == 3


def test_nobody_sees_beyond_the_own_reach(filed: Town) -> None:
    wanted = Wanted("monthly", MARCH, APRIL, basis=SUBMITTED)
    assert {row["output"] for row in rows_of(filed.county, wanted)} == {900, -7}
    assert {row["output"] for row in rows_of(filed.elsewhere, wanted)} == {5}
    assert {row["output"] for row in rows_of(filed.filer, wanted)} == {900, -7}
    with pytest.raises(NotAllowed):
        returns_table(filed.leader, wanted)


def test_the_long_shape_has_a_row_for_each_known_figure_with_its_unit(filed: Town) -> None:
    rows = rows_of(filed.city, Wanted("monthly", MARCH, MARCH, LONG))
    assert len(rows) == len(GOOD)
    output = next(row for row in rows if row["cell"] == "output__ytd")
    assert (output["value"], output["measure"], output["text"]) == (4100, "千元", None)
    choice = next(row for row in rows if row["cell"] == "outlook")
    assert choice["value"] is None
    assert choice["text"] not in {None, "same"}


def test_the_lines_of_a_table_come_with_their_key(filed: Town) -> None:
    rows = rows_of(filed.city, Wanted("monthly", MARCH, MARCH, table="output_lines"))
    assert [(row["line"], row["output"]) for row in rows] == [("1311", 1000), ("1312", 1000)]


@pytest.mark.parametrize(
    ("change", "code"), [({"form": "x"}, "unknown_form"), ({"table": "x"}, "unknown_table"),
                         ({"last": Period(2023, 2)}, "bad_period")],
)  # fmt: skip
def test_what_there_is_not_is_refused(filed: Town, change, code) -> None:
    given = {"form": "monthly", "first": MARCH, "last": APRIL} | change
    with pytest.raises(FilingError) as refused:
        returns_table(filed.city, Wanted(**given))
    assert refused.value.code == code


def test_the_page_counts_and_sends_both_formats_and_the_trail_knows(filed: Town) -> None:
    client = signed_in("city")
    address = reverse("filing:export") + "?form=monthly&first=2023-03&last=2023-04&basis=submitted"
    assert "3 份报表" in client.get(address).content.decode()
    workbook = client.get(address + "&format=xlsx")
    sheet = openpyxl.load_workbook(BytesIO(b"".join(workbook.streaming_content))).active
    assert sheet["A3"].value == "报告期" or sheet["A4"].value == "报告期"
    assert [cell.value for cell in sheet["A"]][-1] == "2023-04"
    sent = client.get(address + "&format=csv&shape=long")
    text = b"".join(sent.streaming_content).decode("utf-8-sig")
    assert len(list(csv.reader(StringIO(text)))) == 1 + 3 * len(GOOD)
    assert Entry.objects.filter(action="document.export").count() == 2
    assert client.get(reverse("filing:export") + "?first=2023-04&last=2023-03").status_code == 422
    assert client.get(reverse("filing:export") + "?first=nonsense").status_code == 422


def test_the_api_sends_the_same(filed: Town) -> None:
    client = signed_in("county")
    address = "/api/v1/returns/export?form=monthly&first=2023-03&last=2023-04&basis=submitted"
    text = b"".join(client.get(address).streaming_content).decode("utf-8-sig")
    assert len(text.strip().splitlines()) == 3
    assert client.get(address.replace("2023-03", "2023-13")).status_code == 422
    assert client.get(address.replace("first=2023-03", "first=2023-12")).status_code == 404
    assert client.get(address.replace("monthly", "yearly")).status_code == 404


def test_the_command_writes_a_whole_file_or_none(filed: Town, tmp_path: Path) -> None:
    file = tmp_path / "all.xlsx"
    arguments = ["--form", "monthly", "--from", "2023-03", "--to", "2023-04", "--basis", "submitted"]
    result = CliRunner().invoke(export_returns, [str(file), *arguments])
    assert (result.exit_code, result.output) == (0, f"3 rows in {file}\n")
    assert openpyxl.load_workbook(file).active.max_row >= 6
    assert [path.name for path in tmp_path.iterdir()] == ["all.xlsx"]
    for wrong in ([str(tmp_path / "a.pdf"), *arguments], [str(file), *arguments, "--table", "x"]):
        assert CliRunner().invoke(export_returns, wrong).exit_code == 2
