"""The national lists and rules that come with the product (data/), as the import and the forms need them."""

import csv
from collections.abc import Iterator
from datetime import date
from functools import lru_cache
from pathlib import Path
from typing import Any

import yaml

from gongmai.core.access.types import Role
from gongmai.core.registry.types import CodeEntry, Edition, Label, Reference, SizeFloor

_DATA = Path(__file__).parents[1] / "data"


@lru_cache(maxsize=1)
def load_reference() -> Reference:
    """Everything of data/, read once."""
    sizes, entries, editions = (_yaml(name) for name in ("size_2017", "entry_types", "editions"))
    return Reference(
        entries=tuple(_entries(sizes, entries)),
        floors=tuple(
            SizeFloor(
                code=row["code"],
                workers=row["workers"],
                revenue_kcny=row["revenue_kcny"],
                valid_from=row["valid_from"],
                valid_to=row["valid_to"],
            )
            for row in sizes["classes"]
        ),
        edition=Edition(
            edition=editions["edition"],
            superseded=editions["superseded"],
            old_labels=editions["labels_2011"],
            new_groups=tuple(editions["new_groups"]),
            retired_classes=frozenset(editions["retired_classes"]),
        ),
        entry_months={
            row["code"]: tuple(row["months"]) if "months" in row else None for row in entries["entries"]
        },
        exit_types=tuple(row["code"] for row in entries["exits"]),
        roles=tuple(role.value for role in Role if role is not Role.SYSTEM),
    )


def _entries(sizes: dict[str, Any], entry_types: dict[str, Any]) -> Iterator[CodeEntry]:
    for row in _csv("industries"):
        yield _from_csv("industry", row, {"level": row["level"], "section": row["section"]})
    for name, file in (("product", "products"), ("material", "materials")):
        for row in _csv(file):
            extra = {key: row[key] for key in ("unit", "unit_zh", "unit_en", "industry") if row.get(key)}
            yield _from_csv(name, row, extra)
    energy = _yaml("energy")
    for row in energy["energies"]:
        unit = {"unit_zh": row["unit_label"]["zh-Hans"], "unit_en": row["unit_label"]["en"]}
        extra = {"unit": row["unit"], "coefficient": row["coefficient"], **unit}
        yield _from_yaml("energy", row | {"valid_from": energy["valid_from"]}, energy["source"], extra)
    for row in _yaml("tags")["tags"]:
        extra = {"industries": row["industries"]} if "industries" in row else {}
        yield _from_yaml("tag", row, row["source"], extra)
    for order, row in enumerate(sizes["classes"]):
        yield _from_yaml("size", row, sizes["source"], {"order": order})
    for name, key in (("entry_type", "entries"), ("exit_type", "exits")):
        for row in entry_types[key]:
            yield _from_yaml(name, row, entry_types["source"], {})


def _csv(name: str) -> list[dict[str, str]]:
    with (_DATA / f"{name}.csv").open(encoding="utf-8", newline="") as handle:
        return list(csv.DictReader(handle))


def _yaml(name: str) -> dict[str, Any]:
    return yaml.safe_load((_DATA / f"{name}.yaml").read_text(encoding="utf-8"))  # type: ignore[no-any-return]


def _from_csv(name: str, row: dict[str, str], extra: dict[str, Any]) -> CodeEntry:
    return CodeEntry(
        list=name,
        code=row["code"],
        label=Label(row["label_zh"], row["label_en"]),
        valid_from=date.fromisoformat(row["valid_from"]),
        valid_to=date.fromisoformat(row["valid_to"]) if row["valid_to"] else None,
        parent=row.get("parent", ""),
        source=row["source"],
        extra=extra,
    )


def _from_yaml(name: str, row: dict[str, Any], source: str, extra: dict[str, Any]) -> CodeEntry:
    return CodeEntry(
        list=name,
        code=row["code"],
        label=Label(row["label"]["zh-Hans"], row["label"]["en"]),
        valid_from=row["valid_from"],
        valid_to=row.get("valid_to"),
        source=source,
        extra=extra,
    )
