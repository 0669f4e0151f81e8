"""An area asks the level above for a larger task, or gives some of it back 指标申请 (S2-35)."""

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from anju.accounts.models import User
from anju.cases.models.case import key
from anju.divisions.fields import AreaField
from anju.registry.models import Household


class QuotaRequest(models.Model):
    """How many households an area asks for (``households`` above 0) or gives back (below 0), with the ground counted on that day and frozen:
    ``counted`` households qualified and in no plan, each of which is kept (``QuotaGround``).

    ``asked_of`` is the level that answers. ``task`` is the area's task as it stood, ``granted`` what was given, in the direction that was asked.
    """

    class State(models.TextChoices):
        """How far it is."""

        ASKED = "asked", _("待答复")
        GRANTED = "granted", _("已同意")
        REFUSED = "refused", _("不同意")
        WITHDRAWN = "withdrawn", _("已撤回")

    area = AreaField()
    asked_of = AreaField(help_text="答复的上级")
    year = models.PositiveSmallIntegerField()
    households = models.IntegerField(help_text="申请增加的户数，减少为负")
    reason = models.CharField(max_length=500)
    document = models.CharField(max_length=120, blank=True, default="")
    task = models.PositiveIntegerField(help_text="申请时的任务户数")
    counted = models.PositiveIntegerField(help_text="申请时应改未改的户数")
    on = models.DateField()
    by = key(User)
    recorded_at = models.DateTimeField()
    state = models.CharField(max_length=12, db_collation="C", choices=State, default=State.ASKED)
    granted = models.IntegerField(null=True, blank=True, help_text="同意增加的户数，减少为负")
    answer = models.CharField(max_length=500, blank=True, default="")
    answer_document = models.CharField(max_length=120, blank=True, default="")
    answered_on = models.DateField(null=True, blank=True)
    answered_by = key(User, null=True)
    seen_by = key(User, null=True)
    seen_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["area", "year"], condition=Q(state="asked"), name="quota_one_open"),
            models.CheckConstraint(condition=Q(state__in=["asked", "granted", "refused", "withdrawn"]), name="quota_state"),
            models.CheckConstraint(condition=~Q(households=0) & ~Q(reason=""), name="quota_says_what_and_why"),
            models.CheckConstraint(
                condition=Q(state="granted", granted__gt=0, granted__lte=F("households"))
                | Q(state="granted", granted__lt=0, granted__gte=F("households"))
                | (~Q(state="granted") & Q(granted__isnull=True)),
                name="quota_granted_up_to_what_was_asked",
            ),
            models.CheckConstraint(
                condition=Q(state="asked", answered_on__isnull=True) | (~Q(state="asked") & Q(answered_on__gte=F("on"))),
                name="quota_answered_with_a_day",
            ),
            models.CheckConstraint(condition=~Q(state="refused") | ~Q(answer=""), name="quota_refused_with_reason"),
        ]
        indexes = [
            models.Index(fields=["area", "id"], name="quota_of_area"),
            models.Index(fields=["asked_of", "id"], name="quota_asked_of"),
        ]

    def __str__(self) -> str:
        return f"{self.area} {self.year}"


class QuotaGround(models.Model):
    """A household that was counted when quota was asked for, and why it was in no plan then."""

    request = key(QuotaRequest, related="ground")
    area = AreaField()
    household = key(Household)
    grade = models.CharField(max_length=4, db_collation="C")
    why = models.CharField(max_length=16, db_collation="C")

    class Meta:
        constraints = [models.UniqueConstraint(fields=["request", "household"], name="quota_ground_once")]
        indexes = [models.Index(fields=["request", "area", "id"], name="quota_ground_of_request")]

    def __str__(self) -> str:
        return f"{self.request_id} {self.household_id}"
