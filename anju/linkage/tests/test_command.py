"""``anju reconcile`` as a clerk runs it: files in, a folder out, or one sentence and exit status 2."""

import csv
import json
from pathlib import Path

import pytest
import xlsxwriter
from python_calamine import CalamineWorkbook

from anju.linkage.command import OUTPUTS, main
from anju.linkage.tests.lists import PLAIN_LEFT, PLAIN_RIGHT, Style, make
from anju.vocabulary.idnumber import check_digit

STYLE = Style("for the command", PLAIN_LEFT, PLAIN_RIGHT)


def rows(path: Path) -> list[dict[str, str]]:
    with path.open(encoding="utf-8-sig", newline="") as stream:
        return list(csv.DictReader(stream))


def workbook(path: Path, sheet_rows: list[list[object]]) -> Path:
    book = xlsxwriter.Workbook(str(path))
    sheet = book.add_worksheet("名单")
    for number, cells in enumerate(sheet_rows):
        sheet.write_row(number, 0, cells)
    book.close()
    return path


def people(count: int = 12) -> list[list[object]]:
    firsts = [f"21092219{50 + n:02d}0{n % 9 + 1}1{n % 9}{n % 9}2{n % 9}" for n in range(count)]
    return [
        [first + check_digit(first), f"{'王李张刘陈杨赵黄周吴徐孙'[n % 12]}{'国秀玉'[n % 3]}{'英林海华'[n % 4]}"]
        for n, first in enumerate(firsts)
    ]


def refused(capsys: pytest.CaptureFixture[str], *arguments: object) -> str:
    assert main([str(argument) for argument in arguments]) == 2
    lines = capsys.readouterr().err.strip().splitlines()
    assert any("\u4e00" <= c <= "\u9fff" for c in lines[-1])
    return lines[-1]


