"""People, their grants, their keys for the API and the log of sign-ins."""

from django.contrib.auth.models import AbstractUser
from django.db import models

from gongmai.core.access.types import Role, ScopeKind


class User(AbstractUser):
    """A person who signs in. `display_name` is what others see."""

    display_name = models.CharField(max_length=80, blank=True)
    phone = models.CharField(max_length=30, blank=True)
    must_change_password = models.BooleanField(default=False)


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
