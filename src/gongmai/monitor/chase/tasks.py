"""Turning what filing announces into notices: the handlers that flow.py names, one for each event."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import datetime
from functools import partial
from typing import Any

from django.urls import reverse
from django.utils import timezone, translation

from gongmai.core.access.queries import filers_of, people_with_role
from gongmai.core.access.types import Grant, Role, ScopeKind
from gongmai.core.notify.actions.posting import post
from gongmai.core.notify.types import Field, Post
from gongmai.core.outbox.types import Message, Progress
from gongmai.core.period.types import Period
from gongmai.monitor.chase.actions.rounds import run
from gongmai.monitor.chase.messages import day_text, period_fields, phrase
from gongmai.monitor.chase.queries.chasing import choose_returns
from gongmai.monitor.filing.messages import box_label
from gongmai.monitor.filing.queries.forms import forms
from gongmai.monitor.filing.types import KIND as RETURN

BOXES_SHOWN = 6


def chase_by_plan() -> None:
    """Take the steps of the plan that are due; the worker asks every half minute."""
    run()


def tell_returned(messages: Sequence[Message], _progress: Progress) -> None:
    """The firm's people are told that a return came back, why, and until when the answer is awaited."""
    _tell_firms("filing.returned", messages, _returned_fields)


def tell_approved(messages: Sequence[Message], _progress: Progress) -> None:
    """The firm's people are told that nothing is left to do."""
    _tell_firms("filing.approved", messages, lambda _payload: {})


def tell_late(messages: Sequence[Message], _progress: Progress) -> None:
    """The county's officers are told that a late return has come and waits for them."""
    payloads = [message.payload for message in messages]
    rows = {row.pk: row for row in choose_returns([payload["return_id"] for payload in payloads])}
    officers = people_with_role(Role.COUNTY)
    items = []
    for payload in payloads:
        row = rows.get(payload["return_id"])
        if row is None:
            continue
        people = _officers_of(row.enterprise, officers)
        at = timezone.localtime(datetime.fromisoformat(payload["submitted_at"]))
        fields = {**_place(row), "at": f"{at:%Y-%m-%d %H:%M}"}
        one = Post(
            f"filing.submitted_late:{row.pk}",
            "filing.submitted_late",
            fields,
            reverse("filing:show", args=[row.pk]),
            RETURN,
            row.pk,
        )
        items.append((one, people))
    post(items)


def tell_commented(messages: Sequence[Message], _progress: Progress) -> None:
    """The county hears what the firm wrote; the firm hears what officers wrote to it.

    What is for officers only stays among them: it reaches no firm, and no notice is made of it.
    """
    found = [message for message in messages if not message.payload["internal"]]
    rows = {row.pk: row for row in choose_returns({message.payload["return_id"] for message in found})}
    filers = filers_of({row.enterprise_id for row in rows.values()})
    officers = people_with_role(Role.COUNTY)
    items = []
    for message in found:
        payload = message.payload
        row = rows.get(payload["return_id"])
        if row is None:
            continue
        by_firm = payload["by_firm"]
        people = _officers_of(row.enterprise, officers) if by_firm else filers.get(row.enterprise_id, [])
        fields = {**_place(row), "author": payload["author"], "text": payload["text"]}
        link = reverse("filing:show" if by_firm else "filing:fill", args=[row.pk])
        key = f"filing.commented:{message.delivery_id}"
        items.append((Post(key, "filing.commented", fields, link, RETURN, row.pk), people))
    post(items)


def tell_extended(messages: Sequence[Message], _progress: Progress) -> None:
    """The people of every firm that was granted a later deadline are told, with the reason."""
    for message in messages:
        payload = message.payload
        until = day_text(datetime.fromisoformat(payload["new_due_at"]))
        fields: dict[str, Field] = {"until": until, "reason": payload["reason"]}
        _tell_many(payload["return_ids"], "filing.extended", payload["batch"], partial(_same, fields))


def tell_unextended(messages: Sequence[Message], _progress: Progress) -> None:
    """The people of every firm whose later deadline was taken back are told which one holds again."""
    for message in messages:
        payload = message.payload
        _tell_many(
            payload["return_ids"],
            "filing.unextended",
            payload["batch"],
            lambda row: {"until": day_text(row.due_at) if row.due_at else ""},
        )


