"""What happens to single cases on their way: the side roads, notices that still hang or are objected to, a head who has changed, a step taken back."""

from collections.abc import Callable
from datetime import date, timedelta

from anju.accounts.models import User
from anju.cases import actions
from anju.cases.models import Case
from anju.cases.rules import TRAINING
from anju.demo import elsewhere
from anju.demo.renovations.road import Led, Road
from anju.guarantees import actions as guarantees
from anju.notices import actions as notices
from anju.registry import actions as registry
from anju.registry.models import Membership
from anju.vocabulary.division import Level

Turn = Callable[[Road, Led, Case, User], None]
TURNS: dict[str, Turn] = {}


def _turn(name: str) -> Callable[[Turn], Turn]:
    def declare(turn: Turn) -> Turn:
        TURNS[name] = turn
        return turn

    return declare


def take(road: Road, led: Led) -> None:
    """The turn of a case, by its township's reviewer where nobody else does it."""
    if turn := TURNS.get(led.then):
        turn(road, led, Case.objects.select_related("household").get(pk=led.case), road.town(led.village))


_PLACES = {Level.VILLAGE: 12, Level.TOWNSHIP: 9, Level.COUNTY: 6}
_HANGS = {"reviewed": Level.VILLAGE, "township_reviewed": Level.TOWNSHIP, "checked": Level.COUNTY}


def hang(road: Road, led: list[Led]) -> None:
    """The notices of the cases that wait for one, each board's together: some hang, some have ended and wait to be taken note of."""
    for then, on in (("posted", date(2020, 6, 5)), ("ended", date(2020, 5, 28)), ("objected", date(2020, 6, 4))):
        boards: dict[tuple[Level, str], list[Led]] = {}
        for one in led:
            if one.then == then:
                level = _HANGS[one.reach]
                boards.setdefault((level, one.village[: _PLACES[level]]), []).append(one)
        for (level, area), cases in sorted(boards.items()):
            notice = road.hung(cases, level, area, on, more=f"（{on.month}月）")
            if then == "objected":
                notices.object_to(
                    notice=notice, about="第 1 户去年已搬到儿子家住，老房子没人住，不该再改。", channel="visit", row=1, by=road.town(area), on=date(2020, 6, 7)
                )  # fmt: skip


@_turn("paused")
def _paused(road: Road, led: Led, case: Case, by: User) -> None:
    actions.pause(case=case, by=by, reason="户主住院，家人请求缓一缓", on=max(case.since, date(2020, 5, 12)))


@_turn("resumed")
def _resumed(road: Road, led: Led, case: Case, by: User) -> None:
    paused = actions.pause(case=case, by=by, reason="宅基地边界与邻居有争议，村里调解", on=case.since + timedelta(days=6))
    actions.resume(case=paused, by=by, on=case.since + timedelta(days=19))


@_turn("withdrawn")
def _withdrawn(road: Road, led: Led, case: Case, by: User) -> None:
    on = case.since + timedelta(days=9)
    actions.withdraw(case=case, by=by, reason="子女接到县城同住，本人自愿放弃", written_on=on - timedelta(days=2), on=on)


@_turn("refused")
def _refused(road: Road, led: Led, case: Case, by: User) -> None:
    actions.refuse(case=case, by=by, reason="入户核实在邻村另有一处新房，不符合条件，已当面告知", on=case.since + timedelta(days=2))


@_turn("returned")
def _returned(road: Road, led: Led, case: Case, by: User) -> None:
    actions.send_back(case=case, by=by, reason="评议会议记录缺参会人签字，请补正后重报", on=case.since + timedelta(days=3))


@_turn("returned twice")
def _returned_twice(road: Road, led: Led, case: Case, by: User) -> None:
    first, entry = case.since + timedelta(days=1), road.entry(led.village)
    back = actions.send_back(case=case, by=by, reason="申请书没有本人签字，请补正后重报", on=first)
    again = actions.resubmit(case=back, by=entry, on=first + timedelta(days=2))
    votes = [actions.Vote(again.pk, 27)]
    on = first + timedelta(days=4)
    album = road.meeting(led.village, entry, on, again.since)
    elsewhere.all_taken(
        actions.review_many(
            votes=votes, by=entry, due=35, came=29, chair="金书记", recorder="金淑珍", on=on, album=album, photos_follow=led.village not in road.told
        )
    )  # fmt: skip
    again.refresh_from_db()
    actions.send_back(case=again, by=by, reason="户主姓名与户口簿不一致，请核对后重报", on=on + timedelta(days=2))


