"""Packing what is due into messages, sending each once, and telling what could not be sent."""

from collections import defaultdict
from collections.abc import Sequence
from typing import cast

from django.conf import settings
from django.core.mail import EmailMessage
from django.db import transaction
from django.utils import timezone, translation
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from gongmai.core.access.queries import people_with_role
from gongmai.core.access.types import Role
from gongmai.core.notify.actions.posting import post
from gongmai.core.notify.events import ParcelReady
from gongmai.core.notify.messages import CHANNELS
from gongmai.core.notify.models import Dispatch, Hook, Notice, Parcel, Preference
from gongmai.core.notify.ports import MootCheck, WebhookSender
from gongmai.core.notify.queries.inbox import body_of, subject_of
from gongmai.core.notify.rules.formats import build_call, check_reply
from gongmai.core.notify.rules.sealing import unseal
from gongmai.core.notify.types import LANGUAGES, Channel, Field, Line, NotifyError, Post, Robot, SendFailed
from gongmai.core.outbox.actions import announce
from gongmai.core.outbox.queries import progress_of
from gongmai.core.period import clock
from gongmai.core.ports import adapter

PACK_AT_ONCE = 2000
URL_PURPOSE, SECRET_PURPOSE = "hook.url", "hook.secret"


def pack() -> int:
    """Put the notices whose time has come into one message for each person and channel; give the messages."""
    with transaction.atomic():
        due = (
            Dispatch.objects.select_for_update()
            .filter(parcel=None, due_at__lte=clock.now())
            .order_by("pk")
            .values_list("pk", "notice__person_id", "channel")
        )
        groups: dict[tuple[int, str], list[int]] = defaultdict(list)
        for pk, person, channel in due[:PACK_AT_ONCE]:
            groups[person, channel].append(pk)
        for (person, channel), numbers in groups.items():
            parcel = Parcel.objects.create(person_id=person, channel=channel, created_at=clock.now())
            Dispatch.objects.filter(pk__in=numbers).update(parcel=parcel)
            deliveries = announce(ParcelReady(parcel.pk))
            parcel.delivery_id = deliveries[0] if deliveries else None
            parcel.save(update_fields=["delivery_id"])
    return len(groups)


def send_parcel(parcel_id: int) -> None:
    """Send a message that is not sent yet. Raises SendFailed or NotifyError; the outbox then tries again.

    A process that dies between the receiver's yes and our note of it sends again, with the same Message-ID or
    delivery number, by which receivers drop the second.
    """
    parcel = Parcel.objects.select_related("person").filter(pk=parcel_id).first()
    if parcel is None or parcel.state in {Parcel.State.SENT, Parcel.State.DROPPED}:
        return
    notices = _still_true(list(Notice.objects.filter(dispatches__parcel=parcel).order_by("pk")))
    if not notices or not parcel.person.is_active:
        _end(parcel, Parcel.State.DROPPED)
        return
    with translation.override(settings.LANGUAGE_CODE):
        if parcel.channel == Channel.EMAIL:
            _mail(parcel, notices)
        else:
            _call(parcel, notices)
    _end(parcel, Parcel.State.SENT)


def tell_failures() -> int:
    """Tell the person and the administrators which messages failed for good; give how many."""
    waiting = dict(
        Parcel.objects.filter(state=Parcel.State.WAITING).values_list("delivery_id", "pk")[:PACK_AT_ONCE]
    )
    failed = [row for row in progress_of([number for number in waiting if number]) if row.state == "failed"]
    for row in failed:
        parcel = Parcel.objects.select_related("person").get(pk=waiting[row.pk])
        count = parcel.dispatches.count()
        fields: dict[str, Field] = {
            "person": parcel.person.display_name or parcel.person.username,
            "channel": {language: _channel_in(language, parcel.channel) for language in LANGUAGES},
            "count": count,
            "error": row.error,
        }
        people = {parcel.person_id, *(one for one, _grants in people_with_role(Role.SYSADMIN))}
        with transaction.atomic():
            _end(parcel, Parcel.State.FAILED)
            post([(Post(f"notify.failed:{parcel.pk}", "notify.failed", fields), people)])
    return len(failed)


