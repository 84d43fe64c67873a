"""Tallies of what the rules found in the history; recounted, never edited."""

from django.db import models


class Counting(models.Model):
    """When the rules of a form were counted, and on which state of the data and of the rules."""

    form = models.CharField(max_length=20, unique=True)
    stamp = models.CharField(max_length=80)
    vintage = models.PositiveIntegerField()
    at = models.DateTimeField()


class Judged(models.Model):
    """How many returns of a form, period and management unit there were to judge."""

    form = models.CharField(max_length=20)
    period = models.PositiveIntegerField()
    unit = models.CharField(max_length=20)
    returns = models.PositiveIntegerField()

    class Meta:
        indexes = [models.Index(fields=["form", "period"])]


class Tally(models.Model):
    """What a rule found in a period and unit.

    `settled`: of the fired, those whose return is approved;
    `corrected`: of the settled, those whose figure was changed later; `explained`: of the fired;
    `verdicts`: of the settled, those whose explanation was judged; `borne_out`: judged doubtful or wrong, or
    not judged and corrected.
    """

    form = models.CharField(max_length=20)
    rule = models.CharField(max_length=80)
    period = models.PositiveIntegerField()
    unit = models.CharField(max_length=20)
    fired = models.PositiveIntegerField()
    explained = models.PositiveIntegerField()
    settled = models.PositiveIntegerField()
    corrected = models.PositiveIntegerField()
    borne_out = models.PositiveIntegerField(default=0)
    verdicts = models.PositiveIntegerField(default=0)

    class Meta:
        indexes = [models.Index(fields=["form", "rule"])]
