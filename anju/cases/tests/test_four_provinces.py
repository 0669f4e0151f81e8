"""One household in Henan, Hunan, Liaoning and Yunnan: the same code, the same road; only the numbers of the programme differ, each with its source.

Where the seeds and domain 2 say nothing of a province the national value holds, and the catalogue says so.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from django.utils import timezone

from anju import policy
from anju.appraisals.actions.appraising import submit
from anju.appraisals.tests.conftest import GOOD, house_of, person
from anju.cases import actions, planning, rules, standards
from anju.cases.tests.conftest import APPRAISED, LISTED, Road, reported
from anju.clock.actions import set_today
from anju.policy import area as areas
from anju.policy import keys
from anju.policy.keys import KEYS, Key
from anju.policy.schedule import deadlines
from anju.policy.subsidy import NoSubsidyRule, subsidy
from anju.refusing import Refused
from anju.registry import actions as registry
from anju.registry.models import Household
from anju.registry.staging import Enrolment
from anju.rosters.models import Batch, BatchRow
from anju.rosters.tests import county

CATALOGUE = Path(__file__).resolve().parents[3] / "docs" / "catalogue" / "programme.md"
DAY = date(2020, 6, 10)
PUZE = {"group": "DB", "grade": "D", "method": "rebuild", "size": 3, "main_area": Decimal(58)}
"""A household on the list of low incomes: three persons, a house graded D, to be rebuilt on the spot with 58 ㎡."""


@dataclass(frozen=True)
class Place:
    """A place with what the seeds and domain 2 say of it; keys that aren't named are national there."""

    area: str
    province: str
    own: Mapping[str, str] = field(default_factory=dict)
    """Key → what its source has to name."""


PLACES = {
    "河南": Place(
        "411081100201", "41",
        {
            keys.AREA_STANDARD.key: "S4-16", keys.PRIORITY.key: "S4-10", keys.TRAINED_BUILDER.key: "S4-31", keys.MOVE_IN_AFTER_PASS.key: "S4-20",
        },
    ),
    "湖南": Place("430528100201", "43", {keys.GUIDANCE_VISITS.key: "S1-18", keys.ARRIVALS.key: "S1-22", keys.DEADLINES.key: "S1-14"}),
    "辽宁": Place("210922109201", "21", {keys.AGREEMENT.key: "S2-27", keys.DEADLINES.key: "S2-25"}),
    "云南": Place("530326101201", "53", {keys.METHODS.key: "S0-38", keys.AREA_STANDARD.key: "S0-40", keys.ACCEPTANCE_STEPS.key: "S0-53"}),
}  # fmt: skip
OF_A_CASE: tuple[Key[Any], ...] = (
    *(
        keys.NOTICE_DAYS,
        keys.COUNTY_NOTICE_DAYS,
        keys.NOTICE_PHOTOS,
        keys.EXCLUSIONS,
        keys.ONCE_ONLY,
        keys.PRIORITY,
        keys.METHODS,
        keys.AREA_STANDARD,
    ),
    *(
        keys.AGREEMENT,
        keys.TRAINED_BUILDER,
        keys.GUIDANCE_VISITS,
        keys.ARRIVALS,
        keys.MILESTONE_DAYS,
        keys.DEADLINES,
        keys.ACCEPTANCE_STEPS,
    ),
    *(
        keys.ACCEPTANCE_FORM,
        keys.ACCEPTANCE_WORKDAYS,
        keys.ACCEPTANCE_PERCENT,
        keys.ACCEPTED_GRADES,
        keys.MOVE_IN_AFTER_PASS,
        keys.PAYMENT_DAYS,
    ),
)
"""Every number that a case of the road meets."""


def _rows() -> list[list[str]]:
    text = CATALOGUE.read_text("utf-8")
    return [[cell.strip() for cell in line.strip("|").split("|")] for line in text.splitlines() if re.match(r"\| \w+\.", line)]


