"""Thirteen ways to tamper with the trail, each found by the product and by the inspector's script."""

from collections.abc import Callable
from io import BytesIO
from zipfile import ZipFile

import orjson
import pytest
from django.db import transaction
from hypothesis import HealthCheck, given
from hypothesis import settings as effort
from hypothesis import strategies as st
from tests.core.audit import inspector

from gongmai.core.access.types import SYSTEM
from gongmai.core.audit.models import Anchor, Entry, Head, Reading
from gongmai.core.audit.queries.proof import anchors_path, verify
from gongmai.core.audit.rules.anchors import fingerprint_of, signed_text, write_line
from gongmai.core.audit.rules.chain import compute_hash
from gongmai.core.audit.tasks.anchors import key_path, rotate_key, signing_key, write_anchor
from gongmai.core.audit.types import GENESIS, Line
from gongmai.core.ports import adapter

SCRIPT = inspector.load()


@pytest.fixture
def trail(db) -> None:
    inspector.start_anew()
    inspector.make_trail()


def pick(place: int) -> Entry:
    """One of the lines that were anchored."""
    rows = list(Entry.objects.order_by("pk")[:32])
    return rows[place % len(rows)]


def lines_of_anchors() -> list[bytes]:
    return anchors_path().read_bytes().splitlines()


def put_anchors(lines: list[bytes]) -> None:
    anchors_path().write_bytes(b"".join(line + b"\n" for line in lines))


def rechain(stream: int) -> None:
    """Compute the hashes of a stream anew, as an owner of the database could."""
    previous, number = GENESIS, 0
    for row in Entry.objects.filter(stream=stream).order_by("number"):
        fields = (row.at, row.actor_id, row.actor, row.action, row.kind, row.object_id, row.payload)
        previous, number = compute_hash(previous, Line(stream, row.number, *fields)), row.number
        Entry.objects.filter(pk=row.pk).update(hash=previous)
    Head.objects.filter(stream=stream).update(hash=previous, number=number)


def edit(place: int) -> None:
    Entry.objects.filter(pk=pick(place).pk).update(payload='{"n":-1}')


def edit_and_rechain(place: int) -> None:
    row = pick(place)
    Entry.objects.filter(pk=row.pk).update(payload='{"n":-1}')
    rechain(row.stream)


def delete(place: int) -> None:
    pick(place).delete()


def delete_and_close_the_gap(place: int) -> None:
    row = pick(place)
    later = list(Entry.objects.filter(stream=row.stream, number__gt=row.number).order_by("number"))
    row.delete()
    for each in later:
        Entry.objects.filter(pk=each.pk).update(number=each.number - 1)
    rechain(row.stream)


def reorder(place: int) -> None:
    row = pick(place)
    other = Entry.objects.filter(stream=row.stream).exclude(pk=row.pk).order_by("number")[0]
    mine, theirs = row.number, other.number
    Entry.objects.filter(pk=row.pk).update(number=10_000)
    Entry.objects.filter(pk=other.pk).update(number=mine)
    Entry.objects.filter(pk=row.pk).update(number=theirs)


def truncate(place: int) -> None:
    row = pick(place)
    Entry.objects.filter(stream=row.stream, number__gte=row.number).delete()
    rechain(row.stream)
    if not Entry.objects.filter(stream=row.stream).exists():
        Head.objects.filter(stream=row.stream).update(number=0, hash=GENESIS)


def insert(place: int) -> None:
    row = pick(place)
    for each in Entry.objects.filter(stream=row.stream, number__gte=row.number).order_by("-number"):
        Entry.objects.filter(pk=each.pk).update(number=each.number + 1)
    row.pk, row.payload = None, '{"n":"slipped in"}'
    row.save(force_insert=True)
    rechain(row.stream)


def forge_signature(place: int) -> None:
    """Change a signed anchor and sign it with another key under the old key's name."""
    lines = lines_of_anchors()
    anchor = orjson.loads(lines[0])
    private, public = adapter("signer").make_keys()
    anchor["count"] += place + 1
    anchor["signature"] = adapter("signer").sign(private, public, signed_text(anchor))
    lines[0] = write_line(anchor)
    put_anchors(lines)
    Anchor.objects.filter(number=1).update(line=lines[0].decode())


def swap_key(place: int) -> None:
    """Make a key of one's own and sign the whole anchor file anew with it, in file and database."""
    private, public = adapter("signer").make_keys()
    previous = None
    made = []
    for line in lines_of_anchors():
        anchor = orjson.loads(line)
        anchor["count"] += place
        anchor["previous"] = anchor["previous"] if previous is None else SCRIPT.sm3(previous)
        if "signature" in anchor:
            anchor["key"] = public
            anchor["signature"] = adapter("signer").sign(private, public, signed_text(anchor))
        previous = write_line(anchor)
        made.append(previous)
    put_anchors(made)
    key_path().write_bytes(orjson.dumps({"private": private, "public": public}))


