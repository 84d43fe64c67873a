"""A virus scanner that is a command on this machine, such as clamdscan or a vendor's."""

import subprocess
from pathlib import Path

from django.conf import settings

from gongmai.core.attachment.types import AttachmentRefused

SCAN_SECONDS = 60
CLEAN, INFECTED = 0, 1


class CommandScanner:
    """Fills `core.attachment.ports.Scanner` by the command of the setting GONGMAI_SCAN_COMMAND.

    The command gets the path as its last argument and ends with 0 (clean) or 1 (harmful), as scanners do.
    Without a command nothing is scanned.
    """

    def is_harmful(self, path: Path) -> bool:
        """Whether the command finds the file harmful; any other end of it is no answer."""
        command = list(settings.GONGMAI_SCAN_COMMAND)
        if not command:
            return False
        try:
            done = subprocess.run(
                [*command, str(path)], capture_output=True, timeout=SCAN_SECONDS, check=False
            )
        except (OSError, subprocess.TimeoutExpired) as error:
            raise AttachmentRefused("scanner") from error
        if done.returncode not in {CLEAN, INFECTED}:
            raise AttachmentRefused("scanner")
        return done.returncode == INFECTED
