"""县级审批: how each household is renovated, how large, and the amount where the standard leaves it to the county."""

from collections.abc import Mapping, Sequence
from datetime import date
from itertools import groupby

from anju.accounts.models import User
from anju.accounts.roles import Power
from anju.cases import actions, rules, standards
from anju.cases.importing.shared import CASE, COUNTED, REFERS, STEP_CHECKS, Cases, bounded, taken_back
from anju.imports import answers
from anju.imports.kinds import Findings, Kind, Row, record_layout, register
from anju.imports.models import ImportBatch
from anju.refusing import Refused
from anju.tabular.layout import Column
from anju.vocabulary.method import METHODS

_OTHER_NAMES = {
    "repair": ("维修加固", "修缮加固", "加固", "维修", "改建加固"), "rebuild": ("原址翻建", "翻建", "拆除重建", "原址重建", "重建"), "newbuild": ("无房户新建",),
    "relocate": ("异地新建", "异地重建", "选址重建", "异地分散新建", "异地集中新建"),
    "help_build": ("帮建",),
}  # fmt: skip
CHOICES = tuple(
    dict.fromkeys((name, method.code) for method in METHODS.values() for name in (method.name, *_OTHER_NAMES.get(method.code, ())))
)
COLUMNS = (
    Column("method", "改造方式", ("批准的改造方式", "改造类型", "批准方式"), "choice", choices=CHOICES, example=CHOICES[0][0]),
    Column("main_area", "批准主房面积", ("主房面积", "批准面积", "建设面积", "批准建筑面积"), "decimal", example=48, note="平方米；维修加固的可空着。"),
    Column("auxiliary_area", "批准附属房面积", ("附属房面积", "附属用房面积"), "decimal", example=12, note="平方米。"),
    Column(
        "amount", "补助金额（元）", ("补助金额", "批准金额", "补助标准"), "money", example=30240,
        note="标准定死金额的空着；标准是上限或没有标准的填。",
    ),
    Column("basis", "金额的依据", ("补助依据", "依据文件", "批准文号"), "text", longest=200, example="彰住建〔2020〕3号", note="没有标准时写文件名称和文号。"),
    Column("approved_on", "批准日期", ("审批日期", "批准时间", "审批时间"), "date", example="2020-04-20", note="不写按表的数据截止日。"),
)  # fmt: skip
LAYOUT = record_layout(
    key="approvals",
    title="县级审批表",
    by=CASE,
    columns=COLUMNS,
    note="批准的户列入当年的改造计划，金额按批准当日的标准计算。",
    signature=("批准主房面积", "补助金额（元）", "金额的依据", "批准日期", "批准的改造方式"),
    title_words=("审批", "批准"),
    needs=(("method",),),
    source="领域规则 2.3、2.4、2.7 县级审批；S4-25",
    rules=(
        COUNTED,
        answers.demanding(
            answers.titles(COLUMNS), said=("method",), understood=("main_area", "auxiliary_area", "amount", "approved_on")
        ),
        bounded(rules.AREA, answers.titles(COLUMNS), ("main_area", "auxiliary_area"), standards.LARGEST),
    ),
)  # fmt: skip
_FIELDS = {
    **{rule.id: "case" for rule in (rules.ORDER, rules.ROLE, rules.HOUSEHOLD, rules.IDENTITY, rules.GRADE, rules.ONCE, rules.PLAN)},
    rules.DAY.id: "approved_on",
    rules.METHOD.id: "method",
    rules.AREA.id: "main_area",
    rules.AMOUNT.id: "amount",
}


def apply(rows: Sequence[Row], batch: ImportBatch) -> Findings:
    """The county approves, each household by its own row."""
    going = Cases(rows, _FIELDS)

    def day(case: int) -> date:
        found: date = going.rows[case].values.get("approved_on", batch.as_of)
        return found

    refused: dict[int, Refused] = {}
    for on, cases in groupby(sorted(going.rows, key=day), key=day):
        refused |= _approved([(case, going.rows[case]) for case in cases], on, batch.by)
    return going.answered(refused)


def _approved(rows: Sequence[tuple[int, Row]], on: date, by: User) -> Mapping[int, Refused]:
    said = [_approval(case, row) for case, row in rows]
    try:
        return actions.approve_many(approvals=said, by=by, on=on)
    except Refused as why:
        return {case: why for case, _row in rows}


def _approval(case: int, row: Row) -> actions.Approval:
    said = row.values
    amount = said.get("amount")
    return actions.Approval(
        case=case, method=said["method"], main_area=said.get("main_area"), auxiliary_area=said.get("auxiliary_area"),
        amount=None if amount is None else int(amount * 100), basis=str(said.get("basis") or ""), source=row.source,
    )  # fmt: skip


def undo(rows: Sequence[Row], batch: ImportBatch, by: User) -> Findings:
    """The approvals are taken back; the cases wait for the county again."""
    return taken_back(rows, batch, by, _FIELDS)


APPROVALS = register(
    Kind(
        "approvals",
        "县级审批",
        LAYOUT,
        Power.CASE_APPROVE,
        apply,
        why="逐户批准方式、面积和补助，列入当年计划",
        undo=undo,
        refers=REFERS,
        sealed=frozenset({"method", "main_area", "auxiliary_area", "amount"}),
        checks=(
            *(*STEP_CHECKS, rules.HOUSEHOLD, rules.IDENTITY, rules.GRADE, rules.ONCE, rules.PLAN),
            *(rules.METHOD, rules.AREA, rules.AMOUNT),
        ),
    )
)
