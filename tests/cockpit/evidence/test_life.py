"""The life of a figure: every part of it told, and to each reader what is theirs to see."""

import pytest
from django.test import Client
from tests.monitor.filing.conftest import APRIL, GOOD, LINE, Town, filing, may_day, town

from gongmai.cockpit.evidence.queries.figure import figures_of, find_figure, life_of
from gongmai.core.access.models import User
from gongmai.core.access.types import Actor, NotAllowed
from gongmai.core.attachment.actions import attach
from gongmai.core.panel.actions.publish import publish
from gongmai.core.period import clock
from gongmai.core.review.types import Move
from gongmai.monitor.filing.actions.drafts import save_draft
from gongmai.monitor.filing.actions.reviewing import move_return
from gongmai.monitor.filing.actions.submission import submit_return
from gongmai.monitor.filing.models import Remark, Return, Thread

__all__ = ["filing", "may_day", "town"]


def kinds(actor: Actor, filing: Return, cell: str = "output") -> list[str]:
    return [event.kind for event in life_of(actor, filing.pk, cell).events]


def fill(town: Town, filing: Return, **changes: object) -> None:
    save_draft(town.filer, filing.pk, cells=GOOD | changes, lines={"output_lines": [LINE]})


def test_a_figure_is_followed_from_the_keyboard_to_the_review(town: Town, filing: Return) -> None:
    fill(town, filing)
    attach(town.filer, "return", filing.pk, name="a.pdf", chunks=[b"%PDF-1"])
    submit_return(town.filer, filing.pk)
    move_return(town.county, filing.pk, Move.SEND_BACK, reason="sales look wrong", boxes={"sales": ""})
    assert kinds(town.filer, filing, "output") == ["typed", "voucher", "submitted"]
    assert kinds(town.filer, filing, "sales") == ["typed", "voucher", "submitted", "step"]
    save_draft(town.filer, filing.pk, cells={"sales": 990, "sales__ytd": 4010})
    assert kinds(town.county, filing, "sales").count("typed") == 1  # the officer does not see the new draft
    submit_return(town.filer, filing.pk)
    life = life_of(town.county, filing.pk, "sales")
    assert [event.value for event in life.events if event.kind == "submitted"] == [980, 990]
    assert (life.value, life.version) == (990, 2)
    assert [event.by for event in life.events if event.kind == "typed"] == ["filer", "filer"]
    _seen, rows = figures_of(town.county, filing.pk)
    (row,) = (row for row in rows if row["cell"] == "sales")
    assert (row["value"], row["changes"]) == (990, 1)


def test_a_finding_stands_with_its_explanation(town: Town, filing: Return) -> None:
    from gongmai.monitor.filing.queries.working import check_content, working_draft
    from gongmai.monitor.filing.types import Severity

    fill(town, filing, electricity=1.0, electricity__ytd=33.5)
    filing.refresh_from_db()
    _content, findings = check_content(filing, working_draft(filing))
    explained = {each.key: "stood still" for each in findings if each.severity is not Severity.BLOCKING}
    assert explained
    save_draft(town.filer, filing.pk, explanations=explained)
    submit_return(town.filer, filing.pk)
    cell = next(each.cell for each in findings if each.key in explained)
    events = life_of(town.county, filing.pk, cell).events
    assert "stood still" in [event.text for event in events if event.kind == "explained"]
    assert [event for event in events if event.kind == "finding" and event.note in explained]


def test_an_internal_remark_is_told_to_officers_only(town: Town, filing: Return) -> None:
    fill(town, filing)
    submit_return(town.filer, filing.pk)
    for internal, text in ((True, "ask the power company"), (False, "please check")):
        thread = Thread.objects.create(filing=filing, box="output", internal=internal)
        Remark.objects.create(
            thread=thread, text=text, version=1, author_id=town.county.user_id, author="county",
            by_firm=False,
            at=clock.now(),
        )  # fmt: skip
    texts = [
        {event.text for event in life_of(actor, filing.pk, "output").events if event.kind == "remark"}
        for actor in (town.county, town.filer)
    ]
    assert texts == [{"ask the power company", "please check"}, {"please check"}]


def test_a_published_figure_names_vintages_and_the_numbers_that_contain_it(
    town: Town, filing: Return
) -> None:
    fill(town, filing)
    submit_return(town.filer, filing.pk)
    move_return(town.county, filing.pk, Move.PASS_COUNTY)
    move_return(town.city, filing.pk, Move.PASS_CITY)
    assert life_of(town.city, filing.pk, "output__ytd").publications == []
    publish(reason="first")
    life = life_of(town.city, filing.pk, "output__ytd")
    (one,) = life.publications
    assert (one.value, one.last, one.is_present) == (4100, None, True)
    assert "growth" in {each.code for each in life.containers}
    workers = life_of(town.city, filing.pk, "workforce").containers
    assert {each.item for each in workers if each.code == "growth"} == {"workforce"}
    assert life_of(town.city, filing.pk, "outlook").containers == []
    assert life_of(town.filer, filing.pk, "output__ytd").containers == []


def test_a_stranger_learns_nothing_and_a_wrong_box_is_not_found(town: Town, filing: Return) -> None:
    with pytest.raises(NotAllowed):
        life_of(town.elsewhere, filing.pk, "output")
    with pytest.raises(LookupError):
        life_of(town.county, filing.pk, "no_such_box")
    client = Client()
    client.force_login(User.objects.get(pk=town.county.user_id))
    assert client.get(f"/evidence/figure/{filing.pk}/no_such_box/").status_code == 404
    assert client.get(f"/evidence/figure/{filing.pk}/output/").status_code == 200
    found = client.get(f"/evidence/firm/{town.firm.pk}/{APRIL}/output/")
    assert found["Location"] == f"/evidence/figure/{filing.pk}/output/"
    assert find_figure(town.county, town.firm.pk, APRIL, "output") == filing.pk
