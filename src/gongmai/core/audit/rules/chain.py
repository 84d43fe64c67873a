"""The hash chain: each line's hash covers the line and the hash before it.

SM3 (GB/T 32905-2016) over canonical text. A chain alone cannot show that its end was cut or that all of
it was rewritten; the anchors that the worker appends outside the database can.
"""

import hashlib
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any
from zlib import crc32

import orjson

from gongmai.core.audit.types import GENESIS, STREAMS, Breach, Line

_EMPTY = hashlib.new("sm3")  # copied for each line: naming the algorithm anew costs more than a short text


@dataclass(slots=True)
class Run:
    """What a run over all chains at once saw, by stream; `suspects`: where something does not follow.

    `last`: number and hash; `anchored`: the hashes at anchored numbers; `lines`: how many there are.
    """

    last: dict[int, tuple[int, str]] = field(default_factory=dict)
    anchored: dict[int, dict[int, str]] = field(default_factory=dict)
    lines: dict[int, int] = field(default_factory=dict)
    suspects: set[int] = field(default_factory=set)


def compute_hash(previous: str, line: Line) -> str:
    """SM3 of the previous hash and the line, as 64 hexadecimal digits."""
    return _hash(
        [
            previous,
            line.stream,
            line.number,
            line.at,
            line.actor_id,
            line.actor,
            line.action,
            line.kind,
            line.object_id,
            line.payload,
        ]
    )


def _hash(fields: Sequence[object]) -> str:
    # a JSON list keeps the borders between fields, whatever they contain
    state = _EMPTY.copy()
    state.update(orjson.dumps(fields))
    return state.hexdigest()


def run_through(rows: Iterable[tuple[Any, ...]], anchors: Mapping[int, Mapping[int, object]]) -> Run:
    """Follow every chain over lines in the order in which they were written.

    A row is stream, number, the fields as they are hashed, and the stored hash. That is the quick way: it
    only tells sound streams from suspect ones, which `check_chain` judges line by line, in order of number.
    """
    run, nothing = Run(), dict[int, object]()
    last, lines, suspects = run.last, run.lines, run.suspects
    for row in rows:
        stream, number, stored = row[0], row[1], row[-1]
        before, previous = last.get(stream, (0, GENESIS))
        if number != before + 1 or _hash([previous, *row[:-1]]) != stored:
            suspects.add(stream)
        if number in anchors.get(stream, nothing):
            run.anchored.setdefault(stream, {})[number] = stored
        last[stream] = (number, stored)
        lines[stream] = lines.get(stream, 0) + 1
    return run


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


def check_head(
    stream: int, before: tuple[int, str], last: tuple[int, str], after: tuple[int, str]
) -> Iterator[Breach]:
    """Yield a breach where the last line is not the stored head: the end was cut, or lines were slipped in.

    The head is read `before` and `after` the lines, because others go on writing meanwhile.
    """
    is_between = before[0] <= last[0] <= after[0]
    is_same = all(last[1] == digest for number, digest in (before, after) if number == last[0])
    if not (is_between and is_same):
        yield Breach(stream, last[0], "head")


def check_anchors(
    stream: int, anchors: Mapping[int, set[str]], stored: Mapping[int, str]
) -> Iterator[Breach]:
    """Yield a breach for each anchored line that is gone (cut) or has another hash (rewritten)."""
    for number, hashes in sorted(anchors.items()):
        if number not in stored:
            yield Breach(stream, number, "cut")
        elif hashes != {stored[number]}:
            yield Breach(stream, number, "rewritten")
