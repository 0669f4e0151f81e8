"""Screening, appraisal, what follows from them and what is posted (domain 3.6, 3.7, 3.24, 3.27)."""

from typing import ClassVar

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from anju.accounts.models import Organisation, User
from anju.divisions.fields import AreaField
from anju.evidence.models import Album, StoredFile
from anju.registry.facts import Fact, is_open
from anju.registry.models import Dwelling, Household
from anju.vocabulary.grade import GRADES

LETTERS = sorted(GRADES)


def key(to: type[models.Model] | str, *, related: str = "+", null: bool = False, index: bool = False) -> models.ForeignKey:  # type: ignore[type-arg]
    """A reference that keeps its row from being deleted; the indexes are named where a query was seen to use them."""
    return models.ForeignKey(to, null=null, blank=null, on_delete=models.PROTECT, related_name=related, db_index=index)


class FieldRecord(models.Model):
    """What every record made in the field carries: who, when it was recorded, the device's own number and clock (domain 3.27)."""

    by = key(User, null=True)
    recorded_at = models.DateTimeField()
    client_id = models.CharField(max_length=60, db_collation="C", blank=True, default="")
    captured_at = models.DateTimeField(null=True, blank=True)
    device = models.CharField(max_length=80, blank=True, default="")
    source = models.CharField(max_length=120, db_collation="C", blank=True, default="", help_text="批量录入的行")

    class Meta:
        abstract = True


def once(name: str) -> models.UniqueConstraint:
    """The same item of a device, or the same row of a workbook, is one record."""
    return models.UniqueConstraint(fields=["client_id"], condition=~Q(client_id=""), name=f"{name}_once_per_client")


class NumberSeries(models.Model):
    """The last number given to papers of a kind in a county and year; its row is the lock under which numbers are given."""

    class Kind(models.TextChoices):
        """Which paper."""

        REPORT = "JD", _("鉴定报告")
        SIGN = "GS", _("挂牌公示")
        PLATE = "AP", _("安全认定牌")

    kind = models.CharField(max_length=2, db_collation="C", choices=Kind)
    county = models.CharField(max_length=6, db_collation="C", help_text="编号时的县代码，以后不随区划变更")
    year = models.PositiveSmallIntegerField()
    last = models.PositiveIntegerField(default=0)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["kind", "county", "year"], name="appraisals_series_once")]


class Round(models.Model):
    """A round of looking at houses 排查轮次 (S0-28/29, S1-06, S1-24): where, whom, from when to when, with how many people."""

    class Kind(models.TextChoices):
        """排查类型."""

        CENTRAL = "central", _("集中排查")
        ROUTINE = "routine", _("常态化排查")
        FOCUSED = "focused", _("重点排查")
        REVISIT = "revisit", _("回头看")
        GREAT = "great", _("大排查大整改")
        MONITORING = "monitoring", _("动态监测")

    area = AreaField()
    kind = models.CharField(max_length=12, choices=Kind)
    name = models.CharField(max_length=80)
    categories = models.JSONField(default=list, blank=True, help_text="只排查这些类别的户；空为所有农户")
    population = models.CharField(
        max_length=16, db_collation="C", blank=True, default="", help_text="只排查这一些户，如改造过的户；空为不限"
    )
    first_year = models.PositiveSmallIntegerField(null=True, blank=True, help_text="这些户的年度自")
    last_year = models.PositiveSmallIntegerField(null=True, blank=True, help_text="这些户的年度至")
    appraise = models.BooleanField(default=False, help_text="本轮逐户鉴定，不只排查")
    starts_on = models.DateField()
    ends_on = models.DateField()
    organiser = key(Organisation)
    document = models.CharField(max_length=120, blank=True, default="", help_text="文号")
    cadres = models.PositiveIntegerField(default=0, help_text="干部人次")
    experts = models.PositiveIntegerField(default=0, help_text="专家人次")
    opened_by = key(User)
    opened_at = models.DateTimeField()
    closed_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(kind__in=["central", "routine", "focused", "revisit", "great", "monitoring"]), name="round_kind"
            ),
            models.CheckConstraint(condition=Q(ends_on__gte=F("starts_on")), name="round_days_in_order"),
            models.UniqueConstraint(fields=["area", "name"], name="round_named_once"),
            models.CheckConstraint(
                condition=Q(population="", first_year__isnull=True, last_year__isnull=True)
                | (~Q(population="") & Q(first_year__isnull=False, last_year__gte=F("first_year"))),
                name="round_of_years",
            ),
        ]

    def __str__(self) -> str:
        return self.name


