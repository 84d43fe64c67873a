"""Making a folder of plain files the city of this installation, all or nothing and set-based."""

import json
import secrets
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from django.apps import apps
from django.contrib.auth import get_user_model
from django.contrib.auth.hashers import make_password
from django.db import models, transaction
from django.db.models import F
from django.db.models.fields.related_descriptors import ForwardManyToOneDescriptor

from gongmai.core.access.queries import check_may
from gongmai.core.access.types import Actor
from gongmai.core.audit.actions import record
from gongmai.core.outbox.actions import announce
from gongmai.core.registry.actions.columns import place_columns
from gongmai.core.registry.actions.folder import read_folder
from gongmai.core.registry.actions.names import spell
from gongmai.core.registry.actions.reference import load_reference
from gongmai.core.registry.events import RosterChanged
from gongmai.core.registry.models import (
    City,
    Code,
    Enterprise,
    Parameter,
    Profile,
    RosterMembership,
    UnitMapping,
)
from gongmai.core.registry.rules.plan import OPTIONAL, REQUIRED, build_plan
from gongmai.core.registry.types import CityFile, CityPlan, CodeEntry, Finding, Firm, ProfileSpan

Progress = Callable[[int, int, str], None]
BATCH = 2000
KEPT_APPS = {"audit"}


@dataclass(slots=True)
class Imported:
    """What an import found and wrote: nothing is written when there are findings."""

    findings: list[Finding] = field(default_factory=list)
    counts: dict[str, int] = field(default_factory=dict)
    city: CityFile | None = None


def silent(_done: int, _total: int, _text: str) -> None:
    """Show no progress."""


def read_plan(folder: Path) -> tuple[CityPlan, list[Finding]]:
    """The folder read and checked; nothing is written."""
    content, tables, findings = read_folder(folder, (*REQUIRED, *OPTIONAL))
    plan, faults = build_plan(content, tables, load_reference())
    unreadable = {finding.file for finding in findings}
    return plan, findings + [fault for fault in faults if fault.file not in unreadable]


def import_city(
    *, actor: Actor, folder: Path, replace: bool = False, progress: Progress = silent
) -> Imported:
    """Import everything of a city's folder except its returns (docs/city-folder.md).

    Refuses with the finding ``city_exists`` when there is a city and `replace` is not set. Raises NotAllowed.
    """
    check_may(actor, "registry.import")
    progress(0, 4, "reading")
    plan, findings = read_plan(folder)
    exists = City.objects.exists()
    if exists and not replace:
        findings.append(Finding("city.yaml", None, "code", "city_exists", plan.city.code))
    if findings:
        return Imported(findings)
    with transaction.atomic():
        if exists:
            clear_city(actor=actor)
        progress(1, 4, "code lists")
        _write_lists(plan)
        progress(2, 4, "enterprises")
        ids = _write_firms(plan)
        progress(3, 4, "people")
        _write_people(plan, ids)
        counts = _count(plan)
        record(actor=actor, action="city.import", kind="city", object_id=plan.city.code, payload=counts)
        # Should whoever imports die before the panel is published, the worker publishes what is pending.
        announce(RosterChanged(periods=()), actor_id=actor.user_id)
    progress(4, 4, "registry")
    return Imported(counts=counts, city=plan.city)


def load_national_lists(*, actor: Actor) -> int:
    """Bring the lists of this release into the database: new entries are added, changed ones replaced."""
    check_may(actor, "registry.import")
    entries = load_reference().entries
    with transaction.atomic():
        Code.objects.bulk_create(
            [_code(entry) for entry in entries],
            batch_size=BATCH,
            update_conflicts=True,
            unique_fields=["list", "code", "valid_from"],
            update_fields=["label_zh", "label_en", "valid_to", "parent", "source", "extra"],
        )
        City.objects.update(revision=F("revision") + 1)
        payload = {"entries": len(entries)}
        record(actor=actor, action="code_list.load", kind="code_list", object_id="national", payload=payload)
    return len(entries)


def clear_city(*, actor: Actor) -> None:
    """Empty every table of the product except the trail; system administrators keep their accounts.

    Raw deletes in one transaction, in which the next city is written too: constraints wait for its end.
    """
    check_may(actor, "registry.import")
    users = get_user_model()
    keep = list(users.objects.filter(grants__role="sysadmin").values_list("pk", flat=True))
    with transaction.atomic():
        for model in _all_models():
            rows: models.QuerySet[Any] = models.QuerySet(model)
            if model is users:
                rows = rows.exclude(pk__in=keep)
            elif isinstance(getattr(model, "user", None), ForwardManyToOneDescriptor):
                rows = rows.exclude(user__in=keep)
            rows._raw_delete(rows.db)  # noqa: SLF001 - delete() would read 440,000 returns one by one
        record(actor=actor, action="city.clear", kind="city", object_id="all")


def _all_models() -> Iterable[type[models.Model]]:
    for config in apps.get_app_configs():
        if config.name.startswith("gongmai.") and config.label not in KEPT_APPS:
            yield from config.get_models(include_auto_created=True)


