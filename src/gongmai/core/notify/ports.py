"""What notify needs from outside: a way to call webhooks, and who knows whether a notice is moot."""

from collections.abc import Collection
from typing import Protocol

from gongmai.core.notify.types import Call, Reply


class WebhookSender(Protocol):
    """Calls an address behind the fence of rules/address.py."""

    def send(self, call: Call) -> Reply:
        """Call once. Raises NotifyError for an address that is refused, SendFailed where nothing answers."""
        ...


class MootCheck(Protocol):
    """Knows which notices no longer make sense, such as a reminder to who has filed meanwhile."""

    def moot(self, kind: str, object_kind: str, object_ids: Collection[int]) -> set[int]:
        """Those of the objects about which a notice of this kind need not be sent any more."""
        ...
