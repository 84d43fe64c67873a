"""What the worker does once something was published."""

from collections.abc import Sequence

from gongmai.core.disclosure import queries as disclosure
from gongmai.core.outbox.queries import anything_waits
from gongmai.core.outbox.types import Message, Progress
from gongmai.core.panel.queries import vintages
from gongmai.monitor.indicator.queries import catalogue, cube

MOST_AT_ONCE = 4  # each takes some seconds, in which the worker does nothing else


def prepare_disclosure(messages: Sequence[Message], progress: Progress) -> None:
    """Find what readers outside the bureau may see of the newest vintage, before the first of them looks.

    The item that screens begin with, then those that were looked at before, in the newest year that is
    released and was published again. Stops after the first where other work than on this publication waits:
    the rest is found when somebody looks.
    """
    try:
        vintage = vintages.current_vintage()
    except vintages.NotPublished:
        return
    year = _newest_year(
        {int(key) // 100 for message in messages for key in message.payload["periods"]}, vintage
    )
    if year is None:
        return
    items = list(dict.fromkeys((catalogue.DEFAULT_ITEM, *disclosure.subjects_kept(year))))[:MOST_AT_ONCE]
    for done, item in enumerate(items):
        if done and anything_waits(besides=messages[0].name):
            break
        progress(done, len(items), item)
        cube.prepare(item, year, vintage)


def _newest_year(years: set[int], vintage: int) -> int | None:
    for year in sorted(years, reverse=True):
        try:
            cube.released(vintage, year)
        except vintages.NotPublished:
            continue
        return year
    return None