def _write_lists(plan: CityPlan) -> None:
    city = plan.city
    City.objects.create(
        code=city.code,
        label_zh=city.label.zh,
        label_en=city.label.en or city.label.zh,
        bureau_zh=city.bureau.zh,
        bureau_en=city.bureau.en or city.bureau.zh,
        is_synthetic=city.is_synthetic,
        settings={
            "history_from": city.history_from.key,
            "current_period": city.current_period.key,
            "simulated_now": city.simulated_now.isoformat() if city.simulated_now else None,
            "groups": json.loads(json.dumps(city.groups)),
        },
        # a number that no city before had: what was kept of its labels must not be taken for this one's
        revision=secrets.randbelow(2**30) + 1,
    )
    Code.objects.all().delete()
    Code.objects.bulk_create([_code(entry) for entry in plan.codes], batch_size=BATCH)
    UnitMapping.objects.bulk_create(
        [
            UnitMapping(
                region=row.region,
                town=row.town,
                unit=row.unit,
                valid_from=row.valid_from,
                valid_to=row.valid_to,
            )
            for row in plan.mappings
        ],
        batch_size=BATCH,
    )
    Parameter.objects.bulk_create(
        [
            Parameter(
                code=row.code,
                industry_division=row.industry_division,
                period=row.period,
                value=row.value,
                source=row.source,
            )
            for row in plan.parameters
        ],
        batch_size=BATCH,
    )


def _code(entry: CodeEntry) -> Code:
    return Code(
        list=entry.list,
        code=entry.code,
        label_zh=entry.label.zh,
        label_en=entry.label.en,
        parent=entry.parent,
        valid_from=entry.valid_from,
        valid_to=entry.valid_to,
        source=entry.source,
        extra=entry.extra,
    )


def _write_firms(plan: CityPlan) -> dict[str, int]:
    """Enterprises in order of credit code, so that a folder always gives the same numbers; dated rows."""
    firms = [plan.firms[code] for code in sorted(plan.firms)]
    rows = Enterprise.objects.bulk_create([_enterprise(firm, plan.city) for firm in firms], batch_size=BATCH)
    ids = {row.credit_code: row.pk for row in rows}
    Profile.objects.bulk_create(
        [_profile(ids[firm.credit_code], span) for firm in firms for span in firm.profiles],
        batch_size=BATCH,
    )
    RosterMembership.objects.bulk_create(
        [
            RosterMembership(
                enterprise_id=ids[firm.credit_code],
                from_period=stay.from_period,
                to_period=stay.to_period,
                entry_type=stay.entry_type,
                exit_type=stay.exit_type,
            )
            for firm in firms
            for stay in firm.stays
        ],
        batch_size=BATCH,
    )
    return ids


def _enterprise(firm: Firm, city: CityFile) -> Enterprise:
    current = city.current_period.key
    began = [span for span in firm.profiles if span.valid_from <= current] or firm.profiles[:1]
    latest = began[-1] if began else None
    pinyin, initials = spell(firm.name)
    row = Enterprise(
        credit_code=firm.credit_code,
        name=firm.name,
        pinyin=pinyin,
        initials=initials,
        registered_on=firm.registered_on,
        address=firm.address,
        contact=firm.contact,
        contact_phone=firm.contact_phone,
        is_synthetic=city.is_synthetic,
        on_roster=any(
            stay.from_period <= current and (stay.to_period is None or stay.to_period >= current)
            for stay in firm.stays
        ),
    )
    if latest is not None:
        for column, value in place_columns(latest).items():
            setattr(row, column, value)
    return row


def _profile(enterprise_id: int, span: ProfileSpan) -> Profile:
    return Profile(
        enterprise_id=enterprise_id,
        valid_from=span.valid_from,
        valid_to=span.valid_to,
        workers=span.place.workers,
        revenue=span.place.revenue,
        **place_columns(span),
    )


def _write_people(plan: CityPlan, ids: dict[str, int]) -> None:
    """Accounts and grants. An account that was kept (a system administrator) is not touched."""
    users = get_user_model()
    kept = set(users.objects.values_list("username", flat=True))
    for grant in plan.grants:
        if grant.username in kept:
            continue
        password = make_password(grant.password or None)
        user, _ = users.objects.get_or_create(
            username=grant.username, defaults={"display_name": grant.display_name, "password": password}
        )
        value = str(ids[grant.scope_value]) if grant.scope_kind == "enterprise" else grant.scope_value
        user.grants.get_or_create(role=grant.role, scope_kind=grant.scope_kind, scope_value=value)


def _count(plan: CityPlan) -> dict[str, int]:
    return {
        "codes": len(plan.codes),
        "enterprises": len(plan.firms),
        "profiles": sum(len(firm.profiles) for firm in plan.firms.values()),
        "stays": sum(len(firm.stays) for firm in plan.firms.values()),
        "parameters": len(plan.parameters),
        "people": len({grant.username for grant in plan.grants}),
    }
