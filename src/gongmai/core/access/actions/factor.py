"""The second factor: enrolment, the code at sign-in, recovery codes, taking it away with four eyes."""

import base64
import secrets
from datetime import datetime
from typing import cast

from django.db import transaction
from django.db.models import F
from django.utils import timezone

from gongmai.core.access import rules
from gongmai.core.access.actions.sessions import end_all
from gongmai.core.access.events import FactorReset as FactorResetEvent
from gongmai.core.access.models import Factor, FactorReset, RecoveryCode, User
from gongmai.core.access.ports import SecretBox
from gongmai.core.access.queries import check_may, digest_of, own_id, sign_in_rules
from gongmai.core.access.types import Actor, NotAllowed, RefusedChange
from gongmai.core.audit.actions import record
from gongmai.core.outbox.actions import announce
from gongmai.core.period import clock
from gongmai.core.ports import adapter

SECRET_BYTES = 20
_RECOVERY_BYTES = 5


def begin(*, actor: Actor) -> str:
    """Make a new key, which counts once `confirm` has seen a code of it; give it as text to type.

    RefusedChange where the person has a confirmed one already.
    """
    secret = secrets.token_bytes(SECRET_BYTES)
    with transaction.atomic():
        factor = Factor.objects.select_for_update().filter(user_id=own_id(actor)).first()
        if factor is not None and factor.confirmed_at is not None:
            raise RefusedChange("has_factor")
        Factor.objects.update_or_create(
            user_id=own_id(actor),
            defaults={"secret": _box().seal(secret.hex()), "created_at": clock.now(), "failures": 0},
        )
        _record(actor, "factor.begin", own_id(actor))
    return as_text(secret)


def pending_key(*, actor: Actor) -> str:
    """The key that waits to be confirmed, as text; empty where none does."""
    factor = Factor.objects.filter(user_id=own_id(actor), confirmed_at=None).first()
    return as_text(_secret(factor)) if factor else ""


def confirm(*, actor: Actor, code: str) -> list[str]:
    """Let the key count from now on, given a code of it; give the recovery codes, this once.

    RefusedChange where the code is wrong, used or there is nothing to confirm.
    """
    refusal = ""
    with transaction.atomic():
        factor = Factor.objects.select_for_update().filter(user_id=own_id(actor), confirmed_at=None).first()
        if factor is None:
            raise RefusedChange("no_factor")
        refusal = _try(factor, code)
        if not refusal:
            factor.confirmed_at = clock.now()
            factor.save(update_fields=["confirmed_at"])
            codes = _new_codes(factor.user_id)
            _record(actor, "factor.confirm", factor.user_id)
    if refusal:
        raise RefusedChange(refusal)
    return codes


def check(*, user: User, code: str) -> str:
    """Judge the code of somebody who signs in; give what it was: ``code`` or ``recovery``.

    RefusedChange: ``wrong_code``, or ``paused`` after too many wrong ones.
    """
    with transaction.atomic():
        factor = Factor.objects.select_for_update().get(user=user, confirmed_at__isnull=False)
        refusal = _try(factor, code)
        if refusal == "wrong_code" and _use_recovery(factor, code):
            return "recovery"
    if refusal:
        raise RefusedChange(refusal)
    return "code"


def renew_codes(*, actor: Actor, code: str) -> list[str]:
    """Give new recovery codes in place of the old ones, against a code of the telephone."""
    user = User.objects.get(pk=own_id(actor))
    check(user=user, code=code)
    with transaction.atomic():
        codes = _new_codes(user.pk)
        _record(actor, "factor.renew_codes", user.pk)
    return codes


def ask_reset(*, actor: Actor, person_id: int, reason: str) -> None:
    """Ask that a person's second factor be taken away; it counts once a second person agrees."""
    check_may(actor, "people.edit")
    if person_id == actor.user_id:
        raise RefusedChange("self")
    with transaction.atomic():
        if not Factor.objects.filter(user_id=person_id, confirmed_at__isnull=False).exists():
            raise RefusedChange("no_factor")
        if FactorReset.objects.filter(user_id=person_id, decided_at=None).exists():
            raise RefusedChange("asked_already")
        FactorReset.objects.create(
            user_id=person_id, asked_by_id=own_id(actor), asked_at=clock.now(), reason=reason[:200]
        )
        _record(actor, "factor.ask_reset", person_id, reason=reason[:200])


