"""一户一方案: what holds it up, each by its rule; where the family lives meanwhile is in the register and goes with the plan; its pages and its paper."""

from collections.abc import Callable
from datetime import date, timedelta
from decimal import Decimal
from functools import partial
from typing import Any

import pytest
from django.db import IntegrityError, connection, transaction
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from anju.accounts.models import User
from anju.appraisals.queries.living import DANGEROUS, homes_graded
from anju.appraisals.tests.conftest import COUNTY, person
from anju.cases import actions, drawings, rules
from anju.cases.actions.moving import holding
from anju.cases.models import Case, Drawing, HouseholdPlan, PaperReading
from anju.cases.tests.conftest import Road
from anju.cases.tests.test_pages import browser, page
from anju.cases.tests.test_the_road import refused, replayed
from anju.checks import Check
from anju.clock.actions import set_today
from anju.documents.tests.echo import pages
from anju.guarantees import actions as guarantees
from anju.registry import actions as registry
from anju.registry.models import Dwelling, Household, Occupancy

DAY = date(2020, 6, 10)
Said = dict[str, Any]


@pytest.fixture
def approved(dangerous: list[Household], road: Road) -> Case:
    """A D house whose family of one rebuilds 40 ㎡ for 24,000 yuan."""
    (case,) = road.to("approved", dangerous[0])
    return case


@pytest.fixture
def draw(approved: Case, township: User) -> Callable[..., HouseholdPlan]:
    """``draw(total=…)``: a plan that fits, but for what is said otherwise."""

    def drawn(**more: Any) -> HouseholdPlan:
        return actions.draw_plan(case=approved, by=township, on=DAY, **{**Road.plan(approved), **more})

    return drawn


@pytest.fixture
def neighbour(dangerous: list[Household]) -> Dwelling:
    """The house of the fourth household, B."""
    spell = dangerous[3].occupancies.get()
    return spell.dwelling


def lived_in_dangerous(household: Household, on: date = DAY) -> bool:
    """Whether the household counts as 危房住人."""
    return homes_graded(DANGEROUS, on).filter(household=household).exists()


# ------------------------------------------------------------------------------------------------ what holds it up


@pytest.mark.parametrize(
    ("rule", "said", "words"),
    [
        (rules.WORKS, {"works": []}, "请选改造内容"),
        (rules.WORKS, {"works": [("plaster", True), ("openings", True)]}, "粉刷、装饰、门窗"),
        (rules.WORKS, {"works": [("院墙刷白", False)]}, "院墙刷白"),
        (rules.PLANNED_AREA, {"main_area": None}, "请写明拟建的主房面积"),
        (rules.PLANNED_AREA, {"main_area": Decimal(41)}, "超过批准的 40 ㎡"),
        (rules.PLANNED_AREA, {"main_area": Decimal(19)}, "低于下限"),
        (rules.PLANNED_AREA, {"auxiliary_area": Decimal("10.5")}, "附属房 10.5 ㎡"),
        (rules.TOILET, {"toilet": "three_grid"}, "农户同意"),
        (rules.TOILET, {"toilet": "three_grid", "toilet_consent": False}, "农户同意"),
        (rules.MEANWHILE, {"meanwhile": ""}, "D 级"),
        (rules.MEANWHILE, {"meanwhile": "stays"}, "D 级"),
        (rules.MEANWHILE, {"meanwhile_place": " "}, "住的地方"),
        (rules.MEANWHILE, {"meanwhile_from": None}, "从哪天起"),
        (rules.MEANWHILE, {"meanwhile_until": date(2020, 4, 1)}, "先后"),
        (rules.FUNDS, {"total": 2_700_001}, "相差 0.01 元"),
        (rules.FUNDS, {"loan": 100}, "相差 1.00 元"),
        (rules.FUNDS, {"total": 0}, "总费用"),
        (rules.FUNDS, {"loan": -100, "self_raised": 300_100}, "不能是负数"),
        (rules.FUNDS, {"self_raised": 10**12, "total": 10**12 + 2_400_000}, "不能太大"),
        (rules.RESPONSIBLE, {"village_person": ""}, "责任人"),
        (rules.RESPONSIBLE, {"finish_on": date(2020, 6, 26)}, "竣工期限 2020-06-25"),
        (rules.RESPONSIBLE, {"finish_on": date(2020, 6, 12)}, "排不开"),
        (rules.DEBT, {"self_raised": 3_000_100, "total": 5_400_100}, "超过提醒线"),
        (rules.DEBT, {"loan": 3_600_000, "self_raised": 100, "total": 6_000_100}, "超过提醒线"),
    ],
)  # fmt: skip
def test_a_plan_is_refused_by_its_rule(rule: Check, said: Said, words: str, draw: Callable[..., HouseholdPlan]) -> None:
    assert words in refused(rule, partial(draw, **said))
    assert not HouseholdPlan.objects.exists()


