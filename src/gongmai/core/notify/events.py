"""What notify announces."""

from dataclasses import dataclass
from typing import ClassVar


@dataclass(frozen=True, slots=True)
class ParcelReady:
    """Notices were packed into one message for one person on one channel."""

    name: ClassVar[str] = "notify.parcel_ready"
    parcel_id: int
