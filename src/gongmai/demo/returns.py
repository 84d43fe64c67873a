"""The tables of one form and period as columns, ready to be written."""

import numpy as np
import numpy.typing as npt

from gongmai.demo import sources
from gongmai.demo.energy import COEFFICIENT_SCALE
from gongmai.demo.lines import Lines
from gongmai.demo.types import CURRENT, PARTS, Firms, Ints, Story, stream
from gongmai.demo.window import SCALE, Window

Columns = dict[str, npt.NDArray[np.generic]]
FLOWS = ("output", "sales", "exports", "new_orders", "export_orders", "electricity", "renovation_investment")
STOCKS = ("stock_value", "orders_in_hand", "workforce")
BALANCES = (
    "current_assets",
    "receivables",
    "inventory",
    "finished_goods",
    "total_assets",
    "total_liabilities",
    "equity",
    "average_workers",
)
RESULTS = (
    "revenue",
    "cost",
    "surtax",
    "selling_expense",
    "admin_expense",
    "rd_expense",
    "finance_expense",
    "interest_expense",
    "investment_income",
    "operating_profit",
    "other_income",
    "other_expense",
    "profit",
    "income_tax",
    "payroll",
    "vat",
)
OUTLOOK = np.array(["better", "same", "worse"], object)


def monthly_columns(
    firms: Firms, story: Story, window: Window, index: int, totals: dict[int, int]
) -> Columns:
    """The monthly form; `totals` gives the output of those who filed their lines in another unit."""
    year, part = divmod(index, PARTS)
    who = window.filers(firms, "monthly", index)
    columns: Columns = {"credit_code": firms.credit_code[who]}
    for item in FLOWS:
        _flow(columns, item, story.flows[item][:, who, :], year, part, hundredths=item in story.hundredths)
    for item in STOCKS:
        columns[item] = story.stocks[item][year, who, part]
        columns[f"{item}__base"] = story.stocks[item][year - 1, who, part]
    random = stream(f"outlook {index}")
    columns["outlook"] = OUTLOOK[random.choice(3, len(who), p=[0.28, 0.55, 0.17])]
    problems = np.array(["", *sources.read_yaml("names")["problems"]], object)
    troubled = random.random(len(who)) < 0.06
    columns["problems"] = problems[np.where(troubled, random.integers(1, len(problems), len(who)), 0)]
    if index == CURRENT:
        _slip(columns, who, window, totals)
    return columns


def _flow(columns: Columns, item: str, months: Ints, year: int, part: int, *, hundredths: bool) -> None:
    scale = 100 if hundredths else 1
    ytd = months[: year + 1, :, : part + 1].sum(axis=2)

    def shown(values: Ints) -> npt.NDArray[np.generic]:
        return values / scale if hundredths else values

    if part:
        columns[item] = shown(months[year, :, part])
        columns[f"{item}__base"] = shown(months[year - 1, :, part])
    columns[f"{item}__ytd"] = shown(ytd[year])
    columns[f"{item}__ytd_base"] = shown(ytd[year - 1])


def _slip(columns: Columns, who: Ints, window: Window, totals: dict[int, int]) -> None:
    """Put the mistakes of the open month into the head of the form."""
    place = {int(firm): row for row, firm in enumerate(who)}
    output, ytd = columns["output"].copy(), columns["output__ytd"].copy()
    exports, exports_ytd = columns["exports"].copy(), columns["exports__ytd"].copy()
    for firm, slip in window.slips.items():
        row = place[firm]
        if slip == "exports":
            wrong = columns["sales"][row] * 6 // 5 + 1
            exports_ytd[row] += wrong - exports[row]
            exports[row] = wrong
            continue
        wrong = output[row] // 10 if slip == "head" else totals[firm]
        ytd[row] += wrong - output[row]
        output[row] = wrong
    columns.update({"output": output, "output__ytd": ytd, "exports": exports, "exports__ytd": exports_ytd})


def finance_columns(firms: Firms, story: Story, window: Window, index: int) -> Columns:
    """The finance form."""
    year, part = divmod(index, PARTS)
    who = window.filers(firms, "finance", index)
    columns: Columns = {"credit_code": firms.credit_code[who]}
    for item in BALANCES:
        columns[item] = story.stocks[item][year, who, part]
        columns[f"{item}__base"] = story.stocks[item][year - 1, who, part]
    for item in RESULTS:
        columns[f"{item}__ytd"] = story.cumulative[item][year, who, part]
        columns[f"{item}__ytd_base"] = story.cumulative[item][year - 1, who, part]
    return columns


def energy_columns(firms: Firms, window: Window, index: int) -> Columns:
    """The energy form has no cells of its own: they follow from its lines."""
    return {"credit_code": firms.credit_code[window.filers(firms, "energy", index)]}


def line_columns(firms: Firms, window: Window, form: str, lines: Lines, index: int) -> Columns:
    """The lines of the firms that filed."""
    year, part = divmod(index, PARTS)
    filed = np.zeros(firms.count, np.bool_)
    filed[window.filers(firms, form, index)] = True
    rows = np.flatnonzero(filed[lines.firm])
    rows = rows[np.argsort(lines.firm[rows], kind="stable")]
    code = lines.code[rows].copy()
    place = {int(row): position for position, row in enumerate(rows)}
    for row, (since, before) in lines.earlier.items():
        if index < since and row in place:
            code[place[row]] = before
    columns: Columns = {"credit_code": firms.credit_code[lines.firm[rows]], lines.key: code}
    for item, months in lines.flows.items():
        _flow(columns, item, months[:, rows, :], year, part, hundredths=item in lines.hundredths)
    for item, level in lines.levels.items():
        values = level[year, rows, part]
        columns[item] = values / 100 if item in lines.hundredths else values
    if "coefficient" in columns:
        columns["coefficient"] = lines.levels["coefficient"][year, rows, part] / COEFFICIENT_SCALE
    return columns


def slip_lines(columns: Columns, firms: Firms, window: Window) -> dict[int, int]:
    """Put the unit slips into the output lines of the open month; the firms' totals that follow."""
    by_code = {str(firms.credit_code[firm]): firm for firm, slip in window.slips.items() if slip in SCALE}
    output, ytd = columns["output"].copy(), columns["output__ytd"].copy()
    totals: dict[int, int] = {}
    for row, code in enumerate(columns["credit_code"]):
        firm = by_code.get(str(code))
        if firm is not None:
            wrong = SCALE[window.slips[firm]](output[row])
            ytd[row] += wrong - output[row]
            output[row] = wrong
            totals[firm] = totals.get(firm, 0) + int(wrong)
    columns.update({"output": output, "output__ytd": ytd})
    return totals
