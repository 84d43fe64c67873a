"""Forms, typed text, the triple, digests and differences."""

import datetime as dt
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gongmai.core.formula.queries import row_evaluator
from gongmai.core.period.types import Period
from gongmai.monitor.filing.queries.audits import audit_entries, file_audits, roll_up, roll_ups_of
from gongmai.monitor.filing.queries.forms import forms
from gongmai.monitor.filing.rules.content import canonical, compute_digest, digest_of, list_changes
from gongmai.monitor.filing.rules.files import read_name
from gongmai.monitor.filing.rules.forms import check_in_force
from gongmai.monitor.filing.rules.parsing import parse_number
from gongmai.monitor.filing.rules.triple import complete_triple, suggest
from gongmai.monitor.filing.types import Content, FilingError

MONTHLY = forms()["monthly"]
OUTPUT = MONTHLY.columns[0]
FULL_WIDTH = str.maketrans("0123456789,.-", "０１２３４５６７８９，．－")
KEYS = st.sampled_from([cell.key for cell in MONTHLY.cells if cell.column.kind == "flow"])
CELLS = st.dictionaries(KEYS, st.integers(min_value=-(10**12), max_value=10**12))
LINES = st.lists(
    st.fixed_dictionaries(
        {
            "industry": st.sampled_from(["1311", "1411", "2011"]),
            "output": st.integers(min_value=0, max_value=10**9),
        }
    ),
    max_size=4,
)


@given(st.integers(min_value=-(10**14), max_value=10**14))
def test_every_way_of_writing_a_whole_number_means_the_number(value: int) -> None:
    for text in (str(value), f"{value:,}", f" {value} ", f"{value:,}".translate(FULL_WIDTH), f"{value}.0"):
        assert parse_number(text) == value


@given(st.decimals(min_value=-(10**9), max_value=10**9, places=2))
def test_two_places_are_kept(value: Decimal) -> None:
    assert parse_number(str(value), 2) == float(value)


@given(st.text(max_size=20))
def test_any_text_is_a_number_a_blank_or_a_refusal(text: str) -> None:
    codes = {"not_a_number", "unit_in_number", "bad_grouping", "too_many_decimals", "number_too_large"}
    try:
        value, code = parse_number(text, 2), None
    except FilingError as error:
        value, code = None, error.code
    assert code is None or code in codes
    assert value is None or abs(value) < 10**15


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("12万", "unit_in_number"),
        ("1,23", "bad_grouping"),
        ("十二", "not_a_number"),
        ("1.5", "too_many_decimals"),
        ("1e5", "unit_in_number"),
        ("9" * 16, "number_too_large"),
    ],
)
def test_what_is_no_plain_number_is_refused_with_its_reason(text: str, code: str) -> None:
    with pytest.raises(FilingError) as refused:
        parse_number(text)
    assert refused.value.code == code


@pytest.mark.parametrize("text", ["", " ", "-", "—", "--", "／"])
def test_blanks_and_dashes_mean_unknown_not_zero(text: str) -> None:
    assert parse_number(text) is None


def test_an_accountants_bracket_is_a_minus() -> None:
    assert parse_number("(1,234)") == -1234


@given(
    st.none() | st.integers(-(10**9), 10**9),
    st.none() | st.integers(-(10**9), 10**9),
    st.none() | st.integers(-(10**9), 10**9),
    st.integers(-(10**6), 10**6),
)
def test_the_triple_is_completed_without_changing_what_is_there(
    month: int | None, ytd: int | None, previous: int | None, adjustment: int
) -> None:
    new_month, new_ytd = complete_triple(month, ytd, previous, adjustment)
    assert month is None or new_month == month
    assert ytd is None or new_ytd == ytd
    if previous is None:
        assert (new_month, new_ytd) == (month, ytd)
    elif (month is None) != (ytd is None):
        assert new_ytd == previous + new_month + adjustment


def test_suggestions_fill_empty_boxes_only_and_never_in_january_february() -> None:
    cells, before = {"output": 10}, {"output__ytd": 30, "output__ytd_base": 20}
    assert suggest(OUTPUT, Period(2023, 4), cells, before) == {"output__ytd": 40}
    assert suggest(OUTPUT, Period(2023, 2), cells, before) == {}


@given(CELLS, LINES)
def test_the_digest_follows_the_content_and_not_the_order_it_was_written_in(
    cells: dict[str, int], lines: list[dict[str, object]]
) -> None:
    content = Content(cells, {"output_lines": lines})
    turned = Content(
        dict(reversed(cells.items())), {"output_lines": [dict(reversed(line.items())) for line in lines]}
    )
    assert digest_of(content) == digest_of(turned)
    assert canonical({**cells, "sales": None}) == canonical({k: v for k, v in cells.items() if k != "sales"})
    assert digest_of(Content({**cells, "output": 10**13})) != digest_of(Content(cells))


