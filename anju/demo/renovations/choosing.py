"""Which households are renovated in 2020: on a locked list, never supported before, their houses appraised C or D in January (or none at all)."""

import random
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from django.db.models import Q

from anju.accounts.models import User
from anju.accounts.scope import within
from anju.appraisals import identity
from anju.appraisals.actions import appraising, no_house
from anju.appraisals.models import Appraisal
from anju.demo import elsewhere
from anju.demo.place import Place
from anju.demo.renovations import desk, staff
from anju.demo.story import DESK
from anju.registry import actions as registry
from anju.registry.models import Household, Membership, PastSupport

SEED = 20200106
FROM, BEFORE = date(2020, 1, 6), date(2020, 2, 9)
"""The days of the appraisals: after the lists of the end of 2019 (S4-05), before the first application."""
_CITY = 41_248
_VILLAGES = 7
"""At most so many villages of a township renovate."""
_LEFT = 6
"""So many of the registered poor of a village told household by household aren't renovated: the rest of its story is about them."""
_D_POOR, _D, _NONE = 0.9, 0.5, 0.012
"""So many of the dangerous houses of the registered poor are D (519 got a toilet, S2-33), and of the others; so many of the households have none."""
_OTHERS = {"210921": 0.9, "210922": 1.0, "210905": 0.4, "210902": 0.3, "210903": 0.3}
"""How far the counties' households that aren't registered poor weigh; elsewhere their lists aren't locked."""
Users = dict[str, User]


@dataclass(frozen=True, slots=True)
class Wanted:
    """How many are renovated: of all, of the registered poor, and with a toilet in the house (S2-07, S2-33)."""

    cases: int
    poor: int
    toilets: int


def wanted(households: int = 0) -> Wanted:
    """As in Fuxin; ``households``: of so small a city. Of one that is very small only the villages told household by household are told."""
    share = min(1.0, households / _CITY) if households else 1.0
    return Wanted(round(1_735 * share), round(1_004 * share), round(519 * share))


def choose(people: Users, place: Place, asked: Wanted) -> None:
    """Chooses and appraises; where appraisals stand nothing is done."""
    if Appraisal.objects.exists():
        return
    chance = random.Random(SEED)
    groups = list(_chosen(place, asked, chance))
    for county in place.counties:
        _appraised(people, county, [one for found in groups for one in found if one.area.startswith(county)], chance)


def _chosen(place: Place, asked: Wanted, chance: random.Random) -> Iterator[list[Household]]:
    township = next(each for each in place.townships if each.startswith(DESK))
    mine = [one.code for one in place.villages if one.township == township][: len(desk.VILLAGES)]
    poor, others = asked.poor, asked.cases - asked.poor
    for village, (many, of_poor) in zip(mine, desk.VILLAGES, strict=False):
        fit = _eligible([village], poor=True, chance=chance)
        found = fit[: max(0, min(of_poor, len(fit) - _LEFT))]
        found += _eligible([village], poor=False, chance=chance)[: many - of_poor]
        poor, others = poor - sum(_is_poor(one) for one in found), others - sum(not _is_poor(one) for one in found)
        yield found
    villages = {county: list(_villages(place, county)) for county in place.counties}
    yield from _spread(villages, poor, poor=True, chance=chance)
    yield from _spread(villages, others, poor=False, chance=chance)


def _villages(place: Place, county: str) -> Iterator[str]:
    for township in staff.townships(place, county):
        there = [one.code for one in place.villages if one.township == township]
        yield from there[:: max(1, len(there) // _VILLAGES)][:_VILLAGES]


def _spread(villages: dict[str, list[str]], many: int, *, poor: bool, chance: random.Random) -> Iterator[list[Household]]:
    """So many households of the villages, by how many could be there; what is missing then comes from the counties that have more."""
    found = {county: _eligible(codes, poor=poor, chance=chance) for county, codes in villages.items()}
    weight = {county: len(rows) * (1.0 if poor else _OTHERS.get(county, 0.0)) for county, rows in found.items()}
    whole, left = sum(weight.values()), max(0, many)
    taken = {county: found[county][: round(many * weight[county] / whole)] if whole else [] for county in found}
    left -= sum(len(rows) for rows in taken.values())
    for county in sorted(found, key=lambda one: -weight[one]):  # what rounding, or too few somewhere, left over
        if weight[county]:
            more = found[county][len(taken[county]) :][: max(0, left)]
            taken[county] = taken[county][: len(taken[county]) + min(0, left)] + more
            left -= len(more) + min(0, left)
    yield from taken.values()


def _is_poor(household: Household) -> bool:
    return "JDLK" in household.groups.split("+")


def _eligible(villages: Sequence[str], *, poor: bool, chance: random.Random) -> list[Household]:
    """Households of these villages whose identity a locked list had confirmed by January, without an earlier subsidy, in a random order."""
    inside = Q(pk__in=[])
    for village in villages:
        inside |= within(village)
    of = Q(groups__contains="JDLK") if poor else ~Q(groups__contains="JDLK") & ~Q(groups="")
    found = list(Household.objects.filter(inside, of, closed_on=None).order_by("number"))
    persons = dict(Membership.objects.open().filter(household__in=found).values_list("person", "household"))
    supported = set(PastSupport.objects.filter(household__in=found).values_list("household", flat=True))
    supported |= {persons[one] for one in PastSupport.objects.filter(person__in=list(persons)).values_list("person", flat=True)}
    heads = set(
        Membership.objects.open().filter(household__in=found, relation="02", valid_from__lt=FROM).values_list("household", flat=True)
    )
    known = identity.standings([one.pk for one in found])
    fit = [one for one in found if one.pk in heads and one.pk not in supported and _rests(known, one, poor=poor)]
    chance.shuffle(fit)
    return fit


def _rests(known: identity.Standings, household: Household, *, poor: bool) -> bool:
    confirmed = known.confirmed(household, FROM)
    return confirmed is not None and (confirmed.category.code == "JDLK") is poor


def _appraised(people: Users, county: str, households: Sequence[Household], chance: random.Random) -> None:
    """Their houses on the register with their papers; a few have no house at all."""
    if not households:
        return
    clerk = people[f"demo-clerk-{county}"]
    none = [one for one in households if chance.random() < _NONE]
    housed = [one for one in households if one not in none]
    houses = list(elsewhere.dwellings(housed, chance))
    registry.record_houses(on=elsewhere.HOUSED, by=clerk, rows=houses)
    structures, owned = (
        {row.household_id: row.structure for row in houses},
        {one.household_id: one.dwelling for one in elsewhere.owned([one.pk for one in housed])},
    )
    papers = []
    for one in housed:
        on = FROM + timedelta(days=chance.randint(0, 27))
        form = elsewhere.form_of("D" if chance.random() < (_D_POOR if _is_poor(one) else _D) else "C", structures[one.pk], one.area, on)
        papers.append(
            appraising.Paper(
                household=one, dwelling=owned[one.pk], form=form, on=on, appraisers=["县鉴定组"], subsidy=True,
                word=appraising.Word(agreed=True, on=on + timedelta(days=1)),
            )
        )  # fmt: skip
    elsewhere.all_taken(appraising.submit_many(papers=papers, by=clerk))
    for one in none:
        no_house.determine(
            household=one, applied_on=FROM, village_on=FROM + timedelta(days=3), village_opinion="借住亲属家，名下没有住房", by=clerk,
            township_opinion="经核实，情况属实", on=FROM + timedelta(days=9),
        )  # fmt: skip
