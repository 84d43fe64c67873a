"""Keeping files: durable before they are named, in scope, within limits, sealed by a submission, swept up."""

import hashlib
import os
import sys
import time
from collections.abc import Iterator

import orjson
import pytest
from django.test import Client
from tests.monitor.filing.conftest import GOOD, LINE, Town, filing, may_day, town

from gongmai.core.access.models import User
from gongmai.core.access.types import Actor, NotAllowed
from gongmai.core.attachment import queries, tasks
from gongmai.core.attachment.actions import attach, quarantine_path, remove
from gongmai.core.attachment.models import Attachment
from gongmai.core.attachment.rules.recognise import TEST_VIRUS
from gongmai.core.attachment.types import Allowance, AttachmentRefused, Rules
from gongmai.core.audit.models import Entry, Reading
from gongmai.core.review.types import Move
from gongmai.monitor.filing.actions.drafts import save_draft
from gongmai.monitor.filing.actions.reviewing import move_return
from gongmai.monitor.filing.actions.submission import submit_return
from gongmai.monitor.filing.models import Return, Version
from gongmai.monitor.filing.rules.content import compute_digest

__all__ = ["filing", "may_day", "town"]
PDF = b"%PDF-1.7 voucher\n%%EOF"


def put(
    actor: Actor, filing: Return, data: bytes = PDF, name: str = "发票.pdf", **more: object
) -> Attachment:
    return attach(actor, "return", filing.pk, name=name, chunks=[data[:7], data[7:]], **more)  # type: ignore[arg-type]


def refused(actor: Actor, filing: Return, data: bytes = PDF, name: str = "a.pdf") -> str:
    with pytest.raises(AttachmentRefused) as refusal:
        put(actor, filing, data, name)
    return refusal.value.code


def submit(town: Town, filing: Return) -> Version:
    save_draft(town.filer, filing.pk, cells=GOOD, lines={"output_lines": [LINE]})
    submit_return(town.filer, filing.pk)
    return Version.objects.filter(filing=filing).latest("number")


def client_of(actor: Actor) -> Client:
    client = Client()
    client.force_login(User.objects.get(pk=actor.user_id))
    return client


def test_the_content_lies_under_its_digest_and_comes_back_unchanged(town: Town, filing: Return) -> None:
    row = put(town.filer, filing)
    assert row.digest == hashlib.new("sm3", PDF).hexdigest()
    assert queries.content_path(row.digest).read_bytes() == PDF
    answer = client_of(town.filer).get(f"/attachments/file/{row.key}/")
    assert b"".join(answer.streaming_content) == PDF
    assert answer["Content-Type"] == "application/octet-stream"
    assert answer["Content-Disposition"].startswith("attachment;")
    assert answer["X-Content-Type-Options"] == "nosniff"
    assert answer["Content-Security-Policy"] == "sandbox; default-src 'none'"
    assert Entry.objects.filter(action="attachment.download", actor_id=town.filer.user_id).count() == 1


def test_the_file_is_on_disk_before_the_row_is_committed(town: Town, filing: Return, monkeypatch) -> None:
    seen = []

    def create(**values: object) -> Attachment:
        seen.append(queries.content_path(str(values["digest"])).exists())
        raise OSError("killed here")

    monkeypatch.setattr(Attachment.objects, "create", create)
    with pytest.raises(OSError, match="killed"):
        put(town.filer, filing, b"%PDF-1.7 lost")
    assert seen == [True]
    assert not list((queries.folder() / "incoming").iterdir())


def test_a_submission_names_the_files_and_its_digest_proves_them(town: Town, filing: Return) -> None:
    row = put(town.filer, filing)
    version = submit(town, filing)
    (named,) = orjson.loads(version.attachments)
    assert (named["key"], named["digest"], named["size"]) == (row.key, row.digest, len(PDF))
    texts = (version.cells, version.lines, version.explanations)
    assert version.digest == compute_digest(*texts, version.attachments) != compute_digest(*texts)


def test_a_submission_without_files_has_the_digest_that_it_always_had(town: Town, filing: Return) -> None:
    version = submit(town, filing)
    assert version.attachments == "[]"
    assert version.digest == compute_digest(version.cells, version.lines, version.explanations)


