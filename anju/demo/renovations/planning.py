"""The year's task from the province down to the townships, each level's days earlier than those above; the drawings; two requests for more."""

from collections.abc import Mapping
from datetime import date
from decimal import Decimal

from anju.accounts.models import User
from anju.cases import actions
from anju.cases.models import AnnualPlan, Drawing
from anju.demo.story import DESK
from anju.vocabulary import division

Users = dict[str, User]
_YEAR, _DONE = 2020, 0.94
"""The task is a little less than what is done in the end (S2-02)."""
_DRAWINGS = (("YS-30", "一室一厅", 30, 1), ("YS-40", "两室小户型", 40, 2), ("YS-48", "两室一厅", 48, 3), ("YS-58", "三室一厅", 58, 4))


def hand_down(people: Users, city: str, cases: Mapping[str, int]) -> None:
    """Province, city and counties: ``cases`` says how many households each county renovates."""
    by = people["demo-city"]
    whole = max(1, round(sum(cases.values()) * _DONE))
    actions.make_plan(
        area=city[:2], year=_YEAR, households=whole * 9, start_due=date(2020, 5, 20), complete_due=date(2020, 6, 30), by=by,
        document="演示用的任务数，不是实际下达的",
    )  # fmt: skip
    actions.make_plan(
        area=city, year=_YEAR, households=whole, start_due=date(2020, 4, 30), complete_due=date(2020, 6, 25), by=by, document="阜住建发〔2020〕演示1号"
    )  # fmt: skip
    shares = [actions.Share(area=county, households=max(1, round(many * _DONE))) for county, many in cases.items()]
    actions.hand_down(area=city, year=_YEAR, shares=shares, by=by, document="阜住建发〔2020〕演示2号")


def to_townships(clerk: User, county: str, cases: Mapping[str, int]) -> None:
    """A county's task for its townships, to be completed five days before the city's day."""
    plan = AnnualPlan.objects.get(area=county, year=_YEAR)
    actions.make_plan(
        area=county, year=_YEAR, households=plan.households, start_due=date(2020, 4, 28), complete_due=date(2020, 6, 20), by=clerk, document=plan.document
    )  # fmt: skip
    shares = [actions.Share(area=township, households=max(1, round(many * _DONE))) for township, many in cases.items()]
    actions.hand_down(area=county, year=_YEAR, shares=shares, by=clerk, document="演示3号")


def draw(clerk: User, county: str) -> list[Drawing]:
    """The county's catalogue of designs, the smallest first; invented ones."""
    return [
        actions.add_drawing(
            area=county, code=code, name=name, structure="brick_concrete", storeys=1, main_area=Decimal(area), rooms=rooms, intensity=7,
            document="演示图集，不是实际图纸", valid_from=date(2020, 1, 1), by=clerk,
        )
        for code, name, area, rooms in _DRAWINGS
    ]  # fmt: skip


def ask(people: Users) -> None:
    """The desk's township asks for more than it got, and so does its county."""
    township, clerk = people["demo-township"], people[f"demo-clerk-{DESK}"]
    for by, many, why in (
        (township, 6, "入春后新鉴定 D 级 6 户，都在名单上，不在今年任务里"), (clerk, 20, "各乡镇新增合格户没有指标，请市里调剂"),
    ):  # fmt: skip
        if AnnualPlan.objects.filter(area=division.stem(by.area), year=_YEAR).exists():
            actions.ask_quota(area=by.area, year=_YEAR, households=many, reason=why, by=by, on=date(2020, 6, 8), document="")
