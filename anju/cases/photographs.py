"""DECLARED: what is photographed at each step of a case: which kinds, where, and what a step can't do without (S2-17; domain 2.7, 2.8, 3.10).

A photo that comes from the field follows its text (quality 4): such a step is taken with its album, and the archive shows what hasn't come yet.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db.models import Max
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from anju.accounts.models import User
from anju.appraisals.albums import neighbours, place_of
from anju.cases.models import Case, CaseStep
from anju.evidence import albums, expecting
from anju.evidence.expecting import NOTHING, Expected
from anju.evidence.kinds import KINDS, Stage, Where
from anju.evidence.models import Album, Photo
from anju.registry.facts import is_open
from anju.registry.models import DwellingState, Household
from anju.vocabulary import division

BEFORE = frozenset(code for code, kind in KINDS.items() if kind.stage is Stage.BEFORE and code != "before_mending")
DURING = frozenset(code for code, kind in KINDS.items() if kind.stage is Stage.DURING)
AFTER = frozenset(code for code, kind in KINDS.items() if kind.stage is Stage.AFTER and code != "after_mending")
ELSEWHERE = frozenset({"relocate", "newbuild", "help_build"})
"""The methods by which the new house need not stand where the old one stood: photos are looked for in the village."""


@dataclass(frozen=True, slots=True)
class Shots:
    """What may be photographed at a step, the first kind being what is usual; one of ``needed`` has to be there. ``hint`` says what to take."""

    kinds: tuple[str, ...]
    where: Where
    hint: Any
    needed: frozenset[str] = frozenset()


_HOUSE, _VILLAGE, _ANYWHERE = Where.HOUSE, Where.VILLAGE, Where.ANYWHERE
SHOTS: dict[str, Shots] = {
    "review": Shots(("meeting", "other"), _VILLAGE, _("会议现场至少一张，拍到主持人和到会的人"), frozenset({"meeting"})),
    "visit": Shots(("house", "component", "other"), _HOUSE, _("房屋正面和损坏的部位各一张，最好有户主")),
    "agree": Shots(("agreement", "other"), _ANYWHERE, _("签好的协议或承诺书逐页拍照或扫描")),
    "stock_materials": Shots(("materials", "other"), _HOUSE, _("堆在现场的料")),
    "train": Shots(("training", "other"), _ANYWHERE, _("培训的现场或证书")),
    "start_works": Shots(("before", "house", "other"), _HOUSE, _("动工前的房屋，户主站在正面；鉴定时拍过的可以不拍"), BEFORE),
    "lay_foundation": Shots(("foundation", "other"), _HOUSE, _("做好的基础，隐蔽之前拍"), frozenset({"foundation"})),
    "raise_structure": Shots(("structure", "other"), _HOUSE, _("墙体、构造柱、圈梁和屋架"), frozenset({"structure"})),
    "complete": Shots(("after_whole", "after_inside", "after_kitchen", "other"), _HOUSE, _("全景一张，室内、厨卫另拍"), frozenset({"after_whole"})),
    "withdraw": Shots(("proof", "other"), _ANYWHERE, _("本人写的声明")),
}  # fmt: skip
"""By the transition's code."""


def kinds_in(*shown: Album | None) -> dict[int, frozenset[str]]:
    """The kinds of the photos that albums hold, by the album's key; a doubtful one is there too, it waits for a word."""
    wanted = {one.pk for one in shown if one is not None}
    found: dict[int, frozenset[str]] = {}
    if wanted:
        for album, kind in Photo.objects.filter(album__in=wanted, withdrawn_at=None).values_list("album_id", "kind").distinct():
            found[album] = found.get(album, frozenset()) | {kind}
    return found


def open_for(*, case: Case, code: str, by: User) -> Album:
    """An empty album for the photos of one step of a case, which must be taken where and since when the step allows."""
    number: str = case.household.number
    return albums.new(area=case.area, title=_title(code, case.number), owner=number, expected=_expected(case, SHOTS[code]), by=by)


def open_for_meeting(*, area: str, since: date, by: User) -> Album:
    """An empty album for the photos of a village's meeting; several cases of one meeting share it, two meetings share no photo."""
    village = division.stem(area)[:12]
    expected = expecting.of_village(area=village, houses=neighbours(village), since=since)
    return albums.new(area=village, title=_title("review", village), expected=expected, by=by)


def begun(key: str, *, code: str, owner: str, by: User) -> Album | None:
    """The album that was begun with a form: opened by this person for this owner, and no other step's; a meeting's may be shared by its cases."""
    found = albums.begun(key=key, owner=owner, by=by)
    if found is None:
        return None
    taken = CaseStep.objects.filter(album=found)
    return None if (taken.exclude(code=code) if code == "review" else taken).exists() else found


def _title(code: str, of: str) -> str:
    return f"{KINDS[SHOTS[code].kinds[0]].title} {of}"


def _expected(case: Case, shots: Shots) -> Expected:
    if shots.where is Where.ANYWHERE:
        return NOTHING
    houses = neighbours(case.area)
    if case.method in ELSEWHERE or shots.where is Where.VILLAGE:
        return expecting.of_village(area=case.area, houses=houses, since=case.since)
    state = DwellingState.objects.filter(is_open(), dwelling=case.dwelling_id).first() if case.dwelling_id else None
    return expecting.of_house(owner=case.household.number, area=case.area, registered=place_of(state), neighbours=houses, since=case.since)


def photographed_before(households: Iterable[int]) -> dict[int, date]:
    """Of households: the day of the newest photo that shows the house before its works."""
    wanted = set(households)
    if not wanted:
        return {}
    numbers = dict(Household.objects.filter(pk__in=wanted).values_list("number", "pk"))
    shown = Photo.objects.filter(album__owner__in=list(numbers), kind__in=BEFORE, withdrawn_at=None).order_by()
    newest = shown.values_list("album__owner").annotate(newest=Max("received_at"))
    return {numbers[owner]: timezone.localtime(moment).date() for owner, moment in newest}
