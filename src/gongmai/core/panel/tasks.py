"""Handlers of the outbox: what makes a new vintage."""

from collections.abc import Sequence

from gongmai.core.outbox.types import Message, Progress
from gongmai.core.panel.actions.publish import publish
from gongmai.core.panel.queries.vintages import published_periods


def admit(messages: Sequence[Message], progress: Progress) -> None:  # noqa: ARG001 - the facts are in the store
    """Returns were approved: publish all that is pending, in one vintage. A repeat finds nothing to do."""
    publish(reason="approved", progress=progress)


def follow_roster(messages: Sequence[Message], progress: Progress) -> None:
    """The roster or its attributes changed for some periods: publish those again."""
    periods = {int(period) for message in messages for period in message.payload.get("periods", ())}
    concerned = periods & set(published_periods())
    if concerned:
        publish(concerned, reason="roster changed", progress=progress)


def follow_adjustments(messages: Sequence[Message], progress: Progress) -> None:
    """Adjustments came into force or were removed: publish their periods again, with the adjusted layer."""
    periods = {int(message.payload["period"]) for message in messages}
    concerned = periods & set(published_periods())
    if concerned:
        publish(concerned, reason="adjusted", progress=progress)
