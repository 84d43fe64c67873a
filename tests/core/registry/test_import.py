"""A city's folder becomes the city: what is written, what is refused, what it costs."""

from pathlib import Path

import pytest
from django.contrib.auth import get_user_model
from django.core.management import call_command
from tests.core.registry.sample import change_cell, credit_code, write_city

from gongmai.core.access.types import NOBODY, SYSTEM, Actor, Grant, NotAllowed, Role, ScopeKind
from gongmai.core.registry import messages
from gongmai.core.registry.actions.imports import Imported, import_city
from gongmai.core.registry.models import City, Code, Enterprise, Profile
from gongmai.core.registry.queries import (
    code_list,
    label_of,
    list_enterprises,
    list_parameters,
    roster_snapshot,
)
from gongmai.core.registry.types import EnterpriseFilter

CITY_OFFICER = Actor(1, "officer", (Grant(Role.CITY, ScopeKind.CITY),))


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return write_city(tmp_path / "city")


def import_it(folder: Path, **options: bool) -> Imported:
    return import_city(actor=SYSTEM, folder=folder, **options)


def rules_of(folder: Path) -> set[tuple[str, int | None, str, str]]:
    return {(f.file, f.row, f.column, f.rule) for f in import_it(folder).findings}


@pytest.mark.django_db
def test_a_good_folder_becomes_the_city(folder: Path) -> None:
    done = import_it(folder)
    assert done.findings == []
    assert done.counts["enterprises"] == 5
    assert City.objects.get().label_zh == "示例市"
    wood = Enterprise.objects.get(credit_code=credit_code(1))
    assert (wood.unit, wood.size, wood.tags, wood.on_roster) == ("donghe", "L", "|little_giant|", True)
    assert wood.initials == "slhtmyyxgs"
    user = get_user_model().objects.get(username="county1")
    assert user.check_password("sample-password-2")
    assert sorted(user.grants.values_list("scope_kind", "scope_value")) == [
        ("region", "999902"),
        ("unit", "donghe"),
    ]
    assert list_parameters() == [("ppi", "20", 202212, 1.02), ("va_rate", "20", 202212, 0.22)]


@pytest.mark.django_db
def test_a_profile_is_cut_where_its_town_changes_the_unit(folder: Path) -> None:
    import_it(folder)
    firm = Enterprise.objects.get(credit_code=credit_code(4))
    spans = Profile.objects.filter(enterprise=firm).order_by("valid_from")
    assert [(s.valid_from, s.valid_to, s.region, s.unit) for s in spans] == [
        (202002, 202010, "999971", "newarea"),
        (202011, None, "999901", "newarea"),
    ]
    assert firm.region == "999901"


@pytest.mark.django_db
def test_a_mapping_that_moves_a_county_cuts_its_profiles(folder: Path) -> None:
    text = (folder / "unit_towns.csv").read_text(encoding="utf-8")
    text = text.replace("999902,,xishan,,", "999902,,xishan,,2021-12\n999902,,donghe,2022-02,")
    (folder / "unit_towns.csv").write_text(text, encoding="utf-8")
    assert import_it(folder).findings == []
    firm = Enterprise.objects.get(credit_code=credit_code(5))
    spans = Profile.objects.filter(enterprise=firm).order_by("valid_from")
    assert [(s.valid_from, s.valid_to, s.unit) for s in spans] == [
        (202002, 202112, "xishan"),
        (202202, None, "donghe"),
    ]


@pytest.mark.django_db
def test_the_roster_of_a_period_has_the_attributes_of_that_period(folder: Path) -> None:
    import_it(folder)
    before = roster_snapshot(202112).to_pylist()
    assert [row["credit_code"] for row in before] == [credit_code(n) for n in (1, 2, 4, 5)]
    food = before[1]
    assert (food["industry"], food["industry_group"], food["industry_section"]) == ("1371", "137", "C")
    assert (food["size"], food["tags"], food["is_new"], food["on_roster"]) == ("M", "", False, True)
    later = {row["credit_code"]: row for row in roster_snapshot(202304).to_pylist()}
    assert set(later) == {credit_code(n) for n in (1, 2, 3, 4)}
    assert later[credit_code(2)]["tags"] == "|gazelle|specialised|"
    assert later[credit_code(2)]["size"] == "S"
    assert later[credit_code(3)]["is_new"]
    assert later[credit_code(3)]["tags"] == "|equipment|"
    assert not {r["credit_code"]: r for r in roster_snapshot(202305).to_pylist()}[credit_code(3)]["is_new"]


@pytest.mark.django_db
def test_the_roster_of_an_empty_period_keeps_its_columns(folder: Path) -> None:
    import_it(folder)
    assert roster_snapshot(201902).num_rows == 0
    assert roster_snapshot(201902).column_names == roster_snapshot(202212).column_names


