"""The demonstration reproduces what the city published: docs/calibration.md, written here.

``GONGMAI_WRITE_DOCS=1 pytest tests/demo/test_calibration.py`` writes the page; otherwise it must not differ.
"""

import json
import os
from dataclasses import dataclass
from typing import Any

import pytest
from tests.city import ROOT, City

PAGE = ROOT / "docs" / "calibration.md"
HUNDRED_MILLION = 100_000  # thousand yuan


@dataclass(frozen=True)
class Line:
    """A published figure as printed, and what the engine makes of the returns, printed alike and exactly."""

    figure: str
    published: str
    computed: str
    unrounded: str
    how: str


class Engine:
    """Asks the built city by the product's own command."""

    def __init__(self, city: City) -> None:
        self.city = city

    def ask(self, period: str, by: str, *more: str) -> dict[str, dict[str, Any]]:
        """Rows by the group's code; the total under an empty code."""
        groups, (total,) = self._rows(period, "--by", by, *more), self._rows(period, *more)
        return {row[by]: row for row in groups} | {"": total}

    def _rows(self, period: str, *more: str) -> list[dict[str, Any]]:
        answer = self.city.run("indicators", "--period", period, "--cumulative", *more, "--format", "json")
        rows: list[dict[str, Any]] = json.loads(answer.stdout)
        return rows


def percent(value: float) -> str:
    return f"{value * 100:+.1f} %"


def points(value: float) -> str:
    return f"{value * 100:.1f} points"


def money(value: float, decimals: int = 1) -> str:
    return f"{value / HUNDRED_MILLION:,.{decimals}f}"


def sum_of(rows: dict[str, dict[str, Any]], what: str) -> float:
    return sum(row[what] for code, row in rows.items() if code not in {"", "other"})


def lines_2022(engine: Engine) -> list[Line]:
    groups = engine.ask("2022-12", "group:leading", "--indicator", "va_growth")
    large = engine.ask("2022-12", "above_100m")["yes"]
    total = groups[""]
    output, base = sum_of(groups, "output"), sum_of(groups, "output_base")
    share, pull = sum_of(groups, "contribution"), large["pull"]
    command = "indicators --period 2022-12 --cumulative"
    leading, band = f"{command} --by group:leading", f"{command} --by above_100m"
    return [
        Line("above-scale firms", "3,832", f"{total['firms']:,}", str(total["firms"]), command),
        Line("output growth", "+10.4 %", percent(total["growth"]), f"{total['growth']:.8f}", command),
        Line(
            "value-added growth (calculated value)",
            "+7.0 %",
            percent(total["va_growth"]),
            f"{total['va_growth']:.8f}",
            f"{command} --indicator va_growth",
        ),
        Line(
            "output of the city, 亿元 (implied by the pull)",
            "7,186.6",
            money(total["output"]),
            f"{total['output']} 千元",
            command,
        ),
        Line(
            "eight leading industries: output, 亿元", "5,496", money(output, 0), f"{output:.0f} 千元", leading
        ),
        Line(
            "eight leading industries: growth",
            "+10 %",
            f"{(output / base - 1) * 100:+.0f} %",
            f"{output / base - 1:.8f}",
            leading,
        ),
        Line(
            "eight leading industries: share of the growth",
            "73.8 %",
            f"{share * 100:.1f} %",
            f"{share:.8f}",
            f"{leading} (contribution)",
        ),
        Line("firms above 1 亿元: number", "1,207", f"{large['firms']:,}", str(large["firms"]), band),
        Line(
            "firms above 1 亿元: output, 亿元",
            "5,973.6",
            money(large["output"]),
            f"{large['output']} 千元",
            band,
        ),
        Line(
            "firms above 1 亿元: growth", "+14.9 %", percent(large["growth"]), f"{large['growth']:.8f}", band
        ),
        Line("firms above 1 亿元: pull", "11.9 points", points(pull), f"{pull:.8f}", f"{band} (pull)"),
    ]


def lines_tags(engine: Engine) -> list[Line]:
    tags = engine.ask("2022-12", "tag")
    return [
        Line(
            label,
            published,
            str(tags[code]["firms"]),
            str(tags[code]["firms"]),
            "indicators --period 2022-12 --cumulative --by tag",
        )
        for label, published, code in (
            ("national little giants", "23", "little_giant"),
            ("of which key", "1", "key_little_giant"),
            ("provincial 专精特新 firms", "258", "specialised"),
            ("gazelles", "27", "gazelle"),
        )
    ]


def lines_2020(engine: Engine) -> list[Line]:
    groups = engine.ask("2020-12", "group:leading", "--indicator", "va_growth")
    total = groups[""]
    output, base = sum_of(groups, "output"), sum_of(groups, "output_base")
    pull = sum_of(groups, "pull")
    how = "indicators --period 2020-12 --cumulative --by group:leading"
    return [
        Line("above-scale firms", "2,954", f"{total['firms']:,}", str(total["firms"]), how),
        Line(
            "value-added growth (calculated value)",
            "+7.8 %",
            percent(total["va_growth"]),
            f"{total['va_growth']:.8f}",
            how,
        ),
        Line("eight leading industries: output, 亿元", "3,949.9", money(output), f"{output:.0f} 千元", how),
        Line(
            "eight leading industries: growth",
            "+9.7 %",
            percent(output / base - 1),
            f"{output / base - 1:.8f}",
            how,
        ),
        Line("eight leading industries: pull", "7.7 points", points(pull), f"{pull:.8f}", f"{how} (pull)"),
    ]


def table(lines: list[Line]) -> str:
    rows = ["| figure | published | engine | unrounded | asked by |", "|---|---|---|---|---|"]
    rows += [
        f"| {line.figure} | {line.published} | {line.computed} | {line.unrounded} | `{line.how}` |"
        for line in lines
    ]
    return "\n".join(rows)


def page(parts: dict[str, list[Line]]) -> str:
    head = (
        "# Calibration of the demonstration city\n\n"
        "<!-- written by tests/demo/test_calibration.py; the same test compares it -->\n\n"
        "The returns of the demonstration are invented firm by firm, but what the engine computes from\n"
        "them is what the city published, to the printed digit. Each figure below was asked of the built\n"
        "city by the product's own command line: nothing is read from the generator.\n"
    )
    body = "".join(f"\n## {title}\n\n{table(lines)}\n" for title, lines in parts.items())
    tail = (
        "\nGrowth is on the comparable base: what the roster of December stated as last year's figures on\n"
        "the same form. Value added is a calculated value by single deflation (value-added rates and price\n"
        "indices of the demonstration are solved for it). How the returns are made:\n"
        "[demo-city.md](demo-city.md).\n"
    )
    return head + body + tail


@pytest.fixture(scope="module")
def parts(demo_city: City) -> dict[str, list[Line]]:
    engine = Engine(demo_city)
    return {
        "2022, January to December": lines_2022(engine),
        "2022, tiers on the roster": lines_tags(engine),
        "2020, January to December": lines_2020(engine),
    }


def test_the_engine_reproduces_every_published_figure_to_the_printed_digit(parts) -> None:
    off = [line for lines in parts.values() for line in lines if line.computed != line.published]
    assert off == []


def test_the_page_of_the_calibration_is_what_the_engine_says_now(parts) -> None:
    text = page(parts)
    if os.environ.get("GONGMAI_WRITE_DOCS") == "1":
        PAGE.write_text(text, encoding="utf-8")
    assert PAGE.read_text(encoding="utf-8") == text
