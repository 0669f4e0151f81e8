"""What was said of a year's plan at each time (S1-07, S4-34, S0-64)."""

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from anju.accounts.models import Organisation, User
from anju.cases.models.case import AnnualPlan, key
from anju.cases.models.quota import QuotaRequest
from anju.divisions.fields import AreaField


class PlanChange(models.Model):
    """What was said of a plan at one time, never changed and never deleted: its first entry, its hand-down, each correction, each quota granted.

    ``before`` and ``after`` are the plan's task, days and document as they stood and as they stood then; ``before`` is empty for the first.
    ``request`` is the request for quota that led to it.
    """

    class Kind(models.TextChoices):
        """How it came about."""

        ENTERED = "entered", _("录入")
        HANDED = "handed", _("上级下达")
        CORRECTED = "corrected", _("更正")
        QUOTA = "quota", _("指标调整")

    plan = key(AnnualPlan, related="changes")
    area = AreaField()
    kind = models.CharField(max_length=12, db_collation="C", choices=Kind)
    before = models.JSONField(default=dict, blank=True)
    after = models.JSONField(default=dict)
    document = models.CharField(max_length=120, blank=True, default="")
    request = key(QuotaRequest, null=True)
    by = key(User)
    office = key(Organisation)
    at = models.DateTimeField()

    class Meta:
        constraints = [models.CheckConstraint(condition=Q(kind__in=["entered", "handed", "corrected", "quota"]), name="plan_change_kind")]
        indexes = [models.Index(fields=["plan", "id"], name="plan_change_of_plan")]

    def __str__(self) -> str:
        return f"{self.plan_id} {self.kind}"
