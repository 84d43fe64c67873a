"""Versions of rules and parameters that officers wrote, laid over the catalogue files."""

from django.db import models

from gongmai.core.formula.types import VersionState


class RuleVersion(models.Model):
    """One version of an entry of a catalogue, from its draft to its approval. An approved one never changes.

    `kind`: formula or param; `entry`: what the catalogue file would say, without the dates; an empty one
    ends the rule. In force from `valid_from` until the next approved version of the code.
    """

    catalogue = models.CharField(max_length=20)
    kind = models.CharField(max_length=10)
    code = models.CharField(max_length=80)
    entry = models.JSONField(default=dict)
    valid_from = models.DateField(null=True)
    state = models.CharField(
        max_length=10, choices=[(s.value, s.value) for s in VersionState], default=VersionState.DRAFT
    )
    reason = models.TextField(blank=True)
    trial = models.JSONField(default=dict, help_text="what the last run against history found")
    revision = models.PositiveIntegerField(default=0, help_text="counts changes; a stale one is refused")
    author_id = models.BigIntegerField(null=True)
    author = models.CharField(max_length=200)
    changed_at = models.DateTimeField()
    proposed_at = models.DateTimeField(null=True)
    decided_by = models.BigIntegerField(null=True)
    decider = models.CharField(max_length=200, blank=True)
    decided_at = models.DateTimeField(null=True)
    decision_note = models.TextField(blank=True)

    class Meta:
        indexes = [
            models.Index(fields=["catalogue", "state", "code"]),
        ]

    def __str__(self) -> str:
        return f"{self.catalogue}:{self.code} {self.valid_from} {self.state}"
