"""Cases led along their road, each act done by whom it is done: many at once where the office does many at once."""

import itertools
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time
from decimal import Decimal
from zoneinfo import ZoneInfo

from anju import clock
from anju.accounts.models import User
from anju.cases import actions, photographs
from anju.cases.models import Case, Drawing
from anju.demo import elsewhere, pictures
from anju.demo.place import Place
from anju.demo.renovations import desk, staff
from anju.demo.renovations.courses import REACHES, Course
from anju.demo.story import DESK
from anju.evidence import photos
from anju.evidence.models import Album
from anju.notices import actions as notices
from anju.notices.models import Notice
from anju.policy import keys, value
from anju.registry import actions as registry
from anju.registry.queries import cards as registered
from anju.vocabulary import coordinates
from anju.vocabulary.division import Level
from anju.vocabulary.method import METHODS
from anju.vocabulary.numbers import luhn

HOTLINE = "0418-6920000"
OFFICES = ("poverty", "civil-affairs", "disabled-federation")
"""Those who look beside the housing office in the joint check, as their logins say it."""
_CHINA = ZoneInfo("Asia/Shanghai")
_BOARD = (400, 300)
_CENTRES = {
    "210902": (121.6562, 42.0111), "210903": (121.7928, 42.0865), "210904": (121.6785, 42.0106), "210905": (121.4161, 41.7831),
    "210911": (121.6805, 42.0256), "210921": (121.7577, 42.0651), "210922": (122.5386, 42.3869),
}  # fmt: skip
"""The counties' seats, WGS-84."""
_CHAIRS = (("金书记", "金淑珍"), ("王书记", "刘会计"), ("包主任", "白会计"), ("李书记", "赵桂云"), ("陈主任", "孙委员"))
_SEEN = (
    "墙体开裂，屋面漏雨，本人在家",
    "山墙外鼓，檩条糟朽，已劝其搬到西屋",
    "后墙下沉开裂，全家同意改造",
    "土坯墙受潮剥落，门窗变形",
    "屋面塌陷一角，用塑料布苫盖",
)
_BUILDERS = ("宏达农房施工队", "鑫源建筑施工队", "众诚建筑队", "顺达农房建设施工队")
Users = dict[str, User]


@dataclass(slots=True)
class Led:
    """A case on its way: its household, its village, how far it is led and what happens then.

    ``poor``: registered poor; ``toilet``: the house gets one.
    """

    household: int
    village: str
    reach: str
    then: str = ""
    grade: str = ""
    poor: bool = False
    persons: int = 0
    toilet: bool = False
    case: int = 0

    def goes(self, to: str) -> bool:
        """Whether it is led so far."""
        return REACHES.index(self.reach) >= REACHES.index(to)