def test_what_may_make_a_household_poor_is_answered_by_a_reason_that_is_kept(draw: Callable[..., HouseholdPlan], approved: Case) -> None:
    heavy = {"loan": 3_500_000, "total": 6_200_000}
    refused(rules.DEBT, partial(draw, **heavy))
    assert "相差" in refused(rules.FUNDS, partial(draw, **heavy | {"total": 9_000_000}))  # what nobody answers is said first
    made = draw(**heavy, debt_reason="儿子在外务工，两年还清")
    assert made.own == 3_800_000
    assert "61%" in made.debt_said
    assert made.debt_reason == "儿子在外务工，两年还清"
    assert "debt_said" in approved.steps.get(code="draw_plan").details["household"]
    light = actions.redraw_plan(case=approved, by=made.by, on=DAY, reason="少借", **Road.plan(approved), debt_reason="不用了")
    assert (light.debt_said, light.debt_reason) == ("", "")


def test_a_repair_needs_no_area_and_a_family_of_a_c_house_may_stay(dangerous: list[Household], road: Road, township: User) -> None:
    (case,) = road.to("approved", dangerous[2])
    said = Road.plan(case)
    assert "main_area" not in said
    made = actions.draw_plan(case=case, by=township, on=DAY, **said, meanwhile="stays", drawing=None)
    assert [milestone for milestone, _day in made.milestones] == ["start", "completion"]
    assert made.disposal == ""


def test_days_are_counted_back_from_the_deadline(draw: Callable[..., HouseholdPlan], approved: Case, road: Road, township: User) -> None:
    made = draw(finish_on=date(2020, 6, 20))
    days = [date.fromisoformat(day) for _milestone, day in made.milestones]
    assert [milestone for milestone, _day in made.milestones] == ["start", "foundation", "structure", "completion"]
    assert days[0] > DAY
    assert days[-1] == date(2020, 6, 20)
    assert days == sorted(set(days))
    assert approved.plan is not None
    by_deadline = actions.redraw_plan(case=approved, by=township, on=DAY, reason="按期限", **Road.plan(approved))
    assert dict(by_deadline.milestones)["completion"] == approved.plan.complete_due.isoformat()
    set_today(day=date(2020, 7, 1))  # the deadline has passed: another day is said
    late = partial(actions.redraw_plan, case=approved, by=township, reason="误期", **Road.plan(approved))
    assert "排不开" in refused(rules.RESPONSIBLE, late)
    assert dict(late(finish_on=date(2020, 9, 30)).milestones)["start"] == "2020-08-01"


def test_a_household_of_neither_income_nor_labour_is_held_to_the_lower_limit(
    draw: Callable[..., HouseholdPlan], approved: Case, clerk: User
) -> None:
    draw(main_area=Decimal(40))
    actions.undo(case=approved, by=clerk, reason="填错")
    registry.set_flag(flag="double_none", household=approved.household, on=date(2020, 6, 1), by=clerk)
    assert "按下限控制" in refused(rules.PLANNED_AREA, partial(draw, main_area=Decimal(40)))
    assert draw(main_area=Decimal(20)).main_area == 20


def test_the_works_begin_with_a_plan_and_another_takes_its_place_with_why(
    draw: Callable[..., HouseholdPlan], approved: Case, township: User
) -> None:
    again = partial(actions.redraw_plan, case=approved, by=township, on=DAY, **Road.plan(approved))
    refused(rules.HOUSEHOLD_PLAN, partial(again, reason="改"))
    first = draw()
    assert "已经登记过" in refused(rules.ORDER, draw)
    refused(rules.REASON, partial(again, reason=" "))
    second = again(reason="改图")
    approved.refresh_from_db()
    assert holding(approved) == second
    assert set(approved.household_plans.all()) == {first, second}
    actions.undo(case=approved, by=township, reason="不改了")
    approved.refresh_from_db()
    assert holding(approved) == first
    replayed(approved)


