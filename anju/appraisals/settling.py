"""What new appraisals settle, and what opens again when they are withdrawn: objections to houses' grades, hazards reported of households, re-checks.

The first two are read off the papers that weren't withdrawn, in their order, whatever was recorded first.
"""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from django.db.models import QuerySet
from django.utils.translation import gettext_lazy

from anju.appraisals.models import Appraisal, Hazard, Objection, RecheckItem
from anju.kept import kept
from anju.vocabulary.grade import GRADES

State = Objection.State
Papers = Mapping[int, Sequence[Appraisal]]


def settle(made: Sequence[Appraisal]) -> None:
    """Objections raised by that day against earlier papers of a house are answered by its new one; an open hazard has its appraisal. The
    households are locked by who hands the papers in."""
    _answer(Objection.objects.filter(state=State.OPEN, appraisal__dwelling__in=[one.dwelling_id for one in made]))
    appraised(one.household_id for one in made)


def _answer(objections: "QuerySet[Objection]") -> None:
    rows = list(objections.select_for_update(no_key=True, of=("self",)).select_related("appraisal").order_by("pk"))
    papers = _by("dwelling", (row.appraisal.dwelling_id for row in rows))
    for objection in rows:
        was = objection.appraisal
        later = (one for one in papers.get(was.dwelling_id, ()) if one.pk != was.pk and (was.on, was.pk) <= (one.on, one.pk))
        new = next((one for one in later if objection.on <= one.on), None)
        objection.state, objection.reappraisal = State.REAPPRAISED if new else State.OPEN, new
        objection.answer, objection.answered_on, objection.answered_by_id = "", None, None
        if new is not None:
            objection.answer, objection.answered_on, objection.answered_by_id = _said(new, was), new.on, new.by_id
    Objection.objects.bulk_update(rows, ["state", "reappraisal", "answer", "answered_on", "answered_by"])


def _said(new: Appraisal, was: Appraisal) -> str:
    words = gettext_lazy("重新鉴定为 %(grade)s 级（原 %(was)s 级），报告 %(number)s")
    return kept(words, {"grade": new.grade, "was": was.grade, "number": new.number})


def appraised(households: Iterable[int]) -> None:
    """Open hazards of households (their keys; locked) have as their appraisal the first paper on or after the day they were found."""
    standing = list(Hazard.objects.select_for_update(no_key=True).filter(household__in=set(households), closed_on=None).order_by("pk"))
    papers = _by("household", (row.household_id for row in standing))
    changed = []
    for hazard in standing:
        first = _first(hazard, papers)
        if hazard.appraisal_id != (first.pk if first else None):
            hazard.appraisal = first
            changed.append(hazard)
    Hazard.objects.bulk_update(changed, ["appraisal"])


def resting(papers: Iterable[Appraisal]) -> dict[int, list[Hazard]]:
    """Household → its hazards that were struck because one of these papers says that its house is safe."""
    found: dict[int, list[Hazard]] = {}
    for hazard in Hazard.objects.filter(appraisal__in=list(papers), closed_on__isnull=False, unfounded=False, housed=False).order_by("pk"):
        found.setdefault(hazard.household_id, []).append(hazard)
    return found


def reopen(withdrawn: Iterable[Appraisal]) -> None:
    """What they had settled is settled by the papers that are left, or waits again; so does a hazard struck on one of them where no other paper
    of then says that the house is safe. The households are locked."""
    rows = list(withdrawn)
    gone = [one.pk for one in rows]
    _answer(Objection.objects.filter(reappraisal__in=gone))
    struck = list(Hazard.objects.select_for_update(no_key=True).filter(appraisal__in=gone, closed_on__isnull=False).order_by("pk"))
    papers = _by("household", (row.household_id for row in struck))
    for hazard in struck:
        hazard.appraisal = _first(hazard, papers)
        if hazard.unfounded or hazard.housed:
            continue
        if safe := _safe(hazard, papers):
            hazard.appraisal = safe
        else:
            hazard.closed_on, hazard.closed_how, hazard.closed_by = None, "", None
    Hazard.objects.bulk_update(struck, ["appraisal", "closed_on", "closed_how", "closed_by"])
    appraised(one.household_id for one in rows)
    RecheckItem.objects.filter(second__in=gone).update(same=None, second=None, done_on=None, note="", settled_by=None)


def _by(whose: str, keys: Iterable[int]) -> Papers:
    """The papers of houses or households (``whose``) that weren't withdrawn, in their order."""
    found: dict[int, list[Appraisal]] = {}
    asked: dict[str, Any] = {f"{whose}__in": set(keys)}
    for one in Appraisal.objects.filter(**asked).exclude(state=Appraisal.State.WITHDRAWN).order_by("on", "pk"):
        found.setdefault(getattr(one, f"{whose}_id"), []).append(one)
    return found


def _first(hazard: Hazard, papers: Papers) -> Appraisal | None:
    return next((one for one in papers.get(hazard.household_id, ()) if hazard.on <= one.on), None)


def _safe(hazard: Hazard, papers: Papers) -> Appraisal | None:
    """The newest paper by which the hazard could have been struck on the day on which it was: the last one of its house by then."""
    assert hazard.closed_on is not None
    last = {one.dwelling_id: one for one in papers.get(hazard.household_id, ()) if one.on <= hazard.closed_on}
    safe = [one for one in last.values() if hazard.on <= one.on and GRADES[one.grade].safe]
    return max(safe, key=lambda one: (one.on, one.pk), default=None)
