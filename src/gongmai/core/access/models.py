"""People, their grants, their keys for the API and the log of sign-ins."""

from django.contrib.auth.models import AbstractUser
from django.db import models

from gongmai.core.access.types import Role, ScopeKind


class User(AbstractUser):
    """A person who signs in. `display_name` is what others see."""

    display_name = models.CharField(max_length=80, blank=True)
    phone = models.CharField(max_length=30, blank=True)
    must_change_password = models.BooleanField(default=False)
    password_changed_at = models.DateTimeField(null=True)
    awake_since = models.DateTimeField(null=True, help_text="let in again then: dormancy counts from it")
    disowned_at = models.DateTimeField(null=True, help_text="the owner said that a sign-in was not theirs")
    factor_asked_at = models.DateTimeField(null=True, help_text="when a second factor was first asked for")


class Grant(models.Model):
    """A role given to a person over a part of the city."""

    user = models.ForeignKey(User, on_delete=models.CASCADE, related_name="grants")
    role = models.CharField(max_length=20, choices=[(role.value, role.value) for role in Role])
    scope_kind = models.CharField(max_length=20, choices=[(kind.value, kind.value) for kind in ScopeKind])
    scope_value = models.CharField(max_length=40, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["user", "role", "scope_kind", "scope_value"], name="one_grant_once"
            ),
        ]


class ApiToken(models.Model):
    """A key for a firm's own system; only its hash is kept."""

    user = models.ForeignKey(User, on_delete=models.CASCADE, related_name="tokens")
    label = models.CharField(max_length=80)
    digest = models.CharField(max_length=64, unique=True)
    created_at = models.DateTimeField()
    last_used_at = models.DateTimeField(null=True)
    revoked_at = models.DateTimeField(null=True)


class SignIn(models.Model):
    """One attempt to sign in."""

    user = models.ForeignKey(User, on_delete=models.SET_NULL, null=True)
    username = models.CharField(max_length=150)
    at = models.DateTimeField(db_index=True)
    ip = models.GenericIPAddressField(null=True)
    agent = models.CharField(max_length=200, blank=True)
    outcome = models.CharField(max_length=20)
    device = models.CharField(max_length=64, blank=True, help_text="of the person's own devices: its digest")


class Factor(models.Model):
    """A person's second factor: a key shared with their telephone, sealed; counts once it is confirmed."""

    user = models.OneToOneField(User, on_delete=models.CASCADE, related_name="factor")
    secret = models.TextField()
    created_at = models.DateTimeField()
    confirmed_at = models.DateTimeField(null=True)
    last_step = models.BigIntegerField(default=0)
    failures = models.PositiveSmallIntegerField(default=0)
    paused_until = models.DateTimeField(null=True)


class RecoveryCode(models.Model):
    """A code on paper that replaces the telephone once; only its hash is kept."""

    user = models.ForeignKey(User, on_delete=models.CASCADE, related_name="recovery_codes")
    digest = models.CharField(max_length=64)
    used_at = models.DateTimeField(null=True)


class FactorReset(models.Model):
    """One person asks to take away another's second factor, a second one agrees or refuses."""

    user = models.ForeignKey(User, on_delete=models.CASCADE, related_name="factor_resets")
    asked_by = models.ForeignKey(User, on_delete=models.CASCADE, related_name="+")
    asked_at = models.DateTimeField()
    reason = models.CharField(max_length=200)
    decided_by = models.ForeignKey(User, on_delete=models.CASCADE, related_name="+", null=True)
    decided_at = models.DateTimeField(null=True)
    agreed = models.BooleanField(default=False)
    told_at = models.DateTimeField(null=True)


class Device(models.Model):
    """A browser that a person has signed in with; it shows a signed cookie, of which the hash is kept."""

    user = models.ForeignKey(User, on_delete=models.CASCADE, related_name="devices")
    digest = models.CharField(max_length=64)
    ip = models.GenericIPAddressField(null=True)
    agent = models.CharField(max_length=200, blank=True)
    first_seen_at = models.DateTimeField()
    last_seen_at = models.DateTimeField()
    disowned_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["user", "digest"], name="one_device_once")]


class Session(models.Model):
    """A sign-in that lasts: which browser, from where, until when."""

    user = models.ForeignKey(User, on_delete=models.CASCADE, related_name="sessions")
    device = models.ForeignKey(Device, on_delete=models.SET_NULL, null=True)
    key = models.CharField(max_length=64, db_index=True)
    ip = models.GenericIPAddressField(null=True)
    agent = models.CharField(max_length=200, blank=True)
    started_at = models.DateTimeField()
    seen_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True)
    end_reason = models.CharField(max_length=20, blank=True)
