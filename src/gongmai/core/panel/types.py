"""Words of the panel: items, columns, files, vintages, and what changed between two of them."""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

Label = Mapping[str, str]
SPARE_TEXT_KINDS = frozenset({"text", "choice"})


class Layer(StrEnum):
    """Which figures a question reads: as firms reported them, or with the city's adjustments laid over."""

    REPORTED = "reported"
    ADJUSTED = "adjusted"


@dataclass(frozen=True, slots=True)
class PanelItem:
    """An entry of the item dictionary. `unit` is its code there; `decimals` how exact it is kept."""

    code: str
    kind: str
    label: Label
    form: str = ""
    unit: str = ""
    decimals: int = 0
    source: str = ""


@dataclass(frozen=True, slots=True)
class Column:
    """A cell column of the panel. `sql_type`: BIGINT (money in thousand yuan, persons), DOUBLE or VARCHAR."""

    name: str
    sql_type: str
    item: str
    form: str


@dataclass(frozen=True, slots=True)
class PanelFile:
    """The file that holds a period from a vintage on. `digest`: its SHA-256, `roster`: the roster used."""

    period: int
    vintage: int
    name: str
    digest: str
    rows: int
    roster: str


class ChangeKind(StrEnum):
    """Why a figure differs between two vintages."""

    ENTRY = "entry"
    EXIT = "exit"
    FILED = "filed"
    BASE_REVISION = "base_revision"
    CORRECTION = "correction"


@dataclass(frozen=True, slots=True)
class CellChange:
    """The total of one cell in two vintages; the four causes add up to `new - old` exactly."""

    period: int
    cell: str
    label: Label
    old: float
    new: float
    entries: float
    exits: float
    filed: float
    base_revisions: float
    corrections: float


@dataclass(frozen=True, slots=True)
class FirmChange:
    """One firm behind a change; None is unknown (not filed)."""

    period: int
    cell: str
    kind: ChangeKind
    enterprise_id: int
    credit_code: str
    old: float | None
    new: float | None


@dataclass(frozen=True, slots=True)
class Difference:
    """What distinguishes vintage `new` from `old`. `firms_shown` is capped; `firms_total` is not."""

    old: int
    new: int
    periods: tuple[int, ...]
    totals: tuple[CellChange, ...]
    firms: tuple[FirmChange, ...]
    firms_total: int


@dataclass(frozen=True, slots=True)
class PanelFinding:
    """Something wrong with a file of the panel. `code` is worded by messages.py."""

    code: str
    period: int
    vintage: int
    params: Mapping[str, Any]
