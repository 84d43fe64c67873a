"""From the item dictionary to the columns of the panel, and how files are named."""

from collections.abc import Iterable, Sequence

from gongmai.core.panel.types import SPARE_TEXT_KINDS, Column, PanelItem

# the cells of an item, by kind (monitoring handbook: this month, cumulative, same period last year)
SUFFIXES: dict[str, tuple[str, ...]] = {
    "flow": ("", "__ytd", "__base", "__ytd_base"),
    "cumulative": ("__ytd", "__ytd_base"),
    "stock": ("", "__base"),
    "level": ("",),
    "choice": ("",),
    "text": ("",),
}
WHOLE_UNITS = frozenset({"kcny", "person"})
REFERENCE = "reference"
# attributes of the enterprise as of the period, in file order; the roster brings them
DIMENSIONS = (
    "enterprise_id",
    "credit_code",
    "period",
    "region",
    "town",
    "unit",
    "park",
    "industry",
    "industry_group",
    "industry_division",
    "industry_section",
    "size",
    "tags",
    "is_new",
    "on_roster",
    "entry_period",
    "entry_type",
)


def compute_columns(items: Iterable[PanelItem]) -> tuple[Column, ...]:
    """Every cell column in the dictionary's order. Reference items are joined through the roster instead."""
    columns: list[Column] = []
    for item in items:
        columns.extend(
            Column(item.code + suffix, _sql_type(item), item.code, item.form)
            for suffix in SUFFIXES.get(item.kind, ())
        )
    return tuple(columns)


def reference_items(items: Iterable[PanelItem]) -> tuple[str, ...]:
    """Codes of the items that come from dated parameters by industry division, not from returns."""
    return tuple(item.code for item in items if item.kind == REFERENCE)


def forms_of(columns: Iterable[Column]) -> tuple[str, ...]:
    """The forms that feed the columns, in order."""
    return tuple(dict.fromkeys(column.form for column in columns))


def file_name(period: int, digest: str) -> str:
    """The content-addressed name of a period's file, relative to the panel folder."""
    return f"{period // 100}/{period}-{digest[:24]}.parquet"


def is_base_cell(cell: str) -> bool:
    """Whether the cell is the base that a firm states for the same period last year."""
    return cell.endswith("_base")


def measures(columns: Sequence[Column]) -> tuple[str, ...]:
    """Names of the columns that are numbers."""
    return tuple(column.name for column in columns if column.sql_type != "VARCHAR")


def _sql_type(item: PanelItem) -> str:
    if item.kind in SPARE_TEXT_KINDS:
        return "VARCHAR"
    return "BIGINT" if item.unit in WHOLE_UNITS and not item.decimals else "DOUBLE"
