"""Publications whose worker is killed at one point each: a program, prints what was seen between and after.

Each step is a process of its own, forked from this one, which holds neither connections nor threads.
"""

import hashlib
import json
import os
import signal
import sys
from collections.abc import Callable
from typing import Any

import django

django.setup()

from django.db import connections  # noqa: E402
from django.urls import reverse  # noqa: E402

from gongmai.cli.worker import worker  # noqa: E402
from gongmai.core.access.models import Grant, User  # noqa: E402
from gongmai.core.access.queries import actor_of  # noqa: E402
from gongmai.core.access.types import Actor  # noqa: E402
from gongmai.core.audit.models import Entry  # noqa: E402
from gongmai.core.outbox.models import Delivery  # noqa: E402
from gongmai.core.panel.actions import files, publish  # noqa: E402
from gongmai.core.panel.models import Vintage  # noqa: E402
from gongmai.core.panel.queries import vintages  # noqa: E402
from gongmai.core.panel.queries.items import columns  # noqa: E402
from gongmai.core.ports import adapter  # noqa: E402
from gongmai.core.review.types import Move  # noqa: E402
from gongmai.monitor.filing.actions.reviewing import move_return  # noqa: E402
from gongmai.monitor.filing.models import Return, Version  # noqa: E402
from gongmai.monitor.filing.queries.audits import audits_by_code  # noqa: E402
from gongmai.monitor.filing.queries.facts import ApprovedReturns  # noqa: E402
from gongmai.monitor.filing.queries.forms import forms  # noqa: E402
from gongmai.monitor.filing.queries.openness import review_params  # noqa: E402

POINTS: dict[str, tuple[Any, str, bool]] = {
    # name: whose, which function, whether it is done before the end
    "before the marking": (ApprovedReturns, "mark_admitted", False),
    "after the marking": (ApprovedReturns, "mark_admitted", True),
    "before writing the file": (files, "build_aside", False),
    "after writing the file, before it is in place": (files, "settle", False),
    "after the file is in place": (files, "settle", True),
    "before the vintage": (publish, "_admit", False),
    "in the transaction of the vintage": (publish, "announce", True),
    "after the vintage, before the delivery is marked": (publish, "_admit", True),
}


def dying(function: Callable[..., Any], *, after: bool) -> Callable[..., Any]:
    """The function, and then (or instead) the end of this process, with nothing cleaned up."""

    def end(*args: Any, **options: Any) -> Any:
        if after:
            function(*args, **options)
        os.kill(os.getpid(), signal.SIGKILL)

    return end


def work_and_die(point: str) -> None:
    """Be a worker that is killed at this point."""
    owner, name, after = POINTS[point]
    setattr(owner, name, dying(getattr(owner, name), after=after))
    work()


def work() -> None:
    """Be a worker that delivers what waits."""
    worker.main(["--once"], standalone_mode=False)


def approve() -> None:
    """Let the county and the city pass one return that waits."""
    pk = Return.objects.filter(state="county", form="monthly").order_by("pk").values_list("pk", flat=True)[0]
    move_return(person("c", "county", "unit", "u1"), pk, Move.PASS_COUNTY)
    move_return(person("d", "city", "city", ""), pk, Move.PASS_CITY)


def person(name: str, role: str, kind: str, value: str) -> Actor:
    """An officer."""
    user, _ = User.objects.get_or_create(username=name)
    Grant.objects.get_or_create(user=user, role=role, scope_kind=kind, scope_value=value)
    return actor_of(user)


def read_panel() -> dict[str, Any]:
    """What a reader sees, and what is left over."""
    import duckdb

    number = vintages.last_number()
    place = vintages.folder()
    named = vintages.files_in_force(number) if number else {}
    digests = {
        file.name: hashlib.sha256((place / file.name).read_bytes()).hexdigest() for file in named.values()
    }
    query, rows = "SELECT count(output) FROM read_parquet(?)", (0,)
    if 202305 in named:
        rows = duckdb.execute(query, [str(place / named[202305].name)]).fetchone() or rows
    return {
        "vintages": Vintage.objects.count(),
        "bad": [file.name for file in named.values() if digests[file.name] != file.digest],
        "rows": rows[0],
        "lines": Entry.objects.filter(action="panel.publish").count(),
        "loose": len(list(place.glob("*.tmp"))),
        "admitted": [row.admitted for row in Version.objects.filter(source="api") if row.admitted],
        "open": Delivery.objects.exclude(state="done").count(),
    }


def apart(step: Callable[..., Any], *args: Any) -> tuple[int, Any]:
    """Run a step in a process of its own; give its status (negative: the signal) and what it returned."""
    reading, writing = os.pipe()
    child = os.fork()
    if child == 0:
        os.close(reading)
        code = 1
        try:
            answer = step(*args)
            os.write(writing, json.dumps(answer).encode())
            code = 0
        finally:
            os._exit(code)
    os.close(writing)
    with os.fdopen(reading) as handle:
        text = handle.read()
    _, status = os.waitpid(child, 0)
    return os.waitstatus_to_exitcode(status), json.loads(text or "null")


def main() -> dict[str, Any]:
    """Every point in turn. What is read from files is read once, before the first fork."""
    columns()
    forms()
    audits_by_code()
    review_params()
    reverse("home:home")
    adapter("panel_builder")
    connections.close_all()  # a forked process must not go on in this one's transaction
    apart(work)
    turns = []
    _, before = apart(read_panel)
    for point in POINTS:
        approved, _ = apart(approve)
        died, _ = apart(work_and_die, point)
        _, between = apart(read_panel)
        worked, _ = apart(work)
        _, after = apart(read_panel)
        turns.append({"point": point, "codes": [approved, died, worked], "between": between, "after": after})
    return {"before": before, "turns": turns}


if __name__ == "__main__":
    sys.stdout.write(json.dumps(main()))
