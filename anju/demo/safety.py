"""What the people of Zhangwu have done about the safety of houses by 10 June 2020: looked at, appraised, housed elsewhere, verified.

In the first township: a round of screening that is finished in one village and half done in the next, appraisals of who is in a key group or lives
in a suspect house, ways of those whose house is dangerous, conclusions to the last household of the first village, the county's danger ledger
waiting for two signatures, and two fresh hazards. All through the actions that pages call; nothing is done twice. The rest of the city is told by
``elsewhere``, set by set.
"""

import random
from collections.abc import Sequence
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from typing import Any
from zoneinfo import ZoneInfo

from django.db import transaction

from anju.accounts.models import User
from anju.appraisals import albums as house_albums
from anju.appraisals.actions import appraising, hazards, posting, rechecking, rounds, screening, stock
from anju.appraisals.models import Appraisal, Hazard, Round
from anju.appraisals.queries import household as papers
from anju.demo import elsewhere, pictures
from anju.demo.place import Place
from anju.demo.story import DESK
from anju.evidence import photos
from anju.evidence.models import Album
from anju.guarantees import actions as guarantees
from anju.guarantees import lifting
from anju.refusing import Refused
from anju.registry import actions as registry
from anju.registry.models import Dwelling, Household
from anju.registry.staging import Housing
from anju.verification import actions as verification
from anju.verification.models import Campaign
from anju.vocabulary import coordinates
from anju.vocabulary.route import Category

SEED = 20200610
_PHOTOGRAPHED = 6
_OF_ANOTHER_HOUSE, _FROM_AFAR = 3, 2
"""Which of the photographed households were given a photo of the first one's house, and a photo taken 51 km away: what an inspector should find."""
_AFAR = 51 / (111.195 * 0.7386)
"""Degrees east that are 51 km there."""
HOUSED, ROUND_FROM, ROUND_TO = date(2019, 6, 30), date(2020, 5, 6), date(2020, 6, 20)
CAMPAIGN_FROM, CAMPAIGN_DUE = date(2020, 6, 1), date(2020, 6, 30)
_STRUCTURES = (("brick_timber", 0.55), ("brick_concrete", 0.25), ("earth_timber", 0.15), ("stone_timber", 0.05))
_GRADES = {"dangerous": (("D", 0.45), ("C", 0.4), ("B", 0.15)), "plain": (("A", 0.35), ("B", 0.55), ("C", 0.1))}
CENTRE = (Decimal("122.5386"), Decimal("42.3869"))
"""The county's seat, WGS-84; invented houses lie around it."""
Users = dict[str, User]


def tell(people: Users, place: Place) -> None:
    """The whole story in one transaction; where the round is there already nothing is done."""
    if Round.objects.filter(area=DESK).exists():
        return
    township = next(each for each in place.townships if each.startswith(DESK))
    villages = [each.code for each in place.villages if each.township == township][:3]
    chance = random.Random(SEED)
    with transaction.atomic():
        known = {
            village: list(Household.objects.filter(area__startswith=village, closed_on=None).exclude(elsewhere.IN_WORKS).order_by("number"))
            for village in villages
        }
        _houses([one for households in known.values() for one in households], people, chance)
        suspect = _screened(villages, known, people, chance)
        early = _early_hazards([one for one in known[villages[0]] if one.pk in suspect][:6], people)
        appraised = _appraised(known[villages[0]], suspect, people, chance)
        _housed_elsewhere(appraised, people)
        _verified(villages, known, people)
        elsewhere.house(DESK, people[f"demo-clerk-{DESK}"], without=township)
        made = stock.make(area=DESK, by=people[f"demo-clerk-{DESK}"], as_of=date(2020, 5, 31))
        for login in (f"demo-clerk-{DESK}", f"demo-sign-poverty-{DESK}"):
            if login in people:
                stock.sign(stock=made, by=people[login])
        _hung(appraised, people)
        _rechecked(people)
        _hazards(known[villages[1]], people)
        _lifted(early, people)
        for county in place.counties:
            if county != DESK:
                _elsewhere(county, people[f"demo-clerk-{county}"])
        elsewhere.tell(people, place.counties, DESK)


