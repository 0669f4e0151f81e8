"""Makes the sample workbooks: for each layout files that should pass and files that should fail, as offices really send them.

Everything is synthetic: names are drawn from lists of common characters, identity numbers are computed. Run
``python -m tests.samples.make`` after changing it; the same run always makes the same files. ``expected.json`` says what a reader
must find in each.
"""

import csv
import json
import random
import shutil
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path
from typing import Any

import xlsxwriter

from anju.vocabulary import idnumber

HERE = Path(__file__).parent
_SURNAMES = "王李张刘陈杨赵黄周吴徐孙胡朱高林何郭马罗"
_GIVEN = "伟芳娜秀英敏静丽强磊军洋勇艳杰娟涛明超兰霞平刚桂福贵田春生玉梅"
_VILLAGES = (("大冷镇", "程沟村"), ("大冷镇", "木头营子村"), ("哈尔套镇", "哈尔套村"), ("双庙镇", "双庙村"))


@dataclass(frozen=True)
class Person:
    """One synthetic person of a household."""

    name: str
    id_number: str
    relation: str
    household: str
    head: str
    head_id: str
    township: str
    village: str
    group: str

    @property
    def born(self) -> date:
        born = idnumber.birth_date(self.id_number)
        assert born is not None
        return born

    @property
    def sex(self) -> str:
        return "男" if idnumber.sex(self.id_number) == "1" else "女"


def number(chance: random.Random, low: int, high: int, male: bool) -> str:
    """A valid synthetic identity number."""
    order = chance.randrange(100, 999)
    if (order % 2 == 1) != male:
        order += 1
    first17 = f"210922{chance.randrange(low, high)}{chance.randrange(1, 13):02d}{chance.randrange(1, 29):02d}{order % 1000:03d}"
    return first17 + idnumber.check_digit(first17)


def people(seed: int, households: int) -> list[Person]:
    """Households of one to four synthetic persons, heads first."""
    chance = random.Random(seed)
    found = []
    for at in range(households):
        surname = chance.choice(_SURNAMES)
        head = surname + "".join(chance.sample(_GIVEN, 2))
        head_id = number(chance, 1940, 1975, True)
        township, village = _VILLAGES[at % len(_VILLAGES)]
        household, group = f"2109221{seed:02d}{at + 1:04d}", f"{'一二三四五'[at % 5]}组"
        found.append(Person(head, head_id, "户主", household, head, head_id, township, village, group))
        members = (
            ("配偶", chance.choice(_SURNAMES), 1942, 1978, False),
            ("长子", surname, 1976, 1999, True),
            ("孙女", surname, 2003, 2018, False),
        )
        for relation, family, low, high, male in members[: chance.randrange(0, 4)]:
            name = family + "".join(chance.sample(_GIVEN, 2))
            found.append(Person(name, number(chance, low, high, male), relation, household, head, head_id, township, village, group))
    return found


@dataclass
class Book:
    """A workbook being written: rows of plain cells, with merged titles and headings where asked."""

    path: Path

    def __post_init__(self) -> None:
        self.path.parent.mkdir(parents=True, exist_ok=True)
        self.book = xlsxwriter.Workbook(str(self.path))
        self.book.set_properties({"author": "样例", "created": datetime(2020, 1, 1)})  # noqa: DTZ001
        self.centred = self.book.add_format({"align": "center", "bold": True})
        self.day = self.book.add_format({"num_format": "yyyy/m/d"})

    def sheet(
        self, name: str, rows: Sequence[Sequence[Any]], merges: Sequence[tuple[int, int, int, int, str]] = (), hidden: bool = False
    ) -> None:
        sheet = self.book.add_worksheet(name)
        if hidden:
            sheet.hide()
        for top, left, bottom, right, text in merges:
            sheet.merge_range(top, left, bottom, right, text, self.centred)
        taken = {
            (row, column) for top, left, bottom, right, _ in merges for row in range(top, bottom + 1) for column in range(left, right + 1)
        }
        for at, row in enumerate(rows):
            for column, value in enumerate(row):
                if value is None or (at, column) in taken:
                    continue
                if isinstance(value, date):
                    sheet.write_datetime(at, column, value, self.day)
                elif isinstance(value, str):
                    sheet.write_string(at, column, value)
                else:
                    sheet.write(at, column, value)

    def save(self) -> None:
        self.book.close()