@pytest.mark.parametrize("name", PLACES)
def test_a_number_is_the_provinces_own_with_its_source_or_the_national_one_and_the_catalogue_says_which(name: str) -> None:
    place = PLACES[name]
    rows = _rows()
    for key in OF_A_CASE:
        found = policy.find(key, place.area, DAY)
        assert found is not None, key.key
        listed = [row for row in rows if row[0] == key.key and place.area.startswith(row[2])]
        if key.key in place.own:
            assert found.area.startswith(place.province), (key.key, found.area)
            assert place.own[key.key] in found.source, (key.key, found.source)
            assert any(found.area == row[2] and found.source == row[6] for row in listed), key.key
        else:
            assert found.area == "", (key.key, found.area)
            assert not [row for row in listed if row[4] <= DAY.isoformat() and (not row[5] or row[5] >= DAY.isoformat())], key.key
            assert any(row[0] == key.key and row[2] == "全国" and row[6] == found.source for row in rows), key.key
    assert {key.key for key in OF_A_CASE} <= set(KEYS)


@pytest.mark.parametrize(
    ("name", "on", "size", "smallest", "largest"),
    [
        ("河南", DAY, 3, 40, 60),  # S4-16; domain 2.3 (许昌 2017)
        ("河南", date(2022, 6, 1), 3, 40, None),  # domain 2.3: Henan 2022, minimum only
        ("湖南", DAY, 3, 40, 60),  # nothing of Hunan: domain 2.3 nation-wide
        ("辽宁", DAY, 4, 52, 72),  # nothing of Liaoning: domain 2.3, 13–18 ㎡ each; 4.4 test vectors
        ("云南", DAY, 5, 65, 90),  # S0-40, S0-41: as the nation, at the lower limit for 双无
    ],
)
def test_how_large_a_house_may_be(name: str, on: date, size: int, smallest: int, largest: int | None) -> None:
    def refused(main: int) -> str | None:
        return standards.area_refused(PLACES[name].area, on, method="rebuild", size=size, main=Decimal(main))

    assert refused(smallest) is None
    assert refused(smallest - 1)
    if largest is None:
        assert refused(300) is None
    else:
        assert refused(largest) is None
        assert refused(largest + 1)


def test_what_counts_beside_the_main_house() -> None:
    """S4-16: grain and tools don't count in Henan; Pingdingshan adds kitchen and toilet up to 25 ㎡ from 2022 (domain 2.3)."""
    henan = policy.value(keys.AREA_STANDARD, PLACES["河南"].area, DAY)
    assert set(henan.auxiliary) == {"grain", "tools"}
    pingdingshan = policy.value(keys.AREA_STANDARD, "410422", date(2022, 6, 1))
    assert (set(pingdingshan.auxiliary), pingdingshan.auxiliary_cap) == ({"grain", "tools", "kitchen", "toilet"}, 25)
    judged = areas.judged("410422", date(2022, 6, 1), method="rebuild", size=3, main=Decimal(45), auxiliary=Decimal(25))
    assert [one.result for one in judged] == ["ok"] * len(judged)


@pytest.mark.parametrize("name", ["河南", "湖南", "辽宁", "云南"])
@pytest.mark.parametrize(
    ("grade", "fitting"),
    [("C", {"repair"}), ("D", {"rebuild", "relocate", "repair", "help_build"}), ("none", {"newbuild", "help_build"})],
)
def test_which_way_goes_with_which_grade(name: str, grade: str, fitting: set[str]) -> None:
    """Domain 4.1 no. 2; S0-38 for Yunnan names the three measures."""
    every = ("repair", "rebuild", "relocate", "newbuild", "help_build")
    assert {way for way in every if standards.method_refused(PLACES[name].area, DAY, grade=grade, method=way) is None} == fitting


def test_gansu_lets_a_c_household_rebuild_with_its_own_money() -> None:
    """Domain 2.4: the same code, another place and day."""
    assert standards.method_refused("620721", date(2023, 8, 1), grade="C", method="rebuild") is None
    assert standards.method_refused("620721", DAY, grade="C", method="rebuild")


def test_what_is_paid() -> None:
    """Domain 2.4: Yuzhou 2022 pays 630 yuan a square metre for at most 48 ㎡ of three persons. The seeds give no number of the other three: the county
    names amount and paper."""
    asked: dict[str, Any] = dict(PUZE)
    assert subsidy("411081000000", date(2022, 6, 1), **asked).amount == 3_024_000
    told = standards.subsidy_said("411081", date(2022, 6, 1), asked=asked, amount=None, basis="")
    assert told["subsidy"] == 3_024_000
    assert "48" in told["subsidy_said"]
    assert "630" in told["subsidy_said"]
    for name in ("湖南", "辽宁", "云南"):
        with pytest.raises(NoSubsidyRule):
            subsidy(PLACES[name].area, DAY, **asked)
        assert "no_subsidy" in standards.subsidy_said(PLACES[name].area, DAY, asked=asked, amount=None, basis="")
        own = standards.subsidy_said(PLACES[name].area, DAY, asked=asked, amount=2_400_000, basis="县政府〔2020〕3号")
        assert own == {"subsidy": 2_400_000, "subsidy_said": "县政府〔2020〕3号"}


