"""Finding the adapter that fills a port: the settings name it, nobody imports it."""

from functools import lru_cache
from typing import Any

from django.conf import settings
from django.utils.module_loading import import_string


@lru_cache(maxsize=16)
def adapter(name: str) -> Any:
    """The one instance of the adapter that the settings name for `name`; KeyError when none is named."""
    return import_string(settings.GONGMAI_ADAPTERS[name])()
