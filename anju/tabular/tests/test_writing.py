"""What people download: plain lists, the error workbook, the template."""

import zipfile
from datetime import date, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

import openpyxl
import pytest

from anju.checks import WARN, Finding
from anju.tabular.reading import Unreadable, read, recognise
from anju.tabular.tests.files import PERSONS, id_number, save, save_sheets
from anju.tabular.writing import Sheet, error_workbook, sheet_name, template, workbook


def cells(path: Path, sheet: int | str = 0) -> list[list[Any]]:
    book = openpyxl.load_workbook(path)
    chosen = book[sheet] if isinstance(sheet, str) else book.worksheets[sheet]
    return [[cell.value for cell in row] for row in chosen.iter_rows()]


def test_identifying_numbers_are_text_and_figures_are_numbers(tmp_path: Path) -> None:
    path = tmp_path / "a.xlsx"
    values = [id_number(1), 41248, Decimal("14000.50"), date(2020, 6, 10), datetime(2020, 6, 10, 8, 30), True, None, 6222020000000000000]  # noqa: DTZ001
    assert workbook(path, [Sheet("名单", ["a"] * 8, [values])]) == 1
    sheet = openpyxl.load_workbook(path).worksheets[0]
    row = [cell.value for cell in sheet[2]]
    assert row == [id_number(1), 41248, 14000.5, datetime(2020, 6, 10), datetime(2020, 6, 10, 8, 30), "是", None, "6222020000000000000"]  # noqa: DTZ001
    assert sheet["A2"].number_format == "@"
    assert sheet["D2"].number_format == "yyyy-mm-dd"


@pytest.mark.parametrize("text", ["=1+1", "+86", "-cmd|' /C calc'!A0", "@SUM(A1)", "\t=1", '=HYPERLINK("http://x")'])
def test_nothing_that_was_typed_becomes_a_formula(tmp_path: Path, text: str) -> None:
    path = tmp_path / "a.xlsx"
    workbook(path, [Sheet("名单", ["内容"], [[text]])])
    cell = openpyxl.load_workbook(path).worksheets[0]["A2"]
    assert cell.data_type == "s"
    assert cell.value == text
    assert cell.quotePrefix
    with zipfile.ZipFile(path) as archive:
        assert b"<f>" not in archive.read("xl/worksheets/sheet1.xml")


def test_headings_stay_in_sight_and_repeat_on_a4_landscape_pages(tmp_path: Path) -> None:
    path = tmp_path / "a.xlsx"
    workbook(path, [Sheet("名单", ["姓名", "家庭住址"], [["张三", "彰武县大冷镇程沟村一组十七号"]], caption="彰武县名单")])
    sheet = openpyxl.load_workbook(path).worksheets[0]
    assert sheet.freeze_panes == "A3"
    assert (sheet.page_setup.paperSize, sheet.page_setup.orientation) == (9, "landscape")
    assert sheet.print_title_rows == "$1:$2"
    assert sheet.column_dimensions["B"].width > sheet.column_dimensions["A"].width > 5


def test_a_workbook_appears_whole_or_not_at_all(tmp_path: Path) -> None:
    def rows() -> Any:
        yield ["一"]
        raise OSError("no space left")

    path = tmp_path / "a.xlsx"
    with pytest.raises(OSError, match="no space"):
        workbook(path, [Sheet("名单", ["a"], rows())])
    assert list(tmp_path.iterdir()) == []


def test_sheet_names_are_made_acceptable_and_different() -> None:
    assert sheet_name("大冷镇/程沟村[一]") == "大冷镇_程沟村_一_"
    assert sheet_name("名单", ["名单"]) == "名单(2)"
    assert sheet_name("长" * 40, ["长" * 31]) == "长" * 28 + "(2)"


def bad_list(tmp_path: Path) -> Path:
    rows = [
        ["花名册"],
        ["姓名", "备用列", "身份证号", "性别"],
        ["张三", "甲", id_number(1), "男"],
        ["李四", "=乙", 5.30326e17, "男"],
        [None, "丙", id_number(2)[:17], None],
        ["王五", "丁", id_number(3), "女"],
        ["赵六", "戊", id_number(4, "19900101").lower(), "女"],
    ]
    return save(tmp_path / "来件.xlsx", rows)


def test_the_error_workbook_has_the_sender_s_columns_the_reasons_and_only_bad_rows(tmp_path: Path) -> None:
    source, out = bad_list(tmp_path), tmp_path / "错误.xlsx"
    assert error_workbook(source, recognise(source, [PERSONS]), None, out) == 3
    rows = cells(out)
    assert rows[0] == ["工作表", "行号", "问题", "怎么改", "姓名", "备用列", "身份证号", "性别"]
    assert [row[:2] for row in rows[1:]] == [["名单", 4], ["名单", 5], ["名单", 6]]
    assert "科学计数" in rows[1][2]
    assert "重新录入" in rows[1][3]
    assert rows[1][4:] == ["李四", "=乙", "530326000000000000", "男"]
    assert rows[2][2].startswith("1. “姓名”列")
    assert "2. “身份证号”列" in rows[2][2]
    book = openpyxl.load_workbook(out)
    assert book.worksheets[0]["G2"].fill.fgColor.rgb == "FFFBD5D5"
    assert book.worksheets[0]["H4"].fill.fgColor.rgb == "FFFDF0C4"
    assert book.worksheets[0]["E2"].fill.fgColor.rgb == "00000000"