def test_the_folder_holds_every_file_and_the_summary_adds_up(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    pair = make(STYLE, tmp_path, households=150)
    assert main([str(pair.left), str(pair.right), "--out", str(tmp_path / "out")]) == 0
    out = tmp_path / "out"
    assert sorted(path.name for path in out.iterdir()) == sorted(OUTPUTS)
    summary = json.loads((out / "summary.json").read_text("utf-8"))
    pairs = rows(out / "pairs.csv")
    assert list(pairs[0]) == ["left_row", "right_row", "outcome", "pass", "score", "explanation"]
    assert list(rows(out / "households.csv")[0])[:3] == ["left_household", "right_household", "kind"]
    assert summary["outcomes"]["auto"] + summary["outcomes"]["review"] == len(pairs)
    assert len(pairs) + len(rows(out / "left_only.csv")) == len(pair.left_people)
    assert len(pairs) + len(rows(out / "right_only.csv")) == len(pair.right_people)
    assert summary["inputs"]["right"]["headings"]["id_number"] == "证件号码"
    assert "结果" in CalamineWorkbook.from_path(str(out / "report.xlsx")).sheet_names
    assert "读取" in capsys.readouterr().err


def test_a_workbook_with_a_title_and_numbers_stored_as_numbers_is_read(tmp_path: Path) -> None:
    clean = people()
    left = workbook(tmp_path / "left.xlsx", [["大冷镇低保名单", ""], ["填报单位：民政所", ""], ["身份证号码", "姓名"], *clean])
    damaged = [[float(str(i)[:17] + "0") if n == 3 else i, name] for n, (i, name) in enumerate(clean)]
    right = workbook(tmp_path / "right.xlsx", [["姓名", "公民身份号码"], *[[name, i] for i, name in damaged]])
    assert main([str(left), str(right), "--out", str(tmp_path / "out")]) == 0
    pairs = rows(tmp_path / "out" / "pairs.csv")
    assert ("4", "2") in {(row["left_row"], row["right_row"]) for row in pairs}
    assert not [row for row in pairs if row["left_row"] == "7" and row["pass"] == "id"]
    assert {row["flag"] for row in rows(tmp_path / "out" / "flags.csv")} <= {"id_damaged", "id_repaired"}


def test_rows_are_numbered_as_the_spreadsheet_shows_them(tmp_path: Path) -> None:
    clean = people()
    left, right = tmp_path / "left.csv", tmp_path / "right.csv"
    lines = [f'{i},"{name}\n备注",x' if n == 4 else f"{i},{name},x" for n, (i, name) in enumerate(clean)]
    left.write_text("名单,,\n身份证号,姓名,其他\n" + "\n".join(lines[:6]) + "\n\n" + "\n".join(lines[6:]) + "\n", encoding="utf-8")
    right.write_bytes(("姓名;证件号码\r\n" + "\r\n".join(f"{name};{i}" for i, name in clean)).encode("gb18030"))
    assert main([str(left), str(right), "--out", str(tmp_path / "out")]) == 0
    found = {(int(row["left_row"]), int(row["right_row"])) for row in rows(tmp_path / "out" / "pairs.csv")}
    expected = {(n + 3 + (n >= 6), n + 2) for n in range(12)}
    assert expected - found <= {(7, 6)}
    assert found <= expected


def test_columns_can_be_named_when_their_headings_are_unknown(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    clean = people()
    left, right = tmp_path / "left.csv", tmp_path / "right.csv"
    left.write_text("甲,乙\n" + "\n".join(f"{i},{name}" for i, name in clean), encoding="utf-8")
    right.write_text("姓名,身份证号\n" + "\n".join(f"{name},{i}" for i, name in clean), encoding="utf-8")
    message = refused(capsys, left, right, "--out", tmp_path / "out")
    assert "甲、乙" in message
    assert "--left-columns" in message
    assert not (tmp_path / "out").exists()
    assert main([str(left), str(right), "--out", str(tmp_path / "out"), "--left-columns", "id_number=甲,name=乙"]) == 0
    assert len(rows(tmp_path / "out" / "pairs.csv")) == 12
    assert "没有找到" in refused(capsys, left, right, "--out", tmp_path / "out", "--left-columns", "name=丙")
    assert "phone" in refused(capsys, left, right, "--out", tmp_path / "out", "--left-columns", "phone=甲")


def test_what_cannot_be_read_is_refused_in_one_sentence_and_leaves_nothing(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    good = tmp_path / "good.csv"
    good.write_text("姓名,身份证号\n" + "\n".join(f"{name},{i}" for i, name in people()), encoding="utf-8")
    cases: dict[str, bytes] = {
        "empty.csv": b"",
        "only-heading.csv": "姓名,身份证号\n".encode(),
        "blank-rows.csv": "姓名,身份证号\n,\n,\n".encode(),
        "broken.xlsx": b"PK\x03\x04" + b"\0" * 200,
        "picture.csv": b"\x89PNG\r\n\x1a\n" + b"\0" * 100,
    }
    for name, content in cases.items():
        (tmp_path / name).write_bytes(content)
        assert refused(capsys, tmp_path / name, good, "--out", tmp_path / "out"), name
        assert refused(capsys, good, tmp_path / name, "--out", tmp_path / "out"), name
    assert "找不到文件" in refused(capsys, tmp_path / "nowhere.csv", good, "--out", tmp_path / "out")
    assert refused(capsys, workbook(tmp_path / "empty.xlsx", []), good, "--out", tmp_path / "out")
    assert not [path for path in tmp_path.iterdir() if path.is_dir()]


def test_a_folder_with_other_files_is_left_alone(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    good = tmp_path / "good.csv"
    good.write_text("姓名,身份证号\n" + "\n".join(f"{name},{i}" for i, name in people()), encoding="utf-8")
    out = tmp_path / "out"
    out.mkdir()
    (out / "重要.docx").write_text("x")
    assert "别的文件" in refused(capsys, good, good, "--out", out)
    assert (out / "重要.docx").exists()