def replace_anchor(place: int) -> None:
    lines = lines_of_anchors()
    chosen = place % len(lines)
    anchor = orjson.loads(lines[chosen])
    stream = next(name for name, (number, _) in anchor["heads"].items() if number)
    anchor["heads"][stream][1] = "a" * 64
    lines[chosen] = write_line(anchor)
    put_anchors(lines)


def drop_anchor(place: int) -> None:
    lines = lines_of_anchors()
    del lines[place % (len(lines) - 1)]
    put_anchors(lines)


def alter_readings(place: int) -> None:
    row = list(Reading.objects.exclude(anchor=None))[place % 2]
    Reading.objects.filter(pk=row.pk).update(actor_id=99)


def drop_readings(place: int) -> None:
    list(Reading.objects.exclude(anchor=None))[place % 2].delete()


WAYS: list[Callable[[int], None]] = [
    edit, edit_and_rechain, delete, delete_and_close_the_gap, reorder, truncate, insert, forge_signature,
    swap_key, replace_anchor, drop_anchor, alter_readings, drop_readings,
]  # fmt: skip


@pytest.mark.parametrize("way", WAYS, ids=lambda way: way.__name__)
@effort(max_examples=8, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(place=st.integers(0, 31))
def test_both_verifiers_find_it(trail, way: Callable[[int], None], place: int) -> None:
    anchors, key = anchors_path().read_bytes(), key_path().read_bytes()
    pinned = fingerprint_of(signing_key()["public"])
    try:
        with transaction.atomic():
            way(place)
            assert verify(SYSTEM).breaches
            assert SCRIPT.verify(inspector.export(), pinned).faults
            transaction.set_rollback(True)
    finally:
        anchors_path().write_bytes(anchors)
        key_path().write_bytes(key)


def test_both_verifiers_accept_an_honest_trail(trail) -> None:
    package = SCRIPT.verify(inspector.export(), fingerprint_of(signing_key()["public"]))
    report = verify(SYSTEM)
    assert (package.faults, report.breaches) == ([], ())
    assert package.lines == report.lines == 37
    assert package.signatures == report.signatures == 3


def test_a_key_that_the_old_key_names_is_accepted(trail) -> None:
    pinned = fingerprint_of(signing_key()["public"])
    after = rotate_key(SYSTEM)
    inspector.write(3, 40)
    write_anchor(sign=True)
    package = SCRIPT.verify(inspector.export(), pinned)
    assert package.faults == []
    assert SCRIPT.fingerprint(package.key) == after != pinned
    assert verify(SYSTEM).breaches == ()


def test_a_part_of_the_days_is_verified_by_itself(trail) -> None:
    from gongmai.core.period import clock

    today = clock.today()
    package = SCRIPT.verify(inspector.export(first=today, last=today))
    assert (package.faults, package.lines) == ([], 37)


def repack(package: BytesIO, name: str, change: Callable[[bytes], bytes]) -> BytesIO:
    target = BytesIO()
    with ZipFile(package) as old, ZipFile(target, "w") as new:
        for part in old.namelist():
            data = old.read(part)
            new.writestr(part, change(data) if part == name else data)
    target.seek(0)
    return target


@pytest.mark.parametrize(
    ("name", "change"),
    [
        ("lines.jsonl", lambda data: data[:-40]),
        ("lines.jsonl", lambda data: data.replace(b"test", b"tost", 1)),
        ("lines.jsonl", lambda data: b"\n".join(data.splitlines()[:-1]) + b"\n"),
        ("anchors.jsonl", lambda data: b"\n".join(data.splitlines()[:-1]) + b"\n"),
        ("readings.jsonl", lambda _: b""),
        ("README.txt", lambda _: b"all is well"),
        ("manifest.json", lambda data: data.replace(b'"lines": 37', b'"lines": 36')),
        ("manifest.sig", lambda data: b"0" + data[1:] if data[:1] != b"0" else b"1" + data[1:]),
    ],
)
def test_a_change_of_the_package_is_found(trail, name: str, change: Callable[[bytes], bytes]) -> None:
    package = repack(inspector.export(), name, change)
    try:
        faults = SCRIPT.verify(package).faults
    except ValueError:
        faults = ["cannot be read"]
    assert faults


def test_an_anchor_kept_elsewhere_must_stand_in_the_package(trail, tmp_path) -> None:
    copy = tmp_path / "copy.jsonl"
    copy.write_bytes(anchors_path().read_bytes())
    assert SCRIPT.verify(inspector.export(), copy=str(copy)).faults == []
    inspector.start_anew()
    Anchor.objects.all().delete()
    Reading.objects.update(anchor=None)
    assert SCRIPT.verify(inspector.export(), copy=str(copy)).faults