@pytest.mark.parametrize(
    ("name", "days"),
    [
        ("辽宁", {"survey": date(2020, 3, 30), "preparation": date(2020, 4, 20), "start": date(2020, 4, 30), "completion": date(2020, 6, 25)}),
        ("湖南", {"completion": date(2020, 6, 30)}),  # S1-14
        ("河南", {"completion": date(2020, 6, 30)}),  # nation-wide
        ("云南", {"completion": date(2020, 6, 30)}),  # nation-wide
    ],
)  # fmt: skip
def test_by_when(name: str, days: dict[str, date]) -> None:
    """S2-07, S2-10, S2-25, S2-26 for Fuxin."""
    assert {one.step: one.day for one in deadlines(PLACES[name].area, date(2020, 12, 31))} == days
    wanted = planning.set_days(PLACES[name].area, {}, 2020, last=date(2020, 7, 1))  # what the days of a plan are held to
    assert {step: one.day for step, one in wanted.items()} == days


@pytest.mark.parametrize(
    ("name", "parties", "office"),
    [
        ("辽宁", ("township", "household", "builder"), "市级住建部门"),  # S2-27
        ("河南", ("household", "builder"), ""),
        ("湖南", ("household", "builder"), ""),
        ("云南", ("household", "builder"), ""),
    ],
)
def test_who_signs_and_with_whom_it_is_filed(name: str, parties: tuple[str, ...], office: str) -> None:
    assert policy.value(keys.AGREEMENT, PLACES[name].area, DAY).parties == parties
    assert standards.filed_with(PLACES[name].area, DAY) == office


@pytest.mark.parametrize("name", PLACES)
def test_how_it_is_looked_after_and_accepted(name: str) -> None:
    """S1-18 (guidance twice), S1-22 (three arrivals), S0-53 (application, township, county sample), S4-20 (moves in only after the pass): all four hold
    everywhere, by the province's own paper where it has one."""
    area = PLACES[name].area
    assert policy.value(keys.GUIDANCE_VISITS, area, DAY) == 2
    assert policy.value(keys.ARRIVALS, area, DAY) == ("foundation", "structure", "completion")
    assert policy.value(keys.ACCEPTANCE_STEPS, area, DAY) == ("application", "township", "county_sample")
    assert policy.value(keys.MOVE_IN_AFTER_PASS, area, DAY) is True
    assert policy.value(keys.ACCEPTANCE_FORM, area, DAY).key == "2013"
    assert policy.value(keys.NOTICE_DAYS, area, DAY) == 7  # domain 2.7: a week at least; no province of the four says otherwise
    assert policy.value(keys.COUNTY_NOTICE_DAYS, area, DAY) == 7
    sessions = policy.value(keys.TRAINING_SESSIONS, area, date(2019, 6, 1))
    assert sessions == (2 if name == "河南" else 0)  # S4-31, of 2019


# ------------------------------------------------------------------------------------------------ the road itself

TREES = {
    "河南": (("41", "河南省"), ("4110", "许昌市"), ("411081", "禹州市"), ("411081100", "火龙镇"), ("411081100201", "王庄村委会")),
    "湖南": (("43", "湖南省"), ("4305", "邵阳市"), ("430528", "新宁县"), ("430528100", "金石镇"), ("430528100201", "白马村委会")),
    "辽宁": (("21", "辽宁省"), ("2109", "阜新市"), ("210922", "彰武县"), ("210922109", "满堂红镇"), ("210922109201", "小官村委会")),
    "云南": (("53", "云南省"), ("5303", "曲靖市"), ("530326", "会泽县"), ("530326101", "娜姑镇"), ("530326101201", "白雾村委会")),
}


