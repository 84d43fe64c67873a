"""What the officers of the demonstration did about missing returns: played through the product's own actions.

Firms are taken from the end of each officer's list, and none that has an account, so that the people of the
demonstration find their own returns as they left them.
"""

from collections.abc import Iterator
from datetime import date, datetime, timedelta
from typing import Any

from django.contrib.auth import get_user_model

from gongmai.core.access.queries import actor_of, filers_of
from gongmai.core.access.types import Actor
from gongmai.core.outbox.actions import deliver_once
from gongmai.core.period import clock
from gongmai.core.period.types import Period
from gongmai.demo import sources
from gongmai.monitor.chase.actions import rounds
from gongmai.monitor.chase.actions.calls import CallNote, note_call
from gongmai.monitor.chase.actions.reminding import remind_now
from gongmai.monitor.chase.queries.chasing import filter_missing
from gongmai.monitor.filing.actions.extending import extend_due

LISTED = 60


def play() -> None:
    """Remind, call, extend; the clock stands at the last of it afterwards."""
    script = sources.read_yaml("chasing")
    form, period = script["form"], Period.parse(script["period"])
    clock.simulate(datetime.fromisoformat(script["reminders_at"]))
    rounds.run()
    actors = {name: _actor(name) for name in ("county", "county2", "city")}
    firms = {name: _firms(actor, form, period) for name, actor in actors.items()}
    moves = [*script["calls"], *script["extensions"], *script["by_hand"]]
    for move in sorted(moves, key=lambda move: str(move["at"])):
        clock.simulate(datetime.fromisoformat(move["at"]))
        actor, chosen = actors[move["by"]], [next(firms[move["by"]]) for _ in range(move.get("firms", 1))]
        if "outcome" in move:
            note_call(actor, chosen[0], _note(move))
        elif "until" in move:
            extend_due(actor, chosen, until=_day(move["until"]), reason=move["reason"])
        else:
            remind_now(actor, chosen, move["note"])
    while deliver_once():
        pass


def _actor(username: str) -> Actor:
    return actor_of(get_user_model().objects.get(username=username))


def _firms(actor: Actor, form: str, period: Period) -> Iterator[int]:
    """The returns of an officer's list from its end, without firms that have an account."""
    rows = list(filter_missing(actor, form, period, {}).reverse()[:LISTED])
    known = filers_of([row.enterprise_id for row in rows])
    return iter([row.pk for row in rows if row.enterprise_id not in known])


def _note(move: dict[str, Any]) -> CallNote:
    promised = clock.today() + timedelta(days=move["days"]) if "days" in move else None
    words = {name: move.get(name, "") for name in ("spoke_with", "note", "new_contact", "new_phone")}
    return CallNote(move["outcome"], promised_on=promised, **words)


def _day(value: date | str) -> date:
    return value if isinstance(value, date) else date.fromisoformat(value)
