"""Lists as offices send them: found, understood, read row by row."""

import csv
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from anju.tabular.layout import Column, Layout
from anju.tabular.reading import Remarks, SheetRow, Unreadable, raw_rows, read, recognise
from anju.tabular.tests.files import PERSONS, id_number, old_workbook, save, save_sheets
from anju.vocabulary.keygroup import Office

HEADINGS = ["姓名", "身份证号"]


def rows_of(path: Path, layout: Layout = PERSONS, **options: Any) -> list[SheetRow]:
    return list(read(path, recognise(path, [layout]), **options))


def one(tmp_path: Path, heading: str, value: Any) -> SheetRow:
    """The row of a list with one more column holding one value."""
    path = save(tmp_path / "one.xlsx", [[*HEADINGS, heading], ["张三丰", id_number(1), value]])
    return rows_of(path)[0]


def checks(row: SheetRow) -> list[str]:
    return [found.check for found in row.findings]


# where the list is


def test_title_rows_notes_and_sums_around_the_list_are_not_people(tmp_path: Path) -> None:
    rows = [
        ["彰武县花名册"],
        ["单位：大冷镇", None, "2020年6月"],
        [],
        ["序号", *HEADINGS],
        [1, 2, 3],
        ["示例", "张三", id_number(9)],
        [1, "李四", id_number(1)],
        [2],
        [],
        ["合计：1人"],
        ["填表说明：按户口本填写"],
        ["填表人：", "", "审核人："],
    ]
    path = save(tmp_path / "a.xlsx", rows, merges=[(0, 0, 0, 2, "彰武县花名册")])
    recognition = recognise(path, [PERSONS])
    assert recognition.header_rows == (4, 4)
    remarks = Remarks()
    found = list(read(path, recognition, remarks=remarks))
    assert [(row.row, row.values["name"]) for row in found] == [(7, "李四")]
    assert [(skipped.row, skipped.reason) for skipped in remarks.skipped] == [
        (5, "列序号行"), (6, "填写示例"), (8, "只有序号的空行"), (10, "合计或说明行"), (11, "合计或说明行"), (12, "合计或说明行"),
    ]  # fmt: skip


def test_headings_over_two_rows_tell_the_head_from_the_member(tmp_path: Path) -> None:
    rows = [
        ["户号", "户主信息", None, "成员信息", None],
        [None, "姓名", "身份证号", "姓名", "身份证号"],
        ["1", "张三", id_number(1), "李四", id_number(2)],
    ]
    path = save(tmp_path / "a.xlsx", rows, merges=[(0, 0, 1, 0, "户号"), (0, 1, 0, 2, "户主信息"), (0, 3, 0, 4, "成员信息")])
    assert rows_of(path)[0].values == {
        "household": "1",
        "head_name": "张三",
        "head_id_number": id_number(1),
        "name": "李四",
        "id_number": id_number(2),
    }


def test_group_words_that_were_never_merged_reach_over_the_blank_cells_to_their_right(tmp_path: Path) -> None:
    rows = [["户主信息", None, "成员信息", None], ["姓名", "身份证号", "姓名", "身份证号"], ["张三", id_number(1), "李四", id_number(2)]]
    path = save(tmp_path / "a.xlsx", rows)
    assert rows_of(path)[0].values == {"head_name": "张三", "head_id_number": id_number(1), "name": "李四", "id_number": id_number(2)}


def test_headings_over_three_rows_are_joined(tmp_path: Path) -> None:
    rows = [
        ["基本信息", None, None, "房屋信息", None],
        ["户主", None, "村", "补助", None],
        ["姓名", "身份证号", None, "等级", "金额（万元）"],
        ["张三", id_number(1), "程沟村", "C级", 1.4],
    ]
    merges = [(0, 0, 0, 2, "基本信息"), (0, 3, 0, 4, "房屋信息"), (1, 0, 1, 1, "户主"), (1, 3, 1, 4, "补助"), (1, 2, 2, 2, "村")]
    found = rows_of(save(tmp_path / "a.xlsx", rows, merges=merges))
    assert found[0].values["support_amount"] == Decimal("14000.00")
    assert (found[0].values["name"], found[0].values["village"], found[0].values["grade"]) == ("张三", "程沟村", "C")


