"""A notice with what it shows, frozen; the objections to it; which mask a number was posted under (domain 3.15, 2.10)."""

from datetime import date, timedelta
from typing import ClassVar

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import ExpressionWrapper, F, Q
from django.utils.translation import gettext_lazy as _

from anju.accounts.models import Organisation, User
from anju.divisions.fields import AreaField
from anju.evidence.models import Photo
from anju.privacy import vault
from anju.privacy.fields import SecretField, only_tokens
from anju.vocabulary.division import LEVEL_NAMES, Level
from anju.vocabulary.masking import POLICIES


class Kind(models.TextChoices):
    """What is made public: NOTICE."""

    REVIEW = "review", _("对象评议结果")
    TOWNSHIP = "township", _("乡镇审核结果")
    COUNTY = "county", _("县级审批结果")
    GRADE = "grade", _("危房等级")
    MONEY = "money", _("资金与额度")
    TASKS = "tasks", _("任务分配")
    POLICY = "policy", _("政策文件")
    BLACKLIST = "blacklist", _("工匠黑名单")
    HOTLINE = "hotline", _("举报电话信箱")


class Board(models.TextChoices):
    """Where it hangs."""

    BOARD = "board", _("公示栏")
    SCREEN = "screen", _("电子屏")
    WEB = "web", _("网站")
    WECHAT = "wechat", _("公众号")
    READING = "reading", _("公开查阅点")


class Outcome(models.TextChoices):
    """How it ended."""

    RUNNING = "", _("未结束")
    NONE = "none", _("无异议")
    SETTLED = "settled", _("有异议-已处理")
    STOPPED = "stopped", _("有异议-终止")


LEVELS = (Level.COUNTY, Level.TOWNSHIP, Level.VILLAGE)


class Notice(models.Model):
    """One notice. What it shows and for how long was fixed when it was posted; the database refuses to change it.

    Days are counted from ``starts_on``, that day included: 7 days from 2020-04-01 are 04-01 … 04-07, and from ``closes_on``, 2020-04-08, on it
    may be closed and its web page is gone. A photo that is later than ``starts_on`` moves that day: what wasn't seen hanging doesn't count.
    ``token`` is the address of the web page; it says nothing and can't be guessed.
    """

    kind = models.CharField(max_length=10, choices=Kind, db_collation="C")
    level = models.PositiveSmallIntegerField(choices=[(int(level), LEVEL_NAMES[level]) for level in LEVELS])
    area = AreaField()
    title = models.CharField(max_length=120)
    intro = models.CharField(max_length=1000, blank=True, default="")
    content = models.JSONField()
    rows = models.PositiveIntegerField()
    mask = models.CharField(max_length=20, db_collation="C")
    key = models.CharField(max_length=120, db_collation="C", blank=True, default="")
    days = models.PositiveSmallIntegerField()
    starts_on = models.DateField()
    closes_on = models.GeneratedField(
        expression=ExpressionWrapper(F("starts_on") + F("days"), output_field=models.DateField()),
        output_field=models.DateField(),
        db_persist=True,
    )
    boards = ArrayField(models.CharField(max_length=10, choices=Board))
    token = models.CharField(max_length=22, unique=True, db_collation="C")
    hotline = models.CharField(max_length=60)
    office = models.ForeignKey(Organisation, on_delete=models.PROTECT, related_name="+", db_index=False)
    posted_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+", db_index=False)
    posted_at = models.DateTimeField()

    start_photo_on = models.DateField(null=True, blank=True)
    end_photo_on = models.DateField(null=True, blank=True)
    outcome = models.CharField(max_length=8, choices=Outcome, blank=True, default=Outcome.RUNNING, db_collation="C")
    closed_on = models.DateField(null=True, blank=True)
    closed_by = models.ForeignKey(User, null=True, blank=True, on_delete=models.PROTECT, related_name="+", db_index=False)
    closed_why = models.CharField(max_length=300, blank=True, default="")
    withdrawn_on = models.DateField(null=True, blank=True)
    withdrawn_by = models.ForeignKey(User, null=True, blank=True, on_delete=models.PROTECT, related_name="+", db_index=False)
    withdrawn_why = models.CharField(max_length=300, blank=True, default="")

    FROZEN: ClassVar[tuple[str, ...]] = (
        *("kind", "level", "title", "intro", "content", "rows", "mask", "key", "days", "boards", "token", "hotline"),
        *("office_id", "posted_by_id", "posted_at"),
    )

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["key"], condition=~Q(key=""), name="notices_once_per_key"),
            models.CheckConstraint(condition=Q(kind__in=Kind.values), name="notices_kind"),
            models.CheckConstraint(condition=Q(level__in=[int(level) for level in LEVELS]), name="notices_level"),
            models.CheckConstraint(condition=Q(mask__in=sorted(POLICIES)), name="notices_mask"),
            models.CheckConstraint(condition=Q(days__range=(1, 365)), name="notices_days"),
            models.CheckConstraint(condition=~Q(title="") & ~Q(hotline="") & Q(boards__len__gt=0), name="notices_told"),
            models.CheckConstraint(
                condition=Q(start_photo_on__isnull=True) | Q(start_photo_on__gte=F("starts_on")),
                name="notices_start_photo",
            ),
            models.CheckConstraint(
                condition=Q(end_photo_on__isnull=True)
                | Q(end_photo_on__gte=ExpressionWrapper(F("closes_on") - 1, output_field=models.DateField())),
                name="notices_end_photo",
            ),
            models.CheckConstraint(condition=Q(outcome__in=Outcome.values), name="notices_outcome"),
            models.CheckConstraint(
                condition=Q(outcome="", closed_on__isnull=True, closed_by__isnull=True)
                | ~Q(outcome="") & Q(closed_on__isnull=False, closed_by__isnull=False),
                name="notices_closed_by_somebody",
            ),
            models.CheckConstraint(
                condition=~Q(outcome__in=["none", "settled"])
                | Q(closed_on__gte=F("closes_on"), start_photo_on__isnull=False, end_photo_on__isnull=False),
                name="notices_closed_after_its_days",
            ),
            models.CheckConstraint(condition=~Q(outcome="stopped") | ~Q(closed_why=""), name="notices_stopped_with_reason"),
            models.CheckConstraint(
                condition=Q(withdrawn_on__isnull=True, withdrawn_by__isnull=True, withdrawn_why="")
                | Q(withdrawn_on__isnull=False, withdrawn_by__isnull=False, outcome="") & ~Q(withdrawn_why=""),
                name="notices_withdrawn_with_reason",
            ),
        ]
        indexes = [
            models.Index(fields=["area", "-id"], name="notices_of_area"),
            models.Index(fields=["area", "closes_on", "id"], condition=Q(outcome="", withdrawn_on__isnull=True), name="notices_running"),
            models.Index(fields=["starts_on", "id"], name="notices_by_start"),
            models.Index(fields=["closes_on", "id"], name="notices_by_close"),
        ]

    def __str__(self) -> str:
        return self.title

    @property
    def last_day(self) -> date:
        """The last day on which it has to hang."""
        return self.starts_on + timedelta(days=self.days - 1)

    @property
    def running(self) -> bool:
        """Whether it is neither closed nor taken down."""
        return not self.outcome and self.withdrawn_on is None


