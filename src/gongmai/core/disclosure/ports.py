"""What the disclosure control needs from outside: a solver that hides, an attacker that undoes."""

from collections.abc import Mapping
from typing import Protocol

from gongmai.core.disclosure.types import Cube, Finding, Key, Parameters, Suppression


class Suppressor(Protocol):
    """Chooses what else must be hidden."""

    def protect(
        self, cube: Cube, parameters: Parameters, hidden: frozenset[Key] = frozenset()
    ) -> Suppression:
        """Hide what the primary rules ask for and as little more as protects it; `hidden` stays hidden.

        Every primary cell keeps an interval of at least its required protection in every layer, also for a
        firm that is alone in a cell and knows its own figure.
        """


class Attacker(Protocol):
    """Recovers what it can from what was published."""

    def intervals(
        self,
        published: Mapping[Key, float],
        cube: Cube,
        wanted: frozenset[Key],
        known: Mapping[Key, float] | None = None,
    ) -> Mapping[Key, tuple[float, float]]:
        """The least and the largest value that each wanted cell can have.

        `published` are the visible cells, the empty ones among them; `known` what an insider knows besides.
        Of the cube only the relations are looked at.
        """

    def audit(
        self, cube: Cube, parameters: Parameters, suppression: Suppression, *, insiders: bool = True
    ) -> list[Finding]:
        """The cells that are not protected, in any layer, against an outsider and each firm that is alone."""
