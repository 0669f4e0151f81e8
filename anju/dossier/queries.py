"""Where a household stands on the departments' lists, and what is still open there."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from django.db.models import Q

from anju.accounts.models import User
from anju.accounts.scope import scope
from anju.rosters.models import Match, Mismatch


@dataclass(frozen=True, slots=True)
class Listed:
    """One member on one list: which row, how it was found, what is still to be settled."""

    batch_id: int
    title: str
    as_of: date | None
    row: int
    name: str
    outcome: str
    explanation: str
    open: tuple[str, ...]


def listed(*, persons: Sequence[int], user: User) -> list[Listed]:
    """The rows that are these persons, newest list first; a pair somebody still decides is among them."""
    matches = list(
        scope(user, Match.objects.all())
        .filter(person__in=persons, run__kind="register", row__isnull=False)
        .filter(Q(outcome="auto") | Q(outcome="only_list") | Q(verdict__in=["", "same", "doubtful"]))
        .exclude(run__batch__status="voided")
        .select_related("row", "run__batch")
        .order_by("-run__batch__as_of", "-run__batch_id", "row_id", "-run_id")[:60]
    )
    pending: dict[int, list[str]] = {}
    for mismatch in Mismatch.objects.filter(match__in=[match.pk for match in matches], disposition="pending"):
        if mismatch.match_id is not None:
            pending.setdefault(mismatch.match_id, []).append(str(Mismatch.Kind(mismatch.kind).label))
    found = []
    seen: set[int] = set()
    for match in matches:
        batch, row = match.run.batch, match.row
        if row is None or row.pk in seen:
            continue
        seen.add(row.pk)
        found.append(
            Listed(
                batch_id=batch.pk,
                title=batch.title,
                as_of=batch.as_of,
                row=row.row,
                name=row.name,
                outcome=str(Match.Outcome(match.outcome).label),
                explanation=match.explanation,
                open=tuple(sorted(pending.get(match.pk, ()))),
            )
        )
    return found
