"""A problem, and every step of its way, one dated row each (domain 3.16)."""

from datetime import date
from typing import ClassVar

from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Coalesce
from django.utils.translation import gettext_lazy as _

from anju.accounts.models import Organisation, User
from anju.divisions.fields import AreaField
from anju.evidence.models import Album
from anju.registry.models import Household

NEVER = date(9999, 12, 31)  # where a problem without a due day stands in an order by due days


class Source(models.TextChoices):
    """Where a problem was found: PSRC (S1-29, S3-09)."""

    NATIONAL = "national", _("国检")
    PROVINCIAL = "provincial", _("省检")
    EVALUATION = "evaluation", _("第三方评估")
    AUDIT = "audit", _("审计")
    LINKED = "linked", _("联点督察")
    PETITION = "petition", _("信访舆情")
    LOOK_BACK = "look_back", _("专项巡视回头看")
    ASSESSMENT = "assessment", _("成效考核")
    CAMPAIGN = "campaign", _("挂牌督战")
    SUPERIOR = "superior", _("上级督查")
    SELF = "self", _("自查")
    REPORTED = "reported", _("群众举报")
    CALLED = "called", _("拨打问询")
    COMPARED = "compared", _("信息比对")


class Category(models.TextChoices):
    """What is wrong: PCAT (S1-41)."""

    COVERAGE = "coverage", _("鉴定未全覆盖")
    UNINFORMED = "uninformed", _("鉴定结果不知情")
    TARGET = "target", _("改造对象认定不准")
    EFFECT = "effect", _("改造效果不佳")
    ACCEPTANCE = "acceptance", _("竣工验收不及时")
    PAYMENT = "payment", _("资金拨付缓慢")
    DIVERSION = "diversion", _("挤占挪用截留")
    ARCHIVE = "archive", _("档案不全")
    ENTRY = "entry", _("录入错误")
    QUALITY = "quality", _("质量安全隐患")
    OTHER = "other", _("其他")


class Severity(models.TextChoices):
    """How grave it is."""

    PLAIN = "plain", _("一般")
    SERIOUS = "serious", _("较重")
    GRAVE = "grave", _("严重")


class State(models.TextChoices):
    """How far it is. 逾期 isn't a state: it follows from the due day."""

    OPEN = "open", _("待交办")
    RECTIFYING = "rectifying", _("整改中")
    VERIFYING = "verifying", _("待验收")
    RETURNED = "returned", _("退回")
    CLOSED = "closed", _("已销号")
    CLUE = "clue", _("移交线索")
    VOID = "void", _("登记已撤销")


UNFINISHED = (State.OPEN, State.RECTIFYING, State.VERIFYING, State.RETURNED)
WITH_OFFICE = (State.RECTIFYING, State.RETURNED)


class Way(models.TextChoices):
    """How a rectification was verified."""

    PAPERS = "papers", _("书面")
    SAMPLE = "sample", _("现场抽查")
    ALL = "all", _("全查")


class Clue(models.TextChoices):
    """Why a problem is handed to the discipline commission (S0-27)."""

    SLOW = "slow", _("工作推进缓慢")
    WEAK = "weak", _("整改不力")
    LATE = "late", _("未按时完成任务")
    FALSE = "false", _("弄虚作假")
    MONEY = "money", _("挤占挪用截留资金")


class NumberSeries(models.Model):
    """The last number given in a county and year; its row is the lock under which numbers are given."""

    county = models.CharField(max_length=6, db_collation="C", help_text=_("编号时的县代码，以后不随区划变更"))
    year = models.PositiveSmallIntegerField()
    last = models.PositiveIntegerField(default=0)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["county", "year"], name="problems_series_once")]


