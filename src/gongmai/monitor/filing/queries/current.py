"""The figures that all firms filed last on a form for a period, and a stamp that changes with them."""

from dataclasses import dataclass
from typing import Any

import orjson
from django.db.models import Count, F, Max, Min

from gongmai.monitor.filing.models import Version


@dataclass(frozen=True, slots=True)
class Filed:
    """A firm's latest version: head cells, findings as submitted, and where the firm belongs."""

    enterprise_id: int
    cells: dict[str, Any]
    findings: list[dict[str, Any]]
    unit: str
    industry: str


def stamp_of(form: str, period: int) -> tuple[int, int, str, str]:
    """What changes with every version of a form and period: their number, the last one, digests."""
    found = Version.objects.filter(filing__form=form, filing__period=period).aggregate(
        versions=Count("pk"), last=Max("pk"), high=Max("digest"), low=Min("digest")
    )
    return found["versions"], found["last"] or 0, found["high"] or "", found["low"] or ""


def latest_filed(form: str, period: int) -> list[Filed]:
    """The latest version of every return of a form and period."""
    rows = Version.objects.filter(
        filing__form=form, filing__period=period, number=F("filing__versions_count")
    ).values_list(
        "filing__enterprise_id", "cells", "findings", "filing__enterprise__unit",
        "filing__enterprise__industry",
    )  # fmt: skip
    return [
        Filed(firm, orjson.loads(cells), [] if findings == "[]" else orjson.loads(findings), unit, industry)
        for firm, cells, findings, unit, industry in rows.iterator(chunk_size=5000)
    ]
