"""乡镇审核: what the township's people saw at each household and what the township decides of it, in its own words for each."""

from collections.abc import Sequence
from typing import Any

from django.utils.translation import gettext as _

from anju.accounts.models import User
from anju.accounts.roles import Power
from anju.cases import actions, rules
from anju.cases.actions.reviewing import PASSED, REFUSED, RETURNED
from anju.cases.importing.shared import CASE, COUNTED, REFERS, STEP_CHECKS, Cases, taken_back
from anju.checks import BLOCK, Finding
from anju.imports import answers
from anju.imports.kinds import Findings, Kind, Row, record_layout, register
from anju.imports.models import ImportBatch
from anju.refusing import Refused
from anju.tabular.layout import Column, RowRule

DECISIONS = (
    ("通过", PASSED), ("同意", PASSED), ("审核通过", PASSED), ("符合", PASSED), ("属实", PASSED), ("合格", PASSED),
    ("退回补正", RETURNED), ("退回", RETURNED), ("补正", RETURNED), ("不符合", REFUSED), ("不通过", REFUSED), ("不同意", REFUSED),
)  # fmt: skip
SEEN = Column(
    "seen", "入户看到的情况", ("入户情况", "核实情况", "入户核实情况", "看到的情况"), "text", longest=300, example="3 口人常住，墙体开裂，与申请一致",
    note="已经登记过入户核实的空着。",
)  # fmt: skip
COLUMNS = (
    SEEN,
    Column("visited_on", "入户日期", ("核实日期", "入户时间", "入户核实日期"), "date", example="2020-03-20", note="不写按审核日期。"),
    Column("decided", "审核结论", ("审核结果", "乡镇审核结论", "审核"), "choice", choices=DECISIONS, example="通过"),
    Column("opinion", "审核意见", ("乡镇审核意见", "乡镇意见", "意见", "审核意见或理由"), "text", longest=200, example="同意纳入改造", note="退回、不符合的写明理由。"),
    Column("reviewed_on", "审核日期", ("审核时间", "乡镇审核日期"), "date", example="2020-03-21", note="不写按表的数据截止日。"),
)  # fmt: skip


def _reasons(values: dict[str, Any], findings: list[Finding], headings: Any) -> None:
    if values.get("decided") in (RETURNED, REFUSED) and not values.get("opinion"):
        heading = headings.get("opinion", "审核意见")
        findings.append(Finding(answers.UNSAID.id, f"“{heading}”列：退回、不符合的要写明理由；请补填", heading, "opinion", BLOCK))


LAYOUT = record_layout(
    key="reviews",
    title="乡镇审核表",
    by=CASE,
    columns=COLUMNS,
    note="每户写自己的情况和意见。",
    signature=("审核结论", "审核意见", "审核日期", "入户看到的情况"),
    title_words=("乡镇审核", "审核表", "镇审核", "乡审核"),
    needs=(("decided",),),
    source="领域规则 2.7 乡镇审核、入户核实；领域行为 4.1",
    rules=(
        COUNTED,
        answers.demanding(answers.titles(COLUMNS), said=("decided",), understood=("visited_on", "reviewed_on")),
        RowRule((answers.UNSAID,), _reasons),
    ),
)
_FIELDS = {
    **{rule.id: "case" for rule in (rules.ORDER, rules.ROLE, rules.HOUSEHOLD, rules.IDENTITY, rules.GRADE, rules.ONCE, rules.HOUSE, rules.PUBLIC_EMPLOYEE)},
    rules.VISIT.id: "seen",
    rules.DAY.id: "reviewed_on",
    rules.REASON.id: "opinion",
}  # fmt: skip


def apply(rows: Sequence[Row], batch: ImportBatch) -> Findings:
    """Visits are recorded and opinions given, of each household its own."""
    going = Cases(rows, _FIELDS)
    opinions = []
    for case, row in list(going.rows.items()):
        said = row.values
        if said.get("seen") and "visit" in going.cases[case].marks:
            going.refuse(row, Refused(rules.VISIT, _("该户已登记过入户核实；请把“入户看到的情况”空着，要改的先撤销那一步")))
            continue
        opinions.append(
            actions.Opinion(
                case=case, decided=said["decided"], words=str(said.get("opinion") or ""), on=said.get("reviewed_on", batch.as_of),
                seen=str(said.get("seen") or ""), visited_on=said.get("visited_on"), source=row.source,
            )
        )  # fmt: skip
    return going.answered(actions.give_opinions(opinions=opinions, by=batch.by))


def undo(rows: Sequence[Row], batch: ImportBatch, by: User) -> Findings:
    """Opinions and visits are taken back, the last step first; what was ended goes on."""
    return taken_back(rows, batch, by, _FIELDS)


REVIEWS = register(
    Kind(
        "reviews",
        "乡镇审核",
        LAYOUT,
        Power.CASE_TOWNSHIP,
        apply,
        why="入户看到的情况和审核意见，每户各写各的",
        undo=undo,
        refers=REFERS,
        checks=(*STEP_CHECKS, rules.HOUSEHOLD, rules.VISIT, rules.IDENTITY, rules.GRADE, rules.ONCE, rules.HOUSE, rules.PUBLIC_EMPLOYEE),
    )
)
