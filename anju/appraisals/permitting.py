"""What every action on appraisals asks first."""

from collections.abc import Iterable
from datetime import date

from django.utils.translation import gettext as _

from anju.accounts import permitting
from anju.accounts.models import User
from anju.accounts.roles import Power
from anju.appraisals import rules
from anju.appraisals.models import Round
from anju.refusing import Refused
from anju.registry.models import Household


def allow(by: User, power: Power, area: str) -> None:
    """Refused where the role doesn't hold the power or the place lies outside the area of the person's grant."""
    permitting.allow(by, power, area, rules.ROLE)


def day_of(on: date | None) -> date:
    """The day of an act: today where none is given. What hasn't happened yet is refused."""
    return permitting.day_of(on, rules.DAY)


def standing(household: Household) -> Household:
    """The household, locked until the end of the transaction; refused where it is closed."""
    row = Household.objects.select_for_update(no_key=True).get(pk=household.pk)
    on_register(row)
    return row


def on_register(household: Household) -> None:
    """Refused where the household is closed."""
    if household.closed_on is not None:
        raise Refused(
            rules.HOUSE, _("户 %(number)s 已于 %(on)s 销户，不能再登记") % {"number": household.number, "on": household.closed_on}
        )


def locked(households: Iterable[int]) -> dict[int, Household]:
    """Many households by their key, locked in the order of their keys until the end of the transaction."""
    rows = Household.objects.select_for_update(no_key=True).filter(pk__in=set(households)).order_by("pk")
    return {row.pk: row for row in rows}


def held(rounds: Iterable[int]) -> dict[int, Round]:
    """Rounds by their key, as they stand: until the end of the transaction nobody closes one. Households are locked first."""
    found = Round.objects.raw("SELECT * FROM appraisals_round WHERE id = ANY(%s) ORDER BY id FOR SHARE", [sorted(set(rounds))])
    return {row.pk: row for row in found}
