"""一户一方案: how one household comes to a safe house without becoming poor by it (S0-36, S0-38…43; domain 2.3, 3.8, 3.22); the drawings it may choose from."""

from typing import ClassVar

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import F, Q

from anju.accounts.models import User
from anju.cases.models.case import Case, key
from anju.divisions.fields import AreaField
from anju.registry.models import Change, Dwelling, DwellingState
from anju.vocabulary.method import DISPOSALS
from anju.vocabulary.works import MEANWHILE, TOILETS


class Drawing(models.Model):
    """A design of the drawings catalogue 图集 of a province or county: its area may choose it while it is in force."""

    area = AreaField()
    code = models.CharField(max_length=30, db_collation="C", help_text="图号")
    name = models.CharField(max_length=80)
    structure = models.CharField(max_length=20, db_collation="C", choices=DwellingState.Structure)
    storeys = models.PositiveSmallIntegerField()
    main_area = models.DecimalField(max_digits=8, decimal_places=2, help_text="主房面积，平方米")
    rooms = models.PositiveSmallIntegerField(help_text="间数")
    intensity = models.PositiveSmallIntegerField(null=True, blank=True, help_text="抗震设防烈度")
    document = models.CharField(max_length=120, help_text="出处：图集名称或文号")
    valid_from = models.DateField()
    valid_to = models.DateField(null=True, blank=True, help_text="最后有效的一天")
    added_by = key(User)
    added_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["area", "code", "valid_from"], name="drawing_once_a_day"),
            models.CheckConstraint(condition=Q(valid_to__isnull=True) | Q(valid_to__gte=F("valid_from")), name="drawing_days_in_order"),
            models.CheckConstraint(condition=Q(main_area__gt=0) & Q(storeys__gte=1) & Q(rooms__gte=1), name="drawing_has_a_size"),
        ]

    def __str__(self) -> str:
        return f"{self.code} {self.name}"


class HouseholdPlan(models.Model):
    """A household's plan, one row for each that was drawn up; the case's step names the one that holds, the others stay.

    ``works`` are pairs: code of ``vocabulary.works`` or own words, whether it makes the house safer. ``milestones`` are pairs: code, day. Money in fen;
    ``total`` is the sum of its sources (V10), labour a memo beside them. ``debt_said`` is the warning that was given, ``debt_reason`` how it was answered.
    ``moved``: the change of the register by which the family lives in ``dwelling`` for the time being, ``returned`` the one that ended it.
    """

    SOURCES: ClassVar[tuple[str, ...]] = ("subsidy", "self_raised", "loan", "donated", "granted")

    case = key(Case, related="household_plans")
    area = AreaField()
    drawn_on = models.DateField()
    method = models.CharField(max_length=16, db_collation="C", help_text="批准的改造方式")
    build_mode = models.CharField(max_length=16, db_collation="C", blank=True, default="", help_text="登记的建设方式")
    drawing = key(Drawing, null=True)
    structure = models.CharField(max_length=20, db_collation="C", blank=True, default="", choices=DwellingState.Structure)
    storeys = models.PositiveSmallIntegerField(null=True, blank=True)
    main_area = models.DecimalField(max_digits=8, decimal_places=2, null=True, blank=True, help_text="拟建主房面积，平方米")
    auxiliary_area = models.DecimalField(max_digits=8, decimal_places=2, null=True, blank=True, help_text="拟建附属房面积，平方米")
    works = models.JSONField(default=list, help_text="改造内容和是否提升安全性")
    toilet = models.CharField(max_length=12, db_collation="C", blank=True, default="", choices=list(TOILETS.items()))
    toilet_consent = models.BooleanField(null=True, blank=True, help_text="农户同意改厕")
    accessibility = ArrayField(models.CharField(max_length=12), default=list, blank=True, help_text="无障碍改造")
    animals = models.CharField(max_length=120, blank=True, default="", help_text="人畜分离怎么做")
    environment = models.CharField(max_length=120, blank=True, default="", help_text="人居环境整治")
    meanwhile = models.CharField(
        max_length=12, db_collation="C", blank=True, default="", choices=list(MEANWHILE.items()), help_text="建房期间住哪里"
    )
    meanwhile_place = models.CharField(max_length=120, blank=True, default="")
    meanwhile_from = models.DateField(null=True, blank=True)
    meanwhile_until = models.DateField(null=True, blank=True)
    dwelling = key(Dwelling, null=True)
    moved = key(Change, null=True)
    returned = key(Change, null=True)
    subsidy = models.BigIntegerField(help_text="补助，分")
    self_raised = models.BigIntegerField(default=0, help_text="自筹，分")
    loan = models.BigIntegerField(default=0, help_text="贷款、借款，分")
    donated = models.BigIntegerField(default=0, help_text="捐助，分")
    granted = models.BigIntegerField(default=0, help_text="其他补助，分")
    total = models.BigIntegerField(help_text="总费用，分")
    labour_days = models.PositiveSmallIntegerField(default=0, help_text="投工投劳，工日，不计入资金")
    labour_by = models.CharField(max_length=120, blank=True, default="", help_text="谁来帮工")
    debt_said = models.CharField(max_length=300, blank=True, default="", help_text="负债提醒")
    debt_reason = models.CharField(max_length=300, blank=True, default="", help_text="为什么仍按这个方案")
    disposal = models.CharField(
        max_length=12, db_collation="C", blank=True, default="", choices=list(DISPOSALS.items()), help_text="旧房怎么处置"
    )
    disposal_by = models.DateField(null=True, blank=True)
    village_person = models.CharField(max_length=60, help_text="村里的责任人")
    township_person = models.CharField(max_length=60, help_text="乡镇的责任人")
    milestones = models.JSONField(default=list, help_text="倒排的节点日期")
    note = models.CharField(max_length=300, blank=True, default="")
    by = key(User)
    recorded_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(total=F("subsidy") + F("self_raised") + F("loan") + F("donated") + F("granted")), name="household_plan_adds_up"
            ),
            models.CheckConstraint(
                condition=Q(subsidy__gte=0) & Q(self_raised__gte=0) & Q(loan__gte=0) & Q(donated__gte=0) & Q(granted__gte=0),
                name="household_plan_owes_nothing",
            ),
            models.CheckConstraint(
                condition=Q(toilet="") | Q(toilet_consent__isnull=False, toilet_consent=True), name="household_plan_toilet_agreed"
            ),
            models.CheckConstraint(condition=Q(debt_said="") | ~Q(debt_reason=""), name="household_plan_debt_answered"),
            models.CheckConstraint(
                condition=Q(meanwhile_until__isnull=True) | Q(meanwhile_from__isnull=False, meanwhile_until__gte=F("meanwhile_from")),
                name="household_plan_days_in_order",
            ),
            models.CheckConstraint(condition=Q(returned__isnull=True) | Q(moved__isnull=False), name="household_plan_left_before_return"),
        ]
        indexes = [models.Index(fields=["case", "id"], name="household_plan_of_case")]

    def __str__(self) -> str:
        return f"{self.case_id} {self.drawn_on}"

    @property
    def own(self) -> int:
        """What the household finds or owes, in fen."""
        return self.self_raised + self.loan
