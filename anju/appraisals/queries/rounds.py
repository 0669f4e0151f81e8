"""Rounds of looking at houses: which concern an area, how far each is, and a village's households in the order in which one walks."""

from collections.abc import Sequence
from typing import Any

from django.db.models import Case, CharField, F, Func, IntegerField, Q, QuerySet, Value, When
from django.db.models.functions import Cast, Coalesce, Length, Substr

from anju.accounts.scope import within as inside
from anju.appraisals.models import Appraisal, Round, Screening
from anju.appraisals.queries import coverage
from anju.appraisals.queries.coverage import Coverage
from anju.registry.models import Household
from anju.vocabulary import division

SEEN = "seen"
"""Households looked at, whatever was seen; beside the results and ``left``."""
STATES = ("", "left", SEEN, *Screening.Result.values)
_GROUP = r"([0-9]{1,3})\s*(?:村民小)?[组社队]"
_UNKNOWN = 9999


def rounds(area: str) -> QuerySet[Round]:
    """Rounds that concern an area: its own, those above it and inside it; the running ones first."""
    above = [area[:length] for length in range(len(area) + 1)]
    return Round.objects.filter(Q(area__in=above) | inside(area)).order_by(F("closed_at").desc(nulls_first=True), "-starts_on", "-id")


def running(area: str) -> list[Round]:
    """The rounds of an area that aren't closed."""
    return list(rounds(area).filter(closed_at=None)[:6])


def place(round: Round, area: str) -> str:
    """The part of a round that lies in an area."""
    if division.contains(round.area, area):
        return area
    return round.area if division.contains(area, round.area) else division.NOWHERE


def progress(round: Round, area: str) -> Coverage:
    """How far a round is inside an area."""
    stem = place(round, area)
    return coverage.coverage(round, within=stem).get(stem, Coverage(stem))


def papers(round: Round, area: str) -> "QuerySet[Appraisal]":
    """The appraisals made in a round."""
    return Appraisal.objects.filter(inside(area), round=round)


# ------------------------------------------------------------------------------------------------ a village on foot


def _group() -> Any:
    """The villager group's number: of its code where it has one, else as the address says it; behind all others where nothing does."""
    spelled = Func(F("address"), Value("一二三四五六七八九"), Value("123456789"), function="translate", output_field=CharField())
    said = Func(spelled, Value(_GROUP), function="substring", output_field=CharField())
    return Case(
        When(Q(length__gt=12), then=Cast(Substr("area", 13), IntegerField())),
        default=Coalesce(Cast(said, IntegerField()), Value(_UNKNOWN)),
        output_field=IntegerField(),
    )


ON_FOOT = ("group", "number")
"""By villager group, then by household number."""


def on_foot(round: Round, village: str, state: str = "") -> "QuerySet[Household]":
    """The village's households of the round in a state of ``STATES``, each with its villager ``group``; ordered as one walks."""
    found = households(round, village, state)
    return found.annotate(length=Length("area")).annotate(group=_group()).order_by(*ON_FOOT)


def households(round: Round, area: str, state: str = "") -> "QuerySet[Household]":
    """The households that a figure of a round counts; ``state`` as in ``STATES``."""
    if state == SEEN:
        found = coverage.in_scope(round, within=area)
        return found.filter(pk__in=Screening.objects.filter(inside(area), round=round, superseded_at=None).values("household"))
    return coverage.in_scope(round, within=area, result=state)


def group_said(household: Household) -> str:
    """The villager group's number as a list says it, "" where it isn't known."""
    group = getattr(household, "group", _UNKNOWN)
    return "" if group == _UNKNOWN else str(group)


def following(round: Round, village: str, household: Household) -> Household | None:
    """The next household of the village that nobody has looked at, coming from this one; from the start again at the end."""
    here = on_foot(round, village).filter(pk=household.pk).first()
    left = on_foot(round, village, "left").exclude(pk=household.pk)
    if here is None:
        return left.first()
    group: int = getattr(here, "group", _UNKNOWN)
    behind = left.filter(Q(group__gt=group) | Q(group=group, number__gt=here.number))
    return behind.first() or left.first()


def looks(round: Round, households: Sequence[Household]) -> dict[int, Screening]:
    """Household → what the round knows of it."""
    found = Screening.objects.filter(round=round, household__in=[one.pk for one in households], superseded_at=None)
    found = found.select_related("by", "album")
    return {one.household_id: one for one in found}
