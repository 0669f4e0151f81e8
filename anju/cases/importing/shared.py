"""What workbooks of cases share: a row says whose it is by the case's number too, means the household's case that is going on, and is taken back by a
reversing step."""

from collections.abc import Iterable, Mapping, Sequence
from decimal import ROUND_HALF_UP, Decimal
from typing import Any

from django.utils.translation import gettext as _

from anju.accounts.models import User
from anju.cases import actions, rules
from anju.cases.models import Case
from anju.checks import Check, Finding
from anju.imports import answers
from anju.imports.kinds import Findings, Row
from anju.imports.models import ImportBatch
from anju.refusing import Refused
from anju.tabular.layout import Column, RowRule

CASE = Column(
    "case",
    "改造编号",
    ("编号", "案件编号", "改造户编号", "危改编号", "申请编号", "受理编号"),
    "code",
    example="210922-GZ2020-000288",
    note="导出的填报表里已经写好；写了它，户编号可空着。",
)

_HUNDREDTH = Decimal("0.01")


def _households(numbers: Iterable[str]) -> dict[str, str]:
    found = Case.objects.filter(number__in=set(numbers)).select_related("household")
    return {one.number: one.household.number for one in found}


REFERS = (CASE.key, _households)
"""By the number of a case its household is meant."""


def _counted(values: dict[str, Any], findings: list[Finding], headings: Mapping[str, str]) -> None:
    if str(values.get(CASE.key, "")).isdecimal():
        del values[CASE.key]


COUNTED = RowRule((), _counted)
"""Under 编号 a list often only counts its rows: a bare figure names no case, and whose the row is must be said otherwise."""


def bounded(check: Check, titles: Mapping[str, str], keys: Sequence[str], most: int) -> RowRule:
    """A row goes back in which one of these figures is negative or larger than a form takes; a measure is kept to the hundredth, as a case keeps it."""

    def judge(values: dict[str, Any], findings: list[Finding], headings: Mapping[str, str]) -> None:
        for key in keys:
            value = values.get(key)
            if value is None:
                continue
            if not 0 <= value <= most:
                heading = headings.get(key, titles[key])
                words = f"“{heading}”列：写的是 {value}；应在 0 到 {most:,} 之间，请核对"
                findings.append(Finding(check.id, words, heading, key, check.level))
            elif isinstance(value, Decimal):
                values[key] = value.quantize(_HUNDREDTH, ROUND_HALF_UP)

    return RowRule((check,), judge)


class Cases:
    """The cases going on of the households of some rows, and what of them is refused: ``findings`` by row."""

    def __init__(self, rows: Sequence[Row], fields: Mapping[str, str]) -> None:
        self.fields = fields
        self.findings: dict[int, list[Finding]] = {}
        self.rows: dict[int, Row] = {}
        """By the key of the case."""
        open_ones = Case.objects.filter(household__in=[row.household_id for row in rows], ended_on=None)
        going = {one.household_id: one for one in open_ones}
        self.cases = {one.pk: one for one in going.values()}
        for row in rows:
            case = going.get(row.household_id)
            named = str(row.values.get(CASE.key) or "")
            if case is None:
                said = _("%s 已经办结") % named if named else _("该户没有在办的改造；请先受理申请")
                self.refuse(row, Refused(rules.ORDER, said))
            elif named and named != case.number:
                self.refuse(
                    row, Refused(rules.ORDER, _("%(named)s 已经办结，该户在办的是 %(number)s") % {"named": named, "number": case.number})
                )
            else:
                self.rows[case.pk] = row

    def refuse(self, row: Row, why: Refused) -> None:
        """The row goes back."""
        self.findings[row.id] = [answers.refusal(why, self.fields)]

    def answered(self, refused: Mapping[int, Refused]) -> Findings:
        """What is wrong with which row, where an action refused some of the cases."""
        for case, why in refused.items():
            self.refuse(self.rows[case], why)
        return self.findings


def taken_back(rows: Sequence[Row], batch: ImportBatch, by: User, fields: Mapping[str, str]) -> Findings:
    """The steps that these rows recorded are reversed, where nothing was done since."""
    ids = {row.source: row.id for row in rows}
    cases = Case.objects.filter(household__in=[row.household_id for row in rows]).values_list("pk", flat=True)
    refused = actions.undo_many(sources=set(ids), cases=set(cases), by=by, reason=answers.taking_back(batch))
    return {ids[source]: [answers.refusal(why, fields)] for source, why in refused.items()}


STEP_CHECKS: tuple[Check, ...] = (rules.ROLE, rules.DAY, rules.ORDER, rules.REASON, rules.ONE_OPEN)
"""What any step may be refused by."""