def _weighted(chance: random.Random, weights: Sequence[tuple[str, float]]) -> str:
    return chance.choices([word for word, _weight in weights], [weight for _word, weight in weights])[0]


def _houses(households: Sequence[Household], people: Users, chance: random.Random) -> None:
    rows = []
    for at, household in enumerate(households, 1):
        lng, lat = (centre + Decimal(chance.randint(-9000, 9000)) / 100_000 for centre in CENTRE)
        bays = chance.choice((2, 3, 3, 4))
        rows.append(
            Housing(
                at, f"demo.house:{household.number}", household.pk, kinds="own+live", lng=lng, lat=lat, coordinates="WGS84", is_only=True,
                year_built=chance.randint(1975, 2014), structure=_weighted(chance, _STRUCTURES), storeys=1, bays=bays,
                main_area=Decimal(bays * 18 + chance.randint(0, 12)), status="used",
            )
        )  # fmt: skip
    registry.record_houses(on=HOUSED, by=people[f"demo-clerk-{DESK}"], rows=rows)


def _screened(villages: Sequence[str], known: dict[str, list[Household]], people: Users, chance: random.Random) -> set[int]:
    clerk, cadre, town = people[f"demo-clerk-{DESK}"], people["demo-village"], people["demo-township"]
    round_ = rounds.open_round(
        area=DESK,
        kind="revisit",
        name="2020年农村住房安全“回头看”",
        starts_on=ROUND_FROM,
        ends_on=ROUND_TO,
        by=clerk,
        document="彰住建〔2020〕12号",
    )
    rounds.staff(round=round_, cadres=186, experts=12, by=clerk)
    suspect = set()
    for village, by, share in ((villages[0], cadre, 1.0), (villages[1], town, 0.55)):
        households = known[village][: round(len(known[village]) * share)]
        fine = []
        for household in households:
            seen = _weighted(chance, (("fine", 0.87), ("suspect", 0.09), ("absent", 0.04)))
            day = ROUND_FROM + timedelta(days=chance.randint(0, 25))
            if seen == "fine":
                fine.append(household)
                continue
            note = (
                chance.choice(("后墙有竖向裂缝", "屋面下沉、漏雨", "山墙外鼓", "檩条糟朽"))
                if seen == "suspect"
                else "全家外出务工，邻居代述"
            )
            screening.screen(round=round_, household=household, result=seen, by=by, on=day, lives_here=seen == "suspect", note=note)
            if seen == "suspect":
                suspect.add(household.pk)
        screening.screen_alike(round=round_, households=fine, by=by, on=ROUND_FROM + timedelta(days=chance.randint(0, 25)))
    return suspect


def form_for(grade: str, dwelling: Dwelling, area: str, on: date) -> dict[str, Any]:
    """A form of the day's standard for this house that comes to the grade."""
    state = dwelling.states.filter(superseded_at=None).latest("valid_from")
    return elsewhere.form_of(grade, state.structure or "brick_timber", area, on)


def _appraised(households: Sequence[Household], suspect: set[int], people: Users, chance: random.Random) -> list[Appraisal]:
    appraiser, cadre = people["demo-appraiser"], people["demo-village"]
    drawn: list[tuple[Household, str, date, bool]] = []
    for household in households:
        if household.pk in suspect or household.groups:
            grade = _weighted(chance, _GRADES["dangerous" if household.pk in suspect else "plain"])
            on = date(2020, 5, 11) + timedelta(days=chance.randint(0, 25))
            drawn.append((household, grade, on, chance.random() < 0.8))
    shown = _to_photograph([(household.pk, grade) for household, grade, _on, _signs in drawn])
    made: list[Appraisal] = []
    for household, grade, on, signs in drawn:
        dwelling = Dwelling.objects.filter(occupancies__household=household).distinct().first()
        assert dwelling is not None
        album = None
        if household.pk in shown:
            album = _photographed(household, dwelling, on, appraiser, shown.index(household.pk) + 1)
        paper = appraising.submit(
            household=household, dwelling=dwelling, form=form_for(grade, dwelling, household.area, on), on=on, by=appraiser, appraisers=["石岩", "梁工"],
            album=album, trigger="suspect" if household.pk in suspect else "first",
        )  # fmt: skip
        made.append(paper)
        if signs:
            appraising.acknowledge(appraisal=paper, agreed=True, by=cadre, on=min(on + timedelta(days=2), date(2020, 6, 10)))
    return made