def test_columns_may_stand_in_any_order_and_anywhere(tmp_path: Path) -> None:
    path = save(tmp_path / "a.xlsx", [[], [None, None, "身份证号", None, "性别", "姓名"], [None, None, id_number(1), None, "男", "张三丰"]])
    row = rows_of(path)[0]
    assert (row.row, row.values["name"], row.values["sex"]) == (3, "张三丰", "1")
    assert row.cells == [None, None, id_number(1), None, "男", "张三丰"]


@pytest.mark.parametrize(
    "heading",
    [
        "身份证号",
        "身份证号码",
        "＊身份证号",
        "身份证 号",
        "身份证\n号码",
        "身份证号（18位）",
        "身份证号码(必填)",
        "公民身份号码",
        "证件号码",
        " 身 份 证 号 ",
        "3.身份证号",
        "身份证号：",
        "【身份证号】",
    ],
)
def test_headings_are_known_however_they_are_written(tmp_path: Path, heading: str) -> None:
    path = save(tmp_path / "a.xlsx", [["姓 名", heading], ["张三丰", id_number(1)]])
    assert recognise(path, [PERSONS]).columns == {"name": 0, "id_number": 1}


def test_an_unknown_heading_of_the_number_is_known_by_what_stands_below_it(tmp_path: Path) -> None:
    path = save(tmp_path / "a.xlsx", [["姓名", "号码一栏", "性别"], *[["张三丰", id_number(at), "男"] for at in range(5)]])
    assert recognise(path, [PERSONS]).columns["id_number"] == 1


def test_a_list_of_heads_reads_the_head_as_the_person(tmp_path: Path) -> None:
    path = save(tmp_path / "a.xlsx", [["户主姓名", "户主身份证号", "人口"], ["张三丰", id_number(1), 3]])
    assert rows_of(path)[0].values == {
        "name": "张三丰",
        "id_number": id_number(1),
        "population": 3,
        "relation": "02",
        "head_name": "张三丰",
    }


def test_sheets_of_one_list_are_read_one_after_another_and_others_left(tmp_path: Path) -> None:
    sheets = {
        "封面": [["农户花名册"]],
        "大冷镇": [HEADINGS, ["张三", id_number(1)]],
        "双庙镇": [["双庙镇"], ["序号", *HEADINGS], [1, "李四", id_number(2)]],
        "空表": [HEADINGS],
    }
    path = save_sheets(tmp_path / "a.xlsx", sheets)
    recognition = recognise(path, [PERSONS])
    assert [plan.name for plan in recognition.sheets] == ["大冷镇", "双庙镇"]
    assert [(row.sheet, row.row, row.values["name"]) for row in read(path, recognition)] == [("大冷镇", 2, "张三"), ("双庙镇", 3, "李四")]
    assert {name for name, _ in recognition.other_sheets} == {"封面", "空表"}


def test_reading_resumes_after_a_row_of_a_sheet(tmp_path: Path) -> None:
    sheets = {name: [HEADINGS, *[["张三", id_number(at)] for at in range(5)]] for name in ("一", "二")}
    path = save_sheets(tmp_path / "a.xlsx", sheets)
    recognition = recognise(path, [PERSONS])
    every = [(row.sheet, row.row) for row in read(path, recognition)]
    for at, taken in enumerate(every):
        assert [(row.sheet, row.row) for row in read(path, recognition, taken)] == every[at + 1 :]
    assert [(row.sheet, row.row) for row in read(path, recognition, 4)] == every[3:]


def test_a_mapping_given_by_a_clerk_overrides_what_was_recognised(tmp_path: Path) -> None:
    path = save(tmp_path / "a.xlsx", [["姓名", "曾用名", "甲号", "乙号"], ["张三", "张四", id_number(1), id_number(2)]])
    recognition = recognise(path, [PERSONS], {"name": "曾用名", "id_number": "乙号"})
    assert recognition.known
    assert next(read(path, recognition)).values == {"name": "张四", "id_number": id_number(2)}


def test_a_mapping_to_a_heading_that_is_not_there_says_which(tmp_path: Path) -> None:
    path = save(tmp_path / "a.xlsx", [["姓名", "甲号"], ["张三", id_number(1)]])
    with pytest.raises(Unreadable, match="乙号") as refused:
        recognise(path, [PERSONS], {"name": "姓名", "id_number": "乙号"})
    assert refused.value.code == "mapping"


