"""Workbooks that can't be taken as they are: a clear sentence, nothing half done; half-empty rows, formulas and sums told apart."""

import zipfile
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
import xlsxwriter

from anju.accounts.actions import admit, found
from anju.accounts.models import User
from anju.evidence.models import StoredFile
from anju.imports import actions, applying, reading
from anju.imports.importing import HOUSES
from anju.imports.kinds import Kind, register
from anju.imports.models import ImportBatch, ImportCells, ImportRow
from anju.imports.refusal import AlreadyImported, Refused
from anju.imports.tests.conftest import HEADINGS, Send, number_of, write
from anju.imports.values import sent
from anju.jobs import actions as jobs
from anju.jobs.models import Job
from anju.registry.models import Dwelling
from anju.rosters.tests import county
from tests.kept import place


@pytest.mark.parametrize(
    ("content", "sentence"),
    [
        (b"", "空的"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + "EncryptedPackage".encode("utf-16-le"), "加密"),
        (b"PK\x03\x04 broken", "不完整"),
        ("户编号,建造年代,结构形式\n".encode("gb18030"), "没有一行数据"),
        (b"\x89PNG\r\n\x1a\n0000", "图片"),
        ("姓名,身份证号,乡镇,村\n张三,210922195404120914,大冷镇,程沟村\n".encode("gb18030"), "看不出这是哪一种表"),
        ("户编号,备注\n210922109201-0001,无\n".encode("gb18030"), "没有找到表头"),
    ],
)
def test_what_is_no_workbook_of_records_is_refused_and_leaves_nothing(send: Send, tmp_path: Path, content: bytes, sentence: str) -> None:
    path = tmp_path / "表.xlsx"
    path.write_bytes(content)
    with pytest.raises(Refused, match=sentence):
        send(path)
    assert not ImportBatch.objects.exists()
    assert not StoredFile.objects.exists()


def test_a_workbook_bomb_is_refused(send: Send, tmp_path: Path) -> None:
    path = tmp_path / "炸弹.xlsx"
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("xl/workbook.xml", "<workbook/>")
        archive.writestr("xl/worksheets/sheet1.xml", b"0" * (300 << 20))
    with pytest.raises(Refused):
        send(path)
    assert not ImportBatch.objects.exists()


def test_the_same_file_twice_says_when_and_by_whom_and_may_come_again_when_undone(
    send: Send, tmp_path: Path, clerk: User, done: Any
) -> None:
    path = write(tmp_path / "a.xlsx", [{"户编号": number_of("周德海"), "建造年代": 1985}])
    batch = send(path)
    with pytest.raises(AlreadyImported, match="已由 周敏 录入过") as refused:
        send(path)
    assert refused.value.batch == batch
    with pytest.raises(Refused, match="原因"):
        actions.undo(batch=batch, by=clerk, reason=" ")
    with done():
        actions.undo(batch=batch, by=clerk, reason="重来")
    assert send(path).status == "done"


def test_who_may_not_read_a_kind_in_is_told_and_other_areas_are_closed(send: Send, tmp_path: Path, stranger: User) -> None:
    path = write(tmp_path / "a.xlsx", [{"户编号": number_of("周德海"), "建造年代": 1985}])
    reviewer = admit(
        login="审核",
        name="审核",
        organisation=found(name="镇政府", kind="township", area="210922109"),
        role="township_reviewer",
        password="-",
        check_password=False,
    )
    with pytest.raises(Refused, match="这是“房屋情况”，您的角色“乡镇审核员”不能录入"):
        send(path, by=reviewer, area="210922109")
    with pytest.raises(Refused, match="不在您的辖区内"):
        send(path, by=stranger)
    with pytest.raises(Refused, match="不能录入“房屋情况”"):
        send(path, by=reviewer, area="210922109", kind="houses")
    assert not ImportBatch.objects.exists()


def test_a_row_of_another_county_tells_where_to_ask_and_nothing_else(send: Send, tmp_path: Path, stranger: User) -> None:
    rows = [
        {"户主身份证号": county.ZHOU.id_number, "户主姓名": "周德海", "建造年代": 1985},
        {"户编号": number_of("包玉霞"), "建造年代": 1985},
    ]
    batch = send(write(tmp_path / "a.xlsx", rows), by=stranger, area=county.OTHER_COUNTY)
    assert batch.rows_refused == 2
    said = [row.findings[0]["message"] for row in batch.rows.order_by("id")]
    assert all("已登记在辽宁省阜新市彰武县，请与当地住建部门核实" in one for one in said)
    assert not any("程沟" in one or "包玉霞" in one for one in said)


