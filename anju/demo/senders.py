"""What each department of each county sends: its own headings, column order, titles, notes, sheets, files and mistakes.

``write`` makes the files of a shape, ``manifest.json`` (what each file is, for loading) and the truth: ``truth/persons.csv`` (every
person as it really is) and ``truth/rows.csv`` (``file,sheet,row,person,household,damages`` for every row of every list; rows as a
spreadsheet shows them; an empty ``damages`` means the row says the truth).
"""

import json
import multiprocessing
from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass, field, replace
from datetime import date, datetime, time, timedelta
from pathlib import Path
from random import Random
from typing import Any

import numpy as np
import xlsxwriter

from anju.demo import damage, pair, people, truth, world
from anju.demo.listing import EXPORT, TYPED, Events, Habit, Ints, Rates, Rows, later, phone, repeated, typed
from anju.demo.place import Place
from anju.demo.world import World
from anju.vocabulary.keygroup import Office

Cell = str | int | float
Columns = tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True)
class Sent:
    """One file as sent: what a clerk says about it when uploading it."""

    file: str
    county: str
    owner: str
    category: str
    layout: str
    as_of: str
    title: str
    rows: int
    households: int
    order: int
    """In which order the lists are received: first the registered poor, then the rolls, then the others."""
    earlier: bool = False
    """An earlier version of a list that is sent again later."""
    mapping: dict[str, str] = field(default_factory=dict)
    """Our column → heading, where no layout knows the headings."""
    left_open: bool = False
    """Its mapping is left for whoever tries the demonstration."""


@dataclass(frozen=True, slots=True)
class Form:
    """How a file looks: headings, one sheet or one per township, rows above and below the table, what is written once a household."""

    columns: Columns
    day: str = "iso"
    sexes: tuple[str, str] = ("男", "女")
    head_word: str = "户主"
    household: str = "running"
    titles: tuple[str, ...] = ()
    notes: tuple[str, ...] = ()
    per_township: bool = False
    once: tuple[str, ...] = ()
    """Columns written in the first row of a household only."""
    encoding: str = ""
    """Not empty: a CSV file in this encoding."""
    groups: tuple[tuple[str, int], ...] = ()
    """A row of merged headings above the headings: word and how many columns it spans."""

    def habit(self) -> Habit:
        """The part that typing needs."""
        return Habit(
            tuple((k, h) for k, h in self.columns if k not in ("note", "serial")),
            sexes=self.sexes,
            head_word=self.head_word,
            day=self.day,
            household=self.household,
        )


_PLACE: Columns = (
    ("province", "省(区、市)"),
    ("city", "市(州、盟)"),
    ("county", "县(市、区、旗)"),
    ("township", "乡(镇)"),
    ("village", "行政村"),
)

_POVERTY: Columns = (
    *_PLACE, ("group", "自然村"), ("household", "户编号"), ("person_no", "人编号"), ("name", "姓名"), ("sex", "性别"), ("id_number", "证件号码"),
    ("population", "人数"), ("relation", "与户主关系"), ("nation", "民族"), ("birth_date", "出生日期"), ("category_text", "贫困户属性"), ("poverty_cause", "主要致贫原因"),
    ("house_dangerous", "是否危房"), ("phone", "联系电话"),
)  # fmt: skip
_POVERTY_FORMS = (
    Form(_POVERTY, day="iso", household="village"),
    Form(_POVERTY, day="compact", household="village", encoding="gb18030"),
)

_ALLOWANCE_FORMS = (
    Form(
        (
            ("serial", "序号"), ("township", "乡镇"), ("village", "村"), ("cert_no", "低保证号"), ("head_name", "户主姓名"), ("population", "家庭人口"),
            ("insured_count", "保障人数"), ("category_text", "低保类别"), ("monthly_amount", "月保障金额"), ("name", "成员姓名"), ("relation", "与户主关系"),
            ("sex", "性别"), ("id_number", "身份证号码"), ("recognised_on", "享受低保时间"), ("phone", "联系电话"), ("note", "备注"),
        ),
        day="dotted", per_township=True, titles=("{county}农村居民最低生活保障对象花名册", "填报单位：{county}民政局        填报时间：{on}        单位：元"),
        notes=("制表人：                审核人：                负责人：",),
        once=("township", "village", "cert_no", "head_name", "population", "insured_count", "category_text", "monthly_amount", "recognised_on", "phone"),
    ),
    Form(
        (
            ("village", "所在村"), ("township", "所在乡镇"), ("head_name", "申请人姓名"), ("head_id_number", "申请人身份证号"), ("relation", "与申请人关系"),
            ("name", "享受人员姓名"), ("id_number", "享受人员身份证号"), ("sex", "性别"), ("birth_date", "出生年月"), ("cert_no", "救助证编号"), ("insured_count", "享受人数"),
            ("category_text", "类别"), ("monthly_amount", "户月保障金"), ("recognised_on", "纳入低保时间"),
        ),
        day="words", head_word="本人",
    ),
    Form(
        (
            ("serial", "编号"), ("name", "保障对象姓名"), ("sex", "性 别"), ("id_number", "公民身份号码"), ("relation", "家庭关系"), ("household", "家庭编号"), ("cert_no", "低保证编号"),
            ("monthly_amount", "月补助金额"), ("address", "家庭住址"), ("birth_date", "出生日期"), ("nation", "民族"),
        ),
        day="slashed", household="county", encoding="gb18030",
    ),
)  # fmt: skip

