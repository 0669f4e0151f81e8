"""村评议 and 乡镇审核: what the meeting decided of each household; the township goes there before it passes one."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from anju.accounts.models import User
from anju.cases import rules
from anju.cases.actions.stepping import Own, Step, advance, advance_each, advance_many, by_day
from anju.cases.models import Case
from anju.cases.photographs import open_for_meeting
from anju.evidence.models import Album
from anju.refusing import Refused
from anju.trail.acts import recorded
from anju.vocabulary.fieldwork import Captured

_NOWHERE = Captured()


@dataclass(frozen=True, slots=True)
class Vote:
    """What a meeting voted of one case (its key)."""

    case: int
    agreed: int


def review_many(
    *,
    votes: Sequence[Vote],
    by: User,
    due: int,
    came: int,
    chair: str,
    recorder: str,
    on: date | None = None,
    album: Album | None = None,
    photos_follow: bool = False,
    captured: Captured = _NOWHERE,
) -> dict[int, Refused]:
    """登记村民（代表）会议评议: one meeting, many households; those without a majority stay where they are: key of the case → why."""
    held = [Meeting(case=one.case, due=due, came=came, agreed=one.agreed, chair=chair, recorder=recorder) for one in votes]
    if any(not one.signed for one in held):
        raise Refused(rules.MEETING, _("请写明主持人和记录人"))
    own = {one.case: Own(details=one.said()) for one in held}
    step = Step(code="review", on=on, own=own, album=album, photos_follow=photos_follow, captured=captured)
    return advance_many(cases=list(own), step=step, by=by)


def visit(*, case: Case, by: User, seen: str, on: date | None = None, album: Album | None = None, captured: Captured = _NOWHERE) -> Case:
    """登记入户核实: what the township's people saw at the household."""
    if not seen.strip():
        raise Refused(rules.VISIT, _("请写明入户看到的情况"))
    return advance(case=case, step=Step(code="visit", on=on, details={"seen": seen.strip()[:300]}, album=album, captured=captured), by=by)


def visit_many(*, seen: Mapping[int, str], by: User, on: date | None = None) -> dict[int, Refused]:
    """登记入户核实 of many households, each with what was seen there, by the key of the case. Those refused stay: key → why."""
    told = {case: words.strip()[:300] for case, words in seen.items() if words.strip()}
    silent = {case: Refused(rules.VISIT, _("请写明入户看到的情况")) for case in seen if case not in told}
    own = {case: Own(details={"seen": words}) for case, words in told.items()}
    return silent | advance_many(cases=list(told), step=Step(code="visit", on=on, own=own), by=by)


def review_township(
    *, cases: Sequence[int], by: User, on: date | None = None, opinion: str = "", captured: Captured = _NOWHERE
) -> dict[int, Refused]:
    """乡镇审核: those visited and found eligible pass; the others stay: key → why."""
    return advance_many(
        cases=cases, step=Step(code="review_township", on=on, details={"opinion": opinion.strip()[:200]}, captured=captured), by=by
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class Meeting:
    """What a villagers' meeting decided of one case (its key), with the meeting itself: cases of several meetings may come together."""

    case: int
    on: date | None = None
    due: int
    came: int
    agreed: int
    chair: str
    recorder: str
    source: str = ""

    @property
    def signed(self) -> bool:
        """Whether it says who led it and who wrote it down."""
        return bool(self.chair.strip() and self.recorder.strip())

    def said(self) -> dict[str, Any]:
        """As a step keeps it."""
        names = {"chair": self.chair.strip()[:30], "recorder": self.recorder.strip()[:30]}
        return {"due": self.due, "came": self.came, "agreed": self.agreed, **names}


@recorded("case.advanced")
@transaction.atomic
def review_meetings(*, meetings: Sequence[Meeting], by: User) -> dict[int, Refused]:
    """登记村评议, of several meetings at once; those without a majority stay where they are: key of the case → why.

    Each meeting gets an album, into which its photos come afterwards; until then the archives lack them.
    """
    refused = {one.case: Refused(rules.MEETING, _("请写明主持人和记录人")) for one in meetings if not one.signed}
    held = [one for one in meetings if one.signed]
    albums = _albums(held, by)
    for day, of_day in by_day((one.on, one) for one in held):
        own = {one.case: Own(details=one.said(), source=one.source, album=albums.get(one.case)) for one in of_day}
        refused |= advance_each(list(own), Step(code="review", on=day, own=own, photos_follow=True), by)
    return refused


def _albums(meetings: Iterable[Meeting], by: User) -> dict[int, Album]:
    """An album for each meeting, by the keys of its cases: those of one village with the same day, numbers and signatures met together."""
    areas = {
        key: (area[:12], since)
        for key, area, since in Case.objects.filter(pk__in=[one.case for one in meetings]).values_list("pk", "area", "since")
    }
    together: dict[tuple[Any, ...], list[int]] = {}
    for one in meetings:
        if one.case in areas:
            together.setdefault((areas[one.case][0], one.on, one.due, one.came, one.chair, one.recorder), []).append(one.case)
    found = {}
    for (village, *_rest), keys in together.items():
        album = open_for_meeting(area=village, since=min(areas[key][1] for key in keys), by=by)
        found.update(dict.fromkeys(keys, album))
    return found


PASSED, RETURNED, REFUSED = "review_township", "return", "refuse"
"""What the township may decide of a case: the codes of the transitions."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Opinion:
    """The township's opinion of one case (its key): what was seen at the household ("" where the visit is recorded already), what is decided and in
    which words."""

    case: int
    decided: str = PASSED
    words: str = ""
    on: date | None = None
    seen: str = ""
    visited_on: date | None = None
    source: str = ""


@recorded("case.advanced")
@transaction.atomic
def give_opinions(*, opinions: Sequence[Opinion], by: User) -> dict[int, Refused]:
    """乡镇入户核实和审核, each case with its own findings: the visit and what is decided go together or not at all. Those refused stay: key → why."""
    left = {one.case: one for one in opinions}
    refused: dict[int, Refused] = {}
    while left:
        point = transaction.savepoint()
        new = _visited(left.values(), by)
        new |= _decided([one for one in left.values() if one.case not in new], by)
        if not new:
            transaction.savepoint_commit(point)
            break
        transaction.savepoint_rollback(point)  # and once more without them
        refused |= new
        left = {case: one for case, one in left.items() if case not in new}
    return refused


def _visited(opinions: Iterable[Opinion], by: User) -> dict[int, Refused]:
    refused: dict[int, Refused] = {}
    for day, of_day in by_day((one.visited_on or one.on, one) for one in opinions if one.seen.strip()):
        own = {one.case: Own(details={"seen": one.seen.strip()[:300]}, source=one.source) for one in of_day}
        refused |= advance_each(list(own), Step(code="visit", on=day, own=own), by)
    return refused


def _decided(opinions: Iterable[Opinion], by: User) -> dict[int, Refused]:
    refused: dict[int, Refused] = {}
    for decided in (PASSED, RETURNED, REFUSED):
        for day, of_day in by_day((one.on, one) for one in opinions if one.decided == decided):
            own = {one.case: _own(one) for one in of_day}
            refused |= advance_each(list(own), Step(code=decided, on=day, own=own), by)
    return refused


def _own(one: Opinion) -> Own:
    if one.decided == PASSED:
        return Own(details={"opinion": one.words.strip()[:200]}, source=one.source)
    return Own(reason=one.words, source=one.source)
