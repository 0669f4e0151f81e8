"""Households, persons, dwellings, and the dated facts about them (domain 3.3, 3.4, 3.6, 3.27)."""

from typing import ClassVar

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from anju.accounts.models import User
from anju.divisions.fields import AreaField
from anju.privacy import vault
from anju.privacy.fields import SecretField, only_tokens
from anju.registry.facts import Fact, Successive, is_open
from anju.vocabulary import relation
from anju.vocabulary.keygroup import OFFICE_NAMES


class Scope(models.TextChoices):
    """Whether a category names persons or whole households."""

    PERSON = "person", _("个人")
    HOUSEHOLD = "household", _("农户")


class Category(models.Model):
    """A group of households or persons that an office keeps a list of; data, so that a province may add its own.

    A household on several lists counts once, in the category with the lowest ``primary_order`` (policy; default 建档立卡 > 特困 > 低保 > 残疾).
    """

    code = models.CharField(max_length=16, primary_key=True, db_collation="C")
    name = models.CharField(max_length=60)
    short = models.CharField(max_length=20)
    name_en = models.CharField(max_length=80)
    owner = models.CharField(max_length=30, choices=sorted((code.value, name) for code, name in OFFICE_NAMES.items()))
    scope = models.CharField(max_length=10, choices=Scope)
    primary_order = models.PositiveSmallIntegerField()
    valid_from = models.DateField()
    valid_to = models.DateField(null=True, blank=True, help_text="最后一天")
    province = AreaField(help_text="只在该省使用；空为全国")
    source = models.CharField(max_length=200, blank=True, default="")

    class Meta:
        ordering = ["primary_order", "code"]
        constraints = [models.CheckConstraint(condition=Q(scope__in=Scope.values), name="category_scope")]

    def __str__(self) -> str:
        return gettext(self.name)


class Household(models.Model):
    """A farm household. Its number is given once, in the village of its enrolment, and never to another.

    ``area``, ``address``, ``closed_on``, ``merged_into`` equal its last registration and ``groups`` its open category spells:
    what pages sort and filter by. ``groups`` joins the codes by ``+`` in primary order, "" where the household is on no list.
    """

    number = models.CharField(max_length=20, db_collation="C", unique=True)
    area = AreaField()
    address = models.CharField(max_length=200, blank=True, default="")
    phone = SecretField(vault.PHONE)
    groups = models.CharField(max_length=120, db_collation="C", blank=True, default="")
    opened_on = models.DateField()
    closed_on = models.DateField(null=True, blank=True)
    merged_into = models.ForeignKey("self", null=True, blank=True, on_delete=models.PROTECT, related_name="merged_from", db_index=False)
    source = models.CharField(max_length=120, db_collation="C", blank=True, default="")

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["source"], condition=~Q(source=""), name="household_once_per_source"),
            models.CheckConstraint(condition=Q(number__regex=r"^[0-9]{12}-[0-9]{4,}$"), name="household_number_form"),
            only_tokens("phone", name="household_phone_sealed"),
            models.CheckConstraint(condition=Q(merged_into__isnull=True) | Q(closed_on__isnull=False), name="household_merged_is_closed"),
            models.CheckConstraint(
                condition=Q(merged_into__isnull=True) | ~Q(merged_into=models.F("id")), name="household_not_into_itself"
            ),
        ]
        indexes = [
            models.Index(fields=["area", "number"], name="household_of_area"),
            models.Index(fields=["opened_on", "number"], name="household_opened"),
            models.Index(fields=["groups", "area", "number"], condition=Q(closed_on__isnull=True), name="household_of_groups"),
            models.Index(fields=["merged_into"], condition=Q(merged_into__isnull=False), name="household_merged"),
        ]

    def __str__(self) -> str:
        return self.number


