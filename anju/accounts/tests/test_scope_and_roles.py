"""Who may do what, and where."""

import pytest
from django.contrib.auth import authenticate
from django.core.exceptions import ValidationError

from anju.accounts import actions
from anju.accounts.models import Organisation, User
from anju.accounts.roles import ROLES, Power
from anju.accounts.scope import scope

pytestmark = pytest.mark.django_db


def clerk(area: str, login: str, role: str = "county_clerk") -> User:
    """A user of a housing office."""
    office = actions.found(name=f"住建局 {area}", kind="housing", area=area)
    return actions.admit(login=login, name="周敏", organisation=office, role=role, password="demo-Anju-2020")


def test_a_user_sees_the_areas_below_his_own_and_no_sibling() -> None:
    for area in ("2109", "210922", "210922100", "210922100201", "210921", "21"):
        actions.found(name=area, kind="housing", area=area)
    user = clerk("210922", "zhou")
    seen = set(scope(user, Organisation.objects.all()).values_list("area", flat=True))
    assert seen == {"210922", "210922100", "210922100201"}


def test_the_nation_sees_everything() -> None:
    actions.found(name="x", kind="housing", area="53")
    user = clerk("", "ministry")
    assert scope(user, Organisation.objects.all()).count() == Organisation.objects.count()


def test_a_password_is_kept_as_argon2_and_signs_in() -> None:
    user = clerk("210922", "zhou")
    assert user.password.startswith("argon2$argon2id$")
    assert authenticate(username="zhou", password="demo-Anju-2020") == user
    assert authenticate(username="zhou", password="wrong") is None


def test_a_weak_password_is_refused() -> None:
    office = actions.found(name="x", kind="housing", area="53")
    with pytest.raises(ValidationError):
        actions.admit(login="weak", name="弱", organisation=office, role="sender", password="12345678")


@pytest.mark.parametrize(
    ("role", "power", "allowed"), [("county_clerk", Power.DECIDE, True), ("discipline", Power.DECIDE, False), ("sender", Power.LOCK, False)]
)
def test_a_role_holds_its_powers_and_no_others(role: str, power: Power, allowed: bool) -> None:
    assert clerk("210922", f"user-{role}", role).may(power) is allowed
    assert ROLES[role].title
