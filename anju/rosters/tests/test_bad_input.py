"""Files that can't be taken as they are: a clear sentence, nothing half done."""

import zipfile
from pathlib import Path
from typing import Any

import pytest

from anju.accounts.models import User
from anju.evidence import store
from anju.evidence.models import StoredFile
from anju.registry.models import Household, Person
from anju.rosters import cells
from anju.rosters import receiving as reading
from anju.rosters.actions import receiving
from anju.rosters.models import Batch, BatchRow, ColumnMapping
from anju.rosters.refusal import AlreadyReceived, Refused
from anju.rosters.tests import county
from anju.rosters.tests.conftest import Receive
from tests.kept import place


def test_the_same_file_twice_says_when_and_by_whom(register: Batch, receive: Receive, tmp_path: Path) -> None:
    again = county.roll(tmp_path / "换了名字.csv")
    with pytest.raises(AlreadyReceived, match="周敏") as refused:
        receive(again)
    assert refused.value.batch == register
    assert "农户花名册.csv" in refused.value.message
    assert Batch.objects.count() == 1
    assert StoredFile.objects.filter(name="换了名字.csv").count() == 0


@pytest.mark.parametrize(
    ("content", "sentence"),
    [
        (b"", "空的"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + "EncryptedPackage".encode("utf-16-le"), "加密"),
        (b"PK\x03\x04 broken", "不完整"),
        ("户号,姓名,身份证号,乡镇,村\n".encode("gb18030"), "没有一行数据"),
        (b"\x89PNG\r\n\x1a\n0000", "图片"),
    ],
)
def test_what_is_no_list_is_refused_and_leaves_nothing(receive: Receive, tmp_path: Path, content: bytes, sentence: str) -> None:
    path = tmp_path / "名单.xlsx"
    path.write_bytes(content)
    with pytest.raises(Refused, match=sentence):
        receive(path)
    assert not Batch.objects.exists()
    assert not StoredFile.objects.exists()


def test_a_workbook_bomb_is_refused(receive: Receive, tmp_path: Path) -> None:
    path = tmp_path / "炸弹.xlsx"
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("xl/workbook.xml", "<workbook/>")
        archive.writestr("xl/worksheets/sheet1.xml", b"0" * (300 << 20))
    with pytest.raises(Refused):
        receive(path)
    assert not Batch.objects.exists()


def test_unknown_headings_are_mapped_once_and_known_ever_after(receive: Receive, clerk: User, tmp_path: Path, done: Any) -> None:
    headings = ("甲", "乙", "丙", "丁", "戊")

    def rows(*people: county.Someone) -> list[tuple[str, ...]]:
        return [(p.household, p.name, p.id_number, p.relation, "满堂红镇小官村") for p in people]

    batch = receive(county.write(tmp_path / "a.csv", headings, rows(county.ZHOU, county.ZHAO)))
    assert batch.status == "mapping"
    assert [one["heading"] for one in batch.recognition["seen"]] == list(headings)
    assert batch.recognition["seen"][2]["guess"] == "id_number"
    mapping = {"household": "甲", "name": "乙", "id_number": "丙", "relation": "丁", "address": "戊"}
    with pytest.raises(Refused, match="没有这列"):
        receiving.map_columns(batch=batch, layout="village-roll", mapping={"name": "没有这列", "address": "戊"}, by=clerk)
    with done():
        receiving.map_columns(batch=batch, layout="village-roll", mapping=mapping, by=clerk)
    batch.refresh_from_db()
    assert (batch.status, batch.rows_total, batch.rows_clean) == ("matched", 2, 2)
    assert ColumnMapping.objects.count() == 1
    later = receive(county.write(tmp_path / "b.csv", headings, rows(county.ZHOU, county.ZHAO, county.PENG)))
    assert (later.status, later.rows_total) == ("matched", 3)