def test_many_plans_are_drawn_up_in_one_act_and_who_fails_stays(dangerous: list[Household], road: Road, township: User) -> None:
    cases = road.to("approved", *dangerous[:3])
    plans = {one.pk: actions.Plan(**Road.plan(one)) for one in cases}
    plans[cases[1].pk] = actions.Plan(**{**Road.plan(cases[1]), "total": 1})
    plans[cases[2].pk] = actions.Plan(
        **{**Road.plan(cases[2]), "meanwhile": "relatives", "meanwhile_from": DAY, "dwelling": Dwelling.objects.order_by("number")[3]}
    )
    refusals = actions.draw_plans(plans=plans, by=township, on=DAY)
    assert {key: one.rule for key, one in refusals.items()} == {cases[1].pk: rules.FUNDS}
    assert list(HouseholdPlan.objects.order_by("case").values_list("case", flat=True)) == [cases[0].pk, cases[2].pk]
    for one in cases:
        replayed(one)


def test_the_database_adds_up_whatever_writes(draw: Callable[..., HouseholdPlan]) -> None:
    made = draw()
    for wrong in ({"total": 1}, {"loan": -1, "self_raised": 300_001}, {"toilet": "sewer", "toilet_consent": None}, {"debt_said": "超"}):
        with pytest.raises(IntegrityError), transaction.atomic():
            HouseholdPlan.objects.filter(pk=made.pk).update(**wrong)


# ------------------------------------------------------------------------------------------------ where the family lives meanwhile


def test_a_family_that_moved_out_no_longer_lives_in_a_dangerous_house(
    draw: Callable[..., HouseholdPlan], approved: Case, neighbour: Dwelling, township: User
) -> None:
    home = approved.household
    assert lived_in_dangerous(home)
    made = draw(dwelling=neighbour, meanwhile_place="", meanwhile_from=date(2020, 6, 8))
    assert made.moved is not None
    assert not lived_in_dangerous(home)
    assert lived_in_dangerous(home, date(2020, 6, 7))
    actions.undo(case=approved, by=township, reason="填错了户")
    assert lived_in_dangerous(home)
    assert lived_in_dangerous(home, date(2020, 6, 9))
    assert not Occupancy.objects.open().filter(kind=Occupancy.Kind.TRANSITIONAL).exists()


def test_who_lived_there_comes_back_to_where_it_lived(
    draw: Callable[..., HouseholdPlan], approved: Case, neighbour: Dwelling, township: User
) -> None:
    assert approved.dwelling is not None
    registry.occupy(household=approved.household, dwelling=approved.dwelling, kind="live", on=date(2020, 4, 1), by=township)
    draw(dwelling=neighbour, meanwhile_from=DAY)
    assert not lived_in_dangerous(approved.household)
    set_today(day=date(2020, 6, 12))
    ended = actions.return_home(case=approved, by=township)
    assert ended.returned is not None
    assert lived_in_dangerous(approved.household, date(2020, 6, 12))
    assert not lived_in_dangerous(approved.household, date(2020, 6, 11))
    refused(rules.MEANWHILE, lambda: actions.return_home(case=approved, by=township))


def test_words_alone_move_nobody_and_a_later_day_waits_until_the_family_has_moved(
    draw: Callable[..., HouseholdPlan], approved: Case, neighbour: Dwelling, township: User
) -> None:
    draw()
    assert lived_in_dangerous(approved.household)
    assert "不用登记搬入" in refused(rules.MEANWHILE, lambda: actions.move_meanwhile(case=approved, by=township))
    again = {**Road.plan(approved), "dwelling": neighbour, "meanwhile_from": DAY + timedelta(days=5)}
    made = actions.redraw_plan(case=approved, by=township, on=DAY, reason="落实了住处", **again)
    assert made.moved is None
    assert lived_in_dangerous(approved.household)
    set_today(day=DAY + timedelta(days=6))
    moved = actions.move_meanwhile(case=approved, by=township, on=DAY + timedelta(days=6))
    assert moved.moved is not None
    assert not lived_in_dangerous(approved.household, DAY + timedelta(days=6))
    assert "已经登记过搬入" in refused(rules.MEANWHILE, lambda: actions.move_meanwhile(case=approved, by=township))


