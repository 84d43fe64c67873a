"""People and keys: what the administrator may do, what is shown once, what is kept."""

import pytest
from django.test import Client, RequestFactory
from django.urls import reverse

from gongmai.core.access.actions import people as actions
from gongmai.core.access.api import TokenOrSession
from gongmai.core.access.models import ApiToken, User
from gongmai.core.access.models import Grant as GrantRow
from gongmai.core.access.queries import actor_of, find_token
from gongmai.core.access.rules import check_grants
from gongmai.core.access.types import Actor, Grant, NotAllowed, RefusedChange, Role, ScopeKind
from gongmai.core.audit.models import Entry

CITY = Grant(Role.CITY, ScopeKind.CITY)
AUDITOR = Grant(Role.AUDITOR, ScopeKind.CITY)
SYSADMIN = Grant(Role.SYSADMIN, ScopeKind.NONE)


@pytest.fixture
def admin(db) -> User:
    return make("admin", SYSADMIN)


@pytest.fixture
def firm(db) -> User:
    return make("firm", Grant(Role.ENTERPRISE, ScopeKind.ENTERPRISE, "1"))


def make(name: str, grant: Grant) -> User:
    person = User.objects.create(username=name)
    GrantRow.objects.create(user=person, role=grant.role, scope_kind=grant.kind, scope_value=grant.value)
    return person


@pytest.mark.parametrize(
    ("grants", "code"),
    [
        ([SYSADMIN, CITY], "separate"),
        ([AUDITOR, CITY], "separate"),
        ([AUDITOR, SYSADMIN], "separate"),
        ([Grant(Role.COUNTY, ScopeKind.CITY)], "scope"),
        ([Grant(Role.SYSTEM, ScopeKind.CITY)], "scope"),
        ([Grant(Role.COUNTY, ScopeKind.UNIT)], "value"),
    ],
)
def test_roles_that_must_not_meet_and_scopes_that_do_not_fit_are_refused(
    grants: list[Grant], code: str
) -> None:
    with pytest.raises(RefusedChange) as refusal:
        check_grants(grants)
    assert refusal.value.code == code


def test_a_person_may_hold_several_counties() -> None:
    check_grants([Grant(Role.COUNTY, ScopeKind.UNIT, "a"), Grant(Role.COUNTY, ScopeKind.UNIT, "b")])


def test_a_new_person_signs_in_with_a_password_that_is_shown_once(admin: User, client: Client) -> None:
    client.force_login(admin)
    form = {
        "username": "lanshan",
        "display_name": "Lanshan",
        "phone": "",
        "grants-TOTAL_FORMS": "1",
        "grants-INITIAL_FORMS": "0",
        "grants-0-role": "county",
        "grants-0-kind": "unit",
        "grants-0-value": "371302",
    }
    answer = client.post(reverse("access:create-person"), form)
    password = answer.context["password"]
    person = User.objects.get(username="lanshan")
    assert person.check_password(password)
    assert person.must_change_password
    assert actor_of(person).grants == (Grant(Role.COUNTY, ScopeKind.UNIT, "371302"),)
    assert password.encode() in answer.content
    assert password.encode() not in client.get(reverse("access:person", args=[person.pk])).content
    assert password not in "".join(Entry.objects.values_list("payload", flat=True))
    again = client.post(reverse("access:create-person"), form)
    assert again.status_code == 422


def test_rights_change_and_the_trail_says_from_what_to_what(admin: User, client: Client) -> None:
    person = make("officer", Grant(Role.COUNTY, ScopeKind.UNIT, "a"))
    client.force_login(admin)
    form = {
        "display_name": "Officer",
        "phone": "1",
        "grants-TOTAL_FORMS": "2",
        "grants-INITIAL_FORMS": "1",
        "grants-0-role": "",
        "grants-0-kind": "unit",
        "grants-0-value": "a",
        "grants-1-role": "city",
        "grants-1-kind": "city",
        "grants-1-value": "",
    }
    assert client.post(reverse("access:person", args=[person.pk]), form).status_code == 302
    assert actor_of(person).grants == (CITY,)
    line = Entry.objects.get(action="people.change")
    assert '"before":["county:unit:a"]' in line.payload
    assert '"grants":["city:city:"]' in line.payload


