"""The patterns that were published: what is hidden once stays hidden for the year."""

from django.db import models


class Pattern(models.Model):
    """The hidden cells of one subject (an item) and year, as they were when a vintage came into force."""

    subject = models.CharField(max_length=80)
    year = models.PositiveSmallIntegerField()
    vintage = models.PositiveIntegerField()
    hidden = models.JSONField()
    rolled_up = models.BooleanField(default=False)
    primary_count = models.PositiveIntegerField(default=0)
    hidden_share = models.FloatField(default=0.0)
    made_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["subject", "year", "vintage"], name="one_pattern_a_vintage"),
        ]
