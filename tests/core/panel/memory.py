"""A fact source and a roster that live in memory, for tests of the panel."""

import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

import pyarrow as pa

from gongmai.core.panel.types import Layer

SCHEMA = pa.schema([("enterprise_id", pa.int64()), ("form", pa.string()), ("cells", pa.string())])


@dataclass
class Fact:
    period: int
    form: str
    enterprise_id: int
    cells: dict
    admitted: int | None = None


@dataclass
class Store:
    facts: list[Fact] = field(default_factory=list)
    rosters: dict[int, list[dict]] = field(default_factory=dict)
    parameters: dict[int, dict[str, dict[str, float]]] = field(default_factory=dict)

    def file(self, period, enterprise_id, form="monthly", **cells):
        self.facts.append(Fact(period, form, enterprise_id, cells))


STORE = Store()


class MemorySource:
    """The FactSource over STORE."""

    def pending(self, after: int) -> list[int]:
        return [
            number
            for number, fact in enumerate(STORE.facts)
            if fact.admitted is None or fact.admitted > after
        ]

    def periods_of(self, ids: Sequence[int]) -> set[int]:
        return {STORE.facts[number].period for number in ids}

    def adjusted_periods(self, periods: Sequence[int], vintage: int) -> set[int]:
        return set()

    def mark_adjusted(self, periods: Sequence[int], vintage: int) -> None:
        """Nobody adjusts here."""

    def batches(
        self, period_key: int, vintage: int, form: str, layer: Layer = Layer.REPORTED
    ) -> Iterator[pa.RecordBatch]:
        assert layer is Layer.REPORTED
        chosen: dict[int, tuple[float, int]] = {}
        for number, fact in enumerate(STORE.facts):
            if (fact.period, fact.form) != (period_key, form):
                continue
            if fact.admitted is None or fact.admitted > vintage:
                continue
            chosen[fact.enterprise_id] = max(
                chosen.get(fact.enterprise_id, (-1, -1)), (fact.admitted, number)
            )
        rows = [
            {"enterprise_id": firm, "form": form, "cells": json.dumps(STORE.facts[number].cells)}
            for firm, (_, number) in sorted(chosen.items())
        ]
        if rows:
            yield pa.RecordBatch.from_pylist(rows, schema=SCHEMA)

    def mark_admitted(self, ids: Sequence[int], vintage: int) -> None:
        for number in ids:
            STORE.facts[number].admitted = vintage


def snapshot(period: int) -> pa.Table:
    rows = [
        {
            "enterprise_id": firm["id"],
            "credit_code": f"91{firm['id']:016d}",
            "region": firm.get("region", "999901"),
            "town": "",
            "unit": firm.get("unit", firm.get("region", "999901")),
            "park": firm.get("park", ""),
            "industry": firm.get("industry", "2011"),
            "industry_group": firm.get("industry", "2011")[:3],
            "industry_division": firm.get("industry", "2011")[:2],
            "industry_section": "C",
            "size": firm.get("size", "S"),
            "tags": firm.get("tags", "|"),
            "is_new": False,
            "on_roster": True,
            "entry_period": 202002,
            "entry_type": "initial",
        }
        for firm in STORE.rosters.get(period, [])
    ]
    return pa.Table.from_pylist(rows)


def parameters(period: int) -> dict[str, dict[str, float]]:
    return STORE.parameters.get(period, {})
