"""Tables of the trail: append-only lines and the head of each stream."""

from django.db import models


class Head(models.Model):
    """The last number and hash of a stream; locked while a line is appended."""

    stream = models.PositiveSmallIntegerField(primary_key=True)
    number = models.PositiveBigIntegerField(default=0)
    hash = models.CharField(max_length=64)


class Entry(models.Model):
    """One line of the trail. Never updated, never deleted."""

    stream = models.PositiveSmallIntegerField()
    number = models.PositiveBigIntegerField()
    at = models.CharField(max_length=40)
    actor_id = models.BigIntegerField(null=True)
    actor = models.CharField(max_length=200)
    action = models.CharField(max_length=60)
    kind = models.CharField(max_length=40)
    object_id = models.CharField(max_length=60)
    payload = models.TextField()
    hash = models.CharField(max_length=64)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["stream", "number"], name="audit_entry_place")]
        indexes = [models.Index(fields=["kind", "object_id"]), models.Index(fields=["at"])]

    def __str__(self) -> str:
        return f"{self.stream}/{self.number} {self.action}"
