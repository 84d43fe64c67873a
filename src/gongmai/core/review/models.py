"""A case for each object under review, and every step it took."""

from django.db import models

from gongmai.core.review.types import State


class Case(models.Model):
    """The review of one object. `digest` binds it to the content that was submitted last."""

    kind = models.CharField(max_length=30)
    object_id = models.BigIntegerField()
    enterprise = models.ForeignKey("registry.Enterprise", on_delete=models.PROTECT)
    state = models.CharField(max_length=12, choices=[(s.value, s.value) for s in State], default=State.DRAFT)
    digest = models.CharField(max_length=64, blank=True)
    revision = models.PositiveIntegerField(default=0, help_text="counts moves; a stale one is refused")
    submitted_by = models.BigIntegerField(null=True)
    county_by = models.BigIntegerField(null=True)
    taken_by = models.BigIntegerField(null=True, help_text="who of the city has begun with it")
    updated_at = models.DateTimeField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["kind", "object_id"], name="one_case_per_object")]
        indexes = [models.Index(fields=["kind", "state"])]


class Step(models.Model):
    """One move of a case. Never updated."""

    case = models.ForeignKey(Case, on_delete=models.CASCADE, related_name="steps")
    move = models.CharField(max_length=12)
    state = models.CharField(max_length=12)
    actor_id = models.BigIntegerField(null=True)
    actor = models.CharField(max_length=200)
    reason = models.TextField(blank=True)
    detail = models.JSONField(default=dict, help_text="what the reason is about, such as cells")
    digest = models.CharField(max_length=64, blank=True)
    at = models.DateTimeField()
