"""历年改造户: renovations since 2009 that were finished before this system knew of them, as the 农户档案 export writes them (domain 2.8; S1-24: 788,400 of one province)."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import date
from decimal import Decimal
from typing import Any

from anju.accounts.models import User
from anju.accounts.roles import Power
from anju.cases import past_rules as rules
from anju.cases.actions.past import Finished, record_finished, void_finished
from anju.cases.models import Case
from anju.cases.years import FIRST_YEAR, LAST_YEAR
from anju.checks import WARN, Check, Finding
from anju.imports import answers
from anju.imports.importing import STRUCTURES
from anju.imports.kinds import Findings, Kind, Row, record_layout, register
from anju.imports.models import ImportBatch
from anju.refusing import Refused
from anju.tabular.columns import NOTE_TEXT, POPULATION, renamed
from anju.tabular.layout import Column, RowRule
from anju.vocabulary.keygroup import EARLIER_GROUPS, KEY_GROUPS
from anju.vocabulary.method import METHODS, MODES
from anju.vocabulary.money import fen_of, yuan

_GROUP_NAMES = {
    "JDLK": ("建档立卡户", "建档立卡贫困户家庭", "建卡户"), "TK": ("五保户", "特困户", "特困供养户", "分散供养特困人员", "分散供养五保户", "特困人员"),
    "DB": ("农村低保户", "低保家庭", "低保对象"), "CJ": ("贫困残疾人户", "残疾人家庭", "贫困残疾户"), "QPK": ("其他贫困农户", "其它贫困户", "其他困难户"),
    "QNH": ("一般户", "一般农户", "其它农户", "其他户", "非贫困户"), "DBY": ("低保边缘户", "低保边缘"), "YFP": ("易返贫致贫户", "监测户", "脱贫不稳定户", "边缘易致贫户"),
}  # fmt: skip
GROUPS = tuple(
    dict.fromkeys(
        (name, code)
        for code, names in (
            *((one.code, (one.name, one.short)) for one in KEY_GROUPS),
            *((code, (name,)) for code, name in EARLIER_GROUPS.items()),
        )
        for name in (*names, *_GROUP_NAMES.get(code, ()))
    )
)
GRADES = (
    *((f"{letter}{more}", letter) for letter in "CD" for more in ("", "级", "级危房", "级（局部危房）", "级（整体危房）")),
    *(("局部危房", "C"), ("整栋危房", "D"), ("整体危房", "D"), ("无房", "none"), ("无房户", "none"), ("不详", "unknown"), ("未鉴定", "unknown"), ("其他", "unknown"), ("其它", "unknown")),
)  # fmt: skip
_METHOD_NAMES = {
    "repair": ("修缮加固", "加固维修", "修缮", "维修", "加固", "加固改造"), "rebuild": ("原址翻建", "原址重建", "翻建", "拆除重建", "原址新建", "翻建新建"),
    "relocate": ("异地非集中新建", "异地相对集中新建", "异地新建", "异地重建", "异地集中新建", "异地分散新建", "集中新建"), "newbuild": ("无房户新建",),
    "help_build": ("兜底代建", "兜底建房"),
}  # fmt: skip
WAYS = tuple((name, code) for code, one in METHODS.items() for name in (one.name, *_METHOD_NAMES[code]))
_MODE_NAMES = {
    "self_build": ("农户自建", "自主建设", "自行建设"), "unified_build": ("统一建设", "统建统改", "政府统建"), "self_repair": ("自主维修", "自修"), "unified_repair": ("统一维修",),
    "turnkey": ("代建（交钥匙）", "委托代建", "交钥匙", "帮建"),
}  # fmt: skip
BUILDERS = tuple((name, code) for code, one in MODES.items() for name in (one.name, *_MODE_NAMES[code]))
RESULTS = (("合格", "1"), ("验收合格", "1"), ("通过", "1"), ("不合格", "0"), ("未通过", "0"), ("未验收", "0"))
YES_NO = (("是", "1"), ("Y", "1"), ("登记", "1"), ("否", "0"), ("N", "0"), ("不登记", "0"))
SHARES = {"central": "central_paid", "province": "province_paid", "city": "city_paid", "county": "county_paid"}
_PAID = "按表头的单位读，不写单位的按元。"
COLUMNS = (
    Column("year", "年度", ("改造年度", "计划年度", "列入年度计划", "年度计划", "下达年度", "任务年度", "改造年份", "所属年度"), "int", example=2014, note="列入哪一年的计划，2009 年以来。"),
    Column("group", "对象类别", ("贫困类型", "农户类型", "农户类别", "对象类型", "身份类别", "改造对象类别", "户类型"), "choice", choices=GROUPS, example="其他贫困户", note="当年的类别；五保户按特困登记。"),
    Column("grade", "危房等级", ("房屋等级", "原房屋等级", "改造前等级", "鉴定等级", "改造原因", "危险等级"), "choice", choices=GRADES, example="D", note="C、D、无房；当年没有鉴定的写“不详”或空着。"),
    Column("method", "改造方式", ("改造类型", "改造方法"), "choice", choices=WAYS, example="原址翻建"),
    Column("mode", "建设方式", ("建房方式", "实施方式"), "choice", choices=BUILDERS, example="自建"),
    Column("structure", "改造后结构形式", ("结构形式", "改造后结构", "新房结构"), "choice", choices=STRUCTURES, example="砖混"),
    replace(POPULATION, note="当年的人口；空着按登记库现在的人口。"),
    Column("area_after", "改造后面积", ("改造后建筑面积", "建设面积", "新建面积", "改造后住房面积", "新房面积"), "decimal", example=58.5, note="平方米。"),
    Column("approved_on", "批准日期", ("审批日期", "批准时间", "审批时间", "县级批准日期"), "date", example="2014-05-06"),
    Column("started_on", "开工日期", ("开工时间", "动工日期"), "date", example="2014-06-01"),
    Column("completed_on", "竣工日期", ("竣工时间", "完工日期", "完工时间"), "date", example="2014-09-20"),
    Column("completed_year", "竣工年份", ("竣工年度", "完工年份", "完成年份", "完成年度"), "int", example=2014, note="不知道竣工日期的写年份。"),
    Column("accepted_on", "验收日期", ("验收时间", "县级验收日期", "验收合格日期"), "date", example="2014-10-15"),
    Column("result", "验收结果", ("验收结论", "是否验收合格"), "choice", choices=RESULTS, example="合格"),
    Column("paid_on", "拨付日期", ("资金拨付日期", "拨付时间", "补助拨付日期", "发放日期"), "date", example="2014-11-20"),
    Column("central_paid", "中央补助", ("中央补助资金", "中央资金", "中央财政补助"), "money", example=7500, note=_PAID),
    Column("province_paid", "省级补助", ("省级补助资金", "省级资金", "省补助", "省级财政补助"), "money", example=4000),
    Column("city_paid", "市级补助", ("市级补助资金", "市级资金", "市补助", "市级财政补助"), "money", example=0),
    Column("county_paid", "县级补助", ("县级补助资金", "县级资金", "县补助", "县级财政补助"), "money", example=2500),
    Column("subsidy", "补助合计", ("补助资金合计", "补助金额", "补助资金", "补助总额", "政府补助", "财政补助"), "money", example=14000, note="与各级补助相加相等；只知道合计的只写合计。"),
    Column("total_cost", "总造价", ("工程造价", "建房总投资", "总投资", "改造总投资", "建设总造价"), "money", example=45000),
    Column("self_raised", "自筹", ("自筹资金", "农户自筹", "自筹金额"), "money", example=31000),
    Column("loan", "贷款", ("贷款金额", "信贷资金"), "money"),
    Column("other_paid", "其他资金", ("其他", "其它资金", "社会帮扶资金"), "money"),
    Column("builder", "施工方", ("施工单位", "工匠", "施工队", "施工方或工匠", "工匠姓名"), "text", longest=80, example="宏达施工队"),
    Column("archive_number", "档案号", ("档案编号", "案卷号", "农户档案编号", "档案文号"), "text", longest=60, example="大冷危改字〔2014〕17号"),
    Column("guarantees", "登记为保障途径", ("是否登记保障途径", "写入保障途径"), "choice", choices=YES_NO, example="是", note="写“是”的，该户的保障途径登记为农村危房改造，要有竣工或验收日期。"),
    replace(renamed(NOTE_TEXT, "备注"), longest=300),
)  # fmt: skip
_TITLES = answers.titles(COLUMNS)
_DAYS = ("approved_on", "started_on", "completed_on", "accepted_on")
_MONEY = (*SHARES.values(), "subsidy", "total_cost", "self_raised", "loan", "other_paid")
_LARGEST_SUM, _LEAST_AREA, _LARGEST_AREA = Decimal(10_000_000), Decimal(1), Decimal(2_000)
_VALID = {one.code: (one.valid_from.year, one.valid_to.year if one.valid_to else 9999) for one in KEY_GROUPS if one.code != "TK"}
"""When a list was kept; 五保户 were renovated before 特困 was the word."""


class _Judge:
    """The rules over the cells of one row."""

    def __init__(self, values: dict[str, Any], findings: list[Finding], headings: Mapping[str, str]) -> None:
        self.values, self.findings, self.headings = values, findings, headings

    def name(self, key: str) -> str:
        """What the file calls the column."""
        return self.headings.get(key, _TITLES[key])

    def say(self, check: Check, key: str, words: str) -> None:
        """What is the matter with a column."""
        heading = self.headings.get(key, "")
        self.findings.append(Finding(check.id, f"“{self.name(key)}”列：{words}", heading, key, check.level))

    def all(self) -> None:
        """Everything that can be told from the row alone; what lies later than today is told when it is recorded."""
        self._years()
        self._days()
        self._house()
        self._money()

    def _years(self) -> None:
        year, done = self.values.get("year"), self.values.get("completed_year")
        for key, one in (("year", year), ("completed_year", done)):
            if one is not None and not FIRST_YEAR <= one <= LAST_YEAR:
                self.say(rules.YEAR, key, f"写的是 {one}；应是 {FIRST_YEAR} 年以来的四位年份")
        group = self.values.get("group")
        if year is not None and group in _VALID and not _VALID[group][0] <= year <= _VALID[group][1]:
            first, last = _VALID[group]
            until = "" if last == 9999 else f"到 {last} 年"
            self.say(rules.GROUP, "group", f"这一类别 {first} 年起{until}才有，本行是 {year} 年；已照录，请核对")
        ended = self.values.get("completed_on") or self.values.get("accepted_on")
        if ended is None and done is None:
            self.say(
                rules.DONE,
                "completed_on",
                f"竣工日期、竣工年份、验收日期都没有写；只录已完成的改造，请补填“{self.name('completed_on')}”，只知道年份的填“{self.name('completed_year')}”",
            )
        finished = self.values.get("completed_on")
        if finished is not None and done is not None and finished.year != done:
            self.say(rules.DAYS, "completed_year", f"写的是 {done} 年，“{self.name('completed_on')}”是 {finished}；请改成一致")
        if self.values.get("result") == "0":
            self.say(rules.DONE, "result", "验收没有合格，不是完成的改造；请从表中去掉，或改正验收结果")

    def _days(self) -> None:
        before: tuple[str, date] | None = None
        for key in (*_DAYS, "paid_on"):
            day: date | None = self.values.get(key)
            if day is None:
                continue
            if day.year < FIRST_YEAR - 1:
                self.say(rules.YEAR, key, f"{day} 早于 {FIRST_YEAR} 年的计划；请改正")
            if key == "paid_on":
                approved = self.values.get("approved_on")
                if approved is not None and day < approved:
                    self.say(rules.DAYS, key, f"{day} 早于“{self.name('approved_on')}”的 {approved}；补助在批准之后拨付，请核对")
            elif before is not None and day < before[1]:
                self.say(rules.DAYS, key, f"{day} 早于“{self.name(before[0])}”的 {before[1]}；应是批准、开工、竣工、验收的先后，请核对")
            else:
                before = (key, day)
        year, approved = self.values.get("year"), self.values.get("approved_on")
        if year is not None and approved is not None and abs(approved.year - year) > 1:
            self.say(rules.PLAN, "approved_on", f"{approved} 与“{self.name('year')}”的 {year} 年相差超过一年；已照录，请核对")
        done, last = self.values.get("completed_year"), before[1] if before is not None else None
        if (
            done is not None
            and last is not None
            and self.values.get("completed_on") is None
            and self.values.get("accepted_on") is None
            and last.year > done
        ):
            self.say(rules.DAYS, "completed_year", f"{done} 年早于“{self.name(before[0]) if before else ''}”的 {last}；请核对")

    def _house(self) -> None:
        area = self.values.get("area_after")
        if area is not None and not _LEAST_AREA <= area <= _LARGEST_AREA:
            self.say(rules.HOUSE, "area_after", f"写的是 {area} 平方米；请核对单位和小数点")
        people = self.values.get("population")
        if people is not None and not 1 <= people <= 50:
            self.say(rules.HOUSE, "population", f"写的是 {people} 人；请核对")
        method, mode = self.values.get("method"), self.values.get("mode")
        if method == "repair" and self.values.get("grade") == "none":
            self.say(rules.HOUSE, "grade", "无房户没有可维修的房屋；请核对等级和改造方式")
        if method == "repair" and mode in _REPAIRED:
            self.values["mode"] = _REPAIRED[mode]
        elif method in METHODS and mode in MODES and method not in MODES[mode].methods:
            self.say(rules.HOUSE, "mode", f"“{METHODS[method].name}”不能是“{MODES[mode].name}”；请核对两列")

    def _money(self) -> None:
        fen: dict[str, int] = {}
        for key in _MONEY:
            amount: Decimal | None = self.values.get(key)
            if amount is None:
                continue
            if amount < 0:
                self.say(rules.MONEY, key, f"写的是 {amount} 元；金额不能是负数，请改正")
            elif amount > _LARGEST_SUM:
                self.say(rules.MONEY, key, f"写的是 {amount} 元，一户不会有这么多；请核对单位是元还是万元")
            else:
                fen[key] = fen_of(amount)
        shares = [fen[key] for key in SHARES.values() if key in fen]
        if shares and "subsidy" in fen and sum(shares) != fen["subsidy"]:
            self.say(
                rules.MONEY, "subsidy",
                f"合计 {yuan(fen['subsidy'])}，中央、省、市、县相加是 {yuan(sum(shares))}；请改正，漏写的补上",
            )  # fmt: skip
        paid = sum(shares) if shares else fen.get("subsidy", 0)
        known = paid + sum(fen.get(key, 0) for key in ("self_raised", "loan", "other_paid"))
        if "total_cost" in fen and fen["total_cost"] < paid:
            self.say(rules.COST, "total_cost", f"总造价 {yuan(fen['total_cost'])} 少于补助 {yuan(paid)}；已照录，请核对是否超额补助")
        elif "total_cost" in fen and "self_raised" in fen and known != fen["total_cost"]:
            self.say(rules.COST, "total_cost", f"总造价 {yuan(fen['total_cost'])}，各项资金相加是 {yuan(known)}；已照录，请核对")


_REPAIRED = {"self_build": "self_repair", "unified_build": "unified_repair"}
"""The old form knew 自建 and 统建 only; of a repair they are 自改 and 统改."""


def _judge(values: dict[str, Any], findings: list[Finding], headings: Mapping[str, str]) -> None:
    _Judge(values, findings, headings).all()


LAYOUT = record_layout(
    key="renovations",
    title="历年改造户台账",
    columns=COLUMNS,
    note="一户改造过两次的写两行。农户档案系统导出的表可以直接录入，认不出的列不读。",
    signature=("列入年度计划", "改造方式", "建设方式", "中央补助", "省级补助", "自筹", "竣工年份", "登记为保障途径"),
    title_words=("历年", "改造户台账", "农户档案"),
    needs=(("year",), ("method",), ("completed_on", "completed_year", "accepted_on")),
    source="领域规则 2.8 农户档案；S1-24",
    rules=(
        answers.demanding(
            _TITLES, said=("year", "group", "method"), understood=("grade", "mode", "completed_year", "area_after", *_DAYS, "paid_on", *_MONEY, "guarantees")
        ),
        RowRule(rules.ROW_CHECKS, _judge),
    ),
)  # fmt: skip
_FIELDS = {
    rules.HOUSEHOLD.id: "household", rules.TWICE.id: "year", rules.DAYS.id: "completed_on", rules.YEAR.id: "year", rules.DONE.id: "completed_on",
    rules.ROUTE.id: "guarantees", rules.EARLIER.id: "year", rules.GOING.id: "year",
}  # fmt: skip


def _finished(row: Row) -> Finished:
    values = row.values
    fen = {key: fen_of(values[key]) for key in _MONEY if key in values}
    shares = {name: fen.get(key) for name, key in SHARES.items()}
    written = [share for share in shares.values() if share is not None]
    days = {key: values.get(key) for key in (*_DAYS, "paid_on")}
    ended: date | None = values.get("completed_on") or values.get("accepted_on")
    return Finished(
        household=row.household_id, year=values["year"], group=values["group"], method=values["method"], source=row.source, **days,
        completed_year=ended.year if ended is not None else values["completed_year"], grade=values.get("grade", "").replace("unknown", ""),
        mode=values.get("mode", ""), structure=values.get("structure", ""), size=values.get("population"), area_after=values.get("area_after"),
        subsidy=sum(written) if written else fen.get("subsidy"), shares=shares, total_cost=fen.get("total_cost"), self_raised=fen.get("self_raised"),
        loan=fen.get("loan"), other=fen.get("other_paid"), builder=str(values.get("builder", "")), archive_number=str(values.get("archive_number", "")),
        note=str(values.get("remark", "")), guarantees=values.get("guarantees") == "1",
    )  # fmt: skip


def apply(rows: Sequence[Row], batch: ImportBatch) -> Findings:
    """Each row becomes a finished case of its year."""
    told = record_finished(finished=[_finished(row) for row in rows], by=batch.by)
    found: dict[int, list[Finding]] = answers.refusals(rows, told.refused, _FIELDS)
    for at, said in told.told.items():
        found.setdefault(rows[at].id, []).extend(Finding(rule, words, "", _FIELDS[rule], WARN) for rule, words in said)
    return found


def undo(rows: Sequence[Row], batch: ImportBatch, by: User) -> Findings:
    """What these rows recorded was no renovation: it counts no more, and the step that says so stays."""
    made = answers.recorded(Case.objects.filter(historic=True, stage="closed"), rows)
    refused: Mapping[int, Refused] = void_finished(cases=list(made), by=by, reason=answers.taking_back(batch))
    return answers.stayed(rows, made, refused, _FIELDS)


RENOVATIONS = register(
    Kind(
        "renovations",
        "历年改造户",
        LAYOUT,
        Power.CASE_APPROVE,
        apply,
        why="2009 年以来已完成的改造，算以前享受过的补助，也可以回头看",
        undo=undo,
        once=("year", "method"),
        sealed=frozenset({"group", "grade", *_MONEY}),
        checks=rules.CHECKS,
    )
)