def _to_photograph(graded: Sequence[tuple[int, str]]) -> list[int]:
    """The households whose houses are photographed: the first dangerous ones; in a small place also others, so that both doubtful photos are there."""
    dangerous = [key for key, grade in graded if grade in ("C", "D")][:_PHOTOGRAPHED]
    others = [key for key, grade in graded if grade not in ("C", "D")]
    return [*dangerous, *others[: max(0, _OF_ANOTHER_HOUSE - len(dangerous))]]


def _photographed(household: Household, dwelling: Dwelling, on: date, by: User, seed: int) -> Album:
    """Three photos of the day at the house: its front, what is wrong, and inside. Two households' fronts aren't what they are said to be."""
    album = house_albums.of_house(household=household, dwelling=dwelling, title=f"{household.number} 房屋鉴定", by=by, since=on)
    for shot, (kind, drawn) in enumerate((("house", "standing"), ("component", "standing"), ("component", "inside"))):
        front = kind == "house"
        scene, away = 1 if front and seed == _OF_ANOTHER_HOUSE else seed, _AFAR if front and seed == _FROM_AFAR else 0.0
        _shot(album, dwelling, on, by, seed, kind=kind, shot=shot, drawn=drawn, scene=scene, away=away)
    return album


def _shot(
    album: Album,
    dwelling: Dwelling,
    on: date,
    by: User,
    seed: int,
    *,
    kind: str,
    shot: int = 0,
    drawn: str = "standing",
    scene: int = 0,
    away: float = 0.0,
) -> None:
    """A photo of the day, taken at the house or ``away`` degrees east of it; ``scene``: another house than the seed's is seen."""
    state = dwelling.states.filter(superseded_at=None).latest("valid_from")
    assert state.lng is not None
    assert state.lat is not None
    words = pictures.Words(
        at=datetime.combine(on, time(9, 10 + seed + shot), ZoneInfo("Asia/Shanghai")),
        place=coordinates.Place(float(state.lng) + away, float(state.lat), accuracy_m=8),
        phone=seed,
    )
    photos.add(
        album=album, file=pictures.house(4100 + (scene or seed), shot=shot, state=drawn, size=(960, 720), words=words), kind=kind, by=by
    )


def _hung(appraised: Sequence[Appraisal], people: Users) -> None:
    """Plates for safe houses and signs for dangerous ones: some hang, some still wait in the office."""
    clerk, cadre, on = people[f"demo-clerk-{DESK}"], people["demo-village"], date(2020, 6, 8)
    village = [paper for paper in appraised if paper.area.startswith(cadre.area)]
    for kind, grades, many, hung in (("plate", "AB", 6, 3), ("sign", "CD", 5, 2)):
        for at, paper in enumerate([one for one in village if one.grade in grades][:many]):
            made = posting.issue(kind=kind, appraisal=paper, by=clerk, on=on)
            if at < hung and made.album is not None and paper.dwelling is not None:
                _shot(made.album, paper.dwelling, on, cadre, (20 if kind == "plate" else 30) + at, kind=kind, shot=1)
                posting.hang(posting=made, by=cadre, on=on)