_EXTREME_FORMS = (
    Form(
        (
            ("serial", "序号"), ("township", "乡镇名称"), ("village", "村名"), ("name", "特困人员姓名"), ("sex", "性别"), ("id_number", "特困人员身份证号"), ("birth_date", "出生年月"),
            ("care_mode", "供养方式"), ("care_ability", "自理能力"), ("carer", "照料护理人"), ("monthly_amount", "月供养金"), ("recognised_on", "享受供养时间"), ("note", "备注"),
        ),
        day="dotted", titles=("{county}特困人员救助供养花名册", "（截至{on}）"),
    ),
    Form(
        (
            ("name", "姓名"), ("sex", "性别"), ("id_number", "身份证号"), ("township", "乡镇"), ("village", "村"), ("care_mode", "供养类型"), ("monthly_amount", "供养标准"), ("cert_no", "特困供养证号"),
            ("phone", "联系电话"),
        ),
        day="iso", titles=("特困供养人员名册",), groups=(("基本情况", 5), ("供养情况", 3), ("联系", 1)),
    ),
)  # fmt: skip
_UNKNOWN_EXTREME = Form(
    (
        ("serial", "No."),
        ("who", "对象"),
        ("number", "号码"),
        ("where_town", "片区"),
        ("where_village", "屯落"),
        ("how", "供给形态"),
        ("since", "起始"),
    ),
    day="dotted",
)
"""Headings nobody has declared: a clerk maps them once."""
_UNKNOWN_DISABLED = Form(
    (
        ("where_town", "片区"), ("where_village", "屯落"), ("who", "本人"), ("number", "证件"), ("level_word", "程度"), ("kind_word", "情形"), ("phone", "通讯"),
    ),
    titles=("新增人员（未归档）",),
)  # fmt: skip
_UNKNOWN_KEYS = {"name": "who", "id_number": "number", "township": "where_town", "village": "where_village"}

_DISABLED_FORMS = (
    Form(
        (
            ("serial", "序号"), ("name", "残疾人姓名"), ("sex", "性别"), ("cert_no", "残疾人证号"), ("id_number", "身份证号"), ("disability_kind", "残疾类别"), ("disability_level", "残疾等级"),
            ("township", "乡镇"), ("village", "村（社区）"), ("guardian", "监护人"), ("category_text", "贫困类型"), ("phone", "联系电话"),
        ),
        titles=("{county}贫困残疾人家庭名单", "填报单位：{county}残疾人联合会"), per_township=False, notes=("说明：本表数据来自全国残疾人人口基础数据库。",),
    ),
    Form(
        (
            ("village", "村"), ("township", "乡镇街道"), ("name", "持证人姓名"), ("id_number", "持证人身份证号"), ("disability_kind", "残疾类型"), ("disability_level", "残疾级别"), ("cert_no", "证号"),
            ("head_name", "户主姓名"), ("relation", "与户主关系"), ("recognised_on", "初次发证日期"),
        ),
        day="serial",
    ),
    Form(
        (
            ("cert_no", "残疾证号码"), ("name", "姓名"), ("sex", "性别"), ("nation", "民族"), ("birth_date", "出生日期"), ("disability_kind", "残疾类别"), ("disability_level", "等级"), ("address", "户籍地址"),
        ),
        day="slashed", encoding="gb18030",
    ),
)  # fmt: skip

_LEDGER_FORMS = (
    Form(
        (
            ("serial", "序号"), ("county", "县区"), ("township", "乡镇"), ("village", "行政村"), ("name", "户主姓名"), ("id_number", "户主身份证号"), ("population", "家庭人口"),
            ("category_text", "农户类别"), ("grade", "危房等级"), ("structure", "原房屋结构"), ("support_year", "改造年度"), ("support_kind", "改造方式"), ("build_mode", "建设方式"),
            ("area_after", "改造后面积"), ("support_amount", "补助金额（元）"), ("started_on", "开工时间"), ("finished_on", "竣工时间"), ("accepted_on", "验收时间"), ("note", "备注"),
        ),
        day="dotted", titles=("{county}农村危房改造台账（2009—2020年）",), notes=("注：补助金额为各级财政补助合计。",),
    ),
    Form(
        (
            ("household", "档案编号"), ("name", "农户户主姓名"), ("sex", "性别"), ("id_number", "证件号码"), ("nation", "民族"), ("population", "家庭人口（人）"), ("category_text", "贫困类型"),
            ("address", "房屋坐落"), ("year_built", "建造年代"), ("grade", "房屋危险性等级"), ("support_year", "列入年度计划"), ("support_kind", "改造类型"), ("support_amount", "补助金额（万元）"),
            ("finished_on", "竣工日期"),
        ),
        day="slashed",
    ),
)  # fmt: skip

