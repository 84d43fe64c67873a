"""The journal of a draft: who typed what when, small enough to be kept for every return."""

from datetime import timedelta

from gongmai.core.access.types import Actor
from gongmai.core.period import clock
from gongmai.monitor.filing.models import Edit, Return
from gongmai.monitor.filing.queries.forms import get_form
from gongmai.monitor.filing.rules.content import list_changes
from gongmai.monitor.filing.rules.journal import box_name, merge_changes
from gongmai.monitor.filing.types import Content

# what somebody types in one go is one row: autosave comes every few seconds
TOGETHER = timedelta(minutes=10)


def note_edits(actor: Actor, filing: Return, before: Content, after: Content) -> None:
    """Note what a save changed. Called inside the transaction that holds the return's lock."""
    found = list_changes(get_form(filing.form), before, after)
    changes = {box_name(change): [change.old, change.new] for change in found}
    if not changes:
        return
    now, version = clock.now(), filing.versions_count + 1
    last = Edit.objects.filter(filing=filing).order_by("-pk").first()
    if (
        last is not None
        and (last.actor_id, last.version) == (actor.user_id, version)
        and timedelta(0) <= now - last.first_at < TOGETHER
    ):
        last.changes, last.at = merge_changes(last.changes, changes), now
        last.save(update_fields=["changes", "at"])
        return
    Edit.objects.create(
        filing=filing, version=version, actor_id=actor.user_id, first_at=now, at=now, changes=changes
    )
