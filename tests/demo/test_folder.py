"""The folder that the generator writes: counts, identities, marks, the contract of docs/city-folder.md."""

import csv
import hashlib
from collections import Counter
from pathlib import Path

import pyarrow.compute as pc
import pyarrow.csv as arrow_csv
import pytest

from gongmai.core.registry.actions.imports import read_plan
from gongmai.core.registry.rules.credit import check_credit_code
from gongmai.demo import sources
from gongmai.demo.build import write_city
from gongmai.demo.people import demo_people
from gongmai.demo.types import CURRENT, FIRST, text_of


def rows(folder: Path, name: str) -> list[dict[str, str]]:
    with (folder / f"{name}.csv").open(encoding="utf-8", newline="") as handle:
        return list(csv.DictReader(handle))


def returns(folder: Path, name: str):
    return arrow_csv.read_csv(folder / "returns" / f"{name}.csv")


def on_roster(folder: Path, period: str) -> int:
    stays = rows(folder, "roster")
    return sum(s["from_period"] <= period and (not s["to_period"] or period <= s["to_period"]) for s in stays)


def test_the_registry_accepts_the_folder_without_a_finding(city_folder: Path) -> None:
    plan, findings = read_plan(city_folder)
    assert findings == []
    assert len(plan.firms) == len(rows(city_folder, "enterprises"))


@pytest.mark.parametrize(
    ("period", "firms"),
    [("2020-09", 2935), ("2020-12", 2954), ("2022-12", 3832)],
)
def test_the_roster_has_as_many_firms_as_the_city_published(city_folder, period, firms) -> None:
    assert on_roster(city_folder, period) == firms


def test_the_roster_of_2023_is_above_four_thousand(city_folder: Path) -> None:
    assert 4_000 < on_roster(city_folder, "2023-06") < 4_059


def test_every_credit_code_is_valid_and_carries_the_mark_of_invention(city_folder: Path) -> None:
    codes = [row["credit_code"] for row in rows(city_folder, "enterprises")]
    assert [code for code in codes if check_credit_code(code)] == []
    assert {code[8:12] for code in codes} == {"MADM"}
    assert len(set(codes)) == len(codes)


def test_no_two_firms_have_the_same_name(city_folder: Path) -> None:
    names = Counter(row["name"] for row in rows(city_folder, "enterprises"))
    assert names.most_common(1)[0][1] == 1


def test_the_zones_were_regions_of_their_own_until_october_2020(city_folder: Path) -> None:
    profiles = rows(city_folder, "profiles")
    former = [row for row in profiles if row["region"] in {"371372", "371373"}]
    assert former
    assert {row["valid_from"] for row in former} < {text_of(index) for index in range(FIRST, FIRST + 9)}
    regions = {row["code"]: row for row in rows(city_folder, "regions")}
    assert regions["371372"]["valid_to"] == regions["371373"]["valid_to"] == "2020-10-31"
    assert regions["371312009"]["valid_from"] == "2020-11-01"


def test_there_are_fifteen_management_units(city_folder: Path) -> None:
    assert len(rows(city_folder, "units")) == 15


@pytest.mark.parametrize("period", ["2020-12", "2022-12", "2023-05"])
def test_every_firm_on_the_roster_has_all_three_forms(city_folder: Path, period: str) -> None:
    count = on_roster(city_folder, period)
    missing = 14 if period == "2023-05" else 0
    assert returns(city_folder, f"monthly.{period}").num_rows == count
    assert returns(city_folder, f"finance.{period}").num_rows == count - missing
    assert returns(city_folder, f"energy.{period}").num_rows == count - missing


def test_january_and_february_have_no_month_of_their_own(city_folder: Path) -> None:
    names = returns(city_folder, "monthly.2021-02").column_names
    assert "output__ytd" in names
    assert "output" not in names
    assert "output__base" not in names


def test_the_base_is_what_was_filed_a_year_ago(city_folder: Path) -> None:
    for name in ("monthly", "finance"):
        now = returns(city_folder, f"{name}.2022-07")
        ago = returns(city_folder, f"{name}.2021-07")
        items = [column for column in now.column_names if column.endswith(("__base", "__ytd_base"))]
        joined = now.join(ago, "credit_code", right_suffix="_ago", join_type="inner")
        assert joined.num_rows > 3_000
        for item in items:
            filed = item.replace("_base", "") if item.endswith("__ytd_base") else item.removesuffix("__base")
            assert joined[item].equals(joined[f"{filed}_ago"]), item