def tell_base_decided(messages: Sequence[Message], _progress: Progress) -> None:
    """The firm's people are told what became of their request to change a locked base."""
    rows = {row.pk: row for row in choose_returns({message.payload["return_id"] for message in messages})}
    filers = filers_of({row.enterprise_id for row in rows.values()})
    post(
        (
            Post(
                f"filing.base_decided:{message.payload['revision_id']}",
                "filing.base_decided",
                {**_place(row), **_decision(message.payload)},
                reverse("filing:fill", args=[row.pk]),
                RETURN,
                row.pk,
            ),
            filers[row.enterprise_id],
        )
        for message in messages
        if (row := rows.get(message.payload["return_id"])) is not None and row.enterprise_id in filers
    )


def tell_imported(messages: Sequence[Message], _progress: Progress) -> None:
    """The city's officers and the administrators are told that a history was written."""
    people = [person for role in (Role.CITY, Role.SYSADMIN) for person, _grants in people_with_role(role)]
    post((_imported(message.payload), people) for message in messages)


def _imported(payload: Mapping[str, Any]) -> Post:
    at = timezone.localtime(datetime.fromisoformat(payload["at"]))
    fields = {"at": f"{at:%Y-%m-%d %H:%M}", "returns": payload["returns"], "files": payload["files"]}
    return Post(f"filing.imported:{payload['at']}", "filing.imported", fields)


def _decision(payload: Mapping[str, Any]) -> Mapping[str, Field]:
    """A decision on a base: the box in words, the wish, the verdict, the note."""
    box = {}
    for language, code in (("zh-Hans", "zh-hans"), ("en", "en")):
        with translation.override(code):
            box[language] = box_label(payload["cell"])
    note = phrase("note", text=payload["note"]) if payload["note"] else ""
    verdict = phrase("approved" if payload["approved"] else "refused")
    wanted = "-" if payload["wanted"] is None else f"{payload['wanted']:,.12g}"
    return {"box": box, "verdict": verdict, "wanted": wanted, "note": note}


def _tell_firms(
    kind: str, messages: Sequence[Message], more: Callable[[Mapping[str, Any]], Mapping[str, Field]]
) -> None:
    payloads = [message.payload for message in messages]
    rows = {row.pk: row for row in choose_returns({payload["return_id"] for payload in payloads})}
    people = filers_of({row.enterprise_id for row in rows.values()})
    post(
        (
            Post(
                f"{kind}:{row.pk}:{payload['version']}",
                kind,
                {**_place(row), **more(payload)},
                reverse("filing:fill", args=[row.pk]),
                RETURN,
                row.pk,
            ),
            people[row.enterprise_id],
        )
        for payload in payloads
        if (row := rows.get(payload["return_id"])) is not None and row.enterprise_id in people
    )


def _same(fields: Mapping[str, Field], _row: Any) -> Mapping[str, Field]:
    """The same for every return."""
    return fields


def _tell_many(
    return_ids: Iterable[int], kind: str, key: str, more: Callable[[Any], Mapping[str, Field]]
) -> None:
    rows = list(choose_returns(list(return_ids)))
    people = filers_of([row.enterprise_id for row in rows])
    post(
        (
            Post(
                f"{kind}:{key}:{row.pk}",
                kind,
                {**_place(row), **more(row)},
                reverse("filing:fill", args=[row.pk]),
                RETURN,
                row.pk,
            ),
            people[row.enterprise_id],
        )
        for row in rows
        if row.enterprise_id in people
    )


def _officers_of(firm: Any, officers: list[tuple[int, list[Grant]]]) -> list[int]:
    """The county officers within whose reach a firm lies."""
    places = {(ScopeKind.UNIT, firm.unit), (ScopeKind.REGION, firm.region)}
    return [
        person for person, grants in officers if any((grant.kind, grant.value) in places for grant in grants)
    ]


def _place(row: Any) -> dict[str, Field]:
    return {
        "form": forms()[row.form].label,
        "period": period_fields(Period.from_key(row.period)),
        "firm": row.enterprise.name,
    }


def _returned_fields(payload: Mapping[str, Any]) -> Mapping[str, Field]:
    found: dict[str, Field] = {"reason": payload["reason"]}
    if boxes := payload.get("boxes"):
        found["boxes"] = phrase("boxes", text=_boxes(boxes))
    if answer_by := payload.get("answer_by"):
        found["answer_by"] = phrase("answer_by", day=day_text(datetime.fromisoformat(answer_by)))
    return found


def _boxes(boxes: Mapping[str, str]) -> dict[str, str]:
    """The opened boxes with their reasons, in each language."""
    found = {}
    for language, code in (("zh-Hans", "zh-hans"), ("en", "en")):
        with translation.override(code):
            names = [f"{box_label(box)} ({why})" if why else box_label(box) for box, why in boxes.items()]
        found[language] = "; ".join(names[:BOXES_SHOWN])
    return found
