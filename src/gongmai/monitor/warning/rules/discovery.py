"""Testing all firms at once without being swamped: tails of Student's t, and the false discovery rate.

Sources: the closed form of Student's t for an even number of degrees of freedom (Abramowitz and Stegun
26.7.4); Benjamini and Hochberg 1995 for the share of false ones among what is found.
"""

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]


def two_sided(t: Floats, freedom: int) -> Floats:
    """The probability that Student's t is farther from zero than `t`, for an even `freedom`.

    >>> [round(float(p), 4) for p in two_sided(np.array([0.0, 2.2281]), 10)]
    [1.0, 0.05]
    """
    if freedom < 2 or freedom % 2:  # noqa: PLR2004 - the closed form is of even numbers
        raise ValueError(f"{freedom} degrees of freedom: the closed form needs an even number")
    ratio = t / np.sqrt(freedom)
    sine = np.abs(ratio) / np.sqrt(1.0 + ratio * ratio)
    cosine2 = 1.0 / (1.0 + ratio * ratio)
    term, total = np.ones_like(cosine2), np.ones_like(cosine2)
    for step in range(1, freedom // 2):
        term = term * cosine2 * (2 * step - 1) / (2 * step)
        total = total + term
    tails: Floats = np.clip(1.0 - sine * total, 0.0, 1.0)
    return tails


def adjust(p: Floats) -> Floats:
    """The smallest false discovery rate at which each test would be found (Benjamini-Hochberg).

    >>> [round(float(q), 3) for q in adjust(np.array([0.01, 0.04, 0.03]))]
    [0.03, 0.04, 0.04]
    """
    if not p.size:
        return p
    order = np.argsort(p)
    scaled = p[order] * p.size / np.arange(1, p.size + 1)
    found = np.empty_like(scaled)
    found[order] = np.minimum(np.minimum.accumulate(scaled[::-1])[::-1], 1.0)
    return found
