"""A household's houses and papers, as the pages of appraisals show them."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from django.db.models import Q

from anju.accounts.models import User
from anju.accounts.scope import scope
from anju.appraisals.models import Appraisal, Hazard, HouseGrade, Objection, Posting, Screening
from anju.registry.facts import is_open, true_on
from anju.registry.models import Dwelling, DwellingState, Household, Membership
from anju.vocabulary import relation
from anju.vocabulary.grade import GRADES


@dataclass(frozen=True, slots=True)
class House:
    """A house of the household on a day: what it is like and which grade it has."""

    dwelling: Dwelling
    kind: str
    state: DwellingState | None
    grade: HouseGrade | None


def houses(household: Household, day: date) -> list[House]:
    """The houses the household stands in some relation to, its own first."""
    occupancies = list(household.occupancies.filter(true_on(day)).select_related("dwelling").order_by("valid_from", "id"))
    occupancies.sort(key=lambda one: one.kind != "own")
    keys = [one.dwelling_id for one in occupancies]
    states = {state.dwelling_id: state for state in DwellingState.objects.filter(true_on(day), dwelling__in=keys)}
    grades = {fact.dwelling_id: fact for fact in HouseGrade.objects.filter(true_on(day), dwelling__in=keys).select_related("appraisal")}
    found: dict[int, House] = {}
    for one in occupancies:
        house = House(one.dwelling, one.get_kind_display(), states.get(one.dwelling_id), grades.get(one.dwelling_id))
        found.setdefault(one.dwelling_id, house)
    return list(found.values())


def heads(households: Iterable[int]) -> dict[int, str]:
    """Household → the name of its head."""
    rows = Membership.objects.filter(is_open(), household__in=set(households), relation=relation.HEAD)
    return dict(rows.values_list("household_id", "person__name"))


def open_grades(households: Iterable[int]) -> dict[int, str]:
    """Household → the worst grade among its houses of today."""
    rows = HouseGrade.objects.filter(is_open(), household__in=set(households)).order_by("grade")
    return dict(rows.values_list("household_id", "grade"))


def papers(user: User, household: Household) -> list[Appraisal]:
    """The household's appraisals, newest first."""
    found = scope(user, household.appraisals.all()).select_related("dwelling", "album", "superseded_by")
    return list(found.order_by("-on", "-id")[:50])


def trigger_of(household: Household, day: date) -> str:
    """Why an appraisal is asked for, as far as the records say; the first one where they say nothing."""
    why = Appraisal.Trigger
    if Objection.objects.filter(appraisal__household=household, state=Objection.State.OPEN).exists():
        return why.OBJECTION
    if hazard := Hazard.objects.filter(household=household, closed_on=None, appraisal=None).first():
        aged = hazard.cause in (Hazard.Cause.AGE, Hazard.Cause.OTHER)
        return why.NEW_TARGET if hazard.cause == Hazard.Cause.RECOGNISED else why.SUSPECT if aged else why.DISASTER
    if Screening.objects.filter(household=household, superseded_at=None, result=Screening.Result.SUSPECT, on__lte=day).exists():
        return why.SUSPECT
    return why.DUE if household.appraisals.exclude(state=Appraisal.State.WITHDRAWN).exists() else why.FIRST


def hanging(household: Household) -> list[Posting]:
    """What was issued and isn't taken down, plates first."""
    return list(Posting.objects.filter(Q(removed_on=None), household=household).select_related("appraisal").order_by("kind", "-id"))


def safe_paper(hazard: Hazard, on: date) -> Appraisal | None:
    """The newest valid appraisal of the household since the hazard was found that says its house is safe."""
    since = Appraisal.objects.filter(household=hazard.household_id, state=Appraisal.State.VALID, on__gte=hazard.on, on__lte=on)
    return since.filter(grade__in=[letter for letter, grade in GRADES.items() if grade.safe]).order_by("-on", "-id").first()


def last_appraised(households: Iterable[int], since: date) -> dict[int, Appraisal]:
    """Household → its newest appraisal since a day that wasn't withdrawn."""
    rows = Appraisal.objects.filter(household__in=set(households), on__gte=since).exclude(state=Appraisal.State.WITHDRAWN)
    return {row.household_id: row for row in rows.order_by("on", "id")}


def looks(user: User, household: Household) -> list[Screening]:
    """What was seen of the household in each round, as it counts now, newest first."""
    found = scope(user, household.screenings.filter(superseded_at=None)).select_related("round", "by", "album")
    return list(found.order_by("-on", "-id")[:10])
