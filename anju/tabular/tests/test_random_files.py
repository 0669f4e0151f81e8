"""Whatever is in a file: rows or one sentence, nothing else; whatever is typed: the number it was, or none."""

import csv
import string
from datetime import date
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from anju.tabular.layout import Column
from anju.tabular.reading import Unreadable, read, recognise
from anju.tabular.tests.files import PERSONS, hand_made, id_number, save_sheets
from anju.tabular.values import IdNumbers, parser
from anju.tabular.writing import Sheet, error_workbook, workbook
from anju.vocabulary import idnumber

PROFILE = settings(max_examples=12, deadline=None, suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large])
PURE = settings(max_examples=400, deadline=None)

texts = st.one_of(
    st.sampled_from(
        [
            "姓名",
            "身份证号",
            "户号",
            "户主姓名",
            "性别",
            "出生日期",
            "合计",
            "注：",
            "男",
            "户主",
            "",
            " ",
            "张三",
            id_number(1),
            "5.30326E+17",
            "示例",
        ]
    ),
    st.text(max_size=12),
    st.text(alphabet=string.digits + "Xx ./-年月日", max_size=20),
)
cells = st.one_of(st.none(), texts, st.integers(-(10**18), 10**18), st.floats(), st.booleans())
grids = st.lists(st.lists(cells, max_size=7), max_size=14)


def read_whole(path: Path) -> None:
    """Reads a file as far as it goes; only ``Unreadable`` may be raised."""
    try:
        recognition = recognise(path, [PERSONS])
        for row in read(path, recognition, today=date(2020, 6, 10)):
            assert row.row > recognition.header_rows[1] or row.sheet != recognition.sheet
            assert row.values.get("id_number") is None or idnumber.is_valid(row.values["id_number"])
        error_workbook(path, recognition, None, path.with_name("out.xlsx"))
    except Unreadable as refused:
        told = refused.message
    else:
        told = "。"
    assert told.endswith("。")


@PROFILE
@given(st.dictionaries(st.text(alphabet="一二三甲乙丙", min_size=1, max_size=5), grids, min_size=1, max_size=2), st.booleans())
def test_a_workbook_of_any_cells_is_read_or_refused(sheets: dict[str, list[list[Any]]], headed: bool) -> None:
    with TemporaryDirectory() as folder:
        if headed:
            sheets = {name: [["姓名", "身份证号", "户号", "出生日期", "性别"], *rows] for name, rows in sheets.items()}
        read_whole(save_sheets(Path(folder, "a.xlsx"), sheets))


@PROFILE
@given(
    st.lists(st.lists(texts, max_size=6), max_size=12),
    st.sampled_from(["utf-8", "gb18030", "utf-8-sig"]),
    st.sampled_from([",", "\t", ";"]),
)
def test_a_text_table_of_any_cells_is_read_or_refused(rows: list[list[str]], encoding: str, delimiter: str) -> None:
    with TemporaryDirectory() as folder:
        path = Path(folder, "a.csv")
        with path.open("w", encoding=encoding, errors="replace", newline="") as stream:
            writer = csv.writer(stream, delimiter=delimiter, escapechar="\\")
            writer.writerows([["姓名", "身份证号"], *rows])
        read_whole(path)


