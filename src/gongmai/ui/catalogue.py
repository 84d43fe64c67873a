"""The Chinese catalogue: parts by area, merged and compiled into one."""

import os
import tempfile
from pathlib import Path

from django.conf import settings

LOCALE = "zh_Hans"


def folder() -> Path:
    """The folder of the Chinese locale."""
    return Path(settings.LOCALE_PATHS[0]) / LOCALE


def parts() -> list[Path]:
    """The part files, in order."""
    return sorted((folder() / "parts").glob("*.po"))


def compile_if_stale() -> None:
    """Compile where a part is newer than the compiled catalogue; a read-only installation is left."""
    target = _target()
    sources = [path for path in [*parts(), folder() / "parts"] if path.exists()]
    newest = max((path.stat().st_mtime_ns for path in sources), default=0)
    is_stale = newest and (not target.exists() or target.stat().st_mtime_ns < newest)
    if is_stale and os.access(folder(), os.W_OK):
        compile_catalogue()


def compile_catalogue() -> list[str]:
    """Merge the parts and compile them; give the texts with two translations (the first stays)."""
    from babel.messages.catalog import Catalog
    from babel.messages.mofile import write_mo
    from babel.messages.pofile import read_po

    merged = Catalog(locale=LOCALE, domain="django")
    conflicts = []
    for path in parts():
        with path.open("rb") as handle:
            for message in read_po(handle, locale=LOCALE):
                if not message.id:
                    continue
                known = merged.get(message.id, message.context)
                if known is None:
                    merged.add(message.id, message.string, flags=message.flags, context=message.context)
                elif known.string != message.string:
                    conflicts.append(f"{path.name}: {message.id!r}: {known.string!r}, {message.string!r}")
    target = _target()
    target.parent.mkdir(parents=True, exist_ok=True)
    # several processes may start at once: each writes its own file and puts it in place whole
    descriptor, temporary = tempfile.mkstemp(dir=target.parent, suffix=".tmp")
    with os.fdopen(descriptor, "wb") as handle:
        write_mo(handle, merged)
    Path(temporary).chmod(0o644)
    Path(temporary).replace(target)
    return conflicts


def _target() -> Path:
    return folder() / "LC_MESSAGES" / "django.mo"
