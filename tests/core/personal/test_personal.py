"""Personal data: nothing kept unnamed, numbers masked, a person exported and forgotten, time honoured."""

from datetime import UTC, datetime, timedelta

import pytest
from click.testing import CliRunner
from django.apps import apps
from django.test import Client
from hypothesis import given
from hypothesis import strategies as st
from tests.architecture import sample_city
from tests.architecture.sample_city import Sample

from gongmai.cli.person import person as command
from gongmai.core.access.models import ApiToken, Grant, SignIn, User
from gongmai.core.access.queries import names_of
from gongmai.core.access.types import SYSTEM, NotAllowed, Role
from gongmai.core.audit.models import Entry
from gongmai.core.period import clock
from gongmai.core.personal.actions import erase_person
from gongmai.core.personal.queries import export_person, inventory, missing_fields
from gongmai.core.personal.rules import looks_personal, mask_phone
from gongmai.core.personal.tasks import forget_old
from gongmai.core.personal.types import NoSuchPerson
from gongmai.core.review.models import Case, Step

NOW = datetime(2023, 7, 6, tzinfo=UTC)


def test_every_field_that_looks_personal_stands_in_the_inventory() -> None:
    assert missing_fields() == []


def test_a_field_that_is_not_in_the_inventory_is_found(monkeypatch) -> None:
    read = inventory()
    without = tuple(entry for entry in read.kept if entry.model != "registry.Enterprise")
    fewer = type(read)(without, read.not_personal, read.retention)
    monkeypatch.setattr("gongmai.core.personal.queries.inventory", lambda: fewer)
    assert missing_fields() == ["registry.Enterprise.contact", "registry.Enterprise.contact_phone"]


def test_the_inventory_names_only_what_exists_and_says_why() -> None:
    roles = {role.value for role in Role}
    for entry in inventory().kept:
        model = apps.get_model(entry.model)
        columns = {field.name for field in model._meta.concrete_fields}
        columns |= {field.attname for field in model._meta.concrete_fields}
        assert set(entry.fields) <= columns
        assert entry.person in columns | {"self", "none"}
        assert set(entry.seen_by) <= roles
        assert entry.erase in {"blank", "null", "pseudonym", "keep"}
        assert entry.why or entry.erase != "keep"
        assert entry.purpose
        assert entry.kept
    for model_name, fields in inventory().not_personal.items():
        assert fields <= {field.name for field in apps.get_model(model_name)._meta.concrete_fields}
    for kept in inventory().retention:
        assert kept.column in {field.name for field in apps.get_model(kept.model)._meta.concrete_fields}
    days = {kept.model: kept.days for kept in inventory().retention}
    assert days["filing.IdempotencyKey"] >= 45
    assert days["access.SignIn"] >= 183


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        ("13812341234", "138****1234"),
        ("138 1234 1234", "138 **** 1234"),
        ("+86 13812341234", "+86 1******1234"),
        ("0539-0001234", "053*-***1234"),
        ("8123", "**23"),
        ("", ""),
    ],
)
def test_a_number_is_masked_in_its_middle(text: str, wanted: str) -> None:
    assert mask_phone(text) == wanted


