"""What is known of a kept file; its bytes lie in the store under their hash. Albums, and the photos in them."""

from datetime import datetime
from typing import ClassVar

from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from anju.accounts.models import User
from anju.divisions.fields import AreaField
from anju.evidence.kinds import KINDS, Kind
from anju.vocabulary.coordinates import Place, System


class StoredFile(models.Model):
    """A file somebody gave or the system made. The same content given twice is kept once but remembered twice."""

    sha256 = models.CharField(max_length=64, db_index=True, db_collation="C")
    size = models.BigIntegerField()
    name = models.CharField(max_length=255)
    media_type = models.CharField(max_length=100)
    created_at = models.DateTimeField(auto_now_add=True)
    created_by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+")

    def __str__(self) -> str:
        return self.name


class Basis(models.TextChoices):
    """What the expected place of a photo rests on: the better one is taken where it is known (quality 8)."""

    HOUSE = "house", _("房屋登记位置")
    FIRST_PHOTO = "first_photo", _("这一户第一张采信的照片")
    VILLAGE = "village", _("本村各户的中位")
    COUNTY = "county", _("县界")


class Album(models.Model):
    """The photos of one thing: an appraisal, a visit, a notice board. It knows none of its owners: a record with photos holds a key to it.

    ``owner`` groups albums that may share a photo (a household's number); albums of different owners may not. ``area`` is where the thing is. What
    is expected of its photos (place, radius, days) is set by whoever owns it, so that a photo given on a page is judged like one from the field.
    """

    area = AreaField()
    title = models.CharField(max_length=120)
    owner = models.CharField(
        max_length=60, db_collation="C", blank=True, default="", help_text=_("户编号等；同一对象的相册之间照片可以共用")
    )
    expected_lng = models.DecimalField(max_digits=10, decimal_places=6, null=True, blank=True)
    expected_lat = models.DecimalField(max_digits=10, decimal_places=6, null=True, blank=True)
    expected_basis = models.CharField(max_length=12, db_collation="C", blank=True, default="", choices=Basis)
    radius_m = models.PositiveIntegerField(null=True, blank=True, help_text=_("离应在位置最远多少米"))
    since = models.DateTimeField(null=True, blank=True)
    until = models.DateTimeField(null=True, blank=True)
    created_at = models.DateTimeField(auto_now_add=True)
    created_by = models.ForeignKey(User, null=True, blank=True, on_delete=models.PROTECT, related_name="+", db_index=False)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(expected_lng__isnull=True, expected_lat__isnull=True)
                | Q(expected_lng__isnull=False, expected_lat__isnull=False),
                name="evidence_album_place_whole",
            ),
            models.CheckConstraint(
                condition=Q(since__isnull=True) | Q(until__isnull=True) | Q(until__gte=F("since")), name="evidence_album_days"
            ),
        ]
        indexes = [
            models.Index(fields=["area", "-id"], name="evidence_album_of_area"),
            models.Index(fields=["owner"], name="evidence_album_of_owner", condition=~Q(owner="")),
        ]

    def __str__(self) -> str:
        return self.title