@PROFILE
@given(st.binary(max_size=3000))
@example(b"PK\x03\x04")
@example(b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1")
@example("姓名,身份证号\n\x00,\n".encode())
def test_any_bytes_are_read_or_refused(content: bytes) -> None:
    with TemporaryDirectory() as folder:
        path = Path(folder, "a.xlsx")
        path.write_bytes(content)
        read_whole(path)


@PROFILE
@given(st.binary(max_size=1500), st.integers(0, 40))
def test_any_sheet_xml_is_read_or_refused(content: bytes, at: int) -> None:
    with TemporaryDirectory() as folder:
        usual = b'<worksheet><sheetData><row r="1"><c r="A1" t="inlineStr"><is><t>x</t></is></c></row></sheetData></worksheet>'
        read_whole(hand_made(Path(folder, "a.xlsx"), usual[:at] + content + usual[at:]))


@st.composite
def numbers(draw: st.DrawFn) -> str:
    """Valid identity numbers of people born 1900–2019."""
    born = draw(st.dates(date(1900, 1, 1), date(2019, 12, 31)))
    first17 = f"{draw(st.integers(110000, 659999))}{born:%Y%m%d}{draw(st.integers(0, 999)):03d}"
    return first17 + idnumber.check_digit(first17)


def full_width(text: str) -> str:
    return "".join(chr(ord(character) + 0xFEE0) for character in text)


def spaced(text: str, places: list[int], space: str) -> str:
    for place in sorted(places, reverse=True):
        text = text[: place % (len(text) + 1)] + space + text[place % (len(text) + 1) :]
    return text


READ = parser(Column("id_number", "身份证号", (), "id_number", required=True), "身份证号", IdNumbers(date(2020, 6, 10)))


@PURE
@given(
    numbers(),
    st.lists(st.integers(0, 18), max_size=4),
    st.sampled_from([" ", "\u3000", "\t", "\u200b", "\xa0"]),
    st.tuples(st.booleans(), st.booleans(), st.sampled_from(["", "'", "‘"])),
)
def test_a_number_is_read_back_from_any_typed_form(number: str, places: list[int], space: str, style: tuple[bool, bool, str]) -> None:
    lower, wide, mark = style
    typed = number.lower() if lower else number
    typed = full_width(typed) if wide else typed
    value, found = READ(mark + spaced(typed, places, space))
    assert value == number
    assert found is None or found.check == "id-rewritten"


@PURE
@given(numbers())
def test_the_older_form_of_15_digits_is_read_as_18(number: str) -> None:
    if number[6:8] == "19":
        short = number[:6] + number[8:17]
        assert READ(short)[0] == number
        if not short.startswith("0"):
            assert READ(int(short))[0] == number
            assert READ(float(short))[0] == number


@PURE
@given(numbers())
def test_a_number_that_went_through_excel_is_never_accepted(number: str) -> None:
    damaged = float(int(number[:17] + "0")) if number.endswith("X") else float(number)
    for typed in (damaged, f"{damaged:.5E}", f"{damaged:.14E}"):
        value, found = READ(typed)
        assert value is None
        assert found is not None
        assert found.check == "id-damaged"


@PURE
@given(numbers(), st.integers(0, 17), st.sampled_from(string.digits))
def test_one_wrong_digit_is_never_accepted(number: str, at: int, digit: str) -> None:
    wrong = number[:at] + digit + number[at + 1 :]
    if wrong != number:
        assert READ(wrong)[0] is None


@PURE
@given(st.one_of(cells, st.text()))
def test_what_is_accepted_is_always_a_valid_number(typed: Any) -> None:
    value, found = READ(typed)
    assert value is None or idnumber.is_valid(value)
    assert (value is None) == (found is not None and found.level == "block")


@PROFILE
@given(
    st.lists(
        st.lists(
            st.one_of(st.none(), st.text(alphabet=st.characters(exclude_categories=["Cs", "Cc"]), min_size=1, max_size=15)),
            min_size=3,
            max_size=3,
        ),
        min_size=1,
        max_size=8,
    )
)
def test_what_is_written_is_read_back_as_it_was(rows: list[list[str | None]]) -> None:
    with TemporaryDirectory() as folder:
        path = Path(folder, "a.xlsx")
        people = [["张三", id_number(at), *row] for at, row in enumerate(rows)]
        workbook(path, [Sheet("名单", ["姓名", "身份证号", "备一", "备二", "备三"], people)])
        back = [row.cells for row in read(path, recognise(path, [PERSONS]))]
        assert [[*row, *[None] * (5 - len(row))] for row in back] == people
