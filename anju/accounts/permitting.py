"""Who may do it, here: what an action asks first. A refusal names the rule of the app that asks."""

from datetime import date

from django.utils.translation import gettext as _

from anju import clock
from anju.accounts.models import User
from anju.accounts.roles import POWER_NAMES, Power
from anju.checks import Check
from anju.refusing import Refused
from anju.vocabulary import division


def allow(by: User, power: Power, area: str, rule: Check) -> None:
    """Refused where the role doesn't hold the power or the place lies outside the area of the person's grant."""
    if not by.may(power):
        raise Refused(rule, _("您现在的角色不能%(what)s") % {"what": _(POWER_NAMES[power])})
    if not division.contains(by.area, area):
        raise Refused(rule, _("这一户不在您的辖区内"))


def day_of(on: date | None, rule: Check) -> date:
    """The day of an act: today where none is given. What hasn't happened yet is refused."""
    today = clock.today()
    day = on or today
    if day > today:
        raise Refused(rule, _("日期 %(on)s 晚于今天 %(today)s，请改正日期") % {"on": day, "today": today})
    return day
