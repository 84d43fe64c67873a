"""How complete and how timely filing is: by management unit, region or park, as a league table."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

from django.db.models import Count, F, Q

from gongmai.core.access.queries import check_may, scope_filter
from gongmai.core.access.types import Actor
from gongmai.core.period.types import Period
from gongmai.core.review.types import State
from gongmai.monitor.filing.models import Return
from gongmai.monitor.filing.queries.extensions import is_extended

CUTS = ("unit", "region", "park", "industry")


@dataclass(frozen=True, slots=True)
class Completeness:
    """Counts of one group. `late`: filed after the deadline; `missing`: never filed."""

    group: str
    due: int
    filed: int
    on_time: int
    late: int
    missing: int
    county: int
    city: int
    returned: int
    approved: int
    extended: int = 0
    rank: int = 0

    @property
    def filed_share(self) -> float | None:
        """Share of the due returns that were filed."""
        return self.filed / self.due if self.due else None

    @property
    def on_time_share(self) -> float | None:
        """Share of the due returns that were filed in time."""
        return self.on_time / self.due if self.due else None

    @property
    def approved_share(self) -> float | None:
        """Share of the due returns that the city has approved."""
        return self.approved / self.due if self.due else None


def completeness(actor: Actor, form: str, period: Period, cut: str = "unit") -> list[Completeness]:
    """The league by on-time share, then share filed; empty groups are left out.

    An imported return that does not say when it came counts as in time. Raises NotAllowed, ValueError for
    an unknown cut.
    """
    check_may(actor, "completeness.view")
    if cut not in CUTS:
        raise ValueError(cut)
    counts = _counts()
    rows = (
        Return.objects.filter(form=form, period=period.key)
        .filter(scope_filter(actor, "completeness.view", "enterprise__"))
        .values(group=F(f"enterprise__{cut}"))
        .annotate(**counts)
        .values_list("group", *counts)
    )
    merged: dict[str, dict[str, int]] = {}
    for code, *values in rows:
        group = str(code or "")[:2] if cut == "industry" else str(code or "")
        target = merged.setdefault(group, dict.fromkeys(counts, 0))
        for name, count in zip(counts, values, strict=True):
            target[name] += int(count)
    found = [Completeness(group=group, **sums) for group, sums in merged.items()]
    return rank(found)


def total(rows: Sequence[Completeness]) -> Completeness:
    """The sum of the groups."""
    names = (
        "due",
        "filed",
        "on_time",
        "late",
        "missing",
        "county",
        "city",
        "returned",
        "approved",
        "extended",
    )
    return Completeness(group="", **{name: sum(getattr(row, name) for row in rows) for name in names})


def rank(rows: Sequence[Completeness]) -> list[Completeness]:
    """The rows in the order of the league with their ranks; equals share a rank."""
    ordered = sorted(rows, key=lambda row: (-(row.on_time_share or 0), -(row.filed_share or 0), row.group))
    ranked: list[Completeness] = []
    for place, row in enumerate(ordered, 1):
        before = ranked[-1] if ranked else None
        same = before and (before.on_time_share, before.filed_share) == (row.on_time_share, row.filed_share)
        ranked.append(replace(row, rank=before.rank if same and before else place))
    return ranked


def waiting_for(actor: Actor) -> dict[str, int]:
    """What waits for the actor's review: state -> count, by the rights and the reach that they have."""
    found: dict[str, int] = {}
    rights = ((State.COUNTY, "return.review_county"), (State.CITY, "return.review_city"))
    for state, right in rights:
        rows = Return.objects.filter(scope_filter(actor, right, "enterprise__"), state=state)
        found[state.value] = rows.count()
    return found


def _counts() -> dict[str, Count]:
    filed = Q(versions_count__gt=0)
    late = Q(first_submitted_at__gt=F("due_at"))
    return {
        "due": Count("pk"),
        "filed": Count("pk", filter=filed),
        "on_time": Count(
            "pk", filter=filed & (Q(first_submitted_at=None) | Q(first_submitted_at__lte=F("due_at")))
        ),
        "late": Count("pk", filter=filed & late),
        "missing": Count("pk", filter=Q(versions_count=0)),
        "county": Count("pk", filter=Q(state=State.COUNTY)),
        "city": Count("pk", filter=Q(state=State.CITY)),
        "returned": Count("pk", filter=Q(state=State.RETURNED)),
        "approved": Count("pk", filter=Q(state=State.APPROVED)),
        "extended": Count("pk", filter=Q(is_extended())),
    }
