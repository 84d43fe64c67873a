"""The catalogue of notices: what can be told, in which words, on which channels."""

from datetime import date, time
from functools import lru_cache
from pathlib import Path
from typing import Any

import yaml
from django.conf import settings

from gongmai.core.notify.rules.wording import unknown_slots
from gongmai.core.notify.types import LANGUAGES, Channel, Kind, NotifyError, Quiet, Template


@lru_cache(maxsize=1)
def kinds() -> dict[str, Kind]:
    """Every kind by code, in the order of the files. Raises NotifyError for a wording that does not hold."""
    found: dict[str, Kind] = {}
    for document in _documents():
        for entry in document.get("kinds", ()):
            kind = _kind(entry, document["groups"])
            if kind.code in found:
                raise NotifyError("kind_twice", kind=kind.code)
            found[kind.code] = kind
    return found


def kind_of(code: str) -> Kind:
    """One kind. Raises NotifyError `unknown_kind`."""
    try:
        return kinds()[code]
    except KeyError:
        raise NotifyError("unknown_kind", kind=code) from None


def default_quiet(day: date) -> Quiet:
    """The quiet hours of who has chosen none."""
    for document in _documents():
        for entry in reversed(document.get("defaults", ())):
            if entry["valid_from"] <= day:
                return Quiet(time.fromisoformat(entry["quiet_start"]), time.fromisoformat(entry["quiet_end"]))
    return Quiet()


@lru_cache(maxsize=1)
def _documents() -> list[Any]:
    root = Path(settings.PACKAGE_DIR)
    return [yaml.safe_load((root / path).read_text(encoding="utf-8")) for path in settings.GONGMAI_NOTICES]


def _kind(entry: dict[str, Any], groups: dict[str, dict[str, str]]) -> Kind:
    templates = tuple(
        Template(
            valid_from=each["valid_from"],
            valid_to=each.get("valid_to"),
            fields=tuple(each["fields"]),
            subject={language: each["subject"][language] for language in LANGUAGES},
            body={language: each["body"][language] for language in LANGUAGES},
        )
        for each in sorted(entry["templates"], key=lambda each: each["valid_from"])
    )
    for template in templates:
        if unknown := unknown_slots(template):
            raise NotifyError("unknown_field", kind=entry["code"], field=unknown[0])
    return Kind(
        code=entry["code"],
        label=entry["label"],
        group=groups[entry["group"]],
        channels=tuple(Channel(channel) for channel in entry["channels"]),
        urgent=entry["urgent"],
        templates=templates,
        roles=frozenset(entry.get("roles", ())),
    )
