"""Tables of the trail: append-only lines, the head of each stream, anchors, and the log of readings."""

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


class Anchor(models.Model):
    """The database's copy of a line of the anchor file, so that one alone cannot be exchanged unseen."""

    number = models.PositiveIntegerField(primary_key=True)
    at = models.DateTimeField()
    line = models.TextField()


class Reading(models.Model):
    """Somebody who is not of the firm looked at one firm's data; once for each person, page and minute.

    Never deleted. `anchor` is the number of the anchor whose digest covers the row, empty until then.
    """

    at = models.DateTimeField(db_index=True)
    minute = models.PositiveBigIntegerField(help_text="minutes since 1970, so that a repeat is one row")
    actor_id = models.BigIntegerField(help_text="0: the system itself")
    roles = models.CharField(max_length=80)
    enterprise_id = models.BigIntegerField(db_index=True)
    what = models.CharField(max_length=80, help_text="name of the page, API operation or command")
    object_id = models.CharField(max_length=60, blank=True)
    anchor = models.PositiveIntegerField(null=True, db_index=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["minute", "actor_id", "enterprise_id", "what", "object_id"],
                name="one_reading_a_minute",
            )
        ]