SPOILED = [
    ("enterprises.csv", 3, "credit_code", credit_code(2)[:-1] + "W", "credit_check"),
    ("enterprises.csv", 3, "credit_code", "9137", "credit_length"),
    ("enterprises.csv", 3, "credit_code", credit_code(1), "firm_twice"),
    ("enterprises.csv", 2, "name", "", "cell_required"),
    ("enterprises.csv", 2, "registered_on", "2015-02-30", "date_form"),
    ("profiles.csv", 2, "industry", "3150", "industry_2011"),
    ("profiles.csv", 2, "industry", "5111", "industry_unknown"),
    ("profiles.csv", 2, "region", "999999", "code_unknown"),
    ("profiles.csv", 3, "region", "999971", "code_not_valid"),
    ("profiles.csv", 2, "town", "999902101", "town_outside_region"),
    ("profiles.csv", 2, "size", "S", "size_contradicts"),
    ("profiles.csv", 2, "workers", "", "size_half"),
    ("profiles.csv", 2, "workers", "many", "integer_form"),
    ("profiles.csv", 2, "valid_from", "2020-01", "period_form"),
    ("profiles.csv", 4, "valid_from", "2020-02", "profile_twice"),
    ("profiles.csv", 2, "tags", "high_energy", "tag_derived"),
    ("profiles.csv", 2, "park", "nowhere", "code_unknown"),
    ("roster.csv", 4, "from_period", "2021-06", "stays_overlap"),
    ("roster.csv", 5, "from_period", "2022-02", "entry_month"),
    ("roster.csv", 3, "exit_type", "", "end_without_exit"),
    ("roster.csv", 2, "exit_type", "merged", "exit_without_end"),
    ("roster.csv", 3, "to_period", "2019-12", "span_reversed"),
    ("roster.csv", 2, "entry_type", "gift", "code_unknown"),
    ("roster.csv", 2, "from_period", "2019-12", "profile_late"),
    ("unit_towns.csv", 4, "unit", "elsewhere", "code_unknown"),
    ("unit_towns.csv", 5, "valid_from", "2021-02", ""),
    ("regions.csv", 3, "parent", "999999", "parent_unknown"),
    ("regions.csv", 3, "code", "99990", "region_length"),
    ("parks.csv", 2, "unit", "elsewhere", "code_unknown"),
    ("parameters.csv", 2, "value", "22", "number_range"),
    ("parameters.csv", 2, "industry_division", "99", "code_unknown"),
    ("people.csv", 2, "role", "king", "code_unknown"),
    ("people.csv", 3, "scope_value", "elsewhere", "scope_unknown"),
    ("people.csv", 3, "scope_kind", "city", "scope_contradicts"),
    ("people.csv", 2, "password", "short", "password_short"),
]


@pytest.mark.django_db
@pytest.mark.parametrize(("file", "row", "column", "value", "rule"), [s for s in SPOILED if s[4]])
def test_a_spoiled_cell_is_found_where_it_is_and_nothing_is_written(
    folder: Path, file: str, row: int, column: str, value: str, rule: str
) -> None:
    change_cell(folder, file, row, column, value)
    found = rules_of(folder)
    assert (file, row, column, rule) in found
    assert not City.objects.exists()
    assert not Enterprise.objects.exists()


@pytest.mark.django_db
def test_every_finding_has_words_and_advice(folder: Path) -> None:
    for file, row, column, value, rule in SPOILED:
        if rule:
            write_city(folder)
            change_cell(folder, file, row, column, value)
            for finding in import_it(folder).findings:
                assert messages.word(finding)
                assert messages.advise(finding)


@pytest.mark.django_db
def test_a_place_without_a_unit_is_found_with_its_period(folder: Path) -> None:
    text = (folder / "unit_towns.csv").read_text(encoding="utf-8")
    (folder / "unit_towns.csv").write_text(
        text.replace("999902,,xishan,,", "999902,,xishan,,2021-12"), encoding="utf-8"
    )
    found = [f for f in import_it(folder).findings if f.rule == "unit_missing"]
    assert {f.detail["period"] for f in found} == {"2022-02", "2022-03"}


@pytest.mark.django_db
def test_passwords_are_refused_for_a_real_city_and_never_shown(folder: Path) -> None:
    city = (folder / "city.yaml").read_text(encoding="utf-8").replace("is_synthetic: true", "")
    (folder / "city.yaml").write_text(city, encoding="utf-8")
    found = [f for f in import_it(folder).findings if f.column == "password"]
    assert {f.rule for f in found} == {"password_not_synthetic"}
    assert {f.value for f in found} == {""}


@pytest.mark.django_db
def test_missing_files_and_columns_are_found(folder: Path) -> None:
    (folder / "roster.csv").unlink()
    assert rules_of(folder) == {("roster.csv", None, "", "file_missing")}
    (folder / "roster.csv").write_text("credit_code,from_period,until\n", encoding="utf-8")
    assert ("roster.csv", 1, "until", "header_unknown") in rules_of(folder)
    assert ("roster.csv", 1, "to_period", "header_missing") in rules_of(folder)


