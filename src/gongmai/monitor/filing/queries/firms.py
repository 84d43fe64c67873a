"""The firms as filing needs them: one place that reads the registry's table."""

from typing import Any

import pyarrow as pa
from django.apps import apps
from django.db.models import F, Q


def enterprise_model() -> Any:
    """The registry's Enterprise table, by name."""
    return apps.get_model("registry", "Enterprise")


def get_enterprise(pk: int) -> Any:
    """The Enterprise row; DoesNotExist when there is none."""
    return enterprise_model().objects.get(pk=pk)


def stays() -> pa.Table:
    """Every stay of every firm on the roster: credit_code, enterprise_id, from_period, to_period."""
    rows = apps.get_model("registry", "RosterMembership").objects.values_list(
        F("enterprise__credit_code"), "enterprise_id", "from_period", "to_period"
    )
    codes, firms, starts, ends = zip(*rows, strict=True) if rows else ((), (), (), ())
    return pa.table(
        {
            "credit_code": pa.array(codes, pa.string()),
            "enterprise_id": pa.array(firms, pa.int64()),
            "from_period": pa.array(starts, pa.int32()),
            "to_period": pa.array(ends, pa.int32()),
        }
    )


def roster_ids(period: int) -> list[int]:
    """Ids of the firms on the roster in a period, ascending."""
    rows = apps.get_model("registry", "RosterMembership").objects.filter(
        Q(to_period=None) | Q(to_period__gte=period), from_period__lte=period
    )
    return list(rows.order_by("enterprise_id").values_list("enterprise_id", flat=True).distinct())


def codes_of(code_list: str) -> frozenset[str]:
    """Every code of a code list, whatever its dates; empty when the list is not loaded."""
    rows = apps.get_model("registry", "Code").objects.filter(list=code_list)
    return frozenset(rows.values_list("code", flat=True))