def test_an_unknown_file_comes_back_with_what_was_seen(tmp_path: Path) -> None:
    rows = [["某某登记表"], ["甲", "乙", "丙", "丁"], *[["王小明", 3.5, f"1985.3.{at}", "备用"] for at in range(1, 9)]]
    path = save(tmp_path / "a.xlsx", rows)
    recognition = recognise(path, [PERSONS])
    assert not recognition.known
    assert [seen.heading for seen in recognition.seen] == ["甲", "乙", "丙", "丁"]
    assert recognition.seen[0].samples == ("王小明",) * 5
    assert recognition.seen[2].reason == "内容是日期"
    with pytest.raises(Unreadable) as refused:
        next(read(path, recognition))
    assert refused.value.code == "missing-columns"


def test_an_unknown_file_guesses_columns_by_their_content(tmp_path: Path) -> None:
    surnames = "王李张刘陈杨赵黄"
    rows = [
        ["A列", "B列", "C列", "D列"],
        *[[f"{surnames[at]}小{surnames[-at]}", id_number(at), "男", f"大冷镇程沟村{at}组"] for at in range(8)],
    ]
    other = Layout("other", "其他", Office.VILLAGE, None, (Column("cert_no", "证号"),), needs=(("cert_no",),))
    recognition = recognise(save(tmp_path / "a.xlsx", rows), [other])
    assert not recognition.known
    assert [seen.guess for seen in recognition.seen] == ["name", "id_number", "sex", "group"]


def test_signature_headings_and_titles_tell_layouts_apart(tmp_path: Path) -> None:
    other = Layout("other", "特种名单", Office.VILLAGE, None, PERSONS.columns, signature=("电话",), title_words=("特种",))
    plain = save(tmp_path / "a.xlsx", [[*HEADINGS, "户号"], ["张三", id_number(1), "1"]])
    assert recognise(plain, [other, PERSONS]).layout is PERSONS
    titled = save(tmp_path / "b.xlsx", [["特种名单"], [*HEADINGS, "户号"], ["张三", id_number(1), "1"]])
    assert recognise(titled, [other, PERSONS]).layout is other
    assert recognise(plain, [other, PERSONS], name="特种人员.xlsx").layout is other


def test_where_nothing_speaks_for_a_layout_the_neutral_one_is_taken(tmp_path: Path) -> None:
    neutral = Layout("neutral", "花名册", Office.VILLAGE, None, PERSONS.columns, fallback=True)
    path = save(tmp_path / "a.xlsx", [HEADINGS, ["张三", id_number(1)]])
    assert recognise(path, [PERSONS, neutral]).layout is neutral
    assert recognise(path, [PERSONS, neutral]).confidence < 0.7


def test_old_workbooks_are_read(tmp_path: Path) -> None:
    path = old_workbook(tmp_path / "旧格式.xls", [["姓名", "身份证号", "人口"], ["张三丰", id_number(1), 3.0]])
    recognition = recognise(path, [PERSONS])
    assert recognition.kind == "xls"
    assert next(read(path, recognition)).values == {"name": "张三丰", "id_number": id_number(1), "population": 3}


# text tables


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gbk", "gb18030", "utf-16"])
@pytest.mark.parametrize("delimiter", [",", "\t", ";"])
def test_text_tables_are_read_in_their_encoding_and_with_their_separator(tmp_path: Path, encoding: str, delimiter: str) -> None:
    path = tmp_path / "a.csv"
    with path.open("w", encoding=encoding, newline="") as stream:
        csv.writer(stream, delimiter=delimiter).writerows(
            [
                ["姓名", "身份证号", "备注"],
                ["张三", id_number(1), "a,b"],
                [],
                ["李四", f'="{id_number(2)}"', "两\n行"],
                ["王五", id_number(3), ""],
            ]
        )
    assert [(row.row, row.values["name"], row.values["id_number"]) for row in rows_of(path)] == [
        (2, "张三", id_number(1)),
        (4, "李四", id_number(2)),
        (5, "王五", id_number(3)),
    ]


def test_a_text_table_with_broken_characters_keeps_the_row_and_says_so(tmp_path: Path) -> None:
    path = tmp_path / "a.csv"
    path.write_bytes("姓名,身份证号\n张三,".encode() + id_number(1).encode() + b"\n\xff\xfe\xfd,1\n")
    rows = rows_of(path)
    assert "text-damaged" in checks(rows[1])


def test_a_number_in_scientific_notation_in_a_text_table_is_never_accepted(tmp_path: Path) -> None:
    path = tmp_path / "a.csv"
    path.write_text("姓名,身份证号\n张三,5.30326E+17\n李四,530326198503020000\n", encoding="utf-8")
    assert [checks(row) for row in rows_of(path)] == [["id-damaged"], ["id-damaged"]]


