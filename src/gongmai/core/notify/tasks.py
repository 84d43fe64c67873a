"""What the worker does for notify: sending messages, and every few seconds packing what is due."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from django.urls import reverse
from django.utils import timezone

from gongmai.core.access.messages import word_agent
from gongmai.core.notify.actions.posting import post
from gongmai.core.notify.actions.sending import pack, send_parcel, tell_failures
from gongmai.core.notify.types import Post
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


def tell_new_device(messages: Sequence[Message], _progress: Progress) -> None:
    """The owner of a name is told that a device that is new for it signed in."""
    post((_new_device(message.payload), [message.payload["user_id"]]) for message in messages)


def tell_factor_reset(messages: Sequence[Message], _progress: Progress) -> None:
    """The owner of a second factor is told that two people took it away."""
    post(
        (
            Post(
                f"access.factor_reset:{message.delivery_id}",
                "access.factor_reset",
                {name: message.payload[name] for name in ("asked_by", "decided_by", "reason")},
                reverse("access:second-factor"),
            ),
            [message.payload["user_id"]],
        )
        for message in messages
    )


def _new_device(payload: dict[str, Any]) -> Post:
    at = timezone.localtime(datetime.fromisoformat(payload["at"]))
    fields = {
        "at": f"{at:%Y-%m-%d %H:%M}",
        "device": word_agent(payload["agent"]),
        "ip": payload["ip"] or "-",
    }
    key = f"access.new_device:{payload['device_id']}:{payload['at']}"
    return Post(key, "access.new_device", fields, reverse("access:sessions"))
