"""Organisations and users."""

from django.contrib.auth.models import AbstractBaseUser, BaseUserManager
from django.db import models

from anju.accounts.roles import ROLES, Power, Role
from anju.divisions.fields import AreaField


class Organisation(models.Model):
    """An office: a department of a county, a township government, a village committee."""

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
    """A person who signs in, in one role, for one organisation; sees the organisation's area."""

    login = models.CharField(max_length=60, unique=True)
    name = models.CharField(max_length=60)
    organisation = models.ForeignKey(Organisation, on_delete=models.PROTECT, related_name="users")
    role = models.CharField(max_length=30, db_collation="C")
    is_active = models.BooleanField(default=True)
    created_at = models.DateTimeField(auto_now_add=True)

    USERNAME_FIELD = "login"
    REQUIRED_FIELDS = ["name"]

    objects = UserManager()

    class Meta:
        constraints = [models.CheckConstraint(condition=models.Q(role__in=sorted(ROLES)), name="accounts_user_role")]

    def __str__(self) -> str:
        return self.name

    @property
    def area(self) -> str:
        """The stem of the area this user may see."""
        area: str = self.organisation.area
        return area

    @property
    def as_role(self) -> Role:
        """The declared role."""
        return ROLES[self.role]

    def may(self, power: Power | str) -> bool:
        """Whether the role holds the power."""
        return Power(power) in self.as_role.powers