def write_csv(path: Path, rows: Sequence[Sequence[Any]], encoding: str, delimiter: str = ",") -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("w", encoding=encoding, newline="") as stream:
        csv.writer(stream, delimiter=delimiter, lineterminator="\r\n").writerows(
            ["" if value is None else value for value in row] for row in rows
        )


def full_width(text: str) -> str:
    return "".join(chr(ord(character) + 0xFEE0) if "!" <= character <= "~" else character for character in text)


def as_typed(at: int, person: Person) -> str:
    """An identity number in one of the forms people type it, all readable."""
    plain = person.id_number
    forms: tuple[Callable[[], str], ...] = (
        lambda: plain,
        plain.lower,
        lambda: full_width(plain),
        lambda: f" {plain[:6]} {plain[6:14]} {plain[14:]} ",
        lambda: plain[:6] + plain[8:17] if plain[6:8] == "19" else plain,
        lambda: f"'{plain}",
        lambda: plain + "\u3000",
    )
    return forms[at % len(forms)]()


def day_as_typed(at: int, born: date) -> Any:
    """A day in one of the forms people type it."""
    forms = (
        born,
        f"{born.year}.{born.month}.{born.day}",
        f"{born:%Y%m%d}",
        f"{born.year}年{born.month}月{born.day}日",
        f"{born.year}年{born.month}月",
        f"{born:%Y/%m/%d}",
        int(f"{born:%Y%m%d}"),
        (born - date(1899, 12, 30)).days,
        full_width(f"{born:%Y-%m-%d}"),
    )
    return forms[at % len(forms)]


EXPECTED: dict[str, dict[str, Any]] = {}


def expect(path: Path, **what: Any) -> Path:
    EXPECTED[str(path.relative_to(HERE))] = what
    return path


def bad_rows(rows: list[list[Any]], name_at: int, id_at: int) -> dict[str, int]:
    """Spoils five rows in ways that block them; returns how often each rule must speak."""
    rows[0][id_at] = 5.30326e17
    rows[1][id_at] = str(rows[1][id_at])[:17] + ("1" if str(rows[1][id_at])[17] != "1" else "2")
    rows[2][id_at] = str(rows[2][id_at])[:16]
    rows[3][id_at] = None
    rows[4][name_at] = None
    return {"id-damaged": 1, "id-check-digit": 1, "id-length": 1, "id-empty": 1, "name-empty": 1}