class Screening(FieldRecord):
    """A household was looked at in a round; not an appraisal. A later look in the same round supersedes it and has its album, unless it brings its
    own."""

    class Result(models.TextChoices):
        """排查结果."""

        FINE = "fine", _("未见危险")
        SUSPECT = "suspect", _("疑似危房")
        NO_HOUSE = "no_house", _("无房")
        ABSENT = "absent", _("未能入户")

    round = key(Round, related="screenings")
    household = key(Household, related="screenings")
    dwelling = key(Dwelling, null=True)
    area = AreaField()
    on = models.DateField()
    result = models.CharField(max_length=10, choices=Result)
    lives_here = models.BooleanField(null=True, help_text="排查时有人居住")
    note = models.CharField(max_length=300, blank=True, default="")
    album = key(Album, null=True)
    superseded_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["round", "household"], condition=Q(superseded_at__isnull=True), name="screening_once_known"),
            models.CheckConstraint(condition=Q(result__in=["fine", "suspect", "no_house", "absent"]), name="screening_result"),
            models.UniqueConstraint(
                fields=["album"], condition=Q(album__isnull=False, superseded_at__isnull=True), name="screening_album_counts_once"
            ),
            once("screening"),
        ]
        indexes = [
            models.Index(fields=["round", "area"], condition=Q(superseded_at__isnull=True), name="screening_of_round"),
            models.Index(fields=["household", "on"], name="screening_of_household"),
            models.Index(fields=["album"], condition=Q(album__isnull=False), name="screening_of_album"),
            models.Index(fields=["area", "on"], condition=Q(superseded_at__isnull=True, result="suspect"), name="screening_suspect"),
        ]


