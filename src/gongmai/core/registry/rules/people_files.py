"""People and parameters of a city's folder."""

import re
from collections.abc import Collection, Mapping

from gongmai.core.access.rules import ALONE, KINDS
from gongmai.core.access.types import Role
from gongmai.core.period.types import Period
from gongmai.core.registry.rules.cells import TableReader
from gongmai.core.registry.rules.code_files import Codes
from gongmai.core.registry.rules.credit import normalise_credit_code
from gongmai.core.registry.types import CityFile, Finding, GrantEntry, ParameterEntry, Row, Table

MINIMUM_PASSWORD = 12
BOUNDS = {"va_rate": (0.0, 1.0), "ppi": (0.2, 5.0)}
SCOPES: Mapping[str, str] = {
    "unit": "unit",
    "region": "region",
    "park": "park",
    "enterprise": "",
    "city": "",
    "none": "",
}
EMPTY_SCOPES = ("city", "none")
_USERNAME = re.compile(r"^[\w.@+-]{2,150}$")


class PeopleFile:
    """Reads people against the lists, the firms and the roles."""

    def __init__(
        self,
        city: CityFile,
        codes: Mapping[str, Codes],
        firms: Collection[str],
        roles: Collection[str],
        findings: list[Finding],
    ) -> None:
        self.city = city
        self.codes = codes
        self.firms = firms
        self.roles = roles
        self.findings = findings

    def read(self, table: Table) -> list[GrantEntry]:
        """One grant for each row."""
        reader = TableReader(table, self.findings)
        needed = ("username", "display_name", "role", "scope_kind", "scope_value")
        if not reader.check_header(needed, ("password",)):
            return []
        grants: list[GrantEntry] = []
        seen: set[tuple[str, ...]] = set()
        roles: dict[str, set[str]] = {}
        for row in table.rows:
            grant = self._grant(reader, row)
            key = grant.username, grant.role, grant.scope_kind, grant.scope_value
            if key in seen:
                reader.add(row, "username", "grant_twice")
            seen.add(key)
            held = roles.setdefault(grant.username, set())
            held.add(grant.role)
            if held & ALONE and len(held) > 1:
                reader.add(row, "role", "roles_apart", roles=", ".join(sorted(held)))
            grants.append(grant)
        return grants

    def _grant(self, reader: TableReader, row: Row) -> GrantEntry:
        role, kind, value = (row.cells[c] for c in ("role", "scope_kind", "scope_value"))
        if kind == "enterprise":
            value = normalise_credit_code(value)
        if not _USERNAME.match(row.cells["username"]):
            reader.add(row, "username", "username_form")
        if role not in self.roles:
            reader.add(row, "role", "code_unknown", known=", ".join(self.roles))
        if kind not in SCOPES:
            reader.add(row, "scope_kind", "code_unknown", known=", ".join(SCOPES))
        elif role in self.roles and kind not in KINDS[Role(role)]:
            reader.add(row, "scope_kind", "scope_contradicts", kinds=", ".join(sorted(KINDS[Role(role)])))
        elif not self._is_scope(kind, value):
            reader.add(row, "scope_value", "scope_unknown", kind=kind)
        password = self._password(reader, row)
        name = reader.text(row, "display_name", 80, required=True)
        return GrantEntry(row.cells["username"], name, role, kind, value, password)

    def _password(self, reader: TableReader, row: Row) -> str:
        """A password is only taken for invented people; it never appears in a finding."""
        password = row.cells.get("password", "")
        if not password:
            return ""
        hidden = Row(row.number, {})
        if not self.city.is_synthetic:
            reader.add(hidden, "password", "password_not_synthetic")
        elif len(password) < MINIMUM_PASSWORD:
            reader.add(hidden, "password", "password_short", minimum=MINIMUM_PASSWORD)
        return password

    def _is_scope(self, kind: str, value: str) -> bool:
        if kind in EMPTY_SCOPES:
            return not value
        return value in self.firms if kind == "enterprise" else value in self.codes[SCOPES[kind]]


def read_parameters(
    table: Table, codes: Mapping[str, Codes], findings: list[Finding]
) -> list[ParameterEntry]:
    """Value-added rates and price indices."""
    reader = TableReader(table, findings)
    if not reader.check_header(("parameter", "industry_division", "period", "value"), ("source",)):
        return []
    entries: dict[tuple[str, str, int], ParameterEntry] = {}
    divisions = {
        code
        for code, rows in codes["industry"].items()
        if any(r.extra.get("level") == "division" for r in rows)
    }
    for row in table.rows:
        code, division = row.cells["parameter"], row.cells["industry_division"]
        if code not in BOUNDS:
            reader.add(row, "parameter", "code_unknown", known=", ".join(BOUNDS))
            continue
        if division not in divisions:
            reader.add(row, "industry_division", "code_unknown", known="06-46")
        period = reader.period(row, "period", required=True) or Period(2000, 12).key
        value = reader.number(row, "value", *BOUNDS[code])
        if (code, division, period) in entries:
            reader.add(row, "period", "parameter_twice")
        source = reader.text(row, "source")
        entries[code, division, period] = ParameterEntry(code, division, period, value or 0.0, source)
    return list(entries.values())
