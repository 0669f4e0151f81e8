"""What kinds of workbooks share: cells that must be said and must be understood, and what an owner's action refused put to the sender's rows."""

from collections.abc import Mapping, Sequence
from typing import Any

from django.db.models import QuerySet
from django.utils.translation import gettext_lazy

from anju.checks import BLOCK, WARN, Check, Finding
from anju.imports.kinds import Row
from anju.imports.models import ImportBatch
from anju.kept import kept
from anju.refusing import Refused
from anju.tabular.layout import Column, RowRule

UNSAID = Check("cell-unsaid", "该写的没有写", "S2-06 数据力求精准", BLOCK)
UNREAD = Check("cell-unread", "认不出的内容不猜", "S2-06 数据力求精准", BLOCK)


def demanding(titles: Mapping[str, str], *, said: Sequence[str], understood: Sequence[str] = ()) -> RowRule:
    """A row goes back that leaves one of ``said`` out, or in which one of these or of ``understood`` can't be read. ``titles``: key → heading."""

    def judge(values: dict[str, Any], findings: list[Finding], headings: Mapping[str, str]) -> None:
        doubted = {one.field: one for one in findings if one.level in (BLOCK, WARN)}
        for key in (*said, *understood):
            heading = headings.get(key, titles[key])
            if (doubt := doubted.get(key)) is not None:
                if doubt.level != BLOCK:
                    findings.append(Finding(UNREAD.id, f"“{heading}”列：认不出，本行没有登记；{doubt.message}", heading, key, BLOCK))
            elif key in said and key not in values:
                findings.append(Finding(UNSAID.id, f"“{heading}”列：没有写；请补填", heading, key, BLOCK))

    return RowRule((UNSAID, UNREAD), judge)


def together(titles: Mapping[str, str], answer: str, day: str, *, silent: str = "") -> RowRule:
    """An answer is written with its day, and a day with its answer; ``silent`` is the answer that says nothing yet."""

    def judge(values: dict[str, Any], findings: list[Finding], headings: Mapping[str, str]) -> None:
        doubted = {one.field for one in findings if one.level == BLOCK}
        if {answer, day} & doubted:
            return
        answered, dated = values.get(answer, silent) != silent, day in values
        if answered != dated:
            left, written = (day, answer) if answered else (answer, day)
            heading, other = headings.get(left, titles[left]), headings.get(written, titles[written])
            findings.append(Finding(UNSAID.id, f"写了“{other}”，没有写“{heading}”；请补填，或把“{other}”也空着", heading, left, BLOCK))

    return RowRule((UNSAID,), judge)


def titles(columns: Sequence[Column]) -> dict[str, str]:
    """Key → heading of the template."""
    return {column.key: column.title for column in columns}


def refusal(refused: Refused, fields: Mapping[str, str] | None = None) -> Finding:
    """A refusal as a finding of its rule; ``fields`` says under which column a rule speaks."""
    field = (fields or {}).get(refused.rule.id, "")
    return Finding(refused.rule.id, refused.message, "", field, BLOCK)


def refusals(rows: Sequence[Row], refused: Mapping[int, Refused], fields: Mapping[str, str] | None = None) -> dict[int, list[Finding]]:
    """What an action refused, place in ``rows`` → why, put to the rows themselves."""
    return {rows[at].id: [refusal(why, fields)] for at, why in refused.items()}


def names(text: str) -> list[str]:
    """The people of one cell, however they are kept apart."""
    for sign in "，,；; /":
        text = text.replace(sign, "、")
    return [name for name in text.split("、") if name]


def recorded(made: QuerySet[Any], rows: Sequence[Row]) -> dict[int, str]:
    """The records of ``made`` that these rows have led to: key → the row's source."""
    found = made.filter(household__in=[row.household_id for row in rows], source__in=[row.source for row in rows])
    return dict(found.order_by("id").values_list("pk", "source"))


def taking_back(batch: ImportBatch) -> str:
    """The reason that the records of a workbook bear once it is taken back."""
    return kept(gettext_lazy("撤销批量录入“%s”"), batch.title)


def stayed(
    rows: Sequence[Row], made: Mapping[int, str], refused: Mapping[int, Refused], fields: Mapping[str, str] | None = None
) -> dict[int, list[Finding]]:
    """What couldn't be taken back of the records ``made`` (``recorded``), key → why, put to the rows that led to them."""
    ids = {row.source: row.id for row in rows}
    return {ids[made[key]]: [refusal(why, fields)] for key, why in refused.items()}
