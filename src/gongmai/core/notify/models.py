"""Notices of people, how each wants to be told, and what left the house."""

from django.conf import settings
from django.db import models

from gongmai.core.notify.types import Channel, Robot

CHANNELS = [(channel.value, channel.value) for channel in Channel]


class Notice(models.Model):
    """Something told to one person, in words as of then. With the same key a person is told once."""

    person = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="notices")
    kind = models.CharField(max_length=40)
    key = models.CharField(max_length=160)
    subject_zh = models.CharField(max_length=300)
    subject_en = models.CharField(max_length=300)
    body_zh = models.TextField()
    body_en = models.TextField()
    link = models.CharField(max_length=300, blank=True)
    object_kind = models.CharField(max_length=30, blank=True)
    object_id = models.BigIntegerField(null=True)
    created_at = models.DateTimeField()
    read_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["person", "key"], name="one_notice_per_key")]
        indexes = [
            models.Index(fields=["person", "-created_at"]),
            models.Index(fields=["person"], name="notice_unread", condition=models.Q(read_at=None)),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.key}"


class Parcel(models.Model):
    """Notices that leave as one message to one person on one channel."""

    class State(models.TextChoices):
        """WAITING until sent, dropped (nothing left to say) or failed for good."""

        WAITING = "waiting"
        SENT = "sent"
        DROPPED = "dropped"
        FAILED = "failed"

    person = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE)
    channel = models.CharField(max_length=10, choices=CHANNELS)
    state = models.CharField(max_length=10, choices=State.choices, default=State.WAITING)
    created_at = models.DateTimeField()
    sent_at = models.DateTimeField(null=True)
    delivery_id = models.BigIntegerField(null=True, help_text="the outbox's delivery that sends it")

    class Meta:
        indexes = [
            models.Index(fields=["delivery_id"], name="parcel_waiting", condition=models.Q(state="waiting"))
        ]


class Dispatch(models.Model):
    """A notice on its way out on a channel; packed into a parcel when its time has come."""

    notice = models.ForeignKey(Notice, on_delete=models.CASCADE, related_name="dispatches")
    channel = models.CharField(max_length=10, choices=CHANNELS)
    due_at = models.DateTimeField()
    parcel = models.ForeignKey(Parcel, on_delete=models.CASCADE, null=True, related_name="dispatches")

    class Meta:
        constraints = [models.UniqueConstraint(fields=["notice", "channel"], name="one_dispatch_per_channel")]
        indexes = [
            models.Index(fields=["due_at"], name="dispatch_open", condition=models.Q(parcel=None)),
        ]


class Preference(models.Model):
    """How a person wants to be told. An address counts once its owner has typed the code sent to it."""

    person = models.OneToOneField(
        settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="notify_preference"
    )
    email = models.EmailField(blank=True)
    verified_email = models.EmailField(blank=True)
    code_digest = models.CharField(max_length=64, blank=True)
    code_until = models.DateTimeField(null=True)
    code_tries = models.PositiveSmallIntegerField(default=0)
    quiet_start = models.TimeField(null=True)
    quiet_end = models.TimeField(null=True)
    digest_at = models.TimeField(null=True)
    channels = models.JSONField(
        default=dict, help_text="kind -> channels; kinds that are absent: as the catalogue says"
    )

    @property
    def is_verified(self) -> bool:
        """Whether the present address was proven to be the person's."""
        return bool(self.email) and self.email == self.verified_email


class Hook(models.Model):
    """A person's webhook: a group robot, or a firm's own system. Address and secret are sealed."""

    person = models.OneToOneField(
        settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="notify_hook"
    )
    robot = models.CharField(max_length=10, choices=[(robot.value, robot.value) for robot in Robot])
    host = models.CharField(
        max_length=255, help_text="shown to the owner; the rest of the address is a secret"
    )
    sealed_url = models.TextField()
    sealed_secret = models.TextField(blank=True)
    created_at = models.DateTimeField()
