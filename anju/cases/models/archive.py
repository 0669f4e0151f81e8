"""The archive of a case: its number, what of the nineteen items lies on paper and where, how much of what is required is there (domain 2.8, 3.25)."""

from typing import ClassVar

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import F, Q

from anju.accounts.models import Organisation, User
from anju.cases.models.case import Case, key
from anju.divisions.fields import AreaField
from anju.evidence.models import Album
from anju.registry.models import Household


class ArchiveSeries(models.Model):
    """The last archive number given in a township and year; its row is the lock under which numbers are given."""

    township = models.CharField(max_length=9, db_collation="C", help_text="编号时的乡镇代码，以后不随区划变更")
    year = models.PositiveSmallIntegerField()
    last = models.PositiveIntegerField(default=0)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["township", "year"], name="archive_series_once")]


class CaseArchive(models.Model):
    """档案: one for each case. ``number`` is given once, when the case is approved, and stays.

    ``required``, ``present`` and ``missing`` (codes of items) are what ``cases.archives`` reckons of the case's records and papers, kept so that an
    area can be asked for what is missing; ``reckoned_at``: when that changed last.
    """

    case = models.OneToOneField(Case, on_delete=models.PROTECT, related_name="archive")
    area = AreaField()
    number = models.CharField(max_length=80, blank=True, default="")
    township = models.CharField(max_length=9, db_collation="C", blank=True, default="")
    year = models.PositiveSmallIntegerField(null=True, blank=True)
    serial = models.PositiveIntegerField(null=True, blank=True)
    required = models.PositiveSmallIntegerField(default=0)
    present = models.PositiveSmallIntegerField(default=0)
    missing = ArrayField(models.CharField(max_length=20), default=list, blank=True)
    complete = models.PositiveSmallIntegerField(default=0, help_text="齐全率，整数百分比；只有应有的都有才是 100")
    reckoned_at = models.DateTimeField()
    reviewed_on = models.DateField(null=True, blank=True)
    reviewed_by = key(User, null=True)
    review_note = models.CharField(max_length=200, blank=True, default="")

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["township", "year", "serial"], condition=~Q(number=""), name="archive_number_once"),
            models.CheckConstraint(
                condition=Q(number="", township="", year__isnull=True, serial__isnull=True)
                | ~Q(number="") & ~Q(township="") & Q(year__isnull=False, serial__isnull=False),
                name="archive_number_whole",
            ),
            models.CheckConstraint(condition=Q(present__lte=F("required")) & Q(complete__lte=100), name="archive_counts"),
            models.CheckConstraint(
                condition=Q(complete=100, missing__len=0) | Q(complete__lt=100, missing__len__gt=0), name="archive_whole_lacks_nothing"
            ),
            models.CheckConstraint(
                condition=Q(reviewed_on__isnull=True, reviewed_by__isnull=True) | Q(reviewed_on__isnull=False, reviewed_by__isnull=False),
                name="archive_reviewed_by_somebody",
            ),
        ]
        indexes = [
            models.Index(fields=["area", "complete", "id"], name="archive_by_complete"),
            models.Index(fields=["area", "id"], condition=Q(complete__lt=100), name="archive_incomplete"),
            models.Index(fields=["reckoned_at"], name="archive_by_reckoning"),
        ]

    def __str__(self) -> str:
        return self.number or f"{self.case_id}"


class ArchivePaper(models.Model):
    """A paper of the archive: an item of a case, filed by whom, when, where it lies; perhaps photographed. One that was taken back stays as such."""

    PLACES: ClassVar[int] = 120

    case = key(Case, related="papers")
    area = AreaField()
    item = models.CharField(max_length=20, db_collation="C")
    on_paper = models.BooleanField(default=True, help_text="纸质件已经归入；只有扫描件的不勾")
    kept_at = models.CharField(max_length=PLACES, blank=True, default="", help_text="存放在哪里")
    note = models.CharField(max_length=200, blank=True, default="")
    album = key(Album, null=True)
    filed_on = models.DateField()
    filed_by = key(User)
    filed_at = models.DateTimeField()
    taken_on = models.DateField(null=True, blank=True)
    taken_by = key(User, null=True)
    taken_why = models.CharField(max_length=200, blank=True, default="")

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["case", "item"], condition=Q(taken_on__isnull=True), name="archive_paper_once"),
            models.CheckConstraint(condition=Q(on_paper=True) | Q(album__isnull=False), name="archive_paper_is_something"),
            models.CheckConstraint(condition=Q(on_paper=False) | ~Q(kept_at=""), name="archive_paper_lies_somewhere"),
            models.CheckConstraint(
                condition=Q(taken_on__isnull=True, taken_by__isnull=True, taken_why="")
                | Q(taken_on__gte=F("filed_on"), taken_by__isnull=False) & ~Q(taken_why=""),
                name="archive_paper_taken_with_reason",
            ),
        ]
        indexes = [
            models.Index(fields=["case", "id"], name="archive_paper_of_case"),
            models.Index(fields=["album"], condition=Q(album__isnull=False), name="archive_paper_of_album"),
        ]

    def __str__(self) -> str:
        return f"{self.case_id} {self.item}"


class PaperReading(models.Model):
    """Somebody opened papers of a household as a file: what, of which household, at which level the reader stood. A reading, told there and above."""

    area = AreaField()
    seat = AreaField()
    household = key(Household)
    paper = models.CharField(max_length=20, db_collation="C")
    of = models.CharField(max_length=40, db_collation="C", help_text="改造编号或户编号")
    by = key(User)
    office = key(Organisation)
    at = models.DateTimeField()

    class Meta:
        indexes = [models.Index(fields=["household", "-id"], name="paper_reading_of_household")]

    def __str__(self) -> str:
        return f"{self.paper} {self.of}"