class NumberSeries(models.Model):
    """The last serial given in a village; its row is the lock under which numbers are given."""

    village = models.CharField(max_length=12, db_collation="C", primary_key=True, help_text="编号时的村代码，以后不随区划变更")
    last = models.PositiveIntegerField()


class Particulars(models.Model):
    """What identifies and describes a person (domain 3.3); of numbers their tokens."""

    name = models.CharField(max_length=60, db_collation="C")
    id_number = SecretField(vault.ID)
    id_conflict = models.BooleanField(default=False, help_text="该号码登记在另一人名下")
    sex = models.CharField(max_length=1, db_collation="C", blank=True, default="")
    birth_date = models.DateField(null=True, blank=True)
    birth_precision = models.CharField(max_length=5, db_collation="C", blank=True, default="")
    ethnic = models.CharField(max_length=20, blank=True, default="")
    phone = SecretField(vault.PHONE)
    disability_kind = models.CharField(max_length=20, blank=True, default="")
    disability_level = models.PositiveSmallIntegerField(null=True, blank=True)
    disability_cert = SecretField(vault.CERT)
    alive = models.BooleanField(default=True)
    death_date = models.DateField(null=True, blank=True)

    FIELDS: ClassVar[tuple[str, ...]] = (
        *("name", "id_number", "id_conflict", "sex", "birth_date", "birth_precision", "ethnic", "phone"),
        *("disability_kind", "disability_level", "disability_cert", "alive", "death_date"),
    )

    class Meta:
        abstract = True


class Person(Particulars):
    """A person, as known now since ``recorded_at``; ``FormerParticulars`` keeps what was known before.

    A valid identity number names one person. Where a list gives it to a second one, that person is kept with
    ``id_conflict`` set until somebody finds out whose it is.
    """

    area = AreaField()
    recorded_at = models.DateTimeField()
    source = models.CharField(max_length=120, db_collation="C", blank=True, default="")

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["id_number"], condition=~Q(id_number="") & Q(id_conflict=False), name="person_once_per_id_number"
            ),
            models.UniqueConstraint(fields=["source"], condition=~Q(source=""), name="person_once_per_source"),
            only_tokens("id_number", "phone", "disability_cert", name="person_numbers_sealed"),
            models.CheckConstraint(condition=Q(id_conflict=False) | ~Q(id_number=""), name="person_conflict_has_number"),
            models.CheckConstraint(condition=Q(sex__in=["", "1", "2"]), name="person_sex"),
            models.CheckConstraint(
                condition=Q(birth_date__isnull=True, birth_precision="")
                | Q(birth_date__isnull=False, birth_precision__in=["day", "month", "year"]),
                name="person_birth_precision",
            ),
            models.CheckConstraint(condition=Q(death_date__isnull=True) | Q(alive=False), name="person_dead_has_date"),
            models.CheckConstraint(
                condition=Q(disability_level__isnull=True) | Q(disability_level__range=(1, 4)), name="person_disability_level"
            ),
            models.CheckConstraint(condition=~Q(name=""), name="person_named"),
        ]
        indexes = [
            models.Index(fields=["id_number"], condition=Q(id_conflict=True), name="person_id_conflict"),
        ]

    def __str__(self) -> str:
        return self.name


class FormerParticulars(Particulars):
    """A person's particulars as they were known from ``recorded_at`` until ``superseded_at``."""

    person = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="former")
    area = AreaField()
    recorded_at = models.DateTimeField()
    superseded_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(superseded_at__gte=models.F("recorded_at")), name="former_moments_in_order"),
            only_tokens("id_number", "phone", "disability_cert", name="former_numbers_sealed"),
        ]


