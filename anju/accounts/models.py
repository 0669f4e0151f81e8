"""Organisations, users, and the grants that say who may do what, where and when."""

from datetime import date
from functools import cached_property
from typing import ClassVar

from django.contrib.auth.models import AbstractBaseUser, BaseUserManager
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from anju import clock
from anju.accounts.roles import ROLES, Power, Role
from anju.accounts.signing_in import models as door
from anju.divisions.fields import AreaField
from anju.vocabulary.division import NOWHERE


class Organisation(models.Model):
    """An office: a department of a county, a township government, a village committee, a firm that appraises."""

    name = models.CharField(max_length=100)
    kind = models.CharField(max_length=40, db_collation="C")
    area = AreaField()
    parent = models.ForeignKey("self", null=True, blank=True, on_delete=models.PROTECT, related_name="children")

    class Meta:
        constraints = [models.UniqueConstraint(fields=["area", "name"], name="accounts_organisation_once")]

    def __str__(self) -> str:
        return self.name


class UserManager(BaseUserManager["User"]):
    """Makes users by login name."""

    def get_by_natural_key(self, username: str | None) -> "User":
        return self.get(login=username)


class User(AbstractBaseUser):
    """A person who signs in. What they may do and see is what the grant says in which they act; without one in force, nothing."""

    login = models.CharField(max_length=60, unique=True)
    name = models.CharField(max_length=60)
    organisation = models.ForeignKey(Organisation, on_delete=models.PROTECT, related_name="users")
    is_active = models.BooleanField(default=True)
    created_at = models.DateTimeField(auto_now_add=True)

    USERNAME_FIELD = "login"
    REQUIRED_FIELDS: ClassVar[list[str]] = ["name"]

    objects = UserManager()

    def __str__(self) -> str:
        return self.name

    def act_in(self, grant: "Grant | None") -> None:
        """From now on, on this object, the person acts in this grant of theirs."""
        self.__dict__["_acting"] = grant

    @property
    def acting(self) -> "Grant | None":
        """The grant in which the person acts: the one chosen, else the earliest in force."""
        if "_acting" not in self.__dict__:
            self.act_in(self.grants_in_force().first())
        found: Grant | None = self.__dict__["_acting"]
        return found

    def grants_in_force(self) -> "models.QuerySet[Grant]":
        """The person's grants that hold today, in the order they were given; none for an account that was closed."""
        held = Grant.objects.filter(in_force(), user=self).order_by("id")
        return held if self.is_active else held.none()

    @cached_property
    def held(self) -> "list[Grant]":
        """The grants in force when this object was first asked for them: what a request goes by from its beginning to its end."""
        return list(self.grants_in_force())

    @property
    def area(self) -> str:
        """The stem of the area this person may see."""
        return self.acting.area if self.acting else NOWHERE

    @property
    def role(self) -> str:
        """The code of the role in which the person acts; "" where no grant is in force."""
        return self.acting.role if self.acting else ""

    @property
    def as_role(self) -> Role | None:
        """The declared role."""
        return ROLES.get(self.role)

    @property
    def role_title(self) -> str:
        """The role as the office says it, for a refusal: "" where no grant is in force."""
        return self.as_role.title if self.as_role else ""

    def may(self, power: Power | str) -> bool:
        """Whether the role in which the person acts holds the power."""
        role = self.as_role
        return role is not None and Power(power) in role.powers


class Grant(models.Model):
    """A right given: this person, in this role, in this area (or for the records named), from a day to a day, by whom and why.

    It is ended, never deleted or rewritten. The database keeps the three administrators apart and the last of each in place.
    """

    user = models.ForeignKey(User, on_delete=models.PROTECT, related_name="grants")
    role = models.CharField(max_length=30, db_collation="C")
    area = AreaField()
    valid_from = models.DateField()
    valid_to = models.DateField(null=True, blank=True, help_text=_("最后一天；空为长期"))
    given_by = models.ForeignKey(User, null=True, blank=True, on_delete=models.PROTECT, related_name="+", db_index=False)
    given_at = models.DateTimeField(auto_now_add=True)
    reason = models.CharField(max_length=200, blank=True, default="")
    ended_by = models.ForeignKey(User, null=True, blank=True, on_delete=models.PROTECT, related_name="+", db_index=False)
    ended_at = models.DateTimeField(null=True, blank=True)
    ended_why = models.CharField(max_length=200, blank=True, default="")

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(role__in=sorted(ROLES)), name="accounts_grant_role"),
            models.CheckConstraint(condition=Q(valid_to__isnull=True) | Q(valid_to__gte=F("valid_from")), name="accounts_grant_days"),
            models.CheckConstraint(condition=Q(ended_by__isnull=True) | Q(ended_at__isnull=False), name="accounts_grant_ended"),
            models.UniqueConstraint(
                fields=["user", "role", "area"],
                condition=Q(ended_at__isnull=True, valid_to__isnull=True),
                name="accounts_grant_once_open",
            ),
        ]
        indexes = [models.Index(fields=["role", "area"], name="accounts_grant_of_role")]

    def __str__(self) -> str:
        return f"{ROLES[self.role].title} {self.area}"

    @property
    def as_role(self) -> Role:
        """The declared role."""
        return ROLES[self.role]


class NamedRecord(models.Model):
    """A record a third party's grant is for: a household by its number, a round or a sample by its key."""

    class Kind(models.TextChoices):
        """What is named."""

        HOUSEHOLD = "household", _("农户")
        ROUND = "round", _("轮次")
        SAMPLE = "sample", _("样本")

    grant = models.ForeignKey(Grant, on_delete=models.CASCADE, related_name="named", db_index=False)
    kind = models.CharField(max_length=10, choices=Kind, db_collation="C")
    key = models.CharField(max_length=40, db_collation="C")

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["grant", "kind", "key"], name="accounts_named_once"),
            models.CheckConstraint(condition=Q(kind__in=["household", "round", "sample"]), name="accounts_named_kind"),
        ]

    def __str__(self) -> str:
        return self.key


def in_force(on: date | None = None) -> Q:
    """Grants that hold on a day (today)."""
    day = on or clock.today()
    return Q(ended_at__isnull=True, valid_from__lte=day) & (Q(valid_to__isnull=True) | Q(valid_to__gte=day))


# The door's tables are kept in a file of their own; Django looks for them here.
LoginLock, PastPassword, PasswordState = door.LoginLock, door.PastPassword, door.PasswordState
RecoveryCode, SecondFactor, SignedInSession = door.RecoveryCode, door.SecondFactor, door.SignedInSession
SignIn, SourceDelay = door.SignIn, door.SourceDelay
