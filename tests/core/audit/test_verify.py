"""Proving the trail: every single tampering is found, and an honest trail is not accused."""

from datetime import date

import pytest
from django.db import transaction
from django.db.models import F
from hypothesis import HealthCheck, given
from hypothesis import settings as effort
from hypothesis import strategies as st

from gongmai.core.access.models import User
from gongmai.core.access.types import SYSTEM, Actor, Grant, NotAllowed, Role, ScopeKind
from gongmai.core.audit.actions import record
from gongmai.core.audit.models import Entry, Head
from gongmai.core.audit.queries.proof import LINE_COLUMNS, anchors_path, verify
from gongmai.core.audit.queries.search import entries
from gongmai.core.audit.rules.chain import compute_hash, run_through
from gongmai.core.audit.tasks.anchors import write_anchor
from gongmai.core.audit.types import GENESIS, Line

AUDITOR = Actor(7, "auditor", (Grant(Role.AUDITOR, ScopeKind.CITY),))
LINES = 24


@pytest.fixture(autouse=True)
def no_anchors() -> None:
    anchors_path().unlink(missing_ok=True)


def write(count: int, *, first: int = 0) -> None:
    with transaction.atomic():
        for number in range(first, first + count):
            record(actor=AUDITOR, action="test", kind="thing", object_id=number % 5, payload={"n": number})


@pytest.fixture
def trail(db) -> None:
    """Anchored lines, and some written after the anchor."""
    write(LINES)
    write_anchor()
    write(LINES, first=LINES)


def reasons() -> set[str]:
    return {breach.reason for breach in verify(SYSTEM).breaches}


def test_an_honest_trail_holds(trail) -> None:
    report = verify(SYSTEM)
    assert (report.lines, report.breaches) == (2 * LINES, ())
    assert report.anchors > 0


def test_an_empty_trail_holds(db) -> None:
    assert verify(SYSTEM).breaches == ()
    assert write_anchor() is False


EDITS = {
    "at": "2020-01-01T00:00:00+00:00",
    "actor_id": 99,
    "actor": "somebody else",
    "action": "other",
    "kind": "other",
    "object_id": "other",
    "payload": '{"n":-1}',
    "hash": "f" * 64,
    "number": 10_000,
    "stream": 99,
}


