"""Prints what a fault test compares with its journal, as of one moment: run as a program in the town."""

import json
import sys
from collections import Counter
from typing import Any

import django

django.setup()

from django.db import connection, transaction  # noqa: E402

from gongmai.core.access.types import SYSTEM  # noqa: E402
from gongmai.core.audit.models import Entry  # noqa: E402
from gongmai.core.audit.queries.proof import verify  # noqa: E402
from gongmai.core.outbox.models import Delivery  # noqa: E402
from gongmai.monitor.filing.models import IdempotencyKey, Version  # noqa: E402


def read_state() -> dict[str, Any]:
    """Every version that came by the API with its audit lines, events and keys."""
    lines: Counter[tuple[str, int]] = Counter()
    for entry in Entry.objects.filter(kind="return", action="return.submit"):
        lines[entry.object_id, json.loads(entry.payload).get("version", 0)] += 1
    events: Counter[tuple[int, int]] = Counter()
    for delivery in Delivery.objects.filter(event="filing.submitted", handler="tests.faults.flow.hear"):
        events[delivery.payload["return_id"], delivery.payload["version"]] += 1
    versions = Version.objects.filter(source="api").select_related("filing__enterprise")
    return {
        "rows": [
            {
                "code": version.filing.enterprise.credit_code,
                "number": version.number,
                "digest": version.digest,
                "cells": json.loads(version.cells),
                "lines": len(json.loads(version.lines).get("output_lines", [])),
                "audited": lines[str(version.filing_id), version.number],
                "announced": events[version.filing_id, version.number],
                "state": version.filing.state,
                "versions_count": version.filing.versions_count,
            }
            for version in versions
        ],
        "keys": list(IdempotencyKey.objects.values_list("enterprise__credit_code", flat=True)),
        "breaches": [breach.reason for breach in verify(SYSTEM).breaches],
        "waiting": Delivery.objects.exclude(state="done").count(),
    }


if __name__ == "__main__":
    with transaction.atomic():
        if connection.vendor == "postgresql":
            with connection.cursor() as cursor:
                cursor.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ READ ONLY")
        sys.stdout.write(json.dumps(read_state()))
