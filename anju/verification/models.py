"""One conclusion per household (domain 2.9, 3.23)."""

from django.db import models
from django.db.models import F, Q

from anju.accounts.models import Organisation, User
from anju.appraisals.models import Appraisal
from anju.divisions.fields import AreaField
from anju.evidence.models import Album
from anju.guarantees.models import Guarantee
from anju.registry.facts import Successive, is_open
from anju.registry.models import Household
from anju.vocabulary.route import CATEGORY_NAMES, ROUTES, Category

CATEGORIES = [(category.value, name) for category, name in CATEGORY_NAMES.items()]


class Campaign(models.Model):
    """A verification of an area to the last household, finished by a day (S2-08…11)."""

    area = AreaField()
    name = models.CharField(max_length=80)
    categories = models.JSONField(default=list, blank=True, help_text="核验这些类别的户；空为所有农户")
    starts_on = models.DateField()
    due = models.DateField()
    document = models.CharField(max_length=120, blank=True, default="")
    organiser = models.ForeignKey(Organisation, on_delete=models.PROTECT, related_name="+", db_index=False)
    opened_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+", db_index=False)
    opened_at = models.DateTimeField()
    closed_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(due__gte=F("starts_on")), name="campaign_days_in_order"),
            models.UniqueConstraint(fields=["area", "name"], name="campaign_named_once"),
        ]

    def __str__(self) -> str:
        return self.name


class Verification(Successive):
    """What was concluded of a household from a day on, and on what ground. A claim that the data contradict isn't recorded; 未保障 always can be.

    ``appraisal`` is the ground of 鉴定安全, ``guarantee`` of 改造安全 and 保障安全; both stay as they were when it was concluded.
    """

    household = models.ForeignKey(Household, on_delete=models.PROTECT, related_name="verifications", db_index=False)
    campaign = models.ForeignKey(Campaign, null=True, blank=True, on_delete=models.PROTECT, related_name="verifications", db_index=False)
    category = models.CharField(max_length=16, db_collation="C", choices=CATEGORIES)
    route = models.CharField(max_length=24, db_collation="C", blank=True, default="")
    appraisal = models.ForeignKey(Appraisal, null=True, blank=True, on_delete=models.PROTECT, related_name="+", db_index=False)
    guarantee = models.ForeignKey(Guarantee, null=True, blank=True, on_delete=models.PROTECT, related_name="+", db_index=False)
    verifiers = models.JSONField(default=list, help_text="核验人姓名")
    informant = models.CharField(max_length=60, blank=True, default="", help_text="受访人")
    interview = models.CharField(max_length=500, blank=True, default="")
    lives_here = models.BooleanField(null=True, help_text="现住此房")
    why = models.CharField(max_length=500, blank=True, default="", help_text="未保障的原因和打算")
    album = models.ForeignKey(Album, null=True, blank=True, on_delete=models.PROTECT, related_name="+", db_index=False)
    by = models.ForeignKey(User, null=True, blank=True, on_delete=models.PROTECT, related_name="+", db_index=False)
    client_id = models.CharField(max_length=60, db_collation="C", blank=True, default="")
    captured_at = models.DateTimeField(null=True, blank=True)
    device = models.CharField(max_length=80, blank=True, default="")

    class Meta(Successive.Meta):
        constraints = [
            *Successive.Meta.constraints,
            models.UniqueConstraint(fields=["household"], condition=is_open(), name="verification_one_open"),
            models.UniqueConstraint(fields=["client_id"], condition=~Q(client_id=""), name="verification_once_per_client"),
            models.CheckConstraint(condition=Q(category__in=[code for code, _name in CATEGORIES]), name="verification_category"),
            models.CheckConstraint(condition=Q(route__in=["", *sorted(ROUTES)]), name="verification_route"),
            models.CheckConstraint(
                condition=(
                    Q(category=Category.APPRAISED.value, appraisal__isnull=False, guarantee__isnull=True)
                    | Q(category__in=[Category.RENOVATED.value, Category.GUARANTEED.value], guarantee__isnull=False)
                    | (Q(category=Category.UNGUARANTEED.value) & ~Q(why=""))
                ),
                name="verification_has_its_ground",
            ),
        ]
        indexes = [
            models.Index(fields=["household", "valid_from"], name="verification_of_household"),
            models.Index(fields=["area", "category"], condition=is_open(), name="verification_of_area"),
            models.Index(fields=["album"], condition=Q(album__isnull=False), name="verification_of_album"),
        ]
