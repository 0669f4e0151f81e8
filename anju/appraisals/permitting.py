"""Who may do it, here, on that day: what every action on appraisals asks first."""

from datetime import date

from django.utils.translation import gettext as _

from anju import clock
from anju.accounts.models import User
from anju.accounts.roles import POWER_NAMES, Power
from anju.appraisals import rules
from anju.refusing import Refused
from anju.registry.models import Household
from anju.vocabulary import division


def allow(by: User, power: Power, area: str) -> None:
    """Refused where the role doesn't hold the power or the place lies outside the area of the person's grant."""
    if not by.may(power):
        raise Refused(rules.ROLE, _("您现在的角色不能%(what)s") % {"what": _(POWER_NAMES[power])})
    if not division.contains(by.area, area):
        raise Refused(rules.ROLE, _("这一户不在您的辖区内"))


def day_of(on: date | None) -> date:
    """The day of an act: today where none is given. What hasn't happened yet is refused."""
    today = clock.today()
    day = on or today
    if day > today:
        raise Refused(rules.DAY, _("日期 %(on)s 晚于今天 %(today)s，请改正日期") % {"on": day, "today": today})
    return day


def standing(household: Household) -> Household:
    """The household, locked until the end of the transaction; refused where it is closed."""
    row = Household.objects.select_for_update(no_key=True).get(pk=household.pk)
    if row.closed_on is not None:
        raise Refused(rules.HOUSE, _("户 %(number)s 已于 %(on)s 销户，不能再登记") % {"number": row.number, "on": row.closed_on})
    return row
