"""Lists as departments send them, what each row turned out to be, who decided what, what went back to the sender (domain 3.5)."""

from typing import ClassVar

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from anju.accounts.models import User
from anju.divisions.fields import AreaField
from anju.evidence.models import StoredFile
from anju.jobs.models import Job
from anju.privacy import vault
from anju.privacy.cells import PURPOSE, SealedCells
from anju.privacy.fields import SecretField, only_tokens
from anju.privacy.rotating import Sealing
from anju.privacy.vault import Secret
from anju.registry.models import Household, Person
from anju.vocabulary.keygroup import OFFICE_NAMES

OFFICES = sorted((code.value, name) for code, name in OFFICE_NAMES.items())


class ColumnMapping(models.Model):
    """Which heading of a sender's file is which of our columns, pointed out once by hand and kept by the headings' fingerprint."""

    area = AreaField()
    fingerprint = models.CharField(max_length=64, db_collation="C")
    layout = models.CharField(max_length=60, db_collation="C")
    headings = models.JSONField(default=list)
    columns = models.JSONField(default=dict, help_text=_("我们的列 → 文件中的表头"))
    created_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["area", "fingerprint"], name="rosters_mapping_once")]


class Batch(models.Model):
    """One list as one department sent it on one day: its file, its rows, how far it is.

    ``previous`` is the earlier version of the same list. A locked batch never changes (triggers refuse); what comes later is a new batch.
    """

    class Status(models.TextChoices):
        """How far the list is."""

        MAPPING = "mapping", _("待指明表头")
        RECEIVING = "receiving", _("接收中")
        RECEIVED = "received", _("已接收")
        MATCHING = "matching", _("比对中")
        MATCHED = "matched", _("已比对")
        LOCKED = "locked", _("已锁定")
        FAILED = "failed", _("未完成")
        VOIDED = "voided", _("已作废")

    area = AreaField()
    owner = models.CharField(max_length=30, db_collation="C", choices=OFFICES)
    category = models.CharField(max_length=16, db_collation="C", blank=True, default="")
    layout = models.CharField(max_length=60, db_collation="C", blank=True, default="")
    title = models.CharField(max_length=120)
    as_of = models.DateField()
    file = models.ForeignKey(StoredFile, null=True, on_delete=models.PROTECT, related_name="batches")
    sha256 = models.CharField(max_length=64, db_collation="C", blank=True, default="")
    previous = models.ForeignKey("self", null=True, blank=True, on_delete=models.PROTECT, related_name="later")
    mapping = models.ForeignKey(ColumnMapping, null=True, blank=True, on_delete=models.PROTECT, related_name="batches")
    recognition = models.JSONField(default=dict, help_text=_("表头识别的结果"))
    enrols = models.BooleanField(default=False, help_text=_("登记库中没有的人直接入册（首份名单、村级花名册）"))
    status = models.CharField(max_length=12, choices=Status, default=Status.RECEIVING, db_collation="C")
    message = models.CharField(max_length=500, blank=True, default="")
    job = models.ForeignKey(Job, null=True, blank=True, on_delete=models.SET_NULL, related_name="+")
    last_sheet = models.CharField(max_length=120, blank=True, default="")
    last_row = models.PositiveIntegerField(default=0)
    rows_total = models.PositiveIntegerField(default=0)
    rows_clean = models.PositiveIntegerField(default=0)
    rows_noted = models.PositiveIntegerField(default=0)
    rows_faulty = models.PositiveIntegerField(default=0)
    places_unresolved = models.PositiveIntegerField(default=0)
    faults = models.JSONField(default=dict, help_text=_("规则 → 行数"))
    received_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    received_at = models.DateTimeField()
    read_at = models.DateTimeField(null=True, blank=True)
    seconds = models.FloatField(null=True, blank=True)
    locked_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering: ClassVar[list[str]] = ["-id"]
        constraints = [
            models.CheckConstraint(
                condition=Q(status__in=["mapping", "receiving", "received", "matching", "matched", "locked", "failed", "voided"]),
                name="rosters_batch_status",
            ),
            models.CheckConstraint(condition=Q(status="locked") ^ Q(locked_at__isnull=True), name="rosters_batch_locked_has_moment"),
            models.CheckConstraint(condition=Q(owner__in=[code for code, _name in OFFICES]), name="rosters_batch_owner"),
            models.CheckConstraint(condition=Q(previous__isnull=True) | ~Q(previous=F("id")), name="rosters_batch_not_its_own_previous"),
            models.UniqueConstraint(
                fields=["area", "sha256"], condition=~Q(sha256="") & ~Q(status__in=["voided", "failed"]), name="rosters_batch_file_once"
            ),
        ]
        indexes = [
            models.Index(fields=["area", "-id"], name="rosters_batch_of_area"),
            models.Index(fields=["sha256"], name="rosters_batch_of_file"),
        ]

    def __str__(self) -> str:
        return self.title

    @property
    def source(self) -> str:
        """How facts of the register name this list."""
        return f"rosters.batch:{self.pk}"

    @property
    def owner_name(self) -> str:
        """The sending office, in the reader's language."""
        return gettext(dict(OFFICES)[self.owner])


