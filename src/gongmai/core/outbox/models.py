"""Events, and one delivery for each handler that the flow names."""

from django.db import models


class Delivery(models.Model):
    """One event on its way to one handler, with its lease, attempts and progress."""

    class State(models.TextChoices):
        """WAITING may be taken; RUNNING holds a lease; DONE and FAILED are ends."""

        WAITING = "waiting"
        RUNNING = "running"
        DONE = "done"
        FAILED = "failed"

    event = models.CharField(max_length=80)
    handler = models.CharField(max_length=160)
    payload = models.JSONField()
    actor_id = models.BigIntegerField(null=True)
    state = models.CharField(max_length=10, choices=State.choices, default=State.WAITING)
    attempts = models.PositiveSmallIntegerField(default=0)
    available_at = models.DateTimeField()
    lease_until = models.DateTimeField(null=True)
    holder = models.CharField(
        max_length=160, blank=True, help_text="the process that took it: machine, process, start"
    )
    created_at = models.DateTimeField()
    finished_at = models.DateTimeField(null=True)
    done = models.PositiveIntegerField(default=0)
    total = models.PositiveIntegerField(default=0)
    progress_text = models.CharField(max_length=200, blank=True)
    error = models.TextField(blank=True)

    class Meta:
        indexes = [
            models.Index(
                fields=["handler", "available_at"],
                name="outbox_open",
                condition=models.Q(state__in=["waiting", "running"]),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.event} -> {self.handler}: {self.state}"
