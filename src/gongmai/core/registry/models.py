"""Enterprises, their dated attributes and roster, and the city's code lists.

The columns of Enterprise that can change with time (region, town, unit, park, industry, size, tags) hold
the current value for lists and scopes; `Profile` holds the history that the panel uses.
"""

from django.db import models


class City(models.Model):
    """The one city of this installation."""

    code = models.CharField(max_length=6, unique=True)
    label_zh = models.CharField(max_length=40)
    label_en = models.CharField(max_length=80)
    bureau_zh = models.CharField(max_length=80)
    bureau_en = models.CharField(max_length=120)
    is_synthetic = models.BooleanField(default=False)
    settings = models.JSONField(default=dict, help_text="history_from, current_period, groups")
    revision = models.PositiveIntegerField(default=0, help_text="counts changes of code lists, for caches")


class Code(models.Model):
    """An entry of a dated code list. Codes end, they are never deleted.

    Lists: region, town, unit, park, industry, size, product, material, energy, tag, entry_type, exit_type.
    """

    list = models.CharField(max_length=20)
    code = models.CharField(max_length=20)
    label_zh = models.CharField(max_length=120)
    label_en = models.CharField(max_length=200, blank=True)
    parent = models.CharField(max_length=20, blank=True)
    valid_from = models.DateField()
    valid_to = models.DateField(null=True)
    source = models.CharField(max_length=200, blank=True)
    extra = models.JSONField(default=dict)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["list", "code", "valid_from"], name="code_once")]
        indexes = [models.Index(fields=["list", "parent"])]

    def __str__(self) -> str:
        return f"{self.list}:{self.code} {self.label_zh}"


class UnitMapping(models.Model):
    """Which management unit a town (or, with an empty town, a whole county) belongs to, and since when."""

    region = models.CharField(max_length=6)
    town = models.CharField(max_length=9, blank=True)
    unit = models.CharField(max_length=20)
    valid_from = models.PositiveIntegerField(help_text="period key")
    valid_to = models.PositiveIntegerField(null=True)


class Enterprise(models.Model):
    """A firm, known by its unified social credit code."""

    credit_code = models.CharField(max_length=18, unique=True)
    name = models.CharField(max_length=120)
    pinyin = models.CharField(max_length=400, blank=True)
    initials = models.CharField(max_length=120, blank=True, db_index=True)
    region = models.CharField(max_length=6, db_index=True)
    town = models.CharField(max_length=9, blank=True)
    unit = models.CharField(max_length=20, db_index=True)
    park = models.CharField(max_length=20, blank=True, db_index=True)
    industry = models.CharField(max_length=4, db_index=True)
    size = models.CharField(max_length=2, blank=True)
    tags = models.CharField(max_length=300, blank=True, help_text="|a|b|, empty when none")
    on_roster = models.BooleanField(default=False)
    registered_on = models.DateField(null=True)
    address = models.CharField(max_length=200, blank=True)
    contact = models.CharField(max_length=60, blank=True)
    contact_phone = models.CharField(max_length=30, blank=True)
    is_synthetic = models.BooleanField(default=False)

    class Meta:
        indexes = [models.Index(fields=["name"])]

    def __str__(self) -> str:
        return f"{self.credit_code} {self.name}"


class Profile(models.Model):
    """The attributes of an enterprise from one period on (open-ended until the next row)."""

    enterprise = models.ForeignKey(Enterprise, on_delete=models.CASCADE, related_name="profiles")
    valid_from = models.PositiveIntegerField(help_text="period key")
    valid_to = models.PositiveIntegerField(
        null=True, help_text="period key of the last period, empty while open"
    )
    region = models.CharField(max_length=6)
    town = models.CharField(max_length=9, blank=True)
    unit = models.CharField(max_length=20)
    park = models.CharField(max_length=20, blank=True)
    industry = models.CharField(max_length=4)
    workers = models.PositiveIntegerField(null=True, help_text="persons, for the size class")
    revenue = models.BigIntegerField(null=True, help_text="thousand yuan a year, for the size class")
    size = models.CharField(max_length=2, blank=True)
    tags = models.CharField(max_length=300, blank=True, help_text="|a|b|, empty when none")

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["enterprise", "valid_from"], name="one_profile_per_start")
        ]


class RosterMembership(models.Model):
    """A stay on the roster of above-scale industry."""

    enterprise = models.ForeignKey(Enterprise, on_delete=models.CASCADE, related_name="memberships")
    from_period = models.PositiveIntegerField()
    to_period = models.PositiveIntegerField(
        null=True, help_text="last period on the roster, empty while on it"
    )
    entry_type = models.CharField(max_length=20)
    exit_type = models.CharField(max_length=20, blank=True)
    note = models.CharField(max_length=200, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["enterprise", "from_period"], name="one_entry_per_period")
        ]
        indexes = [models.Index(fields=["from_period", "to_period"])]


class Parameter(models.Model):
    """What the statistics bureau tells about an industry: its value-added rate, its price index."""

    code = models.CharField(max_length=20)
    industry_division = models.CharField(max_length=2)
    period = models.PositiveIntegerField()
    value = models.FloatField()
    source = models.CharField(max_length=200, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["code", "period", "industry_division"], name="one_parameter_value"
            )
        ]