def test_what_is_submitted_cannot_be_taken_out_of_the_version(town: Town, filing: Return) -> None:
    row = put(town.filer, filing)
    submit(town, filing)
    with pytest.raises(AttachmentRefused) as refusal:
        remove(town.filer, row.key)
    assert refusal.value.code == "not_open"
    assert refused(town.filer, filing, b"%PDF-1 late") == "not_open"
    move_return(town.county, filing.pk, Move.SEND_BACK, reason="please correct")
    remove(town.filer, row.key)
    assert queries.list_attachments(town.filer, "return", filing.pk)[1] == []
    assert queries.get_attachment(town.county, row.key).digest == row.digest  # version 1 still names it
    assert orjson.loads(submit(town, filing).attachments) == []
    old(queries.content_path(row.digest))
    tasks.sweep()
    assert queries.content_path(row.digest).exists()


def test_an_officer_sees_a_voucher_once_it_is_submitted_and_a_stranger_never(
    town: Town, filing: Return
) -> None:
    row = put(town.filer, filing)
    assert queries.list_attachments(town.county, "return", filing.pk)[1] == []
    assert client_of(town.county).get(f"/attachments/file/{row.key}/").status_code == 404
    submit(town, filing)
    assert queries.list_attachments(town.county, "return", filing.pk)[1] == [row]
    Reading.objects.all().delete()
    assert client_of(town.county).get(f"/attachments/file/{row.key}/").status_code == 200
    assert Reading.objects.filter(what="attachment:download", enterprise_id=town.firm.pk).count() == 1
    with pytest.raises(NotAllowed):
        queries.get_attachment(town.elsewhere, row.key)
    assert client_of(town.elsewhere).get(f"/attachments/file/{row.key}/").status_code == 403


def test_an_internal_paper_is_hidden_from_the_firm_and_a_shared_one_is_not(
    town: Town, filing: Return
) -> None:
    submit(town, filing)
    hidden = put(town.county, filing, b"%PDF-1 note", is_shared=False)
    shared = put(town.county, filing, b"%PDF-1 letter")
    assert queries.list_attachments(town.filer, "return", filing.pk)[1] == [shared]
    with pytest.raises(LookupError):
        queries.get_attachment(town.filer, hidden.key)
    with pytest.raises(AttachmentRefused):
        remove(town.filer, shared.key)
    assert Version.objects.get(filing=filing).attachments == "[]"


def test_leaders_and_strangers_attach_nothing(town: Town, filing: Return) -> None:
    for actor in (town.leader, town.elsewhere):
        with pytest.raises(NotAllowed):
            put(actor, filing)


def test_the_same_file_twice_is_one_file_and_the_same_content_is_kept_once(
    town: Town, filing: Return
) -> None:
    one, again = put(town.filer, filing), put(town.filer, filing)
    other = put(town.filer, filing, name="another.pdf")
    assert one.pk == again.pk != other.pk
    assert one.digest == other.digest
    assert len({one.key, other.key}) == 2
    assert len(one.key) >= 30


def test_a_file_speaks_for_a_finding_of_the_return_only(town: Town, filing: Return) -> None:
    with pytest.raises(AttachmentRefused) as refusal:
        put(town.filer, filing, topic="no such rule")
    assert refusal.value.code == "topic"
    save_draft(
        town.filer,
        filing.pk,
        cells=GOOD | {"electricity": 1, "electricity__ytd": 33.5},
        lines={"output_lines": [LINE]},
    )
    place, _ = queries.list_attachments(town.filer, "return", filing.pk)
    topic = next(iter(place.topics))
    assert put(town.filer, filing, topic=topic).topic == topic
    assert queries.count_by_topic("return", filing.pk) == {topic: 1}


@pytest.fixture
def narrow(monkeypatch) -> Allowance:
    limits = Allowance(file_bytes=60, object_files=3, object_bytes=120, owner_bytes=150, pixels=100, side=50)
    kinds = queries.rules_on(filing_day()).kinds
    monkeypatch.setattr("gongmai.core.attachment.actions.rules_on", lambda _day: Rules(kinds, limits))
    return limits


def filing_day():
    import datetime as dt

    return dt.date(2023, 5, 5)


