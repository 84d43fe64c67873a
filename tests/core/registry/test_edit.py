"""Officers' edits: dated, in the trail, announced, within reach."""

from pathlib import Path
from typing import Any

import pytest
from tests.core.registry.sample import credit_code, write_city

from gongmai.core.access.types import SYSTEM, Actor, Grant, NotAllowed, Role, ScopeKind
from gongmai.core.audit.models import Entry
from gongmai.core.outbox.models import Delivery
from gongmai.core.registry.actions import enterprises as actions
from gongmai.core.registry.actions.enterprises import Attributes
from gongmai.core.registry.actions.imports import import_city
from gongmai.core.registry.models import Enterprise, RosterMembership
from gongmai.core.registry.queries import roster_snapshot
from gongmai.core.registry.types import RefusedEdit

OFFICER = Actor(1, "officer", (Grant(Role.CITY, ScopeKind.CITY),))
COUNTY = Actor(2, "county", (Grant(Role.COUNTY, ScopeKind.UNIT, "donghe"),))
pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("simulated_time")]


@pytest.fixture
def wood(tmp_path: Path) -> Enterprise:
    assert import_city(actor=SYSTEM, folder=write_city(tmp_path)).findings == []
    Delivery.objects.all().delete()
    return Enterprise.objects.get(credit_code=credit_code(1))


def announced() -> list[list[int]]:
    return [list(row.payload["periods"]) for row in Delivery.objects.order_by("pk")]


def change(firm: Enterprise, from_period: int, **stated: Any) -> Enterprise:
    known: dict[str, Any] = {"region": "999901", "industry": "2021", "town": "999901001"}
    return actions.change_attributes(
        actor=OFFICER,
        enterprise_id=firm.pk,
        from_period=from_period,
        attributes=Attributes(**known | stated),
        reason="moved",
    )


def test_a_change_holds_from_its_period_and_leaves_what_was_before(wood: Enterprise) -> None:
    change(wood, 202304, industry="2611", tags=("gazelle",), workers=400, revenue=30_000)
    spans = list(
        wood.profiles.order_by("valid_from").values_list("valid_from", "valid_to", "industry", "size")
    )
    assert spans == [(202002, 202303, "2021", "L"), (202304, None, "2611", "M")]
    rows = {p: roster_snapshot(p).to_pylist()[0] for p in (202303, 202304)}
    assert rows[202303]["tags"] == "|little_giant|"
    assert rows[202304]["tags"] == "|gazelle|high_energy|"
    wood.refresh_from_db()
    assert wood.industry == "2611"
    line = Entry.objects.get(action="enterprise.change_attributes")
    assert '"industry":"2021"' in line.payload
    assert '"reason":"moved"' in line.payload


def test_a_change_in_the_future_does_not_show_yet(wood: Enterprise) -> None:
    change(wood, 202307, industry="2611")
    wood.refresh_from_db()
    assert wood.industry == "2021"


def test_history_before_the_latest_change_is_not_rewritten(wood: Enterprise) -> None:
    change(wood, 202304, industry="2611")
    with pytest.raises(RefusedEdit) as refused:
        change(wood, 202303, industry="2612")
    assert refused.value.finding.rule == "profile_order"
    change(wood, 202304, industry="2612")
    assert list(wood.profiles.order_by("valid_from").values_list("industry", flat=True)) == ["2021", "2612"]


def test_a_change_announces_the_periods_that_are_over_or_open(wood: Enterprise, settings: Any) -> None:
    settings.GONGMAI_FLOW = "tests.core.registry.test_edit.FLOW"
    change(wood, 202304, industry="2611")
    assert announced() == [[202304, 202305, 202306]]


def keep(_messages: Any, _progress: Any) -> None:
    """A handler that does nothing: its deliveries are looked at."""


def flow() -> Any:
    from gongmai.core.registry.events import RosterChanged

    return ((RosterChanged, keep),)


FLOW = flow()