def test_nothing_a_sender_typed_becomes_a_formula_in_the_error_workbook(tmp_path: Path) -> None:
    """A cell that is marked, as wrong or as doubtful, is as dangerous as one that isn't; so is a heading."""
    source, out = tmp_path / "来件.xlsx", tmp_path / "错误.xlsx"
    rows = [
        ["姓名", "=备用()", "身份证号", "性别"],
        ["=HYPERLINK(1)", "+甲", "=CMD(1)", "-男"],
        ["李四", "@乙", id_number(2)[:17], "女"],
        ["王五", "", id_number(3), "=女"],
    ]
    save(source, rows)
    found = {("名单", 3): [Finding("sex-differs", "=CMD(2)：与身份证号不一致；请核对", "性别", "sex", WARN)]}
    for about, wanted in (
        (None, {"=备用()", "=HYPERLINK(1)", "+甲", "=CMD(1)", "-男", "@乙", "=女"}),
        (found, {"=备用()", "@乙", "=CMD(2)：与身份证号不一致"}),
    ):
        error_workbook(source, recognise(source, [PERSONS]), about, out)
        formulas = [
            cell for row in openpyxl.load_workbook(out).worksheets[0].iter_rows() for cell in row if str(cell.value)[:1] in set("=+-@")
        ]
        assert {str(cell.value) for cell in formulas} == wanted
        assert all(cell.data_type == "s" and cell.quotePrefix for cell in formulas)


def test_the_error_workbook_counts_each_kind_with_its_rule(tmp_path: Path) -> None:
    source, out = bad_list(tmp_path), tmp_path / "错误.xlsx"
    error_workbook(source, recognise(source, [PERSONS]), None, out)
    rows = cells(out, "问题汇总")
    assert rows[0][0] == "共有 3 行需要修改或核对"
    kinds = {row[0]: row[1:4] for row in rows[2:]}
    assert kinds["身份证号被 Excel 变成科学计数"] == ["必须改正", 1, "GB 11643-1999"]
    assert kinds["性别与身份证号不一致"][:2] == ["请核对", 1]


def test_the_error_workbook_of_a_text_table_and_of_findings_already_known(tmp_path: Path) -> None:
    source, out = tmp_path / "来件.csv", tmp_path / "错误.xlsx"
    source.write_bytes(f"姓名,身份证号\n张三,{id_number(1)}\n李四,{id_number(2)}\n".encode("gbk"))
    found = {("", 3): [Finding("same-id", "“身份证号”列：与第 2 行重复；请核对", "身份证号", "id_number")]}
    assert error_workbook(source, recognise(source, [PERSONS]), found, out) == 1
    assert cells(out)[1] == ["文本表格", 3, "“身份证号”列：与第 2 行重复", "请核对", "李四", id_number(2)]


def test_the_error_workbook_corrected_can_be_sent_again(tmp_path: Path) -> None:
    source, out = bad_list(tmp_path), tmp_path / "错误.xlsx"
    error_workbook(source, recognise(source, [PERSONS]), None, out)
    recognition = recognise(out, [PERSONS])
    assert recognition.known
    assert [row.row for row in read(out, recognition)] == [2, 3, 4]


def test_the_error_workbook_names_the_sheet_of_each_row(tmp_path: Path) -> None:
    source = save_sheets(
        tmp_path / "来件.xlsx", {"甲村": [["姓名", "身份证号"], ["张三", None]], "乙村": [["姓名", "身份证号"], ["李四", None]]}
    )
    out = tmp_path / "错误.xlsx"
    error_workbook(source, recognise(source, [PERSONS]), None, out)
    assert [row[0] for row in cells(out)[1:]] == ["甲村", "乙村"]


def test_the_template_is_recognised_holds_no_people_and_explains_itself(tmp_path: Path) -> None:
    path = tmp_path / "模板.xlsx"
    template(PERSONS, path)
    book = openpyxl.load_workbook(path)
    assert book.sheetnames == ["填报", "填表说明"]
    assert [cell.value for cell in book["填报"][1]] == [column.title for column in PERSONS.columns]
    lists = [rule.formula1 for rule in book["填报"].data_validations.dataValidation if rule.type == "list"]
    assert '"男,女"' in lists
    assert any("配偶" in words for words in lists)
    explained = {row[0]: row for row in cells(path, "填表说明")}
    assert set(explained) >= {column.title for column in PERSONS.columns}
    assert explained["身份证号"][1] == "必填"
    with pytest.raises(Unreadable) as refused:
        recognise(path, [PERSONS])
    assert refused.value.code == "no-rows"


def test_a_filled_template_is_read(tmp_path: Path) -> None:
    path = tmp_path / "模板.xlsx"
    template(PERSONS, path)
    book = openpyxl.load_workbook(path)
    sheet = book["填报"]
    for title, value in (("姓名", "张三丰"), ("身份证号", id_number(1)), ("性别", "男")):
        at = [cell.value for cell in sheet[1]].index(title) + 1
        sheet.cell(3, at, value)
    book.save(path)
    recognition = recognise(path, [PERSONS])
    assert [row.values for row in read(path, recognition)] == [{"name": "张三丰", "id_number": id_number(1), "sex": "1"}]
