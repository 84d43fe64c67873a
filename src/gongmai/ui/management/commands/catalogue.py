"""Merge the parts of the Chinese catalogue and compile them."""

from typing import Any

from django.core.management.base import BaseCommand

from gongmai.ui.catalogue import compile_catalogue


class Command(BaseCommand):
    """Read locale/zh_Hans/parts, write LC_MESSAGES/django.mo."""

    help = __doc__

    def handle(self, *args: Any, **options: Any) -> None:  # noqa: ARG002 - Django's signature
        """Compile, and name the texts that two parts translate differently."""
        for conflict in compile_catalogue():
            self.stderr.write(f"two translations: {conflict}")
