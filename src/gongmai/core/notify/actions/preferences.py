"""A person's own choices: channels, quiet hours, address, webhook."""

import hashlib
import hmac
import secrets
from collections.abc import Mapping, Sequence
from datetime import timedelta

from django.conf import settings
from django.core.mail import EmailMessage
from django.db import transaction
from django.utils.translation import gettext as _

from gongmai.core.access.queries import check_may, own_id
from gongmai.core.access.types import Actor
from gongmai.core.audit.actions import record
from gongmai.core.notify.actions.sending import SECRET_PURPOSE, URL_PURPOSE, call_hook
from gongmai.core.notify.models import Hook, Preference
from gongmai.core.notify.queries.catalogue import default_quiet, kind_of, kinds
from gongmai.core.notify.queries.preferences import HOOK_RIGHT, has_email
from gongmai.core.notify.rules.address import parse_target
from gongmai.core.notify.rules.sealing import seal
from gongmai.core.notify.rules.wording import template_of, word
from gongmai.core.notify.types import Channel, Line, NotifyError, Quiet, Robot, SendFailed
from gongmai.core.period import clock

CODE_DIGITS = 8
CODE_LASTS = timedelta(minutes=30)
CODE_TRIES = 5


def save_preference(actor: Actor, *, quiet: Quiet, channels: Mapping[str, Sequence[str]]) -> None:
    """Set the quiet hours, the digest and the channels of each kind; unknown ones are left out."""
    check_may(actor, "inbox.own")
    known = {
        code: [name for name in chosen if name in set(Channel)]
        for code, chosen in channels.items()
        if code in kinds()
    }
    with transaction.atomic():
        row = _locked(actor)
        row.quiet_start, row.quiet_end, row.digest_at = quiet.start, quiet.end, quiet.digest_at
        row.channels = known
        row.save()
        record(
            actor=actor,
            action="notify.prefer",
            kind="person",
            object_id=own_id(actor),
            payload={"channels": known},
        )


def ask_code(actor: Actor, email: str) -> None:
    """Note an address and send it a code that proves it. Raises NotifyError `no_mail`, `mail_refused`."""
    check_may(actor, "inbox.own")
    if not has_email():
        raise NotifyError("no_mail")
    code = f"{secrets.randbelow(10**CODE_DIGITS):0{CODE_DIGITS}d}"
    with transaction.atomic():
        row = _locked(actor)
        row.email, row.code_digest, row.code_tries = email, _digest(email, code), 0
        row.code_until = clock.now() + CODE_LASTS
        row.save()
        record(actor=actor, action="notify.address", kind="person", object_id=own_id(actor), payload={})
    mail = EmailMessage(
        subject=_("Your code for Gongmai"),
        body=_("Code: %(code)s. It is good for 30 minutes. Who did not ask for it can ignore this mail.")
        % {"code": code},
        to=[email],
    )
    try:
        mail.send()
    except OSError as error:
        raise NotifyError("mail_refused", error=str(error)[:200]) from error


def confirm_code(actor: Actor, code: str) -> None:
    """Prove the address by the code that was sent to it. Raises NotifyError `wrong_code`."""
    check_may(actor, "inbox.own")
    with transaction.atomic():
        row = _locked(actor)
        good = (
            row.code_until is not None
            and clock.now() <= row.code_until
            and row.code_tries < CODE_TRIES
            and bool(row.code_digest)
            and hmac.compare_digest(row.code_digest, _digest(row.email, code.strip()))
        )
        row.code_tries += 1
        if good:
            row.verified_email, row.code_digest, row.code_until = row.email, "", None
            record(actor=actor, action="notify.verify", kind="person", object_id=own_id(actor), payload={})
        row.save()
    if not good:
        raise NotifyError("wrong_code")


def drop_address(actor: Actor) -> None:
    """Take the own address out."""
    check_may(actor, "inbox.own")
    with transaction.atomic():
        row = _locked(actor)
        row.email = row.verified_email = row.code_digest = ""
        row.save()
        record(
            actor=actor,
            action="notify.address",
            kind="person",
            object_id=own_id(actor),
            payload={"dropped": True},
        )


def save_hook(actor: Actor, *, robot: Robot, url: str, secret: str) -> None:
    """Set the own webhook. Raises NotifyError `bad_address`, NotAllowed."""
    check_may(actor, HOOK_RIGHT)
    target = parse_target(url, settings.GONGMAI_WEBHOOK_HOSTS)
    with transaction.atomic():
        Hook.objects.update_or_create(
            person_id=own_id(actor),
            defaults={
                "robot": robot,
                "host": target.host,
                "sealed_url": seal(settings.SECRET_KEY, URL_PURPOSE, url),
                "sealed_secret": seal(settings.SECRET_KEY, SECRET_PURPOSE, secret),
                "created_at": clock.now(),
            },
        )
        payload = {"robot": robot.value, "host": target.host}
        record(actor=actor, action="notify.hook", kind="person", object_id=own_id(actor), payload=payload)


def drop_hook(actor: Actor) -> None:
    """Take the own webhook out."""
    check_may(actor, HOOK_RIGHT)
    with transaction.atomic():
        Hook.objects.filter(person_id=own_id(actor)).delete()
        record(
            actor=actor,
            action="notify.hook",
            kind="person",
            object_id=own_id(actor),
            payload={"dropped": True},
        )


def try_hook(actor: Actor) -> None:
    """Send a test message to the own webhook now. Raises NotifyError with what came of it."""
    check_may(actor, HOOK_RIGHT)
    hook = Hook.objects.filter(person_id=own_id(actor)).first()
    if hook is None:
        raise NotifyError("no_address")
    wording = word(template_of(kind_of("notify.test"), clock.today()), {"person": actor.name})
    subject, body = wording.subject["zh-Hans"], wording.body["zh-Hans"]
    try:
        call_hook(hook, subject, [Line("notify.test", "notify.test", subject, body)], "test")
    except SendFailed as error:
        raise NotifyError("not_taken", error=str(error)[:200]) from error


def _locked(actor: Actor) -> Preference:
    rows = Preference.objects.select_for_update()
    found = rows.filter(person_id=own_id(actor)).first()
    if found is not None:
        return found
    night = default_quiet(clock.today())
    return Preference.objects.create(person_id=own_id(actor), quiet_start=night.start, quiet_end=night.end)


def _digest(email: str, code: str) -> str:
    return hashlib.sha256(f"{email}\n{code}\n{settings.SECRET_KEY}".encode()).hexdigest()
