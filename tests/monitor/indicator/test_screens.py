"""The screens of the indicators: who sees what, addresses that keep their state, downloads."""

import csv
import io
import re

import openpyxl
import pytest
from django.urls import reverse

from gongmai.core.access.models import Grant, User
from gongmai.core.audit.models import Entry
from gongmai.core.panel.actions.publish import publish
from gongmai.core.registry.models import Enterprise

PAGES = ("overview", "league", "trend", "cross", "vintages", "catalogue", "number")
QUERY = {"period": "2022-12"}


def person(role, kind="city", value=""):
    user = User.objects.create_user(username=f"{role}-{value}", password="a long enough password")
    Grant.objects.create(user=user, role=role, scope_kind=kind, scope_value=value)
    return user


@pytest.fixture
def page(client, small_city):
    """Open a screen as somebody: page(role, name, **query)."""
    for pk in range(1, 7):
        Enterprise.objects.create(
            pk=pk, credit_code=f"{pk:018d}", name=f"示例企业{pk}", region="999901", unit="", industry="2011"
        )
    people = {}

    def open_page(role, name, *, kind="city", value="", follow=False, **query):
        key = (role, kind, value)
        if key not in people:
            people[key] = person(role, kind, value)
        client.force_login(people[key])
        return client.get(reverse(f"indicator:{name}"), {**QUERY, **query}, follow=follow)

    return open_page


def text_of(answer):
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", answer.content.decode()))


@pytest.mark.parametrize("role", ["city", "leader", "auditor"])
@pytest.mark.parametrize("name", PAGES)
def test_those_who_may_see_indicators_see_every_screen(page, role, name):
    assert page(role, name, code="growth").status_code == 200


@pytest.mark.parametrize("role", ["bank", "expert", "sysadmin"])
@pytest.mark.parametrize("name", [*PAGES, "firms"])
def test_others_are_refused(page, role, name):
    assert page(role, name, kind="none", code="growth").status_code == 403


def test_a_stranger_is_sent_to_sign_in(client, db):
    answer = client.get(reverse("indicator:overview"))
    assert answer.status_code == 302
    assert reverse("access:sign-in") in answer["Location"]


def test_the_overview_prints_growth_value_added_and_the_bridge(page):
    text = text_of(page("city", "overview"))
    assert "+10.3%" in text  # 3200 / 2900 - 1
    assert "从上年公布数到本年的口径衔接" in text
    assert "全部 5 家企业的报表已审核通过" in text


def test_the_league_table_has_month_and_cumulative_side_by_side_and_adds_up(page):
    answer = page("city", "league", by="industry_division")
    text = text_of(answer)
    assert "本月" in text
    assert "上年同期" in text
    pulls = [
        float(x.replace("−", "-")) for x in re.findall(r"[+−]\d+\.\d\d(?=\s*<)", answer.content.decode())
    ]
    total, rows = pulls[0], pulls[1:4]
    assert total == pytest.approx(sum(rows), abs=0.03)


def test_a_row_leads_one_step_down_with_the_group_as_a_filter(page):
    html = page("city", "league", by="region").content.decode()
    assert "region=999901&amp;by=industry_division" in html
    deeper = page("city", "league", by="industry_division", region="999901").content.decode()
    assert "industry_division=20&amp;by=industry_group" in deeper.replace("region=999901&amp;", "")


def test_the_leader_sees_no_firms_and_no_group_of_fewer_than_three(page):
    assert page("leader", "firms").status_code == 403
    html = page("leader", "league", by="region").content.decode()
    assert "企业不足 3 家" in html  # region 999901 has two firms
    assert reverse("indicator:firms") not in html
    opened = page("leader", "number", code="level", g="region:999901").content.decode()
    assert "企业不足 3 家" in opened
    assert "opened-value" not in opened


def test_a_county_sees_only_its_own_firms(page):
    answer = page("county", "firms", kind="region", value="999902")
    html = answer.content.decode()
    assert "示例企业3" in html
    assert "示例企业1" not in html
    assert (
        "示例企业1"
        not in page("county", "firms", kind="region", value="999902", region="999901").content.decode()
    )