class BatchRow(models.Model):
    """One row of a list: what was read from its cells, what was found wrong; the cells as sent are in ``RowCells``. Ids ascend in the file's order.

    ``id_number`` is a valid number or ""; ``id_text`` the tidied characters as typed, where they are no number. Where a household is named by a
    personal number, ``household`` holds its token. ``area`` is the village (or villager group) that
    ``place`` was resolved to, else the batch's own area with ``placed`` unset.
    """

    class Outcome(models.TextChoices):
        """How reading went."""

        CLEAN = "clean", _("无误")
        NOTED = "noted", _("有提示")
        FAULTY = "faulty", _("有错")

    batch = models.ForeignKey(Batch, on_delete=models.CASCADE, related_name="rows", db_index=False)
    sheet = models.CharField(max_length=120)
    row = models.PositiveIntegerField(help_text=_("电子表格中显示的行号"))
    area = AreaField()
    placed = models.BooleanField(default=False)
    place = models.CharField(max_length=300, blank=True, default="")
    address = models.CharField(max_length=200, blank=True, default="")
    name = models.CharField(max_length=60, db_collation="C", blank=True, default="")
    id_number = SecretField(vault.ID)
    id_text = SecretField(vault.ID)
    sex = models.CharField(max_length=1, db_collation="C", blank=True, default="")
    birth_date = models.DateField(null=True)
    birth_precision = models.CharField(max_length=5, db_collation="C", blank=True, default="")
    relation = models.CharField(max_length=2, db_collation="C", blank=True, default="")
    household = models.CharField(max_length=80, db_collation="C", blank=True, default="")
    head_name = models.CharField(max_length=60, blank=True, default="")
    phone = SecretField(vault.PHONE)
    cert_no = SecretField(vault.CERT)
    extra = models.JSONField(default=dict, help_text=_("其余读出的列"))
    outcome = models.CharField(max_length=6, choices=Outcome, db_collation="C")
    findings = models.JSONField(default=list)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["batch", "sheet", "row"], name="rosters_row_once"),
            models.CheckConstraint(condition=Q(outcome__in=["clean", "noted", "faulty"]), name="rosters_row_outcome"),
            only_tokens("id_number", "id_text", "phone", "cert_no", name="rosters_row_numbers_sealed"),
        ]
        indexes = [
            models.Index(fields=["batch", "id"], name="rosters_row_of_batch"),
            models.Index(fields=["batch", "outcome", "id"], condition=~Q(outcome="clean"), name="rosters_row_not_clean"),
            models.Index(fields=["batch", "household"], condition=~Q(household=""), name="rosters_row_of_household"),
            models.Index(fields=["id_number", "batch"], condition=~Q(id_number=""), name="rosters_row_of_id_number"),
        ]

    @property
    def source(self) -> str:
        """How facts of the register name this row."""
        return f"rosters.row:{self.pk}"

    @property
    def typed(self) -> Secret:
        """The identity number, or what stands in its place."""
        return self.id_number or self.id_text


def cells_bound(batch: int, sheet: str, row: int) -> bytes:
    """What sealed cells are bound to."""
    return f"cells {batch} {row} {sheet}".encode()


class RowCells(SealedCells):
    """The cells of some consecutive rows of a sheet as they were sent, sealed together: from ``row`` to the next one's.

    Bound to list, sheet and row: put elsewhere they don't open. See ``rosters.cells``.
    """

    SEALING: ClassVar[Sealing] = Sealing(PURPOSE, ("batch_id", "sheet", "row"), cells_bound)

    batch = models.ForeignKey(Batch, on_delete=models.CASCADE, related_name="cells", db_index=False)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["batch", "sheet", "row"], name="rosters_cells_once")]


