"""住房安全有保障核验结果表: one conclusion a household, village by village (S2-08: 41,248 households of one city)."""

from collections.abc import Mapping, Sequence
from datetime import date

from django.utils.translation import gettext as _

from anju.accounts.models import User
from anju.accounts.roles import Power
from anju.checks import WARN, Finding
from anju.imports import answers
from anju.imports.kinds import Findings, Kind, Row, record_layout, register
from anju.imports.models import ImportBatch
from anju.problems.models import Problem
from anju.problems.rules import NUMBERS
from anju.refusing import Refused
from anju.tabular.columns import NOTE_TEXT, renamed
from anju.tabular.layout import Column
from anju.verification import actions, queries, rules
from anju.verification.models import Campaign, Verification
from anju.vocabulary import division
from anju.vocabulary.route import CATEGORY_NAMES, Category

_OTHER_NAMES = {
    Category.RENOVATED: ("改造后安全",),
    Category.GUARANTEED: ("其他保障方式", "其他保障"),
    Category.UNGUARANTEED: ("无保障", "不安全"),
}
CHOICES = tuple((said, code.value) for code, name in CATEGORY_NAMES.items() for said in (name, *_OTHER_NAMES.get(code, ())))
YES_NO = (("是", "1"), ("Y", "1"), ("有人居住", "1"), ("否", "0"), ("N", "0"), ("无人居住", "0"))
COLUMNS = (
    Column("category", "核验结论", ("住房安全类型", "核验结果", "住房保障类型", "安全类型"), "choice", choices=CHOICES, example="鉴定安全"),
    Column("verified_on", "核验日期", ("核验时间", "入户核验日期"), "date", example="2020-06-05", note="不写按表的数据截止日。"),
    Column("verifiers", "核验人", ("核验人员", "入户核验人"), "text", longest=200, example="邢志国、金淑珍", note="多人用顿号分开。"),
    Column("informant", "受访人", ("被访人", "受访者"), "text", longest=60, example="本人"),
    Column("interview", "走访情况", ("访谈情况", "访谈记录", "入户访谈"), "text", longest=500, example=""),
    Column("lives_here", "现住此房", ("是否实际居住", "实际居住", "是否现住"), "choice", choices=YES_NO, example="是"),
    Column("why", "未保障的原因和打算", ("未保障原因", "原因和打算", "存在问题"), "text", longest=500, note="结论为“未保障”时必填。"),
    Column("campaign", "核验任务", ("核验批次", "核验轮次", "任务名称"), "text", note="与系统里的核验任务同名；只有一个任务时可不写。"),
    renamed(NOTE_TEXT, "备注"),
)  # fmt: skip
LAYOUT = record_layout(
    key="verifications",
    title="住房安全有保障核验结果表",
    columns=COLUMNS,
    note="与登记的鉴定、保障途径不符的结论会退回；“未保障”写明原因和打算就登记。",
    signature=("核验结论", "核验日期", "核验人", "受访人", "走访情况", "现住此房", "核验任务"),
    title_words=("核验",),
    needs=(("category",), ("verifiers",)),
    source="S2-08…11；领域规则 2.9；数据字典 3.23",
    rules=(answers.demanding(answers.titles(COLUMNS), said=("category", "verifiers"), understood=("verified_on",)),),
)
_FIELDS = {
    rules.DAY.id: "verified_on",
    rules.VERIFIERS.id: "verifiers",
    rules.HOUSEHOLD.id: "household",
    rules.APPRAISED.id: "category",
    rules.RENOVATED.id: "category",
    rules.GUARANTEED.id: "category",
    rules.UNGUARANTEED.id: "why",
    NUMBERS.id: "why",
    rules.CAMPAIGN.id: "campaign",
}
_LIVES: Mapping[str, bool] = {"1": True, "0": False}


def _campaign(row: Row, campaigns: Sequence[Campaign]) -> Campaign | None:
    """The campaign a row names; where it names none, the only one going on there, if there is one. Raises ``Refused``."""
    there = [one for one in campaigns if division.contains(one.area, row.area) and one.closed_at is None]
    name = str(row.values.get("campaign") or "").strip()
    if not name:
        return there[0] if len(there) == 1 else None
    named = [one for one in there if one.name == name]
    if not named:
        raise Refused(rules.CAMPAIGN, _("没有叫“%s”、还在开展、管到该户的核验任务；请照抄任务名称，或空着") % name[:40])
    return max(named, key=lambda one: len(one.area))


def apply(rows: Sequence[Row], batch: ImportBatch) -> Findings:
    """Households are concluded where the data bear it out."""
    campaigns = list(queries.campaigns(batch.area))
    found: dict[int, list[Finding]] = {}
    findings: list[actions.Finding] = []
    asked: list[Row] = []
    for row in rows:
        values = row.values
        on: date = values.get("verified_on", batch.as_of)
        try:
            campaign = _campaign(row, campaigns)
        except Refused as refused:
            found[row.id] = [answers.refusal(refused, _FIELDS)]
            continue
        asked.append(row)
        findings.append(
            actions.Finding(
                household=row.household_id, category=values["category"], on=on, verifiers=answers.names(str(values["verifiers"])), campaign=campaign,
                informant=str(values.get("informant") or ""), interview=str(values.get("interview") or ""), lives_here=_LIVES.get(values.get("lives_here", "")),
                why=str(values.get("why") or ""), source=row.source,
            )
        )  # fmt: skip
    return found | answers.refusals(asked, actions.conclude_many(findings=findings, by=batch.by), _FIELDS)


def undo(rows: Sequence[Row], batch: ImportBatch, by: User) -> Findings:
    """What these rows concluded never held; the conclusions before hold again."""
    made = answers.recorded(Verification.objects.filter(superseded_at=None), rows)
    refused = actions.withdraw_many(verifications=list(made), by=by, reason=answers.taking_back(batch))
    ids = {row.source: row.id for row in rows}
    left = actions.opened_by(Verification.objects.filter(pk__in=made.keys() - refused.keys()))
    told = {ids[made[key]]: [_still_mended(problem)] for key, problem in left.items()}
    return told | answers.stayed(rows, made, refused, _FIELDS)


def _still_mended(problem: Problem) -> Finding:
    words = _("结论已撤销；由它列入台账的问题 %(number)s 已在办理（%(state)s），请到问题台账办完或撤销")
    return Finding(rules.PROBLEM.id, words % {"number": problem.number, "state": problem.get_state_display()}, "", "why", WARN)


VERIFICATIONS = register(
    Kind(
        "verifications",
        "住房安全核验",
        LAYOUT,
        Power.VERIFY,
        apply,
        why="逐户核验的结论；与数据不符的退回",
        undo=undo,
        checks=(*(check for check in rules.CHECKS if check not in (rules.PHOTO, rules.STALE, rules.TWICE)), NUMBERS),
    )
)
