"""Officers' edits: a firm's identity, its attributes from a period on, its stays on the roster.

History is never changed silently: attributes change by a new profile, a stay by its end; each edit leaves a
line with the values before and after and its reason, and announces which periods it touches.
"""

from collections.abc import Mapping as AnyMapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db import transaction

from gongmai.core.access.queries import check_may, check_reach
from gongmai.core.access.types import Actor
from gongmai.core.audit.actions import record
from gongmai.core.outbox.actions import announce
from gongmai.core.period.types import Period
from gongmai.core.registry.actions.columns import place_columns
from gongmai.core.registry.actions.names import spell
from gongmai.core.registry.actions.reference import load_reference
from gongmai.core.registry.events import RosterChanged
from gongmai.core.registry.models import Code, Enterprise, Profile, RosterMembership, UnitMapping
from gongmai.core.registry.queries import current_period
from gongmai.core.registry.rules.cells import last_day
from gongmai.core.registry.rules.credit import check_credit_code, normalise_credit_code
from gongmai.core.registry.rules.industry import check_industry_code, is_within
from gongmai.core.registry.rules.roster import check_stays, list_touched
from gongmai.core.registry.rules.size import compute_size_class
from gongmai.core.registry.rules.unit import build_index, split_by_unit
from gongmai.core.registry.types import Mapping, Place, ProfileSpan, RefusedEdit, Stay

EDIT = "registry.edit"
IDENTITY = ("name", "registered_on", "address", "contact", "contact_phone")
ATTRIBUTES = ("region", "town", "unit", "park", "industry", "workers", "revenue", "size", "tags")


@dataclass(frozen=True, slots=True)
class Attributes:
    """What an officer states of a firm from a period on; the unit, the size and some tags follow from it."""

    region: str
    industry: str
    town: str = ""
    park: str = ""
    workers: int | None = None
    revenue: int | None = None
    tags: tuple[str, ...] = ()


def create_enterprise(
    *,
    actor: Actor,
    credit_code: str,
    name: str,
    from_period: int,
    attributes: Attributes,
    registered_on: date | None = None,
    address: str = "",
    contact: str = "",
    contact_phone: str = "",
) -> Enterprise:
    """Add a firm with its first attributes; it is not on the roster yet. Raises RefusedEdit, NotAllowed."""
    check_may(actor, EDIT)
    code = normalise_credit_code(credit_code)
    for rule in check_credit_code(code):
        raise RefusedEdit("credit_code", rule, code)
    if Enterprise.objects.filter(credit_code=code).exists():
        raise RefusedEdit("credit_code", "firm_twice", code)
    place = _place(attributes, from_period)
    spans = _spans(place, from_period)
    pinyin, initials = spell(name)
    with transaction.atomic():
        firm = Enterprise(
            credit_code=code,
            name=name,
            pinyin=pinyin,
            initials=initials,
            registered_on=registered_on,
            address=address,
            contact=contact,
            contact_phone=contact_phone,
            **place_columns(spans[-1]),
        )
        check_reach(actor, EDIT, firm)
        firm.save()
        _write_spans(firm, spans)
        _record(actor, "enterprise.create", firm, {"name": name, "from": from_period, **_told(firm)})
    return firm


def edit_identity(*, actor: Actor, enterprise_id: int, changes: AnyMapping[str, Any]) -> Enterprise:
    """Change the name, the address or the contact; only what differs is written. Raises NotAllowed."""
    with transaction.atomic():
        firm = _locked(actor, enterprise_id)
        before = {column: getattr(firm, column) for column in IDENTITY}
        after = {column: changes[column] for column in IDENTITY if column in changes}
        differing = {column: value for column, value in after.items() if before[column] != value}
        if differing:
            for column, value in differing.items():
                setattr(firm, column, value)
            firm.pinyin, firm.initials = spell(firm.name)
            firm.save(update_fields=[*differing, "pinyin", "initials"])
            payload = {"before": {column: before[column] for column in differing}, "after": differing}
            _record(actor, "enterprise.edit", firm, payload)
    return firm


