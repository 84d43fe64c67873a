"""The pages: what each kind of person sees, and what the forms do."""

import pytest
from django.test import Client
from django.urls import reverse

from gongmai.core.access.models import User
from gongmai.core.review.types import Move
from gongmai.monitor.filing.actions.drafts import save_draft
from gongmai.monitor.filing.actions.reviewing import move_return
from gongmai.monitor.filing.actions.submission import submit_return
from gongmai.monitor.filing.models import BaseRevision, Return
from tests.monitor.filing.conftest import GOOD, LINE, Town

BACKEND = "django.contrib.auth.backends.ModelBackend"


def sign_in(name: str) -> Client:
    client = Client(headers={"Accept-Language": "en"})
    client.cookies["gongmai_language"] = "en"
    client.force_login(User.objects.get(username=name), backend=BACKEND)
    return client


def fields(cells: dict[str, object]) -> dict[str, str]:
    posted = {f"c.{key}": str(value) for key, value in cells.items()}
    posted |= {f"l.output_lines.0.{key}": str(value) for key, value in LINE.items()}
    return posted | {"t.output_lines": "1", "t.products": "1", "t.materials": "1"}


@pytest.fixture
def submitted(town: Town, filing: Return) -> Return:
    save_draft(town.filer, filing.pk, cells=GOOD, lines={"output_lines": [LINE]})
    submit_return(town.filer, filing.pk)
    return filing


def test_the_firm_sees_its_task_and_fills_it_in(town: Town, filing: Return) -> None:
    client = sign_in("filer")
    tasks = client.get(reverse("filing:tasks")).content.decode()
    assert "2023-04" in tasks
    assert "due 2023-05-08" in tasks
    page = client.get(reverse("filing:fill", args=[filing.pk])).content.decode()
    assert 'name="c.output__ytd"' in page
    assert "valid until 2027-12-31" in page


def test_saving_answers_with_the_findings_and_keeps_what_was_typed(town: Town, filing: Return) -> None:
    client = sign_in("filer")
    place = reverse("filing:save", args=[filing.pk])
    posted = fields(GOOD | {"exports": "9,999"}) | {"revision": "0"}
    page = client.post(place, posted, follow=True).content.decode()
    assert "Export deliveries are larger than sales." in page
    assert 'data-ready="0"' in page
    filing.refresh_from_db()
    assert filing.draft["cells"]["exports"] == 9999
    assert filing.draft["lines"] == {"output_lines": [LINE]}
    page = client.post(place, fields(GOOD) | {"revision": "1"}, follow=True).content.decode()
    assert "Ready to be submitted" in page
    stale = client.post(place, fields(GOOD) | {"revision": "0"}, follow=True).content.decode()
    assert "changed elsewhere in the meantime" in stale


def test_submitting_from_the_page_shows_the_receipt(town: Town, filing: Return) -> None:
    client = sign_in("filer")
    answer = client.post(reverse("filing:submit", args=[filing.pk]), fields(GOOD), follow=True)
    page = answer.content.decode()
    assert "Submitted as version 1" in page
    assert "With the county" in page
    assert 'name="c.output"' not in page


def test_the_county_finds_opens_and_sends_back_with_a_reason(town: Town, submitted: Return) -> None:
    client = sign_in("county")
    listed = client.get(
        reverse("filing:workbench"), {"period": "2023-04", "state": "county"}
    ).content.decode()
    assert "First Works" in listed
    assert "Second Works" not in listed
    shown = client.get(reverse("filing:show", args=[submitted.pk])).content.decode()
    assert "Pass (county)" in shown
    assert "4,100" in shown
    place = reverse("filing:move", args=[submitted.pk])
    answer = client.post(
        place, {"move": "send_back", "reason": "check sales", "boxes": ["sales"]}, follow=True
    )
    assert "Sent back" in answer.content.decode()
    page = sign_in("filer").get(reverse("filing:fill", args=[submitted.pk])).content.decode()
    assert "check sales" in page


def test_the_difference_is_shown_after_a_second_submission(town: Town, submitted: Return) -> None:
    move_return(town.county, submitted.pk, Move.SEND_BACK, reason="check sales")
    save_draft(town.filer, submitted.pk, cells={"sales": 990, "sales__ytd": 4010})
    submit_return(town.filer, submitted.pk)
    shown = sign_in("county").get(reverse("filing:show", args=[submitted.pk])).content.decode()
    assert "What changed since version 1" in shown
    assert "4,010" in shown


def test_many_are_passed_from_the_list(town: Town, submitted: Return) -> None:
    answer = sign_in("county").post(
        reverse("filing:pass"), {"move": "pass_county", "pk": [submitted.pk]}, follow=True
    )
    assert "1 return was passed." in answer.content.decode()
    submitted.refresh_from_db()
    assert submitted.state == "city"


def test_the_league_counts_and_downloads(town: Town, submitted: Return) -> None:
    client = sign_in("leader")
    page = client.get(reverse("filing:completeness"), {"period": "2023-04"}).content.decode()
    assert "50.0%" in page
    answer = client.get(reverse("filing:completeness"), {"period": "2023-04", "format": "csv"})
    assert b"u1" in b"".join(answer.streaming_content)


def test_a_box_shows_its_history(town: Town, submitted: Return) -> None:
    page = sign_in("county").get(reverse("filing:history", args=[submitted.pk, "output"])).content.decode()
    assert "1,000" in page


def test_a_revision_is_asked_for_and_decided(town: Town, filing: Return) -> None:
    asked = BaseRevision.objects.create(
        filing=filing, cell="output__base", locked_value=5, wanted_value=6, reason="merged",
        requested_at=filing.due_at, requested_by=town.filer.user_id,
    )  # fmt: skip
    client = sign_in("city")
    assert "merged" in client.get(reverse("filing:revisions")).content.decode()
    client.post(reverse("filing:decide", args=[asked.pk]), {"approve": "1"})
    asked.refresh_from_db()
    assert asked.state == "approved"


def test_a_foreign_return_is_refused(town: Town, submitted: Return) -> None:
    assert sign_in("elsewhere").get(reverse("filing:show", args=[submitted.pk])).status_code == 403
    assert sign_in("county").get(reverse("filing:fill", args=[submitted.pk])).status_code == 403
    assert sign_in("leader").get(reverse("filing:workbench")).status_code == 403
    assert sign_in("filer").get(reverse("filing:fill", args=[999999])).status_code == 404


def test_nothing_is_listed_when_nothing_fits(town: Town) -> None:
    page = sign_in("county").get(reverse("filing:workbench"), {"q": "nobody"}).content.decode()
    assert "No return fits." in page


def test_the_banner_of_a_return_tells_the_day_of_the_system(town: Town, submitted: Return) -> None:
    page = sign_in("county").get(reverse("filing:show", args=[submitted.pk])).content.decode()
    assert "Today is 2023-05-05 here." in page
    assert 'name="answer_by" value="2023-05-' in page
    assert 'min="2023-05-05"' in page