def test_the_cumulative_figure_is_the_last_one_plus_the_month(city_folder: Path) -> None:
    now, before = returns(city_folder, "monthly.2022-07"), returns(city_folder, "monthly.2022-06")
    joined = now.join(before, "credit_code", right_suffix="_before", join_type="inner")
    for item in ("output", "sales", "exports", "new_orders", "renovation_investment"):
        sums = pc.add(joined[f"{item}__ytd_before"], joined[item])
        assert sums.equals(joined[f"{item}__ytd"]), item


def test_the_lines_add_up_to_the_output_of_the_form(city_folder: Path) -> None:
    lines = returns(city_folder, "monthly.output_lines.2022-12")
    sums = lines.group_by("credit_code").aggregate([("output__ytd", "sum"), ("output__base", "sum")])
    joined = returns(city_folder, "monthly.2022-12").join(sums, "credit_code")
    assert joined["output__ytd_sum"].equals(joined["output__ytd"])
    assert joined["output__base_sum"].equals(joined["output__base"])


def test_the_open_month_is_about_sixty_two_percent_filed_in_every_state(city_folder: Path) -> None:
    states = [row for row in rows(city_folder, "states") if row["period"] == text_of(CURRENT)]
    counts = Counter(row["state"] for row in states if row["form"] == "monthly")
    assert set(counts) == {"draft", "county", "city", "returned", "approved"}
    filed = sum(counts.values()) - counts["draft"]
    assert 0.60 < filed / on_roster(city_folder, text_of(CURRENT)) < 0.64
    assert all(row["reason"] for row in states if row["state"] == "returned")


def test_the_first_account_belongs_to_a_begun_return_whose_lines_do_not_add_up(city_folder: Path) -> None:
    people = {row["username"]: row for row in rows(city_folder, "people")}
    code = people["enterprise"]["scope_value"]
    states = {(row["credit_code"], row["form"], row["period"]): row for row in rows(city_folder, "states")}
    assert states[code, "monthly", "2023-06"]["state"] == "draft"
    head = returns(city_folder, "monthly.2023-06").filter(pc.field("credit_code") == code).to_pylist()[0]
    lines = returns(city_folder, "monthly.output_lines.2023-06").filter(pc.field("credit_code") == code)
    assert head["output"] == pc.sum(lines["output"]).as_py() // 10


def test_the_group_files_for_six_food_firms_of_six_counties_that_have_not_begun(city_folder: Path) -> None:
    grants = [row for row in rows(city_folder, "people") if row["username"] == "group"]
    codes = {row["scope_value"] for row in grants}
    assert len(grants) == len(codes) == 6
    assert {(row["role"], row["scope_kind"]) for row in grants} == {("enterprise", "enterprise")}
    assert len({code[2:8] for code in codes}) == 6  # where a firm is registered stands in its code
    june = {row["credit_code"] for row in rows(city_folder, "states") if row["period"] == text_of(CURRENT)}
    assert not codes & june


def test_there_is_an_account_for_each_kind_of_person_and_two_bureau_officers(city_folder: Path) -> None:
    roles = Counter(row["role"] for row in rows(city_folder, "people"))
    assert roles["city"] == 2
    assert set(roles) == {
        "enterprise", "county", "park", "city", "leader", "bank", "expert", "auditor", "sysadmin",
    }  # fmt: skip
    assert all(len(person.password) >= 12 for person in demo_people())


def test_the_generator_gives_the_same_bytes_each_time(city_folder: Path, tmp_path: Path) -> None:
    again = tmp_path / "again"
    write_city(again, first=CURRENT - 1)
    for path in sorted(again.rglob("*.*")):
        first = city_folder / path.relative_to(again)
        assert hashlib.sha256(path.read_bytes()).digest() == hashlib.sha256(first.read_bytes()).digest(), path


def test_the_leading_industries_are_those_of_the_city_file() -> None:
    assert sources.leading_industries()[:2] == ("20", "211")