def test_the_digest_is_sm3() -> None:
    # GB/T 32905-2016, appendix A.1: SM3("abc")
    import hashlib

    expected = "66c7f0f462eeedd9d1f2d46bdc10e4e24167c4875cf2f7a2297da02b8f4ba8e0"
    assert hashlib.new("sm3", b"abc").hexdigest() == expected
    assert compute_digest("a", "b", "c") == hashlib.new("sm3", b"a\x1fb\x1fc").hexdigest()


@given(CELLS, CELLS)
def test_the_difference_leads_from_the_old_version_to_the_new(
    old: dict[str, int], new: dict[str, int]
) -> None:
    changes = list_changes(MONTHLY, Content(old), Content(new))
    led = dict(old)
    for change in changes:
        assert change.old != change.new
        if change.new is None:
            led.pop(change.cell)
        else:
            led[change.cell] = change.new
    assert led == new
    assert list_changes(MONTHLY, Content(new), Content(new)) == []


def test_the_difference_of_lines_is_told_by_their_key() -> None:
    old = Content(
        {}, {"output_lines": [{"industry": "1311", "output": 5}, {"industry": "1411", "output": 1}]}
    )
    new = Content(
        {}, {"output_lines": [{"industry": "1411", "output": 1}, {"industry": "1311", "output": 6}]}
    )
    (change,) = list_changes(MONTHLY, old, new)
    assert (change.table, change.line, change.cell, change.old, change.new) == (
        "output_lines",
        "1311",
        "output",
        5,
        6,
    )


def test_a_form_outside_its_dates_refuses_with_the_facts_of_its_header() -> None:
    check_in_force(MONTHLY, dt.date(2023, 7, 1))
    with pytest.raises(FilingError) as refused:
        check_in_force(MONTHLY, dt.date(2028, 1, 1))
    assert refused.value.params["document_number"]["zh-Hans"]
    assert refused.value.params["valid_to"] == "2027-12-31"


def test_january_february_has_no_month_boxes() -> None:
    closed = {cell.key for cell in MONTHLY.cells if not cell.exists_in(Period(2023, 2))}
    assert {"output", "output__base", "sales", "electricity__base"} <= closed
    assert not closed & {"output__ytd", "output__ytd_base", "workforce", "outlook", "output_adjustment"}


@pytest.mark.parametrize("number", range(len(audit_entries())))
def test_the_worked_examples_of_an_audit_come_out_as_written(number: int) -> None:
    entry, audit = audit_entries()[number], file_audits()[number]
    assert entry["examples"], entry["code"]
    for example in entry["examples"]:
        verdict = row_evaluator().evaluate([audit.checked], example["given"], lines=example.get("lines"))[0]
        assert verdict == example["expect"], (entry["code"], example["name"])


def test_every_rule_of_the_handbook_stands_in_the_catalogue() -> None:
    codes = {audit.code.split("_")[0] for audit in file_audits()}
    assert {f"H{n}" for n in range(1, 11)} | {f"V{n}" for n in range(1, 9)} <= codes
    audits = file_audits()
    assert len({audit.code for audit in audits}) == len(audits)
    assert all(each.message["zh-Hans"] and each.message["en"] and each.advice["zh-Hans"] for each in audits)


def test_lines_give_the_computed_cells() -> None:
    lines = {
        "energy_lines": [{"energy": "coal", "consumption": 10.0, "coefficient": 0.7143, "purchase_value": 7}]
    }
    assert roll_up("energy", Period(2023, 4), lines) == {"energy_tce__ytd": 7.14, "energy_cost__ytd": 7}
    assert roll_up("energy", Period(2023, 4), {"energy_lines": []}) == {}
    assert len(roll_ups_of("monthly")) == 4


@pytest.mark.parametrize(
    ("name", "code"),
    [
        ("monthly.2022-01.csv", "bad_period"),
        ("weekly.2022-02.csv", "unknown_form"),
        ("monthly.nothing.2022-02.csv", "unknown_table"),
        ("monthly.csv", "bad_file_name"),
        ("monthly.2022-02.txt", "bad_file_name"),
    ],
)
def test_a_file_name_that_does_not_say_what_it_holds_is_refused(name: str, code: str) -> None:
    with pytest.raises(ValueError, match=code):
        read_name(name, forms())