class Road:
    """A county's people at work on its cases."""

    def __init__(self, people: Users, place: Place, county: str) -> None:
        self.people, self.county = people, county
        self.clerk = people[f"demo-clerk-{county}"]
        self.names = place.names | {one.code: one.name for one in place.villages}
        self.mine = next((one for one in place.townships if one.startswith(DESK)), "")
        self.first = next((one.code for one in place.villages if one.township == self.mine), "")
        self.told = [one.code for one in place.villages if one.township == self.mine][: len(desk.VILLAGES)]
        self.drawings: list[Drawing] = []
        self.seeds = itertools.count(int(county) * 1_000 % 7_000_000)

    # -------------------------------------------------------------------------------------------- who

    def entry(self, village: str) -> User:
        """Who enters what a village did."""
        return self.people["demo-village"] if village == self.first else self.people[staff.entry(village[:9])]

    def town(self, area: str) -> User:
        """The township's reviewer."""
        return self.people["demo-township"] if area[:9] == self.mine else self.people[staff.reviewer(area[:9])]

    def checkers(self) -> list[User]:
        """The four departments of the joint check."""
        return [self.clerk, *(self.people[f"demo-sign-{office}-{self.county}"] for office in OFFICES)]

    # -------------------------------------------------------------------------------------------- the acts in their order

    def lead(self, course: Course, led: Sequence[Led]) -> None:
        """All of a course, each as far as it is led."""
        self._applied(course, led)
        reviewed = _going(led, "reviewed")
        for village, cases in _by(reviewed, 12):
            self._reviewed(course.day("review"), village, cases)
        posted = _going(led, "village_posted")
        ends = [self.hung(cases, Level.VILLAGE, village, course.day("post_village")).closes_on for village, cases in _by(posted, 12)]
        for township, cases in _by([one for one in posted if one.goes("township_reviewed") or one.then == "visited"], 9):
            seen = {one.case: _SEEN[one.case % len(_SEEN)] for one in cases}
            elsewhere.all_taken(actions.visit_many(seen=seen, by=self.town(township), on=course.day("visit")))
        for township, cases in _by(posted, 9):
            elsewhere.all_taken(actions.posted(cases=_keys(cases), level=Level.VILLAGE, by=self.town(township), on=max(ends)))
        for township, cases in _by(_going(led, "township_reviewed"), 9):
            on, by = course.day("review_township"), self.town(township)
            elsewhere.all_taken(actions.review_township(cases=_keys(cases), by=by, on=on, opinion="入户核实情况属实，同意上报"))
        for township, cases in _by(_going(led, "township_posted"), 9):
            end = self.hung(cases, Level.TOWNSHIP, township, course.day("post_township")).closes_on
            elsewhere.all_taken(actions.posted(cases=_keys(cases), level=Level.TOWNSHIP, by=self.town(township), on=end))
        self._by_the_county(course, led)
        self._prepared(course, led)
        for township, cases in _by(_going(led, "started"), 9):
            by = self.entry(township) if township == self.mine else self.town(township)
            self._started(course.day("start"), cases, by)

    def _started(self, on: date, led: Sequence[Led], by: User) -> None:
        """Photographed where the story is told household by household; elsewhere the workbook has come, and the photos follow."""
        cases = list(Case.objects.filter(pk__in=_keys(led)).select_related("household").order_by("pk"))
        albums = {one.pk: self.pictured("start_works", one, by, on) for one in cases if one.area[:12] in self.told}
        if albums:
            elsewhere.all_taken(actions.report_many(cases=list(albums), code="start_works", by=by, on=on, note="已放线开工", albums=albums))
        opened = photographs.open_for_many(cases=[one for one in cases if one.pk not in albums], code="start_works", by=by)
        own = {key: actions.Own(album=album) for key, album in opened.items()}
        step = actions.Step(code="start_works", on=on, details={"note": "已放线开工"}, own=own, photos_follow=True)
        elsewhere.all_taken(actions.advance_many(cases=list(own), step=step, by=by))

    def pictured(self, code: str, case: Case, by: User, on: date) -> Album:
        """The photos of one step of a case, taken at its house on the day."""
        return self._taken(photographs.open_for(case=case, code=code, by=by), code, by, on, place=case.pk)

    def meeting(self, village: str, by: User, on: date, since: date) -> Album:
        """The album of a village's meeting, with its photo where the story is told household by household."""
        album = photographs.open_for_meeting(area=village, since=since, by=by)
        return self._taken(album, "review", by, on, place=int(village[-3:])) if village in self.told else album

    def _taken(self, album: Album, code: str, by: User, on: date, *, place: int) -> Album:
        seed = next(self.seeds)
        picture = pictures.house(seed, state=_DRAWN.get(code, "standing"), size=_BOARD, words=self._words(seed, on, place))
        photos.add(album=album, file=picture, kind=photographs.SHOTS[code].kinds[0], by=by)
        return album

    def _words(self, seed: int, on: date, place: int) -> pictures.Words:
        east, north = _CENTRES.get(self.county, _CENTRES[DESK])
        return pictures.Words(
            at=min(datetime.combine(on, time(8 + seed % 9, seed % 60), _CHINA), clock.now()),
            place=coordinates.Place(east + place % 11 * 0.0004, north + place % 7 * 0.0004, accuracy_m=12),
            phone=seed,
        )

    def _applied(self, course: Course, led: Sequence[Led]) -> None:
        for township, cases in _by(led, 9):
            by, day = self.people[staff.entry(township)], course.day("apply")
            elsewhere.all_taken(
                actions.apply_many(applications=[actions.Application(household=one.household, on=day) for one in cases], by=by)
            )
        made = dict(Case.objects.filter(household__in=[one.household for one in led], ended_on=None).values_list("household", "pk"))
        for one in led:
            one.case = made[one.household]

    def _reviewed(self, on: date, village: str, cases: Sequence[Led]) -> None:
        due = 31 + int(village[-3:]) % 12
        came = due - 4 - len(cases) % 3
        chair, recorder = _CHAIRS[int(village[-3:]) % len(_CHAIRS)]
        votes = [actions.Vote(one.case, came - one.case % 3) for one in cases]
        by = self.entry(village)
        since = min(Case.objects.filter(pk__in=_keys(cases)).values_list("since", flat=True))
        elsewhere.all_taken(
            actions.review_many(
                votes=votes, by=by, due=due, came=came, chair=chair, recorder=recorder, on=on, album=self.meeting(village, by, on, since),
                photos_follow=village not in self.told,
            )
        )  # fmt: skip

    def _by_the_county(self, course: Course, led: Sequence[Led]) -> None:
        if checked := _going(led, "checked"):
            for by in self.checkers():
                elsewhere.all_taken(actions.check_many(cases=_keys(checked), by=by, on=course.day("check"), note="名单核对无误"))
            step = actions.Step(code="check", on=course.day("pass"))
            elsewhere.all_taken(actions.advance_many(cases=_keys(checked), step=step, by=self.clerk))
        if posted := _going(led, "county_posted"):
            end = self.hung(posted, Level.COUNTY, self.county, course.day("post_county")).closes_on
            elsewhere.all_taken(actions.posted(cases=_keys(posted), level=Level.COUNTY, by=self.clerk, on=end))
        if approved := _going(led, "approved"):
            elsewhere.all_taken(actions.approve_many(approvals=self.approvals(approved), by=self.clerk, on=course.day("approve")))

    def approvals(self, led: Iterable[Led]) -> list[actions.Approval]:
        """What fits each case: the size by its people, the amount by the county's own paper."""
        return [self._approval(case) for case in Case.objects.filter(pk__in=[one.case for one in led]).order_by("pk")]

    def _approval(self, case: Case) -> actions.Approval:
        basis = f"{self.names[self.county]}农村危房改造补助标准（演示用，非实际文件）"
        if case.grade == "C":
            return actions.Approval(case=case.pk, method="repair", amount=900_000, basis=basis)
        method = "newbuild" if case.grade == "none" else ("rebuild", "rebuild", "rebuild", "relocate", "rebuild", "help_build")[case.pk % 6]
        least, most = _least(case), value(keys.AREA_STANDARD, case.area, _RULES_OF).limits(case.size)[1]
        main = least if method == "help_build" else least + (Decimal(most or least) - least) // 2
        amount = 3_600_000 if method == "help_build" else 2_400_000 if case.group == "JDLK" else 2_000_000
        return actions.Approval(
            case=case.pk, method=method, main_area=main, auxiliary_area=Decimal(case.pk % 3 * 4), amount=amount, basis=basis
        )

    def _prepared(self, course: Course, led: Sequence[Led]) -> None:
        cases = Case.objects.in_bulk([one.case for one in _going(led, "surveyed")])
        modes = {key: _MODES[case.method][key % len(_MODES[case.method])] for key, case in cases.items()}
        for township, some in _by(_going(led, "surveyed"), 9):
            of = {one.case: modes[one.case] for one in some}
            elsewhere.all_taken(actions.survey_modes(modes=of, by=self.town(township), on=course.day("survey")))
        for township, some in _by(_going(led, "agreed"), 9):
            by = self.town(township)
            plans = {one.case: self._planned(course, one, cases[one.case], by) for one in some}
            elsewhere.all_taken(actions.draw_plans(plans=plans, by=by, on=course.day("draw")))
            signed = [self._signed(course, one.case, modes[one.case]) for one in some]
            elsewhere.all_taken(actions.agree_many(agreements=signed, by=self.town(township)))
            self._carded(course.day("sign"), [cases[one.case] for one in some], township)
        for reach, code, day, note in (
            ("stocked", "stock_materials", "stock", "砖、水泥、钢筋、檩木已进场"), ("ready", "train", "train", "施工人员在镇里参加农房建设工匠培训"),
        ):  # fmt: skip
            for township, some in _by(_going(led, reach), 9):
                elsewhere.all_taken(actions.prepare(cases=_keys(some), code=code, by=self.town(township), on=course.day(day), note=note))

    def _carded(self, on: date, cases: Sequence[Case], township: str) -> None:
        """The cards that the households gave with their agreements; one in twelve still owes its own."""
        given = [one for one in cases if one.pk % 12]
        heads = registered.heads([one.household_id for one in given])
        bank = f"{self.names[self.county]}农村信用联社"
        cards = [
            registry.Card(household=one.household_id, number=_card(one.pk), holder=heads[one.household_id].person.name, bank=bank, since=on)
            for one in given
        ]
        elsewhere.all_taken(registry.record_cards(cards=cards, by=self.people[staff.entry(township)]))

    def _planned(self, course: Course, one: Led, case: Case, by: User) -> actions.Plan:
        """The household's plan: what is done, how it is paid, where the family lives meanwhile, who answers for it."""
        new = METHODS[case.method].new
        own = 0 if case.method in ("repair", "help_build") else 300_000 + case.pk % 5 * 100_000
        subsidy = case.subsidy or 0
        leaves = case.grade == "D" or new
        fitting = [each for each in self.drawings if case.main_area is not None and _least(case) <= each.main_area <= case.main_area]
        return actions.Plan(
            total=subsidy + own, self_raised=own, labour_days=6 + case.pk % 9, labour_by="子女和邻居帮工",
            works=[(work, True) for work in (_BUILT[case.method != "rebuild" :] if new else _REPAIRED[case.pk % 3 :])],
            village_person=_CHAIRS[int(one.village[-3:]) % len(_CHAIRS)][0], township_person=by.name, drawing=fitting[-1] if fitting else None,
            structure="brick_concrete" if new else "", storeys=1 if new else None, main_area=None if fitting or not new else case.main_area,
            auxiliary_area=case.auxiliary_area if new else None, toilet=("sewer", "three_grid")[case.pk % 2] if one.toilet else "",
            toilet_consent=True if one.toilet else None, accessibility=("ramp", "handrail") if case.pk % 7 == 0 else (),
            animals="圈舍移到院角，与住房隔开" if case.pk % 3 == 0 else "", meanwhile=("relatives", "village", "rented")[case.pk % 3] if leaves else "stays",
            meanwhile_place=("本村子女家", "村部闲置房", "本村租的房屋")[case.pk % 3] if leaves else "", meanwhile_from=course.day("stock") if leaves else None,
            disposal="demolished" if case.method == "relocate" else "",
        )  # fmt: skip

    def _signed(self, course: Course, case: int, mode: str) -> actions.Signed:
        itself = mode in ("self_build", "self_repair") and case % 3 > 0
        return actions.Signed(
            case=case, kind="commitment" if itself else "three", builder="" if itself else f"{self.names[self.county]}{_BUILDERS[case % len(_BUILDERS)]}",
            signed_on=course.day("sign"), filed_on=course.day("file"), filed_number=f"阜住建备〔2020〕{case}号", start_due=course.start_due,
            finish_due=course.finish_due, stages=() if itself else (("开工", 30), ("主体完工", 30), ("竣工验收", 40)), pays_builder=not itself and case % 4 == 0,
            publishes=case % 9 > 0, old_house_days=30,
        )  # fmt: skip

    # -------------------------------------------------------------------------------------------- notices

    def hung(self, led: Sequence[Led], level: Level, area: str, on: date, *, more: str = "") -> Notice:
        """A notice of these cases, photographed at both ends and closed as far as its days are over."""
        notice = self.posted(led, level, area, on, more=more)
        if notice.closes_on > clock.today():
            return notice
        by = self.clerk if level is Level.COUNTY else self.town(area)
        notice = self._shot(notices.photograph_end, notice, self.photographer(level, area), notice.last_day)
        return notices.close(notice=notice, by=by, on=notice.closes_on)

    def posted(self, led: Sequence[Led], level: Level, area: str, on: date, *, more: str = "") -> Notice:
        """A notice that hangs, with its first photo."""
        by = self.clerk if level is Level.COUNTY else self.town(area)
        what = {Level.VILLAGE: "评议结果", Level.TOWNSHIP: "审核结果", Level.COUNTY: "联审结果"}[level]
        title = f"{self.names[area]}2020年农村危房改造对象{what}公示{more}"
        notice = actions.post(cases=_keys(led), level=level, area=area, title=title, by=by, hotline=HOTLINE, on=on)
        return self._shot(notices.photograph_start, notice, self.photographer(level, area), on)

    def photographer(self, level: Level, area: str) -> User:
        """Who takes the photo of the board."""
        return self.clerk if level is Level.COUNTY else self.town(area) if level is Level.TOWNSHIP else self.entry(area)

    def _shot(self, photograph: Callable[..., Notice], notice: Notice, by: User, on: date) -> Notice:
        seed = next(self.seeds)
        words = self._words(seed, on, seed)
        return photograph(notice=notice, by=by, file=pictures.board(seed, size=_BOARD, words=words))


