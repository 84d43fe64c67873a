"""A few rows of everything, once within the reach of the people below (own), once beyond it (foreign).

A kind of object that appears in an address is added here, in `OBJECTS`.
"""

import hashlib
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

from django.db import transaction

from gongmai.core.access.models import ApiToken, Grant, User
from gongmai.core.access.types import Role, ScopeKind
from gongmai.core.attachment.models import Attachment
from gongmai.core.attachment.queries import content_path
from gongmai.core.audit.actions import record
from gongmai.core.audit.models import Entry
from gongmai.core.formula.models import RuleVersion
from gongmai.core.notify.models import Notice
from gongmai.core.outbox.models import Delivery
from gongmai.core.registry.models import City, Enterprise, Profile
from gongmai.monitor.chase.models import Call
from gongmai.monitor.filing.models import BaseRevision, Return, Version
from gongmai.monitor.warning.models import Alert

NOW = datetime(2023, 7, 6, 1, 0, tzinfo=UTC)
ROLES = tuple(role.value for role in Role if role is not Role.SYSTEM)
SCOPED = frozenset({"enterprise", "county", "park"})


@dataclass
class Sample:
    """The people by role, and for each kind of object its key within reach and beyond."""

    people: dict[str, User] = field(default_factory=dict)
    keys: dict[str, tuple[Any, Any]] = field(default_factory=dict)


def build() -> Sample:
    """Write the rows."""
    sample = Sample()
    City.objects.create(
        code="999900", label_zh="样城", label_en="Sample", bureau_zh="样城工信局", bureau_en="Bureau"
    )
    own, foreign = (
        Enterprise.objects.create(
            credit_code=code, name=name, unit=unit, region=region, park=park, industry="2011", on_roster=True
        )
        for code, name, unit, region, park in (
            ("91999900MA0000001X", "近处", "U1", "999901", "P1"),
            ("91999900MA0000002X", "远处", "U2", "999902", "P2"),
        )
    )
    for firm in (own, foreign):
        place = {name: getattr(firm, name) for name in ("unit", "region", "park", "industry")}
        Profile.objects.create(enterprise=firm, valid_from=202202, **place)
    sample.keys["enterprise"] = (own.pk, foreign.pk)
    scopes = {
        "enterprise": (ScopeKind.ENTERPRISE, str(own.pk)),
        "county": (ScopeKind.UNIT, "U1"),
        "park": (ScopeKind.PARK, "P1"),
        "bank": (ScopeKind.NONE, ""),
        "expert": (ScopeKind.NONE, ""),
        "sysadmin": (ScopeKind.NONE, ""),
    }
    for role in ROLES:
        person = User.objects.create(username=f"a-{role}", display_name=role)
        kind, value = scopes.get(role, (ScopeKind.CITY, ""))
        Grant.objects.create(user=person, role=role, scope_kind=kind, scope_value=value)
        sample.people[role] = person
    for kind, make in OBJECTS.items():
        sample.keys[kind] = (make(sample, own), make(sample, foreign))
    return sample


def make_return(_sample: Sample, enterprise: Enterprise) -> int:
    filing = Return.objects.create(enterprise=enterprise, form="monthly", period=202306, versions_count=1)
    Version.objects.create(filing=filing, number=1, cells="{}", digest="x", source="page", submitted_at=NOW)
    return filing.pk


def make_revision(_sample: Sample, enterprise: Enterprise) -> int:
    filing = Return.objects.get(enterprise=enterprise)
    row = BaseRevision(filing=filing, cell="output__base", wanted_value=1, reason="merged", requested_at=NOW)
    row.save()
    return row.pk


def make_person(_sample: Sample, enterprise: Enterprise) -> int:
    return User.objects.create(username=f"p-{enterprise.pk}").pk


def make_token(sample: Sample, enterprise: Enterprise) -> int:
    """A key of the firm's person, and one of a stranger."""
    own, _ = sample.keys["enterprise"]
    owner = sample.people["enterprise"] if enterprise.pk == own else sample.people["bank"]
    return ApiToken.objects.create(user=owner, label="x", digest=str(enterprise.pk), created_at=NOW).pk


def make_attachment(_sample: Sample, enterprise: Enterprise) -> str:
    """A file of the firm that its submitted version names, with its content."""
    content = b"a,b\n1,2\n"
    digest = hashlib.new("sm3", content).hexdigest()
    path = content_path(digest)
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(content)
    filing = Return.objects.get(enterprise=enterprise)
    row = Attachment.objects.create(
        key=f"key-{enterprise.pk}", kind="return", object_id=filing.pk, enterprise=enterprise, name="a.csv",
        type="csv", size=len(content), digest=digest, uploaded_at=NOW, sealed_in=1,
    )  # fmt: skip
    return row.key


def make_delivery(_sample: Sample, _enterprise: Enterprise) -> int:
    row = Delivery(event="x", handler="x", payload={}, state="failed", available_at=NOW, created_at=NOW)
    row.save()
    return row.pk


def make_entry(sample: Sample, enterprise: Enterprise) -> int:
    from gongmai.core.access.queries import actor_of

    with transaction.atomic():
        record(actor=actor_of(sample.people["city"]), action="x", kind="enterprise", object_id=enterprise.pk)
    row = Entry.objects.last()
    assert row is not None
    return row.pk


def make_notice(sample: Sample, _enterprise: Enterprise) -> int:
    """A notice of somebody else: whoever asks for it is told that there is none."""
    stranger = User.objects.create(username=f"s-{User.objects.count()}")
    row = Notice(person=stranger, kind="x", key=f"x{stranger.pk}", subject_zh="x", created_at=NOW)
    row.save()
    return row.pk


def make_call(_sample: Sample, enterprise: Enterprise) -> int:
    filing = Return.objects.get(enterprise=enterprise)
    row = Call(filing=filing, enterprise=enterprise, at=NOW, outcome="no_answer", new_phone="1")
    row.save()
    return row.pk


def make_warning(_sample: Sample, enterprise: Enterprise) -> int:
    period = 202306
    row = Alert(
        trigger="output_fall",
        level="enterprise",
        key=str(enterprise.pk),
        enterprise=enterprise,
        unit=enterprise.unit,
        first_period=period,
        last_period=period,
        seen_period=period,
        colour=4,
        worst=4,
        share=0.5,
        score=4.0,
        vintage=1,
        state="assigned",
        found_at=NOW,
        updated_at=NOW,
    )
    row.save()
    return int(row.pk)


def make_rule_version(sample: Sample, _enterprise: Enterprise) -> int:
    row = RuleVersion(
        catalogue="audits", kind="param", code="month_limit", entry={"value": 1}, valid_from=NOW.date(),
        state="proposed", author_id=sample.people["city"].pk, author="city", changed_at=NOW,
    )  # fmt: skip
    row.save()
    return row.pk


OBJECTS: dict[str, Callable[[Sample, Enterprise], Any]] = {
    "return": make_return,
    "revision": make_revision,
    "attachment": make_attachment,
    "person": make_person,
    "token": make_token,
    "delivery": make_delivery,
    "entry": make_entry,
    "notice": make_notice,
    "call": make_call,
    "warning": make_warning,
    "rule_version": make_rule_version,
}
