"""The counties beside the desk's villages by 10 June 2020: a share of the key households appraised, the dangerous ones partly housed otherwise, verified
by what the data bear out, and each county's danger ledger written down as a stock.

Through the actions that write many in one act, as a workbook of a county comes in.
"""

import random
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

from django.db.models import F, Q, QuerySet

from anju import clock
from anju.accounts.models import User
from anju.accounts.scope import within
from anju.appraisals.actions import appraising, stock
from anju.appraisals.models import Appraisal
from anju.grading.standards import standard_on
from anju.guarantees import actions as guarantees
from anju.guarantees.models import Guarantee
from anju.refusing import Refused
from anju.registry import actions as registry
from anju.registry.models import Household, Occupancy
from anju.registry.staging import Housing
from anju.verification import actions as verification
from anju.vocabulary.grade import GRADES
from anju.vocabulary.route import ROUTES, Category

SEED, SHARE = 20200531, 0.03
HOUSED, APPRAISED_FROM, AS_OF = date(2019, 6, 30), date(2020, 5, 6), date(2020, 5, 31)
VERIFIED_FROM = date(2020, 6, 1)
_GRADES = (("A", 22), ("B", 38), ("C", 18), ("D", 22))
_STRUCTURES = (("brick_timber", 60), ("brick_concrete", 25), ("earth_timber", 15))
_UNSAFE_A_COUNTY = 6
"""So many households a county are concluded 未保障, each with its problem; the other dangerous ones aren't verified yet."""
_SIGN = ("poverty", "civil-affairs", "disabled-federation")
IN_WORKS = Q(appraisals__on__lt=APPRAISED_FROM) | Q(no_house__isnull=False)
"""Households chosen for this year's renovations (``renovations.choosing``): their houses were appraised in January."""
Users = dict[str, User]


@dataclass(frozen=True, slots=True)
class _Way:
    """How some of the dangerously housed live safely: the route, who provides, which paper, how many days from today it still holds (None: no term)."""

    route: str
    weight: int
    provider: str
    document: str
    days: int | None


_WAYS = (
    _Way("relatives", 40, "子女（本村）", "投亲居住同意书", 320),
    _Way("relatives", 4, "兄弟（邻村）", "投亲居住同意书", 12),
    _Way("rented_house", 18, "本村闲置农房户主", "农房租赁协议", 200),
    _Way("rented_house", 3, "本村闲置农房户主", "农房租赁协议", -4),
    _Way("public_rental", 20, "镇人民政府", "集体公租房入住协议", 560),
    _Way("happiness_courtyard", 12, "村民委员会", "幸福大院入住协议", None),
    _Way("exchange", 3, "村民委员会", "房屋置换协议", None),
)


def tell(people: Users, counties: Sequence[str], desk: str) -> None:
    """Every county but the desk's, with its stock: signed by all four where the lists are locked too, else by the housing office."""
    for county in counties:
        clerk = people.get(f"demo-clerk-{county}")
        if county == desk or clerk is None:
            continue
        house(county, clerk)
        made = stock.make(area=county, by=clerk, as_of=AS_OF)
        signers = (clerk, *(people[login] for office in _SIGN if (login := f"demo-sign-{office}-{county}") in people))
        for signer in signers:
            stock.sign(stock=made, by=signer)


def house(county: str, clerk: User, *, without: str = "-") -> None:
    """A share of a county's key households, outside ``without``: houses, papers, ways, conclusions."""
    chance = random.Random(f"{SEED}:{county}")
    found = (
        Household.objects.filter(within(county), closed_on=None, hazards=None)
        .exclude(groups="")
        .exclude(area__startswith=without)
        .exclude(IN_WORKS)
    )
    some = [one for one in found.only("id", "number", "area", "closed_on").order_by("number") if chance.random() < SHARE]
    if not some:
        return
    houses = list(dwellings(some, chance))
    registry.record_houses(on=HOUSED, by=clerk, rows=houses)
    papers = _appraised(some, {row.household_id: row.structure for row in houses}, clerk, chance)
    ways = _ways(papers, clerk, chance)
    _verified(papers, ways, clerk, chance)


def _drawn(chance: random.Random, weights: Sequence[tuple[str, int]]) -> str:
    return chance.choices([word for word, _weight in weights], [weight for _word, weight in weights])[0]


