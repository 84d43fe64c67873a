"""The sheet's saves and checks, tasks with their countdown, and what is filled in from last period."""

import datetime as dt
import json
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from gongmai.core.period import clock
from gongmai.core.period.rules import count_workdays
from gongmai.core.review.types import Move
from gongmai.monitor.filing.actions.drafts import save_draft, save_edits
from gongmai.monitor.filing.actions.reviewing import move_return
from gongmai.monitor.filing.actions.submission import Idempotency, submit_return
from gongmai.monitor.filing.models import IdempotencyKey, Return, Version
from gongmai.monitor.filing.queries.forms import reasons
from gongmai.monitor.filing.queries.tasks import Status, my_tasks
from gongmai.monitor.filing.queries.working import working_draft
from gongmai.monitor.filing.rules.merging import Edit
from tests.monitor.filing.conftest import GOOD, LINE, Town
from tests.monitor.filing.test_pages import sign_in

MARCH = {
    "output": 1000, "output__ytd": 3000, "workforce": 48, "stock_value": 70, "orders_in_hand": 5,
    "sales__ytd": 3020,
}  # fmt: skip


@pytest.fixture
def march(town: Town) -> Return:
    filed = Return.objects.create(
        enterprise=town.firm, form="monthly", period=202303, state="approved", versions_count=1
    )
    lines = {"products": [{"product": "100", "quantity": 5.5, "sold": 4, "price": 12}]}
    Version.objects.create(
        filing=filed, number=1, cells=json.dumps(MARCH), lines=json.dumps(lines), digest="x", source="import",
        submitted_at=clock.now(),
    )  # fmt: skip
    return filed


def post(client: Client, name: str, filing: Return, *edits: tuple[str, Any, Any], **more: Any) -> Any:
    body = {"edits": [dict(zip(("address", "base", "value"), edit, strict=True)) for edit in edits], **more}
    return client.post(reverse(f"filing:{name}", args=[filing.pk]), body, content_type="application/json")


def test_a_save_answers_with_what_was_found_and_a_check_changes_nothing(town: Town, filing: Return) -> None:
    client = sign_in("filer")
    typed = [(f"c.{key}", "", str(value)) for key, value in (GOOD | {"exports": "9,999"}).items()]
    found = post(client, "check", filing, *typed).json()
    assert "H3_exports" in {each["key"] for each in found["findings"]}
    filing.refresh_from_db()
    assert (filing.draft, filing.draft_revision) == ({}, 0)
    saved = post(client, "save", filing, *typed, revision=0).json()
    assert (saved["revision"], saved["conflicts"], saved["ready"]) == (1, [], False)
    assert {each["place"] for each in saved["findings"] if each["severity"] == "blocking"} >= {"exports"}
    line = [(f"l.output_lines.n1.{key}", "", str(value)) for key, value in LINE.items()]
    saved = post(client, "save", filing, ("c.exports", "9,999", "0"), *line, revision=1).json()
    assert (saved["ready"], saved["computed"]["output_lines_total"]) == (True, "1,000")
    assert "values" not in saved


def test_two_pages_that_save_different_boxes_both_see_all_of_them(town: Town, filing: Return) -> None:
    client = sign_in("filer")
    post(client, "save", filing, ("c.output", "", "1000"), revision=0)
    other = post(client, "save", filing, ("c.sales", "", "980"), revision=0).json()
    assert other["values"] == {"c.output": "1000", "c.sales": "980"}
    clash = post(client, "save", filing, ("c.output", "", "1001"), revision=2).json()
    assert clash["conflicts"][0] | {"label": ""} == {
        "address": "c.output", "why": "differs", "base": "", "mine": "1001", "theirs": "1000", "label": "",
    }  # fmt: skip
    filing.refresh_from_db()
    assert (filing.draft["cells"], filing.draft_revision) == ({"output": 1000, "sales": 980}, 2)


def test_the_same_save_again_moves_nothing(town: Town, filing: Return) -> None:
    client = sign_in("filer")
    first = post(client, "save", filing, ("c.output", "", "1000"), revision=0).json()
    again = post(client, "save", filing, ("c.output", "", "1000"), revision=0).json()
    assert first["revision"] == again["revision"] == 1