def test_firms_are_ordered_by_pull_and_lead_to_their_page(page):
    html = page("city", "firms").content.decode()
    first, last = html.index("示例企业5"), html.index("示例企业4")
    assert first < html.index("示例企业1") < last
    assert reverse("dossier:page", args=[5]) in html
    turned = page("city", "firms", order="pull_down").content.decode()
    assert turned.index("示例企业4") < turned.index("示例企业1")
    falling = page("city", "firms", move="down").content.decode()
    assert "示例企业4" in falling
    assert "示例企业5" not in falling


def test_the_figure_of_a_firm_leads_to_its_life(page):
    html = page("county", "firms", kind="region", value="999902").content.decode()
    assert reverse("evidence:find", args=[3, "2022-12", "output__ytd"]) in html
    assert "evidence/firm/1/" not in html
    month = page("city", "firms", view="month").content.decode()
    assert f'href="{reverse("evidence:find", args=[3, "2022-12", "output"])}"' in month


def test_a_figure_leads_nowhere_for_whoever_may_not_see_returns(page, monkeypatch):
    monkeypatch.setattr("gongmai.monitor.indicator.views.firms.LIFE_ACTION", "return.review_city")
    html = page("county", "firms", kind="region", value="999902").content.decode()
    assert "示例企业3" in html
    assert "evidence/firm/" not in html


def test_an_address_holds_the_whole_state_of_the_screen(page):
    query = {
        "by": "industry_division",
        "region": "999902",
        "view": "month",
        "basis": "same_sample",
        "sort": "label",
    }
    html = page("city", "league", **query).content.decode()
    assert re.search(r'value="same_sample" selected', html)
    assert re.search(r'id="choice-view-month" value="month" checked', html)
    for name, value in {**query, **QUERY}.items():
        assert f"{name}={value}" in html, name  # the links that stay on the page carry it on


def test_a_malformed_address_falls_back_instead_of_failing(page):
    answer = page(
        "city", "league", period="x", basis="y", view="z", by="nothing", sort="drop table", vintage="9x"
    )
    assert answer.status_code == 200


def test_a_period_or_vintage_that_is_not_published_says_so(page):
    assert page("city", "league", period="2019-05").status_code == 404
    answer = page("city", "league", vintage="77")
    assert answer.status_code == 404
    assert "没有数据版本 77" in text_of(answer)


def test_every_number_opens_to_formula_inputs_variants_and_vintage(page):
    text = text_of(page("city", "number", code="growth"))
    assert "sum(output) / sum(base(output)) - 1" in text
    assert "可比口径" in text
    assert "同企业样本" in text
    assert "名义" in text
    assert page("city", "number", code="nothing").status_code == 404


def test_the_pull_of_a_group_opens_with_the_total_of_the_selection_as_its_base(page):
    text = text_of(page("city", "number", code="pull", g="region:999902"))
    assert "+5.17" in text  # (1150 - 1000) / 2900


def test_the_crosstab_shows_both_totals(page):
    text = text_of(page("city", "cross", by=["industry_division", "region"]))
    assert "+10.34" in text
    assert page("city", "cross", by=["region", "region"]).status_code == 200


def test_the_trend_shows_up_to_eight_lines_and_its_table(page):
    html = page("city", "trend", by="region", line=["999901"]).content.decode()
    assert html.count('name="line"') == 2
    assert re.search(r'name="line" value="999901" checked', html)
    assert not re.search(r'name="line" value="999902" checked', html)


def test_the_catalogue_is_searched_and_shows_examples(page):
    text = text_of(page("city", "catalogue", q="va_growth"))
    assert "sum(output * va_rate / ppi)" in text
    assert "sales_ratio" not in text


def test_excel_holds_typed_numbers_in_the_stored_unit(page):
    answer = page("city", "league", by="region", format="xlsx")
    sheet = openpyxl.load_workbook(io.BytesIO(b"".join(answer.streaming_content))).active
    rows = [list(row) for row in sheet.iter_rows(values_only=True)]
    total = next(row for row in rows if row[0] == "示例市")
    assert total[1] == 5
    assert 3200 in total
    assert any(isinstance(value, float) and value == pytest.approx(3200 / 2900 - 1) for value in total)


