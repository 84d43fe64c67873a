"""A worker that is killed at one point of a publication: ``python -m tests.faults.dying_worker POINT``."""

import os
import signal
import sys
from collections.abc import Callable
from typing import Any

import django

django.setup()

from gongmai.cli.worker import worker  # noqa: E402
from gongmai.core.panel.actions import files, publish  # noqa: E402
from gongmai.monitor.filing.queries.facts import ApprovedReturns  # noqa: E402

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


if __name__ == "__main__":
    owner, name, after = POINTS[sys.argv[1]]
    setattr(owner, name, dying(getattr(owner, name), after=after))
    worker.main(["--once"], standalone_mode=False)
