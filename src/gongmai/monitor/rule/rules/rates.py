"""Hit rates, false-alarm rates, and which threshold would have spared false alarms."""

from collections.abc import Sequence
from dataclasses import dataclass

CRIES_WOLF = 0.9  # a false-alarm rate from which a rule is on the list
ENOUGH = 20  # settled findings below which a rate says nothing
KEEP = 0.95  # share of what was borne out that a spared threshold must keep
HALF = 0.5
GRID = (0.5, 0.67, 0.8, 0.9, 1.0, 1.1, 1.25, 1.5, 2.0, 3.0, 5.0)


@dataclass(frozen=True, slots=True)
class Rates:
    """Counts of a rule and what follows.

    Of the settled: `corrected` later, `verdicts` whose explanation has a verdict, and `borne_out`:
    explanation doubtful or wrong, or, without a verdict, corrected later. The rest are false alarms.
    """

    judged: int = 0
    fired: int = 0
    explained: int = 0
    settled: int = 0
    corrected: int = 0
    borne_out: int = 0
    verdicts: int = 0

    @property
    def hit_rate(self) -> float | None:
        """Fired out of judged; None when nothing was judged."""
        return self.fired / self.judged if self.judged else None

    @property
    def false_alarms(self) -> int:
        """Settled findings that neither a verdict nor, without one, a later version bore out."""
        return self.settled - self.borne_out

    @property
    def false_rate(self) -> float | None:
        """False alarms out of the settled; None when none is settled."""
        return self.false_alarms / self.settled if self.settled else None

    @property
    def cries_wolf(self) -> bool:
        """Whether it fires often enough to tell, and nearly always for nothing."""
        rate = self.false_rate
        return rate is not None and self.settled >= ENOUGH and rate >= CRIES_WOLF

    def __add__(self, other: "Rates") -> "Rates":
        """The counts of both."""
        return Rates(
            self.judged + other.judged,
            self.fired + other.fired,
            self.explained + other.explained,
            self.settled + other.settled,
            self.corrected + other.corrected,
            self.borne_out + other.borne_out,
            self.verdicts + other.verdicts,
        )


@dataclass(frozen=True, slots=True)
class Threshold:
    """What a rule would have found with another value of its parameter."""

    value: float
    rates: Rates
    is_present: bool = False
    spares: bool = False  # halves the false alarms and keeps KEEP of what was borne out


def mark_thresholds(present: Threshold, tried: Sequence[Threshold]) -> list[Threshold]:
    """All in the order of their values; those that spare half the false alarms and keep the corrections."""
    alarms, found = present.rates.false_alarms, present.rates.borne_out
    marked = [
        Threshold(
            each.value,
            each.rates,
            each.is_present,
            spares=not each.is_present
            and alarms > 0
            and each.rates.false_alarms <= HALF * alarms
            and each.rates.borne_out >= KEEP * found,
        )
        for each in [present, *tried]
    ]
    return sorted(marked, key=lambda each: each.value)


def grid(value: float) -> list[float]:
    """Other values to try around one, without it, rounded to what a person would write."""
    return list(dict.fromkeys(float(f"{value * factor:.3g}") for factor in GRID if factor != 1.0))
