"""Files that can't or shouldn't be read: each gets one sentence that says what to do next, and nothing is half done."""

import os
import zipfile
from pathlib import Path

import psutil
import pytest

from anju.tabular.process import Limits, converse
from anju.tabular.reading import read, recognise
from anju.tabular.tests.files import PERSONS, encrypted_workbook, hand_made, id_number, save, save_sheets, sheet_of
from anju.tabular.unreadable import MESSAGES, Unreadable

HEADINGS = ["姓名", "身份证号"]


def refusal(path: Path, limits: Limits | None = None) -> Unreadable:
    with pytest.raises(Unreadable) as refused:
        list(read(path, recognise(path, [PERSONS], limits=limits or Limits()), limits=limits or Limits()))
    assert refused.value.message
    assert "请" in refused.value.message or "不必" in refused.value.message
    return refused.value


def good(path: Path, rows: int = 200) -> Path:
    return save(path, [HEADINGS, *[["张三", id_number(at)] for at in range(rows)]])


def test_a_sheet_with_one_cell_in_the_last_corner_is_refused_before_parsing(tmp_path: Path) -> None:
    path = hand_made(
        tmp_path / "a.xlsx",
        sheet_of('<row r="1"><c r="A1" t="inlineStr"><is><t>姓名</t></is></c></row><row r="1048576"><c r="XFD1048576"><v>1</v></c></row>'),
    )
    assert path.stat().st_size < 10_000
    refused = refusal(path)
    assert refused.code == "sparse"
    assert "1048576" in refused.message


def test_a_sparse_sheet_written_so_that_the_first_look_misses_it_is_stopped_by_the_limit_of_memory(tmp_path: Path) -> None:
    path = hand_made(
        tmp_path / "a.xlsx", sheet_of("<row r='1'><c r='A1'><v>1</v></c></row><row r='1048576'><c r='XFD1048576'><v>1</v></c></row>")
    )
    assert refusal(path).code == "memory"


def test_a_list_whose_whole_columns_are_formatted_is_read(tmp_path: Path) -> None:
    cells = '<row r="1"><c r="A1" t="inlineStr"><is><t>姓名</t></is></c><c r="B1" t="inlineStr"><is><t>身份证号</t></is></c></row>'
    cells += (
        f'<row r="2"><c r="A2" t="inlineStr"><is><t>张三丰</t></is></c><c r="B2" t="inlineStr"><is><t>{id_number(1)}</t></is></c></row>'
    )
    path = hand_made(tmp_path / "a.xlsx", sheet_of(cells + '<row r="1048576"><c r="XFD1048576" s="0"/></row>'))
    assert [row.values["name"] for row in read(path, recognise(path, [PERSONS]))] == ["张三丰"]


def test_a_zip_bomb_is_refused_before_unpacking(tmp_path: Path) -> None:
    path = hand_made(tmp_path / "a.xlsx", sheet_of("") + b" " * (80 << 20))
    assert path.stat().st_size < 200_000
    assert refusal(path).code == "bomb"


def test_a_workbook_of_very_many_parts_is_refused(tmp_path: Path) -> None:
    path = hand_made(tmp_path / "a.xlsx", sheet_of(""), {f"xl/media/{at}.bin": b"" for at in range(5_100)})
    assert refusal(path).code == "bomb"


def test_a_workbook_unpacking_to_more_than_allowed_is_refused(tmp_path: Path) -> None:
    assert refusal(good(tmp_path / "a.xlsx"), Limits(unpacked=10_000)).code == "bomb"


def test_a_workbook_of_very_many_sheets_is_refused_rather_than_read_in_part(tmp_path: Path) -> None:
    path = save_sheets(tmp_path / "a.xlsx", {f"第{at}组": [HEADINGS, ["张三", id_number(at)]] for at in range(12)})
    assert refusal(path, Limits(sheets=11)).code == "sheets"
    assert len(recognise(path, [PERSONS], limits=Limits(sheets=12)).sheets) == 12


