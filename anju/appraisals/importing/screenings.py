"""房屋安全排查表: which households were looked at in a round and what was seen (S0-28: 281,000 in one county)."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import date

from anju.accounts.models import User
from anju.accounts.roles import Power
from anju.appraisals import rules
from anju.appraisals.actions import screening
from anju.appraisals.importing.shared import ROUND, Rounds
from anju.appraisals.models import Screening
from anju.checks import Finding
from anju.imports import answers
from anju.imports.kinds import Findings, Kind, Row, record_layout, register
from anju.imports.models import ImportBatch
from anju.refusing import Refused
from anju.tabular.columns import NOTE_TEXT, renamed
from anju.tabular.layout import Column

_R = Screening.Result
RESULTS = (
    ("未见危险", _R.FINE.value), ("安全", _R.FINE.value), ("无危险", _R.FINE.value), ("正常", _R.FINE.value), ("基本安全", _R.FINE.value),
    ("疑似危房", _R.SUSPECT.value), ("疑似", _R.SUSPECT.value), ("存疑", _R.SUSPECT.value), ("危险", _R.SUSPECT.value), ("有危险", _R.SUSPECT.value),
    ("无房", _R.NO_HOUSE.value), ("无房户", _R.NO_HOUSE.value), ("没有住房", _R.NO_HOUSE.value),
    ("未能入户", _R.ABSENT.value), ("未入户", _R.ABSENT.value), ("无人", _R.ABSENT.value), ("外出", _R.ABSENT.value),
)  # fmt: skip
YES_NO = (("是", "1"), ("有", "1"), ("有人", "1"), ("有人居住", "1"), ("Y", "1"), ("否", "0"), ("无人居住", "0"), ("没有", "0"), ("N", "0"))
COLUMNS = (
    Column("result", "排查结果", ("排查结论", "初步判断", "摸排结果", "排查情况"), "choice", choices=RESULTS, example="未见危险"),
    Column("screened_on", "排查日期", ("排查时间", "摸排日期", "入户日期"), "date", example="2020-05-20", note="不写按表的数据截止日。"),
    Column("lives_here", "有人居住", ("是否有人居住", "是否居住", "有无人居住", "是否常住"), "choice", choices=YES_NO, example="是"),
    ROUND,
    replace(renamed(NOTE_TEXT, "看到的情况", "排查发现", "危险情况", "问题描述", "备注"), longest=300),
)
LAYOUT = record_layout(
    key="screenings",
    title="房屋安全排查表",
    columns=COLUMNS,
    note="只记看到的情况，不是鉴定；同一轮次里后登记的一次算数。",
    signature=("排查结果", "排查日期", "排查轮次", "摸排结果", "看到的情况"),
    title_words=("排查",),
    needs=(("result",),),
    source="S0-28、S0-29；领域数据字典 3.7、3.27",
    rules=(answers.demanding(answers.titles(COLUMNS), said=("result",), understood=("screened_on",)),),
)
_FIELDS = {rules.DAY.id: "screened_on", rules.ROUND.id: "round", rules.SCREENED.id: "result", rules.HOUSE.id: "household"}


def apply(rows: Sequence[Row], batch: ImportBatch) -> Findings:
    """Households count as looked at in their rounds."""
    rounds = Rounds(batch.area)
    found: dict[int, list[Finding]] = {}
    looks: list[screening.Look] = []
    asked: list[Row] = []
    for row in rows:
        on: date = row.values.get("screened_on", batch.as_of)
        try:
            round_ = rounds.of(row, on, needed=True)
        except Refused as refused:
            found[row.id] = [answers.refusal(refused, _FIELDS)]
            continue
        assert round_ is not None
        asked.append(row)
        looks.append(
            screening.Look(
                round=round_, household=row.household_id, result=row.values["result"], on=on, note=str(row.values.get("remark", "")), source=row.source,
                lives_here={"1": True, "0": False}.get(row.values.get("lives_here", "")),
            )
        )  # fmt: skip
    return found | answers.refusals(asked, screening.screen_many(looks=looks, by=batch.by), _FIELDS)


def undo(rows: Sequence[Row], batch: ImportBatch, by: User) -> Findings:
    """What these rows recorded never counted; what the rounds knew before counts again."""
    sources = {row.source: row.id for row in rows}
    households = [row.household_id for row in rows]
    recorded = list(Screening.objects.filter(household__in=households, source__in=list(sources)))
    standing = {one.pk: one.source for one in recorded if one.superseded_at is None}
    counts = set(Screening.objects.filter(household__in=households, superseded_at=None).values_list("round_id", "household_id"))
    refused = screening.undo_many(screenings=list(standing), by=by)
    answered = {sources[standing[key]]: [answers.refusal(why, _FIELDS)] for key, why in refused.items()}
    replaced = (one for one in recorded if one.superseded_at is not None and (one.round_id, one.household_id) in counts)
    return answered | {sources[one.source]: [answers.refusal(screening.newer(), _FIELDS)] for one in replaced}


SCREENINGS = register(
    Kind(
        "screenings",
        "房屋安全排查",
        LAYOUT,
        Power.SCREEN,
        apply,
        why="逐户排查的结果：谁看过了、看到了什么",
        undo=undo,
        once=("round",),
        checks=(rules.ROLE, rules.DAY, rules.HOUSE, rules.ROUND, rules.SCREENED),
    )
)
