"""What city.yaml must say."""

import re
from collections.abc import Mapping
from datetime import date, datetime
from itertools import combinations
from typing import Any

from gongmai.core.period.types import Period
from gongmai.core.registry.types import CityFile, Finding, Label

FILE = "city.yaml"
KEYS = {
    "code", "label", "bureau", "is_synthetic", "simulated_now", "history_from", "current_period", "groups",
}  # fmt: skip
_CODE = re.compile(r"^\d{6}$")


class _Reader:
    """Collects the findings of the one file."""

    def __init__(self, content: Mapping[str, Any]) -> None:
        self.content = content
        self.findings: list[Finding] = []

    def add(self, key: str, rule: str, value: object = "", **detail: object) -> None:
        """Record a finding."""
        self.findings.append(Finding(FILE, None, key, rule, str(value)[:80], detail))

    def label(self, key: str) -> Label:
        """A required name in Chinese, with an English one where there is one."""
        return self.label_in(self.content.get(key), key)

    def label_in(self, value: Any, key: str) -> Label:
        """The name that `value` is."""
        if isinstance(value, Mapping) and isinstance(value.get("zh-Hans"), str) and value["zh-Hans"]:
            return Label(value["zh-Hans"], str(value.get("en") or ""))
        self.add(key, "city_label", value or "")
        return Label("")

    def period(self, key: str) -> Period:
        """A required period."""
        try:
            return Period.parse(str(self.content.get(key, "")))
        except ValueError:
            self.add(key, "period_form", self.content.get(key, ""))
            return Period(2000, 12)

    def moment(self, key: str) -> datetime | None:
        """An ISO time with zone; None where it is not stated."""
        value = self.content.get(key)
        if value is None:
            return None
        try:
            moment = value if isinstance(value, datetime) else datetime.fromisoformat(str(value))
        except ValueError:
            moment = None
        if moment is None or moment.tzinfo is None:
            self.add(key, "city_moment", value)
            return None
        return moment


def read_city(content: Any) -> tuple[CityFile, list[Finding]]:
    """The city that the parsed file describes, and what is wrong with it."""
    reader = _Reader(content if isinstance(content, Mapping) else {})
    for key in sorted(set(reader.content) - KEYS):
        reader.add(str(key), "city_key", key, keys=", ".join(sorted(KEYS)))
    code = str(reader.content.get("code", ""))
    if not _CODE.match(code):
        reader.add("code", "city_code", code)
    city = CityFile(
        code=code,
        label=reader.label("label"),
        bureau=reader.label("bureau"),
        is_synthetic=reader.content.get("is_synthetic", False) is True,
        simulated_now=reader.moment("simulated_now"),
        history_from=reader.period("history_from"),
        current_period=reader.period("current_period"),
        groups=_read_groups(reader),
    )
    if city.simulated_now and not city.is_synthetic:
        reader.add("simulated_now", "city_not_synthetic", city.simulated_now)
    if city.current_period < city.history_from:
        reader.add("current_period", "span_reversed", city.current_period)
    return city, reader.findings


def _read_groups(reader: _Reader) -> tuple[dict[str, Any], ...]:
    groups = []
    for position, group in enumerate(reader.content.get("groups") or ()):
        key = f"groups[{position}]"
        if not isinstance(group, Mapping) or not group.get("code") or not group.get("members"):
            reader.add(key, "city_group", group)
            continue
        members = [
            _read_member(reader, member, f"{key}.members[{place}]")
            for place, member in enumerate(group["members"])
        ]
        for one, other in combinations(members, 2):
            for a, b in ((a, b) for a in one["industries"] for b in other["industries"]):
                if a.startswith(b) or b.startswith(a):
                    reader.add(key, "groups_overlap", f"{a}, {b}", one=one["code"], other=other["code"])
        label = reader.label_in(group.get("label"), f"{key}.label")
        groups.append({"code": str(group["code"]), "label": _both(label), "members": members})
    return tuple(groups)


def _both(label: Label) -> dict[str, str]:
    """A label in the shape of the catalogues: the Chinese one where the English is not stated."""
    return {"zh-Hans": label.zh, "en": label.en or label.zh}


def _read_member(reader: _Reader, member: Any, key: str) -> dict[str, Any]:
    if not isinstance(member, Mapping) or not member.get("code"):
        reader.add(key, "city_group", member)
        member = {}
    label = reader.label_in(member.get("label"), f"{key}.label")
    return {
        "code": str(member.get("code", "")),
        "label": _both(label),
        "industries": [str(code) for code in member.get("industries") or ()],
        "tags": [str(code) for code in member.get("tags") or ()],
    }


def first_day(city: CityFile) -> date:
    """The start of a code whose start is not stated: the first day of the history's first year."""
    return date(city.history_from.year, 1, 1)