class Appraisal(FieldRecord):
    """One appraisal of one house by one standard. Submitted whole, then never edited: a better one supersedes it, a wrong one is withdrawn.

    ``qualitative``, ``quantitative``, ``computed`` are the engine's (``anju.grading``); ``grade`` is what counts, other than ``computed`` only with
    a reason. ``objection_until`` is the last day on which the household may object, as printed on its paper.
    """

    class Kind(models.TextChoices):
        """鉴定 by a professional or an agency, 评定 by trained local staff; both count in verification (domain 2.1.5)."""

        APPRAISED = "appraised", _("鉴定")
        ASSESSED = "assessed", _("评定")

    class Organiser(models.TextChoices):
        """组织方式."""

        COUNTY = "county", _("县住建部门集中组织")
        THIRD_PARTY = "third_party", _("政府购买服务（第三方）")
        TOWNSHIP = "township", _("乡镇技术人员")

    class Trigger(models.TextChoices):
        """为什么鉴定 (S1-11, S1-28)."""

        FIRST = "first", _("首次")
        NEW_TARGET = "new_target", _("新增重点对象")
        SUSPECT = "suspect", _("疑似危房")
        OBJECTION = "objection", _("对结果不认可")
        DISASTER = "disaster", _("灾后")
        DUE = "due", _("到期复核")
        REVISIT = "revisit", _("回头看")
        AFTER_WORKS = "after_works", _("改造后评定")
        RECHECK = "recheck", _("抽查复核")

    class Advice(models.TextChoices):
        """处理建议."""

        KEEP = "keep", _("维持使用")
        REPAIR = "repair", _("维修加固")
        REBUILD = "rebuild", _("拆除重建")
        RELOCATE = "relocate", _("迁址重建")

    class Acknowledgement(models.TextChoices):
        """农户意见."""

        UNSIGNED = "unsigned", _("未签")
        AGREED = "agreed", _("同意")
        OBJECTED = "objected", _("有异议")

    class State(models.TextChoices):
        """Whether the appraisal counts."""

        VALID = "valid", _("有效")
        SUPERSEDED = "superseded", _("已被新的鉴定替代")
        WITHDRAWN = "withdrawn", _("已作废")

    number = models.CharField(max_length=40, db_collation="C", unique=True, help_text="鉴定报告编号")
    household = key(Household, related="appraisals")
    dwelling = key(Dwelling, related="appraisals")
    area = AreaField()
    round = key(Round, related="appraisals", null=True)
    on = models.DateField()
    kind = models.CharField(max_length=10, choices=Kind)
    organiser = models.CharField(max_length=12, choices=Organiser)
    agency = key(Organisation, null=True)
    appraisers = models.JSONField(default=list, help_text="鉴定人姓名")
    trigger = models.CharField(max_length=12, choices=Trigger)
    standard = models.CharField(max_length=40, db_collation="C", help_text="标准代号和本省增补")
    structure = models.CharField(max_length=20, blank=True, default="")
    storeys = models.PositiveSmallIntegerField(null=True, blank=True)
    site = models.CharField(max_length=10, blank=True, default="")
    whole = models.CharField(max_length=1, blank=True, default="", help_text="房屋整体 a–d")
    disaster = models.JSONField(default=dict, blank=True, help_text="防灾措施")
    qualitative = models.CharField(max_length=1, blank=True, default="")
    quantitative = models.CharField(max_length=1, blank=True, default="")
    p = models.JSONField(null=True, blank=True)
    mu = models.JSONField(null=True, blank=True)
    computed = models.CharField(max_length=1)
    grade = models.CharField(max_length=1)
    override_reason = models.CharField(max_length=300, blank=True, default="")
    advice = models.CharField(max_length=10, choices=Advice)
    opinion = models.CharField(max_length=500, blank=True, default="")
    subsidy = models.BooleanField(default=False, help_text="用于申请补助；鉴定前已确认身份（S4-05）")
    acknowledged = models.CharField(max_length=10, choices=Acknowledgement, default=Acknowledgement.UNSIGNED)
    acknowledged_on = models.DateField(null=True, blank=True)
    objection_until = models.DateField()
    album = models.OneToOneField(Album, null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    report = key(StoredFile, null=True)
    state = models.CharField(max_length=10, choices=State, default=State.VALID)
    state_at = models.DateTimeField(null=True, blank=True)
    state_reason = models.CharField(max_length=300, blank=True, default="")
    superseded_by = key("self", related="supersedes", null=True)

    class Meta:
        constraints = [
            *(
                models.CheckConstraint(condition=Q(**{f"{field}__in": LETTERS}), name=f"appraisal_{field}")
                for field in ("computed", "grade")
            ),
            *(
                models.CheckConstraint(condition=Q(**{f"{field}__in": ["", *LETTERS]}), name=f"appraisal_{field}")
                for field in ("qualitative", "quantitative")
            ),
            models.CheckConstraint(condition=Q(grade=F("computed")) | ~Q(override_reason=""), name="appraisal_override_has_reason"),
            models.CheckConstraint(condition=Q(superseded_by__isnull=True) | Q(state="superseded"), name="appraisal_superseded_says_so"),
            models.CheckConstraint(condition=~Q(state="withdrawn") | ~Q(state_reason=""), name="appraisal_withdrawn_has_reason"),
            models.CheckConstraint(condition=Q(state__in=["valid", "superseded", "withdrawn"]), name="appraisal_state"),
            models.CheckConstraint(condition=Q(objection_until__gte=F("on")), name="appraisal_objection_after"),
            models.CheckConstraint(
                condition=Q(acknowledged="unsigned", acknowledged_on__isnull=True)
                | (~Q(acknowledged="unsigned") & Q(acknowledged_on__gte=F("on"))),
                name="appraisal_acknowledged_has_day",
            ),
            once("appraisal"),
            models.UniqueConstraint(fields=["source"], condition=~Q(source=""), name="appraisal_once_per_source"),
        ]
        indexes = [
            models.Index(fields=["household", "on"], name="appraisal_of_household"),
            models.Index(fields=["dwelling", "on"], name="appraisal_of_dwelling"),
            models.Index(fields=["area", "number"], name="appraisal_of_area"),
            models.Index(fields=["round", "area"], condition=Q(round__isnull=False), name="appraisal_of_round"),
        ]

    def __str__(self) -> str:
        return self.number

    FROZEN: ClassVar[tuple[str, ...]] = (
        *("number", "household", "dwelling", "on", "kind", "organiser", "standard", "site", "whole", "disaster", "qualitative"),
        *("quantitative", "p", "mu", "computed", "grade", "override_reason", "recorded_at", "client_id"),
    )
    """What no statement may change afterwards (a trigger refuses)."""


class ComponentFinding(models.Model):
    """What was found on one component: its level, its danger points, and, by the 2009 guide, how many members are dangerous."""

    appraisal = models.ForeignKey(Appraisal, on_delete=models.PROTECT, related_name="components", db_index=False)
    component = models.CharField(max_length=30, db_collation="C")
    level = models.CharField(max_length=1, blank=True, default="")
    dangerous = models.PositiveIntegerField(null=True, blank=True)
    total = models.PositiveIntegerField(null=True, blank=True)
    points = models.JSONField(default=list, blank=True, help_text="危险点：代号、量得的值、限值、是否超限")
    note = models.CharField(max_length=200, blank=True, default="")

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["appraisal", "component"], name="finding_once_per_component"),
            models.CheckConstraint(condition=Q(level__in=["", "a", "b", "c", "d"]), name="finding_level"),
            models.CheckConstraint(
                condition=Q(dangerous__isnull=True, total__isnull=True) | Q(dangerous__lte=F("total")), name="finding_dangerous_of_total"
            ),
        ]


