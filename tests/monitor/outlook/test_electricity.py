"""Daily electricity: files in, files out, and who works again."""

import datetime as dt

import numpy as np
import openpyxl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from gongmai.core.access.types import SYSTEM, Actor, Grant, NotAllowed, Role, ScopeKind
from gongmai.core.audit.models import Entry
from gongmai.core.document.types import FileRefused, Format
from gongmai.core.registry.models import Code, Enterprise
from gongmai.monitor.outlook.actions.electricity import ReadingsRefused, export_readings, import_readings
from gongmai.monitor.outlook.messages import word_fault
from gongmai.monitor.outlook.models import ElectricityImport, ElectricityMonth
from gongmai.monitor.outlook.queries.electricity import read_power
from gongmai.monitor.outlook.queries.nowcast_rules import definition
from gongmai.monitor.outlook.rules import electricity as rules

COUNTY = Actor(1, "county", (Grant(Role.COUNTY, ScopeKind.REGION, "999901"),))
CODES = ("91371302MA3DEMX00D", "91350100M000100Y43")


@pytest.fixture
def firms(db, simulated_time):
    return [
        Enterprise.objects.create(credit_code=code, name=code, region="999901", unit="u1", industry="1311")
        for code in CODES
    ]


def write(path, *lines):
    path.write_text("\n".join(lines), encoding="utf-8")
    return path


def test_a_file_is_taken_once_and_a_repeat_changes_nothing(firms, tmp_path):
    path = write(
        tmp_path / "power.csv",
        "统一社会信用代码,日期,用电量(千瓦时)",
        f'{CODES[0]},2023-06-29,"1,200"',
        f"{CODES[0]},2023/06/30,1000.4",
        f"{CODES[1]},20230630,0",
    )
    taken = import_readings(SYSTEM, path)
    assert (taken.readings, taken.added, taken.changed, taken.same) == (3, 2, 0, 0)
    before = list(ElectricityMonth.objects.order_by("pk").values())
    again = import_readings(SYSTEM, path)
    assert (again.added, again.changed, again.same) == (0, 0, 2)
    assert list(ElectricityMonth.objects.order_by("pk").values()) == before
    power = read_power("enterprise", [str(firm.pk) for firm in firms], 202301)
    assert power.on(dt.date(2023, 6, 30)).tolist() == [1000, 0]
    assert power.on(dt.date(2023, 6, 29))[0] == 1200
    assert np.isnan(power.on(dt.date(2023, 6, 28))).all()
    assert power.last_day(dt.date(2023, 7, 6)) == dt.date(2023, 6, 30)
    assert Entry.objects.filter(action="electricity.import").count() == 2


def test_a_later_file_lays_its_days_over_the_month(firms, tmp_path):
    import_readings(SYSTEM, write(tmp_path / "a.csv", "credit_code,date,kwh", f"{CODES[0]},2023-06-01,5"))
    more = write(
        tmp_path / "b.csv", "credit_code,date,kwh", f"{CODES[0]},2023-06-01,6", f"{CODES[0]},2023-06-02,7"
    )
    assert import_readings(SYSTEM, more).changed == 1
    power = read_power("enterprise", [str(firms[0].pk)], 202306)
    assert power.months[202306][0, :2].tolist() == [6, 7]
    assert power.mean(202306).tolist() == [6.5]


def test_one_wrong_row_and_nothing_is_taken(firms, tmp_path):
    path = write(
        tmp_path / "power.csv",
        "credit_code,date,kwh",
        f"{CODES[0]},2023-06-30,10",
        "91371302MA3NOBODY0,2023-06-30,10",
        f"{CODES[0]},30 June,10",
        f"{CODES[0]},2023-07-09,10",
        f"{CODES[0]},2023-06-29,-1",
        f"{CODES[0]},2023-06-29,",
        f"{CODES[0]},2023-06-30,11",
    )
    with pytest.raises(ReadingsRefused) as refused:
        import_readings(SYSTEM, path)
    faults = [(fault.row, fault.code) for fault in refused.value.faults]
    assert faults == [
        (3, "unknown_code"), (4, "bad_date"), (5, "future"), (6, "bad_kwh"), (7, "bad_kwh"), (8, "twice")
    ]  # fmt: skip
    assert all(word_fault(fault) for fault in refused.value.faults)
    assert not ElectricityMonth.objects.exists()
    assert not ElectricityImport.objects.exists()
    assert not Entry.objects.exists()