class Photo(models.Model):
    """A picture as evidence: what it shows, where and when it was taken by what the camera wrote and by what the device told, and what the
    checks found. It is withdrawn, never deleted.

    ``file`` is the picture decoded and written anew, without anything its sender's file carried besides; of that file the digests are kept.
    ``lng``/``lat`` are WGS-84; ``system`` is the one they came in. ``taken_at`` is the camera's word, ``captured_at`` the device's,
    ``received_at`` the business moment it arrived here.
    """

    class Visibility(models.TextChoices):
        """Who may be shown it."""

        INTERNAL = "internal", _("内部")
        PUBLIC = "public", _("公开")

    class PlaceFrom(models.TextChoices):
        """Who says where it was taken."""

        TOLD = "told", _("设备定位")
        CAMERA = "camera", _("照片自带")

    album = models.ForeignKey(Album, on_delete=models.PROTECT, related_name="photos", db_index=False)
    area = AreaField()
    client_id = models.UUIDField(unique=True)
    kind = models.CharField(max_length=20, db_collation="C")
    file = models.ForeignKey(StoredFile, on_delete=models.PROTECT, related_name="+")
    thumb = models.ForeignKey(StoredFile, on_delete=models.PROTECT, related_name="+")
    width = models.PositiveIntegerField()
    height = models.PositiveIntegerField()
    original_sha256 = models.CharField(max_length=64, db_collation="C")
    original_sm3 = models.CharField(max_length=64, db_collation="C")
    original_size = models.PositiveBigIntegerField()
    content_sha256 = models.CharField(max_length=64, db_collation="C")
    content_sm3 = models.CharField(max_length=64, db_collation="C")
    lng = models.DecimalField(max_digits=10, decimal_places=6, null=True, blank=True)
    lat = models.DecimalField(max_digits=10, decimal_places=6, null=True, blank=True)
    system = models.CharField(max_length=10, db_collation="C", blank=True, default="", choices=[(one.value, one.value) for one in System])
    accuracy_m = models.FloatField(null=True, blank=True)
    place_from = models.CharField(max_length=8, db_collation="C", blank=True, default="", choices=PlaceFrom)
    distance_m = models.FloatField(null=True, blank=True)
    distance_to = models.CharField(max_length=12, db_collation="C", blank=True, default="", choices=Basis)
    taken_at = models.DateTimeField(null=True, blank=True)
    captured_at = models.DateTimeField(null=True, blank=True)
    received_at = models.DateTimeField()
    recorded_at = models.DateTimeField(auto_now_add=True)
    device = models.CharField(max_length=80, db_collation="C", blank=True, default="")
    camera = models.CharField(max_length=120, blank=True, default="", help_text=_("厂商和型号"))
    software = models.CharField(max_length=120, blank=True, default="")
    by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+", db_index=False)
    note = models.CharField(max_length=200, blank=True, default="")
    visibility = models.CharField(max_length=8, db_collation="C", choices=Visibility, default=Visibility.INTERNAL)
    people_in_frame = models.BooleanField(null=True, blank=True)
    householder_in_frame = models.BooleanField(null=True, blank=True)
    findings = ArrayField(models.CharField(max_length=40), default=list, blank=True, help_text=_("发现问题的规则"))
    details = models.JSONField(default=dict, blank=True, help_text=_("每条发现的数值"))
    explained_by = models.ForeignKey(User, null=True, blank=True, on_delete=models.PROTECT, related_name="+", db_index=False)
    explained_at = models.DateTimeField(null=True, blank=True)
    explanation = models.CharField(max_length=200, blank=True, default="")
    withdrawn_by = models.ForeignKey(User, null=True, blank=True, on_delete=models.PROTECT, related_name="+", db_index=False)
    withdrawn_at = models.DateTimeField(null=True, blank=True)
    withdrawn_why = models.CharField(max_length=200, blank=True, default="")

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(kind__in=sorted(KINDS)), name="evidence_photo_kind"),
            models.CheckConstraint(
                condition=Q(lng__isnull=True, lat__isnull=True, system="", place_from="")
                | Q(lng__isnull=False, lat__isnull=False) & ~Q(system="") & ~Q(place_from=""),
                name="evidence_photo_place_whole",
            ),
            models.CheckConstraint(
                condition=Q(explained_at__isnull=True, explained_by__isnull=True, explanation="")
                | Q(explained_at__isnull=False, explained_by__isnull=False) & ~Q(explanation=""),
                name="evidence_photo_explained",
            ),
            models.CheckConstraint(
                condition=Q(withdrawn_at__isnull=True, withdrawn_by__isnull=True, withdrawn_why="")
                | Q(withdrawn_at__isnull=False, withdrawn_by__isnull=False) & ~Q(withdrawn_why=""),
                name="evidence_photo_withdrawn",
            ),
        ]
        indexes = [
            models.Index(fields=["album", "id"], name="evidence_photo_of_album"),
            models.Index(fields=["area", "-id"], name="evidence_photo_of_area"),
            models.Index(fields=["original_sha256"], name="evidence_photo_original"),
            models.Index(fields=["content_sha256"], name="evidence_photo_content"),
            models.Index(fields=["device", "captured_at"], name="evidence_photo_of_device", condition=~Q(device="")),
            models.Index(
                fields=["area", "-id"],
                name="evidence_photo_doubtful",
                condition=~Q(findings=[]) & Q(explained_at__isnull=True, withdrawn_at__isnull=True),
            ),
        ]

    KINDS: ClassVar[dict[str, Kind]] = KINDS

    def __str__(self) -> str:
        return f"{self.what.title} {self.pk}"

    @property
    def what(self) -> Kind:
        """Its declared kind."""
        return KINDS[self.kind]

    @property
    def place(self) -> Place | None:
        """Where it was taken, in WGS-84."""
        if self.lng is None or self.lat is None:
            return None
        return Place(float(self.lng), float(self.lat), System(self.system), self.accuracy_m)

    @property
    def at(self) -> datetime | None:
        """When it was taken: the camera's word, else the device's; None where nobody says."""
        return self.taken_at or self.captured_at

    @property
    def doubtful(self) -> bool:
        """The checks found something and nobody has explained it."""
        return bool(self.findings) and self.explained_at is None

    @property
    def accepted(self) -> bool:
        """Part of the evidence: not withdrawn, and nothing against it that isn't explained."""
        return self.withdrawn_at is None and not self.doubtful


class Fingerprint(models.Model):
    """What a picture looks like, in a form by which a copy of it is found again: 64 signs of its coarse pattern, in four bands for the index, and
    its pattern in small. See ``likeness``."""

    photo = models.OneToOneField(Photo, primary_key=True, on_delete=models.CASCADE, related_name="fingerprint")
    area = AreaField()
    signs = models.BigIntegerField()
    band0 = models.IntegerField()
    band1 = models.IntegerField()
    band2 = models.IntegerField()
    band3 = models.IntegerField()
    pattern = models.BinaryField()

    class Meta:
        indexes = [models.Index(fields=[f"band{number}"], name=f"evidence_print_band{number}", include=["signs"]) for number in range(4)]