# values as people type them


def test_every_typed_form_of_a_number_is_read_back(tmp_path: Path) -> None:
    x = next(number for number in map(id_number, range(1000)) if number.endswith("X"))
    forms = [
        x,
        x.lower(),
        f" {x[:6]} {x[6:14]} {x[14:]}",
        "".join(chr(ord(c) + 0xFEE0) for c in x),
        f"'{x}",
        x[:6] + x[8:17],
        int(x[:6] + x[8:17]),
        f"{x}\n",
        x[:17] + "×",
    ]
    path = save(tmp_path / "a.xlsx", [HEADINGS, *[["张三", form] for form in forms]])
    rows = rows_of(path)
    assert [row.values["id_number"] for row in rows] == [x] * len(forms)
    assert not any(row.blocked for row in rows)
    assert [checks(row) for row in rows] == [[]] + [["id-rewritten"]] * (len(forms) - 1)


def test_numbers_that_break_a_rule_block_their_row_with_that_rule(tmp_path: Path) -> None:
    good = id_number(1)
    wrong = {
        "id-empty": None,
        "id-damaged": 5.30326e17,
        "id-form": "21092A198503021237",
        "id-length": good[:16],
        "id-birth-date": "210922198513021237",
        "id-check-digit": good[:17] + ("1" if good[17] != "1" else "2"),
        "id-future": id_number(1, "20200611"),
    }
    path = save(tmp_path / "a.xlsx", [HEADINGS, *[["张三", value] for value in wrong.values()]])
    rows = rows_of(path, today=date(2020, 6, 10))
    assert [checks(row) for row in rows] == [[check] for check in wrong]
    assert all(row.blocked and "id_number" not in row.values for row in rows)
    assert all("“身份证号”列" in row.findings[0].message and row.findings[0].column == "身份证号" for row in rows)


@pytest.mark.parametrize(
    "typed", ["1985.3.2", "19850302", "1985年3月2日", "1985/03/02", "1985-3-2", 31108, 19850302, "１９８５．３．２", "1985-03-02 00:00:00"]
)
def test_days_are_read_however_they_are_typed(tmp_path: Path, typed: Any) -> None:
    row = one(tmp_path, "出生日期", typed)
    assert row.values["birth_date"] == date(1985, 3, 2)
    assert row.findings == ()


def test_a_month_without_day_is_kept_as_a_month(tmp_path: Path) -> None:
    row = one(tmp_path, "出生日期", "1985年3月")
    assert (row.values["birth_date"], row.values["birth_date_precision"]) == (date(1985, 3, 1), "month")
    assert checks(row) == ["date-month"]
    path = save(tmp_path / "a.xlsx", [[*HEADINGS, "出生日期"], ["张三", None, "1985.3"]])
    assert rows_of(path)[0].values["birth_date_precision"] == "month"


def test_what_disagrees_with_the_number_is_doubted_not_blocked(tmp_path: Path) -> None:
    row = one(tmp_path, "出生日期", "1985.3.3")
    assert checks(row) == ["birth-date-differs"]
    assert not row.blocked
    assert "1985-03-02" in row.findings[0].message
    assert checks(one(tmp_path, "性别", "女")) == ["sex-differs"]


@pytest.mark.parametrize(
    ("heading", "typed", "key", "value"),
    [
        ("性别", "男性", "sex", "1"),
        ("性别", 1, "sex", "1"),
        ("与户主关系", "之 长子", "relation", "20"),
        ("与户主关系", "本人或户主", "relation", "02"),
        ("人口", "4人", "population", 4),
        ("人口", "三", "population", 3),
        ("补助金额", "14,000.50元", "support_amount", Decimal("14000.50")),
        ("补助金额", 1.4, "support_amount", Decimal("1.40")),
        ("补助金额（万元）", 1.4, "support_amount", Decimal("14000.00")),
        ("补助金额（万元）", "1.4", "support_amount", Decimal("14000.00")),
        ("补助金额（万元）", "14000元", "support_amount", Decimal("14000.00")),
        ("补助金额", "1.4万", "support_amount", Decimal("14000.00")),
        ("补助金额", "￥14000", "support_amount", Decimal("14000.00")),
        ("等级", "Ｄ级", "grade", "D"),
        ("户号", 2109220001, "household", "2109220001"),
        ("电话", 13800000000, "phone", "13800000000"),
        ("村", " 程沟\u3000村 ", "village", "程沟 村"),
    ],
)
def test_values_are_read_however_they_are_typed(tmp_path: Path, heading: str, typed: Any, key: str, value: Any) -> None:
    row = one(tmp_path, heading, typed)
    assert row.values[key] == value
    assert row.findings == ()