def dwellings(households: Sequence[Household], chance: random.Random) -> Iterator[Housing]:
    for at, one in enumerate(households, 1):
        bays = chance.choice((2, 3, 3, 4))
        yield Housing(
            at, f"demo.house:{one.number}", one.pk, kinds="own+live", is_only=True, year_built=chance.randint(1972, 2012),
            structure=_drawn(chance, _STRUCTURES), storeys=1, bays=bays, main_area=Decimal(bays * 18 + chance.randint(0, 12)), status="used",
        )  # fmt: skip


def form_of(grade: str, structure: str, area: str, on: date) -> dict[str, Any]:
    """A form of the day's standard that comes to the grade."""
    components = {each.key: "a" for each in standard_on(area, on).needed(structure)}
    if grade != "A":
        components["bearing_wall" if "bearing_wall" in components else next(iter(components))] = grade.lower()
    return {"site": "safe", "storeys": 1, "structure": structure, "components": components}


def _appraised(households: Sequence[Household], structures: dict[int, str], clerk: User, chance: random.Random) -> list[Appraisal]:
    """One paper a house; most households have signed under it a day later."""
    keys = [one.pk for one in households]
    houses = {one.household_id: one.dwelling for one in owned(keys)}
    papers, agreed = [], []
    for one in households:
        grade, on = _drawn(chance, _GRADES), APPRAISED_FROM + timedelta(days=chance.randint(0, 24))
        form = form_of(grade, structures[one.pk], one.area, on)
        papers.append(appraising.Paper(household=one, dwelling=houses[one.pk], form=form, on=on, appraisers=["县鉴定组"]))
        if chance.random() < 0.85:
            agreed.append(one.pk)
    all_taken(appraising.submit_many(papers=papers, by=clerk))
    made = Appraisal.objects.filter(household__in=keys)
    made.filter(household__in=agreed).update(acknowledged=Appraisal.Acknowledgement.AGREED, acknowledged_on=F("on") + timedelta(days=1))
    return list(made.order_by("household__number"))


def owned(households: Sequence[int]) -> QuerySet[Occupancy]:
    return Occupancy.objects.open().filter(household__in=households, kind=Occupancy.Kind.OWN).select_related("dwelling")


def all_taken(refusals: Mapping[int, Refused]) -> None:
    """What is told here is as it should be; a refusal is a fault of the telling."""
    for refused in refusals.values():
        raise refused


def _ways(papers: Sequence[Appraisal], clerk: User, chance: random.Random) -> dict[int, Guarantee]:
    """Ways of two thirds of those whose house is dangerous, by household."""
    today, ways = clock.today(), []
    for paper in papers:
        if GRADES[paper.grade].safe or chance.random() > 0.66:
            continue
        way = chance.choices(_WAYS, [one.weight for one in _WAYS])[0]
        ways.append(
            guarantees.Way(
                household=paper.household_id, route=way.route, since=paper.on, provider=way.provider, document=f"{way.document} {paper.on:%Y-%m}",
                safe_because="现住房鉴定为 B 级", until=None if way.days is None else today + timedelta(days=way.days),
            )
        )  # fmt: skip
    all_taken(guarantees.record_many(ways=ways, by=clerk))
    return {one.household_id: one for one in Guarantee.objects.open().filter(household__in=[way.household for way in ways])}


def _verified(papers: Sequence[Appraisal], ways: dict[int, Guarantee], clerk: User, chance: random.Random) -> None:
    """Conclusions of most: what the grade or the way bears out; a few dangerously housed ones are concluded 未保障, with the problem."""
    today = clock.today()
    findings = []
    unsafe = 0
    for paper in papers:
        if chance.random() > 0.7:
            continue
        on, way = VERIFIED_FROM + timedelta(days=chance.randint(0, 8)), ways.get(paper.household_id)
        safe, why = GRADES[paper.grade].safe, ""
        if way is not None and (way.until is None or way.until >= today):
            category = ROUTES[way.route].category
        elif way is None and safe:
            category = Category.APPRAISED
        elif way is None and unsafe < _UNSAFE_A_COUNTY:
            unsafe += 1
            category, why = Category.UNGUARANTEED, f"现住房鉴定为 {paper.grade} 级，已列入今年改造计划"
        else:
            continue
        findings.append(
            verification.Finding(
                household=paper.household_id, category=category.value, on=on, verifiers=[clerk.name, "村第一书记"], informant="本人",
                lives_here=way is None, why=why,
            )
        )  # fmt: skip
    all_taken(verification.conclude_many(findings=findings, by=clerk))
