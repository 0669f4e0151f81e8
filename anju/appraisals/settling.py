"""What new appraisals settle, and what opens again when they are withdrawn: objections to houses' grades, hazards reported of households, re-checks."""

from collections.abc import Iterable, Sequence

from django.utils.translation import gettext as _

from anju.accounts.models import User
from anju.appraisals.models import Appraisal, Hazard, Objection, RecheckItem

State = Objection.State


def settle(made: Sequence[Appraisal], by: User) -> None:
    """Objections raised by that day against earlier papers of a house are answered by its new one; an open hazard has its appraisal."""
    _objections(made, by)
    _hazards(made)


def _objections(made: Sequence[Appraisal], by: User) -> None:
    of_house: dict[int, list[Appraisal]] = {}
    for one in made:
        of_house.setdefault(one.dwelling_id, []).append(one)
    waiting = Objection.objects.select_for_update(no_key=True, of=("self",)).select_related("appraisal")
    answered = []
    for objection in waiting.filter(state=State.OPEN, appraisal__dwelling__in=list(of_house)).order_by("pk"):
        was = objection.appraisal
        new = next(
            (
                one
                for one in of_house[was.dwelling_id]
                if one.pk != was.pk and objection.on <= one.on and (was.on, was.pk) <= (one.on, one.pk)
            ),
            None,
        )
        if new is None:
            continue
        objection.state, objection.reappraisal = State.REAPPRAISED, new
        objection.answer = _("重新鉴定为 %(grade)s 级（原 %(was)s 级），报告 %(number)s") % {
            "grade": new.grade, "was": was.grade, "number": new.number,
        }  # fmt: skip
        objection.answered_on, objection.answered_by = new.on, by
        answered.append(objection)
    Objection.objects.bulk_update(answered, ["state", "reappraisal", "answer", "answered_on", "answered_by"])


def _hazards(made: Sequence[Appraisal]) -> None:
    of_household: dict[int, list[Appraisal]] = {}
    for one in made:
        of_household.setdefault(one.household_id, []).append(one)
    appraised = []
    for hazard in Hazard.objects.filter(household__in=list(of_household), closed_on=None, appraisal=None).order_by("pk"):
        hazard.appraisal = next((one for one in of_household[hazard.household_id] if hazard.on <= one.on), None)
        appraised.append(hazard)
    Hazard.objects.bulk_update([one for one in appraised if one.appraisal is not None], ["appraisal"])


def reopen(withdrawn: Iterable[Appraisal]) -> None:
    """What they had settled waits again."""
    gone = [one.pk for one in withdrawn]
    Objection.objects.filter(reappraisal__in=gone).update(state=State.OPEN, reappraisal=None, answer="", answered_on=None, answered_by=None)
    Hazard.objects.filter(appraisal__in=gone, closed_on=None).update(appraisal=None)
    RecheckItem.objects.filter(second__in=gone).update(same=None, second=None, done_on=None, note="", settled_by=None)
