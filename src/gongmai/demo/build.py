"""Writing the city folder: the one entry to the generator."""

import csv
import shutil
from collections.abc import Callable, Iterable
from pathlib import Path

import pyarrow as pa
import pyarrow.csv as arrow_csv
import yaml

from gongmai.demo import parameters, registry, returns, sources, window
from gongmai.demo.energy import energy_lines
from gongmai.demo.finance import account
from gongmai.demo.firms import draw_firms
from gongmai.demo.flows import tell_story
from gongmai.demo.lines import material_lines, output_lines, product_lines
from gongmai.demo.months import draw_shares
from gongmai.demo.moves import draw_moves
from gongmai.demo.names import christen
from gongmai.demo.people import demo_people
from gongmai.demo.places import settle
from gongmai.demo.sizes import solve_annual
from gongmai.demo.types import CURRENT, FIRST, Firms, text_of
from gongmai.demo.window import Window, open_window
from gongmai.demo.workers import draw_workers

Progress = Callable[[int, int], None]
PLACES = {
    "regions": ("code", "label_zh", "label_en", "parent", "level", "valid_from", "valid_to"),
    "units": ("code", "label_zh", "label_en", "valid_from", "valid_to"),
    "unit_towns": ("region", "town", "unit", "valid_from", "valid_to"),
    "parks": ("code", "label_zh", "label_en", "unit", "level", "valid_from", "valid_to"),
    "targets": ("year", "item", "level", "code", "value", "source"),
}
PEOPLE = ("username", "display_name", "role", "scope_kind", "scope_value", "password")


def write_city(folder: Path, progress: Progress | None = None, first: int = FIRST) -> None:
    """Write the whole city into `folder`, which is emptied first; the same bytes each time.

    `progress` is called with the files written and the files in all; `first` shortens the history for tests.
    """
    shutil.rmtree(folder, ignore_errors=True)
    (folder / "returns").mkdir(parents=True)
    firms = draw_firms()
    settle(firms)
    christen(firms)
    shares = draw_shares(firms)
    annual = solve_annual(firms, shares)
    workers = draw_workers(firms, annual)
    story = tell_story(firms, shares, annual, workers)
    account(firms, story, workers)
    moves = draw_moves(firms, annual)
    opened = open_window(firms, story)
    _write_places(folder)
    _write_rows(folder / "enterprises.csv", registry.ENTERPRISES, registry.enterprise_rows(firms))
    _write_rows(
        folder / "profiles.csv", registry.PROFILES, registry.profile_rows(firms, moves, workers, annual)
    )
    _write_rows(folder / "roster.csv", registry.ROSTER, registry.roster_rows(firms))
    rows = parameters.parameter_rows(firms, story.year_to_date("output"))
    _write_rows(folder / "parameters.csv", parameters.COLUMNS, rows)
    _write_rows(folder / "people.csv", PEOPLE, _people(firms, opened))
    _write_rows(folder / "states.csv", window.COLUMNS, opened.states)
    tables = {
        ("monthly", "products"): product_lines(firms, story),
        ("monthly", "materials"): material_lines(firms, story),
        ("energy", "energy_lines"): energy_lines(firms, story),
    }
    heads = output_lines(firms, story, moves)
    total = CURRENT - first + 1
    for done, index in enumerate(range(first, CURRENT + 1)):
        if progress:
            progress(done, total)
        period = text_of(index)
        columns = returns.line_columns(firms, opened, "monthly", heads, index)
        slipped = returns.slip_lines(columns, firms, opened) if index == CURRENT else {}
        _write_columns(folder, f"monthly.output_lines.{period}", columns)
        _write_columns(
            folder, f"monthly.{period}", returns.monthly_columns(firms, story, opened, index, slipped)
        )
        _write_columns(folder, f"finance.{period}", returns.finance_columns(firms, story, opened, index))
        _write_columns(folder, f"energy.{period}", returns.energy_columns(firms, opened, index))
        for (form, table), lines in tables.items():
            columns = returns.line_columns(firms, opened, form, lines, index)
            _write_columns(folder, f"{form}.{table}.{period}", columns)
    if progress:
        progress(total, total)


def _write_places(folder: Path) -> None:
    city = sources.read_yaml("city")
    (folder / "city.yaml").write_text(yaml.safe_dump(city, allow_unicode=True, sort_keys=False), "utf-8")
    for name, header in PLACES.items():
        rows = ([row[column] for column in header] for row in sources.read_csv(name))
        _write_rows(folder / f"{name}.csv", header, rows)


def _people(firms: Firms, opened: Window) -> list[list[str]]:
    """A row for each grant: the group's account has one for each of its firms."""
    picked = {"@draft": [opened.begun], "@returned": [opened.sent_back], "@group": opened.group}
    rows = []
    for person in demo_people():
        values = [person.scope_value]
        if person.scope_value in picked:
            values = [str(firms.credit_code[firm]) for firm in picked[person.scope_value]]
        for value in values:
            person_row = [person.username, person.display_name, person.role, person.scope_kind, value]
            rows.append([*person_row, person.password])
    return rows


def _write_rows(path: Path, header: Iterable[str], rows: Iterable[Iterable[object]]) -> None:
    with path.open("w", encoding="utf-8", newline="") as handle:
        writer = csv.writer(handle, lineterminator="\n")
        writer.writerow(header)
        writer.writerows(rows)


def _write_columns(folder: Path, name: str, columns: returns.Columns) -> None:
    table = pa.table({column: pa.array(values) for column, values in columns.items()})
    options = arrow_csv.WriteOptions(quoting_style="needed")
    arrow_csv.write_csv(table, folder / "returns" / f"{name}.csv", options)