class Problem(models.Model):
    """One thing that is wrong. ``found_*`` and what it is stand for ever; the rest equals what its steps say (``problems.standing``).

    ``found_album`` holds what was seen when it was found (it may be another record's), ``album`` what shows that it was mended.
    ``key`` is given by who opens it, so that the same finding opens one problem (``verification.claim:12``). ``rectified_level`` and
    ``verified_level`` are levels of the division tree (``vocabulary.division.Level``, 1 the nation): the smaller one stands higher.
    """

    county = models.CharField(max_length=6, db_collation="C", help_text=_("编号时的县代码，以后不随区划变更"))
    year = models.PositiveSmallIntegerField()
    serial = models.PositiveIntegerField()
    number = models.CharField(max_length=60)
    area = AreaField()
    key = models.CharField(max_length=120, db_collation="C", blank=True, default="")
    source = models.CharField(max_length=12, choices=Source, db_collation="C")
    category = models.CharField(max_length=12, choices=Category, db_collation="C")
    severity = models.CharField(max_length=8, choices=Severity, default=Severity.PLAIN, db_collation="C")
    title = models.CharField(max_length=120)
    description = models.TextField(max_length=2000)
    household = models.ForeignKey(Household, null=True, blank=True, on_delete=models.PROTECT, related_name="problems", db_index=False)
    found_on = models.DateField()
    found_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+", db_index=False)
    found_level = models.PositiveSmallIntegerField()
    found_album = models.ForeignKey(Album, null=True, blank=True, on_delete=models.PROTECT, related_name="+", db_index=False)
    album = models.OneToOneField(Album, null=True, blank=True, on_delete=models.PROTECT, related_name="problem")
    recurrence_of = models.ForeignKey("self", null=True, blank=True, on_delete=models.PROTECT, related_name="recurrences", db_index=False)

    state = models.CharField(max_length=10, choices=State, default=State.OPEN, db_collation="C")
    handed_to = models.ForeignKey(Organisation, null=True, blank=True, on_delete=models.PROTECT, related_name="problems", db_index=False)
    handed_on = models.DateField(null=True, blank=True)
    due = models.DateField(null=True, blank=True)
    plan = models.TextField(max_length=2000, blank=True, default="")
    report = models.TextField(max_length=2000, blank=True, default="")
    cause = models.CharField(max_length=500, blank=True, default="", help_text=_("问题的原因"))
    mended = models.CharField(max_length=500, blank=True, default="", help_text=_("堵住漏洞：修订的制度或做法"))
    self_check = models.CharField(max_length=500, blank=True, default="", help_text=_("举一反三：同类问题自查的结果"))
    rectified_on = models.DateField(null=True, blank=True)
    rectified_level = models.PositiveSmallIntegerField(null=True, blank=True)
    way = models.CharField(max_length=8, choices=Way, blank=True, default="", db_collation="C")
    verified_level = models.PositiveSmallIntegerField(null=True, blank=True)
    closed_on = models.DateField(null=True, blank=True)

    FOLLOWS: ClassVar[tuple[str, ...]] = (
        *("state", "handed_to_id", "handed_on", "due", "plan", "report", "cause", "mended", "self_check"),
        *("rectified_on", "rectified_level", "way", "verified_level", "closed_on"),
    )

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["county", "year", "serial"], name="problems_number_once"),
            models.UniqueConstraint(fields=["key"], condition=~Q(key=""), name="problems_once_per_key"),
            models.CheckConstraint(condition=Q(source__in=Source.values), name="problems_source"),
            models.CheckConstraint(condition=Q(category__in=Category.values), name="problems_category"),
            models.CheckConstraint(condition=Q(severity__in=Severity.values), name="problems_severity"),
            models.CheckConstraint(condition=Q(state__in=State.values), name="problems_state"),
            models.CheckConstraint(condition=Q(way__in=["", *Way.values]), name="problems_way"),
            models.CheckConstraint(condition=~Q(title="") & ~Q(description=""), name="problems_told"),
            models.CheckConstraint(
                condition=Q(state__in=["open", "void", "clue"])
                | Q(handed_to__isnull=False, handed_on__isnull=False, due__isnull=False, due__gte=F("handed_on")),
                name="problems_handed_with_due",
            ),
            models.CheckConstraint(
                condition=~Q(state__in=["verifying", "closed"])
                | Q(rectified_on__isnull=False, rectified_level__isnull=False)
                & ~Q(report="")
                & ~Q(cause="")
                & ~Q(mended="")
                & ~Q(self_check=""),
                name="problems_rectified_with_report",
            ),
            models.CheckConstraint(
                condition=Q(state="closed", closed_on__isnull=False, verified_level__lt=F("rectified_level")) & ~Q(way="")
                | ~Q(state="closed") & Q(closed_on__isnull=True, verified_level__isnull=True, way=""),
                name="problems_verified_above",
            ),
            models.CheckConstraint(
                condition=Q(recurrence_of__isnull=True) | ~Q(recurrence_of=F("id")), name="problems_not_its_own_recurrence"
            ),
        ]
        indexes = [
            models.Index(fields=["area", "-id"], name="problems_of_area"),
            models.Index(fields=["area", "state", "category"], name="problems_counted"),
            models.Index(Coalesce("due", models.Value(NEVER, models.DateField())), "id", name="problems_by_due"),
            models.Index(fields=["found_on", "id"], name="problems_by_day_found"),
            models.Index(fields=["area", "due"], condition=Q(state__in=UNFINISHED), name="problems_unfinished"),
            models.Index(fields=["area"], condition=Q(state="verifying"), name="problems_to_verify"),
            models.Index(fields=["handed_to", "due"], condition=Q(state__in=WITH_OFFICE), name="problems_with_office"),
            models.Index(fields=["household"], condition=Q(household__isnull=False), name="problems_of_household"),
            models.Index(fields=["recurrence_of"], condition=Q(recurrence_of__isnull=False), name="problems_recurrence"),
        ]

    def __str__(self) -> str:
        return self.number


