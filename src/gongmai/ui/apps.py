"""The user interface as a Django application."""

from django.apps import AppConfig

from gongmai.ui.catalogue import compile_if_stale


class UiConfig(AppConfig):
    """Sees to it that what is spoken is what was written: a changed catalogue is compiled at start."""

    name = "gongmai.ui"

    def ready(self) -> None:
        """Compile the catalogue where a part is newer."""
        compile_if_stale()