def decide_reset(*, actor: Actor, reset_id: int, agreed: bool) -> None:
    """Agree or refuse, as somebody else than the one who asked and the one concerned.

    Agreeing takes the factor and its codes away, ends all sessions, and tells the owner.
    """
    check_may(actor, "factor.decide")
    with transaction.atomic():
        row = FactorReset.objects.select_for_update().select_related("user", "asked_by").get(pk=reset_id)
        if row.decided_at is not None:
            raise RefusedChange("decided_already")
        if actor.user_id in {row.asked_by_id, row.user_id}:
            raise RefusedChange("four_eyes")
        row.decided_by_id, row.decided_at, row.agreed = own_id(actor), clock.now(), agreed
        row.save(update_fields=["decided_by_id", "decided_at", "agreed"])
        _record(actor, "factor.reset" if agreed else "factor.refuse_reset", row.user_id)
        if agreed:
            Factor.objects.filter(user_id=row.user_id).delete()
            RecoveryCode.objects.filter(user_id=row.user_id).delete()
            end_all(user_id=row.user_id, reason="factor_reset")
            announce(
                FactorResetEvent(row.user_id, row.asked_by.username, actor.name, row.reason),
                actor_id=actor.user_id,
            )


def take_news(*, user: User) -> list[FactorReset]:
    """The resets of which the person has not been told yet; they count as told from now on."""
    rows = list(
        FactorReset.objects.select_related("asked_by", "decided_by").filter(
            user=user, agreed=True, told_at=None
        )
    )
    FactorReset.objects.filter(pk__in=[row.pk for row in rows]).update(told_at=clock.now())
    return rows


def telephone_time() -> datetime:
    """The real time, which the telephone goes by also where the city lives at a simulated date."""
    return timezone.now()


def as_text(secret: bytes) -> str:
    """A key as it is typed: base 32 in groups of four."""
    text = base64.b32encode(secret).decode()
    return " ".join(text[place : place + 4] for place in range(0, len(text), 4))


def _try(factor: Factor, code: str) -> str:
    """Why the code is not taken, empty where it is; counts the wrong ones. In the caller's transaction."""
    how, now = sign_in_rules(), clock.now()
    if factor.paused_until is not None and factor.paused_until > now:
        return "paused"
    step = rules.find_step(
        _secret(factor),
        rules.tidy_code(code),
        rules.step_at(telephone_time()),
        drift=how.drift,
        last=factor.last_step,
    )
    if step is None:
        factor.failures += 1
        if factor.failures >= how.factor_attempts:
            factor.failures, factor.paused_until = 0, now + how.factor_pause
        factor.save(update_fields=["failures", "paused_until"])
        return "wrong_code"
    factor.last_step, factor.failures, factor.paused_until = step, 0, None
    # sealed anew, so that a key of the installation that is being retired goes out of use
    factor.secret = _box().seal(_box().unseal(factor.secret))
    factor.save(update_fields=["last_step", "failures", "paused_until", "secret"])
    return ""


def _use_recovery(factor: Factor, code: str) -> bool:
    rows = RecoveryCode.objects.filter(
        user_id=factor.user_id, digest=digest_of(rules.tidy_code(code)), used_at=None
    )
    if not rows.update(used_at=clock.now()):
        return False
    Factor.objects.filter(pk=factor.pk, failures__gt=0).update(failures=F("failures") - 1)
    Factor.objects.filter(pk=factor.pk).update(paused_until=None)
    return True


def _new_codes(user_id: int) -> list[str]:
    codes = [secrets.token_hex(_RECOVERY_BYTES) for _ in range(sign_in_rules().recovery_codes)]
    RecoveryCode.objects.filter(user_id=user_id).delete()
    RecoveryCode.objects.bulk_create(
        RecoveryCode(user_id=user_id, digest=digest_of(rules.tidy_code(code))) for code in codes
    )
    return [f"{code[:5]}-{code[5:]}" for code in codes]


def _secret(factor: Factor) -> bytes:
    return bytes.fromhex(_box().unseal(factor.secret))


def _box() -> SecretBox:
    return cast("SecretBox", adapter("secret_box"))


def _record(actor: Actor, action: str, user_id: int, **payload: object) -> None:
    if actor.user_id is None:
        raise NotAllowed(action)
    record(actor=actor, action=action, kind="person", object_id=user_id, payload=payload)
