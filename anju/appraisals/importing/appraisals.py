"""房屋安全鉴定表: appraisals of many houses, each computed by the standard of its day (S0-30: 113,400 reports of one county).

By the guide of 2019 a row says the level of each component the house has. By that of 2009 the qualitative grade is enough, so reports of those years
enter with their grade, who had them made and when; counted members are taken where the row says them.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import date
from typing import Any

from django.conf import settings
from django.utils.translation import gettext as _
from django.utils.translation import override

from anju import clock
from anju.accounts.models import Organisation, User
from anju.accounts.roles import Power
from anju.appraisals import rules
from anju.appraisals.actions import appraising
from anju.appraisals.importing.shared import ROUND, SERIAL, Houses, Rounds
from anju.appraisals.models import Appraisal
from anju.appraisals.permitting import locked
from anju.checks import WARN, Check, Finding
from anju.grading.form import DISASTER, SITES
from anju.grading.standards import EXTENSIONS, STANDARDS
from anju.imports import answers
from anju.imports.importing import STRUCTURES
from anju.imports.kinds import Findings, Kind, Row, record_layout, register
from anju.imports.models import ImportBatch
from anju.refusing import Refused
from anju.registry.facts import known
from anju.registry.models import Dwelling, DwellingState
from anju.tabular.columns import NOTE_TEXT, renamed
from anju.tabular.layout import Column
from anju.vocabulary.grade import GRADES, LEVEL_NAMES

AGENCY = Check("appraisal-agency-unknown", "鉴定机构不在册", "领域数据字典 3.7 agency", WARN)
_GRADES = tuple((said, letter) for letter in GRADES for said in (letter, f"{letter}级"))
_LEVELS = tuple((said, level) for level, name in LEVEL_NAMES.items() for said in (level, f"{level}级", name))
_YES = (("是", "1"), ("Y", "1"), ("否", "0"), ("N", "0"))


def _titled(choices: Any, **more: Sequence[str]) -> tuple[tuple[str, str], ...]:
    """Words → code: what a choice is called, and what else it is called."""
    return tuple((str(word), str(code)) for code, title in choices for word in (title, *more.get(code, ())))


_KINDS = _titled(Appraisal.Kind.choices)
_ORGANISERS = _titled(
    Appraisal.Organiser.choices,
    county=("县住建集中组织", "县级组织", "县住建部门"),
    third_party=("政府购买服务第三方", "政府购买服务", "第三方"),
    township=("乡镇技术人员", "乡镇"),
)
_TRIGGERS = _titled(Appraisal.Trigger.choices, first=("首次鉴定",), disaster=("灾后鉴定",), after_works=("改造后鉴定",))
_ANSWERS = _titled(
    Appraisal.Acknowledgement.choices, agreed=("认可", "已认可", "无异议"), objected=("不认可", "不同意"), unsigned=("未签字",)
)
_ADVICE = _titled(Appraisal.Advice.choices, keep=("正常使用",), repair=("加固", "修缮加固"), rebuild=("原址重建",), relocate=("搬迁",))


def _components() -> Iterator[Column]:
    """A column for each component of every standard and of what provinces add; components of one name share theirs."""
    seen: dict[str, str] = {}
    declared = [each.components for each in STANDARDS.values()] + [each.components for each in EXTENSIONS.values()]
    for components in declared:
        for component in components:
            if component.name not in seen:
                seen[component.name] = component.key
                yield Column(
                    f"level_{component.key}",
                    component.name,
                    (f"{component.name}等级", f"{component.name}危险程度"),
                    "choice",
                    choices=_LEVELS,
                    example="b",
                )


def _hazards() -> Iterator[Column]:
    for hazard in STANDARDS["2019"].hazards:
        yield Column(
            f"hazard_{hazard.key}",
            f"{hazard.name}防灾措施",
            (f"防{hazard.name}措施",),
            "choice",
            choices=_titled(DISASTER.items()),
            example="具备防灾措施",
        )


def _counts() -> Iterator[Column]:
    for part in STANDARDS["2009"].parts:
        for member in part.members or (None,):
            key, name = (f"{part.key}_{member.key}", member.name) if member else (part.key, part.name)
            yield Column(f"dangerous_{key}", f"{name}危险构件数", (f"{name}危险数",), "int")
            yield Column(f"total_{key}", f"{name}构件总数", (f"{name}总数",), "int")


LEVELS, HAZARDS, COUNTS = tuple(_components()), tuple(_hazards()), tuple(_counts())
COLUMNS = (
    SERIAL,
    Column("appraised_on", "鉴定日期", ("鉴定时间", "评定日期", "现场鉴定日期"), "date", example="2020-05-20", note="按这一天适用的导则计算等级。"),
    Column("kind", "鉴定或评定", ("鉴定类型", "鉴定方式"), "choice", choices=_KINDS, example="鉴定", note="不写按鉴定。"),
    Column("organiser", "组织方式", ("鉴定组织方式", "组织形式"), "choice", choices=_ORGANISERS, example="县住建部门集中组织", note="不写按县住建部门集中组织。"),
    Column("agency", "鉴定机构", ("鉴定单位", "第三方机构", "评定单位"), "text", longest=60, example=""),
    Column("appraisers", "鉴定人", ("鉴定人员", "鉴定员", "评定人"), "text", longest=200, example="石岩、梁工", note="多人用顿号分开。"),
    Column("trigger", "鉴定原因", ("为什么鉴定", "鉴定事由"), "choice", choices=_TRIGGERS, example="首次", note="不写按首次。"),
    ROUND,
    Column("structure", "结构形式", ("房屋结构", "结构类型", "住房结构", "建筑结构"), "choice", choices=STRUCTURES, example="砖木", note="不写按登记的房屋情况。"),
    Column("storeys", "层数", ("房屋层数", "楼层数"), "int", example=1, note="不写按登记的房屋情况；三层及以上不用本表。"),
    Column("site", "场地安全性", ("场地", "场地评定", "场地安全"), "choice", choices=_titled(SITES.items(), safe=("安全场地",), dangerous=("危险场地",)), example="安全"),
    *LEVELS,
    Column("whole", "房屋整体", ("整体评定", "房屋整体危险程度"), "choice", choices=_LEVELS, example="b"),
    *HAZARDS,
    Column("qualitative", "定性等级", ("定性鉴定等级",), "choice", choices=_GRADES, note="2019-11-28 前按 2009 年导则鉴定的填；不写按“等级”。"),
    *COUNTS,
    Column("grade", "等级", ("房屋等级", "危险等级", "鉴定等级", "危房等级", "鉴定结果", "最终等级"), "choice", choices=_GRADES, example="B", note="与推算不同的写明理由；不写按推算。"),
    Column("why", "理由", ("调整理由", "不一致的理由", "等级调整理由"), "text", longest=300),
    Column("advice", "处理建议", ("鉴定建议", "建议"), "choice", choices=_ADVICE, example="维持使用", note="不写按等级。"),
    Column("subsidy", "用于申请补助", ("申请补助", "是否申请补助"), "choice", choices=_YES, example="否", note="写“是”的须已在锁定的名单上。"),
    Column("report", "原报告编号", ("报告编号", "鉴定报告编号", "报告号"), "text", longest=60, note="本系统另编报告号，原编号记在鉴定意见里。"),
    Column(
        "acknowledged", "农户意见", ("农户签字", "户主意见", "农户是否认可", "农户认可情况", "农户对鉴定结果的意见"), "choice", choices=_ANSWERS, example="同意",
        note="同意（认可）或有异议；还没有签字的空着。有异议的，另在鉴定页登记提出人和理由。",
    ),
    Column("acknowledged_on", "告知日期", ("农户意见日期", "签字日期", "农户签字日期", "告知时间", "结果告知日期"), "date", example="2020-05-22", note="结果告知农户、农户签字的日期。"),
    replace(renamed(NOTE_TEXT, "鉴定意见", "意见", "备注"), longest=350),
)  # fmt: skip
_EXACT = (
    *("site", "whole", "qualitative", "grade", "structure", "storeys", "subsidy", "kind", "organiser", "trigger"),
    *("acknowledged", "acknowledged_on", *(column.key for column in (*LEVELS, *HAZARDS, *COUNTS))),
)
LAYOUT = record_layout(
    key="appraisals",
    title="房屋安全鉴定表",
    columns=COLUMNS,
    note="一行一幢。各组成部分写 a、b、c、d，没有的部分空着；2019-11-28 以前的鉴定只写等级即可，作为当时的定性结果登记。",
    signature=("鉴定日期", "鉴定人", "鉴定或评定", "场地安全性", "房屋整体", "定性等级", "原报告编号"),
    title_words=("鉴定",),
    needs=(("appraised_on",), ("appraisers",)),
    source="S0-30；领域规则 2.1.2、2.1.3；数据字典 3.7",
    rules=(
        answers.demanding(answers.titles(COLUMNS), said=("appraised_on", "appraisers"), understood=_EXACT),
        answers.together(answers.titles(COLUMNS), "acknowledged", "acknowledged_on", silent="unsigned"),
    ),
)
_FIELDS = {
    rules.DAY.id: "appraised_on",
    rules.STANDARD.id: "appraised_on",
    rules.HOUSE.id: "serial",
    rules.STOREYS.id: "storeys",
    rules.OVERRIDE.id: "why",
    rules.NOT_BETTER.id: "grade",
    rules.IDENTITY.id: "subsidy",
    rules.APPRAISERS.id: "appraisers",
    rules.ROUND.id: "round",
    AGENCY.id: "agency",
}
_HEARD = {rules.ROLE.id: "acknowledged", rules.DAY.id: "acknowledged_on"}


def apply(rows: Sequence[Row], batch: ImportBatch) -> Findings:
    """Houses get their grades, by the standards of their days."""
    about = _About(rows, batch)
    found: dict[int, list[Finding]] = {}
    papers: list[appraising.Paper] = []
    asked: list[Row] = []
    with clock.one_day():
        for row in rows:
            try:
                if word := _word(row):
                    appraising.may_hear(word, appraised=row.values["appraised_on"], area=row.area, by=batch.by)
            except Refused as refused:
                found[row.id] = [answers.refusal(refused, _HEARD)]
                continue
            try:
                papers.append(about.paper(row))
            except Refused as refused:
                found[row.id] = [answers.refusal(refused, _FIELDS)]
                continue
            asked.append(row)
            if about.unknown_agency(row):
                said = _("没有登记叫“%s”的机构，机构名记在鉴定意见里") % str(row.values["agency"])[:40]
                found[row.id] = [Finding(AGENCY.id, said, "", "agency", WARN)]
    for key, findings in answers.refusals(asked, appraising.submit_many(papers=papers, by=batch.by), _FIELDS).items():
        found[key] = [*found.get(key, ()), *findings]
    return found


class _About:
    """What the register says of the households of some rows, looked up once."""

    def __init__(self, rows: Sequence[Row], batch: ImportBatch) -> None:
        self.households = locked(row.household_id for row in rows)
        self.houses = Houses(rows, self.households)
        self.rounds = Rounds(batch.area)
        names = {str(row.values["agency"]).strip() for row in rows if row.values.get("agency")}
        self.agencies = {one.name: one for one in Organisation.objects.filter(name__in=names).order_by("-id")}
        self.states: dict[int, list[DwellingState]] = {}
        for state in DwellingState.objects.filter(known(), dwelling__in=self.houses.keys).order_by("valid_from", "id"):
            self.states.setdefault(state.dwelling_id, []).append(state)

    def unknown_agency(self, row: Row) -> bool:
        """Whether the row names an office nobody knows."""
        name = str(row.values.get("agency") or "").strip()
        return bool(name) and name not in self.agencies

    def paper(self, row: Row) -> appraising.Paper:
        """The row as it is handed in; raises ``Refused`` where house or round aren't certain."""
        values = row.values
        on: date = values["appraised_on"]
        house = self.houses.of(row, on)
        agency = str(values.get("agency") or "").strip()
        known_by = self.agencies.get(agency)
        with override(settings.LANGUAGE_CODE):  # the paper keeps them, whatever language its sender reads
            words = (
                str(values.get("remark") or ""),
                _("鉴定机构：%s") % agency if agency and known_by is None else "",
                _("原报告编号：%s") % values["report"] if values.get("report") else "",
            )
        return appraising.Paper(
            household=self.households[row.household_id], dwelling=house, form=self._form(row, house, on), on=on,
            appraisers=answers.names(str(values.get("appraisers", ""))), kind=values.get("kind", Appraisal.Kind.APPRAISED),
            organiser=values.get("organiser", Appraisal.Organiser.COUNTY), agency=known_by, trigger=values.get("trigger", Appraisal.Trigger.FIRST),
            round=self.rounds.of(row, on, needed=False), grade=values.get("grade", ""), why=str(values.get("why") or ""),
            advice=values.get("advice", ""), opinion="；".join(word for word in words if word), subsidy=values.get("subsidy") == "1", source=row.source,
            word=_word(row),
        )  # fmt: skip

    def _form(self, row: Row, house: Dwelling, on: date) -> dict[str, Any]:
        """What the engine reads: the row's cells, structure and storeys of the register where the row doesn't say them."""
        values = row.values
        state = next((one for one in reversed(self.states.get(house.pk, [])) if one.valid_from <= on), None)
        old = STANDARDS["2009"].holds_on(on)
        made: dict[str, Any] = {}
        if structure := values.get("structure") or (state.structure if state else ""):
            made["structure"] = structure
        if (storeys := values.get("storeys") or (state.storeys if state else None)) is not None:
            made["storeys"] = storeys
        for key in ("site",) if old else ("site", "whole"):
            if key in values:
                made[key] = values[key]
        if levels := _levels(values):
            made["components"] = levels
        if not old:
            if hazards := {column.key.removeprefix("hazard_"): values[column.key] for column in HAZARDS if column.key in values}:
                made["disaster"] = hazards
            return made
        if qualitative := values.get("qualitative") or values.get("grade"):
            made["qualitative"] = qualitative
        if counts := _counted(values):
            made["counts"] = counts
        return made


