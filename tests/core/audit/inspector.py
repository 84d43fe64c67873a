"""The independent verifier of docs/, loaded as an inspector would run it, and a trail to try it on."""

import importlib.util
from io import BytesIO
from pathlib import Path
from types import ModuleType
from typing import Any

from django.db import transaction

from gongmai.core.access.types import SYSTEM, Actor, Grant, Role, ScopeKind
from gongmai.core.audit.actions import note_read, record
from gongmai.core.audit.queries.proof import anchors_path
from gongmai.core.audit.tasks.anchors import key_path, write_anchor
from gongmai.core.audit.tasks.export import write_export

SCRIPT = Path(__file__).parents[3] / "docs" / "verify_trail.py"
OFFICER = Actor(11, "officer", (Grant(Role.CITY, ScopeKind.CITY),))


def load() -> ModuleType:
    """The script as a module; it imports nothing of the product."""
    spec = importlib.util.spec_from_file_location("verify_trail", SCRIPT)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def start_anew() -> None:
    """Forget anchors and key of the tests before."""
    anchors_path().unlink(missing_ok=True)
    key_path().unlink(missing_ok=True)


def write(count: int, first: int = 0) -> None:
    """Lines over a few objects, so that several streams have several lines."""
    with transaction.atomic():
        for number in range(first, first + count):
            record(
                actor=OFFICER, action="test", kind="thing", object_id=number % 4,
                payload={"n": number, "text": '\u5382\u623f\u2028\u0001"\\\u007f'},
            )  # fmt: skip


def make_trail() -> None:
    """Lines and readings under three anchors, two of them signed, and lines after the last."""
    write(16)
    note_read(OFFICER, 5, "filing:show", 1)
    write_anchor()
    write(8, 16)
    note_read(OFFICER, 6, "filing:show", 2)
    write_anchor()
    write(8, 24)
    write_anchor(sign=True)
    write(4, 32)


def export(**days: Any) -> BytesIO:
    """The trail as the inspector gets it."""
    target = BytesIO()
    write_export(SYSTEM, target, **days)
    target.seek(0)
    return target
