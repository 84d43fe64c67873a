"""Sweeping up contents that no row names."""

import time
from pathlib import Path

from gongmai.core.attachment.models import Attachment
from gongmai.core.attachment.queries import content_path, folder

AGE_SECONDS = 24 * 3600


def sweep() -> int:
    """Delete contents and temporary files older than a day that no row needs; give how many.

    A row needs its content while it is on its object, and for ever once a version names it.
    """
    swept, now = 0, time.time()
    for path in folder().glob("incoming/*"):
        swept += _delete_if_old(path, now)
    for path in folder().glob("[0-9a-f][0-9a-f]/[0-9a-f][0-9a-f]/*"):
        rows = Attachment.objects.filter(digest=path.name, is_quarantined=False)
        is_needed = rows.filter(removed_at=None).exists() or rows.exclude(sealed_in=None).exists()
        if not is_needed:
            swept += _delete_if_old(path, now)
    return swept


def missing_contents() -> list[str]:
    """The digests that rows name and the folder lacks; for the doctor and the drill of a restore."""
    needed = Attachment.objects.filter(is_quarantined=False).exclude(removed_at__isnull=False, sealed_in=None)
    digests = needed.values_list("digest", flat=True).distinct()
    return [digest for digest in digests.iterator() if not content_path(digest).exists()]


def _delete_if_old(path: Path, now: float) -> int:
    if now - path.stat().st_mtime < AGE_SECONDS:
        return 0
    path.unlink(missing_ok=True)
    return 1
