"""Uploads that wait for a word: kept for their sender alone, for a day, and answered once."""

import secrets
from datetime import timedelta

from django.db import transaction

from gongmai.core.access.types import Actor
from gongmai.core.period import clock
from gongmai.core.period.types import Period
from gongmai.monitor.filing.models import HeldUpload, Return
from gongmai.monitor.filing.types import FilingError

LIFE = timedelta(hours=24)
# a person has few files under way; an older one gives way
AT_MOST = 5


def hold(
    actor: Actor, name: str, content: bytes, form: str, period: Period, filing: Return | None = None
) -> HeldUpload:
    """Keep a file that could be read; an earlier one for the same purpose gives way, as do expired ones."""
    now = clock.now()
    with transaction.atomic():
        HeldUpload.objects.filter(expires_at__lte=now).delete()
        mine = HeldUpload.objects.filter(user_id=_person(actor))
        mine.filter(form=form, period=period.key, filing=filing, done_at=None).delete()
        for old in mine.order_by("-pk")[AT_MOST - 1 :]:
            old.delete()
        return HeldUpload.objects.create(
            token=secrets.token_urlsafe(32),
            user_id=_person(actor),
            filing=filing,
            form=form,
            period=period.key,
            name=name[:255],
            content=content,
            created_at=now,
            expires_at=now + LIFE,
        )


def settle(held: HeldUpload) -> bool:
    """Claim a held upload inside the transaction that carries it out; False when another call was first."""
    claimed = HeldUpload.objects.filter(pk=held.pk, done_at=None).update(done_at=clock.now())
    return bool(claimed)


def drop(held: HeldUpload) -> None:
    """Forget a file."""
    held.delete()


def _person(actor: Actor) -> int:
    if actor.user_id is None:  # the command line acts at once and leaves nothing waiting
        raise FilingError("upload_gone")
    return actor.user_id
