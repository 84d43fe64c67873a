"""The catalogue of seasonal adjustment and the dates of the Spring Festival."""

import csv
import datetime as dt
from collections.abc import Mapping
from functools import lru_cache
from pathlib import Path

import yaml

from gongmai.monitor.outlook.types import SeasonalRules

_DATA = Path(__file__).parents[1] / "data"


@lru_cache(maxsize=1)
def seasonal_rules() -> SeasonalRules:
    """The entries of data/seasonal.yaml."""
    read = yaml.safe_load((_DATA / "seasonal.yaml").read_text(encoding="utf-8"))
    return SeasonalRules(
        years_least=read["years_least"],
        years_calendar=read["years_calendar"],
        festivals_spare=read["festivals_spare"],
        during=read["festival"]["during"],
        around=tuple(read["festival"]["around"]),
        aicc_gain=read["aicc_gain"],
        false_alarms=read["outliers"]["false_alarms"],
        outlier_share=read["outliers"]["share"],
        sigma=(read["sigma"]["lower"], read["sigma"]["upper"]),
        seasonal_filters=tuple((entry["below"], entry["name"]) for entry in read["seasonal_filters"]),
        trend_filters=tuple((entry["below"], entry["terms"]) for entry in read["trend_filters"]),
        stable_below_years=read["stable_below_years"],
        tests=read["tests"],
        weights=read["weights"],
        quality=read["quality"],
        items=tuple(read["items"]),
    )


@lru_cache(maxsize=1)
def festival_dates() -> Mapping[int, dt.date]:
    """The first day of the lunar year by Gregorian year (data/spring_festival.csv)."""
    lines = (_DATA / "spring_festival.csv").read_text(encoding="utf-8").splitlines()
    rows = csv.DictReader(line for line in lines if not line.startswith("#"))
    return {int(row["year"]): dt.date.fromisoformat(row["date"]) for row in rows}