def test_nobody_saves_under_another_name(town: Town, filing: Return) -> None:
    answer = post(sign_in("filer"), "save", filing, ("c.output", "", "1"), person="999")
    assert (answer.status_code, answer.json()["code"]) == (409, "another_person")
    assert post(sign_in("county"), "save", filing, ("c.output", "", "1")).status_code == 403
    assert post(sign_in("filer"), "check", Return(pk=999999)).status_code == 404
    for body in ("[]", "{", '{"edits": 5}', '{"edits": [{"base": 1}]}', '{"edits": [], "revision": "x"}'):
        place = reverse("filing:save", args=[filing.pk])
        assert sign_in("filer").post(place, body, content_type="application/json").status_code == 422


def test_without_a_script_the_form_is_merged_by_what_its_page_showed(town: Town, filing: Return) -> None:
    client = sign_in("filer")
    save_draft(town.filer, filing.pk, cells={"output": 1000, "sales": 900})
    post(client, "save", filing, ("c.sales", "900", "980"))
    base = json.dumps({"c.output": "1000", "c.sales": "900"})
    place = reverse("filing:save", args=[filing.pk])
    page = client.post(place, {"base": base, "c.output": "1001", "c.sales": "900"}, follow=True)
    assert "The draft was saved." in page.content.decode()
    filing.refresh_from_db()
    assert filing.draft["cells"] == {"output": 1001, "sales": 980}
    page = client.post(place, {"base": base, "c.output": "1001", "c.sales": "970"}, follow=True)
    assert "“980” was saved elsewhere, you typed “970”" in page.content.decode()


def test_stocks_come_from_last_period_and_wait_to_be_confirmed(
    town: Town, march: Return, filing: Return
) -> None:
    draft = working_draft(filing)
    assert draft.prefilled == ["stock_value", "orders_in_hand", "workforce"]
    assert draft.content.cells["workforce"] == 48
    assert draft.content.lines["products"] == [{"product": "100", "price_previous": 12}]
    page = sign_in("filer").get(reverse("filing:fill", args=[filing.pk])).content.decode()
    assert 'class="prefilled"' in page
    assert 'data-last="1000"' in page
    saved = save_edits(
        town.filer, filing.pk, [Edit("k.workforce", "", "1"), Edit("c.stock_value", "70", "71")]
    )
    assert saved.draft.prefilled == ["orders_in_hand"]
    answer = post(sign_in("filer"), "save", filing, ("k.orders_in_hand", "", "1")).json()
    assert (answer["to_confirm"], "not_confirmed" in {each["key"] for each in answer["findings"]}) == (
        0,
        False,
    )


def test_the_page_knows_two_years_of_every_box(town: Town, march: Return, filing: Return) -> None:
    page = sign_in("filer").get(reverse("filing:fill", args=[filing.pk])).content.decode()
    data = json.loads(page.split('id="sheet-data" type="application/json">')[1].split("</script>")[0])
    series = data["series"]
    assert (len(series["periods"]), series["periods"][-1]) == (24, "2023-03")
    assert series["periods"][series["year_ago"]] == "2022-04"
    assert series["cells"]["output"][-1] == 1000
    assert series["lines"]["products"]["100"]["quantity"][-1] == 5.5
    assert data["flows"]["output"]["before"] == 3000
    assert data["totals"][0] == {
        "cell": "output_lines_total", "table": "output_lines", "decimals": 0, "tree": ["sum", "output"],
    }  # fmt: skip