def test_another_plan_ends_the_stay_of_the_one_before_and_its_undoing_restores_it(
    draw: Callable[..., HouseholdPlan], approved: Case, neighbour: Dwelling, township: User, clerk: User
) -> None:
    first = draw(dwelling=neighbour, meanwhile_from=DAY)
    set_today(day=date(2020, 6, 12))
    actions.redraw_plan(case=approved, by=township, reason="另找", **Road.plan(approved))
    first.refresh_from_db()
    assert first.returned is not None
    assert lived_in_dangerous(approved.household, date(2020, 6, 12))
    actions.undo(case=approved, by=township, reason="还住那里")
    first.refresh_from_db()
    assert first.returned is None
    assert not lived_in_dangerous(approved.household, date(2020, 6, 12))
    actions.split(case=Case.objects.get(pk=approved.pk), by=clerk, reason="分户")
    approved.refresh_from_db()
    assert "plan" not in approved.marks
    assert lived_in_dangerous(approved.household, date(2020, 6, 12))


@pytest.mark.parametrize("ends", ["withdraw", "revoke", "take_other_route", "revoke_paused"])
def test_nobody_lives_elsewhere_for_the_time_being_once_the_case_has_ended(
    ends: str, draw: Callable[..., HouseholdPlan], approved: Case, neighbour: Dwelling, clerk: User
) -> None:
    made, home = draw(dwelling=neighbour, meanwhile_from=DAY), approved.household
    township = made.by
    day = DAY + timedelta(days=2)
    set_today(day=day)
    if ends == "take_other_route":
        guarantees.record(
            household=home, route="relocation", since=day, by=township, document="协议", provider="安置点", safe_because="A 级"
        )
    if ends == "revoke_paused":
        actions.pause(case=approved, by=clerk, reason="外出")
        assert not lived_in_dangerous(home, day)
    end = {
        "withdraw": partial(actions.withdraw, reason="投奔女儿", written_on=day),
        "take_other_route": partial(actions.take_other_route, reason="搬迁"),
    }.get(ends, partial(actions.revoke, reason="不符合"))
    ended = end(case=approved, by=clerk, on=day)
    assert ended.ended_on == day
    assert not Occupancy.objects.open().filter(kind=Occupancy.Kind.TRANSITIONAL).exists()
    assert lived_in_dangerous(home, day)
    assert not lived_in_dangerous(home, day - timedelta(days=1))
    assert "已经办结" in refused(rules.ORDER, lambda: actions.move_meanwhile(case=approved, by=township))
    assert "登记过渡结束" not in page(browser(township), "plan-panel", approved.number)
    back = actions.undo(case=approved, by=clerk, reason="误办")
    made.refresh_from_db()
    assert (back.ended_on, made.returned) == (None, None)
    assert not lived_in_dangerous(home, day)
    replayed(back)


def test_taking_a_step_back_moves_nobody_who_had_not_moved(
    draw: Callable[..., HouseholdPlan], approved: Case, neighbour: Dwelling, clerk: User
) -> None:
    made = draw(dwelling=neighbour, meanwhile_from=DAY + timedelta(days=2))
    set_today(day=DAY + timedelta(days=3))
    actions.revoke(case=approved, by=clerk, reason="不符合")
    actions.undo(case=approved, by=clerk, reason="误办")
    made.refresh_from_db()
    assert made.moved is None
    assert lived_in_dangerous(approved.household, DAY + timedelta(days=3))


def test_a_dangerous_house_or_the_one_that_is_renovated_is_no_place_to_live(
    draw: Callable[..., HouseholdPlan], approved: Case, dangerous: list[Household]
) -> None:
    other = dangerous[1].occupancies.get().dwelling
    assert "D 级危房" in refused(rules.MEANWHILE, partial(draw, dwelling=other))
    assert "要改造的这一处" in refused(rules.MEANWHILE, partial(draw, dwelling=approved.dwelling))


