"""A folder of returns that satisfy their audits, for measuring: any number of firms and periods."""

from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.csv as pacsv

from gongmai.core.period.types import Period, periods_between

FLOWS = ("output", "sales", "exports", "electricity", "new_orders", "export_orders", "renovation_investment")
STOCKS = ("stock_value", "orders_in_hand", "workforce")
RESULTS = (
    "revenue", "cost", "surtax", "selling_expense", "admin_expense", "rd_expense", "finance_expense",
    "interest_expense", "investment_income", "operating_profit", "other_income", "other_expense", "profit",
    "income_tax", "payroll", "vat",
)  # fmt: skip


def write_returns(folder: Path, codes: list[str], first: Period, last: Period, *, seed: int = 1) -> int:
    """Write returns/*.csv for all firms; give the number of returns."""
    place = folder / "returns"
    place.mkdir(parents=True, exist_ok=True)
    random = np.random.default_rng(seed)
    firms = len(codes)
    scale = np.exp(random.normal(9, 1, firms)).astype(np.int64) + 500
    ytd: dict[str, np.ndarray] = {}
    past: dict[int, dict[str, np.ndarray]] = {}
    written = 0
    for period in periods_between(first, last):
        row: dict[str, np.ndarray | list[str]] = {"credit_code": codes}
        noise = random.uniform(0.9, 1.1, firms)
        month = (scale * noise * (2 if period.is_merged else 1)).astype(np.int64)
        shares = dict(zip(FLOWS, (1.0, 0.95, 0.2, 0.01, 0.8, 0.1, 0.02), strict=True))
        now: dict[str, np.ndarray] = {}
        for item, share in shares.items():
            value = np.round(month * share, 2) if item == "electricity" else (month * share).astype(np.int64)
            total = value if period.is_merged else ytd[item] + value
            ytd[item] = np.round(total, 2) if item == "electricity" else total
            now[item], now[f"{item}__ytd"] = value, ytd[item]
        for number, item in enumerate(STOCKS):
            now[item] = (scale * (0.3, 1.5, 0.004)[number]).astype(np.int64) + 5
        now.update(_finance(now["output__ytd"], scale))
        past[period.key] = now
        before = past.get(period.year_ago().key) if period.year > first.year else None
        if before is None:
            before = {
                key: (value * 0.93).round(2 if "electricity" in key else 0).astype(value.dtype)
                for key, value in now.items()
            }
        for item in FLOWS:
            if not period.is_merged:
                row[item], row[f"{item}__base"] = now[item], before[item]
            row[f"{item}__ytd"], row[f"{item}__ytd_base"] = now[f"{item}__ytd"], before[f"{item}__ytd"]
        for item in STOCKS:
            row[item], row[f"{item}__base"] = now[item], before[item]
        row["outlook"] = ["same"] * firms
        _write(place / f"monthly.{period}.csv", row)
        lines = {"credit_code": codes, "industry": ["1311"] * firms}
        lines |= {key: row[key] for key in row if key.startswith("output") and key != "outlook"}
        _write(place / f"monthly.output_lines.{period}.csv", lines)
        _write(place / f"finance.{period}.csv", _finance_row(codes, now, before))
        energy = {
            "credit_code": codes, "energy": ["electricity"] * firms,
            "opening": np.zeros(firms), "purchase": now["electricity__ytd"],
            "consumption": now["electricity__ytd"],
            "purchase_value": (now["electricity__ytd"] * 7).astype(np.int64), "closing": np.zeros(firms),
            "coefficient": np.full(firms, 1.229), "tce_base": np.round(before["electricity__ytd"] * 1.229, 2),
        }  # fmt: skip
        _write(place / f"energy.{period}.csv", {"credit_code": codes})
        _write(place / f"energy.energy_lines.{period}.csv", energy)
        written += 3 * firms
    return written


def _finance(output: np.ndarray, scale: np.ndarray) -> dict[str, np.ndarray]:
    shares = (
        0.97,
        0.8,
        0.01,
        0.02,
        0.03,
        0.01,
        0.01,
        0.005,
        0.002,
        0.09,
        0.004,
        0.002,
        0.092,
        0.02,
        0.08,
        0.03,
    )
    found = {
        f"{item}__ytd": (output * share).astype(np.int64) for item, share in zip(RESULTS, shares, strict=True)
    }
    found["profit__ytd"] = (
        found["operating_profit__ytd"] + found["other_income__ytd"] - found["other_expense__ytd"]
    )
    found["finished_goods"] = (scale * 0.3).astype(np.int64)
    found["inventory"] = found["finished_goods"] * 2
    found["receivables"] = (scale * 0.7).astype(np.int64)
    found["current_assets"] = found["inventory"] + found["receivables"] * 2
    found["total_assets"] = found["current_assets"] * 3
    found["total_liabilities"] = found["current_assets"]
    found["equity"] = found["total_assets"] - found["total_liabilities"]
    found["average_workers"] = (scale * 0.004).astype(np.int64) + 5
    return found


def _finance_row(
    codes: list[str], now: dict[str, np.ndarray], before: dict[str, np.ndarray]
) -> dict[str, np.ndarray | list[str]]:
    row: dict[str, np.ndarray | list[str]] = {"credit_code": codes}
    for item in RESULTS:
        row[f"{item}__ytd"], row[f"{item}__ytd_base"] = now[f"{item}__ytd"], before[f"{item}__ytd"]
    balances = ("current_assets", "receivables", "inventory", "finished_goods", "total_assets",
                "total_liabilities", "equity", "average_workers")  # fmt: skip
    for item in balances:
        row[item], row[f"{item}__base"] = now[item], before[item]
    return row


def _write(path: Path, columns: dict[str, np.ndarray | list[str]]) -> None:
    pacsv.write_csv(pa.table({key: pa.array(value) for key, value in columns.items()}), path)
