"""What the registry answers: firms within reach, the roster of a period, code lists and their labels."""

import re
from collections.abc import Callable
from datetime import date
from functools import lru_cache
from typing import Any

import pyarrow as pa
from django.db import connection
from django.db.models import Q, QuerySet
from django.utils.translation import get_language

from gongmai.core.access.queries import check_may, check_reach, scope_filter
from gongmai.core.access.types import Actor
from gongmai.core.period import clock
from gongmai.core.period.types import FIRST_MONTH, LAST_MONTH, Period
from gongmai.core.registry.models import City, Code, Enterprise, Parameter, Profile, RosterMembership
from gongmai.core.registry.rules.roster import is_new
from gongmai.core.registry.types import EnterpriseFilter, Label, Page

PAGE_SIZE = 50
_ASCII = re.compile(r"^[a-z0-9]+$")
_DIVISION, _GROUP = 2, 3

_SNAPSHOT = """
SELECT e.id, e.credit_code, p.region, p.town, p.unit, p.park, p.industry, p.size, p.tags,
       m.from_period, m.entry_type
FROM registry_rostermembership m
JOIN registry_enterprise e ON e.id = m.enterprise_id
JOIN registry_profile p ON p.enterprise_id = m.enterprise_id
WHERE m.from_period <= %s AND (m.to_period IS NULL OR m.to_period >= %s)
  AND p.valid_from <= %s AND (p.valid_to IS NULL OR p.valid_to >= %s)
ORDER BY e.id
"""

SNAPSHOT_SCHEMA = pa.schema(
    [
        ("enterprise_id", pa.int64()),
        ("credit_code", pa.string()),
        ("region", pa.string()),
        ("town", pa.string()),
        ("unit", pa.string()),
        ("park", pa.string()),
        ("industry", pa.string()),
        ("industry_group", pa.string()),
        ("industry_division", pa.string()),
        ("industry_section", pa.string()),
        ("size", pa.string()),
        ("tags", pa.string()),
        ("entry_period", pa.int32()),
        ("entry_type", pa.string()),
        ("on_roster", pa.bool_()),
        ("is_new", pa.bool_()),
    ]
)


def city() -> City | None:
    """The city of this installation, None before one is set up."""
    return City.objects.first()


def current_period() -> Period:
    """The latest period whose months are over: the one that is being filed."""
    today = clock.today()
    if today.month <= FIRST_MONTH:
        return Period(today.year - 1, LAST_MONTH)
    return Period(today.year, today.month - 1)


def roster_snapshot(period_key: int) -> pa.Table:
    """The firms on the roster in a period with their attributes as of then, ordered by enterprise_id.

    No actor: the panel, which calls this, publishes for everybody and applies scopes when it is read.
    Firm names are left out on purpose: the panel's files hold none.
    `is_new`: on the roster for less than a year.
    """
    with connection.cursor() as cursor:
        cursor.execute(_SNAPSHOT, [period_key] * 4)
        rows = cursor.fetchall()
    if not rows:
        return SNAPSHOT_SCHEMA.empty_table()
    pk, credit, region, town, unit, park, industry, size, tags, entry, kind = zip(*rows, strict=True)
    sections = _sections(lists_revision())
    news = {key: is_new(key[0], key[1], period_key) for key in set(zip(entry, kind, strict=True))}
    columns = [
        pk,
        credit,
        region,
        town,
        unit,
        park,
        industry,
        [code[:_GROUP] for code in industry],
        [code[:_DIVISION] for code in industry],
        [sections.get(code[:_DIVISION], "") for code in industry],
        size,
        tags,
        entry,
        kind,
        [True] * len(rows),
        [news[key] for key in zip(entry, kind, strict=True)],
    ]
    arrays = [
        pa.array(column, type=column_type)
        for column, column_type in zip(columns, SNAPSHOT_SCHEMA.types, strict=True)
    ]
    return pa.Table.from_arrays(arrays, schema=SNAPSHOT_SCHEMA)