def test_entity_bombs_are_not_expanded(tmp_path: Path) -> None:
    entities = "".join(f'<!ENTITY e{at} "{f"&e{at - 1};" * 10 if at else "x" * 10}">' for at in range(10))
    xml = (
        f'<?xml version="1.0"?><!DOCTYPE w [{entities}]>'.encode()
        + sheet_of('<row r="1"><c r="A1" t="inlineStr"><is><t>&e9;</t></is></c></row>')[38:]
    )
    assert refusal(hand_made(tmp_path / "a.xlsx", xml)).code in {"corrupt", "empty-sheet", "no-heading"}


def test_a_workbook_with_a_password_says_so(tmp_path: Path) -> None:
    refused = refusal(encrypted_workbook(tmp_path / "a.xlsx"))
    assert refused.code == "encrypted"
    assert "密码" in refused.message


def test_a_zip_with_a_password_says_so(tmp_path: Path) -> None:
    path = good(tmp_path / "a.xlsx")
    content = bytearray(path.read_bytes())
    at = content.find(b"PK\x01\x02")
    while at >= 0:
        content[at + 8] |= 1
        at = content.find(b"PK\x01\x02", at + 4)
    path.write_bytes(content)
    assert refusal(path).code == "encrypted"


@pytest.mark.parametrize("share", [0.02, 0.3, 0.6, 0.9, 0.995])
def test_a_file_that_died_half_way_says_so(tmp_path: Path, share: float) -> None:
    path = good(tmp_path / "a.xlsx")
    content = path.read_bytes()
    path.write_bytes(content[: int(len(content) * share)])
    refused = refusal(path)
    assert refused.code == "truncated"
    assert "重新上传" in refused.message


def test_a_file_with_damaged_bytes_inside_is_corrupt(tmp_path: Path) -> None:
    path = good(tmp_path / "a.xlsx")
    with zipfile.ZipFile(path) as archive:
        entry = archive.getinfo("xl/worksheets/sheet1.xml")
        start = entry.header_offset + 30 + len(entry.filename) + entry.compress_size // 2
    content = bytearray(path.read_bytes())
    for at in range(start, start + 40):
        content[at] ^= 0x55
    path.write_bytes(content)
    assert refusal(path).code == "corrupt"


def test_a_workbook_whose_sheet_is_no_xml_is_corrupt(tmp_path: Path) -> None:
    assert refusal(hand_made(tmp_path / "a.xlsx", b"<worksheet><sheetData><row><c><<<<")).code in {"corrupt", "empty-sheet"}


@pytest.mark.parametrize(
    ("content", "code"),
    [
        (b"", "empty-file"),
        (b"%PDF-1.7 whatever", "other-format"),
        (b"\x89PNG\r\n\x1a\n" + bytes(100), "other-format"),
        (b"\xff\xd8\xff\xe0" + bytes(100), "other-format"),
        (b"Rar!\x1a\x07\x00", "other-format"),
        (b"\x1f\x8b\x08" + bytes(50), "other-format"),
        (b"<html><table><tr><td>\xd0\xd5\xc3\xfb</td></tr></table></html>", "web-page"),
        (b"\xef\xbb\xbf<?xml version='1.0'?><Workbook/>", "web-page"),
        (bytes(range(256)) * 20, "not-a-workbook"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(2000), "corrupt"),
        (b"PK\x03\x04" + bytes(500), "truncated"),
        (b"\r\n\r\n  \r\n", "empty-sheet"),
        ("这是一封信，没有表格。\n请查收。\n".encode(), "no-heading"),
    ],
)
def test_what_is_no_table_says_what_it_is(tmp_path: Path, content: bytes, code: str) -> None:
    path = tmp_path / "名单.xlsx"
    path.write_bytes(content)
    assert refusal(path).code == code


