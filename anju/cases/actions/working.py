"""开工到竣工: the milestones of the method, reported as they are reached."""

from collections.abc import Mapping, Sequence
from datetime import date

from anju.accounts.models import User
from anju.cases.actions.stepping import Own, Step, advance, advance_many
from anju.cases.models import Case
from anju.evidence.models import Album
from anju.refusing import Refused
from anju.vocabulary.fieldwork import Captured

MILESTONES = ("start_works", "lay_foundation", "raise_structure", "complete")
_NOWHERE = Captured()


def report(
    *,
    case: Case,
    code: str,
    by: User,
    on: date | None = None,
    note: str = "",
    album: Album | None = None,
    photos_follow: bool = False,
    captured: Captured = _NOWHERE,
) -> Case:
    """登记节点: one of ``MILESTONES``, with its photo. A repair has no foundation and no structure.

    ``photos_follow``: from a phone, which sends the photos of ``album`` after the text.
    """
    assert code in MILESTONES, code
    step = Step(
        code=code, on=on, details={"note": note.strip()[:300]}, album=album, photos_follow=photos_follow, captured=captured
    )  # fmt: skip
    return advance(case=case, step=step, by=by)


def report_many(
    *, cases: Sequence[int], code: str, by: User, on: date | None = None, note: str = "", albums: Mapping[int, Album] | None = None
) -> dict[int, Refused]:
    """The same milestone of many cases on one day, each with its own photos (``albums``: by the case's key), each held to all that ``report`` holds
    one to. Those refused stay: key → why."""
    assert code in MILESTONES, code
    own = {key: Own(album=album) for key, album in (albums or {}).items()}
    return advance_many(cases=cases, step=Step(code=code, on=on, details={"note": note.strip()[:300]}, own=own), by=by)
