"""What the household's page shows of rounds and hazards."""

from typing import Any

from django.urls import reverse

from anju import clock
from anju.accounts.models import User
from anju.accounts.roles import Power
from anju.appraisals.models import NoHouse
from anju.appraisals.queries import household as households
from anju.appraisals.queries import monitoring
from anju.appraisals.views.monitoring import lines
from anju.appraisals.views.rounds import TONES
from anju.registry.models import Household


def looked(user: User, household: Household) -> dict[str, Any]:
    """The household's hazards, its screenings as they count now, and whether it has no house."""
    looks = households.looks(user, household)
    open_ = household.closed_on is None
    may_look = user.may(Power.SCREEN) and open_
    return {
        "hazards": lines(monitoring.of_household(household)[:6], clock.today()),
        "looks": [
            {
                "one": one,
                "tone": TONES[one.result],
                "url": reverse("appraisals:round-look", args=[one.round_id, household.number])
                if may_look and one.round.closed_at is None
                else "",
            }
            for one in looks[:6]
        ],
        "houseless": NoHouse.objects.open().filter(household=household).first(),
        "shots": [one.album for one in looks if one.album is not None],
        "may_report": user.may(Power.REPORT_HAZARD) and open_,
        "may_determine": user.may(Power.DETERMINE) and open_,
    }
