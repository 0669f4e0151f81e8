"""开工到竣工: the milestones of the method, reported as they are reached."""

from collections.abc import Sequence
from datetime import date

from anju.accounts.models import User
from anju.cases.actions.stepping import Step, advance, advance_many
from anju.cases.models import Case
from anju.evidence.models import Album
from anju.refusing import Refused
from anju.vocabulary.fieldwork import Captured

MILESTONES = ("start_works", "lay_foundation", "raise_structure", "complete")
_NOWHERE = Captured()


def report(
    *, case: Case, code: str, by: User, on: date | None = None, note: str = "", album: Album | None = None, captured: Captured = _NOWHERE
) -> Case:
    """登记节点: one of ``MILESTONES``. A repair has no foundation and no structure."""
    assert code in MILESTONES, code
    return advance(case=case, step=Step(code=code, on=on, details={"note": note.strip()[:300]}, album=album, captured=captured), by=by)


def report_many(*, cases: Sequence[int], code: str, by: User, on: date | None = None, note: str = "") -> dict[int, Refused]:
    """The same milestone of many cases on one day, each held to all that ``report`` holds one to. Those refused stay: key → why."""
    assert code in MILESTONES, code
    return advance_many(cases=cases, step=Step(code=code, on=on, details={"note": note.strip()[:300]}), by=by)