@_turn("other route")
def _other_route(road: Road, led: Led, case: Case, by: User) -> None:
    on = case.since + timedelta(days=5)
    guarantees.record(
        household=case.household, route="relatives", since=on, by=by, provider="长女（本镇）", relation="父女", document="投亲居住同意书",
        until=date(2021, 12, 31), safe_because="长女住房 2017 年新建，鉴定为 A 级",
    )  # fmt: skip
    actions.take_other_route(case=case, by=by, reason="已随长女居住，签了同意书", on=on + timedelta(days=1))


@_turn("checked by two")
def _checked_by_two(road: Road, led: Led, case: Case, by: User) -> None:
    _, poverty, _, disabled = road.checkers()
    _checked(case, [poverty, disabled])


@_turn("checked by all")
def _checked_by_all(road: Road, led: Led, case: Case, by: User) -> None:
    _checked(case, road.checkers())


def _checked(case: Case, offices: list[User]) -> None:
    for office in offices:
        elsewhere.all_taken(actions.check_many(cases=[case.pk], by=office, on=case.since + timedelta(days=3), note="名单核对无误"))


@_turn("untrained")
def _untrained(road: Road, led: Led, case: Case, by: User) -> None:
    actions.waive(case=case, rule=TRAINING.id, reason="工匠去年在邻镇受过培训，证书在换发", by=road.clerk)
    entry, on = road.entry(led.village), date(2020, 4, 26)
    actions.report(case=case, code="start_works", by=entry, on=on, note="已放线开工", album=road.pictured("start_works", case, entry, on))


@_turn("foundation")
def _foundation(road: Road, led: Led, case: Case, by: User) -> None:
    _built(road, led, case, (("lay_foundation", 14),))


@_turn("structure")
def _structure(road: Road, led: Led, case: Case, by: User) -> None:
    _built(road, led, case, (("lay_foundation", 10), ("raise_structure", 31)))


@_turn("completed")
def _completed(road: Road, led: Led, case: Case, by: User) -> None:
    _built(road, led, case, (("lay_foundation", 9), ("raise_structure", 26), ("complete", 44)))


_NOTES = {
    "lay_foundation": "基础和地圈梁完成",
    "raise_structure": "墙体和上圈梁完成，准备上檩",
    "complete": "屋面、门窗、水电完成，清理场地",
}


def _built(road: Road, led: Led, case: Case, milestones: tuple[tuple[str, int], ...]) -> None:
    start = case.since
    for code, days in milestones:
        if case.method == "repair" and code != "complete":
            continue
        by, on = road.entry(led.village), start + timedelta(days=days)
        case = actions.report(case=case, code=code, by=by, on=on, note=_NOTES[code], album=road.pictured(code, case, by, on))


@_turn("undone")
def _undone(road: Road, led: Led, case: Case, by: User) -> None:
    elsewhere.all_taken(actions.approve_many(approvals=road.approvals([led]), by=road.clerk, on=case.since + timedelta(days=4)))
    case.refresh_from_db()
    actions.undo(case=case, by=road.clerk, reason="面积填成了邻居家的，撤销后重新审批")


@_turn("head changed")
def _head_changed(road: Road, led: Led, case: Case, by: User) -> None:
    other = _members(case, but=case.head_id)
    if not other:
        return
    on = _after_what_is_known(case, case.since + timedelta(days=7))
    registry.change_head(household=case.household, head=other[0].person, on=on, by=road.clerk)
    actions.change_head(case=case, by=by, reason="原户主外出务工，家庭商定换户主", on=on + timedelta(days=2))


@_turn("split")
def _split(road: Road, led: Led, case: Case, by: User) -> None:
    adults = [
        one for one in _members(case, but=case.head_id) if one.person.birth_date is not None and one.person.birth_date.year < _GROWN_BORN
    ]
    on = _after_what_is_known(case, case.since + timedelta(days=2))
    if not adults:
        actions.send_back(case=case, by=by, reason="家庭人口与户口簿不一致，请核对后重报", on=on)
        return
    leaves = adults[-1].person
    registry.split(household=case.household, members=[leaves], head=leaves, on=on, by=road.clerk)
    actions.split(case=case, by=by, reason="已成年的子女分出另过，家庭人口变了", on=on + timedelta(days=1))


_GROWN_BORN = 2000


def _after_what_is_known(case: Case, on: date) -> date:
    """The day, or the one after the household last changed where that is later."""
    return max(on, *(one.valid_from + timedelta(days=1) for one in Membership.objects.open().filter(household=case.household)))


def _members(case: Case, *, but: int) -> list[Membership]:
    return list(
        Membership.objects.open()
        .filter(household=case.household_id)
        .exclude(person=but)
        .select_related("person")
        .order_by("person__birth_date", "id")
    )
