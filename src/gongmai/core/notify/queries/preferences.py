"""How people want to be told, and whether a channel is there at all."""

from collections.abc import Collection, Mapping
from datetime import date

from django.conf import settings

from gongmai.core.access.queries import check_may, may, own_id
from gongmai.core.access.types import Actor
from gongmai.core.notify.models import Hook, Preference
from gongmai.core.notify.queries.catalogue import default_quiet
from gongmai.core.notify.types import Channel, Kind, Quiet

HOOK_RIGHT = "notify.hook"


def own_preference(actor: Actor) -> Preference:
    """The actor's preferences, unsaved defaults where none were set."""
    check_may(actor, "inbox.own")
    person = own_id(actor)
    return Preference.objects.filter(person_id=person).first() or Preference(person_id=person)


def own_hook(actor: Actor) -> Hook | None:
    """The actor's webhook; None where there is none, or the actor may not have one."""
    return Hook.objects.filter(person_id=own_id(actor)).first() if may(actor, HOOK_RIGHT) else None


def has_email() -> bool:
    """Whether the operator has named a mail server."""
    return bool(settings.GONGMAI_MAIL)


def preferences_of(people: Collection[int]) -> Mapping[int, Preference]:
    """The preferences of those who have set any."""
    return {row.person_id: row for row in Preference.objects.filter(person_id__in=people)}


def hooks_of(people: Collection[int]) -> set[int]:
    """Who of the people has a webhook."""
    return set(Hook.objects.filter(person_id__in=people).values_list("person_id", flat=True))


def wanted_channels(kind: Kind, preference: Preference | None, *, has_hook: bool) -> list[Channel]:
    """The channels on which a kind leaves for a person: what they chose, as far as it can reach them."""
    chosen = set(kind.channels)
    if preference is not None and kind.code in preference.channels:
        chosen = {Channel(name) for name in preference.channels[kind.code] if name in set(Channel)}
    reach = {
        Channel.EMAIL: has_email() and preference is not None and preference.is_verified,
        Channel.WEBHOOK: has_hook,
    }
    return [channel for channel in Channel if channel in chosen and reach[channel]]


def quiet_of(preference: Preference | None, day: date) -> Quiet:
    """The person's quiet hours and digest, or the house's."""
    if preference is None or preference.pk is None:
        return default_quiet(day)
    return Quiet(preference.quiet_start, preference.quiet_end, preference.digest_at)