class Registration(Fact):
    """A household stood on the register in this area, at this address; the last one says how it ended."""

    class Ending(models.TextChoices):
        """Why a registration ended."""

        MOVED = "moved", _("迁移")
        MERGED = "merged", _("并户")
        CLOSED = "closed", _("销户")

    household = models.ForeignKey(Household, on_delete=models.PROTECT, related_name="registrations", db_index=False)
    address = models.CharField(max_length=200, blank=True, default="")
    ending = models.CharField(max_length=10, blank=True, default="", choices=Ending)
    merged_into = models.ForeignKey(Household, null=True, blank=True, on_delete=models.PROTECT, related_name="+", db_index=False)

    class Meta(Fact.Meta):
        constraints = [
            *Fact.Meta.constraints,
            models.UniqueConstraint(fields=["household"], condition=is_open(), name="registration_once_open"),
        ]
        indexes = [
            models.Index(fields=["household", "valid_from"], name="registration_of_household"),
            models.Index(fields=["area", "household"], name="registration_of_area"),
        ]


class Membership(Fact):
    """A person belonged to a household, in this relation to its head (GB/T 4761)."""

    person = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="memberships", db_index=False)
    household = models.ForeignKey(Household, on_delete=models.PROTECT, related_name="memberships", db_index=False)
    relation = models.CharField(max_length=2, db_collation="C")

    class Meta(Fact.Meta):
        constraints = [
            *Fact.Meta.constraints,
            models.UniqueConstraint(fields=["person"], condition=is_open(), name="membership_one_household"),
            models.UniqueConstraint(fields=["household"], condition=is_open() & Q(relation=relation.HEAD), name="membership_one_head"),
            models.CheckConstraint(condition=Q(relation__in=sorted(relation.NAMES)), name="membership_relation"),
        ]
        indexes = [
            models.Index(fields=["household", "valid_from"], name="membership_of_household"),
            models.Index(fields=["person", "valid_from"], name="membership_of_person"),
        ]

    @property
    def is_head(self) -> bool:
        """Whether this person was the head 户主."""
        return self.relation == relation.HEAD


class Belonging(Fact):
    """A person or a household stood in a category; ``source`` is the list's row that says so."""

    category = models.ForeignKey(Category, on_delete=models.PROTECT, related_name="belongings", db_index=False)
    household = models.ForeignKey(Household, null=True, blank=True, on_delete=models.PROTECT, related_name="belongings", db_index=False)
    person = models.ForeignKey(Person, null=True, blank=True, on_delete=models.PROTECT, related_name="belongings", db_index=False)

    class Meta(Fact.Meta):
        constraints = [
            *Fact.Meta.constraints,
            models.CheckConstraint(condition=Q(household__isnull=True) ^ Q(person__isnull=True), name="belonging_to_one"),
            models.UniqueConstraint(
                fields=["household", "category"], condition=is_open() & Q(household__isnull=False), name="belonging_household_once_open"
            ),
            models.UniqueConstraint(
                fields=["person", "category"], condition=is_open() & Q(person__isnull=False), name="belonging_person_once_open"
            ),
        ]
        indexes = [
            models.Index(fields=["household", "category"], condition=Q(household__isnull=False), name="belonging_of_household"),
            models.Index(fields=["person", "category"], condition=Q(person__isnull=False), name="belonging_of_person"),
            models.Index(fields=["category", "area"], name="belonging_of_category"),
        ]


class Dwelling(models.Model):
    """A house. What it is like is told by its dated ``DwellingState``; a rebuilt house is another one that ``replaces`` it."""

    number = models.CharField(max_length=24, db_collation="C", unique=True)
    area = AreaField()
    replaces = models.ForeignKey("self", null=True, blank=True, on_delete=models.PROTECT, related_name="replaced_by")
    source = models.CharField(max_length=120, db_collation="C", blank=True, default="")

    class Meta:
        constraints = [models.UniqueConstraint(fields=["source"], condition=~Q(source=""), name="dwelling_once_per_source")]
        indexes = [models.Index(fields=["area", "number"], name="dwelling_of_area")]

    def __str__(self) -> str:
        return self.number


