"""The fixed cube of the demonstration city: nothing sensitive is shown, nothing hidden can be computed."""

import json
from pathlib import Path

import duckdb
import pytest
from tests.city import City

PERIODS = ("2022-12", "2022-06", "2023-05")
# figure of the panel, by item and view
FIGURES = ("output__ytd", "output__ytd_base", "output", "output__base")
CUTS = (
    ("unit",),
    ("region",),
    ("park",),
    ("size",),
    ("industry_section",),
    ("industry_division",),
    ("industry_group",),
    ("industry_section", "unit"),
)


@pytest.fixture(scope="module")
def reports(demo_city: City):
    found = []
    for item, *years in (("output", "2022", "2023"), ("profit", "2023")):
        asked = [part for year in years for part in ("--year", year)]
        done = demo_city.run("disclosure", "audit", "--item", item, *asked, "--format", "json", check=False)
        found += json.loads(done.stdout)
    assert len(found) == 3
    return found


def test_no_hidden_cell_can_be_narrowed_down_by_an_outsider_or_an_insider(reports):
    assert [(one["item"], one["year"], one["findings"]) for one in reports if one["findings"]] == []


def test_no_more_than_a_quarter_of_the_value_is_hidden_or_the_table_is_coarser(reports):
    assert all(one["hidden_share"] <= 0.25 for one in reports if one["rolled_up"] is False)
    assert all(one["hidden"] for one in reports)


def test_a_recount_from_the_firms_finds_no_sensitive_cell_among_those_shown(
    demo_city: City, reports, tmp_path: Path
):
    """The primary rules written down a second time, in SQL over the exported panel."""
    hidden = {one["year"]: set(one["hidden"]) for one in reports if one["item"] == "output"}
    checked = 0
    for period in PERIODS:
        path = tmp_path / f"{period}.parquet"
        demo_city.run("panel", "export", "--period", period, "--out", str(path))
        for figure in FIGURES:
            for cuts in CUTS:
                rows = duckdb.sql(
                    f"""SELECT {", ".join(cuts)}, list_sort(list(abs({figure})), 'DESC') AS firms
                        FROM '{path}' WHERE {figure} IS NOT NULL GROUP BY ALL"""
                ).fetchall()
                for *codes, firms in rows:
                    place = "|".join(f"{cut}={code or ''}" for cut, code in zip(cuts, codes, strict=True))
                    total = float(sum(firms))
                    few = len(firms) < 3
                    dominated = total > 0 and (
                        float(sum(firms[:2])) > 0.85 * total
                        or total - float(sum(firms[:2])) < 0.15 * float(firms[0])
                    )
                    checked += 1
                    if few or dominated:
                        assert place in hidden[int(period[:4])], (period, figure, place)
    assert checked > 3000
