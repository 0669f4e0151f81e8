"""What is known of a household's entry in a national system (domain 3.23, 3.25)."""

from typing import ClassVar

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from anju.accounts.models import User
from anju.divisions.fields import AreaField
from anju.registry.models import Household


class SystemEntry(models.Model):
    """A household was entered in a national system, or sent back by it, as known from ``recorded_at`` until ``superseded_at``.

    A household without an entry known now isn't entered. ``on`` is the day of the entry or of the sending back, ``result`` what the system answered.
    """

    class System(models.TextChoices):
        """The systems of the ministries (S1-15, S2-09)."""

        ARCHIVE = "archive", _("农户档案信息检索系统")
        SAFETY = "safety", _("住房安全有保障信息平台")
        POVERTY = "poverty", _("全国扶贫开发信息系统")

    class State(models.TextChoices):
        """How it stands there."""

        ENTERED = "entered", _("已录入")
        RETURNED = "returned", _("退回")

    household = models.ForeignKey(Household, on_delete=models.PROTECT, related_name="entries", db_index=False)
    area = AreaField()
    system = models.CharField(max_length=10, choices=System, db_collation="C")
    state = models.CharField(max_length=10, choices=State, db_collation="C")
    on = models.DateField()
    result = models.CharField(max_length=300, blank=True, default="")
    by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+", db_index=False)
    recorded_at = models.DateTimeField()
    superseded_at = models.DateTimeField(null=True, blank=True)
    withdrawn = models.BooleanField(default=False, help_text=_("登记错了，已撤回"))
    source = models.CharField(max_length=120, db_collation="C", blank=True, default="")

    class Meta:
        ordering: ClassVar[list[str]] = ["-id"]
        constraints = [
            models.UniqueConstraint(
                fields=["household", "system"], condition=Q(superseded_at__isnull=True), name="entries_entry_once_known"
            ),
            models.CheckConstraint(condition=Q(system__in=["archive", "safety", "poverty"]), name="entries_entry_system"),
            models.CheckConstraint(condition=Q(state__in=["entered", "returned"]), name="entries_entry_state"),
            models.CheckConstraint(condition=~Q(state="returned") | ~Q(result=""), name="entries_entry_returned_says_why"),
            models.CheckConstraint(
                condition=Q(superseded_at__isnull=True) | Q(superseded_at__gte=models.F("recorded_at")),
                name="entries_entry_moments_in_order",
            ),
        ]
        indexes = [
            models.Index(fields=["household", "system", "-id"], name="entries_entry_of_household"),
            models.Index(fields=["system", "area"], condition=Q(superseded_at__isnull=True), name="entries_entry_of_area"),
        ]
