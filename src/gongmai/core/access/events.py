"""What this module announces."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class NewDevice:
    """Somebody signed in as a person from a browser that the person never used."""

    user_id: int
    device_id: int
    at: str
    ip: str
    agent: str
    name: str = "access.new_device"


@dataclass(frozen=True, slots=True)
class FactorReset:
    """A second person agreed to take away a person's second factor: its owner is to be told."""

    user_id: int
    asked_by: str
    decided_by: str
    reason: str
    name: str = "access.factor_reset"
