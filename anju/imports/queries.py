"""Every read across workbooks of records; each takes the user, and answers nothing of another area."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from django.db import connection
from django.db.models import Exists, OuterRef, Q, QuerySet
from django.utils.translation import gettext as _

from anju import clock
from anju.accounts.models import User
from anju.accounts.scope import within
from anju.checks import BLOCK, NOTE, Check
from anju.divisions import queries as places
from anju.imports import reading, whose
from anju.imports.kinds import Kind
from anju.imports.models import ImportBatch, ImportRow
from anju.registry.models import Membership
from anju.tabular.values import CHECKS
from anju.vocabulary import division, masking, relation


def batches(user: User) -> QuerySet[ImportBatch]:
    """The workbooks a user may see, newest first: those of the own area, and those from the county down that cover it."""
    covering = [user.area[:length] for length in (6, 9, 12) if length < len(user.area)]
    return ImportBatch.objects.filter(within(user.area) | Q(area__in=covering)).select_related("file", "by", "job").order_by("-id")


def whole(user: User, batch: ImportBatch) -> bool:
    """Whether all of a workbook lies in the user's area."""
    return division.contains(user.area, batch.area)


def checks(kind: Kind) -> dict[str, Check]:
    """Every rule that may speak about a kind's rows, by id."""
    of_rows = (check for rule in kind.layout.rules for check in rule.checks)
    return {check.id: check for check in (*CHECKS, *of_rows, *whose.CHECKS, *reading.CHECKS, *kind.checks)}


# Rows in which something was found that a person should see; an index serves them.
FOUND = (ImportRow.Outcome.NOTED, ImportRow.Outcome.REFUSED)
_RECENT = timedelta(days=14)


@dataclass(frozen=True, slots=True)
class Fault:
    """One kind of finding: the rule, how many rows it found, one of them as an example, and what to do."""

    check: str
    label: str
    level: str
    source: str
    rows: int
    example: str


def faults(batch: ImportBatch, user: User) -> list[Fault]:
    """What was found, in plain words, the most frequent first; what a user of a part of the area sees is that part's."""
    known = checks(batch.declared)
    part = _part(batch, user)
    with connection.cursor() as cursor:
        cursor.execute(
            """SELECT f->>'check', count(DISTINCT r.id), (array_agg(f->>'message' ORDER BY r.id))[1], bool_or(f->>'level' = 'block')
               FROM imports_importrow r, jsonb_array_elements(r.findings) f
               WHERE r.batch_id = %s AND r.outcome IN ('noted', 'refused') AND f->>'level' <> %s AND r.area >= %s AND r.area < %s GROUP BY 1""",
            [batch.pk, NOTE, *division.bounds(part)],
        )
        rows = cursor.fetchall()
    found = [
        Fault(
            check,
            known[check].label if check in known else check,
            BLOCK if blocks else known[check].level if check in known else "warn",
            known[check].source if check in known else "",
            count,
            message,
        )
        for check, count, message, blocks in rows
    ]
    return sorted(found, key=lambda one: (one.level != BLOCK, -one.rows, one.check))


def _part(batch: ImportBatch, user: User) -> str:
    """The area of what a user sees of a workbook."""
    return max(str(batch.area), user.area, key=len)


def rows(batch: ImportBatch, user: User, asked: Mapping[str, str]) -> QuerySet[ImportRow]:
    """A workbook's rows by ``outcome`` and by ``check``, of the part the user sees."""
    found = ImportRow.objects.filter(within(_part(batch, user)), batch=batch).select_related("household")
    if (outcome := asked.get("outcome", "")) in ImportRow.Outcome.values:
        found = found.filter(outcome=outcome)
    elif outcome == "in":
        found = found.filter(outcome__in=[ImportRow.Outcome.APPLIED, ImportRow.Outcome.NOTED])
    if check := asked.get("check", ""):
        found = found.filter(outcome__in=FOUND, findings__contains=[{"check": check}])
    return found


def number(batch: ImportBatch, user: User, asked: Mapping[str, str]) -> int:
    """How many rows those are; what the workbook has counted isn't counted again."""
    counted = {
        "": batch.rows_total,
        "in": batch.rows_in,
        ImportRow.Outcome.APPLIED: batch.rows_applied,
        ImportRow.Outcome.NOTED: batch.rows_noted,
        ImportRow.Outcome.REFUSED: batch.rows_refused,
        ImportRow.Outcome.UNDONE: batch.rows_undone,
    }
    outcome = asked.get("outcome", "")
    if whole(user, batch) and outcome in counted and not asked.get("check"):
        return counted[outcome]
    return rows(batch, user, asked).count()


@dataclass(frozen=True, slots=True)
class Line:
    """A row as a table shows it."""

    row: ImportRow
    head: str
    place: str
    said: tuple[str, ...]


def lines(found: Sequence[ImportRow]) -> list[Line]:
    """Rows with their household's head and place, and what was found; three queries for all of them."""
    homes = [row.household_id for row in found if row.household_id is not None]
    heads = dict(Membership.objects.open().filter(household__in=homes, relation=relation.HEAD).values_list("household_id", "person__name"))
    names = places.below_county({row.area for row in found})
    return [
        Line(
            row,
            heads.get(row.household_id or 0, ""),
            names.get(row.area, "") if row.household_id else "",
            tuple(one["message"] for one in row.findings if one["level"] != NOTE),
        )
        for row in found
    ]


@dataclass(frozen=True, slots=True)
class Waiting:
    """Workbooks that ask something of somebody."""

    stopped: list[ImportBatch]
    refused: list[ImportBatch]


def waiting(user: User, area: str) -> Waiting:
    """Workbooks of a user that stopped half-way, and those of the last fortnight with rows that went back, unless a later one of the kind came since."""
    own = ImportBatch.objects.filter(within(area), by=user.pk)
    later = ImportBatch.objects.filter(by=user.pk, kind=OuterRef("kind"), area=OuterRef("area"), pk__gt=OuterRef("pk"))
    recent = own.filter(status=ImportBatch.Status.DONE, rows_refused__gt=0, at__gte=clock.now() - _RECENT)
    return Waiting(
        list(own.filter(status=ImportBatch.Status.STOPPED)[:20]),
        list(recent.filter(~Exists(later.exclude(status__in=ImportBatch.GONE)))[:20]),
    )


def worded(values: Mapping[str, Any], kind: Kind) -> list[tuple[str, str]]:
    """What was read from a row, in words: the layout's titles, choices by their first word, card numbers masked."""
    said = []
    for column in kind.layout.columns:
        value = values.get(column.key)
        if value in (None, ""):
            continue
        words = next((word for word, code in column.choices if code == value), None)
        said.append((_(column.title), words or (card(value) if column.kind == "card" else str(value))))
    return said


def card(value: object) -> str:
    """What stands in a cell for bank cards, as a page shows it."""
    return masking.in_force().show(masking.Kind.CARD, str(value), masking.Place.PAGE)
