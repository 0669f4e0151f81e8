"""村评议 and 乡镇审核: what the meeting decided of each household; the township goes there before it passes one."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.utils.translation import gettext as _

from anju.accounts.models import User
from anju.cases import rules
from anju.cases.actions.stepping import Step, advance, advance_many
from anju.cases.looking import Look
from anju.cases.models import Case
from anju.evidence.models import Album
from anju.refusing import Refused
from anju.vocabulary.fieldwork import Captured

_NOWHERE = Captured()


@dataclass(frozen=True, slots=True)
class Vote:
    """What a meeting voted of one case (its key)."""

    case: int
    agreed: int


def review_many(
    *, votes: Sequence[Vote], by: User, due: int, came: int, chair: str, recorder: str, on: date | None = None, album: Album | None = None
) -> dict[int, Refused]:
    """登记村民（代表）会议评议: one meeting, many households; those without a majority stay where they are: key of the case → why."""
    if not chair.strip() or not recorder.strip():
        raise Refused(rules.MEETING, _("请写明主持人和记录人"))
    agreed = {one.case: one.agreed for one in votes}

    def said(case: Case, _known: Look) -> dict[str, Any]:
        return {"due": due, "came": came, "agreed": agreed[case.pk], "chair": chair.strip()[:30], "recorder": recorder.strip()[:30]}

    return advance_many(cases=list(agreed), step=Step(code="review", on=on, details=said, album=album), by=by)


def visit(*, case: Case, by: User, seen: str, on: date | None = None, album: Album | None = None, captured: Captured = _NOWHERE) -> Case:
    """登记入户核实: what the township's people saw at the household."""
    if not seen.strip():
        raise Refused(rules.VISIT, _("请写明入户看到的情况"))
    return advance(case=case, step=Step(code="visit", on=on, details={"seen": seen.strip()[:300]}, album=album, captured=captured), by=by)


def visit_many(*, seen: Mapping[int, str], by: User, on: date | None = None) -> dict[int, Refused]:
    """What was seen at many households in one day (key of the case → words), each held to all that ``visit`` holds one to. Those refused: key → why."""

    def said(case: Case, _known: Look) -> dict[str, Any]:
        if not seen[case.pk].strip():
            raise Refused(rules.VISIT, _("请写明入户看到的情况"))
        return {"seen": seen[case.pk].strip()[:300]}

    return advance_many(cases=list(seen), step=Step(code="visit", on=on, details=said), by=by)


def review_township(*, cases: Sequence[int], by: User, on: date | None = None, opinion: str = "") -> dict[int, Refused]:
    """乡镇审核: those visited and found eligible pass; the others stay: key → why."""
    return advance_many(cases=cases, step=Step(code="review_township", on=on, details={"opinion": opinion.strip()[:200]}), by=by)