def list_enterprises(
    actor: Actor, filters: EnterpriseFilter | None = None, page: int = 1, size: int = PAGE_SIZE
) -> Page:
    """A page of the firms within reach that pass the filters, ordered by credit code."""
    chosen = find_enterprises(actor, filters or EnterpriseFilter())
    total = chosen.count()
    pages = max(1, -(-total // size))
    number = min(max(page, 1), pages)
    rows = tuple(chosen.order_by("credit_code")[(number - 1) * size : number * size])
    return Page(rows=rows, number=number, pages=pages, total=total)


def find_enterprises(actor: Actor, filters: EnterpriseFilter) -> QuerySet[Enterprise]:
    """All firms within reach that pass the filters, for counts and exports."""
    check_may(actor, "registry.view")
    chosen = Enterprise.objects.filter(scope_filter(actor, "registry.view"))
    exact = {
        column: value for column in ("unit", "region", "park", "size") if (value := getattr(filters, column))
    }
    chosen = chosen.filter(**exact)
    if filters.industry:
        chosen = chosen.filter(_within(filters.industry))
    if filters.tag:
        chosen = chosen.filter(tags__contains=f"|{filters.tag}|")
    if filters.roster:
        chosen = chosen.filter(on_roster=filters.roster == "on")
    return chosen.filter(_matches(filters.text)) if filters.text.strip() else chosen


def _within(code: str) -> Q:
    """Firms of an industry of any level; a section letter stands for its divisions."""
    if not code.isalpha():
        return Q(industry__startswith=code)
    condition = Q(pk__in=[])
    for division, section in _sections(lists_revision()).items():
        if section == code:
            condition |= Q(industry__startswith=division)
    return condition


def _matches(text: str) -> Q:
    """Name, full pinyin, initials or credit code contain the text."""
    compact = "".join(text.split())
    if _ASCII.match(compact.lower()):
        return (
            Q(initials__contains=compact.lower())
            | Q(pinyin__contains=compact.lower())
            | Q(credit_code__contains=compact.upper())
            | Q(name__contains=text.strip())
        )
    return Q(name__contains=compact)


def get_enterprise(actor: Actor, pk: int) -> Enterprise:
    """One firm; Enterprise.DoesNotExist when there is none, NotAllowed when it is out of reach."""
    check_may(actor, "registry.view")
    enterprise = Enterprise.objects.get(pk=pk)
    check_reach(actor, "registry.view", enterprise)
    return enterprise


def regions_of_units() -> dict[str, set[str]]:
    """For each management unit the regions in which its firms lie."""
    found: dict[str, set[str]] = {}
    for unit, region in Enterprise.objects.values_list("unit", "region").distinct().order_by():
        found.setdefault(unit, set()).add(region)
    return found


def find_by_credit_codes(codes: list[str]) -> dict[str, int]:
    """The numbers of the firms with these credit codes; codes that are unknown are left out."""
    return dict(Enterprise.objects.filter(credit_code__in=codes).values_list("credit_code", "pk"))


def list_profiles(actor: Actor, enterprise: Enterprise) -> list[Profile]:
    """The dated attributes of a firm within reach, latest first."""
    check_reach(actor, "registry.view", enterprise)
    return list(enterprise.profiles.order_by("-valid_from"))


def list_stays(actor: Actor, enterprise: Enterprise) -> list[RosterMembership]:
    """The stays of a firm within reach on the roster, latest first."""
    check_reach(actor, "registry.view", enterprise)
    return list(enterprise.memberships.order_by("-from_period"))


def list_parameters(codes: list[str] | None = None) -> list[tuple[str, str, int, float]]:
    """The parameters as (code, industry_division, period, value), in that order; the panel joins them."""
    rows = Parameter.objects.order_by("code", "industry_division", "period")
    if codes is not None:
        rows = rows.filter(code__in=codes)
    return list(rows.values_list("code", "industry_division", "period", "value"))


def code_list(name: str, on: date | None = None) -> list[Code]:
    """The entries of a list ordered by code; with a date only those valid on it.

    Cached until the lists change, and shared: read them, do not change them.
    """
    revision = lists_revision()
    entries = _entries(name, revision) if revision else _read_entries(name)
    if on is None:
        return list(entries)
    return [
        each for each in entries if each.valid_from <= on and (each.valid_to is None or each.valid_to >= on)
    ]


def labels(name: str) -> dict[str, Label]:
    """The labels of a list by code, the latest where a code was renamed. Cached until the lists change."""
    return _labels(name, lists_revision())


def label_of(name: str, code: str) -> str:
    """The label of one code in the reader's language; the code itself where the list does not have it."""
    return labeller()(name, code)


def labeller() -> Callable[[str, str], str]:
    """`label_of` for a page of many codes: it asks once whether the lists changed."""
    revision, language = lists_revision(), get_language() or "zh-hans"

    def text(name: str, code: str) -> str:
        label = _labels(name, revision).get(code)
        return code if label is None else label.text(language)

    return text


def group_members(group: str) -> list[dict[str, Any]]:
    """The members of one of the city's display groups: code, label, industries, tags; empty when unknown."""
    here = city()
    groups = here.settings.get("groups", []) if here else []
    return next((list(entry["members"]) for entry in groups if entry["code"] == group), [])


def lists_revision() -> int:
    """Counts the changes of code lists, so that processes notice what another one wrote."""
    return City.objects.values_list("revision", flat=True).first() or 0


@lru_cache(maxsize=64)
def _entries(name: str, _revision_number: int) -> tuple[Code, ...]:
    return _read_entries(name)


def _read_entries(name: str) -> tuple[Code, ...]:
    return tuple(Code.objects.filter(list=name).order_by("code", "valid_from"))


@lru_cache(maxsize=64)
def _labels(name: str, _revision_number: int) -> dict[str, Label]:
    rows = Code.objects.filter(list=name).order_by("valid_from")
    return {row.code: Label(row.label_zh, row.label_en) for row in rows.only("code", "label_zh", "label_en")}


@lru_cache(maxsize=4)
def _sections(_revision_number: int) -> dict[str, str]:
    """Division -> section letter."""
    rows = Code.objects.filter(list="industry", extra__level="division")
    return dict(rows.values_list("code", "parent"))