@pytest.mark.parametrize(
    ("stated", "column", "rule"),
    [
        ({"industry": "3610"}, "industry", "industry_2011"),
        ({"region": "999999"}, "region", "code_unknown"),
        ({"region": "999971", "town": ""}, "region", "code_unknown"),
        ({"town": "999902101"}, "town", "town_outside_region"),
        ({"workers": 5}, "revenue", "size_half"),
    ],
)
def test_a_change_is_checked_like_an_import(
    wood: Enterprise, stated: dict[str, Any], column: str, rule: str
) -> None:
    with pytest.raises(RefusedEdit) as refused:
        change(wood, 202304, **stated)
    assert (refused.value.finding.column, refused.value.finding.rule) == (column, rule)
    assert wood.profiles.count() == 1


def test_a_firm_leaves_the_roster_and_comes_back(wood: Enterprise) -> None:
    actions.leave_roster(actor=OFFICER, enterprise_id=wood.pk, to_period=202303, exit_type="below_scale")
    wood.refresh_from_db()
    assert not wood.on_roster
    assert credit_code(1) in roster_snapshot(202303).column("credit_code").to_pylist()
    assert credit_code(1) not in roster_snapshot(202304).column("credit_code").to_pylist()
    with pytest.raises(RefusedEdit):
        actions.enter_roster(actor=OFFICER, enterprise_id=wood.pk, from_period=202303, entry_type="restored")
    actions.enter_roster(actor=OFFICER, enterprise_id=wood.pk, from_period=202305, entry_type="restored")
    wood.refresh_from_db()
    assert wood.on_roster
    assert RosterMembership.objects.filter(enterprise=wood).count() == 2
    assert list(Entry.objects.filter(action__startswith="roster.").values_list("action", flat=True)) == [
        "roster.leave",
        "roster.enter",
    ]


def test_a_firm_that_is_not_on_the_roster_cannot_leave_it(wood: Enterprise) -> None:
    actions.leave_roster(actor=OFFICER, enterprise_id=wood.pk, to_period=202303, exit_type="merged")
    with pytest.raises(RefusedEdit) as refused:
        actions.leave_roster(actor=OFFICER, enterprise_id=wood.pk, to_period=202304, exit_type="merged")
    assert refused.value.finding.rule == "not_on_roster"


def test_a_new_firm_has_a_checked_code_and_is_found_by_its_sound(wood: Enterprise) -> None:
    stated = Attributes(region="999901", industry="2021")

    def create(code: str) -> Enterprise:
        return actions.create_enterprise(
            actor=OFFICER, credit_code=code, name="新设铸造厂", from_period=202306, attributes=stated
        )

    firm = create(f" {credit_code(77).lower()} ")
    assert (firm.unit, firm.initials, firm.on_roster) == ("donghe", "xszzc", False)
    for code, rule in ((credit_code(1), "firm_twice"), ("9137", "credit_length")):
        with pytest.raises(RefusedEdit) as refused:
            create(code)
        assert refused.value.finding.rule == rule


def test_a_new_name_changes_how_the_firm_is_found_and_nothing_else(wood: Enterprise) -> None:
    actions.edit_identity(
        actor=OFFICER, enterprise_id=wood.pk, changes={"name": "恒大木业", "contact": "李四"}
    )
    wood.refresh_from_db()
    assert (wood.name, wood.initials, wood.contact) == ("恒大木业", "hdmy", "李四")
    line = Entry.objects.get(action="enterprise.edit")
    assert "address" not in line.payload


@pytest.mark.parametrize(
    "actor", [COUNTY, Actor(3, "firm", (Grant(Role.ENTERPRISE, ScopeKind.ENTERPRISE, "1"),))]
)
def test_only_the_city_edits_the_register(wood: Enterprise, actor: Actor) -> None:
    with pytest.raises(NotAllowed):
        actions.edit_identity(actor=actor, enterprise_id=wood.pk, changes={"name": "x"})
    with pytest.raises(NotAllowed):
        actions.leave_roster(actor=actor, enterprise_id=wood.pk, to_period=202306, exit_type="merged")
    change_as = Attributes(region="999901", industry="2021")
    with pytest.raises(NotAllowed):
        actions.change_attributes(
            actor=actor, enterprise_id=wood.pk, from_period=202306, attributes=change_as, reason="x"
        )