def test_a_word_document_and_a_plain_archive_say_what_they_are(tmp_path: Path) -> None:
    for inside, code in (("word/document.xml", "word"), ("名单.xlsx", "archive")):
        path = tmp_path / "a.xlsx"
        with zipfile.ZipFile(path, "w") as archive:
            archive.writestr(inside, b"<x/>")
        assert refusal(path).code == code


def test_a_missing_file_says_so(tmp_path: Path) -> None:
    assert refusal(tmp_path / "none.xlsx").code == "not-found"


def test_an_empty_workbook_says_so(tmp_path: Path) -> None:
    assert refusal(save_sheets(tmp_path / "a.xlsx", {"一": [], "二": [[None, "  "]]})).code == "empty-sheet"


def test_a_sheet_with_headings_only_is_a_list_of_no_rows(tmp_path: Path) -> None:
    refused = refusal(save(tmp_path / "a.xlsx", [["名单"], HEADINGS, ["合计", 0], ["填表人：张某某"]]))
    assert refused.code == "no-rows"
    assert "名单" in refused.message


def test_a_sheet_without_headings_says_which_are_looked_for(tmp_path: Path) -> None:
    refused = refusal(save(tmp_path / "a.xlsx", [[1, 2, 3], [4, 5, 6]]))
    assert refused.code == "no-heading"
    assert "身份证号" in refused.message


def test_a_file_that_takes_too_long_is_given_up(tmp_path: Path) -> None:
    assert refusal(good(tmp_path / "a.xlsx"), Limits(wait=0)).code == "time"


def test_a_file_that_needs_too_much_memory_is_given_up(tmp_path: Path) -> None:
    cells = "".join(f'<row r="{at}"><c r="A{at}"><v>{at}</v></c><c r="B{at}"><v>{at}</v></c></row>' for at in range(1, 600_001))
    path = hand_made(tmp_path / "a.xlsx", sheet_of(cells))
    with pytest.raises(Unreadable) as refused:
        list(converse(path, {"mode": "rows", "wanted": [[0, 0]], "encoding": "", "delimiter": ""}, Limits(memory=48 << 20)))
    assert refused.value.code in {"memory", "stopped"}


def test_a_file_that_burns_the_processor_is_given_up(tmp_path: Path) -> None:
    cells = "".join(f'<row r="{at}"><c r="A{at}"><v>{at}</v></c><c r="B{at}"><v>{at}</v></c></row>' for at in range(1, 20_000))
    path = hand_made(tmp_path / "a.xlsx", sheet_of(cells))
    with pytest.raises(Unreadable) as refused:
        list(converse(path, {"mode": "rows", "wanted": [[0, 0]] * 2_000, "encoding": "", "delimiter": ""}, Limits(cpu=1)))
    assert refused.value.code == "time"


def test_no_child_is_left_when_reading_stops_early(tmp_path: Path) -> None:
    path = good(tmp_path / "a.xlsx", 5000)
    rows = read(path, recognise(path, [PERSONS]))
    next(rows)
    rows.close()  # type: ignore[attr-defined]
    children = psutil.Process(os.getpid()).children(recursive=True)
    assert [child for child in children if "tabular/child.py" in " ".join(child.cmdline())] == []


def test_the_child_cannot_write_files(tmp_path: Path) -> None:
    path = good(tmp_path / "a.xlsx")
    before = sorted(tmp_path.iterdir())
    list(read(path, recognise(path, [PERSONS])))
    assert sorted(tmp_path.iterdir()) == before


def test_the_child_s_own_words_are_only_data(tmp_path: Path) -> None:
    path = good(tmp_path / "a.xlsx", 3)
    messages = list(converse(path, {"mode": "rows", "wanted": [[0, 1]], "encoding": "", "delimiter": ""}))
    assert messages[0] == {"sheet": 0}
    assert messages[1][0] == 2
    assert len(messages[1]) == 4


def test_every_message_says_what_to_do() -> None:
    for message in MESSAGES.values():
        assert message.endswith("。")
        assert "请" in message
