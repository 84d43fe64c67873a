"""What the worker does: evaluate the triggers after a publication, and tell who has to act."""

from collections import defaultdict
from collections.abc import Sequence
from datetime import date

from django.urls import reverse
from django.utils import translation

from gongmai.core.access.queries import people_with_role
from gongmai.core.access.types import Role, ScopeKind
from gongmai.core.notify.actions.posting import post
from gongmai.core.notify.types import Field, Post
from gongmai.core.outbox.types import Message, Progress
from gongmai.core.period.types import Period
from gongmai.monitor.warning.actions.running import run
from gongmai.monitor.warning.messages import MOVES, title
from gongmai.monitor.warning.models import Alert
from gongmai.monitor.warning.queries.watch import is_due
from gongmai.monitor.warning.types import KIND, Move, State

NAMES_SHOWN = 3
LANGUAGES = {"zh-Hans": "zh-hans", "en": "en"}


def watch() -> None:
    """Evaluate the newest period if its figures were published since it was evaluated last.

    Earlier periods were judged when they were newest; what is corrected in them shows in later months. The
    worker asks every minute: publications that follow each other are taken together.
    """
    if is_due():
        run()


def tell_evaluated(messages: Sequence[Message], _progress: Progress) -> None:
    """The city hears that warnings wait to be assigned; counties hear which of theirs opened again."""
    city = [person for person, _grants in people_with_role(Role.CITY)]
    for message in messages:
        payload = message.payload
        fields: dict[str, Field] = {
            "period": str(Period.from_key(payload["period"])),
            "found": payload["found"],
            "reopened": len(payload["reopened"]),
        }
        key = f"warning.found:{payload['vintage']}:{payload['period']}:{message.delivery_id}"
        link = f"{reverse('warning:watch')}?show={State.FOUND.value}"
        post([(Post(key, "warning.found", fields, link, KIND), city)])
        if payload["reopened"]:
            _tell_counties(payload["reopened"], f"warning.reopened:{message.delivery_id}")


def tell_assigned(messages: Sequence[Message], _progress: Progress) -> None:
    """The officers of each county hear once what was given to them in one go."""
    for message in messages:
        _tell_counties(message.payload["alerts"], f"warning.assigned:{message.payload['batch']}")


def tell_moved(messages: Sequence[Message], _progress: Progress) -> None:
    """The city hears what the county answered; the county hears that a warning was escalated."""
    city = [person for person, _grants in people_with_role(Role.CITY)]
    for message in messages:
        payload = message.payload
        alert = Alert.objects.select_related("enterprise").filter(pk=payload["alert"]).first()
        if alert is None:
            continue
        move, link = Move(payload["move"]), reverse("warning:one", args=[alert.pk])
        key = f"warning.{move.value}:{alert.pk}:{payload['revision']}"
        fields: dict[str, Field] = {"name": title(alert), "text": payload["text"]}
        if move is Move.ESCALATE:
            one = Post(key, "warning.escalated", {**fields, "due": payload["due_on"]}, link, KIND, alert.pk)
            post([(one, _officers_of(alert))])
        else:
            what = {language: _in(code, move) for language, code in LANGUAGES.items()}
            one = Post(key, "warning.answered", {**fields, "what": what}, link, KIND, alert.pk)
            post([(one, city)])


def _in(language: str, move: Move) -> str:
    with translation.override(language):
        return str(MOVES[move])


def _tell_counties(numbers: Sequence[int], key: str) -> None:
    by_person: dict[int, list[Alert]] = defaultdict(list)
    for alert in Alert.objects.select_related("enterprise").filter(pk__in=numbers).order_by("-score"):
        for person in _officers_of(alert):
            by_person[person].append(alert)
    link = f"{reverse('warning:watch')}?show={State.ASSIGNED.value}"
    items = []
    for person, rows in by_person.items():
        names = [title(row) for row in rows[:NAMES_SHOWN]]
        fields: dict[str, Field] = {
            "n": len(rows),
            "names": {language: "; ".join(name[language] for name in names) for language in LANGUAGES},
            "due": min((row.due_on for row in rows if row.due_on), default=date.max).isoformat(),
        }
        items.append((Post(f"{key}:{person}", "warning.assigned", fields, link, KIND), [person]))
    post(items)


def _officers_of(alert: Alert) -> list[int]:
    """The county officers within whose reach a warning lies; an industry's is the city's own."""
    places = {(ScopeKind.UNIT, alert.unit)} if alert.unit else set()
    if alert.enterprise is not None:
        places |= {(ScopeKind.UNIT, alert.enterprise.unit), (ScopeKind.REGION, alert.enterprise.region)}
    return [
        person
        for person, grants in people_with_role(Role.COUNTY)
        if any((grant.kind, grant.value) in places for grant in grants)
    ]