# ------------------------------------------------------------------------------------------------ the drawings


@pytest.fixture
def designs(clerk: User) -> Callable[..., Drawing]:
    """``designs("B-01", 38)``."""

    def added(code: str, metres: int, **more: Any) -> Drawing:
        said: Said = {
            "area": COUNTY, "name": "一层平房", "structure": "brick_concrete", "storeys": 1, "rooms": 3, "document": "彰武县农房图集（2019）",
            "valid_from": date(2019, 1, 1), "intensity": 7,
        }  # fmt: skip
        return actions.add_drawing(code=code, main_area=Decimal(metres), **said | {"by": clerk} | more)

    return added


def test_a_household_chooses_from_what_fits_its_place_and_its_size(
    designs: Callable[..., Drawing], draw: Callable[..., HouseholdPlan], approved: Case, clerk: User
) -> None:
    fits, large, small = designs("B-01", 38), designs("B-02", 60), designs("B-03", 18)
    former = designs("B-04", 36, valid_to=date(2020, 1, 1))
    assert list(drawings.fitting(approved, DAY)) == [fits]
    for wrong, words in ((large, "超过批准的 40 ㎡"), (small, "下限"), (former, "不是有效的")):
        assert words in refused(rules.DRAWING, partial(draw, drawing=wrong))
    elsewhere = Drawing.objects.create(
        area="210921", code="X", name="他县", structure="stone", storeys=1, main_area=38, rooms=2, document="图", valid_from=DAY,
        added_by=clerk, added_at=fits.added_at,
    )  # fmt: skip
    assert "不是本地的" in refused(rules.DRAWING, partial(draw, drawing=elsewhere))
    made = draw(drawing=fits, main_area=None, auxiliary_area=None)
    assert (made.main_area, made.structure, made.storeys) == (Decimal(38), "brick_concrete", 1)
    actions.retire_drawing(drawing=fits, by=clerk)
    set_today(day=DAY + timedelta(days=1))
    assert not drawings.fitting(approved, DAY + timedelta(days=1))
    assert HouseholdPlan.objects.get().drawing == fits


def test_each_level_keeps_its_own_catalogue(designs: Callable[..., Drawing], township: User) -> None:
    one = designs("B-01", 38)
    assert designs("B-01", 39).pk == one.pk  # the same again corrects it
    refused_ = partial(refused, rules.ROLE)
    assert "停用农房图集" in refused_(lambda: actions.retire_drawing(drawing=one, by=township))
    for above in (person("阜新市局", "city_viewer", "2109"), person("省厅", "province_viewer", "21")):
        assert "发布的那一级" in refused_(partial(actions.retire_drawing, drawing=one, by=above))
        refused_(partial(designs, "B-01", 50, by=above))
        assert "停用</button>" not in page(browser(above), "drawings")
        theirs = designs("P-01", 45, area=above.area, by=above)
        assert theirs.area == above.area
        refused_(partial(actions.retire_drawing, drawing=theirs, by=one.added_by))
    for wrong in ({"intensity": 3}, {"structure": "纸"}, {"storeys": 0}, {"valid_to": date(2018, 1, 1)}, {"document": " "}):
        refused(rules.DRAWING, partial(designs, "B-09", 38, **wrong))


