"""The registry's rules: credit codes, sizes, editions, stays, units."""

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gongmai.core.period.types import Period
from gongmai.core.registry.actions.reference import load_reference
from gongmai.core.registry.rules.credit import (
    ALPHABET,
    check_credit_code,
    check_inner_code,
    compute_credit_check,
    normalise_credit_code,
)
from gongmai.core.registry.rules.industry import check_industry_code, find_old_edition, is_within
from gongmai.core.registry.rules.roster import check_stays, is_new, list_touched
from gongmai.core.registry.rules.size import compute_size_class
from gongmai.core.registry.rules.unit import build_index, find_overlaps, resolve_unit, split_by_unit
from gongmai.core.registry.types import Mapping, Place, Stay

REFERENCE = load_reference()
DAY = date(2022, 12, 31)
PERIODS = st.integers(Period(2020, 2).index, Period(2023, 12).index).map(lambda i: Period.from_index(i).key)
CODES = st.text(ALPHABET, min_size=17, max_size=17)

# Published: the standard's own example, two codes on government pages, and one invented here.
VALID = ["91350100M000100Y43", "11370881004339597L", "11370800004234373R", "91371302MA3DEMX00D"]


@pytest.mark.parametrize("code", VALID)
def test_published_codes_are_valid_outside_and_inside(code: str) -> None:
    assert check_credit_code(code) == []
    assert check_inner_code(code) == []


def test_the_example_of_the_standard_with_the_wrong_check_is_refused() -> None:
    assert check_credit_code("91350100M000100Y4Z") == ["credit_alphabet"]
    assert check_credit_code("91350100M000100Y44") == ["credit_check"]
    assert check_credit_code("91350100M000100Y4") == ["credit_length"]


@given(CODES, st.integers(0, 17), st.sampled_from(ALPHABET))
def test_any_single_wrong_character_is_found(first: str, place: int, char: str) -> None:
    code = first + compute_credit_check(first)
    changed = code[:place] + char + code[place + 1 :]
    assert (check_credit_code(changed) == []) == (changed == code)


@given(CODES, st.integers(0, 16))
def test_two_swapped_neighbours_are_found(first: str, place: int) -> None:
    code = first + compute_credit_check(first)
    changed = code[:place] + code[place + 1] + code[place] + code[place + 2 :]
    assert (check_credit_code(changed) == []) == (changed == code)


@given(CODES)
def test_wide_small_and_spaced_letters_are_the_same_code(first: str) -> None:
    code = first + compute_credit_check(first)
    wide = "".join(chr(ord(char) + 0xFEE0) for char in code.lower())
    assert normalise_credit_code(f" {wide[:6]}\u3000{wide[6:]} ") == code


@pytest.mark.parametrize(
    ("workers", "revenue_kcny", "size"),
    [
        (1000, 400_000, "L"),
        (999, 400_000, "M"),
        (1000, 399_999, "M"),
        (300, 20_000, "M"),
        (5000, 19_999, "S"),
        (20, 3_000, "S"),
        (19, 3_000, "XS"),
        (20, 2_999, "XS"),
        (19, 9_000_000, "XS"),
        (0, 0, "XS"),
    ],
)
def test_a_size_class_needs_both_floors_or_drops_a_class(workers: int, revenue_kcny: int, size: str) -> None:
    assert compute_size_class(workers, revenue_kcny, DAY, REFERENCE.floors) == size


@given(st.integers(0, 5000), st.integers(0, 10**6), st.integers(0, 500), st.integers(0, 10**5))
def test_a_firm_that_grows_never_gets_a_smaller_class(w: int, r: int, more_w: int, more_r: int) -> None:
    order = ["XS", "S", "M", "L"]
    small = compute_size_class(w, r, DAY, REFERENCE.floors)
    large = compute_size_class(w + more_w, r + more_r, DAY, REFERENCE.floors)
    assert order.index(large) >= order.index(small)


def test_sizes_before_the_rule_are_not_made_up() -> None:
    with pytest.raises(LookupError):
        compute_size_class(1000, 400_000, date(2010, 1, 1), REFERENCE.floors)


def industry_labels() -> dict[str, str]:
    return {entry.code: entry.label.zh for entry in REFERENCE.entries if entry.list == "industry"}


def test_the_national_table_is_complete_and_of_the_2017_edition() -> None:
    levels = [e.extra["level"] for e in REFERENCE.entries if e.list == "industry"]
    counts = {level: levels.count(level) for level in set(levels)}
    assert counts == {"section": 3, "division": 41, "group": 207, "class": 666}
    assert find_old_edition(industry_labels(), REFERENCE.edition) == []


def test_every_section_division_and_group_has_an_english_name() -> None:
    missing = [
        e.code
        for e in REFERENCE.entries
        if e.list == "industry" and e.extra["level"] != "class" and not e.label.en
    ]
    assert missing == []


@pytest.mark.parametrize(
    ("code", "label"),
    [
        ("25", "石油加工、炼焦和核燃料加工业"),
        ("362", "改装汽车制造"),
        ("363", "低速载货汽车制造"),
        ("366", "汽车零部件及配件制造"),
        ("377", "非公路休闲车及零配件制造"),
        ("396", "电子器件制造"),
        ("397", "电子元件制造"),
        ("412", "煤制品制造"),
        ("325", "有色金属铸造"),
        ("339", "其他金属制品制造"),
    ],
)
def test_one_old_label_betrays_the_edition(code: str, label: str) -> None:
    assert find_old_edition(industry_labels() | {code: label}, REFERENCE.edition) == [code]


