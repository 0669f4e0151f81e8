"""The division tree, what happened to it, and what is said of a place in a year."""

from datetime import date

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from anju.divisions.fields import AreaField
from anju.vocabulary import division
from anju.vocabulary.division import LEVEL_NAMES, Level


class UrbanRural(models.TextChoices):
    """The statistics bureau's urban–rural class of a village (domain 3.1)."""

    CENTRE = "111", _("主城区")
    FRINGE = "112", _("城乡结合区")
    TOWN_CENTRE = "121", _("镇中心区")
    TOWN_FRINGE = "122", _("镇乡结合区")
    SPECIAL = "123", _("特殊区域")
    TOWNSHIP_CENTRE = "210", _("乡中心区")
    VILLAGE = "220", _("村庄")


class Division(models.Model):
    """One place 行政区划 under one code. A place that gets another code is another row, tied to this one by a succession.

    ``code`` is the stem; everything below the place has it as prefix. A day lies in ``valid_from <= day < valid_to``; an empty
    ``valid_from`` means "since before the records", an empty ``valid_to`` "still". A code entered by mistake has both equal.
    """

    code = models.CharField(max_length=15, primary_key=True, db_collation="C")
    parent = models.ForeignKey("self", null=True, on_delete=models.PROTECT, related_name="children", db_index=False)
    level = models.PositiveSmallIntegerField(choices=[(level.value, name) for level, name in LEVEL_NAMES.items()])
    name = models.CharField(max_length=120, help_text=_("区划表中的名称，如：程沟村委会"))
    short_name = models.CharField(max_length=120, help_text=_("地址中的写法，如：程沟村"))
    full_name = models.CharField(max_length=300, help_text=_("从省写起，如：辽宁省阜新市彰武县大冷镇程沟村"))
    core = models.CharField(max_length=120, db_collation="C", help_text=_("各种写法共有的部分，如：程沟"))
    pinyin = models.CharField(max_length=240, db_collation="C", blank=True)
    initials = models.CharField(max_length=60, db_collation="C", blank=True)
    number = models.PositiveSmallIntegerField(null=True, help_text=_("村民小组的序号；有名无号的小组为空"))
    urban_rural = models.CharField(max_length=3, choices=UrbanRural.choices, blank=True, default="")
    valid_from = models.DateField(null=True)
    valid_to = models.DateField(null=True)
    state_on = models.DateField(null=True, help_text=_("来源表的截止日期；本地增加的为空"))
    opened_by = models.ForeignKey("DivisionChange", null=True, on_delete=models.PROTECT, related_name="opened", db_index=False)
    closed_by = models.ForeignKey("DivisionChange", null=True, on_delete=models.PROTECT, related_name="closed", db_index=False)

    class Meta:
        ordering = ["code"]
        indexes = [
            models.Index(fields=["parent"], name="divisions_division_parent"),
            models.Index(fields=["core"], name="divisions_division_core"),
            models.Index(fields=["opened_by"], name="divisions_division_opened", condition=Q(opened_by__isnull=False)),
            models.Index(fields=["closed_by"], name="divisions_division_closed", condition=Q(closed_by__isnull=False)),
            models.Index(fields=["pinyin"], name="divisions_division_pinyin"),
            models.Index(fields=["initials"], name="divisions_division_initials"),
        ]
        constraints = [
            # Two digits never begin with 9, three always do, so that no group's code is the prefix of another's.
            models.CheckConstraint(
                condition=Q(code__regex=r"^(\d{2}|\d{4}|\d{6}|\d{9}|\d{12}|\d{12}[0-8]\d|\d{12}9\d\d)$"), name="divisions_division_code"
            ),
            models.CheckConstraint(condition=Q(parent=None) | Q(code__startswith=F("parent_id")), name="divisions_division_below_parent"),
            models.CheckConstraint(
                condition=Q(valid_to=None) | Q(valid_from=None) | Q(valid_to__gte=F("valid_from")), name="divisions_division_days"
            ),
        ]

    def __str__(self) -> str:
        return self.full_name

    @property
    def printed_code(self) -> str:
        """The code as tables print it, 12 digits or more."""
        return division.full(self.code)

    @property
    def as_level(self) -> Level:
        """The level as the vocabulary's enumeration."""
        return Level(self.level)

    def is_valid(self, on: date) -> bool:
        """Whether the place existed under this code on that day."""
        return (self.valid_from is None or self.valid_from <= on) and (self.valid_to is None or on < self.valid_to)


class FormerName(models.Model):
    """A name the place had under the same code until a day; ``change`` is the renaming."""

    division = models.ForeignKey(Division, on_delete=models.PROTECT, related_name="former_names")
    change = models.ForeignKey("DivisionChange", on_delete=models.PROTECT, related_name="names")
    name = models.CharField(max_length=120)
    until = models.DateField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["division", "change"], name="divisions_formername_once")]

    def __str__(self) -> str:
        return self.name


class Tag(models.TextChoices):
    """What a county is called in a programme's year (domain 3.1 COUNTY_TAG; S0-01…04)."""

    KEY_COUNTY = "key_county", _("国家扶贫开发重点县")
    CONTIGUOUS_AREA = "contiguous_area", _("集中连片特困区")
    DEEP_POVERTY = "deep_poverty", _("深度贫困县")
    TO_BE_LIFTED = "to_be_lifted", _("拟脱贫摘帽县")
    LIFTED = "lifted", _("已摘帽县")
    REVITALISATION = "revitalisation", _("国家乡村振兴重点帮扶县")
    NOT_POOR = "not_poor", _("非贫困县")


