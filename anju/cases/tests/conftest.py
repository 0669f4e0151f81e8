"""A village on a locked list, its houses appraised D, C or none, and everybody who has a hand in a case."""

import itertools
from collections.abc import Callable, Sequence
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from django.utils import timezone

from anju import clock
from anju.accounts.models import User
from anju.appraisals.actions.appraising import submit
from anju.appraisals.actions.no_house import determine
from anju.appraisals.tests.conftest import COUNTY, GOOD, TODAY, TOWNSHIP, VILLAGE, appraiser, clerk, collector, person, places
from anju.cases import actions, photographs
from anju.cases.models import Case
from anju.clock.actions import set_today
from anju.demo.pictures import Words, house
from anju.evidence import photos
from anju.evidence.models import Album
from anju.notices import actions as notices
from anju.notices.models import Notice
from anju.notices.tests.conftest import board
from anju.refusing import Refused
from anju.registry import actions as registry
from anju.registry.models import Household
from anju.registry.staging import Enrolment
from anju.rosters.models import Batch, BatchRow
from anju.vocabulary.coordinates import Place
from anju.vocabulary.division import Level

__all__ = ["appraiser", "clerk", "collector", "places"]
LISTED, APPRAISED, APPLIED = date(2020, 1, 31), date(2020, 3, 1), date(2020, 3, 10)
HOTLINE = "0418-6922315"
CHINA = ZoneInfo("Asia/Shanghai")
_SEEDS = itertools.count(1)


@pytest.fixture
def offices(places: None) -> dict[str, User]:
    """The three other departments of the joint check, by kind."""
    kinds = ("poverty", "civil_affairs", "disabled_federation")
    return {kind: person(f"{kind}会签", "cosigner", COUNTY, kind) for kind in kinds}


@pytest.fixture
def township(places: None) -> User:
    """The township's reviewer."""
    return person("包铁柱", "township_reviewer", TOWNSHIP, "township")


def on_a_locked_list(
    by: User,
    names: Sequence[str],
    *,
    office: str = "poverty",
    category: str = "JDLK",
    title: str = "建档立卡户",
    village: str = VILLAGE,
    source: str = "t:list",
) -> list[Household]:
    """Households of one head each, on a department's list of 31 January that has been locked since."""
    batch = Batch.objects.create(
        area=village[:6], owner=office, category=category, title=title, as_of=LISTED, status="matched", received_by=by, received_at=timezone.now()
    )  # fmt: skip
    rows = [
        BatchRow.objects.create(batch=batch, sheet="名单", row=at, area=village, name=name, outcome="clean")
        for at, name in enumerate(names, 2)
    ]
    registry.enrol(
        rows=[
            Enrolment(at, f"rosters.row:{row.pk}", row.name, village, str(at), "小官村", sex="1", relation="02", category=category)
            for at, row in enumerate(rows, 1)
        ],
        on=LISTED, by=by, source=source,
    )  # fmt: skip
    Batch.objects.filter(pk=batch.pk).update(status="locked", locked_at=timezone.now())
    return list(Household.objects.filter(source__startswith=f"{source}#").order_by("number"))


@pytest.fixture
def homes(clerk: User) -> list[Household]:
    """Five households on a locked list of 31 January, each with a house but the last."""
    made = on_a_locked_list(clerk, ("周德海", "赵凤芹", "孙福", "刘守义", "王桂兰"))
    for household in made[:4]:
        registry.record_dwelling(
            household=household, kind="own", on=LISTED, by=clerk, state={"year_built": 1985, "structure": "brick_timber", "storeys": 1}
        )
    return made


@pytest.fixture
def grade(homes: list[Household], appraiser: User) -> Callable[..., None]:
    """``grade(household, "d")``."""

    def graded(household: Household, level: str, on: date = APPRAISED) -> None:
        form = {**GOOD, "components": {**GOOD["components"], "bearing_wall": level}}  # type: ignore[dict-item]
        house = household.occupancies.order_by("id").first()
        assert house is not None
        submit(household=household, dwelling=house.dwelling, form=form, by=appraiser, appraisers=["石岩"], on=on)

    return graded


