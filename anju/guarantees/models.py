"""How a household is housed safely (domain 2.9, 3.27, S4-17)."""

from django.db import models
from django.db.models import F, Q

from anju.accounts.models import User
from anju.evidence.models import Album
from anju.registry.facts import Successive, is_open
from anju.registry.models import Dwelling, Household
from anju.vocabulary.route import ROUTES


class Guarantee(Successive):
    """A way by which the household lives safely from a day on: the ground of 改造安全 and 保障安全.

    Written by hand for every route but renovation, by a finished case for that one. ``until`` is the last day of a contract or consent; past it
    the guarantee no longer holds, whatever else is recorded.
    """

    household = models.ForeignKey(Household, on_delete=models.PROTECT, related_name="guarantees", db_index=False)
    route = models.CharField(max_length=24, db_collation="C", choices=sorted((route.code, route.name) for route in ROUTES.values()))
    dwelling = models.ForeignKey(Dwelling, null=True, blank=True, on_delete=models.PROTECT, related_name="+", db_index=False)
    provider = models.CharField(max_length=100, blank=True, default="", help_text="出租人、亲属、搬迁项目、产权单位")
    relation = models.CharField(max_length=30, blank=True, default="", help_text="与提供人的关系")
    place = models.CharField(max_length=200, blank=True, default="", help_text="现住址")
    document = models.CharField(max_length=120, blank=True, default="", help_text="合同、协议、安置文件的名称和编号")
    until = models.DateField(null=True, blank=True, help_text="合同或同意的最后一天")
    safe_because = models.CharField(max_length=200, blank=True, default="", help_text="现住房为什么安全：鉴定报告号、验收文件")
    note = models.CharField(max_length=300, blank=True, default="")
    album = models.ForeignKey(Album, null=True, blank=True, on_delete=models.PROTECT, related_name="+", db_index=False)
    by = models.ForeignKey(User, null=True, blank=True, on_delete=models.PROTECT, related_name="+", db_index=False)
    ended_reason = models.CharField(max_length=200, blank=True, default="")

    class Meta(Successive.Meta):
        constraints = [
            *Successive.Meta.constraints,
            models.UniqueConstraint(fields=["household"], condition=is_open(), name="guarantee_one_open"),
            models.CheckConstraint(condition=Q(route__in=sorted(ROUTES)), name="guarantee_route"),
            models.CheckConstraint(condition=Q(until__isnull=True) | Q(until__gte=F("valid_from")), name="guarantee_until_after"),
        ]
        indexes = [
            models.Index(fields=["household", "valid_from"], name="guarantee_of_household"),
            models.Index(fields=["area", "route"], condition=is_open(), name="guarantee_of_area"),
            models.Index(fields=["area", "until"], condition=is_open() & Q(until__isnull=False), name="guarantee_ending"),
        ]