def test_nobody_changes_their_own_rights_or_stops_themselves(admin: User) -> None:
    actor = actor_of(admin)
    with pytest.raises(RefusedChange):
        actions.change_person(actor=actor, person_id=admin.pk, display_name="x", phone="", grants=[AUDITOR])
    with pytest.raises(RefusedChange):
        actions.set_active(actor=actor, person_id=admin.pk, active=False)
    assert actor_of(admin).grants == (SYSADMIN,)


def test_a_reset_password_replaces_the_old_one(admin: User, firm: User, client: Client) -> None:
    client.force_login(admin)
    answer = client.post(reverse("access:reset-password", args=[firm.pk]))
    firm.refresh_from_db()
    assert firm.check_password(answer.context["password"])
    assert firm.must_change_password


def test_a_person_is_stopped_and_let_in_again(admin: User, firm: User, client: Client) -> None:
    client.force_login(admin)
    for active in ("0", "1"):
        client.post(reverse("access:set-active", args=[firm.pk]), {"active": active})
        firm.refresh_from_db()
        assert firm.is_active is (active == "1")


def test_a_key_is_shown_once_and_only_its_hash_is_kept(firm: User, client: Client) -> None:
    client.force_login(firm)
    answer = client.post(reverse("access:keys"), {"label": "finance"})
    key = answer.context["key"]
    token = find_token(key)
    assert token is not None
    assert token.user == firm
    assert key.encode() in answer.content
    assert key.encode() not in client.get(reverse("access:keys")).content
    assert key not in str(list(ApiToken.objects.values()))
    assert key not in "".join(Entry.objects.values_list("payload", flat=True))


def test_a_revoked_key_and_the_key_of_a_stopped_person_open_nothing(firm: User) -> None:
    actor = actor_of(firm)
    key, other = (actions.create_token(actor=actor, label=label) for label in "ab")
    actions.revoke_token(actor=actor, token_id=ApiToken.objects.get(label="a").pk)
    assert find_token(key) is None
    assert find_token(other) is not None
    User.objects.update(is_active=False)
    assert find_token(other) is None


def test_a_firm_cannot_revoke_the_key_of_another(firm: User) -> None:
    actions.create_token(actor=actor_of(firm), label="a")
    other = make("other", Grant(Role.ENTERPRISE, ScopeKind.ENTERPRISE, "2"))
    with pytest.raises(ApiToken.DoesNotExist):
        actions.revoke_token(actor=actor_of(other), token_id=ApiToken.objects.get().pk)


def test_the_administrator_makes_no_keys(admin: User) -> None:
    with pytest.raises(NotAllowed):
        actions.create_token(actor=actor_of(admin), label="a")


def test_only_the_person_changes_their_own_password(firm: User) -> None:
    with pytest.raises(NotAllowed):
        actions.change_own_password(actor=Actor(firm.pk + 1, "x"), person=firm, password="x")


def test_using_a_key_is_noted_at_most_once_a_minute(firm: User) -> None:
    key = actions.create_token(actor=actor_of(firm), label="a")
    token = find_token(key)
    assert token is not None
    actions.touch_token(token)
    token.refresh_from_db()
    first = token.last_used_at
    actions.touch_token(token)
    token.refresh_from_db()
    assert first is not None
    assert token.last_used_at == first


def test_a_key_does_not_carry_the_role_that_its_owner_got_later(firm: User, rf: RequestFactory) -> None:
    key = actions.create_token(actor=actor_of(firm), label="a")
    request = rf.get("/", headers={"Authorization": f"Bearer {key}"})
    assert TokenOrSession()(request) is not None
    firm.grants.all().delete()
    GrantRow.objects.create(user=firm, role="city", scope_kind="city")
    assert TokenOrSession()(request) is None