@pytest.mark.parametrize("code", ["254", "278", "283"])
def test_a_table_without_a_group_of_2017_is_the_older_one(code: str) -> None:
    labels = industry_labels()
    del labels[code]
    assert find_old_edition(labels, REFERENCE.edition) == [code]


def test_a_retired_class_is_told_from_an_unknown_one() -> None:
    classes = {code for code in industry_labels() if len(code) == 4}
    assert check_industry_code("2021", classes, REFERENCE.edition) == []
    assert check_industry_code("3610", classes, REFERENCE.edition) == ["industry_2011"]
    assert check_industry_code("6510", classes, REFERENCE.edition) == ["industry_unknown"]
    assert check_industry_code("202", classes, REFERENCE.edition) == ["industry_unknown"]
    assert not REFERENCE.edition.retired_classes & classes


def test_derived_tags_name_industries_that_exist() -> None:
    labels = industry_labels()
    named = [
        code
        for entry in REFERENCE.entries
        if entry.list == "tag"
        for code in entry.extra.get("industries", ())
    ]
    assert named
    assert [code for code in named if code not in labels] == []
    assert is_within("2614", ["25", "26"])
    assert not is_within("2714", ["25", "26"])


STAYS = st.lists(
    st.tuples(PERIODS, st.none() | PERIODS).map(
        lambda s: Stay(s[0], s[1], "annual", "" if s[1] is None else "merged")
    ),
    max_size=4,
)


@given(STAYS)
def test_stays_without_a_fault_never_overlap(stays: list[Stay]) -> None:
    faults = check_stays(stays, REFERENCE.entry_months, REFERENCE.exit_types)
    covered = [
        p.key
        for stay in stays
        for p in map(
            Period.from_index,
            range(
                Period.from_key(stay.from_period).index,
                Period.from_key(stay.to_period or 202312).index + 1,
            ),
        )
    ]
    if not faults:
        assert len(covered) == len(set(covered))
    elif all(s.to_period is None or s.to_period >= s.from_period for s in stays):
        assert len(covered) > len(set(covered))


@pytest.mark.parametrize(
    ("stay", "fault"),
    [
        (Stay(202203, 202202, "annual", "merged"), ("to_period", "span_reversed")),
        (Stay(202212, None, "new"), ("from_period", "entry_month")),
        (Stay(202202, None, "gift"), ("entry_type", "code_unknown")),
        (Stay(202202, None, "annual", "merged"), ("exit_type", "exit_without_end")),
        (Stay(202202, 202205, "annual"), ("exit_type", "end_without_exit")),
        (Stay(202202, 202205, "annual", "gift"), ("exit_type", "code_unknown")),
    ],
)
def test_a_faulty_stay_is_named(stay: Stay, fault: tuple[str, str]) -> None:
    found = check_stays([stay], REFERENCE.entry_months, REFERENCE.exit_types)
    assert [(column, rule) for _, column, rule in found] == [fault]


def test_a_firm_is_new_for_a_year_and_the_initial_stock_never() -> None:
    assert is_new(202205, "new", 202205)
    assert is_new(202205, "new", 202304)
    assert not is_new(202205, "new", 202305)
    assert not is_new(202205, "initial", 202206)


def test_periods_that_lie_ahead_are_not_touched() -> None:
    assert list_touched(202211, None, 202303) == (202211, 202212, 202302, 202303)
    assert list_touched(202304, None, 202303) == ()
    assert list_touched(202211, 202212, 202303) == (202211, 202212)


MAPPINGS = [
    Mapping("A", "", "a", 202002),
    Mapping("A", "A1", "new", 202011, 202112),
    Mapping("A", "A1", "newer", 202202),
    Mapping("B", "", "b", 202002, 202112),
]


def place(region: str, town: str) -> Place:
    return Place(region, town, "", "2021", None, None, "", ())


def test_a_towns_own_row_wins_while_it_holds() -> None:
    index = build_index(MAPPINGS)
    assert resolve_unit(index, "A", "A1", 202010) == "a"
    assert resolve_unit(index, "A", "A1", 202011) == "new"
    assert resolve_unit(index, "A", "A2", 202011) == "a"
    assert resolve_unit(index, "B", "", 202202) is None


def test_a_row_that_contradicts_an_earlier_one_is_found() -> None:
    assert find_overlaps(MAPPINGS) == []
    assert find_overlaps([*MAPPINGS, Mapping("A", "A1", "x", 202112)]) == [4]


@given(st.sampled_from([("A", "A1"), ("A", ""), ("B", "")]), PERIODS, st.none() | PERIODS, PERIODS)
def test_the_cut_spans_agree_with_the_mapping_in_every_period(
    at: tuple[str, str], first: int, last: int | None, period: int
) -> None:
    index = build_index(MAPPINGS)
    spans, gap = split_by_unit(index, place(*at), first, last)
    covering = [s for s in spans if s.valid_from <= period and (s.valid_to is None or period <= s.valid_to)]
    inside = first <= period and (last is None or period <= last)
    if gap is None:
        assert len(covering) == (1 if inside else 0)
        assert all(s.unit == resolve_unit(index, *at, period) for s in covering)
    elif inside and period >= gap:
        assert at == ("B", "")
