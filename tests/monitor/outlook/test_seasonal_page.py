"""The page of an adjusted series, over a small published city."""

from io import BytesIO

import numpy as np
import openpyxl
import pytest
from django.urls import reverse
from hypothesis import given
from hypothesis import strategies as st

from gongmai.core.access.types import SYSTEM
from gongmai.monitor.outlook.queries.city_seasonal import adjust_city_series, known_keys
from gongmai.monitor.outlook.queries.panel_series import read_series
from gongmai.monitor.outlook.rules.comparable import link_back
from gongmai.monitor.outlook.types import SeriesError
from tests.monitor.indicator.test_screens import person

URL = "outlook:seasonal"


@given(
    st.lists(st.floats(1, 1e6), min_size=45, max_size=45),
    st.floats(0.5, 2),
    st.sampled_from([11, 12]),
)
def test_linked_levels_grow_as_reported_and_end_as_published(values, entering: float, season: int):
    figures = np.array(values)
    # firms that enter carry a base that the published levels of last year lack
    bases = np.concatenate([np.full(season, np.nan), figures[:-season] * entering])
    linked = link_back(figures, bases, season)
    assert linked[-season:] == pytest.approx(figures[-season:])
    assert linked[season:] / linked[:-season] == pytest.approx(figures[season:] / bases[season:])
    if entering == 1:
        assert linked == pytest.approx(figures)
    bases[-1] = 0
    assert link_back(figures, bases, season) is None


def test_a_series_of_the_panel_is_adjusted_on_the_comparable_basis(monthly_city):
    series = read_series("output", "industry", actor=SYSTEM)
    keys = known_keys(series)
    assert sorted(keys) == ["13", "20", "31"]
    found = adjust_city_series(series, keys[0], basis="comparable", method="x11")
    assert found.basis == "comparable"
    assert len(found.made.periods) == 37
    assert found.made.original[0] == pytest.approx(found.made.filed[0] / 2)
    # the small city's roster never changes, so that both bases are one
    published = adjust_city_series(series, keys[0], basis="published", method="x11")
    assert published.made.adjusted == pytest.approx(found.made.adjusted, rel=1e-3)
    with pytest.raises(SeriesError):
        adjust_city_series(series, "99", basis="published", method="x11")


def test_the_page_shows_picture_words_revisions_and_gives_a_workbook(client, monthly_city):
    client.force_login(person("city"))
    page = client.get(reverse(URL))
    text = page.content.decode()
    for shown in ("季节调整后", "春节", "Q =", "近 12 期修订", "2023-05"):
        assert shown in text, shown
    assert page.context["made"].tests.presence != "absent"
    sheets = openpyxl.load_workbook(
        BytesIO(b"".join(client.get(reverse(URL), {"format": "xlsx"}).streaming_content))
    )
    assert sheets.sheetnames == ["季节调整", "修订", "质量诊断"]
    figures = {row[0]: row for row in sheets["季节调整"].iter_rows(values_only=True)}
    made = page.context["made"]
    assert figures["2023-05"][3] == pytest.approx(made.adjusted[-1])
    assert figures["2023-05"][4] == pytest.approx(made.change[-1])


def test_choices_come_from_the_address_and_nonsense_gives_the_first(client, monthly_city):
    client.force_login(person("city"))
    page = client.get(
        reverse(URL), {"level": "county", "key": "999902", "method": "stl", "basis": "published"}
    )
    assert page.context["key"] == "999902"
    assert page.context["made"].method == "stl"
    page = client.get(reverse(URL), {"level": "county", "key": "<b>", "item": "nothing", "method": "magic"})
    assert page.status_code == 200
    assert (page.context["item"], page.context["made"].method) == ("output", "x11")


def test_a_county_sees_its_own_series_alone(client, monthly_city):
    client.force_login(person("county", "region", "999901"))
    page = client.get(reverse(URL), {"level": "county"})
    assert page.status_code == 200
    assert [key for key, _name in page.context["keys"]] == ["999901"]
    asked = client.get(reverse(URL), {"level": "county", "key": "999902"})
    assert asked.context["key"] == "999901"


def test_before_the_first_publication_the_page_says_so(client, db, settings, tmp_path):
    settings.DATA_DIR = tmp_path
    client.force_login(person("city"))
    page = client.get(reverse(URL))
    assert page.status_code == 200
    assert "尚未发布" in page.content.decode()
