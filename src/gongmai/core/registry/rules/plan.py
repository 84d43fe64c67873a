"""From the tables of a city's folder to a plan that can be written, or to what is wrong with them."""

from collections.abc import Mapping
from typing import Any

from gongmai.core.registry.rules.city_file import FILE as CITY_FILE
from gongmai.core.registry.rules.city_file import first_day, read_city
from gongmai.core.registry.rules.code_files import CodeFiles, index_codes
from gongmai.core.registry.rules.firm_files import FirmFiles
from gongmai.core.registry.rules.people_files import PeopleFile, read_parameters
from gongmai.core.registry.rules.unit import build_index
from gongmai.core.registry.types import CityFile, CityPlan, CodeEntry, Finding, Reference, Table

REQUIRED = ("regions", "units", "unit_towns", "enterprises", "roster")
OPTIONAL = ("parks", "profiles", "parameters", "people")
CODES = "codes/"


def build_plan(
    city_yaml: Any, tables: Mapping[str, Table], reference: Reference
) -> tuple[CityPlan, list[Finding]]:
    """The plan of a city and everything that is wrong; the plan may be written only when nothing is.

    `tables` are the files by name without ending (``regions``, ``codes/product``); those that are missing and
    required become findings.
    """
    city, findings = read_city(city_yaml)
    findings += [Finding(f"{name}.csv", None, "", "file_missing") for name in REQUIRED if name not in tables]
    plan = CityPlan(city)
    if findings:
        return plan, findings
    plan.codes = _read_codes(city, tables, reference, findings)
    codes = index_codes(plan.codes)
    _check_groups(city, codes, findings)
    reader = CodeFiles(first_day(city), findings)
    plan.mappings = reader.unit_towns(tables["unit_towns"], codes, city.history_from.key)
    firms = FirmFiles(city, codes, build_index(plan.mappings), reference, findings)
    plan.firms, stated = firms.firms(tables["enterprises"])
    firms.profiles(tables.get("profiles"), plan.firms, stated)
    firms.roster(tables["roster"], plan.firms)
    if "parameters" in tables:
        plan.parameters = read_parameters(tables["parameters"], codes, findings)
    if "people" in tables:
        people = PeopleFile(city, codes, plan.firms, reference.roles, findings)
        plan.grants = people.read(tables["people"])
    return plan, findings


def _read_codes(
    city: CityFile, tables: Mapping[str, Table], reference: Reference, findings: list[Finding]
) -> list[CodeEntry]:
    """National entries, replaced and extended by the city's own."""
    reader = CodeFiles(first_day(city), findings)
    own = reader.regions(tables["regions"], city.code)
    units = reader.units(tables["units"])
    own += units
    if "parks" in tables:
        own += reader.parks(tables["parks"], {entry.code: entry for entry in units})
    for name in sorted(tables):
        if name.startswith(CODES):
            own += reader.open_list(name.removeprefix(CODES), tables[name], reference.edition)
    merged = {(entry.list, entry.code, entry.valid_from): entry for entry in (*reference.entries, *own)}
    return list(merged.values())


def _check_groups(city: CityFile, codes: Mapping[str, Any], findings: list[Finding]) -> None:
    for group in city.groups:
        for member in group["members"]:
            for column in ("industries", "tags"):
                known = codes["industry" if column == "industries" else "tag"]
                for code in member[column]:
                    if code not in known:
                        detail = {"known": "industry" if column == "industries" else "tag"}
                        findings.append(Finding(CITY_FILE, None, "groups", "code_unknown", code, detail))