class MatchRun(models.Model):
    """One comparison of a list with the register, with another list, or with its own earlier version.

    ``stage`` says what the database holds of it, so that a killed worker's successor goes on from there.
    """

    class Kind(models.TextChoices):
        """What the list was compared with."""

        REGISTER = "register", _("对登记库")
        LIST = "list", _("对另一名单")
        VERSION = "version", _("对上期")

    class Stage(models.TextChoices):
        """What is done of it."""

        NEW = "new", _("待比对")
        STORED = "stored", _("结果已存")
        APPLIED = "applied", _("已写入登记库")

    batch = models.ForeignKey(Batch, on_delete=models.CASCADE, related_name="runs", db_index=False)
    kind = models.CharField(max_length=8, choices=Kind, db_collation="C")
    other = models.ForeignKey(Batch, null=True, blank=True, on_delete=models.PROTECT, related_name="compared_by")
    area = AreaField()
    stage = models.CharField(max_length=8, choices=Stage, default=Stage.NEW, db_collation="C")
    current = models.BooleanField(default=True)
    flow = models.JSONField(default=list, help_text=_("[步骤, 结果, 行数]"))
    summary = models.JSONField(default=dict)
    applied = models.JSONField(default=dict, help_text=_("写入登记库的进度与计数"))
    started_at = models.DateTimeField()
    finished_at = models.DateTimeField(null=True)
    seconds = models.FloatField(null=True)
    started_by = models.ForeignKey(User, null=True, on_delete=models.PROTECT, related_name="+")
    job = models.ForeignKey(Job, null=True, blank=True, on_delete=models.SET_NULL, related_name="+")

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(kind="register") ^ Q(other__isnull=False), name="rosters_run_other"),
            models.CheckConstraint(condition=Q(kind__in=["register", "list", "version"]), name="rosters_run_kind"),
            models.CheckConstraint(condition=Q(stage__in=["new", "stored", "applied"]), name="rosters_run_stage"),
            models.UniqueConstraint(
                fields=["batch", "kind", "other"], condition=Q(current=True), nulls_distinct=False, name="rosters_run_current_once"
            ),
        ]


class Match(models.Model):
    """What one row turned out to be: the pair found, or that there is none; who decided, where a person had to.

    ``outcome`` is the engine's, ``verdict`` the person's. A row may have several ``review`` pairs; at most one becomes *same*.
    ``applied`` tells that the register has been told.
    """

    class Outcome(models.TextChoices):
        """The engine's answer."""

        AUTO = "auto", _("自动关联")
        REVIEW = "review", _("待人工核对")
        ONLY_LIST = "only_list", _("仅在名单")
        ONLY_OTHER = "only_other", _("仅在对方")

    class Verdict(models.TextChoices):
        """A person's answer."""

        OPEN = "", _("未判")
        SAME = "same", _("同一人")
        DIFFERENT = "different", _("不是同一人")
        DOUBTFUL = "doubtful", _("存疑")

    run = models.ForeignKey(MatchRun, on_delete=models.CASCADE, related_name="matches", db_index=False)
    row = models.ForeignKey(BatchRow, null=True, on_delete=models.CASCADE, related_name="matches")
    person = models.ForeignKey(Person, null=True, on_delete=models.PROTECT, related_name="list_matches", db_index=False)
    household = models.ForeignKey(Household, null=True, on_delete=models.PROTECT, related_name="+", db_index=False)
    other_row = models.ForeignKey(BatchRow, null=True, on_delete=models.CASCADE, related_name="matches_as_other", db_index=False)
    area = AreaField()
    outcome = models.CharField(max_length=10, choices=Outcome, db_collation="C")
    passed = models.CharField(max_length=40, db_collation="C", blank=True, default="")
    score = models.FloatField(null=True)
    explanation = models.CharField(max_length=600, blank=True, default="")
    evidence = models.JSONField(null=True)
    pattern = models.CharField(max_length=300, blank=True, default="", help_text=_("依据的组合：同类一次采纳"))
    changes = models.JSONField(null=True, help_text=_("与上期相比变了的字段"))
    verdict = models.CharField(max_length=10, choices=Verdict, blank=True, default="", db_collation="C")
    decision = models.ForeignKey("Decision", null=True, on_delete=models.PROTECT, related_name="matches", db_index=False)
    applied = models.BooleanField(default=False)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["run", "row", "person", "other_row"], nulls_distinct=False, name="rosters_match_once"),
            models.UniqueConstraint(fields=["run", "row"], condition=Q(verdict="same"), name="rosters_match_one_same"),
            models.CheckConstraint(condition=Q(outcome__in=["auto", "review", "only_list", "only_other"]), name="rosters_match_outcome"),
            models.CheckConstraint(condition=Q(verdict__in=["", "same", "different", "doubtful"]), name="rosters_match_verdict"),
            models.CheckConstraint(condition=Q(verdict="") | Q(outcome="review"), name="rosters_match_verdict_on_review"),
        ]
        indexes = [
            models.Index(fields=["run", "outcome", "row"], name="rosters_match_of_run"),
            models.Index(fields=["run", "verdict", "score", "id"], condition=Q(outcome="review"), name="rosters_match_queue"),
            models.Index(fields=["person"], condition=Q(person__isnull=False), name="rosters_match_of_person"),
            models.Index(fields=["other_row"], condition=Q(other_row__isnull=False), name="rosters_match_of_other"),
            models.Index(fields=["decision"], condition=Q(decision__isnull=False), name="rosters_match_of_decision"),
            models.Index(
                fields=["run", "area", "row"],
                condition=Q(person__isnull=False) & (~Q(outcome="review") | Q(verdict="same")),
                name="rosters_match_linked",
            ),
        ]


