"""Who exists: cohorts that enter the roster, those who leave it, industries and raw sizes."""

import numpy as np

from gongmai.demo import sources
from gongmai.demo.types import NEVER, PARTS, Bools, Firms, Floats, Ints, Texts, index_of, stream

INITIAL = 2906
RESTORED = 10
# firms that enter in February after the annual round
ANNUAL = {2021: 440, 2022: 575, 2023: 330}
# newly built plants that enter month by month, March to November
NEW = {
    2020: (2, 3, 4, 6, 5, 7, 9, 10, 12),
    2021: (6, 8, 10, 14, 12, 13, 15, 13, 14),
    2022: (8, 10, 12, 15, 14, 14, 17, 14, 15),
    2023: (8, 8, 9, 9, 0, 0, 0, 0, 0),
}
# last period on the roster -> how many leave, and how
LEAVING = {
    202005: (2, "bankrupt"),
    202007: (2, "deregistered"),
    202008: (3, "moved_out"),
    202010: (3, "merged"),
    202012: (160, "below_scale"),
    202105: (5, "deregistered"),
    202109: (7, "bankrupt"),
    202112: (175, "below_scale"),
    202204: (4, "moved_out"),
    202207: (5, "bankrupt"),
    202210: (5, "merged"),
    202212: (150, "below_scale"),
    202303: (2, "deregistered"),
    202304: (4, "bankrupt"),
}


def draw_firms() -> Firms:
    """All firms that are ever on the roster between February 2020 and June 2023."""
    random = stream("firms")
    cohort, entry, start = _cohorts()
    industry = _industries(len(cohort), random)
    division = np.array([code[:2] for code in industry], object)
    firms = Firms(
        industry=industry,
        division=division,
        leading=_leading(industry),
        cohort=cohort,
        entry=entry,
        exit=np.full(len(cohort), NEVER, np.int64),
        exit_type=np.full(len(cohort), "", object),
        restored=np.full(len(cohort), NEVER, np.int64),
        start=start,
        raw=_raw_sizes(division, cohort, random),
    )
    _let_leave(firms, random)
    return firms


def _cohorts() -> tuple[Texts, Ints, Ints]:
    groups = [("initial", index_of(202002), -1, INITIAL)]
    for year in (2020, 2021, 2022, 2023):
        if year in ANNUAL:
            restored = RESTORED if year == 2022 else 0
            groups.append(("annual", index_of(year * 100 + 2), -1, ANNUAL[year] - restored))
        for offset, count in enumerate(NEW[year]):
            period = index_of(year * 100 + 3 + offset)
            groups.append(("new", period, period, count))
    counts = [count for *_, count in groups]
    cohort: Texts = np.repeat(np.array([name for name, *_ in groups], object), counts)
    entry = np.repeat(np.array([first for _, first, _, _ in groups], np.int64), counts)
    start = np.repeat(np.array([first for _, _, first, _ in groups], np.int64), counts)
    return cohort, entry, start


def _industries(count: int, random: np.random.Generator) -> Texts:
    codes: list[str] = []
    weights: list[float] = []
    for division in sources.sectors().values():
        inside = sum(division["classes"].values())
        for code, weight in division["classes"].items():
            codes.append(code)
            weights.append(division["firms"] * weight / inside)
    share = np.array(weights) / sum(weights)
    # systematic sampling: every class gets its share, whatever the seed
    points = (np.arange(count) + random.random()) / count
    drawn = np.searchsorted(np.cumsum(share), points, side="right").clip(0, len(codes) - 1)
    chosen: Texts = np.array(codes, object)[random.permutation(drawn)]
    return chosen


def _leading(industry: Texts) -> Bools:
    prefixes = sources.leading_industries()
    return np.array([code.startswith(prefixes) for code in industry], np.bool_)


def _raw_sizes(division: Texts, cohort: Texts, random: np.random.Generator) -> Floats:
    sectors = sources.sectors()
    mean = np.array([sectors[code]["mean"] * 1000.0 for code in division])
    sigma = np.array([sectors[code]["sigma"] for code in division])
    draw = np.clip(random.standard_normal(len(division)), -2.4, 2.6)
    annual, new = cohort == "annual", cohort == "new"
    # who just crossed the threshold is small and alike; a new plant may be anything
    sigma = np.where(annual, sigma * 0.6, sigma)
    mean = mean * np.where(annual, 0.5, np.where(new, 0.9, 1.0))
    size: Floats = np.maximum(mean * np.exp(sigma * draw - sigma**2 / 2), 15_000.0)
    return size


def _let_leave(firms: Firms, random: np.random.Generator) -> None:
    """Mark those who leave, mostly small ones, and the few who come back."""
    for key, (count, how) in LEAVING.items():
        last = index_of(key)
        first_of_year = last // PARTS * PARTS
        may = (firms.exit == NEVER) & (firms.entry <= first_of_year) & (firms.raw < 120_000)
        weight = np.where(may, 1.0 / firms.raw, 0.0)
        gone = random.choice(firms.count, size=count, replace=False, p=weight / weight.sum())
        firms.exit[gone] = last
        firms.exit_type[gone] = how
        if key == 202012:
            firms.restored[np.sort(gone)[:RESTORED]] = index_of(202202)
