"""Anchors: one JSON line each in a file outside the database, chained to one another and signed once a day.

An anchor says the last number and hash of every stream, how many lines there were, and what was read by then
(`readings`). `previous` is the SM3 of the anchor before it as it stands in the file, so that a signature
covers every earlier anchor too. A key is followed only by one that an anchor under the old key names.
"""

import hashlib
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import orjson

from gongmai.core.audit.types import Breach

Verify = Callable[[str, bytes, str], bool]
ANCHORS = -1  # stands for the stream in a breach of the anchor file itself


@dataclass(slots=True)
class Marks:
    """What a file of anchors says, and the breaches of the file itself.

    `heads`: stream -> number -> the hashes anchored there; `batches`: the anchor's number -> how many
    readings it covers and their digest; `texts`: number -> SM3 of the line; `key`: the key in force at the
    end; `signed`: how many signatures hold.
    """

    heads: dict[int, dict[int, set[str]]] = field(default_factory=dict)
    batches: dict[int, tuple[int, str]] = field(default_factory=dict)
    texts: dict[int, str] = field(default_factory=dict)
    breaches: list[Breach] = field(default_factory=list)
    first_key: str = ""
    key: str = ""
    signed: int = 0


def digest_of(text: bytes) -> str:
    """SM3 of bytes, as 64 hexadecimal digits."""
    return hashlib.new("sm3", text).hexdigest()


def fingerprint_of(public: str) -> str:
    """What a person compares a public key by: the first 32 digits of its SM3."""
    return digest_of(bytes.fromhex(public))[:32]


def signed_text(anchor: Mapping[str, Any]) -> bytes:
    """The bytes that a signature covers: the anchor without it, keys in order."""
    rest = {name: value for name, value in anchor.items() if name != "signature"}
    return orjson.dumps(rest, option=orjson.OPT_SORT_KEYS)


def write_line(anchor: Mapping[str, Any]) -> bytes:
    """The anchor as it stands in the file, without the line's end."""
    return orjson.dumps(anchor, option=orjson.OPT_SORT_KEYS)


def digest_readings(rows: Iterable[Sequence[Any]]) -> tuple[int, str]:
    """How many readings there are and the SM3 over them, one JSON list a line, in the order given."""
    count, state = 0, hashlib.new("sm3")
    for row in rows:
        state.update(orjson.dumps(list(row)) + b"\n")
        count += 1
    return count, state.hexdigest()


def read_anchors(lines: Iterable[bytes], verify: Verify, pinned: str = "") -> Marks:
    """Judge a file of anchors: chain, signatures, keys. `pinned` is the first key as known elsewhere.

    Lines from before anchors had numbers may stand at the beginning; the first numbered one covers them.
    """
    marks, old = Marks(), hashlib.new("sm3")
    previous, number, is_old = "", 0, True
    for place, line in enumerate(lines, start=1):
        text = line.rstrip(b"\n")
        try:
            anchor = orjson.loads(text)
            heads = {int(stream): (int(at), str(mark)) for stream, (at, mark) in anchor["heads"].items()}
        except (orjson.JSONDecodeError, KeyError, TypeError, ValueError, AttributeError):
            marks.breaches.append(Breach(ANCHORS, place, "anchor_unreadable"))
            continue
        for stream, (at, mark) in heads.items():
            if at:
                marks.heads.setdefault(stream, {}).setdefault(at, set()).add(mark)
        if "number" not in anchor:
            if not is_old:
                marks.breaches.append(Breach(ANCHORS, place, "anchor_order"))
            old.update(text + b"\n")
            continue
        if is_old:
            previous, is_old = old.hexdigest(), False
        if anchor["number"] != number + 1 or anchor.get("previous") != previous:
            marks.breaches.append(Breach(ANCHORS, place, "anchor_order"))
        number, previous = int(anchor["number"]), digest_of(text)
        marks.texts[number] = previous
        if "readings" in anchor:
            count, mark = anchor["readings"]
            marks.batches[number] = (int(count), str(mark))
        _check_signature(marks, anchor, place, verify, pinned)
    return marks


def _check_signature(
    marks: Marks, anchor: Mapping[str, Any], place: int, verify: Verify, pinned: str
) -> None:
    """Follow the keys from the first one; an unsigned anchor is covered by the next signed one."""
    signature, key = anchor.get("signature"), str(anchor.get("key", ""))
    if signature is None:
        return
    if not marks.first_key:
        marks.first_key = marks.key = key
        if pinned and key != pinned:
            marks.breaches.append(Breach(ANCHORS, place, "key"))
    if key != marks.key:
        marks.breaches.append(Breach(ANCHORS, place, "key"))
    if verify(key, signed_text(anchor), str(signature)):
        marks.signed += 1
        marks.key = str(anchor.get("next_key") or key)
    else:
        marks.breaches.append(Breach(ANCHORS, place, "signature"))


def check_readings(
    batches: Mapping[int, tuple[int, str]], stored: Mapping[int, tuple[int, str]]
) -> list[Breach]:
    """A breach for each batch of readings that is not what its anchor says."""
    nothing = digest_readings(())
    numbers = sorted({*batches, *stored})
    return [
        Breach(ANCHORS, number, "readings")
        for number in numbers
        if batches.get(number, nothing) != stored.get(number, nothing)
    ]


def check_copies(texts: Mapping[int, str], stored: Mapping[int, str]) -> list[Breach]:
    """A breach for each anchor that the database remembers and the file lacks or holds otherwise."""
    return [
        Breach(ANCHORS, number, "anchor_missing" if number not in texts else "anchor_replaced")
        for number, mark in sorted(stored.items())
        if texts.get(number) != mark
    ]
