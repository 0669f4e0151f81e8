"""Back to the department, its answer, and the signatures that lock a list."""

from pathlib import Path
from typing import Any

import openpyxl
import pytest
from django.db import DatabaseError, connection, transaction

from anju.accounts.actions import admit, found
from anju.accounts.models import User
from anju.evidence import store
from anju.rosters.actions import deciding, letters, locking, receiving
from anju.rosters.models import Batch, BatchRow, Letter, MatchRun, Mismatch
from anju.rosters.queries import letters as reading
from anju.rosters.refusal import Refused
from anju.rosters.tests import county
from anju.rosters.tests.conftest import Receive


@pytest.fixture
def allowance(register: Batch, receive: Receive, tmp_path: Path) -> Batch:
    """Two numbers wrong, one person twice."""
    people = (county.ZHOU, county.LIU)
    rows = [county.allowance_row(p, cert=f"低{p.sequence}", head=p.name, id_number=county.broken(p.id_number)) for p in people]
    rows += [county.allowance_row(county.BAO, cert="低42", head=county.BAO.name)] * 2
    return receive(county.write(tmp_path / "农村低保.csv", county.ALLOWANCE, rows))


@pytest.fixture
def letter(allowance: Batch, clerk: User) -> Letter:
    """The letter about all of them."""
    return letters.write_letter(
        batch=allowance, kinds=["id_repaired", "listed_twice", "in_two_households"], by=clerk, answer_by=county.TODAY
    )


def mismatches(batch: Batch) -> Any:
    return Mismatch.objects.filter(run__batch=batch)


def test_a_letter_is_numbered_addressed_and_carries_its_rows(letter: Letter, sender: User, clerk: User) -> None:
    assert letter.number == "彰危改比对〔2020〕1号"
    assert "证件号已修复 2 行" in letter.body
    assert letter.sender == "彰武县住建局"
    page = reading.page(letter, clerk)
    assert (len(page.rows), page.answered, page.open) == (3, 0, 3)
    assert letter.attachment is not None
    sheet = openpyxl.load_workbook(store.open(letter.attachment)).worksheets[0]
    cells = [[cell.value for cell in row] for row in sheet.iter_rows(min_row=3)]
    assert cells[0][:3] == ["函号", "序号", "原表行"]
    assert county.ZHOU.id_number in cells[1][5]
    assert [one.number for one in reading.letters(sender)] == [letter.number]


def test_what_waits_for_an_answer_is_not_asked_twice_and_numbers_go_on(letter: Letter, allowance: Batch, clerk: User) -> None:
    with pytest.raises(Refused, match="等待答复"):
        letters.write_letter(batch=allowance, kinds=["id_repaired"], by=clerk)
    letters.record_answer(letter=letter, by=clerk, answers={1: ("confirmed", "")})
    Mismatch.objects.filter(run__batch=allowance, disposition="confirmed").update(disposition="pending")
    assert letters.write_letter(batch=allowance, kinds=["id_repaired"], by=clerk).number == "彰危改比对〔2020〕2号"


def test_the_answer_settles_the_differences(letter: Letter, sender: User, stranger: User) -> None:
    with pytest.raises(Refused):
        letters.record_answer(letter=letter, by=stranger, answers={1: ("corrected", "")})
    with pytest.raises(Refused, match="序号 9"):
        letters.record_answer(letter=letter, by=sender, answers={1: ("corrected", ""), 9: ("corrected", "")})
    assert not mismatches(letter.batch).exclude(disposition="pending").exists()
    assert letters.record_answer(letter=letter, by=sender, answers={1: ("corrected", "已改号"), 2: ("ineligible", "已死亡")}) == 2
    assert mismatches(letter.batch).filter(disposition="corrected", note__contains="已改号").count() == 1
    letter.refresh_from_db()
    assert letter.answered_at is None
    letters.record_answer(letter=letter, by=sender, answers={3: ("confirmed", "")})
    letter.refresh_from_db()
    assert letter.answered_at is not None


def test_the_workbook_comes_back_filled_in(letter: Letter, sender: User, tmp_path: Path) -> None:
    assert letter.attachment is not None
    book = openpyxl.load_workbook(store.open(letter.attachment))
    sheet = book.worksheets[0]
    for row in range(4, sheet.max_row + 1):
        sheet.cell(row, 8).value = "已更正" if row < 6 else "不符合退出"
        sheet.cell(row, 9).value = "见户口簿"
    path = tmp_path / "答复.xlsx"
    book.save(path)
    with path.open("rb") as file:
        assert letters.upload_answer(letter=letter, file=file, name="答复.xlsx", by=sender) == 3
    assert mismatches(letter.batch).filter(disposition="corrected").count() == 2
    letter.refresh_from_db()
    assert letter.answer_file is not None
    assert letter.answered_at is not None