class HouseGrade(Fact):
    """The grade of a house from a day on, by an appraisal: what every count of safe and dangerous houses rests on."""

    household = key(Household, related="house_grades")
    dwelling = key(Dwelling, related="grades")
    grade = models.CharField(max_length=1)
    appraisal = key(Appraisal, related="grades")

    class Meta(Fact.Meta):
        constraints = [
            *Fact.Meta.constraints,
            models.UniqueConstraint(fields=["dwelling"], condition=is_open(), name="house_grade_once_open"),
            models.CheckConstraint(condition=Q(grade__in=LETTERS), name="house_grade_letter"),
        ]
        indexes = [
            models.Index(fields=["household"], condition=is_open(), name="house_grade_of_household"),
            models.Index(fields=["area", "household"], condition=is_open() & Q(grade__in=["C", "D"]), name="house_grade_dangerous"),
            models.Index(fields=["appraisal"], name="house_grade_of_appraisal"),
        ]


class NoHouse(Fact):
    """The household has no house 无房户: applied for, reviewed by village and township (domain 2.1.5, 3.27)."""

    household = key(Household, related="no_house")
    applied_on = models.DateField()
    village_on = models.DateField()
    village_opinion = models.CharField(max_length=200)
    township_opinion = models.CharField(max_length=200)
    album = key(Album, null=True)
    by = key(User, null=True)

    class Meta(Fact.Meta):
        constraints = [
            *Fact.Meta.constraints,
            models.UniqueConstraint(fields=["household"], condition=is_open(), name="no_house_once_open"),
            models.CheckConstraint(
                condition=Q(applied_on__lte=F("village_on")) & Q(village_on__lte=F("valid_from")), name="no_house_days_of_review_in_order"
            ),
        ]
        indexes = [models.Index(fields=["area", "household"], condition=is_open(), name="no_house_of_area")]


