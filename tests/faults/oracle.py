"""The client's journal, and what it says about the database.

Before a call its key is written and flushed, after the answer the receipt. So after any crash: whatever the
journal acknowledges must be there exactly once and whole; whatever it only intended is there whole or not
at all.
"""

import json
import os
from dataclasses import dataclass, field
from pathlib import Path
from threading import Lock
from typing import Any

from tests.faults.town import Town


@dataclass
class Journal:
    """What a client was about to do, and what it was told, on its own disk."""

    path: Path
    receipts: dict[str, Any] = field(default_factory=dict)
    intended: dict[str, int] = field(default_factory=dict)
    _lock: Lock = field(default_factory=Lock)

    def intend(self, key: str, number: int) -> None:
        """About to send."""
        with self._lock:
            self.intended[key] = number
            self._write({"intend": key, "number": number})

    def acknowledge(self, key: str, receipt: Any) -> None:
        """The server said that it is done."""
        with self._lock:
            self.receipts[key] = receipt
            self._write({"done": key, "receipt": receipt})

    def _write(self, line: dict[str, Any]) -> None:
        with self.path.open("a") as handle:
            handle.write(json.dumps(line) + "\n")
            handle.flush()
            os.fsync(handle.fileno())


def judge(town: Town, journal: Journal, *, killed: bool = False) -> dict[str, Any]:
    """Compare the journal with the database; give the database's state.

    `killed`: a worker that died between the database and the file of anchors may have left the file one
    anchor behind, which the next worker adds before anything else.
    """
    receipts = dict(journal.receipts)  # before the database is read: others go on filing
    state: dict[str, Any] = town.read("tests.faults.state")
    found = {row["code"]: row for row in state["rows"]}
    assert len(found) == len(state["rows"]), "a return was filed twice"
    assert state["breaches"] in ([[], ["anchor_missing"]] if killed else [[]])
    for key, receipt in receipts.items():
        row = found.get(town.bodies[journal.intended[key]][0])
        assert row is not None, f"acknowledged and lost: {key}"
        assert (row["number"], row["digest"]) == (receipt["version"], receipt["digest"])
    sent = dict(town.bodies)
    for row in state["rows"]:  # acknowledged or not: what is there is whole
        assert (row["audited"], row["announced"]) == (1, 1), row
        assert (row["state"], row["versions_count"], row["lines"]) == ("county", 1, 1)
        for cell, text in sent[row["code"]]["cells"].items():
            assert text == "" or str(row["cells"][cell]) == text or float(row["cells"][cell]) == float(text)
    apart = set(state["keys"]) ^ set(found)
    assert (len(state["keys"]), apart) == (len(found), set()), "a version or a key without the other"
    return state