_ROLL_FORM = Form(
    (
        ("serial", "序号"), ("village", "村"), ("group", "村民小组"), ("household", "户号"), ("head_name", "户主"), ("name", "家庭成员姓名"), ("relation", "与户主关系"), ("sex", "性别"),
        ("nation", "民族"), ("birth_date", "出生年月日"), ("id_number", "居民身份证号码"), ("residence_kind", "户口性质"), ("marital", "婚姻状况"), ("lives_here", "是否常住"),
    ),
    day="compact", household="running", per_township=True, titles=("{sheet}农户花名册",), once=("village", "group", "household", "head_name"),
)  # fmt: skip

_CAUSES = ("因病", "因残", "缺劳力", "缺技术", "因学", "因灾", "自身发展动力不足", "缺资金")
_STRUCTURES = ("土木", "砖木", "石木", "砖混", "砖土混杂")
_LEVELS = ("", "一级", "二级", "三级", "四级")
_KINDS = ("", "视力", "听力", "言语", "肢体", "智力", "精神", "多重")
ALLOWANCE_EVENTS = Events(
    head_died=0.0, head_changed=0.035, split=0.012, merged=0.002, moved=0.003, member_left=0.008, member_joined=0.0, only_left=0.0, only_right=0.0
)  # fmt: skip
"""How the 低保 list's households differ from those of the booklet: another head applies, grown children are left out."""


CARELESS = Rates(
    id_number={**TYPED.id_number, "id-missing": 0.03, "id-digit-wrong": 0.014, "id-scientific": 0.006, "id-of-another": 0.004},
    name={**TYPED.name, "name-same-sound": 0.012, "name-same-shape": 0.006, "name-other": 0.012, "name-short": 0.004},
    birth={**TYPED.birth, "birth-wrong": 0.02, "birth-missing": 0.04, "birth-month-only": 0.02},
    other=TYPED.other,
    listed_twice=0.005,
    in_two_households=0.002,
)
"""A list put together in a hurry: enough doubtful rows for a clerk's morning."""


@dataclass
class _Plan:
    """A list before it is written: its rows, form and what a clerk says about it."""

    name: str
    county: str
    office: Office
    category: str
    layout: str
    as_of: date
    title: str
    order: int
    form: Form
    rates: Rates
    make: Callable[[World, np.random.Generator], Rows]
    per_household: bool = False
    earlier: bool = False
    unknown: bool = False
    left_open: bool = False


def _of_county(made: World, rows: Rows, keep: Any, county: str) -> Rows:
    """The rows of ``keep`` that lie in the county, in the order of villages and households."""
    inside = np.array([v.county == county for v in made.place.villages])
    chosen = np.flatnonzero(keep & inside[rows.village])
    chosen = chosen[np.lexsort((chosen, rows.household[chosen], rows.village[chosen]))]
    picked = set(chosen.tolist())
    at = {row: i for i, row in enumerate(chosen.tolist())}
    return Rows(
        rows.who[chosen], rows.household[chosen], rows.relation[chosen], rows.village[chosen], np.arange(len(chosen)),
        {at[row]: list(words) for row, words in rows.labels.items() if row in picked},
    )  # fmt: skip


def _then(made: World) -> Rows:
    """Every person as the households were before."""
    block = made.block
    who = np.flatnonzero(~made.now.absent_left)
    gone = made.now.gone
    return Rows(
        who, block.household[who], block.relation[who], block.village[block.household[who]], np.arange(len(who)),
        {row: ["left"] for row, p in enumerate(who.tolist()) if p in gone},
    )  # fmt: skip


def _plain_labels(rows: Rows) -> Rows:
    """Without the labels of what happened to households: the list says what is now."""
    return replace(rows, labels={})


def _poor(county: str) -> Callable[[World, np.random.Generator], Rows]:
    def make(made: World, rng: np.random.Generator) -> Rows:
        rows = _plain_labels(made.now.rows)
        return _of_county(made, rows, made.poor[rows.household], county)

    return make


def _allowance(county: str, *, earlier: bool) -> Callable[[World, np.random.Generator], Rows]:
    def make(made: World, rng: np.random.Generator) -> Rows:
        seen = later(made.block, rng, ALLOWANCE_EVENTS, np.zeros(made.block.households, dtype=bool), made.spec.shape.day)
        rows = seen.rows
        for row, p in enumerate(rows.who.tolist()):
            if p in made.now.gone:
                rows.labels.setdefault(row, []).append("left")
        draw = np.random.default_rng([7, 7]).random(made.block.households)
        on = made.allowance & ((draw > 0.03) if not earlier else (draw < 0.96))
        home = np.where(rows.household < made.block.households, rows.household, 0)
        origin = np.array([seen.new_of.get(label, label) for label in range(int(rows.household.max()) + 1)], dtype=np.int64)
        keep = on[origin[rows.household]] | (on[home] & (rows.household < made.block.households))
        keep &= ~made.now.absent_left[rows.who]
        return _of_county(made, rows, keep, county)

    return make