def poverty(folder: Path) -> None:
    headings = [
        "省(区、市)",
        "市",
        "县",
        "乡",
        "行政村",
        "自然村",
        "户编号",
        "人编号",
        "姓名",
        "性别",
        "证件号码",
        "人数",
        "与户主关系",
        "民族",
        "文化程度",
        "健康状况",
        "脱贫属性",
        "是否危房",
        "识别时间",
        "联系电话",
    ]

    def row(at: int, person: Person) -> list[Any]:
        return [
            "辽宁省", "阜新市", "彰武县", person.township, person.village, person.group, person.household, f"{person.household}{at % 9 + 1:02d}", person.name, person.sex,
            person.id_number, 3, "本人或户主" if person.relation == "户主" else f"之{person.relation[-1]}" if person.relation == "长子" else person.relation,
            "汉族", "小学", "健康", "已脱贫", "否", date(2014, 6, 1), "13800000000",
        ]  # fmt: skip

    persons = people(1, 12)
    rows = [row(at, person) for at, person in enumerate(persons)]
    book = Book(expect(folder / "should_pass/全国系统导出.xlsx", rows=len(rows), heading_row=1))
    book.sheet("Sheet1", [headings, *rows])
    book.save()

    order = list(range(len(headings)))
    random.Random(2).shuffle(order)
    renames = {"证件号码": "身份证号\n(18位)", "人数": "家 庭 人 口", "自然村": "村民小组", "乡": "乡（镇）", "县": "县(市、区)"}
    shuffled = [[renames.get(headings[at], headings[at]) for at in order]]
    typed = []
    for at, person in enumerate(persons):
        cells = row(at, person)
        cells[10] = as_typed(at, person)
        typed.append([cells[place] for place in order])
    book = Book(expect(folder / "should_pass/列序打乱_标题合并_号码写法各异.xlsx", rows=len(typed), heading_row=4))
    caption: list[list[Any]] = [
        ["彰武县建档立卡贫困人口信息表"],
        ["填报单位：彰武县扶贫开发办公室", *[None] * 10, "填报时间：2020年6月"],
        [None],
    ]
    foot: list[list[Any]] = [
        ["合计", None, None, len(typed)],
        [None],
        ["填表人：", None, "审核人：", None, "单位负责人："],
        ["注：本表数据取自全国扶贫开发信息系统。"],
    ]
    book.sheet("人口信息", [*caption, *shuffled, *typed, *foot], [(0, 0, 0, len(headings) - 1, "彰武县建档立卡贫困人口信息表")])
    book.save()

    write_csv(expect(folder / "should_pass/系统导出_GBK.csv", rows=len(rows), heading_row=1), [headings, *rows], "gbk")
    by_township: dict[str, list[list[Any]]] = {}
    for cells in rows:
        by_township.setdefault(cells[3], []).append(cells)
    book = Book(expect(folder / "should_pass/分乡镇多张工作表.xlsx", rows=len(rows), heading_row=2, sheets=len(by_township)))
    book.sheet("说明", [["本工作簿按乡镇分表，共三张。"]])
    for township, part in by_township.items():
        book.sheet(township, [[f"{township}建档立卡人口"], headings, *part], [(0, 0, 0, 8, f"{township}建档立卡人口")])
    book.save()

    spoiled = [row(at, person) for at, person in enumerate(people(3, 6))]
    checks = bad_rows(spoiled, 8, 10)
    book = Book(expect(folder / "should_fail/号码和姓名有误.xlsx", checks=checks, rows=len(spoiled)))
    book.sheet("Sheet1", [headings, *spoiled])
    book.save()
    book = Book(expect(folder / "should_fail/只有表头.xlsx", code="no-rows"))
    book.sheet("Sheet1", [headings])
    book.save()


def allowance(folder: Path) -> None:
    headings = [
        "序号",
        "乡镇",
        "村",
        "低保证号",
        "户主姓名",
        "成员姓名",
        "身份证号",
        "性别",
        "与户主关系",
        "保障人数",
        "月保障金额（元）",
        "开始享受日期",
        "银行账号",
    ]
    persons = people(11, 10)

    def rows_of(persons: Sequence[Person]) -> list[list[Any]]:
        rows: list[list[Any]] = []
        seen: set[str] = set()
        for at, person in enumerate(persons):
            first = person.household not in seen
            seen.add(person.household)
            front = [f"辽彰农低{person.household[-4:]}", person.head] if first else [None, None]
            tail = [2, 560.5, "2018年1月", "6222020000000000000"] if first else [None, None, None, None]
            rows.append(
                [at + 1, person.township, person.village, *front, person.name, person.id_number, person.sex, person.relation, *tail]
            )
        return rows

    rows = rows_of(persons)
    book = Book(expect(folder / "should_pass/户主行带成员行.xlsx", rows=len(rows), heading_row=2, filled="cert_no"))
    book.sheet(
        "农村低保",
        [["2020年5月农村最低生活保障对象花名册"], headings, *rows, ["合计", None, None, None, None, None, None, None, None, 12, 5605]],
        [(0, 0, 0, 12, "2020年5月农村最低生活保障对象花名册")],
    )
    book.save()

    two = [
        ["序号", "住址", None, "户主（申请人）信息", None, None, "家庭成员情况", None, None, "救助情况", None],
        [None, "乡镇", "村", "姓名", "身份证号", "低保证号", "姓名", "公民身份号码", "与户主关系", "类别", "月保障金额(元)"],
    ]
    body = [
        [
            at + 1,
            person.township,
            person.village,
            person.head,
            person.head_id,
            f"辽彰农低{person.household[-4:]}",
            person.name,
            as_typed(at, person),
            person.relation,
            "B类",
            560,
        ]
        for at, person in enumerate(persons)
    ]
    merges = [
        (0, 0, 1, 0, "序号"),
        (0, 1, 0, 2, "住址"),
        (0, 3, 0, 5, "户主（申请人）信息"),
        (0, 6, 0, 8, "家庭成员情况"),
        (0, 9, 0, 10, "救助情况"),
    ]
    book = Book(expect(folder / "should_pass/两行表头合并单元格.xlsx", rows=len(body), heading_row=2, filled="cert_no"))
    book.sheet("Sheet1", [*two, *body], merges)
    book.save()

    heads = [person for person in persons if person.relation == "户主"]
    simple: list[list[Any]] = [["低保证编号", "申请人姓名", "申请人身份证号", "乡镇", "村", "家庭人口", "保障人口", "户月保障金"]]
    simple += [
        [f"辽彰农低{person.household[-4:]}", person.name, person.id_number, person.township, person.village, "3人", 2, "1,060.00"]
        for person in heads
    ]
    write_csv(
        expect(folder / "should_pass/一户一行_制表符_UTF8.csv", rows=len(heads), heading_row=1, relation="02"), simple, "utf-8-sig", "\t"
    )

    spoiled = rows_of(people(13, 6))
    checks = bad_rows(spoiled, 5, 6)
    book = Book(expect(folder / "should_fail/号码和姓名有误.xlsx", checks=checks, rows=len(spoiled)))
    book.sheet("农村低保", [headings, *spoiled])
    book.save()
    book = Book(expect(folder / "should_fail/没有表头.xlsx", code="no-heading"))
    book.sheet("Sheet1", [[1, 2, 3], [4, 5, 6], [7, 8, 9]])
    book.save()