class Objection(models.Model):
    """The household doesn't accept the grade (S1-11): answered, or appraised again."""

    class State(models.TextChoices):
        """How far it is."""

        OPEN = "open", _("待处理")
        REAPPRAISED = "reappraised", _("已重新鉴定")
        REJECTED = "rejected", _("维持原结果")
        WITHDRAWN = "withdrawn", _("农户撤回")

    appraisal = key(Appraisal, related="objections", index=True)
    area = AreaField()
    on = models.DateField()
    raised_by = models.CharField(max_length=60, help_text="提出人")
    reason = models.CharField(max_length=500)
    received_by = key(User)
    recorded_at = models.DateTimeField()
    state = models.CharField(max_length=12, choices=State, default=State.OPEN)
    answer = models.CharField(max_length=500, blank=True, default="")
    answered_on = models.DateField(null=True, blank=True)
    answered_by = key(User, null=True)
    reappraisal = key(Appraisal, related="settles", null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["appraisal"], condition=Q(state="open"), name="objection_one_open"),
            models.CheckConstraint(
                condition=Q(state="open", answered_on__isnull=True) | (~Q(state="open") & Q(answered_on__gte=F("on")) & ~Q(answer="")),
                name="objection_closed_is_answered",
            ),
            models.CheckConstraint(condition=~Q(state="reappraised") | Q(reappraisal__isnull=False), name="objection_reappraised_by"),
        ]
        indexes = [models.Index(fields=["area", "on"], condition=Q(state="open"), name="objection_open_of_area")]


class Posting(models.Model):
    """What hangs at the house: the sign with its result 挂牌公示 (any grade), or the plate 安全认定牌 (A or B, or after passed acceptance)."""

    class Kind(models.TextChoices):
        """Which."""

        SIGN = "sign", _("挂牌公示")
        PLATE = "plate", _("安全认定牌")

    kind = models.CharField(max_length=6, choices=Kind)
    number = models.CharField(max_length=40, db_collation="C", unique=True)
    appraisal = key(Appraisal, related="postings", index=True)
    household = key(Household, related="postings", index=True)
    area = AreaField()
    grade = models.CharField(max_length=1)
    token = models.CharField(max_length=32, db_collation="C", unique=True, help_text="二维码里的随机串，公开页由它打开")
    issued_on = models.DateField()
    issued_by = key(User)
    recorded_at = models.DateTimeField()
    posted_on = models.DateField(null=True, blank=True)
    posted_by = key(User, null=True)
    album = models.OneToOneField(Album, null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    removed_on = models.DateField(null=True, blank=True)
    removed_reason = models.CharField(max_length=200, blank=True, default="")
    removed_by = key(User, null=True)

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(kind="sign") | Q(grade__in=["A", "B"]), name="posting_plate_only_safe"),
            models.CheckConstraint(condition=Q(posted_on__isnull=True) | Q(posted_on__gte=F("issued_on")), name="posting_after_issue"),
            models.CheckConstraint(
                condition=Q(removed_on__isnull=True, removed_reason="") | (Q(removed_on__gte=F("issued_on")) & ~Q(removed_reason="")),
                name="posting_removed_has_reason",
            ),
            models.UniqueConstraint(fields=["appraisal", "kind"], condition=Q(removed_on__isnull=True), name="posting_one_hangs"),
        ]
        indexes = [models.Index(fields=["area", "number"], name="posting_of_area")]