def test_the_workbook_of_another_letter_is_refused(letter: Letter, sender: User, tmp_path: Path) -> None:
    path = county.write(tmp_path / "答复.csv", ("函号", "序号", "核实结果"), [("彰危改比对〔2020〕7号", 1, "已更正")])
    with path.open("rb") as file, pytest.raises(Refused, match="另一封函"):
        letters.upload_answer(letter=letter, file=file, name="答复.csv", by=sender)
    assert not mismatches(letter.batch).exclude(disposition="pending").exists()


def test_a_list_is_locked_when_both_offices_have_signed(
    allowance: Batch, clerk: User, cosigner: User, sender: User, stranger: User
) -> None:
    for user in (sender, stranger):
        with pytest.raises(Refused):
            locking.sign(batch=allowance, by=user)
    locking.sign(batch=allowance, by=clerk)
    with pytest.raises(Refused, match="已经签过"):
        locking.sign(batch=allowance, by=clerk)
    allowance.refresh_from_db()
    assert allowance.status == "matched"
    locking.sign(batch=allowance, by=cosigner)
    allowance.refresh_from_db()
    assert allowance.status == "locked"
    run = MatchRun.objects.get(batch=allowance, kind="register")
    with pytest.raises(Refused, match="已锁定"):
        deciding.accept_class(run=run, kind="id_repaired", by=clerk)
    with pytest.raises(Refused, match="已锁定"):
        receiving.rematch(batch=allowance, by=clerk)
    with pytest.raises(Refused, match="不能作废"):
        receiving.void(batch=allowance, by=clerk, reason="错了")
    for change in (
        "UPDATE rosters_batchrow SET name = '某人' WHERE batch_id = %s",
        "DELETE FROM rosters_batchrow WHERE batch_id = %s",
        "UPDATE rosters_batch SET title = '改名' WHERE id = %s",
        "DELETE FROM rosters_locksignature WHERE batch_id = %s",
        "INSERT INTO rosters_batchrow (batch_id, sheet, row, area, placed, place, address, name, id_number, id_text, sex, birth_precision, relation, household,"
        " head_name, phone, cert_no, extra, outcome, findings) VALUES (%s, '', 99, '210922', false, '', '', '', '', '', '', '', '', '', '', '', '', '{}', 'clean', '[]')",
        "UPDATE rosters_rowcells SET row = row + 1000 WHERE batch_id = %s",
        "DELETE FROM rosters_rowcells WHERE batch_id = %s",
    ):
        with pytest.raises(DatabaseError, match="已锁定"), transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(change, [allowance.pk])
    assert BatchRow.objects.filter(batch=allowance).update(area="210922109202") == 4


def test_the_stock_needs_all_four_offices(register: Batch, receive: Receive, clerk: User, cosigner: User, tmp_path: Path) -> None:
    headings = ("档案编号", "户主姓名", "户主身份证号", "乡镇", "村", "危房等级", "改造年度", "改造方式", "补助金额")
    rows = [("D1", "孙福", county.SUN.id_number, "满堂红镇", "小官村", "C", 2017, "修缮加固", "14000")]
    ledger = receive(county.write(tmp_path / "危改台账.csv", headings, rows))
    assert (ledger.layout, ledger.owner) == ("housing-ledger", "housing")
    locking.sign(batch=ledger, by=clerk)
    locking.sign(batch=ledger, by=cosigner)
    for kind, office in (("poverty", "彰武县扶贫办"), ("disabled_federation", "彰武县残联")):
        ledger.refresh_from_db()
        assert ledger.status == "matched"
        user = admit(
            login=kind,
            name=kind,
            organisation=found(name=office, kind=kind, area=county.COUNTY),
            role="cosigner",
            password="-",
            check_password=False,
        )
        locking.sign(batch=ledger, by=user)
    ledger.refresh_from_db()
    assert ledger.status == "locked"


def test_a_list_with_open_pairs_cannot_be_signed(allowance: Batch, clerk: User) -> None:
    match = allowance.runs.get(kind="register").matches.filter(outcome="auto").first()
    assert match is not None
    match.outcome = "review"
    match.save()
    with pytest.raises(Refused, match="没有核对完"):
        locking.sign(batch=allowance, by=clerk)