def test_csv_reopens_with_the_same_figures(page):
    answer = page("city", "league", by="region", format="csv")
    rows = list(csv.reader(io.StringIO(b"".join(answer.streaming_content).decode("utf-8-sig"))))
    assert rows[1][0] == "示例市"
    assert "3200" in rows[1]


def test_taking_a_list_of_firms_leaves_a_line_in_the_trail(page):
    b"".join(page("city", "firms", format="xlsx").streaming_content)
    assert Entry.objects.filter(action="document.export").count() == 1
    b"".join(page("city", "league", format="xlsx").streaming_content)
    assert Entry.objects.filter(action="document.export").count() == 1


def test_english_readers_see_english(page, client):
    client.cookies["gongmai_language"] = "en"
    text = text_of(page("city", "overview"))
    assert "Output growth (comparable)" in text
    assert (
        "Bridge from last year's published level".replace("'", "&#x27;") in text
        or "Bridge from last year" in text
    )


def test_before_the_first_publication_the_screens_say_what_to_expect(client, db, settings, tmp_path):
    settings.DATA_DIR = tmp_path
    client.force_login(person("city"))
    answer = client.get(reverse("indicator:overview"))
    assert answer.status_code == 200
    assert "第一批报表审核通过后即在此显示" in text_of(answer)


@pytest.mark.parametrize("name", ["overview", "trend"])
def test_a_filter_down_to_two_firms_shows_the_leader_no_figures(page, name):
    text = text_of(page("leader", name, region="999901"))
    assert "企业不足 3 家" in text
    assert "2,050" not in text
    assert "企业不足 3 家" not in text_of(page("city", name, region="999901"))


def test_totals_are_named_after_what_the_reader_reaches(page):
    html = page("county", "league", kind="region", value="999902", by="industry_division").content.decode()
    assert '<th scope="row">999902</th>' in html  # a region without a label shows its code
    assert '<th scope="row">示例市</th>' not in html


def test_the_difference_of_two_vintages_names_the_cause_and_the_firm(page, small_city):
    small_city.file(202212, 4, output=80, output__ytd=800, output__base=80, output__ytd_base=800)
    assert publish() == 2
    answer = page("city", "vintages", old="1", new="2")
    text = text_of(answer)
    assert "更正" in text
    assert "示例企业4" in text
    assert "+8" in text  # 80 thousand yuan are 8 in 10,000 yuan
    leader = text_of(page("leader", "vintages", old="1", new="2"))
    assert "示例企业4" not in leader
    same = text_of(page("city", "vintages", old="2", new="2"))
    assert "更正" not in same


def test_an_older_vintage_still_shows_its_own_figures(page, small_city):
    before = text_of(page("city", "number", code="level"))
    small_city.file(202212, 4, output=80, output__ytd=90_800_000, output__base=80, output__ytd_base=800)
    publish()
    assert text_of(page("city", "number", code="level", vintage="1")) == before
    assert "908" in text_of(page("city", "number", code="level"))


def test_a_download_says_nothing_of_the_unit_that_only_the_page_shows(page):
    html = page("city", "league", by="region").content.decode()
    assert "单位：亿元" in html
    answer = page("city", "league", by="region", format="xlsx")
    sheet = openpyxl.load_workbook(io.BytesIO(b"".join(answer.streaming_content))).active
    text = " ".join(str(value) for row in sheet.iter_rows(values_only=True) for value in row)
    assert "千元" in text
    assert "亿元" not in text


def test_the_path_keeps_the_order_of_the_drill_down(page):
    html = page(
        "city", "league", region="999902", industry_division="31", industry_group="311", by="industry_class"
    ).content.decode()
    path = html[html.index("path-steps") : html.index("</ol>")]
    assert path.index("999902") < path.index(">31") < path.index(">311")
    form = html[html.index('class="choices"') :]
    assert (
        form.index('name="region"')
        < form.index('name="industry_division"')
        < form.index('name="industry_group"')
    )
