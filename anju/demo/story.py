"""What the people of the demonstration have done with their lists by 10 June 2020: reviewed, written, answered, signed.

Verdicts are the true ones: the truth says of every row, and of the row each registered person came from, who it is.
"""

import csv
from collections.abc import Callable, Iterable
from datetime import timedelta
from functools import partial
from pathlib import Path

from django.db.models import Q

from anju.accounts.models import User
from anju.demo import truth
from anju.rosters.actions import deciding, letters, locking
from anju.rosters.models import Batch, BatchRow, Disposition, LockSignature, Match, MatchRun, Mismatch
from anju.rosters.refusal import Refused

Users = dict[str, User]
_CLOSED = ("210902", "210903")
"""Districts that have finished: every list reviewed, signed, locked."""
_ENDED = Q(category="JDLK") | Q(category="TK", area="210921")
"""Lists as of the end of 2019 that are locked in every county: the renovations of 2020 rest on them."""
DESK = "210922"
"""Zhangwu 彰武县: the county whose desk is shown: something in every state."""


class Truth:
    """Who each row of each list is."""

    def __init__(self, rows: Path) -> None:
        with rows.open(encoding="utf-8", newline="") as file:
            self._person = {(r["file"], r["sheet"], int(r["row"])): r["person"] for r in csv.DictReader(file)}

    def same(self, match: Match) -> bool:
        """Whether the row and the registered person are one."""
        assert match.row is not None
        assert match.person is not None
        origin = BatchRow.objects.select_related("batch__file").filter(pk=int(match.person.source.rpartition(":")[2] or 0)).first()
        return origin is not None and self._of(match.row) == self._of(origin)

    def _of(self, row: BatchRow) -> str:
        name = row.batch.file.name if row.batch.file else ""
        return self._person.get((name, "" if name.endswith(".csv") else row.sheet, row.row), f"?{row.pk}")


def tell(people: Users, rows: Path) -> None:
    """Everything that was done; what is done already is left as it is. Lists with a later version are closed."""
    known = Truth(rows)
    for batch in Batch.objects.filter(status=Batch.Status.MATCHED, area__in=_CLOSED).order_by("pk"):
        clerk = people[f"demo-clerk-{batch.area}"]
        _review(batch, clerk, known)
        _send(batch, clerk, kinds=_WRONG, answered_by=clerk, answers=lambda at: Disposition.CORRECTED)
        _sign(batch, people, locking.required(batch))
    for batch in Batch.objects.filter(_ENDED, status=Batch.Status.MATCHED).exclude(area=DESK).order_by("pk"):
        _review(batch, people[f"demo-clerk-{batch.area}"], known)
        _sign(batch, people, locking.required(batch))
    for batch in Batch.objects.filter(status=Batch.Status.MATCHED, later__isnull=False).distinct().order_by("pk"):
        _review(batch, people[f"demo-clerk-{batch.area}"], known)
        _sign(batch, people, locking.required(batch))
    if not any(batch.area == DESK for batch in Batch.objects.filter(letters__isnull=False)):
        _desk(people, known)


_WRONG = (Mismatch.Kind.ID_DAMAGED, Mismatch.Kind.SAME_ID_TWO_NAMES, Mismatch.Kind.LISTED_TWICE)


