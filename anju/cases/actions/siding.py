"""Side roads of a case: sent back, refused, withdrawn in writing, housed otherwise, paused, a new head, a divided household."""

from datetime import date
from typing import Any

from anju.accounts.models import User
from anju.cases.actions.stepping import Step, advance
from anju.cases.grounds import Ground, ground
from anju.cases.looking import Look
from anju.cases.models import Case
from anju.evidence.models import Album
from anju.vocabulary.fieldwork import Captured

_NOWHERE = Captured()


def send_back(*, case: Case, by: User, reason: str, on: date | None = None, captured: Captured = _NOWHERE) -> Case:
    """退回补正: to those who handed it in, with what is missing; it is handed in again from the beginning."""
    return advance(case=case, step=Step(code="return", on=on, reason=reason, captured=captured), by=by)


def resubmit(*, case: Case, by: User, on: date | None = None, captured: Captured = _NOWHERE) -> Case:
    """补正后重报: a case that was sent back begins anew, with the household as it is on that day."""
    return advance(case=case, step=Step(code="resubmit", on=on, details=_household, captured=captured), by=by)


def refuse(*, case: Case, by: User, reason: str, on: date | None = None, captured: Captured = _NOWHERE) -> Case:
    """认定不符合: it ends, and the household is told why."""
    return advance(case=case, step=Step(code="refuse", on=on, reason=reason, captured=captured), by=by)


def withdraw(
    *,
    case: Case,
    by: User,
    reason: str,
    written_on: date | None,
    on: date | None = None,
    album: Album | None = None,
    captured: Captured = _NOWHERE,
) -> Case:
    """农户自愿放弃: with a declaration in the household's own writing."""
    details = {"written_on": written_on.isoformat() if written_on else ""}
    step = Step(code="withdraw", on=on, reason=reason, details=details, album=album, captured=captured)
    return advance(case=case, step=step, by=by)


def take_other_route(*, case: Case, by: User, reason: str, on: date | None = None, captured: Captured = _NOWHERE) -> Case:
    """转其他保障途径: the household is housed safely otherwise, as its guarantee says."""

    def said(one: Case, known: Look) -> dict[str, Any]:
        way = known.ways.get(one.household_id)
        return {"guarantee": way.pk if way is not None else None}

    return advance(case=case, step=Step(code="take_other_route", on=on, reason=reason, details=said, captured=captured), by=by)


def pause(*, case: Case, by: User, reason: str, on: date | None = None, captured: Captured = _NOWHERE) -> Case:
    """暂停: nothing is done until it is resumed."""
    return advance(case=case, step=Step(code="pause", on=on, reason=reason, captured=captured), by=by)


def resume(*, case: Case, by: User, on: date | None = None, captured: Captured = _NOWHERE) -> Case:
    """恢复办理: it goes on where it was paused."""
    return advance(case=case, step=Step(code="resume", on=on, captured=captured), by=by)


def change_head(*, case: Case, by: User, reason: str, on: date | None = None, captured: Captured = _NOWHERE) -> Case:
    """户主变更: the head has died or changed in the register; an agreement signed by the former has to be signed anew."""

    def said(one: Case, known: Look) -> dict[str, Any]:
        return {name: value for name, value in _household(one, known).items() if name == "head"}

    return advance(case=case, step=Step(code="change_head", on=on, reason=reason, details=said, captured=captured), by=by)


def split(*, case: Case, by: User, reason: str, on: date | None = None, captured: Captured = _NOWHERE) -> Case:
    """分户: the household has been divided; it is reviewed again as it is now."""
    return advance(case=case, step=Step(code="split", on=on, reason=reason, details=_household, captured=captured), by=by)


def regrade(*, case: Case, by: User, reason: str, on: date | None = None, captured: Captured = _NOWHERE) -> Case:
    """改按最新鉴定重审: the house was appraised anew with another grade before the approval; the case rests on that one and is reviewed from the beginning."""

    def said(one: Case, known: Look) -> dict[str, Any]:
        return {"ground": ground(one.household, known).said(), "was": Ground.of(one).said()}

    return advance(case=case, step=Step(code="regrade", on=on, reason=reason, details=said, captured=captured), by=by)


def _household(case: Case, known: Look) -> dict[str, Any]:
    """Head and size as the register has them on the day."""
    head = known.heads.get(case.household_id)
    return {} if head is None else {"head": head.person_id, "size": known.sizes[case.household_id]}
