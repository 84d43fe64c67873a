"""The rules as officers see them: the list, one rule with its versions, the parameters."""

from collections.abc import Mapping
from datetime import date
from typing import Any

from gongmai.core.access.types import Actor
from gongmai.core.formula.queries import RuleVersion, versions_of
from gongmai.core.formula.types import VersionState
from gongmai.monitor.filing.queries.audits import (
    CATALOGUE,
    all_audits,
    audit_entries,
    entries_now,
    param_entries,
)
from gongmai.monitor.filing.queries.forms import forms
from gongmai.monitor.filing.queries.trial import can_be_tried
from gongmai.monitor.rule.queries.tallies import judged_returns, rates_by_rule
from gongmai.monitor.rule.rules.rates import Rates
from gongmai.monitor.rule.types import RuleRow

PENDING = (VersionState.DRAFT, VersionState.PROPOSED)


def rule_rows() -> list[RuleRow]:
    """Every rule, by code once: the version that was dated last."""
    rates = rates_by_rule(forms())
    judged = {form: judged_returns(form) for form in forms()}
    pending: dict[str, int] = {}
    for code in (
        versions_of(CATALOGUE).filter(state__in=PENDING, kind="formula").values_list("code", flat=True)
    ):
        pending[code] = pending.get(code, 0) + 1
    found: dict[str, RuleRow] = {}
    for audit in all_audits():
        formula = audit.checked.formula
        found[audit.code] = RuleRow(
            audit.code,
            audit.label,
            audit.form,
            audit.severity.value,
            audit.code[:2].rstrip("_"),
            formula.valid_from,
            formula.valid_to,
            rates.get(audit.code, Rates(judged[audit.form])),
            pending.get(audit.code, 0),
            can_be_tried(audit),
        )
    return list(found.values())


def rule_entries(code: str) -> list[dict[str, Any]]:
    """All dated versions of a rule, the oldest first; empty for an unknown code."""
    return [entry for entry in entries_now() if entry["code"] == code]


def present_entry(code: str, day: date) -> dict[str, Any] | None:
    """The version in force on a day, else the last one."""
    entries = rule_entries(code)
    held = [entry for entry in entries if in_force(entry, day)]
    return (held or entries)[-1] if entries else None


def in_force(entry: Mapping[str, Any], day: date) -> bool:
    """Whether an entry is in force on a day."""
    begins, ends = _day(entry.get("valid_from")), _day(entry.get("valid_to"))
    return (begins is None or begins <= day) and (ends is None or day <= ends)


def _day(value: Any) -> date | None:
    return value if value is None or isinstance(value, date) else date.fromisoformat(str(value))


def written_versions(code: str, kind: str = "formula") -> list[RuleVersion]:
    """What officers wrote for a code, the newest first."""
    return list(versions_of(CATALOGUE, code).filter(kind=kind))


def waiting(actor: Actor) -> list[RuleVersion]:
    """Versions that wait: drafts of the actor, and everybody's proposals."""
    rows = versions_of(CATALOGUE).filter(state__in=PENDING)
    return [row for row in rows if row.state == VersionState.PROPOSED or row.author_id == actor.user_id]


def get_version(pk: int) -> RuleVersion | None:
    """One version by its number."""
    return versions_of(CATALOGUE).filter(pk=pk).first()


def file_entry(code: str) -> dict[str, Any] | None:
    """The rule as the catalogue file has it."""
    return next((dict(entry) for entry in audit_entries() if entry["code"] == code), None)


def get_param(code: str) -> dict[str, Any] | None:
    """A parameter with all its values."""
    return next((param for param in param_entries() if param["code"] == code), None)


def rules_reading(code: str) -> list[str]:
    """Codes of the rules that read a parameter."""
    return list(
        dict.fromkeys(
            audit.code for audit in all_audits() if any(param.code == code for param in audit.checked.params)
        )
    )