def extreme_poverty(folder: Path) -> None:
    headings = [
        "序号",
        "乡（镇）",
        "行政村",
        "特困证号",
        "姓名",
        "性别",
        "身份证号码",
        "出生年月",
        "供养方式",
        "自理能力",
        "月供养金",
        "照料护理人",
        "备注",
    ]
    persons = [person for person in people(21, 12) if person.relation == "户主"]

    def row(at: int, person: Person) -> list[Any]:
        mode = ("分散供养", "分散", "集中供养", "居家")[at % 4]
        return [
            at + 1,
            person.township,
            person.village,
            f"辽彰特{at + 1:04d}",
            person.name,
            person.sex,
            person.id_number,
            day_as_typed(at, person.born),
            mode,
            "全自理",
            680,
            "李守华",
            None,
        ]

    rows = [row(at, person) for at, person in enumerate(persons)]
    book = Book(expect(folder / "should_pass/特困人员名册.xlsx", rows=len(rows), heading_row=3, notes={"tk-in-institution": 3}))
    book.sheet(
        "特困",
        [["彰武县农村特困人员救助供养名册"], ["单位：元"], headings, *rows, ["共计", None, None, None, f"{len(rows)}人"]],
        [(0, 0, 0, 12, "彰武县农村特困人员救助供养名册")],
    )
    book.save()
    old = [["五保证号", "五保对象姓名", "公民身份号码", "供养形式", "乡镇", "村", "享受时间"]]
    old += [
        [f"五保{at:03d}", person.name, as_typed(at, person), "分散", person.township, person.village, "2012.7"]
        for at, person in enumerate(persons)
    ]
    write_csv(expect(folder / "should_pass/旧称五保_分号分隔.csv", rows=len(persons), heading_row=1), old, "utf-8", ";")

    spoiled = [row(at, person) for at, person in enumerate([one for one in people(23, 8) if one.relation == "户主"])]
    checks = bad_rows(spoiled, 4, 6)
    spoiled[5][8] = "不清楚"
    book = Book(expect(folder / "should_fail/号码姓名供养方式有误.xlsx", checks={**checks, "choice-unknown": 1}, rows=len(spoiled)))
    book.sheet("特困", [headings, *spoiled])
    book.save()


