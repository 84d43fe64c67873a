"""What the outlook keeps: daily electricity as the grid company delivers it, and the targets of a city."""

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


class Target(models.Model):
    """The figure that the city, a county or an industry is to reach in a year."""

    year = models.PositiveIntegerField()
    item = models.CharField(max_length=40)
    level = models.CharField(max_length=10, help_text="city, county or industry")
    code = models.CharField(
        max_length=20, blank=True, help_text="region or industry division, empty for the city"
    )
    value = models.BigIntegerField(help_text="thousand yuan")
    source = models.CharField(max_length=200)
    set_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["year", "item", "level", "code"], name="one_target_a_year")
        ]

    def __str__(self) -> str:
        return f"{self.year} {self.item} {self.level} {self.code}"
