"""Uploads that wait: found by their sender only."""

from gongmai.core.access.types import Actor
from gongmai.core.period import clock
from gongmai.core.period.types import Period
from gongmai.monitor.filing.models import HeldUpload, Return
from gongmai.monitor.filing.types import FilingError


def find_held(actor: Actor, token: str, filing: Return | None = None) -> HeldUpload:
    """The actor's upload of that name and purpose, done or not; FilingError `upload_gone` for none."""
    rows = HeldUpload.objects.filter(user_id=actor.person, expires_at__gt=clock.now())
    found = rows.filter(token=token, filing=filing).first()
    if found is None:
        raise FilingError("upload_gone")
    return found


def waiting_upload(
    actor: Actor, form: str, period: Period, filing: Return | None = None
) -> HeldUpload | None:
    """What the actor uploaded last for this purpose and has not answered, if anything."""
    rows = HeldUpload.objects.filter(
        user_id=actor.person, form=form, period=period.key, filing=filing, done_at=None
    )
    return rows.filter(expires_at__gt=clock.now()).order_by("-pk").first()