def _rechecked(people: Users) -> None:
    """A share of the appraiser's work drawn by the county's clerk, who has looked at some of it again. One house was worse than its paper said, so
    what was concluded of its household rests on nothing any more."""
    clerk, on = people[f"demo-clerk-{DESK}"], date(2020, 6, 9)
    lot = rechecking.draw(
        appraiser=people["demo-appraiser"], area=DESK, since=date(2020, 5, 11), until=date(2020, 6, 5), by=clerk, seed=str(SEED)
    )
    drawn = list(lot.items.select_related("appraisal__household", "appraisal__dwelling").order_by("id"))
    sound = [one for one in drawn if one.appraisal.grade in "AB" and not one.appraisal.postings.exists()]
    worse = min(sound, key=lambda one: (not one.appraisal.household.groups, one.pk), default=None)  # a household on a list has a conclusion
    for item in [one for one in drawn if one is not worse][:2]:
        rechecking.settle(item=item, by=clerk, same=True, note="到户复看，与原鉴定一致", on=on)
    if worse is None:
        return
    first = worse.appraisal
    second = appraising.submit(
        household=first.household, dwelling=first.dwelling, form=form_for("C", first.dwelling, first.area, on), on=on, by=clerk,
        appraisers=[clerk.name, "邢志国"], trigger="recheck",
    )  # fmt: skip
    rechecking.settle(item=worse, by=clerk, same=False, second=second, note="承重墙有贯通裂缝，原鉴定时被粮囤遮挡，构件应评为 c", on=on)


def _housed_elsewhere(appraised: Sequence[Appraisal], people: Users) -> None:
    dangerous = [paper for paper in appraised if paper.grade in ("C", "D")]
    for paper in dangerous[:3]:
        guarantees.record(
            household=paper.household, route="relatives", since=paper.on, by=people["demo-township"], provider="长子（本村）", relation="父子",
            document="投亲居住同意书", until=date(2021, 5, 31), safe_because="长子住房 2018 年新建，村鉴定为 A 级",
        )  # fmt: skip
    for paper in dangerous[3:4]:
        guarantees.record(
            household=paper.household, route="rented_house", since=paper.on, by=people["demo-township"], provider="本村闲置农房户主",
            document="农房租赁协议 2020-05", until=date(2020, 7, 5), safe_because="出租房鉴定为 B 级",
        )  # fmt: skip


def _verified(villages: Sequence[str], known: dict[str, list[Household]], people: Users) -> None:
    clerk, verifier = people[f"demo-clerk-{DESK}"], people["demo-verifier"]
    campaign = verification.open_campaign(
        area=DESK,
        name="2020年住房安全有保障核验",
        starts_on=CAMPAIGN_FROM,
        due=CAMPAIGN_DUE,
        by=clerk,
        categories=["JDLK"],
        document="辽住建村〔2020〕6号",
    )
    _verify(campaign, [one for one in known[villages[0]] if "JDLK" in one.groups.split("+")], verifier)


def _verify(campaign: Campaign, households: Sequence[Household], verifier: User) -> None:
    for at, household in enumerate(households):
        on = CAMPAIGN_FROM + timedelta(days=at % 9)
        supported = verification.grounds(household, on).supported
        category = supported or Category.UNGUARANTEED
        try:
            verification.conclude(
                household=household, category=category.value, by=verifier, verifiers=["邢志国", "金淑珍"], on=on, campaign=campaign, informant="本人",
                lives_here=True, why="" if supported else "现住房为危房，已列入今年改造计划",
            )  # fmt: skip
        except Refused:
            continue


def _hazards(households: Sequence[Household], people: Users) -> None:
    for household, urgent, cause, what in zip(
        households[-2:], (True, False), ("flood", "age"), ("6月7日暴雨后西山墙外鼓，随时可能倒塌", "后檐檩条断裂，局部漏雨"), strict=False
    ):
        hazards.report(
            household=household, way="household", cause=cause, description=what, by=people["demo-township"], on=date(2020, 6, 8), urgent=urgent,
            reporter="本人电话",
        )  # fmt: skip