@given(st.text(st.sampled_from("0123456789 -+()x"), max_size=24))
def test_masking_keeps_the_shape_and_shows_seven_digits_at_most(text: str) -> None:
    masked = mask_phone(text)
    digits = sum(char.isdigit() for char in text)
    shown = sum(char.isdigit() for char in masked)
    assert len(masked) == len(text)
    assert shown <= min(7, max(digits // 2, 7 if digits > 7 else 0))


@pytest.mark.parametrize(
    "name", ["phone", "contact_phone", "email", "author", "proposed_name", "ip", "agent"]
)
def test_names_of_personal_fields_are_known(name: str) -> None:
    assert looks_personal(name)
    assert not looks_personal("digest")


@pytest.fixture
def clerk(db) -> User:
    clerk = User(username="chu", display_name="褚某某", phone="13812341234", email="chu@example.org")
    clerk.set_password("a long password")
    clerk.save()
    Grant.objects.create(user=clerk, role="city", scope_kind="city")
    ApiToken.objects.create(user=clerk, label="x", digest="d", created_at=NOW)
    SignIn.objects.create(user=clerk, username="chu", at=NOW, ip="10.1.2.3", agent="Firefox", outcome="ok")
    return clerk


def step_of(clerk: User) -> Step:
    from gongmai.core.registry.models import Enterprise

    firm = Enterprise.objects.create(
        credit_code="91371302MA3DEMX00D", name="x", unit="u", region="r", industry="1311"
    )
    case = Case.objects.create(kind="return", object_id=1, enterprise=firm, updated_at=NOW)
    return Step.objects.create(
        case=case, move="pass_city", state="approved", actor_id=clerk.pk, actor=clerk.display_name, at=NOW
    )


def everything_stored() -> str:
    """The text of every row of every table of the product."""
    texts = []
    for model in apps.get_models():
        if model.__module__.startswith("gongmai."):
            texts += [str(row) for row in model.objects.values()]
    return "\n".join(texts)


def test_an_erased_person_is_nowhere_and_their_deeds_stay_by_number(clerk: User) -> None:
    step = step_of(clerk)
    assert all(
        text in everything_stored() for text in ("褚某某", "13812341234", "chu@example.org", "10.1.2.3")
    )
    changed = erase_person(SYSTEM, "chu")
    stored = everything_stored()
    for text in ("褚某某", "13812341234", "chu@example.org", "10.1.2.3", "Firefox", "'chu'"):
        assert text not in stored
    step.refresh_from_db()
    assert (step.actor_id, step.actor, step.move) == (clerk.pk, "", "pass_city")
    clerk.refresh_from_db()
    assert not clerk.is_active
    assert not clerk.has_usable_password()
    assert not ApiToken.objects.filter(revoked_at=None).exists()
    assert names_of([clerk.pk]) == {clerk.pk: f"erased-{clerk.pk}"}
    assert changed["review.Step"] == 1
    assert Entry.objects.filter(action="people.erase", object_id=str(clerk.pk)).count() == 1


def test_a_person_gets_everything_that_is_kept_of_them(clerk: User) -> None:
    step_of(clerk)
    found = export_person(SYSTEM, "chu")
    assert "褚某某" in {row.get("display_name") for row in found["access.User"]}
    assert found["access.SignIn"][0]["username"] == "chu"
    assert found["review.Step"][0]["actor"] == "褚某某"
    assert "registry.Enterprise" not in found


def test_only_the_system_exports_and_erases(clerk: User) -> None:
    from gongmai.core.access.queries import actor_of

    for act in (export_person, erase_person):
        with pytest.raises(NotAllowed):
            act(actor_of(clerk), "chu")
        with pytest.raises(NoSuchPerson):
            act(SYSTEM, "nobody")


def test_the_commands_print_and_erase_and_name_an_unknown_login(clerk: User) -> None:
    run = CliRunner()
    assert "褚某某" in run.invoke(command, ["export", "chu"]).output
    assert run.invoke(command, ["erase", "chu"], input="n\n").exit_code == 1
    assert User.objects.filter(username="chu").exists()
    assert run.invoke(command, ["erase", "chu", "--yes"]).exit_code == 0
    assert run.invoke(command, ["export", "chu"]).exit_code == 2


def test_what_is_over_its_time_goes_and_the_rest_stays(clerk: User) -> None:
    now = datetime.now(UTC)
    for days in (399, 401, 900):
        SignIn.objects.create(username="x", at=now - timedelta(days=days), outcome="failed")
    SignIn.objects.filter(user=clerk).update(at=now)
    assert forget_old() == {"access.SignIn": 2}
    assert SignIn.objects.count() == 2
    assert forget_old() == {}
    assert Entry.objects.filter(action="personal.forget").count() == 1


def test_what_was_written_at_a_simulated_date_in_the_past_is_not_old(db, simulated_time) -> None:
    for days in (1, 399, 401):
        SignIn.objects.create(username="x", at=clock.now() - timedelta(days=days), outcome="failed")
    assert forget_old() == {"access.SignIn": 1}


def test_a_clock_that_jumps_ahead_deletes_nothing(db) -> None:
    SignIn.objects.create(username="x", at=datetime.now(UTC), outcome="failed")
    clock.simulate(datetime.now(UTC) + timedelta(days=5000))
    try:
        assert forget_old() == {}
    finally:
        clock.resume()


def test_a_number_is_masked_on_the_page_and_its_reveal_is_logged(db, simulated_time) -> None:
    sample: Sample = sample_city.build()
    from gongmai.core.registry.models import Enterprise

    own = sample.keys["enterprise"][0]
    Enterprise.objects.filter(pk=own).update(contact="王某", contact_phone="13812341234")
    client = Client()
    client.force_login(sample.people["county"])
    page = client.get(f"/enterprise/{own}/").content.decode()
    assert "138****1234" in page
    assert "13812341234" not in page
    assert not Entry.objects.filter(action="contact.reveal").exists()
    assert "13812341234" in client.post(f"/personal/contact/{own}/").content.decode()
    assert Entry.objects.filter(action="contact.reveal", object_id=str(own)).count() == 1
    client.force_login(sample.people["auditor"])
    assert client.post(f"/personal/contact/{own}/").status_code == 403