def _persons(county: str, flags: Callable[[World], Any], missing: float = 0.0) -> Callable[[World, np.random.Generator], Rows]:
    def make(made: World, rng: np.random.Generator) -> Rows:
        rows = _then(made)
        return _of_county(made, rows, flags(made)[rows.who] & (rng.random(len(rows.who)) >= missing), county)

    return make


def _renovated(county: str) -> Callable[[World, np.random.Generator], Rows]:
    def make(made: World, rng: np.random.Generator) -> Rows:
        rows = _then(made)
        heads = rows.relation == "02"
        return _of_county(made, rows, heads & renovated(made)[rows.household], county)

    return make


def renovated(made: World) -> Any:
    """Households on the renovation ledger: this year's plan and those of earlier years."""
    rng = np.random.default_rng([made.spec.jdlk, 11])
    poor = np.zeros(made.block.households, dtype=bool)
    poor[made.block.household[made.poor_person]] = True
    on = np.zeros(made.block.households, dtype=bool)
    on[_this_year(made)] = True
    before = np.flatnonzero(~on & ~made.plain)
    weight = np.where(poor[before], 2.0, 1.0)
    on[rng.choice(before, min(made.spec.renovated_before, len(before)), replace=False, p=weight / weight.sum())] = True
    return on


def _this_year(made: World) -> Ints:
    rng = np.random.default_rng([made.spec.jdlk, 12])
    poor = np.zeros(made.block.households, dtype=bool)
    poor[made.block.household[made.poor_person]] = True
    poor[made.block.household[list(made.now.gone)]] = False
    fit = np.flatnonzero(poor & np.isin(made.grade, ("C", "D")))
    return np.sort(rng.choice(fit, min(made.spec.renovated_now, len(fit)), replace=False))


def _roll(county: str) -> Callable[[World, np.random.Generator], Rows]:
    def make(made: World, rng: np.random.Generator) -> Rows:
        rows = _plain_labels(made.now.rows)
        rolled = np.array([v.township in made.roll for v in made.place.villages])
        return _of_county(made, rows, rolled[rows.village], county)

    return make


def _earlier(name: str, county: str, year: int, form: Form) -> _Plan:
    """Last year's 低保 list of a county: beside this year's it shows who joined, left and changed."""
    return _Plan(
        f"{name}民政局_农村低保花名册{year}年12月.{'csv' if form.encoding else 'xlsx'}", county, Office.CIVIL_AFFAIRS, "DB", "allowance-households",
        date(year, 12, 31), f"{name}农村低保对象名单 {year}年12月", 29, form, TYPED, _allowance(county, earlier=True), earlier=True,
    )  # fmt: skip


def plans(made: World) -> list[_Plan]:
    """Every list of every department, in the order of counties; what a department sends depends on where it is."""
    on = made.spec.shape.day
    out: list[_Plan] = []
    counties = made.place.counties
    biggest = sorted(counties, key=lambda c: -sum(v.county == c for v in made.place.villages))
    for i, county in enumerate(counties):
        name = made.place.names.get(county, county)
        poverty = _POVERTY_FORMS[1] if county == biggest[0] and len(counties) > 1 else _POVERTY_FORMS[0]
        end = ".csv" if poverty.encoding else ".xlsx"
        out.append(
            _Plan(
                f"{name}扶贫办_建档立卡人口信息{end}", county, Office.POVERTY, "JDLK", "poverty-persons", date(on.year - 1, 12, 31),
                f"{name}建档立卡人口名单 {on.year - 1}年12月", 10, poverty, EXPORT, _poor(county),
            )
        )  # fmt: skip
        allowance = _ALLOWANCE_FORMS[i % 3] if county not in biggest[:2] else _ALLOWANCE_FORMS[0 if county == biggest[0] else 1]
        end = ".csv" if allowance.encoding else ".xlsx"
        out.append(
            _Plan(
                f"{name}民政局_农村低保花名册{on.year}年5月{end}", county, Office.CIVIL_AFFAIRS, "DB", "allowance-households", date(on.year, 5, 31),
                f"{name}农村低保对象名单 {on.year}年5月", 30, allowance, CARELESS if county == made.spec.roll_county else TYPED,
                _allowance(county, earlier=False),
            )
        )  # fmt: skip
        unknown = i == 2 and len(counties) > 3
        extreme = _UNKNOWN_EXTREME if unknown else _EXTREME_FORMS[i % 2]
        out.append(
            _Plan(
                f"{name}民政局_特困供养人员.xlsx", county, Office.CIVIL_AFFAIRS, "TK", "extreme-poverty-persons", date(on.year - 1, 12, 31),
                f"{name}特困人员名单 {on.year - 1}年12月", 31, extreme, TYPED, _persons(county, lambda w: w.extreme), unknown=unknown,
            )
        )  # fmt: skip
        disabled = _DISABLED_FORMS[i % 3]
        end = ".csv" if disabled.encoding else ".xlsx"
        out.append(
            _Plan(
                f"{name}残联_贫困残疾人{end}", county, Office.DISABLED_FEDERATION, "CJ", "disabled-persons", date(on.year, 5, 20),
                f"{name}贫困残疾人名单 {on.year}年5月", 32, disabled, TYPED, _persons(county, lambda w: w.disabled_poor),
            )
        )  # fmt: skip
        out.append(
            _Plan(
                f"{name}住建局_危房改造台账.xlsx", county, Office.HOUSING, "", "housing-ledger", on - timedelta(days=5),
                f"{name}农村危房改造台账", 40, _LEDGER_FORMS[i % 2], TYPED, _renovated(county), per_household=True,
            )
        )  # fmt: skip
        if any(t.startswith(county) for t in made.roll):
            out.append(
                _Plan(
                    f"{name}残联_新增.xlsx", county, Office.DISABLED_FEDERATION, "CJ", "disabled-persons", on - timedelta(days=1),
                    f"{name}新增贫困残疾人 {on.year}年6月", 50, _UNKNOWN_DISABLED, TYPED, _persons(county, lambda w: w.disabled_poor, missing=0.96),
                    unknown=True, left_open=True,
                )
            )  # fmt: skip
            out.append(
                _Plan(
                    f"{name}农户花名册（{len(made.roll)}个乡镇）.xlsx", county, Office.VILLAGE, "", "village-roll", date(on.year, 5, 25),
                    f"{name}农户花名册", 20, _ROLL_FORM, EXPORT, _roll(county),
                )
            )  # fmt: skip
            out.append(_earlier(name, county, on.year - 1, _ALLOWANCE_FORMS[1]))
        elif county == counties[min(3, len(counties) - 1)]:
            out.append(_earlier(name, county, on.year - 1, _ALLOWANCE_FORMS[2]))
    return [plan for plan in out if not (plan.layout == "village-roll" and made.spec.plain == 0)]