def _desk(people: Users, known: Truth) -> None:
    clerk = people[f"demo-clerk-{DESK}"]
    lists = {
        (batch.category or batch.layout, batch.previous_id is not None): batch
        for batch in Batch.objects.filter(area=DESK, status=Batch.Status.MATCHED).order_by("as_of", "pk")
    }

    def newest(kind: str) -> Batch | None:
        return lists.get((kind, True)) or lists.get((kind, False))

    if (poor := newest("JDLK")) is not None:
        _review(poor, clerk, known)
        _send(poor, clerk, kinds=_WRONG, answered_by=people["demo-poverty"], answers=lambda at: Disposition.CORRECTED)
        _sign(poor, people, locking.required(poor))
    if (extreme := newest("TK")) is not None:
        _review(extreme, clerk, known)
        _class(extreme, Mismatch.Kind.ID_REPAIRED, clerk)
        _send(
            extreme,
            clerk,
            kinds=(*_WRONG, Mismatch.Kind.HEAD_DIFFERS),
            answered_by=people["demo-civil"],
            answers=lambda at: (Disposition.CORRECTED, Disposition.CORRECTED, Disposition.CONFIRMED, Disposition.INELIGIBLE)[at % 4],
        )
        _sign(extreme, people, ["housing"])
    if (disabled := newest("CJ")) is not None:
        _review(disabled, clerk, known, share=0.5)
        _class(disabled, Mismatch.Kind.ID_REPAIRED, clerk)
    if (allowance := newest("DB")) is not None:
        _review(allowance, clerk, known, share=0.4, doubtful=3)
        _class(allowance, Mismatch.Kind.LISTED_TWICE, clerk)
        for mismatch in Mismatch.objects.filter(run__in=_runs(allowance), kind=Mismatch.Kind.HEAD_DIFFERS).order_by("pk")[:12]:
            _try(partial(deciding.adopt, mismatch=mismatch, by=clerk))
        _send(allowance, clerk, kinds=(Mismatch.Kind.ID_DAMAGED,), answer_by_days=5)
        _send(allowance, clerk, kinds=(Mismatch.Kind.SAME_ID_TWO_NAMES,), answer_by_days=-1)
    for batch in Batch.objects.filter(area=DESK, layout="village-roll", status=Batch.Status.MATCHED):
        _review(batch, people["demo-township"], known, share=0.7)


def _runs(batch: Batch) -> Iterable[MatchRun]:
    return MatchRun.objects.filter(batch=batch, kind=MatchRun.Kind.REGISTER, current=True)


def _try(act: Callable[[], object]) -> bool:
    try:
        act()
    except Refused:
        return False
    return True


def _review(batch: Batch, by: User, known: Truth, *, share: float = 1.0, doubtful: int = 0) -> None:
    """Decides pairs as they truly are, the surest first; some are left open, some in doubt."""
    open_pairs = Match.objects.filter(
        run__in=_runs(batch), outcome=Match.Outcome.REVIEW, verdict="", area__gte=by.area, area__lt=by.area + "~"
    ).select_related("row__batch__file", "person", "run")
    pairs = list(open_pairs.order_by("-score", "pk"))
    until = len(pairs) if share >= 1 else round(len(pairs) * share)
    for at, pair in enumerate(pairs[:until]):
        if not Match.objects.filter(pk=pair.pk, verdict="").exists():
            continue
        verdict = Match.Verdict.DOUBTFUL if at >= until - doubtful else Match.Verdict.SAME if known.same(pair) else Match.Verdict.DIFFERENT
        _try(partial(deciding.decide, match=pair, verdict=verdict, by=by))


def _class(batch: Batch, kind: str, by: User) -> None:
    for run in _runs(batch):
        _try(partial(deciding.accept_class, run=run, kind=kind, by=by))


def _send(
    batch: Batch,
    by: User,
    *,
    kinds: Iterable[str],
    answer_by_days: int = 10,
    answered_by: User | None = None,
    answers: Callable[[int], str] | None = None,
) -> None:
    """A letter with the pending differences of some kinds; answered where somebody answers."""
    try:
        letter = letters.write_letter(batch=batch, kinds=list(kinds), by=by, answer_by=truth.BUSINESS_DAY + timedelta(days=answer_by_days))
    except Refused:
        return
    if answered_by is not None and answers is not None:
        notes = {
            Disposition.CORRECTED: "已按户口簿更正",
            Disposition.CONFIRMED: "已入户核实",
            Disposition.INELIGIBLE: "人已去世，下期名单去掉",
        }
        count = letter.rows.count()
        letters.record_answer(
            letter=letter, by=answered_by, answers={at: (answers(at), notes[Disposition(answers(at))]) for at in range(1, count + 1)}
        )


def _sign(batch: Batch, people: Users, offices: Iterable[str]) -> None:
    signed = set(LockSignature.objects.filter(batch=batch).values_list("office", flat=True))
    for office in offices:
        if office in signed:
            continue
        login = f"demo-clerk-{batch.area}" if office == "housing" else f"demo-sign-{str(office).replace('_', '-')}-{batch.area}"
        if login in people:
            _try(partial(locking.sign, batch=batch, by=people[login]))
