"""Reading the inventory, and everything that is kept of one person."""

from collections.abc import Iterator
from functools import lru_cache
from importlib.resources import files
from typing import Any

import yaml
from django.apps import apps
from django.db.models import QuerySet

from gongmai.core.access.queries import check_may
from gongmai.core.access.types import Actor
from gongmai.core.personal.rules import looks_personal
from gongmai.core.personal.types import Inventory, Kept, NoSuchPerson, Retention

SELF, NONE = "self", "none"


@lru_cache(maxsize=1)
def inventory() -> Inventory:
    """The inventory of personal data."""
    text = files("gongmai.core.personal").joinpath("data/inventory.yaml").read_text(encoding="utf-8")
    read = yaml.safe_load(text)
    kept = tuple(
        Kept(**{**entry, "fields": tuple(entry["fields"]), "seen_by": tuple(entry["seen_by"])})
        for entry in read["fields"]
    )
    plain = {entry["model"]: frozenset(entry["fields"]) for entry in read["not_personal"]}
    return Inventory(kept, plain, tuple(Retention(**entry) for entry in read["retention"]))


def missing_fields() -> list[str]:
    """Text fields of the product's models whose name looks personal and that the inventory does not name."""
    known: dict[str, set[str]] = {model: set(fields) for model, fields in inventory().not_personal.items()}
    for entry in inventory().kept:
        known.setdefault(entry.model, set()).update(entry.fields)
    return sorted(
        f"{model._meta.label}.{field.name}"  # noqa: SLF001 - Django documents _meta
        for model in apps.get_models()
        if model.__module__.startswith("gongmai.")
        for field in model._meta.concrete_fields  # noqa: SLF001
        if field.get_internal_type() in {"CharField", "TextField", "EmailField", "GenericIPAddressField"}
        and looks_personal(field.name)
        and field.name not in known.get(model._meta.label, set())  # noqa: SLF001
    )


def export_person(actor: Actor, login: str) -> dict[str, Any]:
    """Everything that the inventory names of one person, by model. Raises NotAllowed, NoSuchPerson."""
    check_may(actor, "people.export")
    person = find_person(login)
    found: dict[str, Any] = {
        "login": login,
        "number": person.pk,
        "grants": list(person.grants.values("role", "scope_kind", "scope_value")),
        "created_at": person.date_joined,
        "last_sign_in": person.last_login,
    }
    for entry in inventory().kept:
        rows = rows_of(entry, person.pk)
        if rows is not None:
            found.setdefault(entry.model, []).extend(_facts(entry, rows))
    return found


def find_person(login: str) -> Any:
    """The account of a login; NoSuchPerson where there is none."""
    person = apps.get_model("access", "User").objects.filter(username=login).first()
    if person is None:
        raise NoSuchPerson(login)
    return person


def rows_of(entry: Kept, number: int) -> QuerySet[Any] | None:
    """The rows of an entry that are about a person; None where rows are not linked to accounts."""
    if entry.person == NONE:
        return None
    column = "pk" if entry.person == SELF else entry.person
    rows: QuerySet[Any] = apps.get_model(entry.model).objects.filter(**{column: number})
    return rows


def _facts(entry: Kept, rows: QuerySet[Any]) -> Iterator[dict[str, Any]]:
    for row in rows.order_by("pk").values("pk", *entry.fields).iterator(chunk_size=2000):
        yield {**row, "purpose": entry.purpose, "kept": entry.kept}
