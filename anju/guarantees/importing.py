"""住房安全保障途径表: how households are housed safely, other than by works, which a finished case writes itself (domain 2.9, 3.27)."""

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from anju.accounts.models import User
from anju.accounts.roles import Power
from anju.guarantees import actions, rules
from anju.guarantees.models import Guarantee
from anju.imports import answers
from anju.imports.kinds import Findings, Kind, Row, record_layout, register
from anju.imports.models import ImportBatch
from anju.registry.facts import not_withdrawn
from anju.tabular.columns import NOTE_TEXT, renamed
from anju.tabular.layout import Column
from anju.vocabulary.route import ROUTES

_OTHER_NAMES = {
    "relocation": ("易地搬迁", "扶贫搬迁"), "disaster_rebuilding": ("因灾重建", "灾后重建"), "public_rental": ("公租房", "集体公租住房"),
    "rented_house": ("长期租赁闲置农房", "租赁", "租房", "租赁住房"), "relatives": ("投靠亲友", "随子女居住"), "exchange": ("住房置换", "房屋置换"),
    "repaired_public_house": ("修缮闲置公房", "闲置公房"),
}  # fmt: skip
CHOICES = tuple((name, route.code) for route in ROUTES.values() for name in (route.name, *_OTHER_NAMES.get(route.code, ())))
COLUMNS = (
    Column("route", "保障途径", ("保障方式", "具体保障方式", "住房保障途径", "安置方式"), "choice", choices=CHOICES, example="投亲靠友"),
    Column("since", "开始日期", ("入住日期", "起始日期", "保障开始日期", "搬入日期"), "date", example="2020-05-01"),
    Column("until", "到期日期", ("截止日期", "终止日期", "合同到期日", "保障到期日期"), "date", example="2021-04-30", note="合同或同意的最后一天；租住、借住的必填。"),
    Column("provider", "提供人", ("住房提供人", "出租人", "产权单位", "提供单位", "亲属姓名"), "text", longest=100, example="李强（长子）"),
    Column("relation", "与提供人的关系", ("与提供人关系", "亲属关系"), "text", longest=30, example="父子"),
    Column("place", "现居住地址", ("现居住地", "安置地址", "现住房地址"), "text", longest=200, example=""),
    Column("document", "佐证材料", ("证明材料", "合同或文件", "协议编号", "佐证"), "text", longest=120, example="投亲居住同意书 2020-05"),
    Column("safe_because", "现住房安全依据", ("现住房为什么安全", "住房安全依据", "安全依据"), "text", longest=200, example="村鉴定 B 级 2020-04", note="保障安全的途径必填。"),
    replace(renamed(NOTE_TEXT, "备注"), longest=300),
)  # fmt: skip
LAYOUT = record_layout(
    key="guarantees",
    title="住房安全保障途径表",
    columns=COLUMNS,
    note="危房改造和无房新建在竣工验收合格时自动写入，不用本表。",
    signature=("保障途径", "提供人", "与提供人的关系", "到期日期", "佐证材料", "现住房安全依据"),
    title_words=("保障途径", "保障方式"),
    needs=(("route",), ("since",)),
    source="领域规则 2.9；领域数据字典 3.27 保障途径",
    rules=(answers.demanding(answers.titles(COLUMNS), said=("route", "since"), understood=("until",)),),
)
_FIELDS = {
    rules.ROUTE.id: "route",
    rules.WORKS.id: "route",
    rules.DAY.id: "since",
    rules.TERM.id: "until",
    rules.PROVIDER.id: "provider",
    rules.PROOF.id: "document",
    rules.SAFE.id: "safe_because",
    rules.HOUSEHOLD.id: "household",
}
_WORDS = ("provider", "relation", "place", "document", "safe_because")


def _words(row: Row) -> dict[str, Any]:
    return {key: str(row.values.get(key) or "") for key in _WORDS}


def apply(rows: Sequence[Row], batch: ImportBatch) -> Findings:
    """Households are housed in these ways from their days on."""
    ways = [
        actions.Way(
            household=row.household_id, route=row.values["route"], since=row.values["since"], until=row.values.get("until"),
            note=str(row.values.get("remark") or ""), source=row.source, **_words(row),
        )
        for row in rows
    ]  # fmt: skip
    return answers.refusals(rows, actions.record_many(ways=ways, by=batch.by), _FIELDS)


def undo(rows: Sequence[Row], batch: ImportBatch, by: User) -> Findings:
    """What these rows said never held; what the households had until then holds again."""
    made = answers.recorded(not_withdrawn(Guarantee, {row.household_id for row in rows}), rows)
    refused = actions.withdraw_many(guarantees=list(made), by=by, reason=answers.taking_back(batch))
    return answers.stayed(rows, made, refused, _FIELDS)


GUARANTEES = register(
    Kind(
        "guarantees",
        "保障途径",
        LAYOUT,
        Power.GUARANTEE,
        apply,
        why="搬迁、租住、投亲等途径和佐证材料，核验改造安全、保障安全的依据",
        undo=undo,
        checks=tuple(check for check in rules.CHECKS if check is not rules.ENDING),
    )
)
