"""Vintages of the panel: which Parquet file holds which period as published when."""

from django.db import models


class RosterSnapshot(models.Model):
    """The roster with its attributes as one period's file used it, so that any vintage can be rebuilt."""

    digest = models.CharField(max_length=64, primary_key=True)
    period = models.PositiveIntegerField()
    content = models.BinaryField()


class Vintage(models.Model):
    """One publication. Numbers rise by one; a vintage never changes."""

    number = models.PositiveIntegerField(primary_key=True)
    published_at = models.DateTimeField()
    reason = models.CharField(max_length=200)
    facts = models.PositiveIntegerField(help_text="returns admitted")


class PeriodFile(models.Model):
    """The file of a period from a vintage on, until a later vintage names another."""

    vintage = models.ForeignKey(Vintage, on_delete=models.PROTECT, related_name="files")
    period = models.PositiveIntegerField()
    name = models.CharField(max_length=120)
    digest = models.CharField(max_length=64, help_text="SHA-256 of the file")
    rows = models.PositiveIntegerField()
    roster = models.ForeignKey(RosterSnapshot, on_delete=models.PROTECT)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["vintage", "period"], name="one_file_per_period")]


class LayerFile(models.Model):
    """The file of a period with a layer laid over what was reported, beside its file in the same vintage."""

    vintage = models.ForeignKey(Vintage, on_delete=models.PROTECT, related_name="layer_files")
    period = models.PositiveIntegerField()
    layer = models.CharField(max_length=20)
    name = models.CharField(max_length=120)
    digest = models.CharField(max_length=64, help_text="SHA-256 of the file")
    rows = models.PositiveIntegerField()
    roster = models.ForeignKey(RosterSnapshot, on_delete=models.PROTECT)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["vintage", "period", "layer"], name="one_file_per_layer")
        ]
