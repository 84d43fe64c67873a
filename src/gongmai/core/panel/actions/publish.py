"""Publishing: new files first, then one transaction that makes them the vintage in force.

A crash before the transaction leaves files that nobody names (collected by the next publication); after
it, everything is in force. Publishers queue on a lock file, and the vintage's number is a primary key, so
that two machines cannot publish the same one.
"""

from collections import deque
from collections.abc import Callable, Iterable, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass, replace
from typing import Any

from django.db import transaction

from gongmai.core.access.types import SYSTEM, Actor
from gongmai.core.audit.actions import record
from gongmai.core.outbox.actions import announce
from gongmai.core.panel.actions import files
from gongmai.core.panel.events import Published
from gongmai.core.panel.models import LayerFile, PeriodFile, RosterSnapshot, Vintage
from gongmai.core.panel.ports import FactSource
from gongmai.core.panel.queries import roster, vintages
from gongmai.core.panel.types import Layer
from gongmai.core.period import clock
from gongmai.core.ports import adapter

Progress = Callable[[int, int, str], None]
AHEAD = 2  # periods whose facts are read before their file is written


@dataclass(frozen=True, slots=True)
class _Built:
    period: int
    name: str
    digest: str
    rows: int
    roster_digest: str
    roster_content: bytes
    layer: str = ""


def publish(
    periods: Iterable[int] = (),
    *,
    reason: str = "approved",
    actor: Actor = SYSTEM,
    progress: Progress | None = None,
) -> int | None:
    """Publish everything pending, and rebuild `periods` besides; give the new vintage's number.

    None when there is nothing to publish, which makes it safe to call twice.
    """
    source: FactSource = adapter("fact_source")
    with files.alone():
        last = vintages.last_number()
        ids = source.pending(last)
        affected = sorted(source.periods_of(ids) | set(periods))
        if not affected:
            return None
        files.collect_orphans()
        # Marked before the files are built, so that what is approved meanwhile waits for the next vintage.
        # If this ends here, the marks lie beyond the last vintage and count as pending again.
        source.mark_admitted(ids, last + 1)
        source.mark_adjusted(affected, last + 1)
        built = _build(source, affected, last + 1, progress)
        built += _build_adjusted(source, built, last + 1)
        return _admit(last + 1, len(ids), built, reason, actor)


def publish_all(
    *, reason: str = "import", actor: Actor = SYSTEM, progress: Progress | None = None
) -> int | None:
    """One vintage over everything pending, as after the import of a city's history."""
    return publish(reason=reason, actor=actor, progress=progress)


def _build(
    source: FactSource, periods: Sequence[int], vintage: int, progress: Progress | None
) -> list[_Built]:
    """Build the files of the periods: one thread writes while this one reads the next facts."""
    built: list[_Built] = []
    writing: deque[tuple[Future[tuple[str, str, int]], int, str, bytes]] = deque()

    def settle() -> None:
        written, period, digest, content = writing.popleft()
        name, file_digest, rows = written.result()
        built.append(_Built(period, name, file_digest, rows, digest, content))
        if progress is not None:
            progress(len(built), len(periods), str(period))

    with ThreadPoolExecutor(max_workers=1) as writer:
        for period in periods:
            table = roster.roster_of(period)
            facts = files.read_facts(source, period, vintage)
            job = writer.submit(files.write_period, period, table, facts)
            writing.append((job, period, *roster.pack(table)))
            if len(writing) > AHEAD:
                settle()
        while writing:
            settle()
    return built


def _build_adjusted(source: FactSource, built: Sequence[_Built], vintage: int) -> list[_Built]:
    """The adjusted layer of the periods that have adjustments, over the same rosters."""
    wanted = source.adjusted_periods([part.period for part in built], vintage)
    layers = []
    for part in built:
        if part.period in wanted:
            table = roster.unpack_content(part.roster_content)
            facts = files.read_facts(source, part.period, vintage, Layer.ADJUSTED)
            name, digest, rows = files.write_period(part.period, table, facts)
            layers.append(replace(part, name=name, digest=digest, rows=rows, layer=Layer.ADJUSTED.value))
    return layers


@transaction.atomic
def _admit(number: int, facts: int, built: list[_Built], reason: str, actor: Actor) -> int:
    """Make the built files a vintage; its number is a primary key, so two publishers cannot share it."""
    vintage = Vintage.objects.create(
        number=number, published_at=clock.now(), reason=reason[:200], facts=facts
    )
    for part in built:
        RosterSnapshot.objects.get_or_create(
            digest=part.roster_digest, defaults={"period": part.period, "content": part.roster_content}
        )
        place: dict[str, Any] = {
            "vintage": vintage,
            "period": part.period,
            "name": part.name,
            "digest": part.digest,
            "rows": part.rows,
            "roster_id": part.roster_digest,
        }
        if part.layer:
            LayerFile.objects.create(layer=part.layer, **place)
        else:
            PeriodFile.objects.create(**place)
    periods = tuple(part.period for part in built if not part.layer)
    record(
        actor=actor,
        action="panel.publish",
        kind="vintage",
        object_id=number,
        payload={
            "reason": reason,
            "facts": facts,
            "files": {str(part.period): part.digest for part in built if not part.layer},
            **({"adjusted": adjusted} if (adjusted := _digests(built)) else {}),
        },
    )
    announce(Published(number, periods), actor_id=actor.user_id)
    return number


def _digests(built: Sequence[_Built]) -> dict[str, str]:
    return {str(part.period): part.digest for part in built if part.layer}