def test_the_catalogue_is_seen_filtered_and_added_to(designs: Callable[..., Drawing], clerk: User, township: User) -> None:
    designs("B-01", 38)
    designs("C-02", 90, structure="frame", name="两层小楼", storeys=2)
    client = browser(clerk)
    shown = page(client, "drawings")
    assert "B-01" in shown
    assert "两层小楼" in shown
    assert "C-02" not in page(client, "drawings", query="?structure=brick_concrete")
    assert "B-01" not in page(client, "drawings", query="?size=6")
    assert "B-01" not in page(client, "drawings", query="?q=小楼")
    ending = designs("E-01", 38, valid_to=DAY + timedelta(days=30))
    coming = designs("F-01", 38, valid_from=DAY + timedelta(days=1))
    shown = page(client, "drawings")
    assert reverse("cases:retire-drawing", args=[ending.pk]) in shown
    assert reverse("cases:retire-drawing", args=[coming.pk]) not in shown
    assert "未生效" in shown
    client.post(reverse("cases:retire-drawing", args=[ending.pk]))
    assert reverse("cases:retire-drawing", args=[ending.pk]) not in page(client, "drawings")
    form = {
        "code": "D-01", "name": "石木房", "structure": "stone_timber", "storeys": "1", "main_area": "42.5", "rooms": "2", "document": "辽图",
        "valid_from": "2020-01-01", "intensity": "6",
    }  # fmt: skip
    assert client.post(reverse("cases:drawings"), form | {"main_area": ""}).status_code == 422
    assert client.post(reverse("cases:drawings"), form).status_code == 302
    made = Drawing.objects.get(code="D-01")
    assert (made.area, made.main_area, made.intensity) == (COUNTY, Decimal("42.5"), 6)
    theirs = browser(township)
    assert "D-01" in page(theirs, "drawings")
    assert theirs.post(reverse("cases:retire-drawing", args=[made.pk])).status_code == 302
    made.refresh_from_db()
    assert made.valid_to is None
    client.post(reverse("cases:retire-drawing", args=[made.pk]))
    made.refresh_from_db()
    assert made.valid_to == DAY
    stranger = person("外县经办", "county_clerk", "210921", "housing")
    assert "D-01" not in page(browser(stranger), "drawings")
    assert browser(stranger).post(reverse("cases:retire-drawing", args=[made.pk])).status_code == 404


# ------------------------------------------------------------------------------------------------ on the pages


FORM = {
    "on": "2020-06-10", "items": ["foundation", "walls", "roof"], "main_area": "40", "auxiliary_area": "10", "total": "27,000", "self_raised": "3000",
    "meanwhile": "relatives", "meanwhile_place": "本村女儿家", "meanwhile_from": "2020-06-09", "village_person": "金书记", "township_person": "包铁柱",
    "toilet": "three_grid", "toilet_consent": "yes", "accessibility": ["ramp", "handrail"], "more_safe": "挡土墙、护坡", "disposal_by": "2020-07-01",
}  # fmt: skip


def test_a_plan_is_filled_in_on_its_page(approved: Case, township: User, neighbour: Dwelling, dangerous: list[Household]) -> None:
    client, address = browser(township), reverse("cases:household-plan", args=[approved.number])
    assert address in page(client, "show", approved.number)
    shown = page(client, "household-plan", approved.number)
    assert "24,000.00 元" in shown
    wrong = client.post(address, FORM | {"total": "30000"})
    assert wrong.status_code == 422
    text = wrong.content.decode()
    assert rules.FUNDS.source in text
    assert "本村女儿家" in text
    unread = client.post(address, FORM | {"loan": "三千"})
    assert unread.status_code == 422
    assert "不是金额" in unread.content.decode()
    assert "辖区内没有编号为" in client.post(address, FORM | {"house": "210922109201-9999"}).content.decode()
    assert client.post(address, FORM | {"house": dangerous[3].number}).status_code == 302
    made = HouseholdPlan.objects.get()
    assert (made.total, made.own, made.dwelling, made.toilet_consent) == (2_700_000, 300_000, neighbour, True)
    assert made.works == [["foundation", True], ["walls", True], ["roof", True], ["挡土墙", True], ["护坡", True]]
    panel = page(client, "plan-panel", approved.number)
    assert "27,000.00 元" in panel
    assert "住在过渡住房，不算危房住人" in panel
    assert "三格化粪池，农户同意" in panel
    changed = page(client, "household-plan", approved.number)
    assert "挡土墙、护坡" in changed
    assert 'value="27000"' in changed
    assert client.post(address, FORM | {"reason": "不改厕了", "toilet": "", "toilet_consent": ""}).status_code == 302
    assert "以前的方案 1 份" in page(client, "plan-panel", approved.number)
    assert "登记库里的房屋" in page(client, "plan-panel", approved.number)