def test_a_file_that_dies_half_way_leaves_no_rows(receive: Receive, clerk: User, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(reading, "CHUNK", 20)
    many = [county.Someone(f"109{at:03d}", "孙福", "19491001", 2 * at + 1, "户主") for at in range(120)]
    path = county.roll(tmp_path / "花名册.csv", many)
    path.write_bytes(path.read_bytes() + b'\r\n"' + b"x" * (2 << 20) + b'"\r\n')
    batch = receive(path)
    assert batch.status == "failed"
    assert "第" in batch.message
    assert batch.job is not None
    batch.job.refresh_from_db()
    assert (batch.job.status, batch.job.message) == ("failed", batch.message)
    assert not BatchRow.objects.exists()
    assert not Person.objects.exists()
    again = receive(county.roll(tmp_path / "花名册2.csv"))
    assert again.status == "matched"


def test_a_kept_file_harmed_before_it_is_read_is_told_and_can_be_sent_again(
    receive: Receive, clerk: User, tmp_path: Path, done: Any
) -> None:
    path = county.roll(tmp_path / "花名册.csv")
    with done():
        batch = receiving.receive(file=path, name=path.name, by=clerk, area=county.COUNTY, as_of=county.AS_OF)
        assert batch.file is not None
        kept = place(batch.file)
        assert kept is not None
        kept.write_bytes(kept.read_bytes()[:-3])
    batch.refresh_from_db()
    assert batch.status == "failed"
    assert "花名册.csv" in batch.message
    assert "备份" in batch.message
    assert batch.job is not None
    batch.job.refresh_from_db()
    assert (batch.job.status, batch.job.message) == ("failed", batch.message)
    assert not BatchRow.objects.exists()
    assert receive(path).status == "matched"


def test_faulty_rows_are_kept_with_their_reasons_and_are_not_enrolled(receive: Receive, tmp_path: Path) -> None:
    heads = {"109001": "周德海", "109002": "孙福"}
    rows = [
        (p.household, heads[p.household], p.name, p.sex, number, p.relation, p.township, p.village, "", "农业")
        for p, number in (
            (county.ZHOU, county.ZHOU.id_number),
            (county.ZHAO, county.broken(county.ZHAO.id_number)),
            (county.PENG, "5.30326E+17"),
            (county.SUN, county.SUN.id_number),
        )
    ]
    batch = receive(county.write(tmp_path / "花名册.csv", county.ROLL, rows))
    assert (batch.rows_total, batch.rows_faulty, batch.faults) == (4, 2, {"id-check-digit": 1, "id-damaged": 1})
    kept = BatchRow.objects.get(batch=batch, name="周鹏")
    assert (kept.id_number, kept.id_text.clear, kept.row) == ("", "5.30326E+17", 4)
    assert "5.30326E+17" in cells.opened(kept)[0]
    assert set(Person.objects.values_list("name", flat=True)) == {"周德海", "孙福"}


def test_a_place_nobody_knows_waits_for_a_village(receive: Receive, tmp_path: Path) -> None:
    lost = county.Someone("999", "某某某", "19700707", 77, "户主", "满堂红镇", "没有的村")
    batch = receive(county.roll(tmp_path / "花名册.csv", (county.ZHOU, lost)))
    assert (batch.places_unresolved, batch.rows_noted) == (1, 1)
    assert Household.objects.count() == 1


def test_a_person_listed_twice_is_enrolled_once(receive: Receive, tmp_path: Path) -> None:
    batch = receive(county.roll(tmp_path / "花名册.csv", (*county.EVERYBODY, county.SUN)))
    assert Person.objects.filter(name="孙福").count() == 1
    run = batch.runs.get(kind="register")
    assert run.mismatches.get(kind="listed_twice").explanation.startswith("同一人在名单中出现两次，另一处在第 5 行")
    assert run.applied["waiting"] == 0


def test_a_list_of_another_area_or_from_the_wrong_office_is_refused(
    clerk: User, stranger: User, sender: User, receive: Receive, tmp_path: Path
) -> None:
    path = county.roll(tmp_path / "花名册.csv")
    with pytest.raises(Refused, match="辖区"):
        receive(path, by=stranger)
    with pytest.raises(Refused, match="本部门"):
        receive(path, by=sender)
    assert not Batch.objects.exists()


def test_nobody_this_time_is_a_list_too(sender: User) -> None:
    batch = receiving.receive_none(by=sender, area=county.COUNTY, owner="civil_affairs", category="TK")
    assert (batch.status, batch.rows_total, batch.file) == ("matched", 0, None)


def test_a_voided_list_may_be_sent_again(register: Batch, receive: Receive, clerk: User, tmp_path: Path) -> None:
    with pytest.raises(Refused, match="原因"):
        receiving.void(batch=register, by=clerk, reason=" ")
    receiving.void(batch=register, by=clerk, reason="传错文件")
    again = receive(county.roll(tmp_path / "again.csv"))
    assert again.status == "matched"
    assert Person.objects.count() == 9


def test_the_original_file_is_kept(register: Batch) -> None:
    assert register.file is not None
    assert store.open(register.file).read().decode("gb18030").startswith("户号,户主姓名")