def disability(folder: Path) -> None:
    headings = ["序号", "姓名", "性别", "残疾证号", "身份证号", "残疾类别", "残疾等级", "监护人", "乡镇", "村", "联系电话", "贫困类型"]
    kinds = {"视力": "1", "听力": "2", "言语": "3", "肢体": "4", "智力": "5", "精神": "6"}
    levels = {"一级": "1", "二级": "2", "三级": "3", "四级": "4"}
    persons = people(31, 8)

    def row(at: int, person: Person) -> list[Any]:
        kind, level = list(kinds)[at % 6], list(levels)[at % 4]
        cert = person.id_number + kinds[kind] + levels[level] + ("B1" if at % 7 == 6 else "")
        return [
            at + 1,
            person.name,
            person.sex,
            cert,
            person.id_number,
            kind + "残疾" * (at % 2),
            level,
            person.head,
            person.township,
            person.village,
            "13800000000",
            "建档立卡",
        ]

    rows = [row(at, person) for at, person in enumerate(persons)]
    book = Book(expect(folder / "should_pass/贫困残疾人名册.xlsx", rows=len(rows), heading_row=2))
    book.sheet("Sheet1", [["彰武县贫困残疾人家庭名册"], headings, *rows], [(0, 0, 0, 11, "彰武县贫困残疾人家庭名册")])
    book.save()
    short = [["残疾人姓名", "残疾人证号", "残疾类型", "残疾级别", "家庭住址"]]
    short += [[cells[1], cells[3], cells[5], cells[6], f"彰武县{cells[8]}{cells[9]}"] for cells in rows]
    book = Book(expect(folder / "should_pass/只有残疾证号.xlsx", rows=len(rows), heading_row=1, filled="id_number"))
    book.sheet("持证残疾人", short)
    book.save()

    spoiled = [row(at, person) for at, person in enumerate(people(33, 6))]
    checks = bad_rows(spoiled, 1, 4)
    spoiled[3][3] = "5.30326E+19"
    spoiled[5][3] = str(spoiled[5][3])[:12]
    spoiled[6][6] = list(levels)[(6 + 1) % 4]
    expected = {**checks, "cj-cert-form": 1, "cj-cert-differs": 1, "code-damaged": 1}
    book = Book(expect(folder / "should_fail/残疾证号与身份证号不一致.xlsx", checks=expected, rows=len(spoiled)))
    book.sheet("Sheet1", [headings, *spoiled])
    book.save()


def housing(folder: Path) -> None:
    headings = [
        "序号",
        "乡镇",
        "村",
        "组",
        "户主姓名",
        "身份证号",
        "家庭人口",
        "贫困类型",
        "结构形式",
        "危房等级",
        "改造方式",
        "改造年度",
        "补助金额（万元）",
        "开工日期",
        "竣工日期",
        "验收日期",
        "联系电话",
    ]
    persons = [person for person in people(41, 14) if person.relation == "户主"]

    def row(at: int, person: Person) -> list[Any]:
        grade, method, amount = ("C级", "修缮加固", 1.4) if at % 2 else ("D", "原址翻建", 2.1)
        return [
            at + 1,
            person.township,
            person.village,
            person.group,
            person.name,
            person.id_number,
            3,
            "低保户",
            "土木",
            grade,
            method,
            f"{2014 + at % 5}年",
            amount,
            "2017.5.10",
            "2017年9月20日",
            date(2017, 10, 15),
            "13800000000",
        ]

    rows = [row(at, person) for at, person in enumerate(persons)]
    book = Book(expect(folder / "should_pass/危改台账_万元.xlsx", rows=len(rows), heading_row=2, support_amount="21000.00"))
    book.sheet(
        "台账",
        [["彰武县农村危房改造台账"], headings, *rows, ["合计", None, None, None, None, None, 42, None, None, None, None, None, 24.5]],
        [(0, 0, 0, 16, "彰武县农村危房改造台账")],
    )
    book.save()

    two = [
        ["档案编号", "农户基本信息", None, None, None, "原住房情况", None, "改造情况", None, None, "资金（元）", None],
        [
            None,
            "户主姓名",
            "证件号码",
            "所在乡镇",
            "所在村",
            "建造年代",
            "房屋等级",
            "列入年度计划",
            "改造方式",
            "建设方式",
            "总造价",
            "补助资金",
        ],
    ]
    body = [
        [
            f"〔大冷镇〕危改字〔2017〕{at + 1:02d}号",
            person.name,
            as_typed(at, person),
            person.township,
            person.village,
            1985,
            "C",
            2017,
            "维修加固",
            "自建",
            30000,
            14000,
        ]
        for at, person in enumerate(persons)
    ]
    merges = [
        (0, 0, 1, 0, "档案编号"),
        (0, 1, 0, 4, "农户基本信息"),
        (0, 5, 0, 6, "原住房情况"),
        (0, 7, 0, 9, "改造情况"),
        (0, 10, 0, 11, "资金（元）"),
    ]
    book = Book(expect(folder / "should_pass/农户档案_两行表头.xlsx", rows=len(body), heading_row=2, support_amount="14000.00"))
    book.sheet("农户档案", [*two, *body], merges)
    book.save()

    spoiled = [row(at, person) for at, person in enumerate([one for one in people(43, 9) if one.relation == "户主"])]
    checks = bad_rows(spoiled, 4, 5)
    spoiled[5][12], spoiled[6][15], spoiled[7][9] = "待定", "2017.13.45", "E级"
    expected = {**checks, "money-expected": 1, "date-form": 1, "choice-unknown": 1}
    book = Book(expect(folder / "should_fail/号码金额日期等级有误.xlsx", checks=expected, rows=len(spoiled)))
    book.sheet("台账", [headings, *spoiled])
    book.save()


