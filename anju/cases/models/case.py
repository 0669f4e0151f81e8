"""A renovation case, and every step of its road, one dated row each (domain 3.8, 4.1); the year's plan; the agreement (3.13)."""

from typing import ClassVar

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from anju.accounts.models import Organisation, User
from anju.appraisals.models import Appraisal, NoHouse
from anju.cases.workflow import CODES, ENDS
from anju.divisions.fields import AreaField
from anju.evidence.models import Album
from anju.notices.models import Notice
from anju.registry.models import Dwelling, Household, Person
from anju.vocabulary.division import LEVEL_NAMES, Level
from anju.workflow import State


def key(to: type[models.Model] | str, *, related: str = "+", null: bool = False) -> models.ForeignKey:  # type: ignore[type-arg]
    """A reference that keeps its row from being deleted; the indexes are named where a query was seen to use them."""
    return models.ForeignKey(to, null=null, blank=null, on_delete=models.PROTECT, related_name=related, db_index=False)


class NumberSeries(models.Model):
    """The last case number given in a county and year; its row is the lock under which numbers are given."""

    county = models.CharField(max_length=6, db_collation="C", help_text="编号时的县代码，以后不随区划变更")
    year = models.PositiveSmallIntegerField()
    last = models.PositiveIntegerField(default=0)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["county", "year"], name="cases_series_once")]


class AnnualPlan(models.Model):
    """The year's task of an area 年度改造计划 (S1-07, S4-34): how many households, started and completed by which days. One a year and area.

    The one of the next higher area is its parent by place: a county's earlier days stand beside the province's. ``days`` are the area's own days of the
    steps that have no column, step → day. ``handed`` is what the level above said when it handed the task down, step → day and ``households``; empty where
    the area entered its own.
    """

    area = AreaField()
    year = models.PositiveSmallIntegerField()
    households = models.PositiveIntegerField(help_text="任务户数")
    start_due = models.DateField(null=True, blank=True, help_text="全部开工期限")
    complete_due = models.DateField(help_text="全部竣工期限")
    days = models.JSONField(default=dict, blank=True, help_text="其他环节的期限")
    handed = models.JSONField(default=dict, blank=True, help_text="上级下达时定的户数和期限")
    document = models.CharField(max_length=120, blank=True, default="", help_text="下达文号")
    made_by = key(User)
    made_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["area", "year"], name="plan_once_a_year"),
            models.CheckConstraint(condition=Q(start_due__isnull=True) | Q(start_due__lte=F("complete_due")), name="plan_days_in_order"),
        ]

    def __str__(self) -> str:
        return f"{self.area} {self.year}"


