"""Workbooks of records as they came in, and what became of each of their rows."""

from typing import ClassVar

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from anju.accounts.models import User
from anju.divisions.fields import AreaField
from anju.evidence.models import StoredFile
from anju.imports.kinds import Kind, kind_of
from anju.jobs.models import Job
from anju.privacy.cells import PURPOSE, SealedCells
from anju.privacy.rotating import Sealing
from anju.registry.models import Household


class ImportBatch(models.Model):
    """One workbook of records: its file, its rows, how far it is.

    ``area`` is the place it speaks of; ``as_of`` the day it describes. ``last_sheet``, ``last_row`` are the last row read, ``applied_to`` the last
    row given to the records' owner, so that a killed worker's successor goes on behind it.
    """

    class Status(models.TextChoices):
        """How far the workbook is."""

        READING = "reading", _("读取中")
        APPLYING = "applying", _("登记中")
        DONE = "done", _("已登记")
        STOPPED = "stopped", _("已停止")
        FAILED = "failed", _("未完成")
        CANCELLED = "cancelled", _("已取消")
        UNDOING = "undoing", _("撤销中")
        UNDONE = "undone", _("已撤销")

    GONE: ClassVar[tuple[str, ...]] = (Status.FAILED, Status.CANCELLED, Status.UNDONE)

    area = AreaField()
    kind = models.CharField(max_length=40, db_collation="C")
    title = models.CharField(max_length=120)
    as_of = models.DateField()
    file = models.ForeignKey(StoredFile, on_delete=models.PROTECT, related_name="imports")
    sha256 = models.CharField(max_length=64, db_collation="C")
    recognition = models.JSONField(default=dict, help_text=_("表头识别的结果"))
    status = models.CharField(max_length=10, choices=Status, default=Status.READING, db_collation="C")
    message = models.CharField(max_length=500, blank=True, default="")
    job = models.ForeignKey(Job, null=True, blank=True, on_delete=models.SET_NULL, related_name="+")
    last_sheet = models.CharField(max_length=120, blank=True, default="")
    last_row = models.PositiveIntegerField(default=0)
    applied_to = models.BigIntegerField(default=0)
    rows_total = models.PositiveIntegerField(default=0)
    rows_applied = models.PositiveIntegerField(default=0)
    rows_noted = models.PositiveIntegerField(default=0)
    rows_refused = models.PositiveIntegerField(default=0)
    rows_undone = models.PositiveIntegerField(default=0)
    faults = models.JSONField(default=dict, help_text=_("规则 → 行数"))
    by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField()
    read_at = models.DateTimeField(null=True, blank=True)
    finished_at = models.DateTimeField(null=True, blank=True)
    seconds = models.FloatField(default=0)

    class Meta:
        ordering: ClassVar[list[str]] = ["-id"]
        constraints = [
            models.CheckConstraint(
                condition=Q(status__in=["reading", "applying", "done", "stopped", "failed", "cancelled", "undoing", "undone"]),
                name="imports_batch_status",
            ),
            models.CheckConstraint(
                condition=Q(status="reading") | Q(read_at__isnull=False) | Q(status__in=["failed", "cancelled"]), name="imports_batch_read"
            ),
            models.UniqueConstraint(
                fields=["area", "kind", "sha256"],
                condition=~Q(status__in=["failed", "cancelled", "undone"]),
                name="imports_batch_file_once",
            ),
        ]
        indexes = [models.Index(fields=["area", "-id"], name="imports_batch_of_area")]

    def __str__(self) -> str:
        return self.title

    @property
    def declared(self) -> Kind:
        """The declared kind of records it holds."""
        return kind_of(self.kind)

    @property
    def kind_title(self) -> str:
        """What it holds, in the reader's language."""
        return gettext(self.declared.title)

    @property
    def rows_open(self) -> int:
        """Rows that wait to be applied."""
        return self.rows_total - self.rows_applied - self.rows_noted - self.rows_refused - self.rows_undone

    @property
    def rows_in(self) -> int:
        """Rows that stand in the records."""
        return self.rows_applied + self.rows_noted


class ImportRow(models.Model):
    """One row of a workbook: whose it is, and what became of it. Ids ascend in the file's order.

    ``values`` holds what tells nothing about a person by itself (figures, days, choices); the cells as sent and everything else read from them are in
    ``ImportCells``. ``area`` is the household's, else the workbook's. ``once`` tells rows of one household apart (``Kind.once``).
    """

    class Outcome(models.TextChoices):
        """What became of the row."""

        WAITING = "waiting", _("待登记")
        APPLIED = "applied", _("已登记")
        NOTED = "noted", _("已登记，有提示")
        REFUSED = "refused", _("未登记")
        UNDONE = "undone", _("已撤销")

    batch = models.ForeignKey(ImportBatch, on_delete=models.CASCADE, related_name="rows", db_index=False)
    sheet = models.CharField(max_length=120)
    row = models.PositiveIntegerField(help_text=_("电子表格中显示的行号"))
    area = AreaField()
    household = models.ForeignKey(Household, null=True, blank=True, on_delete=models.PROTECT, related_name="+", db_index=False)
    once = models.CharField(max_length=120, blank=True, default="")
    values = models.JSONField(default=dict)
    outcome = models.CharField(max_length=8, choices=Outcome, db_collation="C")
    findings = models.JSONField(default=list)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["batch", "sheet", "row"], name="imports_row_once"),
            models.CheckConstraint(
                condition=Q(outcome__in=["waiting", "applied", "noted", "refused", "undone"]), name="imports_row_outcome"
            ),
            models.CheckConstraint(condition=Q(household__isnull=False) | Q(outcome="refused"), name="imports_row_has_household"),
        ]
        indexes = [
            models.Index(fields=["batch", "id"], name="imports_row_of_batch"),
            models.Index(fields=["batch", "outcome", "id"], condition=Q(outcome__in=["noted", "refused"]), name="imports_row_found"),
        ]

    @property
    def source(self) -> str:
        """How facts name this row."""
        return f"imports.row:{self.pk}"


def cells_bound(batch: int, sheet: str, row: int) -> bytes:
    """What sealed cells are bound to."""
    return f"import cells {batch} {row} {sheet}".encode()


class ImportCells(SealedCells):
    """The cells of some consecutive rows of a sheet as they were sent, with the values not kept in the open, sealed together: from ``row`` to the next one's."""

    SEALING: ClassVar[Sealing] = Sealing(PURPOSE, ("batch_id", "sheet", "row"), cells_bound)

    batch = models.ForeignKey(ImportBatch, on_delete=models.CASCADE, related_name="cells", db_index=False)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["batch", "sheet", "row"], name="imports_cells_once")]
