"""Daily electricity: reading lines of a file, months as arrays, means of a workday, resumption of work."""

import calendar
import math
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

import numpy as np
import numpy.typing as npt

from gongmai.core.document.types import Value
from gongmai.monitor.outlook.types import Floats

MISSING = -1
MOST_KWH = 2_000_000_000
STORED = np.dtype("<i4")
SUBJECTS = ("enterprise", "industry", "county")
_FORMATS = ("%Y-%m-%d", "%Y/%m/%d", "%Y%m%d", "%Y.%m.%d")
Bools = npt.NDArray[np.bool_]


@dataclass(frozen=True, slots=True)
class Fault:
    """Why a row is not taken. `row` counts from 1, the heading included; `code` is worded by messages."""

    row: int
    code: str
    text: str = ""


@dataclass(frozen=True, slots=True)
class Resumption:
    """A day of a group: customers with a base, how many work, their kWh, the base's daily mean."""

    customers: int
    working: int
    kwh: float
    normal: float

    @property
    def resumed(self) -> float | None:
        """Share of customers that work again."""
        return self.working / self.customers if self.customers else None

    @property
    def production(self) -> float | None:
        """The day's electricity against the base."""
        return self.kwh / self.normal if self.normal > 0 else None


Months = dict[tuple[str, int], npt.NDArray[np.int32]]  # (code, month key) -> kWh by day


def find_columns(
    heading: Sequence[Value], known_names: Mapping[str, Collection[str]]
) -> tuple[str, dict[str, int]]:
    """What the rows are about (enterprise, industry, county) and the place of each column.

    `known_names`: what files call each column.
    Raises ValueError with the name of what is missing.
    """
    names = [str(cell or "").strip().casefold() for cell in heading]
    places = {
        key: names.index(next(name for name in names if name in known))
        for key, known in known_names.items()
        if any(name in known for name in names)
    }
    subject = next((each for each in SUBJECTS if each in places), "")
    if not subject:
        raise ValueError("credit_code")
    for needed in ("date", "kwh"):
        if needed not in places:
            raise ValueError(needed)
    return subject, {"code": places[subject], "date": places["date"], "kwh": places["kwh"]}


def read_rows(
    rows: Sequence[Sequence[Value]],
    places: Mapping[str, int],
    known: Collection[str],
    today: date,
    first: int = 2,
    most_faults: int = 200,
) -> tuple[Months, list[Fault], int]:
    """The rows below the heading as months, what is wrong with them, and how many readings there are.

    `first`: the number of the first row in its file. Refused are an unknown code, no date or one after today,
    no number or a negative or absurd one, a day twice; after `most_faults` reading stops. Empty rows are
    passed over.
    """
    months: Months = {}
    faults: list[Fault] = []
    count = 0
    for number, row in enumerate(rows, start=first):
        cells = [row[places[key]] if places[key] < len(row) else None for key in ("code", "date", "kwh")]
        if all(cell in {None, ""} for cell in cells):
            continue
        code, day, kwh = str(cells[0] or "").strip().upper(), read_day(cells[1]), read_kwh(cells[2])
        fault = _fault(code, cells, day, kwh, known, today)
        if day is not None and kwh is not None and not fault[0]:
            key = (code, day.year * 100 + day.month)
            if key not in months:
                months[key] = empty_month(key[1])
            if months[key][day.day - 1] == MISSING:
                months[key][day.day - 1] = kwh
                count += 1
                continue
            fault = ("twice", f"{code} {day}")
        faults.append(Fault(number, *fault))
        if len(faults) >= most_faults:
            break
    return months, faults, count


def _fault(
    code: str, cells: Sequence[Value], day: date | None, kwh: int | None, known: Collection[str], today: date
) -> tuple[str, str]:
    if code not in known:
        return ("unknown_code", code)
    if day is None:
        return ("bad_date", str(cells[1] or ""))
    if day > today:
        return ("future", str(day))
    if kwh is None:
        return ("bad_kwh", "" if cells[2] is None else str(cells[2]))
    return ("", "")


def read_day(cell: Value) -> date | None:
    """A day out of a cell: a date, or text in one of the usual ways of writing."""
    if isinstance(cell, datetime):
        return cell.date()
    if isinstance(cell, date):
        return cell
    text = str(cell or "").strip()
    for pattern in _FORMATS:
        try:
            return datetime.strptime(text, pattern).date()  # noqa: DTZ007 - a day has no zone
        except ValueError:
            continue
    return None


def read_kwh(cell: Value) -> int | None:
    """Whole kWh out of a cell, rounded half up; None for what is no number, negative or absurd."""
    if isinstance(cell, bool) or cell is None:
        return None
    try:
        number = float(str(cell).replace(",", ""))
    except ValueError:
        return None
    return math.floor(number + 0.5) if 0 <= number <= MOST_KWH else None


def empty_month(key: int) -> npt.NDArray[np.int32]:
    """A month without readings."""
    return np.full(days_in(key), MISSING, np.int32)


def days_in(key: int) -> int:
    """Days of a calendar month such as 202202."""
    return calendar.monthrange(key // 100, key % 100)[1]


def overlay(old: npt.NDArray[np.int32], new: npt.NDArray[np.int32]) -> npt.NDArray[np.int32]:
    """The month with new readings laid over the old ones."""
    return np.where(new == MISSING, old, new).astype(np.int32)


def pack(month: npt.NDArray[np.int32]) -> bytes:
    """The bytes under which a month is kept: 32-bit little-endian kWh by day, -1 for none."""
    return month.astype(STORED).tobytes()


def unpack_stored(content: bytes) -> npt.NDArray[np.int32]:
    """The days as they are kept, -1 for no reading."""
    return np.frombuffer(content, STORED).astype(np.int32)


def unpack(content: bytes) -> Floats:
    """The days as numbers, NaN for no reading."""
    days = np.frombuffer(content, STORED).astype(np.float64)
    days[days == MISSING] = np.nan
    return days


def counted_days(
    key: int, is_workday: Callable[[date], bool], festivals: Sequence[date], before: int, after: int
) -> Bools:
    """Which days of a month enter its mean: workdays outside the window around the Spring Festival."""
    first = date(key // 100, key % 100, 1)
    days = [first + timedelta(days=number) for number in range(days_in(key))]
    near = [any(-before <= (day - festival).days <= after for festival in festivals) for day in days]
    return np.array([is_workday(day) and not close for day, close in zip(days, near, strict=True)])


def workday_mean(parts: Sequence[Floats], counted: Sequence[Bools], least: int) -> Floats:
    """Mean of the counted days for each row over the months of a period; NaN below `least` readings."""
    values = np.concatenate([part[:, use] for part, use in zip(parts, counted, strict=True)], axis=1)
    known = np.isfinite(values)
    count = known.sum(axis=1)
    total = np.where(known, values, 0.0).sum(axis=1)
    result: Floats = np.where(count >= least, total / np.maximum(count, 1), np.nan)
    return result


def resume(day: Floats, normal: Floats, threshold: float) -> Resumption:
    """Who works on a day, by the normal daily mean; customers without that or a reading are out."""
    counted = np.isfinite(day) & (np.nan_to_num(normal) > 0)
    working = counted & (day > threshold * np.where(counted, normal, 1.0))
    return Resumption(
        int(counted.sum()),
        int(working.sum()),
        float(day[counted].sum()),
        float(normal[counted].sum()),
    )