class Step(models.Model):
    """One step of a problem's way: who, when, at which level, what was said. Never changed; taken back by a step that ``reverses`` it.

    The database refuses to change or delete a step, and a closing or sending back that doesn't come from above the rectification.
    ``level`` is the one at which the person acted: for a rectification the highest of office and right, for a verification the lowest.
    """

    class Kind(models.TextChoices):
        """What was done."""

        OPENED = "opened", _("发现登记")
        HANDED = "handed", _("交办")
        PLANNED = "planned", _("报整改方案")
        RECTIFIED = "rectified", _("报整改完成")
        RETURNED = "returned", _("验收退回")
        CLOSED = "closed", _("验收销号")
        TRANSFERRED = "transferred", _("移交线索")
        OUTCOME = "outcome", _("线索处理结果")
        UNDONE = "undone", _("撤销上一步")

    problem = models.ForeignKey(Problem, on_delete=models.PROTECT, related_name="steps", db_index=False)
    ordinal = models.PositiveSmallIntegerField()
    kind = models.CharField(max_length=12, choices=Kind, db_collation="C")
    on = models.DateField()
    at = models.DateTimeField()
    by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+", db_index=False)
    office = models.ForeignKey(Organisation, on_delete=models.PROTECT, related_name="+", db_index=False)
    level = models.PositiveSmallIntegerField()
    text = models.TextField(max_length=2000, blank=True, default="")
    detail = models.JSONField(default=dict)
    reverses = models.OneToOneField("self", null=True, blank=True, on_delete=models.PROTECT, related_name="reversed_by")

    class Meta:
        ordering = ["problem_id", "ordinal"]
        constraints = [
            models.UniqueConstraint(fields=["problem", "ordinal"], name="problems_step_in_order"),
            models.CheckConstraint(condition=Q(level__range=(1, 7)), name="problems_step_level"),
            models.CheckConstraint(condition=Q(kind="undone") ^ Q(reverses__isnull=True), name="problems_step_reverses"),
        ]

    def __str__(self) -> str:
        return f"{self.ordinal} {self.kind}"