class DwellingState(Fact):
    """What a house was like (domain 3.6)."""

    class Structure(models.TextChoices):
        """STRUCT."""

        EARTH_TIMBER = "earth_timber", _("土木")
        BRICK_TIMBER = "brick_timber", _("砖木")
        BRICK_EARTH = "brick_earth", _("砖土混杂")
        TIMBER = "timber", _("木结构")
        STONE_TIMBER = "stone_timber", _("石木")
        BRICK_CONCRETE = "brick_concrete", _("砖混")
        STONE = "stone", _("石结构")
        CAVE = "cave", _("窑洞")
        RAW_EARTH = "raw_earth", _("生土")
        FRAME = "frame", _("框架/混凝土")
        STEEL = "steel", _("钢结构")
        OTHER = "other", _("其他")

    class Status(models.TextChoices):
        """Whether the house stands and is used."""

        USED = "used", _("在用")
        EMPTY = "empty", _("空置")
        DEMOLISHED = "demolished", _("已拆除")
        LOST = "lost", _("灭失")

    dwelling = models.ForeignKey(Dwelling, on_delete=models.PROTECT, related_name="states")
    address = models.CharField(max_length=200, blank=True, default="")
    lng = models.DecimalField(max_digits=10, decimal_places=6, null=True, blank=True)
    lat = models.DecimalField(max_digits=10, decimal_places=6, null=True, blank=True)
    coordinates = models.CharField(max_length=10, blank=True, default="", help_text="WGS84、CGCS2000、GCJ02")
    is_only = models.BooleanField(null=True, help_text="唯一住房")
    homestead_no = models.CharField(max_length=40, blank=True, default="")
    year_built = models.PositiveSmallIntegerField(null=True, blank=True)
    structure = models.CharField(max_length=20, blank=True, default="", choices=Structure)
    storeys = models.PositiveSmallIntegerField(null=True, blank=True)
    bays = models.PositiveSmallIntegerField(null=True, blank=True, help_text="间数")
    main_area = models.DecimalField(max_digits=8, decimal_places=2, null=True, blank=True, help_text="平方米")
    auxiliary_area = models.DecimalField(max_digits=8, decimal_places=2, null=True, blank=True, help_text="平方米")
    more = models.JSONField(default=dict, blank=True, help_text="墙体、屋面、场地等鉴定时才细看的项目")
    status = models.CharField(max_length=12, choices=Status, default=Status.USED)

    class Meta(Fact.Meta):
        constraints = [
            *Fact.Meta.constraints,
            models.UniqueConstraint(fields=["dwelling"], condition=is_open(), name="dwelling_state_once_open"),
            models.CheckConstraint(condition=Q(status__in=["used", "empty", "demolished", "lost"]), name="dwelling_state_status"),
        ]


class Occupancy(Fact):
    """How a household stood to a house: 危房不住人 is a question about who lives in it, not about who owns it."""

    class Kind(models.TextChoices):
        """居住关系."""

        OWN = "own", _("自有")
        LIVE = "live", _("居住")
        RENT = "rent", _("租住")
        BORROW = "borrow", _("借住")
        TRANSITIONAL = "transitional", _("过渡")

    household = models.ForeignKey(Household, on_delete=models.PROTECT, related_name="occupancies")
    dwelling = models.ForeignKey(Dwelling, on_delete=models.PROTECT, related_name="occupancies")
    kind = models.CharField(max_length=12, choices=Kind)

    class Meta(Fact.Meta):
        constraints = [
            *Fact.Meta.constraints,
            models.UniqueConstraint(fields=["household", "dwelling", "kind"], condition=is_open(), name="occupancy_once_open"),
            models.CheckConstraint(condition=Q(kind__in=["own", "live", "rent", "borrow", "transitional"]), name="occupancy_kind"),
        ]


