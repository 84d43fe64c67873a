"""The product's flow, and a handler that hears of each submission, so that the outbox can be counted."""

from collections.abc import Sequence
from pathlib import Path

from django.conf import settings

from gongmai.core.outbox.types import Message, Progress
from gongmai.flow import FLOW as PRODUCT
from gongmai.monitor.filing.events import Submitted


def hear(messages: Sequence[Message], progress: Progress) -> None:
    """One file for each delivery: hearing it again changes nothing."""
    folder = Path(settings.DATA_DIR) / "heard"
    folder.mkdir(exist_ok=True)
    for message in messages:
        (folder / str(message.delivery_id)).touch()


FLOW = (*PRODUCT, (Submitted, hear))