_DRAWN = {"review": "inside", "lay_foundation": "foundation", "raise_structure": "frame", "complete": "new"}
_MODES = {
    "repair": ("unified_repair", "self_repair", "self_repair"), "rebuild": ("self_build", "unified_build", "self_build", "unified_build", "turnkey"),
    "relocate": ("self_build", "unified_build"), "newbuild": ("unified_build", "self_build"), "help_build": ("turnkey", "unified_build"),
}  # fmt: skip


_BUILT = ("demolition", "foundation", "walls", "ring_beam", "roof", "drainage", "wiring", "openings", "floor")
_REPAIRED = ("strengthen_foundation", "strengthen_walls", "strengthen_roof", "openings")
_RULES_OF = date(2020, 4, 1)


def _card(serial: int) -> str:
    """A card number that no bank gives out: none begins with 99."""
    stem = f"9909220{serial:011d}"
    return next(f"{stem}{digit}" for digit in range(10) if luhn(f"{stem}{digit}"))


def _least(case: Case) -> Decimal:
    return Decimal(value(keys.AREA_STANDARD, case.area, _RULES_OF).limits(case.size)[0])


def _keys(led: Iterable[Led]) -> list[int]:
    return [one.case for one in led]


def _going(led: Iterable[Led], to: str) -> list[Led]:
    return [one for one in led if one.goes(to)]


def _by(led: Iterable[Led], length: int) -> list[tuple[str, list[Led]]]:
    """The cases by their place, of so many digits."""
    found: dict[str, list[Led]] = {}
    for one in led:
        found.setdefault(one.village[:length], []).append(one)
    return sorted(found.items())
