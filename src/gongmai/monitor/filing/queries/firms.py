"""The firms as filing needs them: one place that reads the registry's table."""

from functools import lru_cache
from time import monotonic
from typing import Any

import pyarrow as pa
from django.apps import apps
from django.conf import settings
from django.db.models import Q

from gongmai.core.registry import queries as registry

KEPT_SECONDS = 5


def enterprise_model() -> Any:
    """The registry's Enterprise table, by name."""
    return apps.get_model("registry", "Enterprise")


def get_enterprise(pk: int) -> Any:
    """The Enterprise row; DoesNotExist when there is none."""
    return enterprise_model().objects.get(pk=pk)


def stays() -> pa.Table:
    """Every stay on the roster: credit_code, enterprise_id, from_period, to_period, entry_type."""
    return _table(
        apps.get_model("registry", "RosterMembership"),
        {
            "credit_code": ("enterprise__credit_code", pa.string()),
            "enterprise_id": ("enterprise_id", pa.int64()),
            "from_period": ("from_period", pa.int32()),
            "to_period": ("to_period", pa.int32()),
            "entry_type": ("entry_type", pa.string()),
        },
    )


def profiles() -> pa.Table:
    """The dated attributes of every firm."""
    return _table(
        apps.get_model("registry", "Profile"),
        {
            "enterprise_id": ("enterprise_id", pa.int64()),
            "valid_from": ("valid_from", pa.int32()),
            "valid_to": ("valid_to", pa.int32()),
            "region": ("region", pa.string()),
            "unit": ("unit", pa.string()),
            "industry": ("industry", pa.string()),
            "size": ("size", pa.string()),
        },
    )


def _table(model: Any, columns: dict[str, tuple[str, pa.DataType]]) -> pa.Table:
    rows = list(model.objects.values_list(*(path for path, _ in columns.values())))
    values = list(zip(*rows, strict=True)) if rows else [()] * len(columns)
    kinds = (kind for _, kind in columns.values())
    return pa.table(
        {name: pa.array(column, kind) for name, column, kind in zip(columns, values, kinds, strict=True)}
    )


def roster_ids(period: int) -> list[int]:
    """Ids of the firms on the roster in a period, ascending."""
    rows = apps.get_model("registry", "RosterMembership").objects.filter(
        Q(to_period=None) | Q(to_period__gte=period), from_period__lte=period
    )
    return list(rows.order_by("enterprise_id").values_list("enterprise_id", flat=True).distinct())


def codes_of(code_list: str) -> frozenset[str]:
    """Every code of a code list, whatever its dates; empty when the list is not loaded.

    Kept for a few seconds: a submission asks several times, and code lists change a few times a year.
    """
    return _codes(code_list, str(settings.DATABASES["default"]["NAME"]), int(monotonic() / KEPT_SECONDS))


@lru_cache(maxsize=32)
def _codes(code_list: str, database: str, turn: int) -> frozenset[str]:
    del database, turn
    return frozenset(registry.labels(code_list))