def change_attributes(
    *, actor: Actor, enterprise_id: int, from_period: int, attributes: Attributes, reason: str
) -> Enterprise:
    """Let other attributes hold from a period on. What held before stays as it was.

    Refused (RefusedEdit) before the start of the latest profile: that would rewrite a history on which
    other rows stand. A change from the very start of the latest profile replaces it, with both in the trail.
    """
    if not reason.strip():
        raise RefusedEdit("reason", "cell_required")
    with transaction.atomic():
        firm = _locked(actor, enterprise_id)
        latest = firm.profiles.order_by("-valid_from").first()
        if latest is not None and from_period < latest.valid_from:
            start = str(Period.from_key(latest.valid_from))
            raise RefusedEdit("from_period", "profile_order", from_period, start=start)
        before = {column: getattr(latest, column) for column in ATTRIBUTES} if latest else {}
        place = _place(attributes, from_period)
        if latest is not None and latest.valid_from == from_period:
            latest.delete()
        elif latest is not None:
            latest.valid_to = Period.from_key(from_period).previous().key
            latest.save(update_fields=["valid_to"])
        spans = _spans(place, from_period)
        _write_spans(firm, spans)
        current = current_period().key
        if from_period <= current:
            now = next(span for span in reversed(spans) if span.valid_from <= current)
            for column, value in place_columns(now).items():
                setattr(firm, column, value)
            firm.save(update_fields=list(place_columns(now)))
        payload = {"from": from_period, "reason": reason, "before": before, "after": _told(firm)}
        _record(actor, "enterprise.change_attributes", firm, payload)
        _announce(actor, firm, from_period, None)
    return firm


def enter_roster(
    *, actor: Actor, enterprise_id: int, from_period: int, entry_type: str, note: str = ""
) -> RosterMembership:
    """Let a firm come on the roster. Raises RefusedEdit when it is on it, or has no attributes by then."""
    with transaction.atomic():
        firm = _locked(actor, enterprise_id)
        first = firm.profiles.order_by("valid_from").first()
        if first is None or first.valid_from > from_period:
            start = str(Period.from_key(first.valid_from)) if first else ""
            raise RefusedEdit("from_period", "profile_late", from_period, start=start)
        stay = RosterMembership(
            enterprise=firm, from_period=from_period, entry_type=entry_type, note=note[:200]
        )
        _check_roster([*firm.memberships.all(), stay])
        stay.save()
        _set_on_roster(firm)
        payload = {"from": from_period, "entry_type": entry_type, "note": note}
        _record(actor, "roster.enter", firm, payload)
        _announce(actor, firm, from_period, None)
    return stay


def leave_roster(
    *, actor: Actor, enterprise_id: int, to_period: int, exit_type: str, note: str = ""
) -> RosterMembership:
    """End the open stay with `to_period` as its last period. Raises RefusedEdit when there is none."""
    with transaction.atomic():
        firm = _locked(actor, enterprise_id)
        stay = firm.memberships.filter(to_period=None).first()
        if stay is None:
            raise RefusedEdit("to_period", "not_on_roster", to_period)
        stay.to_period, stay.exit_type = to_period, exit_type
        stay.note = (note or stay.note)[:200]
        _check_roster([*firm.memberships.exclude(pk=stay.pk), stay])
        stay.save()
        _set_on_roster(firm)
        payload = {"to": to_period, "exit_type": exit_type, "note": note}
        _record(actor, "roster.leave", firm, payload)
        _announce(actor, firm, Period.from_key(to_period).next().key, None)
    return stay


def _locked(actor: Actor, enterprise_id: int) -> Enterprise:
    check_may(actor, EDIT)
    firm = Enterprise.objects.select_for_update().get(pk=enterprise_id)
    check_reach(actor, EDIT, firm)
    return firm


