"""The register of exports, their downloads, and the looks at full numbers. Rows are never deleted; files are."""

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from anju.accounts.models import Grant, User
from anju.divisions.fields import AreaField
from anju.evidence.models import StoredFile
from anju.exports.reasons import ALL_REASONS
from anju.jobs.models import Job


class Export(models.Model):
    """One file that was asked for: by whom, in which capacity, what, why; whether another agreed; what came of it.

    ``right`` is the grant in which it was asked for: the file is made and handed out while that one holds; ``grant`` says it in words.
    ``seat`` is the level at which the asker stood: the entry is shown there and above, not to the offices of ``area`` below it.
    ``filters`` are codes and keys, nothing personal. ``as_is``: the file belongs to something else (a list as it was sent) and is handed
    out unchanged, so it bears no mark and isn't removed.
    """

    class State(models.TextChoices):
        """How far it is."""

        WAITING = "waiting", _("待审批")
        REFUSED = "refused", _("未同意")
        MAKING = "making", _("正在生成")
        READY = "ready", _("可下载")
        FAILED = "failed", _("未生成")
        EXPIRED = "expired", _("文件已清除")

    kind = models.CharField(max_length=40, db_collation="C")
    title = models.CharField(max_length=200)
    area = AreaField()
    seat = AreaField()
    filters = models.JSONField(default=dict)
    columns = ArrayField(models.CharField(max_length=100), default=list)
    rows = models.PositiveIntegerField()
    full = models.BooleanField()
    reason = models.CharField(max_length=20, db_collation="C")
    note = models.CharField(max_length=300, blank=True, default="")
    mark = models.CharField(max_length=8, unique=True, db_collation="C")
    requested_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="exports", db_index=False)
    office = models.CharField(max_length=100)
    grant = models.CharField(max_length=200, blank=True, default="")
    right = models.ForeignKey(Grant, null=True, on_delete=models.PROTECT, related_name="+", db_index=False)
    requested_at = models.DateTimeField()
    state = models.CharField(max_length=8, choices=State, db_collation="C")
    needs_approval = models.BooleanField(default=False)
    decided_by = models.ForeignKey(User, null=True, on_delete=models.PROTECT, related_name="+")
    decided_at = models.DateTimeField(null=True)
    decision_reason = models.CharField(max_length=300, blank=True, default="")
    job = models.ForeignKey(Job, null=True, on_delete=models.SET_NULL, related_name="+")
    file = models.ForeignKey(StoredFile, null=True, on_delete=models.PROTECT, related_name="+")
    as_is = models.BooleanField(default=False)
    file_name = models.CharField(max_length=255, blank=True, default="")
    file_size = models.BigIntegerField(null=True)
    ready_at = models.DateTimeField(null=True)
    expires_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(decided_by__isnull=True) | ~Q(decided_by=models.F("requested_by")), name="exports_export_second_person"
            ),
            models.CheckConstraint(
                condition=Q(needs_approval=False) | Q(state="waiting") | Q(decided_by__isnull=False, decided_at__isnull=False),
                name="exports_export_decided",
            ),
            models.CheckConstraint(condition=~Q(state="refused") | ~Q(decision_reason=""), name="exports_export_refusal_says_why"),
            models.CheckConstraint(condition=~Q(state="waiting") | Q(needs_approval=True), name="exports_export_waits"),
            models.CheckConstraint(
                condition=~Q(state="ready") | Q(file__isnull=False, expires_at__isnull=False), name="exports_export_ready"
            ),
            models.CheckConstraint(condition=~Q(state="expired") | Q(file__isnull=True), name="exports_export_expired"),
        ]
        indexes = [
            models.Index(fields=["area", "-id"], name="exports_export_of_area"),
            models.Index(fields=["requested_by", "-id"], name="exports_export_of_user"),
            models.Index(fields=["area"], condition=Q(state="waiting"), name="exports_export_waiting"),
            models.Index(fields=["expires_at"], condition=Q(state="ready"), name="exports_export_expiring"),
        ]

    def __str__(self) -> str:
        return f"{self.number} {self.title}"

    @property
    def number(self) -> str:
        """Its number in the register, as it stands in the file: 2020-000123."""
        return f"{timezone.localtime(self.requested_at).year}-{self.pk:06d}"

    @property
    def reason_said(self) -> str:
        """The reason in words."""
        return str(ALL_REASONS.get(self.reason, self.reason))

    @property
    def going(self) -> bool:
        """Whether the page should look again by itself."""
        return self.state == self.State.MAKING


class Download(models.Model):
    """The file of an export was handed over to somebody's browser."""

    export = models.ForeignKey(Export, on_delete=models.PROTECT, related_name="downloads")
    by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField()
    address = models.CharField(max_length=45, blank=True, default="", db_collation="C")


class Reveal(models.Model):
    """Somebody looked at full numbers; the numbers themselves aren't kept here. ``subject`` names whose, without saying a number.

    ``seat`` is the level at which who looked stood: it is told there and above, not to the offices of ``area`` below it.
    """

    area = AreaField()
    seat = AreaField()
    subject = models.CharField(max_length=300)
    url = models.CharField(max_length=200, blank=True, default="", db_collation="C")
    numbers = models.PositiveSmallIntegerField()
    reason = models.CharField(max_length=20, db_collation="C")
    note = models.CharField(max_length=300, blank=True, default="")
    by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+", db_index=False)
    office = models.CharField(max_length=100)
    grant = models.CharField(max_length=200, blank=True, default="")
    at = models.DateTimeField()

    class Meta:
        indexes = [
            models.Index(fields=["area", "-id"], name="exports_reveal_of_area"),
            models.Index(fields=["by", "at"], name="exports_reveal_of_user"),
        ]

    @property
    def reason_said(self) -> str:
        """The reason in words."""
        return str(ALL_REASONS.get(self.reason, self.reason))
