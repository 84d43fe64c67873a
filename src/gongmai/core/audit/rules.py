"""The hash chain: each line's hash covers the line and the hash before it.

SM3 (GB/T 32905-2016) over canonical text. A chain alone cannot show that its end was cut or that all of
it was rewritten; the anchors that the worker appends outside the database can.
"""

import hashlib
from collections.abc import Iterable, Iterator
from zlib import crc32

from gongmai.core.audit.types import GENESIS, STREAMS, Breach, Line


def compute_hash(previous: str, line: Line) -> str:
    """SM3 of the previous hash and the line, as 64 hexadecimal digits."""
    text = "\x1f".join(
        (
            previous,
            str(line.stream),
            str(line.number),
            line.at,
            line.actor,
            line.action,
            line.kind,
            line.object_id,
            line.payload,
        ),
    )
    return hashlib.new("sm3", text.encode()).hexdigest()


def choose_stream(kind: str, object_id: str) -> int:
    """The stream of an object: several streams, so that writers of different objects do not queue."""
    return crc32(f"{kind}:{object_id}".encode()) % STREAMS


def check_chain(stream: int, rows: Iterable[tuple[Line, str]]) -> Iterator[Breach]:
    """Yield a breach for each gap in the numbers and each hash that does not follow from its line."""
    previous, expected = GENESIS, 1
    for line, stored in rows:
        if line.number != expected:
            yield Breach(stream, expected, "gap")
        if compute_hash(previous, line) != stored:
            yield Breach(stream, line.number, "altered")
        previous, expected = stored, line.number + 1