class Case(models.Model):
    """One household's renovation. What it is about was fixed when it was applied for; where it stands equals what its steps say
    (``cases.standing``), and so do the columns below ``stage``.

    ``grade`` is the house's, C or D, or ``none`` where the household has no house. ``again_of``: the finished case of a house that became dangerous
    again. ``group`` is the list on which the household's identity rests. ``year`` is that of the plan into which it was approved.

    ``historic``: it was finished before this system knew of it and read in as such (``history``); of its days only those that were written are known,
    ``applied_on`` is then the first of them, and ``grade`` is "" where nobody wrote it.
    """

    GRADES: ClassVar[tuple[str, ...]] = ("C", "D", "none")

    number = models.CharField(max_length=30, db_collation="C", unique=True)
    area = AreaField()
    household = key(Household, related="cases")
    dwelling = key(Dwelling, null=True)
    appraisal = key(Appraisal, related="cases", null=True)
    no_house = key(NoHouse, null=True)
    again_of = key("self", related="again", null=True)
    group = models.CharField(max_length=16, db_collation="C")
    grade = models.CharField(max_length=4, db_collation="C")
    applied_on = models.DateField()
    recorded_at = models.DateTimeField()
    source = models.CharField(max_length=120, db_collation="C", blank=True, default="")

    stage = models.CharField(max_length=20, db_collation="C", default="applied")
    since = models.DateField(help_text="进入现阶段的日期")
    entered = models.BigIntegerField(null=True, blank=True, help_text="哪一环节使它到了现阶段，暂停不算")
    marks = ArrayField(models.CharField(max_length=30), default=list, blank=True)
    behind = ArrayField(models.CharField(max_length=20), default=list, blank=True)
    head = key(Person)
    size = models.PositiveSmallIntegerField(help_text="家庭人口")
    plan = key(AnnualPlan, related="cases", null=True)
    method = models.CharField(max_length=16, db_collation="C", blank=True, default="")
    build_mode = models.CharField(max_length=16, db_collation="C", blank=True, default="")
    main_area = models.DecimalField(max_digits=8, decimal_places=2, null=True, blank=True, help_text="批准的主房面积，平方米")
    auxiliary_area = models.DecimalField(max_digits=8, decimal_places=2, null=True, blank=True, help_text="批准的附属房面积，平方米")
    subsidy = models.BigIntegerField(null=True, blank=True, help_text="补助，分")
    subsidy_said = models.CharField(max_length=500, blank=True, default="", help_text="补助怎么算的、依据什么")
    year = models.PositiveSmallIntegerField(null=True, blank=True, help_text="列入哪一年的计划")
    historic = models.BooleanField(default=False, help_text="历年改造，录入时已经完成")
    approved_on = models.DateField(null=True, blank=True)
    started_on = models.DateField(null=True, blank=True)
    completed_on = models.DateField(null=True, blank=True)
    ended_on = models.DateField(null=True, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["household"], condition=Q(ended_on__isnull=True), name="case_one_open"),
            models.UniqueConstraint(fields=["source"], condition=~Q(source=""), name="case_once_per_source"),
            models.CheckConstraint(condition=Q(stage__in=CODES), name="case_stage"),
            models.CheckConstraint(condition=Q(ended_on__isnull=True) ^ Q(stage__in=ENDS), name="case_ended_with_its_stage"),
            models.CheckConstraint(condition=Q(grade__in=["C", "D", "none"]) | Q(grade="", historic=True), name="case_grade"),
            models.CheckConstraint(condition=Q(historic=False) | (Q(year__isnull=False) & ~Q(source="")), name="case_historic_of_a_year"),
            models.CheckConstraint(
                condition=Q(grade="none", no_house__isnull=False) | (Q(grade__in=["C", "D"]) & Q(appraisal__isnull=False)) | ~Q(source=""),
                name="case_has_its_ground",
            ),
            models.CheckConstraint(
                condition=(Q(approved_on__isnull=True) | Q(approved_on__gte=F("applied_on")))
                & (Q(started_on__isnull=True) | Q(started_on__gte=F("approved_on")))
                & (Q(completed_on__isnull=True) | Q(completed_on__gte=F("started_on")))
                & (Q(ended_on__isnull=True) | Q(ended_on__gte=F("applied_on"))),
                name="case_days_in_order",
            ),
            models.CheckConstraint(condition=Q(subsidy__isnull=True) | Q(subsidy__gte=0), name="case_subsidy"),
        ]
        indexes = [
            models.Index(fields=["area", "number"], name="case_of_area"),
            models.Index(fields=["area", "stage", "since"], name="case_of_stage"),
            models.Index(fields=["area", "since", "id"], name="case_by_since"),
            # Walked in the order of the list; what the list filters by stands beside, so that only the page's own rows are fetched.
            models.Index(
                fields=["since", "id"],
                include=["area", "household", "stage", "grade", "method", "group"],
                condition=Q(historic=False),
                name="case_by_day",
            ),
            models.Index(
                fields=["stage", "since", "id"],
                include=["area", "household", "grade", "method", "group"],
                condition=Q(historic=False),
                name="case_of_stage_by_day",
            ),
            models.Index(fields=["household", "id"], name="case_of_household"),
            models.Index(fields=["appraisal"], name="case_of_appraisal"),
            models.Index(
                fields=["plan", "area"],
                include=["household", "started_on", "completed_on"],
                condition=Q(plan__isnull=False),
                name="case_of_plan",
            ),
            models.Index(
                fields=["area", "year", "stage", "historic", "method", "group"],
                include=["subsidy", "household"],
                condition=Q(year__isnull=False),
                name="case_of_year",
            ),
            models.Index(fields=["area", "stage", "since"], condition=Q(historic=False), name="case_own_of_stage"),
        ]

    def __str__(self) -> str:
        return self.number

    @property
    def state(self) -> State:
        """Where it stands, as the workflow reads it."""
        return State(self.stage, frozenset(self.marks), tuple(self.behind))


class CaseStep(models.Model):
    """One step of a case, never changed and never deleted. A mistaken one is taken back by another that names it (``undoes``).

    ``code`` is a transition of ``cases.workflow``, ``apply`` for the first and ``undo`` for one that takes another back; ``details`` are what was
    said with it, as ``cases.standing`` reads them.
    """

    case = key(Case, related="steps")
    area = AreaField()
    code = models.CharField(max_length=30, db_collation="C")
    on = models.DateField()
    by = key(User, null=True)
    office = key(Organisation, null=True)
    at = models.DateTimeField()
    reason = models.CharField(max_length=300, blank=True, default="")
    details = models.JSONField(default=dict, blank=True)
    waived = ArrayField(models.CharField(max_length=40), default=list, blank=True, help_text="经批准不查的规则")
    album = key(Album, null=True)
    undoes = models.OneToOneField("self", null=True, blank=True, on_delete=models.PROTECT, related_name="undone_by")
    client_id = models.CharField(max_length=60, db_collation="C", blank=True, default="")
    captured_at = models.DateTimeField(null=True, blank=True)
    device = models.CharField(max_length=80, blank=True, default="")
    source = models.CharField(max_length=120, db_collation="C", blank=True, default="")

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["client_id"], condition=~Q(client_id=""), name="case_step_once_per_client"),
            models.CheckConstraint(
                condition=Q(undoes__isnull=True) | (Q(code="undo") & ~Q(reason="")), name="case_step_undone_with_reason"
            ),
        ]
        indexes = [
            models.Index(fields=["case", "id"], name="case_step_of_case"),
            models.Index(fields=["album"], condition=Q(album__isnull=False), name="case_step_of_album"),
        ]

    def __str__(self) -> str:
        return f"{self.case_id} {self.code}"