def _early_hazards(households: Sequence[Household], people: Users) -> list[Hazard]:
    """Hazards of early May, appraised since."""
    told = (
        ("flood", "连日阴雨后后墙外鼓", "cadre"), ("age", "正房檩条断了一根", "household"), ("geology", "房后土坡滑动，墙根堆土", "department"),
        ("age", "山墙开裂，手能伸进去", "household"), ("wind_snow", "大风掀了西屋瓦", "household"), ("flood", "院里积水，地基下沉", "cadre"),
    )  # fmt: skip
    return [
        hazards.report(
            household=one, way=way, cause=cause, description=what, by=people["demo-village"], on=date(2020, 5, 7), reporter="本人" if way == "household" else "",
        )
        for one, (cause, what, way) in zip(households, told, strict=False)
    ]  # fmt: skip


def _lifted(reported: Sequence[Hazard], people: Users) -> None:
    """Those whose house proved safe, or who are housed elsewhere, are struck; of the others one waits for its way out."""
    town, on = people["demo-township"], date(2020, 6, 9)
    for hazard in reported[:-1]:
        safe = papers.safe_paper(hazard, on)
        if safe is not None:
            hazards.close(hazard=hazard, by=town, how="加固后鉴定安全", appraisal=safe, on=on)
        elif lifting.way_out(hazard, on) is not None:
            lifting.lift(hazard=hazard, by=town, how="已搬到亲属家居住", on=on)


_ELSEWHERE = (
    ("flood", "household", "6月7日暴雨后后墙外鼓", date(2020, 6, 8), True, None),
    ("flood", "department", "气象预警村，院墙冲倒，正房墙根泡水", date(2020, 6, 8), False, None),
    ("age", "cadre", "檩条糟朽，屋面下沉", date(2020, 6, 3), False, None),
    ("wind_snow", "household", "大风掀了半边屋瓦", date(2020, 5, 14), False, True),
    ("age", "household", "电话里说墙裂了", date(2020, 6, 1), False, False),
)


def _elsewhere(county: str, clerk: User) -> None:
    """A county's round over its 特困 households, three quarters done, and its hazards."""
    round_ = rounds.open_round(
        area=county, kind="focused", name="2020年特困户住房安全重点排查", starts_on=date(2020, 5, 11), ends_on=date(2020, 6, 25), by=clerk,
        categories=["TK"], document="建村〔2020〕8号",
    )  # fmt: skip
    rounds.staff(round=round_, cadres=64, experts=4, by=clerk)
    households = list(
        Household.objects.filter(area__startswith=county, closed_on=None, groups__contains="TK")
        .exclude(elsewhere.IN_WORKS)
        .order_by("area", "number")
    )
    seen = households[: len(households) * 3 // 4]
    notes = ("后墙有竖向裂缝", "屋面下沉、漏雨", "山墙外鼓", "檩条糟朽")
    for at, household in enumerate(seen[5 :: max(1, len(seen) // 12)]):
        result = "suspect" if at % 4 else "absent"
        note = notes[at % 4] if at % 4 else "外出就医"
        day = date(2020, 5, 12) + timedelta(days=at)
        screening.screen(round=round_, household=household, result=result, by=clerk, on=day, lives_here=result == "suspect", note=note)
    for part, day in enumerate((date(2020, 5, 15), date(2020, 5, 26), date(2020, 6, 5))):
        screening.screen_alike(round=round_, households=seen[part::3], by=clerk, on=day)
    for household, (cause, way, what, on, urgent, real) in zip(households[-len(_ELSEWHERE) :], _ELSEWHERE, strict=False):
        made = hazards.report(
            household=household, way=way, cause=cause, description=what, by=clerk, on=on, urgent=urgent, reporter="本人电话"
        )
        if real is not None:
            note = "瓦面掀开约三平方米，檩条完好" if real else "抹灰层开裂，墙体完好"
            hazards.check(hazard=made, by=clerk, found=real, note=note, on=on + timedelta(days=2))