def test_what_it_comes_to_is_told_while_it_is_filled_in(approved: Case, township: User) -> None:
    client, address = browser(township), reverse("cases:plan-look", args=[approved.number])
    told = client.post(
        address, {"total": "70000", "loan": "41000", "self_raised": "x", "main_area": "55", "finish_on": "2020-06-11"}
    ).content.decode()
    assert "还差 5,000.00 元 没有来源" in told
    assert "超过提醒线" in told
    assert "排不开" in told
    assert "来源等于总费用" in client.post(address, {"total": "24000", "finish_on": "2020-06-24"}).content.decode()
    assert client.get(address).status_code == 405


def test_the_family_is_moved_from_the_case_page(
    draw: Callable[..., HouseholdPlan], approved: Case, neighbour: Dwelling, township: User
) -> None:
    draw(dwelling=neighbour, meanwhile_from=DAY + timedelta(days=2))
    client = browser(township)
    move, back = (reverse("cases:plan-family", args=[approved.number, do]) for do in ("move", "return"))
    assert move in page(client, "plan-panel", approved.number)
    client.post(move, {"on": "2020-06-20"})  # not yet
    assert HouseholdPlan.objects.get().moved is None
    client.post(move, {"on": "2020-06-10"})
    assert HouseholdPlan.objects.get().moved is not None
    assert back in page(client, "plan-panel", approved.number)
    client.post(back, {"on": "2020-06-10"})
    assert HouseholdPlan.objects.get().returned is not None
    assert client.post(reverse("cases:plan-family", args=[approved.number, "fly"])).status_code == 404


def test_the_plan_is_printed_masked(
    draw: Callable[..., HouseholdPlan], approved: Case, township: User, designs: Callable[..., Drawing]
) -> None:
    client, address = browser(township), reverse("cases:plan-paper", args=[approved.number])
    assert client.get(address).status_code == 404
    draw(
        drawing=designs("B-01", 38),
        main_area=Decimal(38),
        loan=3_500_000,
        total=6_200_000,
        debt_reason="亲友借款",
        toilet="sewer",
        toilet_consent=True,
    )
    made = client.get(address)
    assert made["Content-Type"] == "application/pdf"
    text = "".join(pages(made.content)).replace("\n", "")
    for words in ("一户一方案", "周德海", "原址拆除重建", "B-01", "62,000.00", "亲友借款", "投亲靠友", "金书记", "竣工"):
        assert words in text, words
    assert "21092219" not in text.replace("*", "")
    (one,) = approved.household_plans.all()
    assert client.get(f"{address}?plan={one.pk}").status_code == 200
    assert PaperReading.objects.filter(paper="plan", of=approved.number, household=approved.household, by=township).count() == 2
    assert client.get(f"{address}?plan={one.pk + 999}").status_code == 404
    assert client.get(f"{address}?plan={'9' * 30}").status_code == 404


def test_who_prepares_no_works_draws_no_plan_and_other_areas_see_none(
    draw: Callable[..., HouseholdPlan], approved: Case, collector: User, neighbour: Dwelling
) -> None:
    village = browser(collector)
    assert village.get(reverse("cases:household-plan", args=[approved.number])).status_code in (403, 404)
    refused(rules.ROLE, lambda: actions.draw_plan(case=approved, by=collector, on=DAY, **Road.plan(approved)))
    draw(dwelling=neighbour, meanwhile_from=DAY + timedelta(days=2))
    refused(rules.ROLE, lambda: actions.move_meanwhile(case=approved, by=collector))
    panel = page(village, "plan-panel", approved.number)
    assert "总费用" in panel
    assert reverse("cases:household-plan", args=[approved.number]) not in panel
    other = browser(person("外村", "township_reviewer", "210922100", "township"))
    for name in ("household-plan", "plan-panel", "plan-paper"):
        assert other.get(reverse(f"cases:{name}", args=[approved.number])).status_code == 404, name


def test_a_case_page_asks_no_more_for_many_plans(draw: Callable[..., HouseholdPlan], approved: Case, township: User) -> None:
    draw()
    client = browser(township)
    page(client, "plan-panel", approved.number)
    with CaptureQueriesContext(
        connection,
    ) as one:
        page(client, "plan-panel", approved.number)
    for at in range(3):
        actions.redraw_plan(case=approved, by=township, on=DAY, reason=f"改 {at}", **Road.plan(approved))
    with CaptureQueriesContext(connection) as many:
        page(client, "plan-panel", approved.number)
    assert len(many) == len(one)
