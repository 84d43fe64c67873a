"""Evaluating the triggers for a period: new ones are found, open ones followed, ended ones noted."""

from collections.abc import Iterable
from dataclasses import dataclass, field

from django.db import transaction

from gongmai.core.access.queries import check_may
from gongmai.core.access.types import SYSTEM, Actor
from gongmai.core.audit.actions import record
from gongmai.core.outbox.actions import announce
from gongmai.core.panel.queries.vintages import NotPublished, current_vintage, published_periods
from gongmai.core.period import clock
from gongmai.core.period.queries import is_workday
from gongmai.core.period.types import Period
from gongmai.monitor.warning.events import Evaluated
from gongmai.monitor.warning.models import Alert, AlertStep, Run
from gongmai.monitor.warning.queries.firing import firing_firms
from gongmai.monitor.warning.queries.groups import firing_groups
from gongmai.monitor.warning.queries.triggers import life_on
from gongmai.monitor.warning.rules.life import deadline, is_muted, opens_again
from gongmai.monitor.warning.types import (
    ENDED,
    KIND,
    Colour,
    Level,
    Life,
    Move,
    Signal,
    State,
    WarningRefused,
)

Name = tuple[str, str]
Signals = dict[Name, tuple[Signal, Colour]]


@dataclass(slots=True)
class Outcome:
    """What a run did: numbers of warnings by what happened to them, and how many signals fire."""

    period: Period
    vintage: int
    firing: int = 0
    found: list[int] = field(default_factory=list)
    reopened: list[int] = field(default_factory=list)
    lapsed: list[int] = field(default_factory=list)
    changed: int = 0


def run(period: Period | None = None, *, actor: Actor = SYSTEM) -> Outcome:
    """Evaluate every trigger on the newest vintage; run again, it adds nothing.

    `period`: the newest published one unless said. One transaction, one line of the trail where something
    changed. Raises NotAllowed, NotPublished, WarningRefused `older_period`: a later one was evaluated.
    """
    check_may(actor, "warning.run")
    vintage = current_vintage()
    period = period or Period.from_key(published_periods(vintage)[-1])
    if period.key not in published_periods(vintage):
        raise NotPublished(vintage=vintage, period=period.key)
    groups = firing_groups(period, vintage)
    signals: Signals = {**firing_firms(period, vintage), **(groups or {})}
    with transaction.atomic():
        # the row of the run is the lock: two workers that evaluate the same vintage wait for each other
        mine, _new = Run.objects.select_for_update().get_or_create(
            period=period.key, vintage=vintage, defaults={"at": clock.now()}
        )
        later = Alert.objects.filter(seen_period__gt=period.key).order_by("-seen_period").first()
        if later is not None:
            raise WarningRefused("older_period", period=str(Period.from_key(later.seen_period)))
        outcome = _Follow(period, vintage, signals, with_groups=groups is not None).follow()
        mine.firing = outcome.firing
        mine.found += len(outcome.found)
        mine.reopened += len(outcome.reopened)
        mine.save(update_fields=["firing", "found", "reopened"])
        if outcome.found or outcome.reopened or outcome.lapsed or outcome.changed:
            payload = {
                "vintage": vintage,
                "found": len(outcome.found),
                "reopened": outcome.reopened,
                "lapsed": outcome.lapsed,
                "changed": outcome.changed,
            }
            record(actor=actor, action="warning.run", kind=KIND, object_id=period.key, payload=payload)
        if outcome.found or outcome.reopened:
            event = Evaluated(period.key, vintage, len(outcome.found), tuple(outcome.reopened))
            announce(event, actor_id=actor.user_id)
    return outcome