class DatedFlag(Fact):
    """Something that holds of a person or a household for a time and that policy asks about (domain 3.27)."""

    class Flag(models.TextChoices):
        """标记."""

        DOUBLE_NONE = "double_none", _("双无")
        NO_SELF_FUND = "no_self_fund", _("无自筹能力")
        BRAVE_ACT = "brave_act", _("见义勇为")
        RETIRED_DISABLED_SOLDIER = "retired_disabled_soldier", _("伤残退役军人")
        MARTYRS_FAMILY = "martyrs_family", _("烈属")
        BORDER_LINE = "border_line", _("边境一线")
        PETITIONER = "petitioner", _("信访户")
        PUBLIC_EMPLOYEE = "public_employee", _("国家公职人员")
        VILLAGE_CADRE = "village_cadre", _("村干部")
        CADRE_RELATION = "cadre_relation", _("与干部关系申报")

    household = models.ForeignKey(Household, null=True, blank=True, on_delete=models.PROTECT, related_name="flags")
    person = models.ForeignKey(Person, null=True, blank=True, on_delete=models.PROTECT, related_name="flags")
    flag = models.CharField(max_length=30, db_collation="C", choices=Flag)
    note = models.CharField(max_length=200, blank=True, default="")

    class Meta(Fact.Meta):
        constraints = [
            *Fact.Meta.constraints,
            models.CheckConstraint(condition=Q(household__isnull=True) ^ Q(person__isnull=True), name="flag_of_one"),
            models.UniqueConstraint(
                fields=["household", "flag"], condition=is_open() & Q(household__isnull=False), name="flag_household_once_open"
            ),
            models.UniqueConstraint(fields=["person", "flag"], condition=is_open() & Q(person__isnull=False), name="flag_person_once_open"),
        ]


class PastSupport(models.Model):
    """A subsidised work of earlier years, from the housing ledger: "once only" needs it (domain 3.27). Money in fen."""

    household = models.ForeignKey(Household, null=True, blank=True, on_delete=models.PROTECT, related_name="past_supports")
    person = models.ForeignKey(Person, null=True, blank=True, on_delete=models.PROTECT, related_name="past_supports")
    area = AreaField()
    year = models.PositiveSmallIntegerField()
    kind = models.CharField(max_length=40)
    amount = models.BigIntegerField(null=True, blank=True, help_text="分")
    recorded_at = models.DateTimeField()
    superseded_at = models.DateTimeField(null=True, blank=True)
    source = models.CharField(max_length=120, db_collation="C", blank=True, default="")

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(household__isnull=False) | Q(person__isnull=False), name="support_of_someone"),
            models.CheckConstraint(condition=Q(year__range=(1978, 2100)), name="support_year"),
            models.CheckConstraint(condition=Q(amount__isnull=True) | Q(amount__gte=0), name="support_amount"),
            models.UniqueConstraint(
                fields=["source"], condition=~Q(source="") & Q(superseded_at__isnull=True), name="support_once_per_source"
            ),
        ]


class Leaving(models.TextChoices):
    """Why somebody stopped being a member."""

    DIED = "died", _("死亡")
    MARRIED_OUT = "married_out", _("婚嫁迁出")
    MOVED_OUT = "moved_out", _("迁出")
    OTHER = "other", _("其他原因")


class NameToken(models.Model):
    """A way to find a person by typing: a part of the name, its pinyin, its initials. Found by equality only, so row-level
    security lets the index serve it; written with the person, removed by the name it was made of."""

    pk = models.CompositePrimaryKey("token", "area", "person_id")
    token = models.CharField(max_length=60, db_collation="C")
    area = AreaField()
    person = models.ForeignKey(Person, on_delete=models.DO_NOTHING, related_name="tokens", db_constraint=False, db_index=False)