def test_limits_hold_by_file_by_return_and_by_firm(town: Town, filing: Return, narrow: Allowance) -> None:
    assert refused(town.filer, filing, b"%PDF-" + b"x" * 60) == "too_large"
    assert not list((queries.folder() / "incoming").iterdir())
    for number in range(2):
        put(town.filer, filing, b"%%PDF-%d" % number + b"y" * 50, name=f"{number}.pdf")
    assert refused(town.filer, filing, b"%PDF-z" + b"z" * 50) == "object_full"
    put(town.filer, filing, b"%PDF-", name="small.pdf")
    assert refused(town.filer, filing, b"%PDF-more") == "too_many"
    put(town.county, filing, b"%PDF-office" + b"o" * 40, name="of the office.pdf")  # an allowance of its own
    Attachment.objects.filter(name="0.pdf").update(object_id=999)
    assert refused(town.filer, filing, b"%PDF-last" + b"z" * 40) == "owner_full"


def test_an_endless_upload_is_cut_off_at_the_limit(town: Town, filing: Return, narrow: Allowance) -> None:
    taken = []

    def endless() -> Iterator[bytes]:
        while True:
            taken.append(1)
            yield b"%PDF-" * 4

    with pytest.raises(AttachmentRefused):
        attach(town.filer, "return", filing.pk, name="a.pdf", chunks=endless())
    assert len(taken) == 4


def test_the_makers_test_file_goes_into_quarantine_and_is_told(town: Town, filing: Return) -> None:
    assert refused(town.filer, filing, b"a,b\n" + TEST_VIRUS, "a.csv") == "virus"
    row = Attachment.objects.get()
    assert row.is_quarantined
    assert quarantine_path(row.digest).exists()
    assert not queries.content_path(row.digest).exists()
    assert queries.list_attachments(town.filer, "return", filing.pk)[1] == []
    assert Entry.objects.filter(action="attachment.quarantine").count() == 1
    assert submit(town, filing).attachments == "[]"
    with pytest.raises(LookupError):
        queries.get_attachment(town.filer, row.key)


@pytest.mark.parametrize(("code", "wanted"), [(0, ""), (1, "virus"), (2, "scanner"), (None, "scanner")])
def test_the_scanners_answer_decides(
    town: Town, filing: Return, settings, code: int | None, wanted: str
) -> None:
    command = [sys.executable, "-c", f"raise SystemExit({code})"] if code is not None else ["no-such-scanner"]
    settings.GONGMAI_SCAN_COMMAND = command
    if wanted:
        assert refused(town.filer, filing, b"%%PDF-scan%d" % (code or 9)) == wanted
    else:
        assert put(town.filer, filing).pk
    assert Attachment.objects.filter(is_quarantined=False).count() == (0 if wanted else 1)


def old(path) -> None:
    past = time.time() - 2 * tasks.AGE_SECONDS
    os.utime(path, (past, past))


def test_contents_that_no_row_needs_are_swept_and_others_are_not(town: Town, filing: Return) -> None:
    kept = put(town.filer, filing, b"%PDF-kept")
    gone = put(town.filer, filing, b"%PDF-gone", name="b.pdf")
    young = put(town.filer, filing, b"%PDF-young", name="c.pdf")
    for row in (gone, young):
        remove(town.filer, row.key)
    left = queries.folder() / "incoming" / "left"
    left.write_bytes(b"x")
    for path in (queries.content_path(kept.digest), queries.content_path(gone.digest), left):
        old(path)
    tasks.sweep()
    there = [queries.content_path(row.digest).exists() for row in (kept, gone, young)]
    assert (there, left.exists()) == ([True, False, True], False)
    queries.content_path(kept.digest).unlink()
    assert tasks.missing_contents() == [kept.digest]


def test_the_page_tells_what_was_refused_and_keeps_the_rest(town: Town, filing: Return) -> None:
    from django.core.files.uploadedfile import SimpleUploadedFile

    files = [SimpleUploadedFile("good.pdf", PDF), SimpleUploadedFile("bad.exe", b"MZ")]
    answer = client_of(town.filer).post(
        f"/attachments/return/{filing.pk}/add/", {"file": files}, headers={"HX-Request": "true"}
    )
    text = answer.content.decode()
    assert "good.pdf" in text
    assert "bad.exe" in text
    assert Attachment.objects.count() == 1
