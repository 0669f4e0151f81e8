"""上级系统录入情况: which households were entered in a national system, as a workbook."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

from anju.accounts.models import User
from anju.accounts.roles import Power
from anju.checks import BLOCK, Check, Finding
from anju.entries import actions
from anju.entries.actions import Marking
from anju.entries.models import SystemEntry
from anju.entries.refusal import Refused
from anju.imports.kinds import Findings, Kind, Row, record_layout, register
from anju.imports.models import ImportBatch
from anju.tabular.columns import NOTE_TEXT, renamed
from anju.tabular.layout import Column, RowRule

_S = SystemEntry.System
SYSTEMS = (
    ("农户档案信息检索系统", _S.ARCHIVE.value), ("农村危房改造农户档案管理信息系统", _S.ARCHIVE.value), ("农户档案", _S.ARCHIVE.value), ("住房安全有保障信息平台", _S.SAFETY.value),
    ("住房安全平台", _S.SAFETY.value), ("核验平台", _S.SAFETY.value), ("全国扶贫开发信息系统", _S.POVERTY.value), ("扶贫系统", _S.POVERTY.value), ("国扶系统", _S.POVERTY.value),
)  # fmt: skip
STATES = (("已录入", "entered"), ("录入", "entered"), ("是", "entered"), ("退回", "returned"), ("被退回", "returned"), ("驳回", "returned"))

_SOURCE = "领域数据字典 3.23、3.25"
UNSAID = Check("entry-unsaid", "没有写明系统或录入状态", _SOURCE, BLOCK)
WITHOUT_REASON = Check("entry-returned-without-reason", "退回没有写原因", _SOURCE, BLOCK)
LATER = Check("entry-later-than-today", "录入日期不成立", _SOURCE, BLOCK)
NOT_OURS = Check("entry-other-office", "不由本部门录入", _SOURCE, BLOCK)
RESTED_ON = Check("entry-marked-since", "之后又有新的登记", "领域数据字典 3.27：两个时间", BLOCK)
APPLY_CHECKS = (LATER, NOT_OURS, RESTED_ON)


def _judge(values: dict[str, Any], findings: list[Finding], headings: Mapping[str, str]) -> None:
    for key, title in (("system", "系统"), ("state", "录入状态")):
        if not values.get(key):
            heading = headings.get(key, title)
            findings.append(Finding(UNSAID.id, f"“{heading}”列：没有写明或认不出；请从下拉列表中选", heading, key, UNSAID.level))
    if values.get("state") == "returned" and not values.get("remark"):
        heading = headings.get("remark", "")
        findings.append(
            Finding(WITHOUT_REASON.id, f"“{heading or '退回原因'}”列：退回的要写明原因；请补填", heading, "remark", WITHOUT_REASON.level)
        )


LAYOUT = record_layout(
    key="entries",
    title="上级系统录入情况表",
    note="一户在一个系统写一行。",
    source=_SOURCE,
    signature=("录入状态", "录入系统", "退回原因", "录入日期", "上传状态"),
    title_words=("录入情况", "录入系统", "录入清单"),
    needs=(("system",), ("state",)),
    columns=(
        Column("system", "系统", ("录入系统", "系统名称", "信息系统"), "choice", choices=SYSTEMS, example="住房安全有保障信息平台"),
        Column("state", "录入状态", ("状态", "上传状态", "是否录入", "录入情况"), "choice", choices=STATES, example="已录入"),
        Column(
            "entered_on",
            "录入日期",
            ("录入时间", "上传日期", "上传时间", "退回日期"),
            "date",
            example="2020-06-20",
            note="不写按表的数据截止日。",
        ),
        replace(renamed(NOTE_TEXT, "退回原因", "系统反馈", "反馈结果", "结果"), longest=300),
    ),
    rules=(RowRule((UNSAID, WITHOUT_REASON), _judge),),
)


def apply(rows: Sequence[Row], batch: ImportBatch) -> Findings:
    """Households are marked, system by system."""
    answered: dict[int, list[Finding]] = {}
    by_system: dict[str, list[Row]] = {}
    for row in rows:
        if row.values.get("entered_on", batch.as_of) > batch.as_of:
            said = f"录入日期晚于本表的数据截止日 {batch.as_of}；请核对"
            answered[row.id] = [Finding(LATER.id, said, "", "entered_on", LATER.level)]
        else:
            by_system.setdefault(row.values["system"], []).append(row)
    for system, some in by_system.items():
        try:
            actions.mark(system=system, rows=[_marking(row, batch) for row in some], by=batch.by)
        except Refused as refused:
            answered |= {row.id: [Finding(NOT_OURS.id, refused.message, "", "system", NOT_OURS.level)] for row in some}
    return answered


def _marking(row: Row, batch: ImportBatch) -> Marking:
    values = row.values
    return Marking(row.household_id, values["state"], values.get("entered_on", batch.as_of), str(values.get("remark", "")), row.source)


def undo(rows: Sequence[Row], batch: ImportBatch, by: User) -> Findings:
    """The marks of these rows are known no more."""
    sources = {row.source: row for row in rows}
    marks = SystemEntry.objects.filter(household__in=[row.household_id for row in rows], source__in=sources)
    answered: dict[int, list[Finding]] = {}
    for system in _S.values:
        own = [one for one in marks if one.system == system]
        left = actions.unmark(system=system, households=[one.household_id for one in own], recorded=[one.pk for one in own], by=by)
        for one in own:
            if one.household_id in left:
                words = "之后又有新的登记，没有撤销；请先撤回新的登记"
                answered[sources[one.source].id] = [Finding(RESTED_ON.id, words, "", "system", RESTED_ON.level)]
    return answered


ENTRIES = register(
    Kind(
        "entries",
        "上级系统录入情况",
        LAYOUT,
        Power.ENTER,
        apply,
        why="在上级系统录完后批量登记已录入、退回",
        undo=undo,
        once=("system",),
        checks=APPLY_CHECKS,
    )
)