def test_half_empty_rows_and_damaged_cells_are_kept_with_their_reasons(send: Send, tmp_path: Path) -> None:
    rows: list[dict[str, object]] = [
        {"户编号": number_of("周德海")},
        {"户编号": number_of("孙福"), "建造年代": "一九八五", "主房面积": "约六十"},
        {"户主身份证号": 2.10922195404121e17, "建造年代": 1985, "结构形式": "砖木"},
        {"户编号": number_of("刘守义"), "建造年代": 85, "层数": 0, "主房面积": 60500},
        {"户编号": number_of("包玉霞"), "建造年代": 2031, "结构形式": "茅草"},
    ]
    batch = send(write(tmp_path / "a.xlsx", rows))
    assert (batch.rows_total, batch.rows_applied, batch.rows_refused) == (5, 0, 5)
    assert batch.faults == {
        "house-nothing": 2, "number-expected": 1, "id-damaged": 1, "household-unsaid": 1, "house-year": 2, "house-storeys": 1, "house-area": 1, "choice-unknown": 1,
    }  # fmt: skip
    assert not Dwelling.objects.exists()
    kept = ImportRow.objects.get(batch=batch, row=3)
    cells, closed = sent([kept])["房屋", 3]
    assert cells[5] == "一九八五"
    assert closed["household"] == number_of("孙福")


def test_formulas_are_read_as_what_they_show_and_never_run(send: Send, tmp_path: Path) -> None:
    path = tmp_path / "公式.xlsx"
    book = xlsxwriter.Workbook(str(path))
    sheet = book.add_worksheet("房屋")
    for column, heading in enumerate(HEADINGS):
        sheet.write_string(0, column, heading)
    sheet.write_string(1, 0, number_of("周德海"))
    sheet.write_formula(1, 5, "=1900+85", None, 1985)
    sheet.write_formula(1, 7, "=30*2", None, 60)
    sheet.write_string(2, 0, number_of("孙福"))
    sheet.write_string(2, 5, '=HYPERLINK("http://example.invalid","1985")')
    sheet.write_formula(2, 7, "=1/0", None, "#DIV/0!")
    book.close()
    batch = send(path)
    house = Dwelling.objects.get().states.get()
    assert (house.year_built, house.main_area) == (1985, Decimal(60))
    assert batch.rows_refused == 1


def test_sums_and_notes_are_not_rows_and_are_told(send: Send, tmp_path: Path) -> None:
    rows: list[dict[str, object]] = [
        {"户编号": number_of("周德海"), "建造年代": 1985},
        {"户编号": "合计", "主房面积": 60},
        {"户编号": "填表说明：面积单位为平方米，一户一行"},
    ]
    batch = send(write(tmp_path / "a.xlsx", rows))
    assert (batch.rows_total, batch.rows_applied) == (1, 1)
    assert [one[1] for one in batch.recognition["skipped"]] == [3, 4]


def test_a_file_that_dies_half_way_leaves_no_rows(send: Send, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(reading, "CHUNK", 20)
    lines = ["户编号,建造年代,结构形式", *(f"{number_of('周德海')},1985,砖木" for _at in range(120))]
    path = tmp_path / "a.csv"
    path.write_bytes("\r\n".join(lines).encode("gb18030") + b'\r\n"' + b"x" * (2 << 20) + b'"\r\n')
    batch = send(path)
    assert batch.status == "failed"
    assert "第" in batch.message
    assert not ImportRow.objects.exists()
    assert not ImportCells.objects.exists()
    assert not Dwelling.objects.exists()


def test_a_kept_file_harmed_before_it_is_read_is_told_and_can_be_sent_again(send: Send, tmp_path: Path, clerk: User, done: Any) -> None:
    path = write(tmp_path / "a.xlsx", [{"户编号": number_of("周德海"), "建造年代": 1985}])
    with done():
        batch = actions.receive(file=path, name=path.name, by=clerk, area=county.COUNTY)
        kept = place(batch.file)
        assert kept is not None
        kept.write_bytes(kept.read_bytes()[:-3])
    batch.refresh_from_db()
    assert batch.status == "failed"
    assert "a.xlsx" in batch.message
    assert send(path).status == "done"


def test_called_off_while_it_is_read_nothing_stays_and_called_off_later_whole_chunks_stand(
    send: Send, tmp_path: Path, clerk: User, done: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(reading, "CHUNK", 2)
    monkeypatch.setattr(applying, "CHUNK", 2)
    heads = ("周德海", "孙福", "刘守义", "包玉霞")
    path = write(tmp_path / "a.xlsx", [{"户编号": number_of(name), "建造年代": 1985} for name in heads])
    with done():
        batch = actions.receive(file=path, name=path.name, by=clerk, area=county.COUNTY)
        assert batch.job is not None
        jobs.cancel(job=batch.job)
    batch.refresh_from_db()
    assert (batch.status, batch.rows.count(), Dwelling.objects.count()) == ("cancelled", 0, 0)

    real = applying._write

    def call_off(changes: Any) -> None:
        real(changes)
        if Dwelling.objects.count() == 4:
            Job.objects.filter(status="running").update(cancel_requested=True)

    monkeypatch.setattr(applying, "_write", call_off)
    batch = send(path)
    assert (batch.status, batch.rows_applied, batch.rows_open, Dwelling.objects.count()) == ("stopped", 2, 2, 2)
    monkeypatch.setattr(applying, "_write", real)
    with done():
        actions.resume(batch=batch, by=clerk)
    batch.refresh_from_db()
    assert (batch.status, batch.rows_applied, Dwelling.objects.count()) == ("done", 4, 4)


def test_two_kinds_of_one_name_are_an_error_of_the_house() -> None:
    assert register(HOUSES) is HOUSES
    with pytest.raises(ValueError, match="houses"):
        register(Kind("houses", "另一种", HOUSES.layout, HOUSES.power, HOUSES.apply, why=""))
