"""What this module needs from outside: a box that only this installation can open."""

from typing import Protocol


class SecretBox(Protocol):
    """Encrypts what must be read again, such as the key of a second factor."""

    def seal(self, text: str) -> str:
        """The text, readable only with the installation's key."""

    def unseal(self, sealed: str) -> str:
        """The text again; ValueError where no key fits."""