@effort(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(place=st.integers(0, 2 * LINES - 1), column=st.sampled_from(sorted(EDITS)))
def test_any_edit_of_any_line_is_found(trail, place: int, column: str) -> None:
    with transaction.atomic():
        row = Entry.objects.order_by("pk")[place]
        Entry.objects.filter(pk=row.pk).update(**{column: EDITS[column]})
        assert reasons()
        transaction.set_rollback(True)


@effort(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(data=st.data())
def test_any_deletion_is_found(trail, data: st.DataObject) -> None:
    with transaction.atomic():
        keys = list(Entry.objects.order_by("pk").values_list("pk", flat=True))
        gone = data.draw(st.sets(st.sampled_from(keys), min_size=1))
        Entry.objects.filter(pk__in=gone).delete()
        assert reasons()
        transaction.set_rollback(True)


@effort(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(data=st.data())
def test_any_exchange_of_two_lines_is_found(trail, data: st.DataObject) -> None:
    with transaction.atomic():
        stream = data.draw(st.sampled_from(sorted({row.stream for row in Entry.objects.all()})))
        rows = list(Entry.objects.filter(stream=stream))
        one, other = data.draw(st.lists(st.sampled_from(rows), min_size=2, max_size=2, unique=True))
        numbers = one.number, other.number
        Entry.objects.filter(pk=one.pk).update(number=0)
        Entry.objects.filter(pk=other.pk).update(number=numbers[0])
        Entry.objects.filter(pk=one.pk).update(number=numbers[1])
        assert reasons()
        transaction.set_rollback(True)


def test_a_trail_whose_rows_lie_in_another_order_is_as_sound_as_before(trail) -> None:
    rows = list(Entry.objects.order_by("-pk"))
    Entry.objects.all().delete()
    for place, row in enumerate(rows, start=1):
        row.pk = place
    Entry.objects.bulk_create(rows)
    report = verify(SYSTEM)
    assert (report.lines, report.breaches) == (len(rows), ())


def test_the_quick_run_suspects_the_stream_in_which_a_line_was_changed_and_no_other(trail) -> None:
    changed = Entry.objects.order_by("pk")[3]
    Entry.objects.filter(pk=changed.pk).update(payload='{"n":-1}')
    run = run_through(Entry.objects.order_by("pk").values_list("stream", *LINE_COLUMNS), {})
    assert run.suspects == {changed.stream}
    assert sum(run.lines.values()) == Entry.objects.count() == verify(SYSTEM).lines


def rewrite(stream: int) -> None:
    """Recompute the whole chain of a stream, as an owner of the database could."""
    previous = GENESIS
    for row in Entry.objects.filter(stream=stream).order_by("number"):
        line = Line(
            stream,
            row.number,
            row.at,
            row.actor_id,
            row.actor,
            row.action,
            row.kind,
            row.object_id,
            row.payload,
        )
        row.hash = previous = compute_hash(previous, line)
        row.save(update_fields=["hash"])
    Head.objects.filter(stream=stream).update(hash=previous)


def anchored_stream() -> int:
    first = Entry.objects.order_by("pk").first()
    assert first is not None
    return first.stream


def test_a_whole_rewrite_is_found_against_the_anchor(trail) -> None:
    stream = anchored_stream()
    Entry.objects.filter(stream=stream, number=1).update(actor="somebody else")
    rewrite(stream)
    assert reasons() == {"rewritten"}


def test_a_cut_with_its_head_moved_back_is_found_against_the_anchor(trail) -> None:
    stream = anchored_stream()
    Entry.objects.filter(stream=stream, number__gt=1).delete()
    rewrite(stream)
    Head.objects.filter(stream=stream).update(number=1)
    assert reasons() == {"cut"}


def test_the_wiping_of_everything_is_found_against_the_anchor(trail) -> None:
    Entry.objects.all().delete()
    Head.objects.all().delete()
    assert reasons() == {"cut"}


def test_a_cut_without_its_head_is_found_even_without_an_anchor(db) -> None:
    write(LINES)
    stream = anchored_stream()
    last = Head.objects.get(stream=stream).number
    Entry.objects.filter(stream=stream, number=last).delete()
    assert reasons() == {"head"}


def test_a_moved_head_is_found(trail) -> None:
    Head.objects.filter(stream=anchored_stream()).update(number=F("number") + 1)
    assert reasons() == {"head"}


def test_a_damaged_anchor_file_is_named(trail) -> None:
    with anchors_path().open("a") as handle:
        handle.write("{broken\n")
    assert reasons() == {"anchor_unreadable"}


def test_an_anchor_is_appended_only_when_something_changed(db) -> None:
    write(1)
    assert [write_anchor(), write_anchor()] == [True, False]
    write(1)
    assert write_anchor() is True
    assert len(anchors_path().read_text().splitlines()) == 2


def test_fields_cannot_flow_into_one_another() -> None:
    one = Line(0, 1, "t", None, "ab", "c", "k", "1", "{}")
    other = Line(0, 1, "t", None, "a", "bc", "k", "1", "{}")
    assert compute_hash(GENESIS, one) != compute_hash(GENESIS, other)


def test_a_line_names_a_person_by_number_only(db) -> None:
    write(1)
    assert Entry.objects.values_list("actor_id", "actor").get() == (7, "")


def test_a_line_outside_a_transaction_is_refused(transactional_db) -> None:
    with pytest.raises(RuntimeError):
        record(actor=AUDITOR, action="x", kind="x", object_id=1)


def test_the_search_narrows_by_person_object_and_day(db, simulated_time) -> None:
    User.objects.create(pk=7, username="auditor-7", display_name="Chu")
    write(6)
    assert entries(AUDITOR, person="aud").count() == 6
    assert entries(AUDITOR, person="Chu").count() == 6
    assert entries(AUDITOR, person="nobody of that name").count() == 0
    assert entries(AUDITOR, kind="thing", object_id="0").count() == 2
    assert entries(AUDITOR, first=date(2023, 7, 6), last=date(2023, 7, 6)).count() == 6
    assert entries(AUDITOR, last=date(2023, 7, 5)).count() == 0
    assert entries(AUDITOR, first=date(2023, 7, 7)).count() == 0


def test_only_the_auditor_reads_the_trail(db) -> None:
    officer = Actor(1, "officer", (Grant(Role.CITY, ScopeKind.CITY),))
    for ask in (lambda: entries(officer), lambda: verify(officer)):
        with pytest.raises(NotAllowed):
            ask()


def run_verify() -> tuple[int, str]:
    from click.testing import CliRunner

    from gongmai.cli.trail import trail as command

    result = CliRunner().invoke(command, ["verify"])
    return result.exit_code, result.output


def test_the_command_ends_with_1_on_a_breach_and_0_without(trail) -> None:
    code, text = run_verify()
    assert (code, text.startswith(f"{2 * LINES} lines")) == (0, True)
    Entry.objects.filter(number=1).update(actor="somebody else")
    code, text = run_verify()
    assert code == 1
    assert "breaches" in text