@pytest.mark.parametrize(
    ("heading", "typed", "check"),
    [
        ("性别", "未说明的性别", "sex-unknown"),
        ("与户主关系", "邻居", "relation-unknown"),
        ("出生日期", "1985.2.30", "date-form"),
        ("人口", "很多", "number-expected"),
        ("人口", "9" * 5000, "number-expected"),
        ("补助金额", "待定", "money-expected"),
        ("补助金额", "9" * 40, "money-expected"),
        ("等级", "E级", "choice-unknown"),
        ("户号", 2.1092219850302e17, "code-damaged"),
        ("户号", "2.1E+17", "code-damaged"),
    ],
)
def test_values_that_cannot_be_read_are_told_and_never_guessed(tmp_path: Path, heading: str, typed: Any, check: str) -> None:
    row = one(tmp_path, heading, typed)
    assert checks(row) == [check]
    assert not row.blocked
    assert set(row.values) == {"name", "id_number"}
    assert "；" in row.findings[0].message


def test_names_are_tidied_and_odd_ones_doubted(tmp_path: Path) -> None:
    typed = ["张 三", "阿依古丽．买买提", "李四（户主）", "张三、李四", "王5", None, "　"]
    path = save(tmp_path / "a.xlsx", [HEADINGS, *[[name, id_number(1)] for name in typed]])
    rows = rows_of(path)
    assert [row.values.get("name") for row in rows] == ["张三", "阿依古丽·买买提", "李四", "张三、李四", "王5", None, None]
    assert [checks(row) for row in rows] == [[], [], [], ["name-form"], ["name-form"], ["name-empty"], ["name-empty"]]


def test_a_household_printed_once_covers_its_members(tmp_path: Path) -> None:
    rows = [
        ["户号", "户主", "姓名", "身份证号", "关系"],
        ["1", "张三", "张三", id_number(1), "户主"],
        [None, None, "李四", id_number(2), "配偶"],
        [None, None, "王五", id_number(3), "户主"],
    ]
    found = rows_of(save(tmp_path / "a.xlsx", rows))
    assert [row.values.get("household") for row in found] == ["1", "1", None]
    assert checks(found[1]) == ["carried-down"]


def test_cells_merged_downwards_belong_to_each_row(tmp_path: Path) -> None:
    rows = [["户号", "姓名", "身份证号"], ["7", "张三", id_number(1)], [None, "李四", id_number(2)], [None, "王五", id_number(3)]]
    found = rows_of(save(tmp_path / "a.xlsx", rows, merges=[(1, 0, 3, 0, "7")]))
    assert [row.values["household"] for row in found] == ["7", "7", "7"]
    assert [row.findings for row in found] == [(), (), ()]


def test_a_row_that_lacks_everything_but_a_place_is_kept_with_its_reasons(tmp_path: Path) -> None:
    rows = [["序号", "乡镇", "村", *HEADINGS], [1, "大冷镇", "程沟村", None, None]]
    found = rows_of(save(tmp_path / "a.xlsx", rows))
    assert checks(found[0]) == ["name-empty", "id-empty"]


def test_raw_rows_are_the_cells_as_they_stand(tmp_path: Path) -> None:
    path = save(tmp_path / "a.xlsx", [["标题"], HEADINGS, ["张三", 210922850302123], [None, None], ["合计", 1]])
    assert [(row, cells) for _, row, cells in raw_rows(path, recognise(path, [PERSONS]))] == [
        (3, ["张三", 210922850302123]),
        (4, [None, None]),
        (5, ["合计", 1]),
    ]


def test_a_long_list_is_recognised_from_its_beginning_and_read_whole(tmp_path: Path) -> None:
    count = 12_000
    rows = [["花名册"], [*HEADINGS, "乡镇", "村"], *[["张三", id_number(at % 1000), "大冷镇", f"程沟村{at}"] for at in range(count)]]
    path = save(tmp_path / "a.xlsx", rows, merges=[(0, 0, 0, 3, "花名册")])
    recognition = recognise(path, [PERSONS])
    assert recognition.rows == count
    assert sum(1 for _ in read(path, recognition)) == count
