"""Attached files. The content lies in the folder of attachments under its SM3; a row says what it is."""

from django.db import models


class Attachment(models.Model):
    """One file on one object. Never changed; removed by a mark; kept for ever once a version names it."""

    key = models.CharField(max_length=43, unique=True, help_text="random, for its address")
    kind = models.CharField(max_length=30, help_text="kind of the object that it belongs to")
    object_id = models.BigIntegerField()
    enterprise = models.ForeignKey("registry.Enterprise", on_delete=models.PROTECT)
    is_office = models.BooleanField(default=False, help_text="attached by an officer")
    is_shared = models.BooleanField(default=True, help_text="the firm sees it (its own ones always)")
    topic = models.CharField(max_length=120, blank=True, help_text="what it speaks for, such as a finding")
    note = models.CharField(max_length=200, blank=True)
    name = models.CharField(max_length=130)
    type = models.CharField(max_length=10)
    size = models.PositiveIntegerField()
    digest = models.CharField(max_length=64, db_index=True, help_text="SM3 of the content")
    is_quarantined = models.BooleanField(default=False)
    uploaded_by = models.BigIntegerField(null=True)
    uploaded_at = models.DateTimeField()
    sealed_in = models.PositiveIntegerField(null=True, help_text="the first submitted version that names it")
    removed_by = models.BigIntegerField(null=True)
    removed_at = models.DateTimeField(null=True)

    class Meta:
        indexes = [models.Index(fields=["kind", "object_id"])]

    def __str__(self) -> str:
        return f"{self.kind}:{self.object_id} {self.name}"
