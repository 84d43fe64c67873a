"""The menu: which pages an actor may open, in the reader's language."""

from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any

import yaml
from django.urls import NoReverseMatch, reverse
from django.utils.translation import get_language

from gongmai.core.access import queries as access
from gongmai.core.access.types import Actor

_MENU = Path(__file__).parents[1] / "data" / "menu.yaml"


@dataclass(frozen=True, slots=True)
class MenuItem:
    """One link of the menu."""

    label: str
    url: str
    icon: str
    current: bool
    count: int = 0


@dataclass(frozen=True, slots=True)
class MenuGroup:
    """A headed group of links; `label` may be empty."""

    label: str
    items: tuple[MenuItem, ...]


def say(label: dict[str, str]) -> str:
    """The text of a ``{zh-Hans, en}`` label in the reader's language."""
    return label["en"] if (get_language() or "").startswith("en") else label["zh-Hans"]


def menu(actor: Actor, path: str) -> tuple[MenuGroup, ...]:
    """The groups with at least one existing page that the actor may open; `path` is the current one."""
    open_to_actor = [
        (group, [entry for entry in group["items"] if _may_see(actor, entry) and _address(entry["url"])])
        for group in _table()
    ]
    addresses = [
        (_address(entry["url"]), entry.get("exact", False)) for _, items in open_to_actor for entry in items
    ]
    current = max((a for a, exact in addresses if _covers(a, path, exact)), key=len, default="")
    return tuple(
        MenuGroup(
            say(group["label"]) if "label" in group else "",
            tuple(
                MenuItem(
                    say(entry["label"]),
                    _address(entry["url"]),
                    entry["icon"],
                    _address(entry["url"]) == current,
                )
                for entry in items
            ),
        )
        for group, items in open_to_actor
        if items
    )


@lru_cache(maxsize=1)
def _table() -> list[dict[str, Any]]:
    return yaml.safe_load(_MENU.read_text(encoding="utf-8"))  # type: ignore[no-any-return]


def _may_see(actor: Actor, entry: dict[str, Any]) -> bool:
    if "roles" in entry and not actor.roles & set(entry["roles"]):
        return False
    if entry.get("several_firms") and len(actor.enterprise_ids) < 2:  # noqa: PLR2004 - several
        return False
    return "action" not in entry or access.may(actor, entry["action"])


@lru_cache(maxsize=128)
def _address(name: str) -> str:
    try:
        return reverse(name)
    except NoReverseMatch:
        return ""


def _covers(address: str, path: str, exact: bool) -> bool:
    return path == address or (not exact and path.startswith(address))


def link(name: str, query: str = "") -> str:
    """The address of a page by name with a query string; empty where there is no such page."""
    address = _address(name)
    return f"{address}?{query}" if address and query else address