@pytest.fixture
def household(db: None, request: pytest.FixtureRequest) -> tuple[Household, Road]:
    """Three persons on a locked list of low incomes in a house graded D, in the province asked for, and everybody who has a hand in their case."""
    tree = TREES[request.param]
    for code, name in tree:
        county.place(code, name)
    set_today(day=DAY)
    (_p, _c, (area, _a), (township, _t), (village, _v)) = tree
    clerk = person("经办", "county_clerk", area)
    people = {"county": clerk, "village": person("村干部", "village_collector", village, "village")}
    people["township"] = person("乡镇", "township_reviewer", township, "township")
    people |= {kind: person(kind, "cosigner", area, kind) for kind in ("poverty", "civil_affairs", "disabled_federation")}
    batch = Batch.objects.create(
        area=area,
        owner="civil_affairs",
        category="DB",
        title="低保户",
        as_of=LISTED,
        status="matched",
        received_by=clerk,
        received_at=timezone.now(),
    )
    row = BatchRow.objects.create(batch=batch, sheet="名单", row=2, area=village, name="赵德海", outcome="clean")
    family = (("赵德海", "02"), ("李凤芹", "10"), ("赵小海", "20"))
    registry.enrol(
        rows=[
            Enrolment(at, f"rosters.row:{row.pk}" if at == 1 else f"t:{at}", name, village, "1", "1组", sex="1", relation=relation, category="DB" if at == 1 else "")
            for at, (name, relation) in enumerate(family, 1)
        ],
        on=LISTED, by=clerk, source="t:list",
    )  # fmt: skip
    Batch.objects.update(status="locked", locked_at=timezone.now())
    home = Household.objects.get()
    registry.record_dwelling(
        household=home, kind="own", on=LISTED, by=clerk, state={"year_built": 1985, "structure": "brick_timber", "storeys": 1}
    )
    form = {**GOOD, "components": {**GOOD["components"], "bearing_wall": "d"}}  # type: ignore[dict-item]
    appraiser = person("鉴定员", "appraiser", area)
    submit(household=home, dwelling=house_of(home), form=form, by=appraiser, appraisers=["石岩"], on=APPRAISED)
    return home, Road(people, village)


@pytest.mark.parametrize(
    ("household", "name"), [(name, name) for name in TREES], indirect=["household"], ids=["henan", "hunan", "liaoning", "yunnan"]
)
def test_the_same_household_walks_the_same_road(household: tuple[Household, Road], name: str) -> None:
    home, road = household
    (case,) = road.to("approved", home)
    assert (case.size, case.group, case.grade, case.method, str(case.main_area), case.subsidy) == (
        3,
        "DB",
        "D",
        "rebuild",
        "40.00",
        2_400_000,
    )
    assert sorted((one.level, one.notice.days) for one in case.notices.select_related("notice")) == [(4, 7), (5, 7), (6, 7)]
    assert case.plan is not None
    latest = date(2020, 6, 25) if name == "辽宁" else date(2020, 6, 30)
    with pytest.raises(Refused) as late:
        actions.make_plan(area=road.county, year=2020, households=100, complete_due=latest + timedelta(days=1), by=road.people["county"])
    assert (late.value.rule, latest.isoformat() in late.value.message) == (rules.PLAN, True)
    township = road.people["township"]
    actions.survey_mode(case=case, by=township, mode="unified_build", on=road.day)
    signed: dict[str, Any] = {
        "case": case,
        "by": township,
        "kind": "three",
        "builder": "宏达",
        "stages": [("竣工", 100)],
        "start_due": road.day,
    }
    signed |= {"signed_on": road.day, "finish_due": date(2020, 6, 20)}
    if name == "辽宁":  # S2-27: filed with the city
        with pytest.raises(Refused, match="报市级住建部门备案") as unfiled:
            actions.agree(filed_on=None, **signed)
        assert unfiled.value.rule is rules.BUILDER
        actions.agree(filed_on=road.day, **signed)
    else:
        actions.agree(filed_on=None, **signed)
    actions.draw_plan(case=case, by=township, on=road.day, **road.plan(case))
    for code in ("stock_materials", "train"):
        assert not actions.prepare(cases=[case.pk], code=code, by=township, note="已备", on=road.day)
    assert reported(case, "start_works", township, road.day).stage == "started"


def test_no_place_is_named_in_the_code_of_the_road() -> None:
    folder = Path(rules.__file__).parent
    for path in [*folder.glob("*.py"), *folder.glob("actions/*.py"), *folder.glob("views/*.py")]:
        text = path.read_text("utf-8")
        assert not re.search(r"""["'](?:41|43|21|53|2109|411081)\d*["']""", text), path.name
