"""Which vintage is in force, and where the files of a vintage are."""

from collections.abc import Iterable
from datetime import datetime
from functools import lru_cache
from pathlib import Path

from django.conf import settings
from django.db.models import Max, Min

from gongmai.core.panel.models import LayerFile, PeriodFile, Vintage
from gongmai.core.panel.types import Layer, PanelFile


class NotPublished(Exception):  # noqa: N818 - reads as a sentence where it is raised
    """No vintage, or not this one, or not this period in it. `period` and `vintage` say which was asked."""

    def __init__(self, *, vintage: int | None = None, period: int | None = None) -> None:
        super().__init__(f"vintage {vintage}, period {period}")
        self.vintage = vintage
        self.period = period


def folder() -> Path:
    """Where the panel's files are."""
    return Path(settings.DATA_DIR) / "panel"


def last_number() -> int:
    """The number of the last vintage, 0 before the first."""
    return int(Vintage.objects.aggregate(number=Max("number"))["number"] or 0)


def current_vintage() -> int:
    """The number of the vintage in force; NotPublished when there is none."""
    number = last_number()
    if number == 0:
        raise NotPublished
    return number


def get_vintage(number: int) -> Vintage:
    """One publication; NotPublished when there is none of that number."""
    vintage = Vintage.objects.filter(pk=number).first()
    if vintage is None:
        raise NotPublished(vintage=number)
    return vintage


def list_vintages(limit: int = 50, offset: int = 0) -> list[Vintage]:
    """Publications, the newest first, each with its files."""
    return list(Vintage.objects.prefetch_related("files").order_by("-number")[offset : offset + limit])


def began_at() -> datetime | None:
    """When the first vintage was published; None before."""
    found: datetime | None = Vintage.objects.aggregate(first=Min("published_at"))["first"]
    return found


def files_in_force(vintage: int) -> dict[int, PanelFile]:
    """The file of each period as of a vintage. Vintages are immutable, so the answer is kept."""
    return dict(_files_in_force(str(settings.DATABASES["default"]["NAME"]), str(folder()), vintage))


def paths(vintage: int, periods: Iterable[int], layer: Layer = Layer.REPORTED) -> tuple[Path, ...]:
    """The files of those periods that the vintage has, in order; periods it lacks are left out.

    In a layer the file with what is laid over, where that period has one.
    """
    files = files_in_force(vintage)
    laid = {} if layer is Layer.REPORTED else layers_in_force(vintage, layer)
    return tuple(
        folder() / laid.get(period, files[period].name) for period in sorted(set(periods)) if period in files
    )


def layers_in_force(vintage: int, layer: Layer) -> dict[int, str]:
    """The file of a layer for each period that has one as of a vintage: made with the file in force."""
    made = {period: file.vintage for period, file in files_in_force(vintage).items()}
    rows = LayerFile.objects.filter(vintage__lte=vintage, layer=layer.value)
    return {
        period: name
        for period, number, name in rows.values_list("period", "vintage_id", "name")
        if made.get(period) == number
    }


def published_periods(vintage: int | None = None) -> list[int]:
    """Period keys that a vintage (default: the one in force) holds, ascending."""
    try:
        number = current_vintage() if vintage is None else vintage
    except NotPublished:
        return []
    return sorted(files_in_force(number))


def publications_of(period: int, limit: int = 24) -> list[tuple[Vintage, Path]]:
    """The vintages that wrote a period's file anew with those files, the oldest of the last `limit` first."""
    rows = PeriodFile.objects.filter(period=period).select_related("vintage").order_by("-vintage")[:limit]
    return [(row.vintage, folder() / row.name) for row in reversed(rows)]


@lru_cache(maxsize=64)
def _files_in_force(database: str, place: str, vintage: int) -> dict[int, PanelFile]:  # noqa: ARG001 - key
    if not Vintage.objects.filter(pk=vintage).exists():
        raise NotPublished(vintage=vintage)
    found: dict[int, PanelFile] = {}
    for row in PeriodFile.objects.filter(vintage__lte=vintage).order_by("period", "vintage"):
        found[row.period] = PanelFile(
            row.period, row.vintage_id, row.name, row.digest, row.rows, str(row.roster_id)
        )
    return found


def clear() -> None:
    """Forget what is remembered of vintages, after the database or the data folder was exchanged."""
    _files_in_force.cache_clear()
