"""What the owner of a kind of objects answers (setting ``attachments.return``), and the virus scanner."""

from pathlib import Path
from typing import Protocol

from gongmai.core.access.types import Actor
from gongmai.core.attachment.types import Place


class Owner(Protocol):
    """Knows the objects of a kind and who reaches them."""

    def place(self, actor: Actor, object_id: int, *, lock: bool = False) -> Place:
        """The object as the actor reaches it. Raises NotAllowed, LookupError.

        With `lock` (inside a transaction) the object stays as it is until the transaction ends.
        """
        ...


class Scanner(Protocol):
    """Looks for viruses. The setting `virus_scanner` names it."""

    def is_harmful(self, path: Path) -> bool:
        """Whether the file is harmful; AttachmentRefused `scanner` where it cannot be told."""
        ...
