"""Returns: one for each enterprise, form and period; drafts; immutable submitted versions."""

from django.db import models

from gongmai.core.review.types import State


class Return(models.Model):
    """What one enterprise files on one form for one period. `state` mirrors the review case."""

    enterprise = models.ForeignKey("registry.Enterprise", on_delete=models.PROTECT, related_name="returns")
    form = models.CharField(max_length=20)
    period = models.PositiveIntegerField()
    state = models.CharField(max_length=12, choices=[(s.value, s.value) for s in State], default=State.DRAFT)
    due_at = models.DateTimeField(null=True)
    draft = models.JSONField(default=dict, help_text="cells, lines, explanations as last saved")
    draft_revision = models.PositiveIntegerField(default=0)
    draft_saved_at = models.DateTimeField(null=True)
    versions_count = models.PositiveIntegerField(default=0)
    first_submitted_at = models.DateTimeField(null=True)
    submitted_at = models.DateTimeField(null=True)
    approved_version = models.PositiveIntegerField(null=True)
    asked_boxes = models.JSONField(
        null=True,
        help_text="single boxes sent back: open (with what is tied to them), reasons; null: all open",
    )
    answer_by = models.DateTimeField(null=True, help_text="until when what was sent back is awaited")

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["form", "period", "enterprise"], name="one_return_per_firm_form_period"
            ),
        ]
        indexes = [models.Index(fields=["form", "period", "state"])]


class Version(models.Model):
    """What was submitted, unchangeable. `admitted` is the panel vintage that took it in, once approved."""

    filing = models.ForeignKey(Return, on_delete=models.PROTECT, related_name="versions", db_index=False)
    number = models.PositiveIntegerField()
    cells = models.TextField(help_text="JSON: cell key -> number, text or null")
    lines = models.TextField(default="{}", help_text="JSON: table -> list of rows")
    explanations = models.TextField(default="{}", help_text="JSON: rule code -> explanation")
    findings = models.TextField(default="[]", help_text="JSON: findings as they stood at submission")
    digest = models.CharField(max_length=64)
    source = models.CharField(max_length=10)
    submitted_by = models.BigIntegerField(null=True)
    submitted_at = models.DateTimeField()
    admitted = models.PositiveIntegerField(null=True, db_index=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["filing", "number"], name="one_version_number")]


class IdempotencyKey(models.Model):
    """The answer given to an API call, so that a repeat gets the same one. Scoped by enterprise."""

    enterprise = models.ForeignKey("registry.Enterprise", on_delete=models.CASCADE)
    key = models.CharField(max_length=80)
    request_digest = models.CharField(max_length=64)
    status = models.PositiveSmallIntegerField()
    response = models.JSONField()
    created_at = models.DateTimeField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["enterprise", "key"], name="one_key_per_enterprise")]


class BaseRevision(models.Model):
    """A firm's request to change a locked base figure, and the city's decision."""

    filing = models.ForeignKey(Return, on_delete=models.PROTECT, related_name="base_revisions")
    cell = models.CharField(max_length=60)
    locked_value = models.FloatField(null=True)
    wanted_value = models.FloatField(null=True)
    reason = models.TextField()
    state = models.CharField(max_length=10, default="asked")
    requested_by = models.BigIntegerField(null=True)
    requested_at = models.DateTimeField()
    decided_by = models.BigIntegerField(null=True)
    decided_at = models.DateTimeField(null=True)
    decision_note = models.TextField(blank=True)
