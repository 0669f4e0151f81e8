"""Problems and notices of the demonstrated county by 10 June 2020: something in every state, told through the same doors that its people use."""

from collections.abc import Mapping, Sequence
from datetime import date, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from django.db import transaction

from anju import clock
from anju.accounts.models import User
from anju.demo import pictures
from anju.demo.pictures import Words
from anju.demo.place import Place
from anju.demo.safety import CENTRE
from anju.demo.story import DESK
from anju.evidence import photos
from anju.notices import actions as notices
from anju.notices.models import Notice
from anju.problems import actions as problems
from anju.registry.models import Membership
from anju.vocabulary import coordinates

Users = dict[str, User]
_CHINA = ZoneInfo("Asia/Shanghai")
_HOTLINE = "0418-6920000"

# source, category, severity, what is wrong; days ago found, days given (None: not handed over), how far it went
_PROBLEMS: tuple[tuple[str, str, str, str, int, int | None, str], ...] = (
    ("superior", "archive", "plain", "抽查 20 户，有 6 户没有一户一档，村里拿不出申请书和鉴定表。", 35, 30, "verifying"),
    ("provincial", "coverage", "serious", "低保户中有 4 户未做房屋安全鉴定。", 33, 25, "rectifying"),
    ("self", "quality", "serious", "3 户新建房没有设圈梁，墙体有斜裂缝。", 12, 20, "rectifying"),
    ("called", "uninformed", "plain", "电话回访 20 户，有 4 户不知道鉴定结果。", 30, 20, "closed"),
    ("compared", "entry", "plain", "系统登记的改造方式与档案不一致 7 户。", 20, 25, "returned"),
    ("reported", "target", "plain", "群众反映 1 户已在县城买房，仍列入改造名单。", 25, 15, "clue"),
    ("linked", "effect", "serious", "2 户改造后屋面仍漏雨。", 3, None, "open"),
    ("evaluation", "acceptance", "plain", "5 户竣工超过 40 天没有验收。", 2, None, "open"),
)
_MENDED = {
    "cause": "台账由村里自行保管，镇里没有按月核对",
    "mended": "镇里每月 5 日收齐上月资料，缺一项不报验收",
    "self_check": "查了其余各村，同类情况 3 户，已一并改正",
}


def tell(people: Users, place: Place) -> None:
    """The whole story in one transaction; where there are notices already nothing is done."""
    if Notice.objects.filter(area__startswith=DESK).exists():
        return
    township = next(each for each in place.townships if each.startswith(DESK))
    villages = [each for each in place.villages if each.township == township][:3]
    with transaction.atomic():
        for at, told in enumerate(_PROBLEMS):
            _problem(told, villages[at % len(villages)].code, people, seed=9000 + at)
        _notices([(village.code, village.name) for village in villages], people)


def _problem(told: tuple[str, str, str, str, int, int | None, str], area: str, people: Users, *, seed: int) -> None:
    source, category, severity, what, ago, given, far = told
    clerk, town, today = people[f"demo-clerk-{DESK}"], people["demo-township"], clock.today()
    found = today - timedelta(days=ago)
    problem = problems.open_problem(source=source, category=category, severity=severity, area=area, description=what, by=clerk, on=found)
    if given is None:
        return
    due = found + timedelta(days=given)
    problems.hand_over(problem=problem, to=town.organisation, due=due, by=clerk, note="请逐户核实，按期报结果。", on=found)
    if far == "clue":
        problems.transfer(
            problem=problem, reason="false", text="村干部明知其有房，仍出具无房证明。", by=clerk, on=today - timedelta(days=2)
        )
    if far in ("rectifying", "clue"):
        return
    problems.report_plan(problem=problem, plan="镇村两级逐户核对，镇建设助理每天通报进度。", by=town, on=found + timedelta(days=3))
    assert problem.album is not None
    mended = min(today, due - timedelta(days=1))
    photos.add(album=problem.album, file=_picture(seed, mended), kind="after_mending", by=town)
    problems.rectify(
        problem=problem, report=f"已于 {mended.month} 月 {mended.day} 日前全部改正，镇村两级核对签字。", by=town, on=mended, **_MENDED
    )
    if far == "closed":
        problems.verify(problem=problem, way="sample", text="抽查 3 户，情况属实。", by=clerk, on=mended)
    elif far == "returned":
        problems.send_back(problem=problem, text="其中 2 户仍与档案不一致。", by=clerk, due=today + timedelta(days=6), on=mended)


def _households(area: str, most: int) -> list[Mapping[str, object]]:
    heads = Membership.objects.open().filter(area__startswith=area, relation="02").select_related("person").order_by("household_id")[:most]
    kinds = (("D级", "拆除重建", 28_500), ("C级", "维修加固", 14_000), ("D级", "拆除重建", 28_500))
    return [
        {"place": "", "head": one.person.name, "grade": grade, "method": method, "amount": amount}
        for one, (grade, method, amount) in zip(heads, kinds * most, strict=False)
    ]


def _notices(villages: Sequence[tuple[str, str]], people: Users) -> None:
    clerk, town, cadre, today = people[f"demo-clerk-{DESK}"], people["demo-township"], people["demo-village"], clock.today()
    columns = ("place", "head", "grade", "method", "amount")

    def post(at: int, title: str, ago: int, **more: Any) -> Notice:
        area, name = villages[at]
        rows = [{**row, "place": name} for row in _households(area, 6)] or [{"place": name}]
        given: dict[str, Any] = {
            "kind": "review", "area": area, "title": f"{name}{title}", "rows": rows, "columns": columns, "by": town, "hotline": _HOTLINE,
            "starts_on": today - timedelta(days=ago), "intro": "根据农户申请，经村民代表会议评议，下列农户拟列入 2020 年农村危房改造，现予公示。",
        }  # fmt: skip
        return notices.post(**given | more)

    ended = post(0, "2020 年第一批危房改造对象评议结果公示", 21)
    _shoot(ended, ended.starts_on, cadre, seed=9101)
    _shoot(ended, ended.last_day, cadre, seed=9102, end=True)
    notices.close(notice=ended, by=town, on=ended.closes_on)
    objected = post(0, "2020 年第二批危房改造对象评议结果公示", 8)
    _shoot(objected, objected.starts_on, cadre, seed=9103)
    notices.object_to(
        notice=objected,
        about="第 2 户去年已搬到儿子家住，房子没人住，不该再改。",
        channel="visit",
        row=min(2, objected.rows),
        by=town,
        on=today - timedelta(days=4),
    )
    hanging = post(1, "2020 年危房改造对象评议结果公示", 3)
    _shoot(hanging, hanging.starts_on, town, seed=9104)
    post(2, "2019 年危房改造补助资金公示", 0, kind="money", by=clerk, intro="")


def _shoot(notice: Notice, on: date, by: User, *, seed: int, end: bool = False) -> None:
    """A photo of the board as a phone would have taken it that day."""
    (notices.photograph_end if end else notices.photograph_start)(notice=notice, by=by, file=_picture(seed, on))


def _picture(seed: int, on: date) -> bytes:
    """A photo of the day as a phone takes it, near the township's middle."""
    east, north = (float(middle) + seed % 7 * 0.002 for middle in CENTRE)
    words = Words(
        at=min(datetime.combine(on, time(9, 30), _CHINA), clock.now()), place=coordinates.Place(east, north, accuracy_m=12), phone=seed
    )
    return pictures.house(seed, size=(960, 720), words=words)