@pytest.fixture
def dangerous(homes: list[Household], grade: Callable[..., None], clerk: User) -> list[Household]:
    """D, D, C, B and no house."""
    for household, level in zip(homes, "ddcb", strict=False):
        grade(household, level)
    determine(
        household=homes[4],
        applied_on=APPRAISED,
        village_on=APPRAISED,
        village_opinion="情况属实",
        township_opinion="同意",
        by=clerk,
        on=APPRAISED,
    )
    return homes


class Road:
    """Leads cases along, each step by whom it is done, on the first day it can be."""

    def __init__(self, people: dict[str, User], village: str = VILLAGE) -> None:
        self.people = people
        self.village, self.township, self.county = village, village[:9], village[:6]
        self.day = APPLIED

    def later(self, days: int = 1) -> date:
        """Some days later."""
        self.day += timedelta(days=days)
        set_today(day=self.day)
        return self.day

    def applied(self, household: Household) -> Case:
        """A case begun."""
        return actions.apply(household=household, by=self.people["village"], on=self.day)

    def hung(self, cases: list[Case], level: Level, area: str) -> Notice:
        """A notice of these cases posted, photographed, and closed after its days."""
        by = self.people["county" if level is Level.COUNTY else "township"]
        self.later()
        notice = actions.post(
            cases=[one.pk for one in cases], level=level, area=area, title="改造对象公示", by=by, hotline=HOTLINE, on=self.day
        )
        notice = notices.photograph_start(notice=notice, by=by, file=board(next(_SEEDS), self.day))
        self.day = notice.closes_on
        set_today(day=self.day)
        notice = notices.photograph_end(notice=notice, by=by, file=board(next(_SEEDS), self.day))
        return notices.close(notice=notice, by=by, on=self.day)

    def to(self, stage: str, *households: Household) -> list[Case]:
        """Cases of these households, led to a stage of the road."""
        made = [self.applied(one) for one in households]
        keys = [one.pk for one in made]
        for reached, step in (
            ("applied", None), ("reviewed", self._reviewed), ("village_posted", self._village), ("township_reviewed", self._township),
            ("township_posted", self._township_posted), ("checked", self._checked), ("county_posted", self._county), ("approved", self._approved),
            ("ready", self._prepared), ("started", self._started),
        ):  # fmt: skip
            refused = step(made) if step is not None else None
            assert not refused, next(iter(refused.values())).message
            made = list(Case.objects.filter(pk__in=keys).order_by("pk"))
            if reached == stage:
                break
        set_today(day=max(self.day, TODAY))
        return made

    def _started(self, cases: list[Case]) -> dict[int, Refused]:
        by = self.people["township"]
        self.later()
        for case in cases:
            actions.report(case=case, code="start_works", by=by, on=self.day, album=pictured("start_works", case, by, self.day))
        return {}

    def _village(self, cases: list[Case]) -> dict[int, Refused]:
        return self._posted(cases, Level.VILLAGE, self.village, self.people["village"])

    def _township_posted(self, cases: list[Case]) -> dict[int, Refused]:
        return self._posted(cases, Level.TOWNSHIP, self.township, self.people["township"])

    def _county(self, cases: list[Case]) -> dict[int, Refused]:
        return self._posted(cases, Level.COUNTY, self.county, self.people["county"])

    def _reviewed(self, cases: list[Case]) -> dict[int, Refused]:
        votes = [actions.Vote(one.pk, 22) for one in cases]
        by = self.people["village"]
        return actions.review_many(
            votes=votes,
            by=by,
            due=40,
            came=28,
            chair="金书记",
            recorder="金淑珍",
            on=self.later(),
            album=pictured("review", cases[0], by, self.day),
        )

    def _posted(self, cases: list[Case], level: Level, area: str, by: User) -> dict[int, Refused]:
        self.hung(cases, level, area)
        return actions.posted(cases=[one.pk for one in cases], level=level, by=by, on=self.day)

    def _township(self, cases: list[Case]) -> dict[int, Refused]:
        for case in cases:
            actions.visit(case=case, by=self.people["township"], seen="墙体开裂，屋面漏雨", on=self.day)
        return actions.review_township(cases=[one.pk for one in cases], by=self.people["township"], on=self.later())

    def _checked(self, cases: list[Case]) -> dict[int, Refused]:
        keys = [one.pk for one in cases]
        for name in ("county", "poverty", "civil_affairs", "disabled_federation"):
            refused = actions.check_many(cases=keys, by=self.people[name], on=self.day)
            assert not refused, next(iter(refused.values())).message
        return actions.advance_many(cases=keys, step=actions.Step(code="check", on=self.later()), by=self.people["county"])

    def _approved(self, cases: list[Case]) -> dict[int, Refused]:
        county = self.people["county"]
        actions.make_plan(
            area=self.county, year=2020, households=100, complete_due=date(2020, 6, 25), start_due=date(2020, 4, 30), by=county
        )
        return actions.approve_many(approvals=[self.approval(one) for one in cases], by=county, on=self.later())

    @staticmethod
    def approval(case: Case) -> actions.Approval:
        """What fits the case: a house of the least size, or a repair; the amount by the county's own paper."""
        if case.grade == "C":
            return actions.Approval(case=case.pk, method="repair", amount=600_000, basis="彰住建〔2020〕3号")
        method = "newbuild" if case.grade == "none" else "rebuild"
        return actions.Approval(
            case=case.pk, method=method, main_area=Decimal(40), auxiliary_area=Decimal(10), amount=2_400_000, basis="彰住建〔2020〕3号"
        )

    @staticmethod
    def plan(case: Case) -> dict[str, Any]:
        """A plan that fits the case: nothing beyond the subsidy but a little of its own, the family with relatives meanwhile."""
        subsidy = case.subsidy or 0
        said: dict[str, Any] = {
            "self_raised": 300_000, "total": subsidy + 300_000, "village_person": "金书记", "township_person": "包铁柱",
            "works": [("strengthen_walls", True)] if case.method == "repair" else [("foundation", True), ("walls", True), ("roof", True)],
        }  # fmt: skip
        if case.main_area is not None:
            said |= {"main_area": case.main_area, "auxiliary_area": case.auxiliary_area}
        if case.grade == "D":
            said |= {
                "meanwhile": "relatives",
                "meanwhile_place": "本村女儿家",
                "meanwhile_from": date(2020, 5, 1),
                "disposal": "demolished",
            }
        return said

    def _prepared(self, cases: list[Case]) -> dict[int, Refused]:
        by = self.people["township"]
        self.later()
        for case in cases:
            mode = "unified_repair" if case.method == "repair" else "unified_build"
            actions.survey_mode(case=case, by=by, mode=mode, on=self.day)
            actions.draw_plan(case=case, by=by, on=self.day, **self.plan(case))
            actions.agree(
                case=case, by=by, kind="three", builder="彰武宏达施工队", signed_on=self.day, start_due=self.day, finish_due=date(2020, 6, 20),
                filed_on=self.day, stages=[("开工", 30), ("竣工验收", 70)],
            )  # fmt: skip
        keys = [one.pk for one in cases]
        for code in ("stock_materials", "train"):
            refused = actions.prepare(cases=keys, code=code, by=by, note="已备齐", on=self.day)
            assert not refused, next(iter(refused.values())).message
        return {}


@pytest.fixture
def road(clerk: User, collector: User, township: User, offices: dict[str, User]) -> Road:
    """Leads cases along."""
    return Road({"county": clerk, "village": collector, "township": township, **offices})


def pictured(code: str, case: Case, by: User, on: date | None = None) -> Album:
    """An album with the photo that a step can't do without, taken on a day (the clock's) by somebody's phone in the county."""
    if code == "review":
        album = photographs.open_for_meeting(area=case.area, since=case.since, by=by)
    else:
        album = photographs.open_for(case=case, code=code, by=by)
    state = {"lay_foundation": "foundation", "raise_structure": "frame", "complete": "new"}.get(code, "standing")
    seed = next(_SEEDS)
    words = Words(at=datetime.combine(on or clock.today(), time(0), CHINA), place=Place(122.53, 42.39), phone=seed)
    picture = house(seed, state=state, size=(320, 240), words=words)
    photos.add(album=album, file=picture, kind=photographs.SHOTS[code].kinds[0], by=by)
    return album


def reported(case: Case, code: str, by: User, on: date) -> Case:
    """A milestone with its photo."""
    return actions.report(case=case, code=code, by=by, on=on, album=pictured(code, case, by, on))