class Change(models.Model):
    """Something happened to a household or to a member: one line of its timeline, never edited (a trigger refuses).

    What touches several households writes one line for each; ``main`` names the line that keeps, in ``detail``, which facts were
    written and which superseded, so that it can be reversed. No names or numbers in ``detail``: persons by their key.
    """

    class Kind(models.TextChoices):
        """What happened."""

        ENROLLED = "enrolled", _("建户入册")
        CLOSED = "closed", _("销户")
        HEAD_CHANGED = "head_changed", _("户主变更")
        SPLIT = "split", _("分出新户")
        SPLIT_OFF = "split_off", _("分户成立")
        MERGED = "merged", _("并入他户")
        ABSORBED = "absorbed", _("他户并入")
        MOVED = "moved", _("迁移")
        MEMBER_JOINED = "member_joined", _("成员加入")
        MEMBER_LEFT = "member_left", _("成员减少")
        CATEGORY_GAINED = "category_gained", _("纳入类别")
        CATEGORY_LOST = "category_lost", _("退出类别")
        CORRECTED = "corrected", _("信息更正")
        FILLED = "filled", _("信息补全")
        FLAGGED = "flagged", _("加注标记")
        FLAG_ENDED = "flag_ended", _("取消标记")
        DWELLING_RECORDED = "dwelling_recorded", _("房屋登记")
        HOUSED = "housed", _("入住登记")
        VACATED = "vacated", _("搬离登记")
        SUPPORTED = "supported", _("既往补助登记")
        UNDONE = "undone", _("撤销")

    household = models.ForeignKey(Household, on_delete=models.PROTECT, related_name="changes", db_index=False)
    area = AreaField()
    kind = models.CharField(max_length=20, choices=Kind)
    on = models.DateField()
    recorded_at = models.DateTimeField()
    by = models.ForeignKey(User, null=True, blank=True, on_delete=models.PROTECT, related_name="+", db_index=False)
    detail = models.JSONField(default=dict)
    source = models.CharField(max_length=120, db_collation="C", blank=True, default="")
    main = models.ForeignKey("self", null=True, blank=True, on_delete=models.PROTECT, related_name="others", db_index=False)
    reverses = models.ForeignKey("self", null=True, blank=True, on_delete=models.PROTECT, related_name="reversed_by", db_index=False)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["reverses"], condition=Q(reverses__isnull=False), name="change_reversed_once")]
        indexes = [
            models.Index(fields=["household", "recorded_at"], name="change_of_household"),
            models.Index(fields=["main"], condition=Q(main__isnull=False), name="change_of_main"),
        ]


class HouseholdCard(Successive):
    """The bank card (一卡通) to which a household's subsidies are paid. Its holder is the head (V11); a new card takes the former's place, which stays known.

    ``renew``: the head is another one by now, so that a card of theirs is needed before the next payment. The database keeps it as heads change.
    """

    household = models.ForeignKey(Household, on_delete=models.PROTECT, related_name="cards", db_index=False)
    holder = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="+", db_index=False)
    card_no = SecretField(vault.CARD)
    bank = models.CharField(max_length=40)
    renew = models.BooleanField(default=False, help_text="户主已变更，要换成新户主的卡")
    by = models.ForeignKey(User, null=True, blank=True, on_delete=models.PROTECT, related_name="+", db_index=False)
    ended_reason = models.CharField(max_length=200, blank=True, default="")

    class Meta(Successive.Meta):
        constraints = [
            *Successive.Meta.constraints,
            only_tokens("card_no", name="card_number_sealed"),
            models.CheckConstraint(condition=~Q(card_no=""), name="card_has_its_number"),
            models.CheckConstraint(condition=~Q(bank=""), name="card_names_its_bank"),
            models.UniqueConstraint(fields=["household"], condition=is_open(), name="card_one_open"),
            models.UniqueConstraint(fields=["card_no"], condition=is_open(), name="card_of_one_household"),
        ]
        indexes = [
            models.Index(fields=["household", "valid_from"], name="card_of_household"),
            models.Index(fields=["area", "household"], condition=is_open() & Q(renew=True), name="card_to_renew"),
        ]
