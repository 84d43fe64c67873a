"""Making a forecast of the whole city and keeping it: one immutable file for each run."""

import hashlib
import os
from datetime import UTC, timedelta
from pathlib import Path
from uuid import uuid4

import pyarrow.parquet as pq
from django.db import transaction

from gongmai.core.access import queries as access
from gongmai.core.access.types import SYSTEM, Actor
from gongmai.core.audit.actions import record
from gongmai.core.panel.queries import vintages
from gongmai.core.period import clock
from gongmai.monitor.outlook.ports import Progress
from gongmai.monitor.outlook.queries import forecast_vintages as kept
from gongmai.monitor.outlook.queries.city_forecasts import HORIZON, forecast_city
from gongmai.monitor.outlook.queries.forecasting import no_progress
from gongmai.monitor.outlook.queries.panel_series import last_complete
from gongmai.monitor.outlook.types import CityForecast

MAKE_ACTION = "forecast.make"


def foresee(
    item: str, *, actor: Actor = SYSTEM, workers: int = 1, progress: Progress = no_progress
) -> kept.ForecastFile:
    """Forecast an item of the whole city from the vintage in force, and keep the run.

    One line in the trail names the file's digest. Raises NotAllowed, NotPublished, IndicatorError.
    """
    access.check_may(actor, MAKE_ACTION)
    made = forecast_city(item, horizon=HORIZON, workers=workers, progress=progress)
    path = _write(made)
    with transaction.atomic():
        record(
            actor=actor,
            action="outlook.forecast",
            kind="forecast",
            object_id=path.name,
            payload={
                "item": item,
                "vintage": made.vintage,
                "last": made.made.origin.key,
                "series": len(made.made.ids),
            },
        )
    return kept.newest(item)


def is_due(item: str) -> bool:
    """Whether a publication asks for a new run: a period has been completed, or the last run has aged."""
    try:
        vintage = vintages.current_vintage()
        last = last_complete(vintage)
    except vintages.NotPublished:
        return False
    try:
        newest = kept.newest(item)
    except kept.NoForecast:
        return True
    if newest.vintage == vintage:
        return False
    rested = clock.now() - newest.made_at >= timedelta(hours=kept.settings_of_city()["rest_hours"])
    return newest.last != last or rested


def _write(made: CityForecast) -> Path:
    """Aside first, flushed, then under its final name: nobody reads half a file."""
    place = kept.folder(made.item)
    place.mkdir(parents=True, exist_ok=True)
    table = kept.as_table([made.made, *made.trials])
    about = kept.write_about(
        dict(made.records), made.item, made.vintage, made.made.origin, made.made.point.shape[1]
    )
    table = table.replace_schema_metadata({kept.ABOUT: about})
    aside = place / f".{uuid4().hex}.tmp"
    try:
        pq.write_table(table, aside, compression="zstd")
        with aside.open("rb") as file:
            digest = hashlib.file_digest(file, "sha256").hexdigest()
            os.fsync(file.fileno())
        stamp = clock.now().astimezone(UTC).strftime(kept.STAMP)
        path = place / f"{stamp}Z-v{made.vintage:05d}-{digest[:16]}.parquet"
        aside.replace(path)
    finally:
        aside.unlink(missing_ok=True)
    return path