class CaseWaiver(models.Model):
    """A rule lifted for one case, by name and reason; so it is taken back, before a step has made use of it."""

    case = key(Case, related="waivers")
    area = AreaField()
    rule = models.CharField(max_length=40, db_collation="C")
    reason = models.CharField(max_length=300)
    by = key(User)
    at = models.DateTimeField()
    ended_by = key(User, null=True)
    ended_at = models.DateTimeField(null=True, blank=True)
    ended_reason = models.CharField(max_length=300, blank=True, default="", help_text="为什么收回")

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["case", "rule"], condition=Q(ended_at__isnull=True), name="case_waiver_once"),
            models.CheckConstraint(condition=~Q(reason=""), name="case_waiver_says_why"),
            models.CheckConstraint(
                condition=Q(ended_at__isnull=True, ended_by__isnull=True, ended_reason="")
                | (Q(ended_at__isnull=False, ended_by__isnull=False) & ~Q(ended_reason="")),
                name="case_waiver_ended_by_name_and_reason",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.case_id} {self.rule}"


class CaseNotice(models.Model):
    """A case hangs out in a notice of a level; ``entered`` is the step that had brought it to the stage in which it was posted (``Case.entered``)."""

    case = key(Case, related="notices")
    area = AreaField()
    notice = key(Notice, related="cases")
    entered = models.BigIntegerField()
    level = models.PositiveSmallIntegerField(
        choices=[(int(level), LEVEL_NAMES[level]) for level in (Level.COUNTY, Level.TOWNSHIP, Level.VILLAGE)]
    )

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["case", "notice"], name="case_notice_once"),
            models.CheckConstraint(
                condition=Q(level__in=[int(Level.COUNTY), int(Level.TOWNSHIP), int(Level.VILLAGE)]), name="case_notice_level"
            ),
        ]
        indexes = [models.Index(fields=["notice", "case"], name="case_notice_of_notice")]

    def __str__(self) -> str:
        return f"{self.case_id} {self.notice_id}"


class Agreement(models.Model):
    """What township, household and builder signed before the start (S2-27), or the commitment of a household that builds itself.

    ``stages`` are the pay stages: (stage, per cent). A wrong one is replaced by a new one; the case's step names the one that holds.
    """

    class Kind(models.TextChoices):
        """Who signs."""

        THREE = "three", _("三方协议")
        TWO = "two", _("两方协议")
        COMMITMENT = "commitment", _("自建承诺书")

    case = key(Case, related="agreements")
    area = AreaField()
    kind = models.CharField(max_length=12, db_collation="C", choices=Kind)
    builder = models.CharField(max_length=80, blank=True, default="", help_text="施工方或工匠")
    builder_certificate = models.CharField(max_length=60, blank=True, default="", help_text="工匠证书、施工队登记的编号")
    stages = models.JSONField(default=list, blank=True)
    start_due = models.DateField()
    finish_due = models.DateField()
    publishes = models.BooleanField(help_text="农户同意公示、公开本户改造信息")
    pays_builder = models.BooleanField(default=False, help_text="农户同意补助付给施工方")
    old_house_days = models.PositiveSmallIntegerField(null=True, blank=True, help_text="入住后多少天内拆除旧房")
    signed_on = models.DateField()
    filed_on = models.DateField(null=True, blank=True, help_text="备案日期")
    filed_number = models.CharField(max_length=60, blank=True, default="", help_text="备案号")
    album = key(Album, null=True)
    by = key(User)
    recorded_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(kind__in=["three", "two", "commitment"]), name="agreement_kind"),
            models.CheckConstraint(
                condition=Q(start_due__gte=F("signed_on"))
                & Q(finish_due__gte=F("start_due"))
                & (Q(filed_on__isnull=True) | Q(filed_on__gte=F("signed_on"))),
                name="agreement_days_in_order",
            ),
            models.CheckConstraint(condition=Q(kind="commitment") | ~Q(builder=""), name="agreement_names_its_builder"),
        ]
        indexes = [
            models.Index(fields=["case", "id"], name="agreement_of_case"),
            models.Index(fields=["album"], condition=Q(album__isnull=False), name="agreement_of_album"),
        ]

    def __str__(self) -> str:
        return f"{self.case_id} {self.kind}"
