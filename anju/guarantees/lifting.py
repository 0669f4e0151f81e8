"""解危 by another way: a hazard is struck because the household is housed safely elsewhere."""

from datetime import date

from django.conf import settings
from django.db import transaction
from django.utils.translation import gettext as _
from django.utils.translation import override

from anju.accounts.models import User
from anju.appraisals import rules
from anju.appraisals.actions import hazards
from anju.appraisals.models import Hazard
from anju.appraisals.permitting import day_of, locked
from anju.guarantees import queries
from anju.guarantees.models import Guarantee
from anju.refusing import Refused
from anju.trail.acts import recorded


def way_out(hazard: Hazard, on: date) -> Guarantee | None:
    """The way by which the household of the hazard is housed safely on a day."""
    return queries.of(hazard.household, on)


@recorded("hazard.closed")
@transaction.atomic
def lift(*, hazard: Hazard, by: User, how: str, on: date | None = None) -> Hazard:
    """销号: the household is housed safely by a way that is recorded and in force on that day."""
    day = day_of(on)
    locked([hazard.household_id])
    way = way_out(hazard, day)
    if way is None:
        raise Refused(rules.SAFE_AGAIN, _("该户 %(on)s 没有有效的保障途径，先登记保障途径再销号") % {"on": day})
    with override(settings.LANGUAGE_CODE):  # what is written down is read by everybody
        said = _("%(route)s：%(how)s") % {"route": way.get_route_display(), "how": how.strip()} if how.strip() else ""
    return hazards.close(hazard=hazard, by=by, how=said, housed=True, on=day)