@pytest.mark.django_db
def test_a_code_table_of_the_2011_edition_is_refused_by_name(folder: Path) -> None:
    (folder / "codes").mkdir()
    (folder / "codes" / "industry.csv").write_text(
        "code,label_zh\n362,改装汽车制造\n366,汽车零部件及配件制造\n3150,铁合金冶炼\n", encoding="utf-8"
    )
    findings = import_it(folder).findings
    assert [(f.file, f.rule, f.value) for f in findings] == [
        ("codes/industry.csv", "edition_2011", "3150, 362, 366")
    ]
    assert "GB/T 4754-2011" in messages.word(findings[0])


@pytest.mark.django_db
def test_a_citys_own_codes_extend_and_replace_the_national_ones(folder: Path) -> None:
    (folder / "codes").mkdir()
    (folder / "codes" / "product.csv").write_text(
        "code,label_zh,label_en,unit,valid_from\n"
        "plywood,多层板,Layered board,m3,2017-01-01\nchopsticks,筷子,,piece,\n",
        encoding="utf-8",
    )
    assert import_it(folder).findings == []
    assert label_of("product", "plywood") == "多层板"
    assert [entry.label_zh for entry in code_list("product") if entry.code == "chopsticks"] == ["筷子"]
    assert Code.objects.filter(list="industry").count() == 917


@pytest.mark.django_db
def test_gb18030_and_a_byte_order_mark_are_read(folder: Path) -> None:
    path = folder / "enterprises.csv"
    text = path.read_text(encoding="utf-8")
    path.write_bytes(text.encode("gb18030"))
    (folder / "units.csv").write_bytes(b"\xef\xbb\xbf" + (folder / "units.csv").read_bytes())
    assert import_it(folder).findings == []
    assert Enterprise.objects.filter(name="示例恒通木业有限公司").exists()


@pytest.mark.django_db
def test_a_second_city_needs_replace_and_then_takes_the_place_of_the_first(folder: Path) -> None:
    import_it(folder)
    assert {f.rule for f in import_it(folder).findings} == {"city_exists"}
    write_city(folder, firms=7)
    assert import_it(folder, replace=True).findings == []
    assert Enterprise.objects.count() == 7
    assert City.objects.count() == 1


@pytest.mark.django_db
def test_only_who_may_import_imports(folder: Path) -> None:
    with pytest.raises(NotAllowed):
        import_city(actor=NOBODY, folder=folder)
    assert import_city(actor=CITY_OFFICER, folder=folder).findings == []


@pytest.mark.django_db
def test_firms_are_found_by_name_sound_initials_and_code(folder: Path) -> None:
    import_it(folder)

    def found(text: str) -> list[str]:
        return [row.name for row in list_enterprises(CITY_OFFICER, EnterpriseFilter(text=text)).rows]

    assert found("木业") == ["示例恒通木业有限公司"]
    assert found("htmy") == ["示例恒通木业有限公司"]
    assert found("HengTong muye") == ["示例恒通木业有限公司"]
    assert found(credit_code(2)[-8:]) == ["示例绿源食品有限公司"]
    assert found("nosuchfirm") == []


@pytest.mark.django_db
def test_a_list_shows_only_firms_within_reach(folder: Path) -> None:
    import_it(folder)
    county = Actor(2, "county", (Grant(Role.COUNTY, ScopeKind.UNIT, "donghe"),))
    assert {row.unit for row in list_enterprises(county).rows} == {"donghe"}
    assert list_enterprises(county, EnterpriseFilter(unit="xishan")).total == 0
    with pytest.raises(NotAllowed):
        list_enterprises(Actor(3, "bank", (Grant(Role.BANK, ScopeKind.NONE),)))


@pytest.mark.django_db
def test_a_list_is_filtered_by_industry_of_any_level_tag_and_roster(folder: Path) -> None:
    import_it(folder)

    def total(**filters: str) -> int:
        return list_enterprises(CITY_OFFICER, EnterpriseFilter(**filters)).total

    assert total(industry="C") == 5
    assert total(industry="B") == 0
    assert total(industry="39") == 1
    assert total(industry="3972") == 1
    assert total(tag="gazelle") == 1
    assert total(roster="off") == 1
    assert total(size="L", unit="donghe") == 1


def test_the_tables_fit_the_models() -> None:
    call_command("check", fail_level="WARNING", verbosity=0)


@pytest.mark.django_db
def test_who_runs_or_checks_the_system_has_no_other_role(folder: Path) -> None:
    change_cell(folder, "people.csv", 4, "role", "auditor")
    change_cell(folder, "people.csv", 4, "scope_kind", "city")
    change_cell(folder, "people.csv", 4, "scope_value", "")
    assert ("people.csv", 4, "role", "roles_apart") in rules_of(folder)


@pytest.mark.django_db
def test_an_account_that_is_there_already_gets_nothing_from_a_folder(folder: Path) -> None:
    kept = get_user_model().objects.create(username="city1")
    kept.grants.create(role="sysadmin", scope_kind="none")
    assert import_it(folder).findings == []
    assert list(kept.grants.values_list("role", flat=True)) == ["sysadmin"]
