"""Two officers decide on the same returns at the same moments: run as a program, prints what came of it."""

import datetime as dt
import json
import sys
import threading
from typing import Any

import django

django.setup()

from django.db import connection  # noqa: E402

from gongmai.core.access.types import SYSTEM, Actor, NotAllowed  # noqa: E402
from gongmai.core.audit.models import Entry  # noqa: E402
from gongmai.core.audit.queries.proof import verify  # noqa: E402
from gongmai.core.period import clock  # noqa: E402
from gongmai.core.review.models import Case, Step  # noqa: E402
from gongmai.core.review.types import Move, Refused  # noqa: E402
from gongmai.monitor.filing.actions.reviewing import move_return  # noqa: E402
from gongmai.monitor.filing.models import Return, Version  # noqa: E402
from gongmai.monitor.filing.types import FilingError  # noqa: E402
from tests.monitor.filing.conftest import APRIL, build_town, firm, person  # noqa: E402


def build(count: int) -> list[int]:
    """Returns that wait for the county."""
    found = []
    for number in range(count):
        owner = firm(f"91371302RACE{number:05d}X", f"Race {number}")
        filing = Return.objects.create(
            enterprise=owner, form="monthly", period=APRIL.key, state="county", versions_count=1
        )
        Version.objects.create(
            filing=filing,
            number=1,
            cells="{}",
            digest="x",
            source="page",
            submitted_at=clock.now(),
            submitted_by=0,
        )
        found.append(filing.pk)
    return found


def race(returns: list[int], officers: list[tuple[Actor, Move]]) -> dict[int, list[str]]:
    """Let both decide on each return at once; the outcomes by return."""
    outcomes: dict[int, list[str]] = {pk: [] for pk in returns}
    barrier = threading.Barrier(len(officers))

    def decide(actor: Actor, move: Move) -> None:
        for pk in returns:
            barrier.wait(timeout=60)
            try:
                move_return(actor, pk, move, reason="please look again" if move is Move.SEND_BACK else "")
                outcomes[pk].append(move.value)
            except (Refused, FilingError, NotAllowed):
                outcomes[pk].append("refused")
        connection.close()

    threads = [threading.Thread(target=decide, args=each) for each in officers]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return outcomes


def main() -> dict[str, Any]:
    """Build, race, read."""
    clock.simulate(dt.datetime(2023, 5, 5, 10, 0, tzinfo=dt.timezone(dt.timedelta(hours=8))))
    people, second = build_town(), person("county3", ("county", "unit", "u1"))
    returns = build(1000 if connection.vendor == "postgresql" else 200)
    outcomes = race(returns, [(people.county, Move.PASS_COUNTY), (second, Move.SEND_BACK)])
    steps: dict[int, list[str]] = {}
    for object_id, move in Step.objects.order_by("pk").values_list("case__object_id", "move"):
        steps.setdefault(int(object_id), []).append(move)
    moves = ["return.pass_county", "return.send_back"]
    audited = [
        int(number) for number in Entry.objects.filter(action__in=moves).values_list("object_id", flat=True)
    ]
    cases = {int(number): state for number, state in Case.objects.values_list("object_id", "state")}
    return {
        "returns": [
            {
                "outcomes": outcomes[filing.pk],
                "state": filing.state,
                "case": cases.get(filing.pk),
                "steps": steps.get(filing.pk),
                "audited": audited.count(filing.pk),
            }
            for filing in Return.objects.filter(pk__in=returns)
        ],
        "breaches": len(verify(SYSTEM).breaches),
    }


if __name__ == "__main__":
    sys.stdout.write(json.dumps(main()))
