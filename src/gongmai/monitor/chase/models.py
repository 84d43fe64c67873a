"""Plans, pauses, heads, rounds, reminders and calls."""

from django.conf import settings
from django.db import models

from gongmai.monitor.chase.types import To


class Plan(models.Model):
    """Steps that the city set for a form (empty: all) from a day on; a later one takes over."""

    form = models.CharField(max_length=20, blank=True)
    valid_from = models.DateField()
    steps = models.JSONField(help_text="[{offset, at, to}]")
    note = models.CharField(max_length=300)
    made_by = models.BigIntegerField(null=True)
    made_name = models.CharField(max_length=200)
    made_at = models.DateTimeField()


class Pause(models.Model):
    """A time without reminders by plan, for a form or all."""

    form = models.CharField(max_length=20, blank=True)
    since = models.DateTimeField()
    until = models.DateTimeField(null=True)
    reason = models.CharField(max_length=300)
    made_by = models.BigIntegerField(null=True)
    made_name = models.CharField(max_length=200)


class Head(models.Model):
    """Who answers for a unit when reminders do not help."""

    unit = models.CharField(max_length=20)
    person = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["unit", "person"], name="one_head_once")]


class Round(models.Model):
    """A step of the plan taken for a deadline and a kind of recipient: one, whatever is run again."""

    form = models.CharField(max_length=20)
    period = models.PositiveIntegerField()
    due_on = models.DateField()
    offset = models.SmallIntegerField()
    to = models.CharField(max_length=10, choices=[(to.value, to.value) for to in To])
    plan = models.PositiveIntegerField(default=0, help_text="number of the plan; 0 is the one that we ship")
    started_at = models.DateTimeField()
    done_at = models.DateTimeField(null=True)
    firms = models.PositiveIntegerField(default=0)
    people = models.PositiveIntegerField(default=0)
    unreachable = models.PositiveIntegerField(default=0, help_text="firms for which nobody has an account")

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["form", "period", "due_on", "offset", "to"], name="one_round_per_step"
            )
        ]
        indexes = [models.Index(fields=["form", "period"])]


class Reminder(models.Model):
    """A firm reminded of a return: in a round, or by hand."""

    filing = models.ForeignKey(
        "filing.Return", on_delete=models.CASCADE, related_name="reminders", db_index=False
    )
    round = models.ForeignKey(Round, on_delete=models.CASCADE, null=True, related_name="reminders")
    enterprise = models.ForeignKey("registry.Enterprise", on_delete=models.CASCADE, db_index=False)
    people = models.PositiveSmallIntegerField(help_text="how many people of the firm were told")
    note = models.CharField(max_length=200, blank=True)
    by = models.BigIntegerField(null=True)
    by_name = models.CharField(max_length=200, blank=True)
    at = models.DateTimeField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["filing", "round"], name="one_reminder_per_round")]
        indexes = [
            models.Index(fields=["filing", "at"]),
            models.Index(
                fields=["enterprise", "at"], name="reminder_by_hand", condition=models.Q(round=None)
            ),
        ]


class Call(models.Model):
    """A telephone call about a return: with whom, what came of it, what was promised."""

    filing = models.ForeignKey("filing.Return", on_delete=models.CASCADE, related_name="calls")
    enterprise = models.ForeignKey("registry.Enterprise", on_delete=models.CASCADE, related_name="calls")
    at = models.DateTimeField()
    by = models.BigIntegerField(null=True)
    by_name = models.CharField(max_length=200)
    spoke_with = models.CharField(max_length=60, blank=True)
    phone = models.CharField(max_length=30, blank=True)
    outcome = models.CharField(max_length=20)
    promised_on = models.DateField(null=True)
    follow_up_on = models.DateField(null=True)
    note = models.CharField(max_length=500, blank=True)
    new_contact = models.CharField(max_length=60, blank=True)
    new_phone = models.CharField(max_length=30, blank=True)
    settled = models.CharField(
        max_length=10, blank=True, help_text="taken | dropped, of the suggested contact"
    )
    settled_by = models.BigIntegerField(null=True)
    settled_at = models.DateTimeField(null=True)

    class Meta:
        indexes = [
            models.Index(
                fields=["enterprise"],
                name="call_suggestion",
                condition=~models.Q(new_contact="", new_phone="") & models.Q(settled=""),
            )
        ]
