"""What the worker does for notify: sending messages, and every few seconds packing what is due."""

from collections.abc import Sequence

from gongmai.core.notify.actions.sending import pack, send_parcel, tell_failures
from gongmai.core.outbox.types import Message, Progress


def send(messages: Sequence[Message], progress: Progress) -> None:
    """Send each message; one that fails does not stop the others, and is tried again by itself."""
    first_error: Exception | None = None
    for done, message in enumerate(messages, 1):
        try:
            send_parcel(message.payload["parcel_id"])
        except Exception as error:  # noqa: BLE001 - raised below, once the others are sent
            first_error = first_error or error
        progress(done, len(messages), "")
    if first_error is not None:
        raise first_error


def pack_and_tell() -> None:
    """Pack what is due; tell what failed for good."""
    pack()
    tell_failures()