class _Follow:
    """One run over the warnings that are there, under the lock of its row."""

    def __init__(self, period: Period, vintage: int, signals: Signals, *, with_groups: bool) -> None:
        self.period, self.vintage, self.signals, self.with_groups = period, vintage, signals, with_groups
        self.now, self.today = clock.now(), clock.today()
        self.life: Life = life_on(self.today)
        self.outcome = Outcome(period, vintage, sum(raw > 0 for _signal, raw in signals.values()))
        self.steps: list[AlertStep] = []

    def follow(self) -> Outcome:
        """Follow what is there, then find what is new."""
        latest = _latest(self.period, self.life.reopen_within)
        for name, alert in latest.items():
            if alert.level != Level.ENTERPRISE and not self.with_groups:
                continue  # not judged in this period yet: it stays as it is
            if alert.state in ENDED:
                self._look_back(alert, *self.signals.get(name, (None, Colour.NONE)))
            else:
                self._go_on(alert, *self.signals.get(name, (None, Colour.NONE)))
        fresh = [signal for name, (signal, raw) in self.signals.items() if raw > 0 and name not in latest]
        self._find(fresh)
        AlertStep.objects.bulk_create(self.steps, batch_size=500)
        return self.outcome

    def _go_on(self, alert: Alert, signal: Signal | None, raw: Colour) -> None:
        before = (alert.colour, alert.worst, alert.value, alert.last_period, alert.seen_period)
        self._update(alert, signal, raw)
        lapses = alert.state == State.FOUND and alert.colour == Colour.NONE
        if lapses:
            self._step(alert, Move.LAPSE, State.CLOSED)
            self.outcome.lapsed.append(alert.pk)
        after = (alert.colour, alert.worst, alert.value, alert.last_period, alert.seen_period)
        if lapses or after != before:
            self.outcome.changed += 1
            alert.updated_at = self.now
            alert.save()

    def _look_back(self, alert: Alert, signal: Signal | None, raw: Colour) -> None:
        """An ended warning opens again, keeps quiet what was judged, or lets a new one be found."""
        if signal is None or raw is Colour.NONE:
            return
        closed = Period.from_key(alert.closed_period or alert.last_period)
        if not alert.verdict:  # nobody judged it: it lapsed, and may come back within the very period
            closed = closed.previous()
        state, judged, within = State(alert.state), Colour(alert.judged), self.life.reopen_within
        if opens_again(state, closed, self.period, judged, raw, within):
            self._update(alert, signal, raw)
            self._step(alert, Move.REOPEN, State.ASSIGNED)
            alert.updated_at = self.now
            alert.save()
            self.outcome.reopened.append(alert.pk)
        elif not is_muted(state, closed, self.period, judged, raw, within):
            self._find([signal])

    def _update(self, alert: Alert, signal: Signal | None, raw: Colour) -> None:
        alert.seen_period = self.period.key
        alert.colour = signal.colour if signal else Colour.NONE
        if signal is not None and raw > 0:
            alert.last_period, alert.value, alert.share = self.period.key, signal.value, signal.share
            alert.vintage = self.vintage
        alert.worst = max(alert.worst, alert.colour)
        if alert.colour == Colour.RED and alert.red_period is None:
            alert.red_period = self.period.key
        alert.score = self._score(Colour(alert.colour), alert.share)

    def _score(self, colour: Colour, share: float) -> float:
        return self.life.severity.get(colour, 0.0) * share

    def _step(self, alert: Alert, move: Move, state: State) -> None:
        due_on = deadline(move, state, None, self.today, self.life.deadlines, is_workday)
        if state in ENDED:
            alert.closed_period, alert.judged = self.period.key, alert.worst
        if move is Move.REOPEN:
            alert.answered_by, alert.return_id, alert.closed_period = None, None, None
        alert.state, alert.due_on, alert.revision = state, due_on, alert.revision + 1
        self.steps.append(
            AlertStep(
                alert=alert,
                move=move,
                state=state,
                actor=SYSTEM.name,
                period=self.period.key,
                colour=alert.colour,
                at=self.now,
            )
        )

    def _find(self, signals: Iterable[Signal]) -> None:
        due_on = deadline(Move.LAPSE, State.FOUND, None, self.today, self.life.deadlines, is_workday)
        rows = [
            Alert(
                trigger=signal.trigger,
                level=signal.level,
                key=signal.key,
                enterprise_id=int(signal.key) if signal.level is Level.ENTERPRISE else None,
                unit=signal.unit,
                industry=signal.industry,
                first_period=self.period.key,
                last_period=self.period.key,
                seen_period=self.period.key,
                red_period=self.period.key if signal.colour is Colour.RED else None,
                colour=signal.colour,
                worst=signal.colour,
                value=signal.value,
                share=signal.share,
                score=self._score(signal.colour, signal.share),
                vintage=self.vintage,
                state=State.FOUND,
                due_on=due_on,
                found_at=self.now,
                updated_at=self.now,
            )
            for signal in signals
        ]
        self.outcome.found += [row.pk for row in Alert.objects.bulk_create(rows, batch_size=500)]


def _latest(period: Period, within: int) -> dict[Name, Alert]:
    """The open warning of each trigger and object, else the one that ended lately."""
    since = Period.from_index(period.index - within).key
    rows = Alert.objects.select_for_update(of=("self",)).order_by("first_period", "pk")
    found: dict[Name, Alert] = {}
    for alert in rows.exclude(state__in=ENDED) | rows.filter(state__in=ENDED, closed_period__gte=since):
        found[alert.trigger, alert.key] = alert
    return found
