"""What the outlook keeps: daily electricity as the grid company delivers it."""

from django.db import models


class ElectricityImport(models.Model):
    """A file of readings that was taken. Its number is the stamp of all that is computed from readings."""

    at = models.DateTimeField()
    name = models.CharField(max_length=255)
    digest = models.CharField(max_length=64, help_text="SHA-256 of the file")
    kind = models.CharField(max_length=12)
    readings = models.PositiveIntegerField()
    changed = models.PositiveIntegerField(help_text="months of a customer that were added or changed")


class ElectricityMonth(models.Model):
    """The days of one month of a firm, an industry division or a management unit.

    One row for a month instead of one for a day: a city's year is 50,000 rows, not 1.5 million, and a month's
    file is written in one transaction on either database. `days`: rules.electricity.pack.
    """

    kind = models.CharField(max_length=12, help_text="enterprise, industry or county")
    code = models.CharField(max_length=20, help_text="number of the enterprise, or the code")
    month = models.PositiveIntegerField(help_text="calendar month, such as 202301")
    days = models.BinaryField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["kind", "month", "code"], name="one_row_per_metered_month")
        ]