class Disposition(models.TextChoices):
    """What became of a mismatch (domain 3.5)."""

    PENDING = "pending", _("待核")
    CONFIRMED = "confirmed", _("已核实无误")
    CORRECTED = "corrected", _("已更正")
    INELIGIBLE = "ineligible", _("不符合退出")


class Mismatch(models.Model):
    """One difference between the list and the register (or the other list) that somebody has to look at.

    ``listed`` and ``held`` are what the two sides say, as words; ``detail`` what the action on it needs (keys, no personal data).
    """

    class Kind(models.TextChoices):
        """What differs; the order is that of the page."""

        ID_REPAIRED = "id_repaired", _("证件号已修复")
        HEAD_DIFFERS = "head_differs", _("户主不一致")
        REVIEW = "review", _("待核对")
        SAME_ID_TWO_NAMES = "same_id_two_names", _("同号异名")
        SPLIT = "split", _("分户")
        MERGED = "merged", _("并户")
        MOVED = "moved", _("迁移")
        LISTED_TWICE = "listed_twice", _("重复")
        IN_TWO_HOUSEHOLDS = "in_two_households", _("一人两户")
        ID_DAMAGED = "id_damaged", _("证件号损坏")
        ELSEWHERE = "elsewhere", _("外地已登记")
        ONLY_LIST = "only_list", _("仅在名单")

    run = models.ForeignKey(MatchRun, on_delete=models.CASCADE, related_name="mismatches", db_index=False)
    kind = models.CharField(max_length=20, choices=Kind, db_collation="C")
    row = models.ForeignKey(BatchRow, null=True, on_delete=models.CASCADE, related_name="mismatches")
    match = models.ForeignKey(Match, null=True, on_delete=models.CASCADE, related_name="mismatches")
    household = models.ForeignKey(Household, null=True, on_delete=models.PROTECT, related_name="+", db_index=False)
    area = AreaField()
    subject = models.CharField(max_length=120, db_collation="C", help_text=_("同一次比对、同一类中不重复"))
    listed = models.CharField(max_length=300, blank=True, default="")
    held = models.CharField(max_length=300, blank=True, default="")
    explanation = models.CharField(max_length=600, blank=True, default="")
    detail = models.JSONField(default=dict)
    disposition = models.CharField(max_length=10, choices=Disposition, default=Disposition.PENDING, db_collation="C")
    note = models.CharField(max_length=300, blank=True, default="")
    handled_by = models.ForeignKey(User, null=True, on_delete=models.PROTECT, related_name="+", db_index=False)
    handled_at = models.DateTimeField(null=True)
    decision = models.ForeignKey("Decision", null=True, on_delete=models.PROTECT, related_name="mismatches", db_index=False)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["run", "kind", "subject"], name="rosters_mismatch_once"),
            models.CheckConstraint(condition=Q(disposition__in=Disposition.values), name="rosters_mismatch_disposition"),
            models.CheckConstraint(
                condition=Q(disposition="pending") | Q(handled_at__isnull=False), name="rosters_mismatch_handled_has_moment"
            ),
        ]
        indexes = [
            models.Index(fields=["run", "kind", "row", "id"], name="rosters_mismatch_of_kind"),
            models.Index(fields=["run", "row", "id"], name="rosters_mismatch_of_run"),
            models.Index(fields=["area", "kind"], condition=Q(disposition="pending"), name="rosters_mismatch_pending"),
            models.Index(fields=["decision"], condition=Q(decision__isnull=False), name="rosters_mismatch_of_decision"),
        ]


