"""Forecasts as they were made: immutable dated files, the newest of which is shown.

One Parquet file holds one run of one item. Its name begins with the moment it was made (UTC), then the
vintage of the panel, then its digest; what it is about is in the file's own metadata. Files are never
changed, so that what was foreseen when can be looked at later.
"""

import json
import re
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import lru_cache
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import yaml
from django.conf import settings

from gongmai.core.period.types import Period
from gongmai.monitor.outlook.types import Floats, Foreseen, Level, Record

NAME = re.compile(r"^(\d{8}T\d{6})Z-v(\d+)-[0-9a-f]{16}\.parquet$")
STAMP = "%Y%m%dT%H%M%S"
ABOUT = b"gongmai.forecast"
BANDS = (50, 80, 95)
_FILE = Path(__file__).parents[1] / "data" / "city.yaml"


@dataclass(frozen=True, slots=True)
class ForecastFile:
    """One run: when it was made, from which vintage, and the last period it knew."""

    item: str
    path: Path
    made_at: datetime
    vintage: int
    last: Period
    horizon: int
    records: dict[Level, Record]


class NoForecast(Exception):  # noqa: N818 - reads as a sentence where it is raised
    """No forecast of this item has been made, or none of this series. `item` and `key` say which."""

    def __init__(self, item: str, key: str = "") -> None:
        super().__init__(f"{item} {key}")
        self.item = item
        self.key = key


def settings_of_city() -> dict[str, Any]:
    """The items that are forecast, and how often."""
    return dict(_document())


def folder(item: str) -> Path:
    """Where the forecasts of an item are."""
    return Path(settings.DATA_DIR) / "forecasts" / item


def list_forecasts(item: str) -> list[ForecastFile]:
    """The runs of an item, the newest first."""
    place = folder(item)
    names = sorted((path.name for path in place.glob("*.parquet")), reverse=True) if place.is_dir() else []
    return [_about(place / name) for name in names if NAME.match(name)]


def newest(item: str) -> ForecastFile:
    """The newest run of an item; NoForecast where there is none."""
    place = folder(item)
    names = sorted((path.name for path in place.glob("*.parquet")), reverse=True) if place.is_dir() else []
    for name in names:
        if NAME.match(name):
            return _about(place / name)
    raise NoForecast(item)


def read_level(file: ForecastFile, level: Level, keys: list[str] | None = None) -> list[Foreseen]:
    """What a run says of the series of a level: its forecast first, then its trials, the newest first.

    Nothing is left out here: who may see which key is decided by who asks.
    """
    conditions: list[tuple[str, str, Any]] = [("level", "=", level.value)]
    if keys is not None:
        conditions.append(("key", "in", keys))
    table = pq.read_table(file.path, filters=conditions)
    origins = sorted(set(table.column("origin").to_pylist()), reverse=True)
    rows = table.to_pydict()
    found = []
    for origin in origins:
        mine = [n for n, each in enumerate(rows["origin"]) if each == origin]
        names = list(dict.fromkeys(rows["key"][n] for n in mine))
        shape = (len(names), len(mine) // max(len(names), 1))

        def block(column: str, mine: list[int] = mine, shape: tuple[int, int] = shape) -> Floats:
            return np.array([rows[column][n] for n in mine], dtype=np.float64).reshape(shape)

        found.append(
            Foreseen(
                origin=Period.from_key(origin),
                ids=tuple((level, name) for name in names),
                point=block("point"),
                naive=block("naive"),
                lower={band: block(f"lo_{band}") for band in BANDS},
                upper={band: block(f"hi_{band}") for band in BANDS},
                actual=None if origin == file.last.key else block("actual"),
            )
        )
    return found


def keys_of(file: ForecastFile, level: Level) -> list[str]:
    """The keys that a run has at a level."""
    table = pq.read_table(
        file.path, columns=["key"], filters=[("level", "=", level.value), ("origin", "=", file.last.key)]
    )
    return list(dict.fromkeys(table.column("key").to_pylist()))


def as_table(parts: list[Foreseen]) -> pa.Table:
    """The rows of a run: one for each series, origin and step."""
    tables = []
    for part in parts:
        count, steps = part.point.shape
        periods = [Period.from_index(part.origin.index + step).key for step in range(1, steps + 1)]
        columns: dict[str, Any] = {
            "level": pa.array(np.repeat([level.value for level, _ in part.ids], steps)).dictionary_encode(),
            "key": pa.array(np.repeat([key for _, key in part.ids], steps)).dictionary_encode(),
            "origin": pa.array(np.full(count * steps, part.origin.key), pa.int32()),
            "period": pa.array(np.tile(periods, count), pa.int32()),
            "point": part.point.ravel(),
            "naive": part.naive.ravel(),
        }
        for band in BANDS:
            columns[f"lo_{band}"] = part.lower[band].ravel()
            columns[f"hi_{band}"] = part.upper[band].ravel()
        actual = np.full(part.point.shape, np.nan) if part.actual is None else part.actual
        columns["actual"] = actual.ravel()
        tables.append(pa.table(columns))
    return pa.concat_tables(tables).unify_dictionaries()


def write_about(records: dict[Level, Record], item: str, vintage: int, last: Period, horizon: int) -> bytes:
    """The metadata of a run."""
    document = {
        "item": item,
        "vintage": vintage,
        "last": last.key,
        "horizon": horizon,
        "records": {
            level.value: {
                "series": record.series,
                "origins": record.origins,
                "smape": record.smape,
                "naive_smape": record.naive_smape,
                "mae_ratio": record.mae_ratio,
                "coverage": {str(band): share for band, share in record.coverage.items()},
            }
            for level, record in records.items()
        },
    }
    return json.dumps(document, sort_keys=True).encode()


@lru_cache(maxsize=128)
def _about(path: Path) -> ForecastFile:
    named = NAME.match(path.name)
    assert named is not None  # noqa: S101 - callers list by that pattern
    document = json.loads((pq.read_schema(path).metadata or {})[ABOUT])
    return ForecastFile(
        item=document["item"],
        path=path,
        made_at=datetime.strptime(named[1], STAMP).replace(tzinfo=UTC),
        vintage=document["vintage"],
        last=Period.from_key(document["last"]),
        horizon=document["horizon"],
        records={
            Level(level): Record(
                **{
                    **record,
                    "coverage": {int(band): share for band, share in record["coverage"].items()},
                }
            )
            for level, record in document["records"].items()
        },
    )


@lru_cache(maxsize=1)
def _document() -> dict[str, Any]:
    document: dict[str, Any] = yaml.safe_load(_FILE.read_text(encoding="utf-8"))
    return document
