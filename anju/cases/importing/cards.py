"""农户银行卡: to which account each household is paid; holder, number and bank as they stand on the card (V11)."""

from collections.abc import Sequence

from anju.accounts.models import User
from anju.accounts.roles import Power
from anju.cases.importing.shared import CASE, COUNTED, REFERS
from anju.imports import answers
from anju.imports.kinds import Findings, Kind, Row, record_layout, register
from anju.imports.models import ImportBatch
from anju.registry import rules
from anju.registry.actions import cards as actions
from anju.registry.facts import not_withdrawn
from anju.registry.models import HouseholdCard
from anju.tabular.columns import CARD
from anju.tabular.layout import Column

COLUMNS = (
    CARD,
    Column(
        "card_holder", "持卡人", ("开户名", "开户人", "持卡人姓名", "卡主", "账户名", "账户名称", "开户姓名"), "name", example="张守田",
        note="照卡面或存折；应是户主本人。",
    ),
    Column("bank", "开户银行", ("开户行", "银行", "银行名称", "开户银行名称", "开户机构"), "text", longest=40, example="彰武县农村信用联社"),
    Column("since", "启用日期", ("开卡日期", "换卡日期", "起用日期"), "date", example="2020-04-02", note="不写按表的数据截止日。"),
)  # fmt: skip
LAYOUT = record_layout(
    key="cards",
    title="农户银行卡表",
    by=CASE,
    columns=COLUMNS,
    note="一户一卡，一个卡号只用于一户；新卡登记后旧卡留在记录里。",
    signature=("银行卡号", "持卡人", "开户银行", "一卡通账号", "开户名"),
    title_words=("银行卡", "一卡通", "账号"),
    needs=(("card_no",), ("card_holder",), ("bank",)),
    source="领域行为 4.3 V11；领域数据字典 3.4；领域规则 2.8 第 5 项",
    rules=(COUNTED, answers.demanding(answers.titles(COLUMNS), said=("card_no", "card_holder", "bank"), understood=("since",))),
)
_FIELDS = {
    rules.NUMBER.id: "card_no",
    rules.SHARED.id: "card_no",
    rules.HOLDER.id: "card_holder",
    rules.BANK.id: "bank",
    rules.DAY.id: "since",
    rules.HOUSEHOLD.id: "household",
}


def apply(rows: Sequence[Row], batch: ImportBatch) -> Findings:
    """Subsidies of these households go to these cards from their days on."""
    said = [
        actions.Card(
            household=row.household_id, number=row.values["card_no"], holder=row.values["card_holder"], bank=row.values["bank"],
            since=row.values.get("since", batch.as_of), source=row.source,
        )
        for row in rows
    ]  # fmt: skip
    return answers.refusals(rows, actions.record_cards(cards=said, by=batch.by), _FIELDS)


def undo(rows: Sequence[Row], batch: ImportBatch, by: User) -> Findings:
    """These cards were never the households'; what they had until then serves again."""
    made = answers.recorded(not_withdrawn(HouseholdCard, {row.household_id for row in rows}), rows)
    refused = actions.withdraw_cards(cards=list(made), by=by, reason=answers.taking_back(batch))
    return answers.stayed(rows, made, refused, _FIELDS)


CARDS = register(
    Kind(
        "cards",
        "农户银行卡",
        LAYOUT,
        Power.CASE_APPLY,
        apply,
        why="补助打到户主本人的卡上：卡号、持卡人和开户银行",
        undo=undo,
        refers=REFERS,
        checks=rules.CHECKS,
    )
)