def village(folder: Path) -> None:
    headings = ["户号", "户主姓名", "姓名", "性别", "与户主关系", "出生日期", "公民身份证号码", "民族", "户口性质", "是否常住", "组"]
    persons = people(51, 12)

    def row(at: int, person: Person) -> list[Any]:
        return [
            person.household,
            person.head,
            person.name,
            person.sex,
            person.relation,
            day_as_typed(at, person.born),
            person.id_number,
            "汉族",
            "农业",
            "是",
            person.group,
        ]

    rows = [row(at, person) for at, person in enumerate(persons)]
    merges: list[tuple[int, int, int, int, str]] = [(0, 0, 0, 10, "程沟村农户花名册")]
    start = 0
    for at in range(1, len(rows) + 1):
        if at == len(rows) or rows[at][0] != rows[start][0]:
            if at - start > 1:
                merges += [(start + 2, column, at + 1, column, rows[start][column]) for column in (0, 1)]
            start = at
    book = Book(expect(folder / "should_pass/户号户主纵向合并.xlsx", rows=len(rows), heading_row=2, filled="household"))
    book.sheet("花名册", [["程沟村农户花名册"], headings, *rows], merges)
    book.save()

    blank: list[list[Any]] = []
    for at, person in enumerate(persons):
        cells = row(at, person)
        if person.relation != "户主":
            cells[0] = cells[1] = None
        cells[6] = as_typed(at, person)
        blank.append(cells)
    body = [["程沟村一组"], *blank[:6], headings, *blank[6:], [None] * 4, ["村委会负责人：", None, None, "经办人："]]
    book = Book(expect(folder / "should_pass/成员行户号留空_中间重复表头.xlsx", rows=len(blank), heading_row=1, filled="household"))
    book.sheet("花名册", [headings, *body])
    book.sheet("旧表", [headings, *[row(at, person) for at, person in enumerate(people(52, 3))]], hidden=True)
    book.save()

    spoiled = [row(at, person) for at, person in enumerate(people(53, 7))]
    checks = bad_rows(spoiled, 2, 6)
    spoiled[5][4], spoiled[6][3] = "邻居家的", "男" if spoiled[6][3] == "女" else "女"
    spoiled[7][5] = "1900-01-01"
    expected = {**checks, "relation-unknown": 1, "sex-differs": 1, "birth-date-differs": 1}
    book = Book(expect(folder / "should_fail/号码关系性别有误.xlsx", checks=expected, rows=len(spoiled)))
    book.sheet("花名册", [headings, *spoiled])
    book.save()
    book = Book(expect(folder / "should_fail/空工作表.xlsx", code="empty-sheet"))
    book.sheet("Sheet1", [])
    book.save()


MAKERS: dict[str, Callable[[Path], None]] = {
    "poverty-persons": poverty,
    "allowance-households": allowance,
    "extreme-poverty-persons": extreme_poverty,
    "disabled-persons": disability,
    "housing-ledger": housing,
    "village-roll": village,
}


def main() -> None:
    for key, make in MAKERS.items():
        shutil.rmtree(HERE / key, ignore_errors=True)
        make(HERE / key)
    (HERE / "expected.json").write_text(json.dumps(EXPECTED, ensure_ascii=False, indent=1, sort_keys=True) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