def _cells(made: World, plan: _Plan, rows: Rows, rng: np.random.Generator) -> tuple[dict[str, list[Cell]], set[int]]:
    """Every column of the list, typed; and the rows whose identity number Excel keeps as a number."""
    block, place = made.block, made.place
    written, numbers = typed(
        block,
        place=place,
        rows=rows,
        habit=plan.form.habit(),
        rates=plan.rates,
        rng=rng,
        side=0 if plan.category == "JDLK" else 1,
        first_serial=1,
    )
    if plan.category == "JDLK":
        numbers -= _one_sound_number(block, rows, written["id_number"])
    columns: dict[str, list[Cell]] = {key: list(values) for key, values in written.items()}
    chance = Random(int(rng.integers(2**62)))
    wanted = {key for key, _ in plan.form.columns}
    n = len(rows.who)
    villages = [place.villages[v] for v in rows.village.tolist()]
    who, homes = rows.who.tolist(), rows.household.tolist()
    origin = np.minimum(rows.household, block.households - 1).tolist()
    form = damage.DAY_FORMS[plan.form.day]
    size: dict[int, int] = {}
    head: dict[int, int] = {}
    for row, (home, relation) in enumerate(zip(homes, rows.relation.tolist(), strict=True)):
        size[home] = size.get(home, 0) + 1
        if relation == "02" or home not in head:
            head[home] = row
    day_of = {home: plan.as_of - timedelta(days=200 + (home * 37) % 2400) for home in size}
    day_of = {home: (day - timedelta(days=day.day - 1)) for home, day in day_of.items()}

    def put(key: str, make: Callable[[int], Cell]) -> None:
        if key in wanted:
            columns[key] = [make(row) for row in range(n)]

    put("serial", lambda row: row + 1)
    put("province", lambda row: villages[row].province_name)
    put("city", lambda row: villages[row].prefecture_name)
    put("county", lambda row: villages[row].county_name)
    put("township", lambda row: villages[row].township_name)
    put("village", lambda row: villages[row].name)
    put("group", lambda row: f"{block.group[origin[row]]}组")
    put("address", lambda row: f"{villages[row].address}{block.group[origin[row]]}组")
    put("nation", lambda row: people.NATIONS[block.nation[who[row]]].name)
    put("phone", lambda row: phone(who[row]) if row == head[homes[row]] or plan.per_household else "")
    put("population", lambda row: int(block.size[origin[row]]) if plan.per_household else size[homes[row]])
    put("head_name", lambda row: columns["name"][head[homes[row]]])
    put("head_id_number", lambda row: columns["id_number"][head[homes[row]]])
    put("person_no", lambda row: f"{villages[row].code}{who[row] % 1_000_000:06d}")
    put("poverty_cause", lambda row: _CAUSES[(origin[row] * 7) % len(_CAUSES)])
    put("house_dangerous", lambda row: "是" if made.grade[origin[row]] in ("C", "D") else "否")
    put("insured_count", lambda row: size[homes[row]])
    put("monthly_amount", lambda row: 680 if plan.category == "TK" else 180 * size[homes[row]] + (homes[row] * 13) % 160)
    put("recognised_on", lambda row: _serial(form(day_of[homes[row]], chance), plan.form.day))
    put("guardian", lambda row: str(block.name[block.start[origin[row]]]))
    put("carer", lambda row: "" if chance.random() < 0.5 else "村委会")
    put(
        "care_mode",
        lambda row: ("集中供养" if who[row] % 17 == 0 else "分散供养") if plan.form.titles else ("集中" if who[row] % 17 == 0 else "分散"),
    )
    put("care_ability", lambda row: ("全自理", "半自理", "全护理")[min(who[row] % 7, 2) if who[row] % 7 < 3 else 0])
    put("residence_kind", lambda row: "农业")
    put("lives_here", lambda row: "否" if who[row] % 9 == 0 else "是")
    put("marital", lambda row: "已婚" if rows.relation[row] in ("10", "38", "51", "52") else "")
    put("note", lambda row: "")
    put("disability_kind", lambda row: _KINDS[made.kind[who[row]]])
    put("disability_level", lambda row: _LEVELS[made.level[who[row]]])
    if plan.category == "CJ":
        put("cert_no", lambda row: f"{block.id_number[who[row]]}{made.kind[who[row]]}{made.level[who[row]]}")
        put("category_text", lambda row: "建档立卡" if made.poor_person[who[row]] else "低收入")
    elif plan.category == "DB":
        put("cert_no", lambda row: f"{villages[row].county_name[0]}农低{homes[row]:06d}")
        put("category_text", lambda row: "ABC"[homes[row] % 3] + "类")
    elif plan.category == "TK":
        put("cert_no", lambda row: f"{villages[row].county_name[0]}特{homes[row]:05d}")
    elif plan.category == "JDLK":
        put("category_text", lambda row: "低保贫困户" if made.allowance[origin[row]] else "一般贫困户")
    if plan.layout == "housing-ledger":
        unit = 10_000 if "万元" in dict(plan.form.columns)["support_amount"] else 1
        _ledger(made, put, origin=origin, who=who, form=form, chance=chance, unit=unit)
    for key, true in (("who", "name"), ("number", "id_number")):
        if key in wanted:
            columns[key] = columns[true]
    put("where_town", lambda row: villages[row].township_name)
    put("where_village", lambda row: villages[row].name)
    put("kind_word", lambda row: _KINDS[made.kind[who[row]]])
    put("level_word", lambda row: _LEVELS[made.level[who[row]]])
    put("how", lambda row: "散" if who[row] % 17 else "集")
    put("since", lambda row: form(day_of[homes[row]], chance))
    if plan.form.day == "serial" and "birth_date" in wanted:
        columns["birth_date"] = [_serial(str(value), "serial") for value in columns["birth_date"]]
    heads = (rows.relation == "02").tolist()
    for key in plan.form.once:
        values = columns[key]
        columns[key] = [value if row == 0 or homes[row] != homes[row - 1] or heads[row] else "" for row, value in enumerate(values)]
    return columns, numbers


