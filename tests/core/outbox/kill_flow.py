"""A flow with one slow handler that waits at a gate."""

import os
import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import ClassVar

from gongmai.core.outbox.types import Message, Progress


@dataclass(frozen=True)
class Job:
    name: ClassVar[str] = "test.job"
    number: int


def handle(messages: Sequence[Message], progress: Progress) -> None:
    folder = Path(os.environ["GONGMAI_DATA"])
    text = " ".join(str(message.payload["number"]) for message in messages)
    with (folder / "started").open("a") as handle:
        handle.write(text + "\n")
    while not (folder / "gate").exists():
        time.sleep(0.05)
    (folder / "done").write_text(text)


FLOW = ((Job, handle),)
