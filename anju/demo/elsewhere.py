"""The counties beside the desk's villages by 10 June 2020: a share of the key households appraised, the dangerous ones partly housed otherwise, verified
by what the data bear out, and each county's danger ledger written down as a stock.

Set-based: so many papers are written at once as one act writes one at a time; what they say is what the same rules would have said.
"""

import random
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

from django.utils import timezone

from anju.accounts.models import User
from anju.accounts.scope import within
from anju.appraisals import judging, numbering
from anju.appraisals.actions import stock
from anju.appraisals.models import Appraisal, ComponentFinding, HouseGrade, NumberSeries
from anju.grading.standards import standard_on
from anju.guarantees.models import Guarantee
from anju.registry import actions as registry
from anju.registry.models import Household, Occupancy
from anju.registry.staging import Housing
from anju.verification import actions as verification
from anju.verification.models import Verification
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
    found = Household.objects.filter(within(county), closed_on=None, hazards=None).exclude(groups="").exclude(area__startswith=without)
    some = [one for one in found.only("id", "number", "area").order_by("number") if chance.random() < SHARE]
    if not some:
        return
    houses = list(_houses(some, chance))
    registry.record_houses(on=HOUSED, by=clerk, rows=houses)
    papers = _appraised(some, {row.household_id: row.structure for row in houses}, clerk, chance)
    ways = _ways(papers, clerk, chance)
    _verified(papers, ways, clerk, chance)


def _drawn(chance: random.Random, weights: Sequence[tuple[str, int]]) -> str:
    return chance.choices([word for word, _weight in weights], [weight for _word, weight in weights])[0]


def _houses(households: Sequence[Household], chance: random.Random) -> Iterator[Housing]:
    for at, one in enumerate(households, 1):
        bays = chance.choice((2, 3, 3, 4))
        yield Housing(
            at, f"demo.house:{one.number}", one.pk, kinds="own+live", is_only=True, year_built=chance.randint(1972, 2012),
            structure=_drawn(chance, _STRUCTURES), storeys=1, bays=bays, main_area=Decimal(bays * 18 + chance.randint(0, 12)), status="used",
        )  # fmt: skip


def _judged(grade: str, structure: str, area: str, on: date) -> judging.Judged:
    """A form of the day's standard that comes to the grade, judged."""
    components = {each.key: "a" for each in standard_on(area, on).needed(structure)}
    if grade != "A":
        components["bearing_wall" if "bearing_wall" in components else next(iter(components))] = grade.lower()
    return judging.judge({"site": "safe", "storeys": 1, "structure": structure, "components": components}, area=area, on=on)


def _appraised(households: Sequence[Household], structures: dict[int, str], clerk: User, chance: random.Random) -> list[Appraisal]:
    """One paper a house, its components and its grade."""
    now, area = timezone.now(), households[0].area
    own = Occupancy.objects.open().filter(household__in=[one.pk for one in households], kind=Occupancy.Kind.OWN)
    houses = dict(own.values_list("household_id", "dwelling_id"))
    numbers = numbering.give(NumberSeries.Kind.REPORT, area, APPRAISED_FROM.year, many=len(households))
    known: dict[tuple[str, str], judging.Judged] = {}
    papers, judgements = [], []
    for number, one in zip(numbers, households, strict=True):
        key = (_drawn(chance, _GRADES), structures[one.pk])
        on = APPRAISED_FROM + timedelta(days=chance.randint(0, 24))
        if key not in known:
            known[key] = _judged(*key, area, on)
        judged = known[key]
        said = judged.outcome.grade
        agreed = chance.random() < 0.85
        papers.append(
            Appraisal(
                number=number, household_id=one.pk, dwelling_id=houses[one.pk], area=one.area, on=on, kind=Appraisal.Kind.APPRAISED,
                organiser=Appraisal.Organiser.COUNTY, appraisers=["县鉴定组"], trigger=Appraisal.Trigger.FIRST, **judging.computed(judged), grade=said,
                advice=judging.default_advice(judged, said), objection_until=judging.last_day_to_object(area, on), by=clerk, recorded_at=now,
                acknowledged="agreed" if agreed else "unsigned", acknowledged_on=on + timedelta(days=1) if agreed else None,
            )
        )  # fmt: skip
        judgements.append(judged)
    made = Appraisal.objects.bulk_create(papers, batch_size=1000)
    parts = [part for paper, judged in zip(made, judgements, strict=True) for part in judging.findings(paper, judged)]
    ComponentFinding.objects.bulk_create(parts, batch_size=2000)
    HouseGrade.objects.bulk_create(
        [
            HouseGrade(
                household_id=paper.household_id, dwelling_id=paper.dwelling_id, area=paper.area, grade=paper.grade, appraisal=paper,
                valid_from=paper.on, recorded_at=now,
            )
            for paper in made
        ],
        batch_size=1000,
    )  # fmt: skip
    return made


def _ways(papers: Sequence[Appraisal], clerk: User, chance: random.Random) -> dict[int, Guarantee]:
    """Ways of two thirds of those whose house is dangerous, by household."""
    now, today = timezone.now(), date(2020, 6, 10)
    made = []
    for paper in papers:
        if GRADES[paper.grade].safe or chance.random() > 0.66:
            continue
        way = chance.choices(_WAYS, [one.weight for one in _WAYS])[0]
        made.append(
            Guarantee(
                household_id=paper.household_id, area=paper.area, route=way.route, valid_from=paper.on, recorded_at=now, by=clerk, provider=way.provider,
                document=f"{way.document} {paper.on:%Y-%m}", safe_because="现住房鉴定为 B 级",
                until=None if way.days is None else today + timedelta(days=way.days),
            )
        )  # fmt: skip
    return {one.household_id: one for one in Guarantee.objects.bulk_create(made, batch_size=1000)}


def _verified(papers: Sequence[Appraisal], ways: dict[int, Guarantee], clerk: User, chance: random.Random) -> None:
    """Conclusions of most: what the grade or the way bears out; a few dangerously housed ones are concluded 未保障 by the action, with the problem."""
    now = timezone.now()
    made: list[Verification] = []
    unsafe = 0
    for paper in papers:
        if chance.random() > 0.7:
            continue
        on, way = VERIFIED_FROM + timedelta(days=chance.randint(0, 8)), ways.get(paper.household_id)
        common: dict[str, Any] = {
            "household_id": paper.household_id, "area": paper.area, "verifiers": [clerk.name, "村第一书记"], "informant": "本人", "lives_here": way is None,
            "by": clerk, "valid_from": on, "recorded_at": now,
        }  # fmt: skip
        if way is not None and (way.until is None or way.until >= date(2020, 6, 10)):
            made.append(Verification(category=ROUTES[way.route].category.value, route=way.route, guarantee=way, **common))
        elif way is None and GRADES[paper.grade].safe:
            made.append(Verification(category=Category.APPRAISED.value, appraisal=paper, **common))
        elif way is None and unsafe < _UNSAFE_A_COUNTY:
            unsafe += 1
            household = Household.objects.get(pk=paper.household_id)
            verification.conclude(
                household=household, category=Category.UNGUARANTEED.value, by=clerk, verifiers=[clerk.name], on=on, informant="本人", lives_here=True,
                why=f"现住房鉴定为 {paper.grade} 级，已列入今年改造计划",
            )  # fmt: skip
    Verification.objects.bulk_create(made, batch_size=1000)
