"""The month before its returns are in: weights, record, who works again; on a desk and on a phone."""

import re
import subprocess
import sys

import openpyxl
import pytest
from playwright.sync_api import expect

from tests.city import ROOT

pytestmark = pytest.mark.browser
# a city that was built before its demonstration had meters gets them
METERS = """
import django; django.setup()
from gongmai.demo.daily_power import play
from gongmai.monitor.outlook.queries.electricity import stamp
stamp() or play()
"""


@pytest.fixture(scope="module")
def metered(demo_city):
    subprocess.run([sys.executable, "-c", METERS], env=demo_city.env, cwd=ROOT, check=True, timeout=300)
    return demo_city


def test_the_city_sees_where_the_month_will_end_and_why(metered, sign_in, shoot, tmp_path):
    page = sign_in("city")
    page.set_default_timeout(120_000)
    page.get_by_role("link", name="当月预估").click()
    estimate = page.locator("[data-estimate]")
    expect(estimate).to_contain_text("亿元")
    # what the demonstration's firms will have made in June 2023: 742 hundred million yuan
    assert abs(float(re.search(r"[\d,.]+", estimate.inner_text())[0].replace(",", "")) / 742.2 - 1) < 0.03
    inputs = page.locator("#inputs tbody tr")
    expect(inputs).to_have_count(4)
    weights = [float(text.rstrip("%")) for text in inputs.locator("td:nth-child(2)").all_inner_texts()]
    assert sum(weights) == pytest.approx(100, abs=0.3)
    expect(page.locator("#groups tbody tr")).to_have_count(15)
    expect(page.locator("#record tbody tr")).to_have_count(12)
    expect(page.locator("[data-resumed]")).to_contain_text("%")
    expect(page.locator("figure .chart-canvas svg")).to_have_count(2)
    shoot(page, "nowcast")
    with page.expect_download() as download:
        page.get_by_role("link", name="Excel").click()
    download.value.save_as(tmp_path / "nowcast.xlsx")
    assert len(openpyxl.load_workbook(tmp_path / "nowcast.xlsx").sheetnames) == 5
    page.goto("/outlook/nowcast?period=2023-06&level=industry&asof=2023-06-20")
    expect(inputs.first.locator("td").first).to_have_text("0.0%")  # no return was in by then
    expect(page.locator("#groups tbody tr").first).to_contain_text("%")


def test_a_county_sees_its_own_on_a_phone(metered, sign_in, shoot):
    page = sign_in("county", phone=True)
    page.set_default_timeout(120_000)
    page.goto("/outlook/nowcast?period=2023-06")
    expect(page.locator("[data-estimate]")).to_contain_text("亿元")
    expect(page.locator("#groups tbody tr")).to_have_count(1)
    assert page.evaluate("document.documentElement.scrollWidth") <= 390
    shoot(page, "nowcast-phone")


def test_the_command_line_says_the_same(metered, tmp_path):
    out = tmp_path / "nowcast.csv"
    done = metered.run("nowcast", "--period", "2023-06", "--level", "county", "--out", str(out))
    assert "weight" in done.stderr
    assert len(out.read_text(encoding="utf-8-sig").splitlines()) == 17
    power = tmp_path / "power.csv"
    metered.run("electricity", "export", str(power), "--since", "2023-07", "--until", "2023-07")
    taken = metered.run("electricity", "import", str(power))
    assert re.search(r"0 customer-months new, 0 changed, [1-9]\d+ as they were", taken.stdout)
