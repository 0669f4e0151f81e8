"""改造申请: households that apply, each with the day and its own words."""

from collections.abc import Sequence

from anju.accounts.models import User
from anju.accounts.roles import Power
from anju.cases import actions, rules
from anju.cases.importing.shared import STEP_CHECKS
from anju.cases.models import Case
from anju.imports import answers
from anju.imports.kinds import Findings, Kind, Row, record_layout, register
from anju.imports.models import ImportBatch
from anju.tabular.layout import Column

COLUMNS = (
    Column("applied_on", "申请日期", ("申请时间", "受理日期", "提出申请日期"), "date", example="2020-03-10"),
    Column(
        "words", "申请理由", ("申请事由", "申请原因", "申请内容", "农户申请理由"), "text", longest=300, example="住房墙体开裂，无力自建，申请改造",
        note="农户自己的话。",
    ),
)  # fmt: skip
LAYOUT = record_layout(
    key="applications",
    title="农村危房改造申请表",
    columns=COLUMNS,
    note="身份和房屋等级按登记库和鉴定现有的算，不另填。",
    signature=("申请日期", "申请理由"),
    title_words=("改造申请", "危改申请", "申请表", "申请名册"),
    needs=(("applied_on",),),
    source="领域规则 2.7 农户申请；领域行为 4.1",
    rules=(answers.demanding(answers.titles(COLUMNS), said=("applied_on",)),),
)
_FIELDS = {
    rules.DAY.id: "applied_on",
    rules.HOUSEHOLD.id: "household",
    rules.ONE_OPEN.id: "household",
    rules.IDENTITY.id: "household",
    rules.GRADE.id: "household",
}


def apply(rows: Sequence[Row], batch: ImportBatch) -> Findings:
    """These households apply."""
    said = [
        actions.Application(
            household=row.household_id, on=row.values["applied_on"], words=str(row.values.get("words") or ""), source=row.source
        )
        for row in rows
    ]
    return answers.refusals(rows, actions.apply_many(applications=said, by=batch.by), _FIELDS)


def undo(rows: Sequence[Row], batch: ImportBatch, by: User) -> Findings:
    """Applications taken by mistake end, with the reason, where nothing was done since."""
    ids = {row.source: row.id for row in rows}
    cases = Case.objects.filter(household__in=[row.household_id for row in rows], source__in=list(ids)).values_list("pk", flat=True)
    refused = actions.call_off_many(sources=set(ids), cases=set(cases), by=by, reason=answers.taking_back(batch))
    return {ids[source]: [answers.refusal(why, _FIELDS)] for source, why in refused.items()}


APPLICATIONS = register(
    Kind(
        "applications",
        "改造申请",
        LAYOUT,
        Power.CASE_APPLY,
        apply,
        why="许多户一次受理；撤销要由能认定不符合的乡镇或县办理",
        undo=undo,
        others=Power.CASE_APPROVE,
        checks=(*STEP_CHECKS, rules.HOUSEHOLD, rules.IDENTITY, rules.GRADE),
    )
)