class BoardPhoto(models.Model):
    """A photo of a board with the notice on it, at its start or at its end. Several boards, several photos. ``area`` is where it was taken."""

    class Moment(models.TextChoices):
        """When in the notice's days."""

        START = "start", _("张贴时")
        END = "end", _("期满时")

    notice = models.ForeignKey(Notice, on_delete=models.PROTECT, related_name="photos", db_index=False)
    area = AreaField()
    moment = models.CharField(max_length=5, choices=Moment, db_collation="C")
    photo = models.OneToOneField(Photo, on_delete=models.PROTECT, related_name="board")
    on = models.DateField()

    class Meta:
        ordering = ["id"]
        constraints = [models.CheckConstraint(condition=Q(moment__in=["start", "end"]), name="notices_boardphoto_moment")]
        indexes = [models.Index(fields=["notice", "moment"], name="notices_boardphoto_of_notice")]

    def __str__(self) -> str:
        return f"{self.notice_id} {self.moment}"


class Objection(models.Model):
    """Somebody disagrees with a notice: on paper, by telephone or in person, registered by the office (domain 4.1). May be anonymous."""

    class Channel(models.TextChoices):
        """How it came."""

        PAPER = "paper", _("书面")
        PHONE = "phone", _("电话")
        VISIT = "visit", _("来访")

    class Result(models.TextChoices):
        """What the office found."""

        OPEN = "", _("待答复")
        UPHELD = "upheld", _("成立")
        PARTLY = "partly", _("部分成立")
        REJECTED = "rejected", _("不成立")
        TAKEN_BACK = "taken_back", _("本人撤回")

    notice = models.ForeignKey(Notice, on_delete=models.PROTECT, related_name="objections", db_index=False)
    area = AreaField()
    who = models.CharField(max_length=60, blank=True, default="", db_collation="C", help_text=_("不愿留名的空着"))
    phone = SecretField(vault.PHONE)
    channel = models.CharField(max_length=6, choices=Channel, db_collation="C")
    row = models.PositiveIntegerField(null=True, blank=True, help_text=_("针对公示的第几行；针对整张公示的空着"))
    about = models.TextField(max_length=1000)
    received_on = models.DateField()
    received_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+", db_index=False)
    result = models.CharField(max_length=10, choices=Result, blank=True, default=Result.OPEN, db_collation="C")
    answer = models.TextField(max_length=1000, blank=True, default="")
    answered_on = models.DateField(null=True, blank=True)
    answered_by = models.ForeignKey(User, null=True, blank=True, on_delete=models.PROTECT, related_name="+", db_index=False)

    class Meta:
        ordering = ["id"]
        constraints = [
            only_tokens("phone", name="notices_objection_phone_sealed"),
            models.CheckConstraint(condition=~Q(about=""), name="notices_objection_told"),
            models.CheckConstraint(condition=Q(channel__in=["paper", "phone", "visit"]), name="notices_objection_channel"),
            models.CheckConstraint(
                condition=Q(result="", answer="", answered_on__isnull=True, answered_by__isnull=True)
                | Q(result__in=["upheld", "partly", "rejected", "taken_back"], answered_on__gte=F("received_on"), answered_by__isnull=False)
                & ~Q(answer=""),
                name="notices_objection_answered",
            ),
        ]
        indexes = [
            models.Index(fields=["notice", "id"], name="notices_objection_of_notice"),
            models.Index(fields=["area"], condition=Q(result=""), name="notices_objection_open"),
        ]

    def __str__(self) -> str:
        return f"{self.notice_id}-{self.pk}"


class PostedNumber(models.Model):
    """Under which mask an identity number hung out once: in another it is never posted, for two masks laid together give the number away."""

    token = models.CharField(max_length=vault.LENGTH, primary_key=True, db_collation="C")
    mask = models.CharField(max_length=20, db_collation="C")
    on = models.DateField()

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(token__regex=vault.SQL_FORM), name="notices_postednumber_token"),
            models.CheckConstraint(condition=Q(mask__in=sorted(POLICIES)), name="notices_postednumber_mask"),
        ]