class DivisionTag(models.Model):
    """One tag of one place in one year, with the list it stands on. A tag belongs to the code of its year and isn't recoded."""

    division = models.ForeignKey(Division, on_delete=models.PROTECT, related_name="tags")
    tag = models.CharField(max_length=20, choices=Tag.choices, db_collation="C")
    year = models.PositiveSmallIntegerField()
    document = models.CharField(max_length=120, blank=True, default="")

    class Meta:
        constraints = [models.UniqueConstraint(fields=["division", "year", "tag"], name="divisions_divisiontag_once")]
        indexes = [models.Index(fields=["tag", "year"], name="divisions_divisiontag_year")]

    def __str__(self) -> str:
        return f"{self.year} {self.get_tag_display()}"


class Intensity(models.TextChoices):
    """Seismic fortification intensity, 7.5 and 8.5 being the 0.15 g and 0.30 g steps (domain 3.1)."""

    SIX = "6", _("6度（0.05g）")
    SEVEN = "7", _("7度（0.10g）")
    SEVEN_HALF = "7.5", _("7度（0.15g）")
    EIGHT = "8", _("8度（0.20g）")
    EIGHT_HALF = "8.5", _("8度（0.30g）")
    NINE = "9", _("9度（0.40g）")


class SeismicIntensity(models.Model):
    """抗震设防烈度 of a place by one edition of the national map; places below inherit it unless they have their own."""

    division = models.ForeignKey(Division, on_delete=models.PROTECT, related_name="seismic_intensities")
    intensity = models.CharField(max_length=3, choices=Intensity.choices, db_collation="C")
    design_group = models.PositiveSmallIntegerField(default=1, help_text=_("设计地震分组：1、2、3"))
    source = models.CharField(max_length=120, help_text=_("依据，如：GB 18306-2015"))
    valid_from = models.DateField()
    valid_to = models.DateField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["division", "valid_from"], name="divisions_seismic_once"),
            models.UniqueConstraint(fields=["division"], condition=Q(valid_to=None), name="divisions_seismic_one_open"),
            models.CheckConstraint(condition=Q(intensity__in=["6", "7", "7.5", "8", "8.5", "9"]), name="divisions_seismic_value"),
            models.CheckConstraint(condition=Q(design_group__in=[1, 2, 3]), name="divisions_seismic_group"),
            models.CheckConstraint(condition=Q(valid_to=None) | Q(valid_to__gt=F("valid_from")), name="divisions_seismic_days"),
        ]

    def __str__(self) -> str:
        return self.get_intensity_display()


class ChangeKind(models.TextChoices):
    """What can happen to places."""

    MERGED = "merged", _("合并")
    SPLIT = "split", _("拆分")
    RENAMED = "renamed", _("更名")
    MOVED = "moved", _("隶属或代码变更")


class DivisionChange(models.Model):
    """One decision on places 区划变更, on the day it takes effect. ``reverses`` undoes an entry made by mistake."""

    kind = models.CharField(max_length=10, choices=ChangeKind.choices, db_collation="C")
    on = models.DateField()
    document = models.CharField(max_length=120, blank=True, default="", help_text=_("批复文号"))
    note = models.TextField(blank=True, default="")
    reverses = models.OneToOneField("self", null=True, on_delete=models.PROTECT, related_name="reversal")
    recorded_at = models.DateTimeField()
    recorded_by = models.CharField(max_length=60, blank=True, default="")

    class Meta:
        ordering = ["on", "id"]

    def __str__(self) -> str:
        return f"{self.on} {self.get_kind_display()}"


class Succession(models.Model):
    """After the change, what was under ``old`` is (also) under ``new``: many to many. ``named`` pairs are those the decision names;
    the others follow from it for the places below."""

    change = models.ForeignKey(DivisionChange, on_delete=models.PROTECT, related_name="successions")
    old = models.ForeignKey(Division, on_delete=models.PROTECT, related_name="successors")
    new = models.ForeignKey(Division, on_delete=models.PROTECT, related_name="predecessors")
    named = models.BooleanField(default=False)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["change", "old", "new"], name="divisions_succession_once")]

    def __str__(self) -> str:
        return f"{self.old_id} → {self.new_id}"


class Recoded(models.Model):
    """Which rows of a table a change took from one code to another: what is needed to take them back."""

    change = models.ForeignKey(DivisionChange, on_delete=models.PROTECT, related_name="recoded")
    table = models.CharField(max_length=80, db_collation="C", help_text=_("app.Model"))
    column = models.CharField(max_length=60, db_collation="C")
    old = AreaField(follows=False)
    new = AreaField(follows=False)
    keys = ArrayField(models.TextField())
    size = models.PositiveIntegerField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["change", "table", "column", "old", "new"], name="divisions_recoded_once")]

    def __str__(self) -> str:
        return f"{self.table}.{self.column} {self.old} → {self.new}: {self.size}"


class DivisionLoad(models.Model):
    """One loading of the national table that added places."""

    source = models.CharField(max_length=120)
    prefixes = ArrayField(models.CharField(max_length=15))
    added = models.PositiveIntegerField()
    recorded_at = models.DateTimeField()
    recorded_by = models.CharField(max_length=60, blank=True, default="")

    def __str__(self) -> str:
        return f"{self.source}: {self.added}"
