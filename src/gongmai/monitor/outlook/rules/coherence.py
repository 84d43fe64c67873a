"""Forecasts of parts and wholes that add up: the least change that makes them do so.

Base forecasts of the wholes and of the parts disagree. With the error variance of each, weighted least
squares gives the coherent forecasts of least variance (trace minimisation with a diagonal, Wickramasuriya
and others 2019). Written for the constraint "a whole is the sum of its parts", the system to be solved has
the size of the wholes, not of the parts, so that thousands of firms cost little. Wholes are added up from
the parts afterwards: sums are exact.
"""

from collections.abc import Sequence

import numpy as np

from gongmai.monitor.outlook.types import Floats

ROUNDS = 4  # after each, parts that may not be negative are lifted to zero and the rest is settled again


def member_matrix(memberships: Sequence[Sequence[str]]) -> tuple[list[tuple[int, str]], Floats]:
    """The wholes of parts, as (number of the grouping, code), and which part belongs to which.

    `memberships`: for each grouping the code of each part. The matrix (wholes x parts) has ones and zeros.

    >>> member_matrix([["", ""], ["a", "b"]])[0]
    [(0, ''), (1, 'a'), (1, 'b')]
    """
    wholes: list[tuple[int, str]] = []
    rows = []
    for number, codes in enumerate(memberships):
        kept = np.asarray(codes, dtype=object)
        for code in sorted(set(codes)):
            wholes.append((number, code))
            rows.append((kept == code).astype(np.float64))
    return wholes, np.array(rows)


def reconcile(
    wholes: Floats, parts: Floats, members: Floats, sizes: Floats, *, may_be_negative: bool
) -> tuple[Floats, Floats]:
    """Coherent forecasts of the wholes and of the parts (each x steps).

    `sizes`: of the parts, not negative. The variance of a part is proportional to its size, that of a whole
    to the sum of its parts': structural weights by volume, so that what the wholes say is spread over the
    parts as they are large. Base forecasts that add up are given back unchanged.
    """
    floor = float(sizes.sum()) * 1e-12 or 1.0
    variances = np.maximum(sizes, floor)
    spread = members * variances
    system = np.diag(members @ variances) + spread @ members.T
    settled = parts
    for _round in range(ROUNDS):
        gap = wholes - members @ settled
        settled = settled + spread.T @ np.linalg.solve(system, gap)
        if may_be_negative or (settled >= 0).all():
            break
        # what is lifted to zero is taken from the others of its wholes, which keep what they were settled at
        wholes = members @ settled
        settled = np.maximum(settled, 0.0)
    settled = settled if may_be_negative else np.maximum(settled, 0.0)
    return members @ settled, settled
