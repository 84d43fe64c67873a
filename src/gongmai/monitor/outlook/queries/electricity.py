"""Daily electricity as arrays, as a table, and the rates of resumption of work."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

import numpy as np
from django.utils.translation import gettext as _

from gongmai.core.access.queries import check_may
from gongmai.core.access.types import Actor
from gongmai.core.document.types import Column, Kind, Table, Value
from gongmai.core.registry.queries import find_enterprises
from gongmai.core.registry.types import EnterpriseFilter
from gongmai.monitor.outlook.models import ElectricityImport, ElectricityMonth
from gongmai.monitor.outlook.rules.electricity import days_in, unpack
from gongmai.monitor.outlook.types import Floats


@dataclass(frozen=True, slots=True)
class Power:
    """Readings of customers: calendar month -> customers x days, kWh, NaN where there is none."""

    codes: tuple[str, ...]
    months: dict[int, Floats]

    def on(self, day: date) -> Floats:
        """The readings of one day; NaN for all where the month has none."""
        month = self.months.get(day.year * 100 + day.month)
        return np.full(len(self.codes), np.nan) if month is None else month[:, day.day - 1]

    def mean(self, month: int) -> Floats:
        """The mean of a day over the readings of a month."""
        days = self.months.get(month)
        if days is None:
            return np.full(len(self.codes), np.nan)
        known = np.isfinite(days)
        count = known.sum(axis=1)
        total = np.where(known, days, 0.0).sum(axis=1)
        result: Floats = np.where(count > 0, total / np.maximum(count, 1), np.nan)
        return result

    def last_day(self, until: date) -> date | None:
        """The latest day up to `until` with any reading."""
        for month in sorted(self.months, reverse=True):
            for number in range(days_in(month), 0, -1):
                day = date(month // 100, month % 100, number)
                if day <= until and np.isfinite(self.months[month][:, number - 1]).any():
                    return day
        return None


def stamp() -> int:
    """The number of the latest import, for caches; 0 before the first."""
    return int(ElectricityImport.objects.order_by("-pk").values_list("pk", flat=True).first() or 0)


def read_power(kind: str, codes: Sequence[str], since: int) -> Power:
    """All readings of a kind from a calendar month on, in the order of `codes`; other customers left out.

    No actor: whoever calls this scopes what is made of it.
    """
    places = {code: place for place, code in enumerate(codes)}
    months: dict[int, Floats] = {}
    rows = ElectricityMonth.objects.filter(kind=kind, month__gte=since)
    for code, month, days in rows.values_list("code", "month", "days").iterator(chunk_size=5000):
        if code not in places:
            continue
        if month not in months:
            months[month] = np.full((len(codes), days_in(month)), np.nan)
        months[month][places[code]] = unpack(bytes(days))
    return Power(tuple(codes), months)


def reading_table(actor: Actor, kind: str, since: int, until: int) -> Table:
    """Readings line by line, read while the file is written; firms within the actor's reach."""
    check_may(actor, "electricity.export")
    heads = {"enterprise": "credit_code", "industry": "industry", "county": "county"}
    columns = (
        Column(heads[kind], heads[kind]),
        Column("date", "date", Kind.DATE),
        Column("kwh", "kwh", Kind.INTEGER),
    )
    title = _("Daily electricity")
    return Table(title, columns, _lines(actor, kind, since, until), firm_level=kind == "enterprise")


def _lines(actor: Actor, kind: str, since: int, until: int) -> Iterator[Sequence[Value]]:
    names: dict[str, str] = {}
    if kind == "enterprise":
        firms = find_enterprises(actor, EnterpriseFilter())
        names = {str(pk): code for pk, code in firms.values_list("pk", "credit_code")}
    rows = ElectricityMonth.objects.filter(kind=kind, month__gte=since, month__lte=until)
    for code, month, days in (
        rows.order_by("month", "code").values_list("code", "month", "days").iterator(chunk_size=2000)
    ):
        if kind == "enterprise" and code not in names:
            continue
        first = date(month // 100, month % 100, 1)
        for number, kwh in enumerate(unpack(bytes(days))):
            if np.isfinite(kwh):
                yield [names.get(code, code), first + timedelta(days=number), int(kwh)]
