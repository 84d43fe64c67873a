"""How well the outlier methods find planted errors: precision and recall beside a fixed ±50 %.

``GONGMAI_DATA=... python -m bench.outliers 2023-05`` takes a published period of a city, plants errors into
two per cent of its monthly figures (a fixed seed) and counts what each method finds. It writes nothing.

Kinds of errors: tenfold and a tenth (another unit of money), a thousandfold, doubled, halved, the figure of
another firm, and output raised by 40 % while all else stays (the invented growth that electricity gives
away). Honest firms with wild growth stay in: they are what costs precision.
"""

import os
import random
import sys
from collections.abc import Iterable

import django

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "gongmai.config.settings")
django.setup()

from gongmai.core.formula.rules.staged import period_end  # noqa: E402
from gongmai.core.panel.queries import engine, vintages  # noqa: E402
from gongmai.core.period.types import Period  # noqa: E402
from gongmai.monitor.filing.queries.audits import parameters_on  # noqa: E402
from gongmai.monitor.filing.rules.contradiction import Growths, Weights, contradictions  # noqa: E402
from gongmai.monitor.filing.rules.outlier_sql import outliers_sql  # noqa: E402
from gongmai.monitor.filing.rules.outliers import Bounds  # noqa: E402

SHARE = 0.02
BASELINE = 0.5
CONTRADICTS = 40
KINDS = ("tenfold", "tenth", "thousandfold", "doubled", "halved", "another", "raised")
COLUMNS = (
    "enterprise_id, industry_division, output, output__base, output__ytd, output__ytd_base, "
    "electricity__ytd, electricity__ytd_base, workforce, workforce__base, revenue__ytd, "
    "revenue__ytd_base, vat__ytd, vat__ytd_base, surtax__ytd, surtax__ytd_base, energy_tce__ytd, "
    "energy_tce__ytd_base"
)


def plant(value: float, kind: str, other: float) -> float:
    """A figure as a mistake of a kind leaves it."""
    return {
        "tenfold": value * 10, "tenth": value / 10, "thousandfold": value * 1000, "doubled": value * 2,
        "halved": value / 2, "another": other, "raised": value * 1.4,
    }[kind]  # fmt: skip


def growth(row: dict[str, float | None], *names: str) -> float | None:
    """Growth of a sum on its base."""
    pairs = [(row[name], row[f"{name}_base" if "__" in name else f"{name}__base"]) for name in names]
    if any(now is None or base is None for now, base in pairs):
        return None
    base = sum(base or 0 for _, base in pairs)
    return sum(now or 0 for now, _ in pairs) / base - 1 if base > 0 else None


def report(name: str, found: set[int], planted: dict[int, str], judged: int) -> str:
    """One line of the table."""
    hit = found & planted.keys()
    precision = len(hit) / len(found) if found else 0.0
    by_kind = " ".join(
        f"{sum(planted[f] == kind for f in hit)}/{sum(each == kind for each in planted.values())}"
        for kind in KINDS
    )
    return (
        f"| {name} | {len(found)} | {100 * len(found) / judged:.1f} % | {precision:.2f} | "
        f"{len(hit) / len(planted):.2f} | {' | '.join(by_kind.split())} |"
    )


def measure(period: Period, seed: int = 1) -> list[str]:
    """Plant, judge, count; lines of a table."""
    vintage = vintages.current_vintage()
    sql = f"SELECT {COLUMNS} FROM panel WHERE output > 0 AND output__base > 0"
    rows = engine.ask(sql, vintage=vintage, periods=[period.key]).to_pylist()
    dice = random.Random(seed)
    chosen = dice.sample(range(len(rows)), round(SHARE * len(rows)))
    planted: dict[int, str] = {}
    for number, place in enumerate(chosen):
        row, kind = rows[place], KINDS[number % len(KINDS)]
        wrong = plant(row["output"], kind, rows[dice.randrange(len(rows))]["output"])
        row["output__ytd"] += wrong - row["output"]
        row["output"] = wrong
        planted[row["enterprise_id"]] = kind
    values = parameters_on(period_end(period.key))
    bounds = Bounds.of(values)
    columns = [
        ["output"] * len(rows), [r["enterprise_id"] for r in rows], [float(r["output"]) for r in rows],
        [float(r["output__base"]) for r in rows], [r["industry_division"] for r in rows],
        [r["industry_division"] for r in rows],
    ]  # fmt: skip
    before = [key for key in vintages.published_periods() if key < period.key and key % 100 > 2][-30:]
    query = outliers_sql(["output"], bounds, month=True, history=True)
    scores = engine.ask(query, columns, vintage=vintage, periods=before).to_pylist()
    hb = {row["firm"] for row in scores if row["hb"] is not None and abs(row["hb"]) > bounds.limit}
    z = {row["firm"] for row in scores if row["z"] is not None and abs(row["z"]) > bounds.z_limit}
    growths = [
        Growths(
            row["enterprise_id"], row["industry_division"], growth(row, "output__ytd"),
            {
                "electricity": growth(row, "electricity__ytd"), "revenue": growth(row, "revenue__ytd"),
                "tax": growth(row, "vat__ytd", "surtax__ytd"), "workforce": growth(row, "workforce"),
                "energy": growth(row, "energy_tce__ytd"),
            },
        )
        for row in rows
    ]  # fmt: skip
    against = contradictions(growths, Weights.of(values))
    evidence = {firm for firm, each in against.items() if each.score >= CONTRADICTS}
    fixed = {r["enterprise_id"] for r in rows if abs(r["output"] / r["output__base"] - 1) > BASELINE}
    named: Iterable[tuple[str, set[int]]] = (
        ("fixed ±50 %", fixed), ("HB", hb), ("robust z", z), (f"contradiction ≥ {CONTRADICTS}", evidence),
        ("HB or z", hb | z), ("two of HB, z, contradiction", (hb & z) | (hb & evidence) | (z & evidence)),
    )  # fmt: skip
    head = f"| method | found | of all | precision | recall | {' | '.join(KINDS)} |"
    return [
        f"{period}: {len(rows)} returns, {len(planted)} planted",
        head,
        "|---|--:|--:|--:|--:|" + "--:|" * len(KINDS),
        *(report(name, found, planted, len(rows)) for name, found in named),
    ]


if __name__ == "__main__":
    for line in measure(Period.parse(sys.argv[1])):
        sys.stdout.write(line + "\n")
