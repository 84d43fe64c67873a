"""Reading a form out of its data, and whether it may be used."""

from collections.abc import Mapping
from datetime import date
from typing import Any

from gongmai.monitor.filing.types import Column, FilingError, Form, Header, RollUp, Section, Table


def build_column(data: Mapping[str, Any]) -> Column:
    """An item of the dictionary, or a column of a table, from its data."""
    return Column(
        code=data["code"],
        kind=data["kind"],
        label=data["label"],
        unit=data.get("unit", ""),
        decimals=data.get("decimals", 0),
        non_negative=data.get("non_negative", False),
        computed=data.get("computed", False),
        carried=data.get("carried", False),
        of=data.get("of", ""),
        choices=data.get("choices", {}),
    )


def build_table(data: Mapping[str, Any]) -> Table:
    """A repeating table from its data."""
    return Table(
        code=data["code"],
        label=data["label"],
        key=data["key"]["column"],
        key_list=data["key"]["list"],
        key_level=data["key"].get("level", ""),
        minimum=data.get("minimum", 0),
        columns=tuple(build_column(column) for column in data["columns"]),
        roll_ups=tuple(RollUp(entry["cell"], entry["formula"]) for entry in data.get("roll_ups", ())),
    )


def build_form(data: Mapping[str, Any], items: Mapping[str, Mapping[str, Any]]) -> Form:
    """A form from its data and the item dictionary (code -> entry); KeyError for an unknown item."""
    return Form(
        code=data["code"],
        label=data["label"],
        header=Header(**data["header"]),
        valid_from=data["valid_from"],
        valid_to=data["valid_to"],
        source=data["source"],
        due_day=data["due_day"],
        sections=tuple(
            Section(
                entry["code"], entry["label"], tuple(build_column(items[code]) for code in entry["items"])
            )
            for entry in data["sections"]
        ),
        tables=tuple(build_table(entry) for entry in data["tables"]),
        computed=tuple(
            build_column(entry)
            for entry in items.values()
            if entry.get("computed") and entry.get("form") == data["code"]
        ),
    )


def check_in_force(form: Form, day: date) -> None:
    """Raise FilingError with the header's facts unless the form may be used on `day`.

    Source: a survey form shows number, authority, approval, document number and validity; an expired
    one must not be filled in (Statistics Law, rules on survey projects).
    """
    if form.valid_from <= day <= form.valid_to:
        return
    raise FilingError(
        "form_not_in_force",
        form=form.code,
        label=form.label,
        table_number=form.header.table_number,
        authority=form.header.authority,
        approved_by=form.header.approved_by,
        document_number=form.header.document_number,
        valid_from=form.valid_from.isoformat(),
        valid_to=form.valid_to.isoformat(),
    )
