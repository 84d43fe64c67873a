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

    @property
    def extension(self) -> "Extension | None":
        """The extension in force, whose reason the firm is shown; one query."""
        return self.extensions.filter(undone_at=None).order_by("-pk").first()


class Version(models.Model):
    """What was submitted, unchangeable. `admitted` is the panel vintage that took it in, once approved."""

    filing = models.ForeignKey(Return, on_delete=models.PROTECT, related_name="versions", db_index=False)
    number = models.PositiveIntegerField()
    cells = models.TextField(help_text="JSON: cell key -> number, text or null")
    lines = models.TextField(default="{}", help_text="JSON: table -> list of rows")
    explanations = models.TextField(default="{}", help_text="JSON: rule code -> explanation")
    findings = models.TextField(default="[]", help_text="JSON: findings as they stood at submission")
    attachments = models.TextField(default="[]", help_text="JSON: key, name, size, SM3, topic of each file")
    digest = models.CharField(max_length=64)
    source = models.CharField(max_length=10)
    submitted_by = models.BigIntegerField(null=True)
    submitted_at = models.DateTimeField()
    admitted = models.PositiveIntegerField(null=True, db_index=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["filing", "number"], name="one_version_number")]


class Edit(models.Model):
    """What one person changed in a draft within a few minutes: box -> [before, after]."""

    filing = models.ForeignKey(Return, on_delete=models.PROTECT, related_name="edits")
    version = models.PositiveIntegerField(help_text="the version that the draft became or is to become")
    actor_id = models.BigIntegerField(null=True)
    first_at = models.DateTimeField()
    at = models.DateTimeField()
    changes = models.JSONField()


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


class Thread(models.Model):
    """What is said about one box of a return (or about all of it: no box). `internal`: officers only."""

    filing = models.ForeignKey(Return, on_delete=models.PROTECT, related_name="threads")
    box = models.CharField(max_length=120, blank=True)
    internal = models.BooleanField(default=False)
    resolved_by = models.CharField(max_length=200, blank=True)
    resolved_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["filing", "box", "internal"], name="one_thread_per_box")
        ]


class Remark(models.Model):
    """One comment. Never changed and never taken away."""

    thread = models.ForeignKey(Thread, on_delete=models.PROTECT, related_name="remarks")
    text = models.TextField()
    version = models.PositiveIntegerField(help_text="the version that the writer had before them")
    author_id = models.BigIntegerField(null=True)
    author = models.CharField(max_length=200)
    by_firm = models.BooleanField()
    at = models.DateTimeField()


class Flag(models.Model):
    """A person's mark at a box: follow up."""

    filing = models.ForeignKey(Return, on_delete=models.CASCADE, related_name="flags")
    box = models.CharField(max_length=120, blank=True)
    person_id = models.BigIntegerField()
    at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["person_id", "filing", "box"], name="one_flag_per_person")
        ]


class Look(models.Model):
    """What a person saw last of a return: its version, its state, the last remark."""

    filing = models.ForeignKey(Return, on_delete=models.CASCADE, related_name="looks")
    person_id = models.BigIntegerField()
    version = models.PositiveIntegerField()
    state = models.CharField(max_length=12)
    remark = models.BigIntegerField(default=0)
    at = models.DateTimeField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["person_id", "filing"], name="one_look_per_person")]


class Verdict(models.Model):
    """What an officer thinks of an explanation. Rows are only added: the latest holds."""

    filing = models.ForeignKey(Return, on_delete=models.PROTECT, related_name="verdicts")
    version = models.PositiveIntegerField()
    finding = models.CharField(max_length=160, help_text="the finding's key")
    rule = models.CharField(max_length=80)
    verdict = models.CharField(max_length=10)
    note = models.TextField(blank=True)
    level = models.CharField(max_length=10)
    by = models.BigIntegerField(null=True)
    name = models.CharField(max_length=200)
    at = models.DateTimeField()

    class Meta:
        indexes = [models.Index(fields=["rule", "verdict"])]


class Adjustment(models.Model):
    """A correction laid over a published figure by the city. The firm's figure stays as it was filed.

    `admitted` and `withdrawn` are the vintages from and up to which the adjusted layer holds it.
    """

    enterprise = models.ForeignKey("registry.Enterprise", on_delete=models.PROTECT, related_name="+")
    form = models.CharField(max_length=20)
    period = models.PositiveIntegerField()
    cell = models.CharField(max_length=60)
    kind = models.CharField(max_length=10, help_text="value: replaces; amount: is added")
    number = models.FloatField()
    reason = models.TextField()
    proposed_by = models.BigIntegerField(null=True)
    proposed_name = models.CharField(max_length=200)
    proposed_at = models.DateTimeField()
    confirmed_by = models.BigIntegerField(null=True)
    confirmed_name = models.CharField(max_length=200, blank=True)
    confirmed_at = models.DateTimeField(null=True)
    removed_by = models.BigIntegerField(null=True)
    removed_name = models.CharField(max_length=200, blank=True)
    removed_at = models.DateTimeField(null=True)
    removal_reason = models.TextField(blank=True)
    admitted = models.PositiveIntegerField(null=True)
    withdrawn = models.PositiveIntegerField(null=True)

    class Meta:
        indexes = [models.Index(fields=["period", "form"])]


class HeldUpload(models.Model):
    """An uploaded file that waits for its sender to say what shall be done with it; nobody else sees it.

    `filing` is the return that it is for; a file of several firms has only form and period. `content` is
    emptied with the row when it expires. `outcome` is what came of it, so that a second click gets the same.
    """

    token = models.CharField(max_length=43, unique=True)
    user_id = models.BigIntegerField()
    filing = models.ForeignKey(Return, on_delete=models.CASCADE, null=True, related_name="held_uploads")
    form = models.CharField(max_length=20)
    period = models.PositiveIntegerField()
    name = models.CharField(max_length=255)
    content = models.BinaryField()
    created_at = models.DateTimeField()
    expires_at = models.DateTimeField(db_index=True)
    done_at = models.DateTimeField(null=True)
    outcome = models.JSONField(default=dict)

    class Meta:
        indexes = [models.Index(fields=["user_id", "form", "period"])]


class Extension(models.Model):
    """A later deadline that a firm was granted for one return, with the reason that it is shown."""

    filing = models.ForeignKey(Return, on_delete=models.PROTECT, related_name="extensions")
    batch = models.CharField(max_length=32, db_index=True, help_text="what was granted in one move")
    old_due_at = models.DateTimeField()
    new_due_at = models.DateTimeField()
    reason = models.CharField(max_length=300)
    granted_by = models.BigIntegerField(null=True)
    granted_name = models.CharField(max_length=200)
    is_by_city = models.BooleanField()
    granted_at = models.DateTimeField()
    undone_by = models.BigIntegerField(null=True)
    undone_at = models.DateTimeField(null=True)