def _one_sound_number(block: truth.Block, rows: Rows, numbers: list[str]) -> set[int]:
    """The national system takes no household without one valid number: where a clerk spoilt all of them, the first is put right."""
    sound: set[int] = set()
    first: dict[int, int] = {}
    for row, home in enumerate(rows.household.tolist()):
        first.setdefault(home, row)
        if not any(word in damage.ID_MISTAKES or word == "id-of-another" for word in rows.labels.get(row, ())):
            sound.add(home)
    mended = set()
    for home, row in first.items():
        if home not in sound:
            numbers[row] = str(block.id_number[rows.who[row]])
            kept = [word for word in rows.labels[row] if not word.startswith("id-")]
            rows.labels[row] = kept
            if not kept:
                del rows.labels[row]
            mended.add(row)
    return mended


def _serial(value: str, day: str) -> Cell:
    return int(value) if day == "serial" and value.isdigit() and len(value) == 5 else value


def _ledger(
    made: World,
    put: Callable[[str, Callable[[int], Cell]], None],
    *,
    origin: Sequence[int],
    who: Sequence[int],
    form: Callable[[date, Random], str],
    chance: Random,
    unit: int,
) -> None:
    """The columns of the ledger: the works of this year, where they aren't cases, and of earlier years, with what was paid in ``unit`` yuan."""
    now = set(_this_year(made).tolist())
    years = {h: made.spec.shape.day.year if h in now else 2009 + (h * 31 + 5) % 11 for h in origin}
    total = {h: made.grade[h] == "D" if h in now else (h * 17) % 10 < 6 for h in origin}
    amounts = {
        h: (24_000 if years[h] >= 2019 else 14_000 if years[h] >= 2014 else 8_500) if total[h] else (9_000 if years[h] >= 2019 else 6_000)
        for h in origin
    }
    started = {h: date(years[h], 4, 1) + timedelta(days=(h * 7) % 60) for h in origin}
    poor = made.poor_person
    put("support_year", lambda row: years[origin[row]])
    put("grade", lambda row: "D级" if total[origin[row]] else "C级")
    put("structure", lambda row: _STRUCTURES[(origin[row] * 3) % len(_STRUCTURES)])
    put("year_built", lambda row: 1962 + (origin[row] * 11) % 40)
    put("support_kind", lambda row: ("原址翻建" if origin[row] % 5 else "异地新建") if total[origin[row]] else "修缮加固")
    put("build_mode", lambda row: "统建" if origin[row] % 4 == 0 else "自建")
    put("area_after", lambda row: 40 + (origin[row] * 13) % 45)
    put("support_amount", lambda row: amounts[origin[row]] if unit == 1 else amounts[origin[row]] / unit)
    put("category_text", lambda row: "建档立卡贫困户" if poor[who[row]] else "低保户" if made.allowance[origin[row]] else "其他贫困户")
    put("started_on", lambda row: form(started[origin[row]], chance))
    finished = {h: years[h] < made.spec.shape.day.year or h % 10 < 6 for h in origin}
    put("finished_on", lambda row: form(started[origin[row]] + timedelta(days=45), chance) if finished[origin[row]] else "")
    put(
        "accepted_on",
        lambda row: form(started[origin[row]] + timedelta(days=55), chance) if finished[origin[row]] and years[origin[row]] < 2020 else "",
    )