class Decision(models.Model):
    """One act of a person on a comparison: a verdict on a pair, a whole class accepted, a change of the register. Kept when undone.

    ``effects`` names what it changed (keys), so that undoing restores it: ``{"changes": [registry Change ids], …}``.
    """

    class Kind(models.TextChoices):
        """What was done."""

        VERDICT = "verdict", _("判定")
        CLASS = "class", _("同类一次采纳")
        ADOPT = "adopt", _("采纳")
        DISPOSE = "dispose", _("处理")
        ENROL = "enrol", _("登记入册")

    run = models.ForeignKey(MatchRun, on_delete=models.CASCADE, related_name="decisions", db_index=False)
    kind = models.CharField(max_length=8, choices=Kind, db_collation="C")
    mismatch_kind = models.CharField(max_length=20, blank=True, default="", db_collation="C")
    verdict = models.CharField(max_length=10, blank=True, default="", db_collation="C")
    reason = models.CharField(max_length=300, blank=True, default="")
    size = models.PositiveIntegerField(default=1)
    effects = models.JSONField(default=dict)
    by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+", db_index=False)
    at = models.DateTimeField()
    undone_by = models.ForeignKey(User, null=True, on_delete=models.PROTECT, related_name="+", db_index=False)
    undone_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(undone_at__isnull=True, undone_by__isnull=True) | Q(undone_at__isnull=False, undone_by__isnull=False),
                name="rosters_decision_undone",
            )
        ]
        indexes = [
            models.Index(fields=["run", "-id"], name="rosters_decision_of_run"),
            models.Index(fields=["by", "-id"], condition=Q(undone_at__isnull=True), name="rosters_decision_of_user"),
        ]

    @property
    def source(self) -> str:
        """How facts of the register name this act."""
        return f"rosters.decision:{self.pk}"


class Letter(models.Model):
    """A numbered letter back to the sending department with the rows it should look at, and its answer."""

    batch = models.ForeignKey(Batch, on_delete=models.PROTECT, related_name="letters")
    area = AreaField()
    year = models.PositiveSmallIntegerField()
    serial = models.PositiveIntegerField()
    number = models.CharField(max_length=40)
    office = models.CharField(max_length=30, choices=OFFICES, db_collation="C")
    addressee = models.CharField(max_length=100)
    sender = models.CharField(max_length=100)
    on = models.DateField()
    answer_by = models.DateField(null=True)
    kinds = ArrayField(models.CharField(max_length=20))
    body = models.TextField()
    attachment = models.ForeignKey(StoredFile, null=True, on_delete=models.PROTECT, related_name="+")
    answer_file = models.ForeignKey(StoredFile, null=True, on_delete=models.PROTECT, related_name="+")
    written_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    written_at = models.DateTimeField()
    answered_at = models.DateTimeField(null=True, help_text=_("最后一行得到答复的时间"))

    class Meta:
        constraints = [models.UniqueConstraint(fields=["area", "year", "serial"], name="rosters_letter_serial_once")]
        indexes = [models.Index(fields=["area", "-id"], name="rosters_letter_of_area")]

    def __str__(self) -> str:
        return self.number


class LetterRow(models.Model):
    """One mismatch in a letter, and what the department answered."""

    letter = models.ForeignKey(Letter, on_delete=models.CASCADE, related_name="rows", db_index=False)
    ordinal = models.PositiveIntegerField()
    mismatch = models.ForeignKey(Mismatch, on_delete=models.PROTECT, related_name="letter_rows")
    question = models.CharField(max_length=600)
    answer = models.CharField(max_length=10, choices=Disposition, blank=True, default="", db_collation="C")
    answer_note = models.CharField(max_length=300, blank=True, default="")
    answered_by = models.ForeignKey(User, null=True, on_delete=models.PROTECT, related_name="+", db_index=False)
    answered_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["letter", "ordinal"], name="rosters_letterrow_ordinal"),
            models.UniqueConstraint(fields=["letter", "mismatch"], name="rosters_letterrow_once"),
            models.CheckConstraint(condition=Q(answer__in=["", "confirmed", "corrected", "ineligible"]), name="rosters_letterrow_answer"),
        ]


class LockSignature(models.Model):
    """One department's signature under a list: with all of them the list is locked (S4-06, S3-11)."""

    batch = models.ForeignKey(Batch, on_delete=models.PROTECT, related_name="signatures", db_index=False)
    office = models.CharField(max_length=30, choices=OFFICES, db_collation="C")
    by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["batch", "office"], name="rosters_signature_once")]