def _word(row: Row) -> appraising.Word | None:
    """What the household said, where it has signed."""
    answer = row.values.get("acknowledged", Appraisal.Acknowledgement.UNSIGNED)
    if answer == Appraisal.Acknowledgement.UNSIGNED:
        return None
    return appraising.Word(answer == Appraisal.Acknowledgement.AGREED, row.values["acknowledged_on"])


def _levels(values: Mapping[str, Any]) -> dict[str, str]:
    """The components by the name that the standard of the day knows them by."""
    return {column.title: values[column.key] for column in LEVELS if column.key in values}


def _counted(values: Mapping[str, Any]) -> dict[str, Any]:
    made: dict[str, Any] = {}
    for part in STANDARDS["2009"].parts:
        for member in part.members or (None,):
            key = f"{part.key}_{member.key}" if member else part.key
            total = values.get(f"total_{key}")
            if total is None and f"dangerous_{key}" not in values:
                continue
            pair = [values.get(f"dangerous_{key}", 0), total or 0]
            if member:
                made.setdefault(part.key, {})[member.key] = pair
            else:
                made[part.key] = pair
    return made


def undo(rows: Sequence[Row], batch: ImportBatch, by: User) -> Findings:
    """The papers of these rows don't count; the grades before them hold again."""
    made = answers.recorded(Appraisal.objects.exclude(state=Appraisal.State.WITHDRAWN), rows)
    refused = appraising.withdraw_many(appraisals=list(made), by=by, reason=answers.taking_back(batch), own=batch.by_id == by.pk)
    return answers.stayed(rows, made, refused)


APPRAISALS = register(
    Kind(
        "appraisals",
        "房屋安全鉴定",
        LAYOUT,
        Power.APPRAISE,
        apply,
        why="成批的鉴定结果，按鉴定当日的导则计算等级",
        undo=undo,
        others=Power.MANAGE_APPRAISALS,
        once=("serial", "appraised_on"),
        checks=(
            *(
                rules.ROLE,
                rules.DAY,
                rules.HOUSE,
                rules.STANDARD,
                rules.STOREYS,
                rules.FORM,
                rules.COMPONENTS,
                rules.OVERRIDE,
                rules.NOT_BETTER,
            ),
            *(
                rules.IDENTITY,
                rules.APPRAISERS,
                rules.ROUND,
                rules.STATE,
                rules.HANGING,
                rules.OBJECTION,
                rules.REASON,
                rules.SAFE_AGAIN,
                AGENCY,
            ),
        ),
    )
)