def _channel_in(language: str, channel: str) -> str:
    with translation.override("en" if language == "en" else "zh-hans"):
        return str(CHANNELS[Channel(channel)])


def _still_true(notices: list[Notice]) -> list[Notice]:
    """The notices that still make sense: a reminder must not reach who has filed meanwhile."""
    groups: dict[tuple[str, str], set[int]] = defaultdict(set)
    for notice in notices:
        if notice.object_id is not None:
            groups[notice.kind, notice.object_kind].add(notice.object_id)
    check = cast("MootCheck", adapter("moot_check"))
    moot = {place: check.moot(*place, ids) for place, ids in groups.items()}
    return [
        notice
        for notice in notices
        if notice.object_id not in moot.get((notice.kind, notice.object_kind), set())
    ]


def _mail(parcel: Parcel, notices: Sequence[Notice]) -> None:
    preference = Preference.objects.filter(person=parcel.person).first()
    if preference is None or not preference.is_verified:
        raise NotifyError("no_address")
    lines = _lines(notices)
    parts = [f"{line.subject}\n{line.body}\n{line.url}".rstrip() for line in lines]
    domain = settings.DEFAULT_FROM_EMAIL.rpartition("@")[2].strip(">") or "localhost"
    mail = EmailMessage(
        subject=_title(notices),
        body="\n\n".join(parts) + "\n\n-- \n" + _("Gongmai. How you are told is set under Inbox, Settings."),
        to=[preference.email],
        headers={"Message-ID": f"<gongmai-{parcel.pk}-{parcel.created_at:%Y%m%d%H%M%S}@{domain}>"},
    )
    try:
        taken = mail.send()
    except OSError as error:  # smtplib's errors are OSErrors
        raise SendFailed(str(error)) from error
    if not taken:
        raise SendFailed("not taken")


def _call(parcel: Parcel, notices: Sequence[Notice]) -> None:
    hook = Hook.objects.filter(person=parcel.person).first()
    if hook is None:
        raise NotifyError("no_address")
    call_hook(hook, _title(notices), _lines(notices), str(parcel.pk))


def call_hook(hook: Hook, title: str, lines: Sequence[Line], number: str) -> None:
    """Call a webhook once. Raises SendFailed, NotifyError."""
    url = unseal(settings.SECRET_KEY, URL_PURPOSE, hook.sealed_url)
    secret = unseal(settings.SECRET_KEY, SECRET_PURPOSE, hook.sealed_secret)
    # receivers compare the signed time with their own clock: the real time, also in a demonstration
    at_ms = round(timezone.now().timestamp() * 1000)
    sender = cast("WebhookSender", adapter("webhook_sender"))
    reply = sender.send(build_call(Robot(hook.robot), url, secret, title, lines, at_ms, number))
    check_reply(Robot(hook.robot), reply.status, reply.body)


def _lines(notices: Sequence[Notice]) -> list[Line]:
    base = settings.GONGMAI_URL.rstrip("/")
    return [
        Line(
            notice.key,
            notice.kind,
            subject_of(notice),
            body_of(notice),
            f"{base}/inbox/{notice.pk}/" if base and notice.link else "",
        )
        for notice in notices
    ]


def _title(notices: Sequence[Notice]) -> str:
    if len(notices) == 1:
        return subject_of(notices[0])
    return ngettext("%(count)d notice", "%(count)d notices", len(notices)) % {"count": len(notices)}


def _end(parcel: Parcel, state: Parcel.State) -> None:
    parcel.state, parcel.sent_at = state, clock.now()
    parcel.save(update_fields=["state", "sent_at"])
