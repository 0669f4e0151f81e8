"""What a new appraisal settles, and what opens again when it is withdrawn: objections to the house's grade, hazards reported of the household."""

from django.utils.translation import gettext as _

from anju.accounts.models import User
from anju.appraisals.models import Appraisal, Hazard, Objection

State = Objection.State


def settle(made: Appraisal, by: User) -> None:
    """Objections raised by that day against earlier papers of the house are answered by it; an open hazard has its appraisal."""
    waiting = Objection.objects.select_for_update(no_key=True, of=("self",)).select_related("appraisal")
    for objection in waiting.filter(state=State.OPEN, on__lte=made.on, appraisal__dwelling=made.dwelling_id).exclude(appraisal=made):
        was = objection.appraisal
        if (was.on, was.pk) > (made.on, made.pk):
            continue
        objection.state, objection.reappraisal = State.REAPPRAISED, made
        objection.answer = _("重新鉴定为 %(grade)s 级（原 %(was)s 级），报告 %(number)s") % {
            "grade": made.grade, "was": was.grade, "number": made.number,
        }  # fmt: skip
        objection.answered_on, objection.answered_by = made.on, by
        objection.save(update_fields=["state", "reappraisal", "answer", "answered_on", "answered_by"])
    Hazard.objects.filter(household=made.household_id, closed_on=None, appraisal=None, on__lte=made.on).update(appraisal=made)


def reopen(withdrawn: Appraisal) -> None:
    """What it had settled waits again."""
    Objection.objects.filter(reappraisal=withdrawn).update(
        state=State.OPEN, reappraisal=None, answer="", answered_on=None, answered_by=None
    )
    Hazard.objects.filter(appraisal=withdrawn, closed_on=None).update(appraisal=None)
