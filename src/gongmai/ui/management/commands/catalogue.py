"""Compile the Chinese catalogue; merge the parts into it first where there are any."""

from pathlib import Path
from typing import Any

from babel.messages.catalog import Catalog
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po, write_po
from django.conf import settings
from django.core.management.base import BaseCommand


class Command(BaseCommand):
    """Read locale/zh_Hans, write django.po and django.mo."""

    help = __doc__

    def handle(self, *args: Any, **options: Any) -> None:  # noqa: ARG002 - Django's signature
        """Merge parts/*.po into LC_MESSAGES/django.po and compile it."""
        folder = Path(settings.LOCALE_PATHS[0]) / "zh_Hans"
        target = folder / "LC_MESSAGES" / "django.po"
        target.parent.mkdir(parents=True, exist_ok=True)
        merged = Catalog(locale="zh_Hans", domain="django")
        sources = [target] if target.exists() else []
        for path in [*sources, *sorted((folder / "parts").glob("*.po"))]:
            with path.open("rb") as handle:
                for message in read_po(handle, locale="zh_Hans"):
                    if message.id:
                        merged.add(message.id, message.string, flags=message.flags, context=message.context)
        if any((folder / "parts").glob("*.po")):
            with target.open("wb") as handle:
                write_po(handle, merged, sort_output=True, omit_header=False, width=0)
        with target.with_suffix(".mo").open("wb") as handle:
            write_mo(handle, merged)