class Hazard(FieldRecord):
    """A new danger reported of a house 新增险情 (domain 2.12, 3.24); struck (销号) once the household is safe again, or once somebody went there
    and found none (``unfounded``)."""

    class Way(models.TextChoices):
        """发现途径."""

        HOUSEHOLD = "household", _("农户申报")
        CADRE = "cadre", _("干部排查")
        DEPARTMENT = "department", _("部门预警")

    class Cause(models.TextChoices):
        """成因."""

        FLOOD = "flood", _("暴雨洪涝")
        GEOLOGY = "geology", _("地质灾害")
        EARTHQUAKE = "earthquake", _("地震")
        WIND_SNOW = "wind_snow", _("大风冰雪")
        AGE = "age", _("年久老化")
        FIRE = "fire", _("火灾")
        HUMAN = "human", _("人为")
        RECOGNISED = "recognised", _("新认定对象")
        OTHER = "other", _("其他")

    household = key(Household, related="hazards", index=True)
    dwelling = key(Dwelling, null=True)
    area = AreaField()
    on = models.DateField()
    way = models.CharField(max_length=12, choices=Way)
    cause = models.CharField(max_length=12, choices=Cause)
    reporter = models.CharField(max_length=60, blank=True, default="")
    description = models.CharField(max_length=500)
    urgent = models.BooleanField(default=False)
    checked_on = models.DateField(null=True, blank=True, help_text="到现场核实的日期")
    checked_by = key(User, null=True)
    checked_note = models.CharField(max_length=300, blank=True, default="", help_text="核实看到的情况")
    unfounded = models.BooleanField(default=False, help_text="核实为没有险情")
    evacuated_on = models.DateField(null=True, blank=True)
    due = models.DateField(help_text="应在这一天前鉴定或评定")
    album = models.OneToOneField(Album, null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    appraisal = key(Appraisal, related="hazards", null=True)
    closed_on = models.DateField(null=True, blank=True)
    closed_how = models.CharField(max_length=200, blank=True, default="")
    closed_by = key(User, null=True)
    housed = models.BooleanField(default=False, db_default=False, help_text="凭保障途径销号，不凭鉴定")

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["household"], condition=Q(closed_on__isnull=True), name="hazard_one_open"),
            models.CheckConstraint(
                condition=Q(closed_on__isnull=True, closed_how="") | (Q(closed_on__gte=F("on")) & ~Q(closed_how="")),
                name="hazard_closed_says_how",
            ),
            models.CheckConstraint(condition=Q(checked_on__isnull=True) | Q(checked_on__gte=F("on")), name="hazard_checked_after"),
            models.CheckConstraint(
                condition=Q(unfounded=False) | (Q(checked_on__isnull=False, closed_on__isnull=False) & ~Q(checked_note="")),
                name="hazard_unfounded_was_looked_at",
            ),
            models.CheckConstraint(condition=Q(housed=False) | Q(closed_on__isnull=False), name="hazard_housed_is_struck"),
            once("hazard"),
        ]
        indexes = [
            models.Index(fields=["area", "due"], condition=Q(closed_on__isnull=True), name="hazard_open_of_area"),
            models.Index(fields=["area", "on"], name="hazard_of_area"),
        ]


class RecheckLot(models.Model):
    """A share of one appraiser's work, drawn to be looked at again by another (S1-28)."""

    area = AreaField()
    appraiser = key(User)
    since = models.DateField()
    until = models.DateField()
    share = models.DecimalField(max_digits=5, decimal_places=4)
    seed = models.CharField(max_length=40, db_collation="C", help_text="抽样用的随机数，凭它可以重抽出同一批")
    worked = models.PositiveIntegerField(help_text="这段时间的鉴定数")
    drawn_by = key(User)
    drawn_at = models.DateTimeField()
    voided_at = models.DateTimeField(null=True, blank=True)
    voided_reason = models.CharField(max_length=200, blank=True, default="")
    voided_by = key(User, null=True)

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(until__gte=F("since")), name="recheck_days_in_order"),
            models.CheckConstraint(condition=Q(voided_at__isnull=True) | ~Q(voided_reason=""), name="recheck_voided_has_reason"),
        ]
        indexes = [models.Index(fields=["area", "-id"], name="recheck_lot_of_area")]


