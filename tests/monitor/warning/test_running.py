"""What the triggers find on a panel whose troubles are known, and what a second run adds: nothing."""

import pytest

from gongmai.core.access.types import SYSTEM, Actor, NotAllowed
from gongmai.core.audit.models import Entry
from gongmai.core.outbox.models import Delivery
from gongmai.core.panel.actions.publish import publish
from gongmai.core.period.types import Period
from gongmai.monitor.warning.actions.running import run
from gongmai.monitor.warning.models import Alert, AlertStep, Run
from gongmai.monitor.warning.queries.measures import measure
from gongmai.monitor.warning.queries.watch import is_due
from gongmai.monitor.warning.tasks import watch
from gongmai.monitor.warning.types import Colour, State, WarningRefused
from tests.monitor.warning.planted import FIRMS, LAST, SLIP, SLOW, STOP, history

TROUBLED = {*STOP, *SLOW, *SLIP}
# the grave colours: what staff would be sent to
GRAVE = Colour.ORANGE


def judge(found: set[int]) -> tuple[float, float]:
    """Precision and recall on the planted events."""
    hit = found & TROUBLED
    return (len(hit) / len(found) if found else 1.0), len(hit) / len(TROUBLED)


def fixed_threshold() -> set[int]:
    """The baseline: firms whose month lies 20 % below last year's, or 50 % above it."""
    cells = history()
    found = set()
    for firm in range(1, FIRMS + 1):
        growth = cells[firm, LAST]["output"] / cells[firm, LAST]["output__base"] - 1
        if growth < -0.2 or growth > 0.5:
            found.add(firm)
    return found


def found_firms(*triggers: str) -> set[int]:
    rows = Alert.objects.filter(level="enterprise", colour__gte=GRAVE)
    if triggers:
        rows = rows.filter(trigger__in=triggers)
    return {int(key) for key in rows.values_list("key", flat=True)}


def test_planted_events_are_found_by_the_right_trigger_and_better_than_by_a_fixed_threshold(
    planted_city,
) -> None:
    run(LAST)
    assert found_firms("suspected_stop") == set(STOP)
    assert set(SLOW) <= found_firms("output_fall")
    assert found_firms("unit_slip") == set(SLIP)
    assert set(SLIP) <= found_firms("output_breach")
    precision, recall = judge(found_firms())
    plain_precision, plain_recall = judge(fixed_threshold())
    assert recall == 1.0
    assert precision >= 0.7
    assert precision > plain_precision
    assert recall >= plain_recall


def test_the_weight_of_a_firm_that_stands_still_is_its_usual_output(planted_city) -> None:
    run(LAST)
    stopped = Alert.objects.get(trigger="suspected_stop", key=str(STOP[0]))
    assert (stopped.colour, stopped.value) == (Colour.RED, 0)
    assert 0 < stopped.share < 1
    assert stopped.score == pytest.approx(8 * stopped.share)
    fired = Alert.objects.filter(level="enterprise").order_by("-score")
    assert [row.score for row in fired] == sorted((row.score for row in fired), reverse=True)


def test_a_second_run_adds_nothing(planted_city) -> None:
    first = run(LAST)
    assert first.found
    before = (
        list(Alert.objects.order_by("pk").values()),
        Entry.objects.filter(action="warning.run").count(),
        Delivery.objects.count(),
    )
    again = run(LAST)
    assert (again.found, again.reopened, again.lapsed, again.changed) == ([], [], [], 0)
    assert before == (
        list(Alert.objects.order_by("pk").values()),
        Entry.objects.filter(action="warning.run").count(),
        Delivery.objects.count(),
    )
    assert Run.objects.count() == 1


def test_the_worker_evaluates_each_publication_of_the_newest_period_once(planted_city) -> None:
    assert is_due()
    watch()
    assert Run.objects.get().period == LAST.key
    assert not is_due()
    planted_city.file(LAST.previous().key, 1, output=1)
    publish()
    assert not is_due()  # an earlier period only
    planted_city.file(LAST.key, 1, **history()[1, LAST])
    publish()
    assert is_due()


def test_an_earlier_period_is_not_judged_after_a_later_one(planted_city) -> None:
    run(LAST)
    with pytest.raises(WarningRefused) as refused:
        run(LAST.previous())
    assert refused.value.code == "older_period"


def test_only_the_city_and_the_system_run_it(planted_city) -> None:
    with pytest.raises(NotAllowed):
        run(LAST, actor=Actor(1, "nobody"))


def test_a_stop_goes_on_as_one_warning_and_opens_again_after_it_was_closed(planted_city) -> None:
    run(LAST.previous())
    alert = Alert.objects.get(trigger="suspected_stop", key=str(STOP[0]))
    run(LAST)
    alert.refresh_from_db()
    assert (alert.first_period, alert.last_period) == (202211, 202212)
    assert Alert.objects.filter(trigger="suspected_stop").count() == len(STOP)
    Alert.objects.filter(pk=alert.pk).update(
        state=State.CLOSED, verdict="confirm", closed_period=202212, judged=Colour.RED, due_on=None
    )
    # the firm files another month of nothing; everybody else is not there yet
    store, new = planted_city, Period(2023, 2)
    store.rosters[new.key] = store.rosters[LAST.key]
    for firm in range(1, FIRMS + 1):
        figure = 0 if firm in STOP else 9_000
        store.file(new.key, firm, output__ytd=figure, electricity__ytd=figure / 90)
    publish()
    outcome = run(new)
    alert.refresh_from_db()
    assert alert.pk in outcome.reopened
    assert (alert.state, alert.closed_period) == (State.ASSIGNED, None)
    assert alert.due_on is not None
    assert AlertStep.objects.get(alert=alert).move == "reopen"
    assert alert.pk not in run(new).reopened


def test_a_corrected_figure_ends_a_warning_that_nobody_took_up(planted_city) -> None:
    run(LAST)
    slip = Alert.objects.get(trigger="unit_slip", key=str(SLIP[0]))
    cells = history()[SLIP[0], LAST]
    wrong = cells["output"]
    right = round(wrong / 10)
    planted_city.file(
        LAST.key, SLIP[0], **{**cells, "output": right, "output__ytd": cells["output__ytd"] - wrong + right}
    )
    publish()
    outcome = run(LAST)
    slip.refresh_from_db()
    assert slip.pk in outcome.lapsed
    assert (slip.state, slip.colour) == (State.CLOSED, Colour.NONE)
    assert measure(SYSTEM)["unit_slip"].found == len(SLIP)