def _sheets(plan: _Plan, made: World, rows: Rows) -> list[tuple[str, range]]:
    """Sheet names and the rows on each."""
    n = len(rows.who)
    if not plan.form.per_township:
        return [("Sheet1" if plan.category != "JDLK" else "人口信息", range(n))]
    out: list[tuple[str, range]] = []
    townships = [made.place.villages[v].township_name for v in rows.village.tolist()]
    begin = 0
    for row in range(1, n + 1):
        if row == n or townships[row] != townships[begin]:
            out.append((townships[begin], range(begin, row)))
            begin = row
    merged: dict[str, int] = {}
    named = []
    for name, part in out:
        merged[name] = merged.get(name, 0) + 1
        named.append((name if merged[name] == 1 else f"{name}{merged[name]}", part))
    return named


def _lines(form: Form, county: str, on: date, sheet: str) -> list[str]:
    return [title.format(county=county, on=f"{on.year}年{on.month}月{on.day}日", sheet=sheet) for title in form.titles]


def _write(path: Path, plan: _Plan, made: World, rows: Rows, rng: np.random.Generator) -> list[tuple[str, int]]:
    """The file; returns for each row the sheet and the row number that a spreadsheet shows."""
    columns, numbers = _cells(made, plan, rows, rng)
    keys = [key for key, _ in plan.form.columns]
    headings = [heading for _, heading in plan.form.columns]
    county = made.place.names.get(plan.county, plan.county)
    cells = [columns[key] for key in keys]
    position = next((i for i, key in enumerate(keys) if key in ("id_number", "number")), None)
    if plan.form.encoding:
        with path.open("w", encoding=plan.form.encoding, newline="") as file:
            file.write(",".join(headings) + "\r\n")
            for record in zip(*cells, strict=True):
                file.write(",".join(map(str, record)) + "\r\n")
        return [("", row + 2) for row in range(len(rows.who))]
    where: list[tuple[str, int]] = []
    book = xlsxwriter.Workbook(str(path), {"constant_memory": True})
    book.set_properties({"created": datetime.combine(plan.as_of, time())})
    title_form = book.add_format({"bold": True, "align": "center", "font_size": 14})
    head_form = book.add_format({"bold": True, "border": 1, "text_wrap": True})
    for name, part in _sheets(plan, made, rows):
        sheet = book.add_worksheet(name[:31])
        line = 0
        for title in _lines(plan.form, county, plan.as_of, name):
            sheet.merge_range(line, 0, line, len(keys) - 1, title, title_form)
            line += 1
        if plan.form.groups:
            left = 0
            for word, span in plan.form.groups:
                if span > 1:
                    sheet.merge_range(line, left, line, left + span - 1, word, head_form)
                else:
                    sheet.write_string(line, left, word, head_form)
                left += span
            line += 1
        for column, heading in enumerate(headings):
            sheet.write_string(line, column, heading, head_form)
        line += 1
        for row in part:
            for column, values in enumerate(cells):
                value = values[row]
                if column == position and row in numbers:
                    sheet.write_number(line, column, float(value))
                elif isinstance(value, str):
                    if value:
                        sheet.write_string(line, column, value)
                else:
                    sheet.write_number(line, column, value)
            where.append((name[:31], line + 1))
            line += 1
        for note in plan.form.notes:
            sheet.write_string(line + 1, 0, note)
            line += 1
    book.close()
    return where


def _one(made: World, index: int, plan: _Plan, out: Path, seed: int) -> tuple[Sent, list[str]]:
    """One list written; its line of the manifest and its lines of the truth."""
    rng = np.random.default_rng([seed, 100 + index])
    rows = plan.make(made, rng)
    if not len(rows.who):
        return _sent(plan, rows), []
    if not plan.per_household and plan.category != "TK":
        rows = repeated(rows, rng, plan.rates)
        rows = rows.take(np.lexsort((np.arange(len(rows.who)), rows.relation != "02", rows.household, rows.village)))
    where = _write(out / plan.name, plan, made, rows, rng)
    labels = rows.labels
    lines = [
        f"{plan.name},{sheet},{row},{person},{home},{';'.join(labels.get(i, ()))}\n"
        for i, ((sheet, row), person, home) in enumerate(zip(where, rows.who.tolist(), rows.household.tolist(), strict=True))
    ]
    return _sent(plan, rows), lines


