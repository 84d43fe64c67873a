"""Erasing a person, and showing a masked number to whoever needs it."""

from typing import Any

from django.db import transaction

from gongmai.core.access.queries import check_may, check_reach
from gongmai.core.access.types import Actor
from gongmai.core.audit.actions import record
from gongmai.core.period import clock
from gongmai.core.personal.queries import find_person, inventory, rows_of


def erase_person(actor: Actor, login: str) -> dict[str, int]:
    """Forget a person: name, telephone, mail, addresses of sign-ins; the account ends. Give rows by model.

    What the law keeps stays by number only: the trail, the steps of a review, versions. Raises NotAllowed,
    NoSuchPerson.
    """
    check_may(actor, "people.erase")
    changed: dict[str, int] = {}
    with transaction.atomic():
        person = find_person(login)
        pseudonym = f"erased-{person.pk}"
        person.is_active = False
        person.set_unusable_password()
        person.save(update_fields=["is_active", "password"])
        person.tokens.filter(revoked_at=None).update(revoked_at=clock.now())
        person.grants.all().delete()
        for entry in inventory().kept:
            rows = rows_of(entry, person.pk)
            if rows is None or entry.erase == "keep":
                continue
            value: Any = {"blank": "", "null": None, "pseudonym": pseudonym}[entry.erase]
            changed[entry.model] = changed.get(entry.model, 0) + rows.update(
                **dict.fromkeys(entry.fields, value)
            )
        record(
            actor=actor, action="people.erase", kind="person", object_id=person.pk, payload={"rows": changed}
        )
    return changed


def reveal_contact(actor: Actor, enterprise: Any) -> str:
    """The whole telephone number of a firm's contact; one line of the trail says who asked."""
    check_reach(actor, "contact.reveal", enterprise)
    with transaction.atomic():
        record(actor=actor, action="contact.reveal", kind="enterprise", object_id=enterprise.pk)
    return str(enterprise.contact_phone)