def test_a_file_that_is_none_is_refused(firms, tmp_path):
    with pytest.raises(FileRefused):
        import_readings(SYSTEM, write(tmp_path / "power.exe", "MZ"))
    for lines in (["date,kwh"], ["credit_code,kwh"], ["credit_code,date"], ["credit_code,date,kwh"]):
        with pytest.raises(ReadingsRefused):
            import_readings(SYSTEM, write(tmp_path / "power.csv", *lines))


def test_a_county_may_not_import_or_export(firms, tmp_path):
    path = write(tmp_path / "power.csv", "credit_code,date,kwh", f"{CODES[0]},2023-06-30,10")
    with pytest.raises(NotAllowed):
        import_readings(COUNTY, path)
    with pytest.raises(NotAllowed):
        export_readings(COUNTY, "enterprise", 202301, 202312, tmp_path / "out.csv", Format.CSV)
    assert not ElectricityMonth.objects.exists()


@pytest.mark.parametrize("suffix", ["csv", "xlsx"])
def test_what_is_exported_can_be_imported(firms, tmp_path, suffix):
    book = openpyxl.Workbook()
    book.active.append(["credit_code", "date", "kwh"])
    for day in range(1, 29):
        for place, code in enumerate(CODES):
            book.active.append([code, dt.date(2023, 2, day), day * 10 + place])
    book.save(tmp_path / "in.xlsx")
    assert import_readings(SYSTEM, tmp_path / "in.xlsx").readings == 56
    before = {(row.code, row.month): bytes(row.days) for row in ElectricityMonth.objects.all()}
    out = tmp_path / f"out.{suffix}"
    assert export_readings(SYSTEM, "enterprise", 202302, 202302, out, Format(suffix)) == 56
    ElectricityMonth.objects.all().delete()
    import_readings(SYSTEM, out)
    assert {(row.code, row.month): bytes(row.days) for row in ElectricityMonth.objects.all()} == before


def test_the_grid_companys_file_by_industry_is_kept_apart(firms, tmp_path):
    Code.objects.create(list="industry", code="13", label_zh="农副食品", valid_from=dt.date(2017, 1, 1))
    path = write(tmp_path / "grid.csv", "行业,日期,电量", "13,2023-06-30,99000")
    assert import_readings(SYSTEM, path).kind == "industry"
    assert read_power("industry", ["13"], 202306).on(dt.date(2023, 6, 30)).tolist() == [99000]


@given(st.lists(st.one_of(st.none(), st.integers(0, 2_000_000_000)), min_size=30, max_size=30))
def test_a_month_survives_its_packing(days):
    month = np.array([rules.MISSING if each is None else each for each in days], np.int32)
    back = rules.unpack(rules.pack(month))
    assert [None if np.isnan(each) else int(each) for each in back] == days
    assert np.array_equal(rules.overlay(month, np.full(30, rules.MISSING, np.int32)), month)
    assert np.array_equal(
        rules.overlay(np.full(30, 1, np.int32), month) == 1, (month == rules.MISSING) | (month == 1)
    )


def test_resumption_follows_its_published_definition():
    rule = definition(dt.date(2023, 2, 1))
    assert (rule.threshold, rule.base_month) == (0.3, 12)
    day = np.array([31.0, 30.0, 0.0, 200.0, 50.0, np.nan])
    normal = np.array([100.0, 100.0, 100.0, 100.0, np.nan, 100.0])
    found = rules.resume(day, normal, rule.threshold)
    assert (found.customers, found.working) == (4, 2)  # 30 % exactly is not above 30 %
    assert found.resumed == 0.5
    assert found.production == pytest.approx(261 / 400)


def test_the_festival_and_days_off_do_not_enter_the_mean_of_a_workday():
    days = rules.counted_days(202301, lambda day: day.weekday() < 5, [dt.date(2023, 1, 22)], 7, 15)
    assert [number + 1 for number, use in enumerate(days) if use] == [2, 3, 4, 5, 6, 9, 10, 11, 12, 13]
    means = rules.workday_mean([np.arange(62.0).reshape(2, 31)], [days], 3)
    assert means.tolist() == [pytest.approx(6.5), pytest.approx(37.5)]