def _sent(plan: _Plan, rows: Rows) -> Sent:
    return Sent(
        file=plan.name,
        county=plan.county,
        owner=str(plan.office),
        category=plan.category,
        layout=plan.layout,
        as_of=plan.as_of.isoformat(),
        title=plan.title,
        rows=len(rows.who),
        households=len(np.unique(rows.household)) if len(rows.who) else 0,
        order=plan.order,
        earlier=plan.earlier,
        mapping={ours: dict(plan.form.columns)[theirs] for ours, theirs in _UNKNOWN_KEYS.items()} if plan.unknown else {},
        left_open=plan.left_open,
    )


_WORLD: list[World] = []


def _in_child(job: tuple[int, Path, int]) -> tuple[Sent, list[str]]:
    index, out, seed = job
    made = _WORLD[0]
    return _one(made, index, plans(made)[index], out, seed)


def write(
    shape: str,
    place: Place,
    out: Path,
    *,
    seed: int = 2020,
    households: int = 0,
    processes: int = 2,
    progress: Callable[[float], None] = lambda fraction: None,
) -> list[Sent]:
    """The files of a shape: ``fuxin``, ``huize``, or ``hunan`` (a labelled pair for the command line only).

    ``households``: registered poor households when fewer than the place really has (for hunan: all households). Returns the manifest in the
    order in which the lists should be received.
    """
    if shape == "hunan":
        pair.make(place, households or 2_645_500, out, seed=seed, shape=truth.KEY_GROUPS, progress=progress)
        return []
    spec = {"fuxin": world.FUXIN, "huize": world.HUIZE}[shape]
    if households and households < spec.jdlk:
        spec = spec.scaled(households / spec.jdlk)
    out.mkdir(parents=True, exist_ok=True)
    (out / "truth").mkdir(exist_ok=True)
    made = world.make(place, spec, seed=seed)
    todo = plans(made)
    results: list[tuple[Sent, list[str]] | None] = [None] * len(todo)
    size = [_weight(made, plan) for plan in todo]
    order = sorted(range(len(todo)), key=lambda i: -size[i])
    done = 0.0
    if processes > 1:
        _WORLD[:] = [made]
        with multiprocessing.get_context("fork").Pool(processes) as pool:
            for index, finished in zip(order, pool.imap(_in_child, [(i, out, seed) for i in order]), strict=True):
                results[index] = finished
                done += size[index]
                progress(min(done / sum(size), 0.99))
        _WORLD.clear()
    else:
        for index in order:
            results[index] = _one(made, index, todo[index], out, seed)
            done += size[index]
            progress(min(done / sum(size), 0.99))
    with (out / "truth" / "rows.csv").open("w", encoding="utf-8", newline="") as file:
        file.write("file,sheet,row,person,household,damages\n")
        for result in results:
            if result is not None:
                file.writelines(result[1])
    _persons_csv(made, out / "truth" / "persons.csv")
    sent = sorted((result[0] for result in results if result is not None and result[0].rows), key=lambda s: (s.order, s.county, s.as_of))
    (out / "manifest.json").write_text(
        json.dumps(
            {"shape": shape, "seed": seed, "day": spec.shape.day.isoformat(), "files": [asdict(s) for s in sent]},
            ensure_ascii=False,
            indent=1,
        ),
        encoding="utf-8",
    )
    progress(1.0)
    return sent


def _weight(made: World, plan: _Plan) -> float:
    share = sum(v.county == plan.county for v in made.place.villages) / len(made.place.villages)
    return share * {"JDLK": 6.0, "DB": 3.0}.get(plan.category, 1.0) + 0.01


def _persons_csv(made: World, path: Path) -> None:
    block = made.block
    label = np.full(block.persons, -1, dtype=np.int64)
    label[made.now.rows.who] = made.now.rows.household
    village = block.village[block.household]
    with path.open("w", encoding="utf-8", newline="") as file:
        file.write("person,household,name,id_number,sex,birth_date,division,jdlk,db,tk,cj,alive_here\n")
        for p, h, name, number, sex, born, v, jdlk, db, tk, cj in zip(
            block.person.tolist(), label.tolist(), block.name.tolist(), block.id_number.tolist(), block.sex.tolist(),
            np.datetime_as_string(block.born).tolist(), village.tolist(), made.poor_person.tolist(), made.allowance[block.household].tolist(),
            made.extreme.tolist(), made.disabled_poor.tolist(), strict=True,
        ):  # fmt: skip
            file.write(f"{p},{h},{name},{number},{sex},{born},{made.place.villages[v].code},{jdlk:d},{db:d},{tk:d},{cj:d},{h >= 0:d}\n")