class RecheckItem(models.Model):
    """One drawn appraisal, and what the second look said."""

    lot = models.ForeignKey(RecheckLot, on_delete=models.PROTECT, related_name="items", db_index=False)
    appraisal = key(Appraisal, related="rechecks", index=True)
    area = AreaField()
    second = key(Appraisal, related="rechecked", null=True)
    same = models.BooleanField(null=True)
    done_on = models.DateField(null=True, blank=True)
    note = models.CharField(max_length=300, blank=True, default="")
    settled_by = key(User, null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["lot", "appraisal"], name="recheck_once"),
            models.CheckConstraint(
                condition=Q(same__isnull=True, done_on__isnull=True) | Q(same__isnull=False, done_on__isnull=False),
                name="recheck_settled_has_day",
            ),
            models.CheckConstraint(
                condition=Q(same__isnull=True) | Q(same=True) | (Q(second__isnull=False) & ~Q(note="")), name="recheck_differs_says_how"
            ),
        ]
        indexes = [
            models.Index(fields=["area", "id"], name="recheck_of_area"),
            models.Index(fields=["area"], condition=Q(same__isnull=True), name="recheck_open_of_area"),
        ]


class Stock(models.Model):
    """The danger ledger of an area as it stood on a day, to be signed by four departments and locked 锁定存量 (S4-06, S3-11)."""

    area = AreaField()
    as_of = models.DateField()
    households = models.PositiveIntegerField()
    by_grade = models.JSONField(help_text="C、D、无房各多少户")
    made_by = key(User)
    made_at = models.DateTimeField()
    locked_at = models.DateTimeField(null=True, blank=True)
    voided_at = models.DateTimeField(null=True, blank=True)
    voided_reason = models.CharField(max_length=200, blank=True, default="")

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["area", "as_of"], condition=Q(voided_at__isnull=True), name="stock_once_per_day"),
            models.CheckConstraint(condition=Q(voided_at__isnull=True) | ~Q(voided_reason=""), name="stock_voided_has_reason"),
        ]


class StockEntry(models.Model):
    """A household of a locked stock; struck (销档) once it is safe and the departments confirm it (S4-08, domain 4.1)."""

    stock = models.ForeignKey(Stock, on_delete=models.PROTECT, related_name="entries", db_index=False)
    household = key(Household, related="stock_entries", index=True)
    area = AreaField()
    grade = models.CharField(max_length=1, blank=True, default="", help_text="C、D；空为无房")
    groups = models.CharField(max_length=120, db_collation="C")
    dwelling = key(Dwelling, null=True)
    struck_on = models.DateField(null=True, blank=True)
    struck_why = models.CharField(max_length=200, blank=True, default="")
    struck_by = key(User, null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["stock", "household"], name="stock_entry_once"),
            models.CheckConstraint(condition=Q(grade__in=["", "C", "D"]), name="stock_entry_grade"),
            models.CheckConstraint(
                condition=Q(struck_on__isnull=True, struck_why="") | (Q(struck_on__isnull=False) & ~Q(struck_why="")),
                name="stock_entry_struck_says_why",
            ),
        ]
        indexes = [models.Index(fields=["stock", "area"], name="stock_entry_of_area")]


class StockSignature(models.Model):
    """One department's signature under a stock."""

    stock = models.ForeignKey(Stock, on_delete=models.PROTECT, related_name="signatures", db_index=False)
    area = AreaField()
    office = models.CharField(max_length=30, db_collation="C")
    by = key(User)
    at = models.DateTimeField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["stock", "office"], name="stock_signed_once_per_office")]
