"""What is known of a renovation that was finished before this system knew of it (domain 2.8: 农户档案, the fields of renovation and money)."""

from typing import ClassVar

from django.db import models
from django.db.models import Q

from anju.cases.models.case import Case
from anju.divisions.fields import AreaField
from anju.registry.models import DwellingState


class CaseHistory(models.Model):
    """What the files of then say of a case beside what every case has. Written once with the case, never changed; money in whole fen, None where it isn't known.

    ``completed_year`` is always known, the days where they were written. The amounts by source are what central, province, city and county paid.
    """

    SHARES: ClassVar[tuple[str, ...]] = ("central", "province", "city", "county")
    MONEY: ClassVar[tuple[str, ...]] = (*SHARES, "total_cost", "self_raised", "loan", "other")

    case = models.OneToOneField(Case, on_delete=models.PROTECT, related_name="history")
    area = AreaField()
    completed_year = models.PositiveSmallIntegerField()
    accepted_on = models.DateField(null=True, blank=True)
    paid_on = models.DateField(null=True, blank=True, help_text="补助拨付日期")
    structure = models.CharField(max_length=16, db_collation="C", blank=True, default="", choices=DwellingState.Structure)
    area_after = models.DecimalField(max_digits=8, decimal_places=2, null=True, blank=True, help_text="改造后面积，平方米")
    central = models.BigIntegerField(null=True, blank=True, help_text="中央补助，分")
    province = models.BigIntegerField(null=True, blank=True, help_text="省级补助，分")
    city = models.BigIntegerField(null=True, blank=True, help_text="市级补助，分")
    county = models.BigIntegerField(null=True, blank=True, help_text="县级补助，分")
    total_cost = models.BigIntegerField(null=True, blank=True, help_text="总造价，分")
    self_raised = models.BigIntegerField(null=True, blank=True, help_text="自筹，分")
    loan = models.BigIntegerField(null=True, blank=True, help_text="贷款，分")
    other = models.BigIntegerField(null=True, blank=True, help_text="其他资金，分")
    builder = models.CharField(max_length=80, blank=True, default="", help_text="施工方或工匠")
    archive_number = models.CharField(max_length=60, blank=True, default="", help_text="档案号")
    note = models.CharField(max_length=300, blank=True, default="")

    class Meta:
        constraints = [
            *(
                models.CheckConstraint(condition=Q((f"{name}__isnull", True)) | Q((f"{name}__gte", 0)), name=f"case_history_{name}")
                for name in ("central", "province", "city", "county", "total_cost", "self_raised", "loan", "other")
            ),
            models.CheckConstraint(condition=Q(completed_year__range=(2009, 2100)), name="case_history_year"),
            models.CheckConstraint(condition=Q(area_after__isnull=True) | Q(area_after__gt=0), name="case_history_area"),
        ]

    def __str__(self) -> str:
        return f"{self.case_id} {self.completed_year}"
