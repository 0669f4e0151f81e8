"""Letters back to departments and what was answered."""

from dataclasses import dataclass

from django.db.models import Count, Q, QuerySet

from anju.accounts.models import User
from anju.accounts.scope import within
from anju.rosters.models import Batch, Letter, LetterRow
from anju.rosters.queries.batches import Difference, shown


@dataclass(frozen=True)
class AskedRow:
    """One row of a letter: the question, the difference it is about, the answer."""

    letter_row: LetterRow
    difference: Difference

    @property
    def ordinal(self) -> int:
        """Its number in the letter."""
        return self.letter_row.ordinal


@dataclass(frozen=True)
class LetterPage:
    """A letter with its rows."""

    letter: Letter
    rows: list[AskedRow]
    answered: int
    open: int


def letters(user: User, batch: Batch | None = None) -> QuerySet[Letter]:
    """Letters of the user's area; a sender sees those to its own office. Each with ``asked`` and ``answered`` counts."""
    found = Letter.objects.filter(within(user.area))
    if user.role == "sender":
        found = found.filter(office=user.organisation.kind)
    if batch is not None:
        found = found.filter(batch=batch)
    return found.annotate(asked=Count("rows"), answered=Count("rows", filter=~Q(rows__answer=""))).order_by("-id")


def page(letter: Letter, user: User, limit: int = 500) -> LetterPage:
    """The letter's first rows; all of them are in its workbook."""
    asked = list(
        LetterRow.objects.filter(letter=letter, mismatch__area__gte=user.area, mismatch__area__lt=user.area + "~")
        .select_related("mismatch__row", "mismatch__household", "mismatch__match__person")
        .order_by("ordinal")[:limit]
    )
    differences = shown([row.mismatch for row in asked])
    total = LetterRow.objects.filter(letter=letter)
    answered = total.exclude(answer="").count()
    return LetterPage(letter, [AskedRow(*pair) for pair in zip(asked, differences, strict=True)], answered, total.count() - answered)