def _place(stated: Attributes, from_period: int) -> Place:
    """Check what was stated, and add what follows from it."""
    reference, day = load_reference(), last_day(from_period)
    for column in ("region", "town", "park"):
        code = getattr(stated, column)
        if code and not any(
            entry.valid_to is None or day <= entry.valid_to for entry in _entries(column, code)
        ):
            raise RefusedEdit(column, "code_unknown", code, known=column)
    if stated.town and all(entry.parent != stated.region for entry in _entries("town", stated.town)):
        raise RefusedEdit("town", "town_outside_region", stated.town, region=stated.region)
    classes = set(Code.objects.filter(list="industry", extra__level="class").values_list("code", flat=True))
    for rule in check_industry_code(stated.industry, classes, reference.edition):
        raise RefusedEdit("industry", rule, stated.industry, edition=reference.edition.edition)
    if (stated.workers is None) != (stated.revenue is None):
        raise RefusedEdit("workers" if stated.workers is None else "revenue", "size_half")
    size = ""
    if stated.workers is not None and stated.revenue is not None:
        size = compute_size_class(stated.workers, stated.revenue, day, reference.floors)
    tags = (*stated.tags, *_derived_tags(stated.industry, day))
    return Place(
        region=stated.region,
        town=stated.town,
        park=stated.park,
        industry=stated.industry,
        workers=stated.workers,
        revenue=stated.revenue,
        size=size,
        tags=tuple(sorted(set(tags))),
    )


def _entries(name: str, code: str) -> list[Code]:
    return list(Code.objects.filter(list=name, code=code))


def _derived_tags(industry: str, day: date) -> list[str]:
    """Tags that follow from the industry on that day."""
    entries = Code.objects.filter(list="tag", valid_from__lte=day)
    return [
        entry.code
        for entry in entries
        if (entry.valid_to is None or day <= entry.valid_to)
        and is_within(industry, entry.extra.get("industries", ()))
    ]


def _spans(place: Place, from_period: int) -> list[ProfileSpan]:
    rows = UnitMapping.objects.filter(region=place.region)
    index = build_index(Mapping(r.region, r.town, r.unit, r.valid_from, r.valid_to) for r in rows)
    spans, gap = split_by_unit(index, place, from_period, None)
    if gap is not None:
        raise RefusedEdit("town", "unit_missing", place.town, period=str(Period.from_key(gap)))
    return spans


def _write_spans(firm: Enterprise, spans: list[ProfileSpan]) -> None:
    Profile.objects.bulk_create(
        Profile(
            enterprise=firm,
            valid_from=span.valid_from,
            valid_to=span.valid_to,
            workers=span.place.workers,
            revenue=span.place.revenue,
            **place_columns(span),
        )
        for span in spans
    )


def _check_roster(rows: list[RosterMembership]) -> None:
    reference = load_reference()
    stays = [Stay(row.from_period, row.to_period, row.entry_type, row.exit_type) for row in rows]
    for _, column, rule in check_stays(stays, reference.entry_months, reference.exit_types):
        types = reference.exit_types if column == "exit_type" else tuple(reference.entry_months)
        raise RefusedEdit(column, rule, known=", ".join(types))


def _set_on_roster(firm: Enterprise) -> None:
    current = current_period().key
    firm.on_roster = any(
        stay.from_period <= current and (stay.to_period is None or stay.to_period >= current)
        for stay in firm.memberships.all()
    )
    firm.save(update_fields=["on_roster"])


def _told(firm: Enterprise) -> dict[str, Any]:
    return {column: getattr(firm, column) for column in ATTRIBUTES if hasattr(firm, column)}


def _record(actor: Actor, action: str, firm: Enterprise, payload: dict[str, Any]) -> None:
    record(
        actor=actor,
        action=action,
        kind="enterprise",
        object_id=firm.pk,
        payload={"credit_code": firm.credit_code, **payload},
    )


def _announce(actor: Actor, firm: Enterprise, first: int, last: int | None) -> None:
    """Say which periods change: those that are over or open. Future ones are read when they come."""
    if firm.memberships.exists():
        periods = list_touched(first, last, current_period().key)
        announce(RosterChanged(periods=periods), actor_id=actor.user_id)