def test_only_boxes_that_were_sent_back_are_open_and_the_others_say_why(town: Town, filing: Return) -> None:
    save_draft(town.filer, filing.pk, cells=GOOD, lines={"output_lines": [LINE]})
    submit_return(town.filer, filing.pk)
    move_return(town.county, filing.pk, Move.SEND_BACK, reason="look", boxes={"workforce": "count again"})
    client = sign_in("filer")
    page = client.get(reverse("filing:fill", args=[filing.pk])).content.decode()
    assert "count again" in page
    shut = page.split('id="cell-sales"')[1].split(">")[0]
    assert "readonly" in shut
    assert "readonly" not in page.split('id="cell-workforce"')[1].split(">")[0]
    saved = post(client, "save", filing, ("c.workforce", "50", "51"), ("c.sales", "980", "1")).json()
    assert [(each["address"], each["why"]) for each in saved["conflicts"]] == [("c.sales", "closed")]
    filing.refresh_from_db()
    assert (filing.draft["cells"]["workforce"], filing.draft["cells"]["sales"]) == (51, 980)


def test_tasks_stand_by_urgency_and_a_filter_chooses_among_them(
    town: Town, march: Return, filing: Return
) -> None:
    (april, filed) = my_tasks(town.filer)
    assert (april.status, april.left.workdays if april.left else None) == (Status.DUE, 2)
    assert filed.status is Status.SUBMITTED
    zone = dt.timezone(dt.timedelta(hours=8))
    clock.simulate(dt.datetime(2023, 5, 8, 20, 30, tzinfo=zone))
    page = sign_in("filer").get(reverse("filing:tasks")).content.decode()
    assert "3 h 29 min left" in page
    clock.simulate(dt.datetime(2023, 5, 9, 1, 0, tzinfo=zone))
    client = sign_in("filer")
    assert my_tasks(town.filer)[0].status is Status.OVERDUE
    assert "2023-04" in client.get(reverse("filing:tasks"), {"show": "overdue"}).content.decode()
    empty = client.get(reverse("filing:tasks"), {"show": "returned"}).content.decode()
    assert "No return fits." in empty


def test_a_returned_task_tells_its_boxes_and_its_own_deadline(town: Town, filing: Return) -> None:
    save_draft(town.filer, filing.pk, cells=GOOD, lines={"output_lines": [LINE]})
    submit_return(town.filer, filing.pk)
    day = clock.today() + dt.timedelta(days=1)
    boxes = {"output_lines.1311.output": "see the ledger"}
    move_return(town.county, filing.pk, Move.SEND_BACK, reason="look", boxes=boxes, answer_by=day)
    task = my_tasks(town.filer)[0]
    assert (task.status, task.until.date() if task.until else None) == (Status.RETURNED, day)
    page = sign_in("filer").get(reverse("filing:tasks")).content.decode()
    assert f"{reverse('filing:fill', args=[filing.pk])}#cell-output_lines.k1311.output" in page
    assert "see the ledger" in page
    opened = sign_in("filer").get(reverse("filing:fill", args=[filing.pk])).content.decode()
    assert 'id="cell-output_lines.k1311.output"' in opened


def test_a_repeat_under_a_new_key_keeps_its_receipt_under_that_key(town: Town, filing: Return) -> None:
    save_draft(town.filer, filing.pk, cells=GOOD, lines={"output_lines": [LINE]})
    first = submit_return(town.filer, filing.pk, idempotency=Idempotency("one", "d"))
    again = submit_return(town.filer, filing.pk, idempotency=Idempotency("two", "d"))
    assert first == again
    assert set(IdempotencyKey.objects.values_list("key", flat=True)) == {"one", "two"}
    move_return(town.county, filing.pk, Move.PASS_COUNTY)
    assert submit_return(town.filer, filing.pk, idempotency=Idempotency("two", "d")) == first


def test_working_days_are_counted_from_tomorrow_to_the_last_day() -> None:
    def is_workday(day: dt.date) -> bool:
        return day.weekday() < 5

    friday, monday = dt.date(2023, 5, 5), dt.date(2023, 5, 8)
    assert count_workdays(friday, monday, is_workday) == 1
    assert count_workdays(monday, monday, is_workday) == count_workdays(monday, friday, is_workday) == 0


def test_every_reason_of_an_explanation_is_there_in_both_languages() -> None:
    labels = [reason["label"] for reason in reasons()]
    assert len({label["zh-Hans"] for label in labels}) == len(labels) > 5
    assert all(label["en"] for label in labels)
