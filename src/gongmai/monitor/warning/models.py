"""Warnings, the steps of their lives, and the runs that found them."""

from django.db import models

from gongmai.monitor.warning.types import Colour, Level, State


class Alert(models.Model):
    """A warning: a trigger that fired for a firm or a group, from its first period on.

    `colour` is what is shown now (0: the signal has ended), `worst` the gravest so far, `judged` the one at
    which it ended. `seen_period` is the last period that was evaluated, `closed_period` the one in which it
    ended. `score` is severity times `share` and ranks the watch list.
    """

    trigger = models.CharField(max_length=40)
    level = models.CharField(max_length=12, choices=[(one.value, one.value) for one in Level])
    key = models.CharField(max_length=20)
    enterprise = models.ForeignKey("registry.Enterprise", on_delete=models.CASCADE, null=True)
    unit = models.CharField(max_length=20, blank=True)
    industry = models.CharField(max_length=4, blank=True)
    first_period = models.PositiveIntegerField()
    last_period = models.PositiveIntegerField()
    seen_period = models.PositiveIntegerField()
    closed_period = models.PositiveIntegerField(null=True)
    red_period = models.PositiveIntegerField(null=True)
    colour = models.PositiveSmallIntegerField()
    worst = models.PositiveSmallIntegerField()
    judged = models.PositiveSmallIntegerField(default=Colour.NONE)
    value = models.FloatField(null=True)
    share = models.FloatField()
    score = models.FloatField()
    vintage = models.PositiveIntegerField()
    state = models.CharField(max_length=12, choices=[(one.value, one.value) for one in State])
    verdict = models.CharField(max_length=12, blank=True, help_text="the move that verified it last")
    due_on = models.DateField(null=True)
    revision = models.PositiveIntegerField(default=0, help_text="counts moves; a stale one is refused")
    answered_by = models.BigIntegerField(null=True, help_text="who reported back, or called a figure wrong")
    return_id = models.BigIntegerField(null=True, help_text="the return whose cell went back")
    found_at = models.DateTimeField()
    updated_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["trigger", "level", "key", "first_period"], name="one_warning_per_start"
            )
        ]
        indexes = [
            models.Index(fields=["state", "-score"]),
            models.Index(fields=["trigger", "first_period"]),
        ]


class AlertStep(models.Model):
    """One move of a warning. Never updated. `due_on` is the deadline that held."""

    alert = models.ForeignKey(Alert, on_delete=models.CASCADE, related_name="steps")
    move = models.CharField(max_length=12)
    state = models.CharField(max_length=12)
    actor_id = models.BigIntegerField(null=True)
    actor = models.CharField(max_length=200)
    text = models.TextField(blank=True)
    period = models.PositiveIntegerField()
    colour = models.PositiveSmallIntegerField()
    due_on = models.DateField(null=True)
    in_time = models.BooleanField(null=True)
    at = models.DateTimeField()


class Run(models.Model):
    """An evaluation of the triggers for a period and vintage: repeated, it is the same row."""

    period = models.PositiveIntegerField()
    vintage = models.PositiveIntegerField()
    at = models.DateTimeField()
    found = models.PositiveIntegerField(default=0)
    reopened = models.PositiveIntegerField(default=0)
    firing = models.PositiveIntegerField(default=0)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["period", "vintage"], name="one_run_per_vintage")]
