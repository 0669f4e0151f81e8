"""The pages of 批量录入: a workbook dropped, its page, its rows, its answer, what others see of it; the command line."""

import io
from pathlib import Path
from typing import Any

import openpyxl
import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse

from anju.accounts.actions import admit, found
from anju.accounts.models import NamedRecord, User
from anju.accounts.scope import actor_of
from anju.evidence import store
from anju.exports.models import Export
from anju.imports.models import ImportBatch, ImportRow
from anju.imports.tests.conftest import Send, number_of, write
from anju.jobs.models import Job
from anju.registry.models import Dwelling
from anju.rosters import command
from anju.rosters.tests import county
from anju.trail.acting import acting

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


@pytest.fixture
def batch(send: Send, tmp_path: Path) -> ImportBatch:
    """Three houses recorded, two with a note, one row gone back."""
    rows: list[dict[str, object]] = [
        {"户编号": number_of("周德海"), "建造年代": 1985, "主房面积": 60},
        {"户主身份证号": county.SUN.id_number, "户主姓名": "孙富", "建造年代": 1978, "主房面积": 45},
        {"户编号": "210922109201-0099", "建造年代": 1978, "主房面积": 45},
        {"户编号": number_of("包玉霞"), "建造年代": 1978, "主房面积": "约六十", "户主姓名": "包玉霞"},
    ]
    return send(write(tmp_path / "房屋情况.xlsx", rows))


def test_a_dropped_workbook_is_recognised_recorded_and_shown(client: Client, clerk: User, tmp_path: Path, done: Any) -> None:
    client.force_login(clerk)
    page = client.get(reverse("imports:list")).content.decode()
    assert "把填好的表拖进来" in page
    assert reverse("imports:template", args=["houses"]) in page
    path = write(tmp_path / "房屋 20200601.xlsx", [{"户编号": number_of("周德海"), "建造年代": 1985}])
    with done():
        answer = client.post(
            reverse("imports:upload"),
            {"file": SimpleUploadedFile(path.name, path.read_bytes(), XLSX)},
            headers={"x-requested-with": "dropzone"},
        )
    made = ImportBatch.objects.get()
    assert answer.json() == {"location": reverse("imports:batch", args=[made.pk]), "message": "已识别为“房屋情况”，正在读取"}
    assert (made.status, made.as_of.isoformat(), Dwelling.objects.count()) == ("done", "2020-06-01", 1)
    again = client.post(
        reverse("imports:upload"),
        {"file": SimpleUploadedFile(path.name, path.read_bytes(), XLSX)},
        headers={"x-requested-with": "dropzone"},
    )
    assert again.status_code == 422
    assert reverse("imports:batch", args=[made.pk]) in again.content.decode()
    assert made.title in client.get(reverse("imports:list")).content.decode()


def test_a_template_can_be_filled_and_sent(client: Client, clerk: User, tmp_path: Path, send: Send) -> None:
    client.force_login(clerk)
    content = b"".join(client.get(reverse("imports:template", args=["houses"])).streaming_content)  # type: ignore[attr-defined]
    book = openpyxl.load_workbook(io.BytesIO(content))
    sheet = book.worksheets[0]
    headings = [cell.value for cell in sheet[1]]
    for heading, value in (("户编号", number_of("周德海")), ("建造年代", 1985), ("结构形式", "砖木")):
        sheet.cell(row=3, column=headings.index(heading) + 1, value=value)
    path = tmp_path / "填好的.xlsx"
    book.save(path)
    batch = send(path)
    assert (batch.kind, batch.rows_total, batch.rows_applied) == ("houses", 1, 1)


def test_the_page_says_in_plain_words_what_was_found_and_each_number_opens_its_rows(
    client: Client, clerk: User, batch: ImportBatch
) -> None:
    client.force_login(clerk)
    page = client.get(reverse("imports:batch", args=[batch.pk])).content.decode()
    for words in ("登记库中找不到这一户", "应为数字", "户主与登记库不一致", "没有登记，改好再传", "已登记，请核对", "下载带批注的原表"):
        assert words in page
    rows = reverse("imports:rows", args=[batch.pk])
    for query, shown in (("?outcome=refused", 1), ("?outcome=applied", 1), ("?outcome=noted", 2), ("?check=household-unknown", 1), ("", 4)):
        listed = client.get(rows + query).content.decode()
        assert listed.count("data-open") == shown
    row = ImportRow.objects.get(batch=batch, row=3)
    shown_row = client.get(reverse("imports:row", args=[batch.pk, row.pk]), headers={"hx-request": "true"}).content.decode()
    assert "2109**********" in shown_row
    assert county.SUN.id_number not in shown_row
    assert "1978" in shown_row


def test_the_senders_workbook_goes_back_with_what_is_wrong(client: Client, clerk: User, batch: ImportBatch, done: Any) -> None:
    client.force_login(clerk)
    with done():
        client.post(f"{reverse('exports:ask')}?batch={batch.pk}", {"kind": "imports.error_workbook", "why": "daily"})
    export = Export.objects.get()
    assert (export.state, export.needs_approval) == ("ready", False)
    assert export.file is not None
    book = openpyxl.load_workbook(io.BytesIO(store.open(export.file).read()))
    lines = [[cell.value for cell in row] for row in book.worksheets[0].iter_rows()]
    assert lines[0][:5] == ["工作表", "行号", "问题", "怎么改", "户编号"]
    assert [line[1] for line in lines[1:]] == [3, 4, 5]
    assert "没有户编号 210922109201-0099" in str(lines[2][2])
    assert "照抄编号" in str(lines[2][3])
    assert lines[1][6] == county.SUN.id_number


def test_another_county_sees_nothing_and_a_township_its_own_rows(client: Client, clerk: User, stranger: User, batch: ImportBatch) -> None:
    addresses = [reverse(f"imports:{name}", args=[batch.pk]) for name in ("batch", "rows", "progress")]
    client.force_login(stranger)
    assert [client.get(one).status_code for one in addresses] == [404, 404, 404]
    assert client.post(reverse("imports:undo", args=[batch.pk]), {"reason": "看看"}).status_code == 404
    assert batch.title not in client.get(reverse("imports:list")).content.decode()
    office = found(name="大冷镇政府", kind="township", area="210922115")
    reviewer = admit(login="大冷", name="大冷", organisation=office, role="township_reviewer", password="-", check_password=False)
    client.force_login(reviewer)
    listed = client.get(addresses[1]).content.decode()
    assert "包玉霞" in listed
    assert "周德海" not in listed
    page = client.get(addresses[0]).content.decode()
    assert "应为数字" in page
    assert "登记库中找不到这一户" not in page
    assert "撤销整份录入" not in page
    client.post(reverse("imports:undo", args=[batch.pk]), {"reason": "看看"})
    batch.refresh_from_db()
    assert batch.status == "done"
    with acting(actor_of(stranger)):
        assert not ImportBatch.objects.exists()
        assert not ImportRow.objects.exists()


def test_a_third_party_sees_the_workbooks_it_sent_and_no_others(clerk: User, batch: ImportBatch) -> None:
    office = found(name="鉴定公司", kind="third_party_appraiser", area=county.COUNTY)
    agency = admit(login="公司", name="公司", organisation=office, role="third_party_appraiser", password="-", check_password=False)
    grant = agency.grants.get()
    NamedRecord.objects.create(grant=grant, kind="household", key=number_of("周德海"))
    agency.act_in(grant)
    with acting(actor_of(agency)):
        assert not ImportBatch.objects.exists()
    ImportBatch.objects.filter(pk=batch.pk).update(by=agency)
    with acting(actor_of(agency)):
        assert ImportBatch.objects.get() == batch
        assert ImportRow.objects.count() == 4


def test_undone_from_its_page_with_a_reason(client: Client, clerk: User, batch: ImportBatch, done: Any) -> None:
    client.force_login(clerk)
    address = reverse("imports:undo", args=[batch.pk])
    client.post(address, {"reason": " "})
    batch.refresh_from_db()
    assert batch.status == "done"
    with done():
        client.post(address, {"reason": "传错了"})
    batch.refresh_from_db()
    assert (batch.status, batch.rows_undone, batch.rows_refused) == ("undone", 3, 1)
    assert "已撤销" in client.get(reverse("imports:batch", args=[batch.pk])).content.decode()


def test_rows_that_went_back_are_the_senders_work_of_the_day(client: Client, clerk: User, batch: ImportBatch) -> None:
    client.force_login(clerk)
    home = client.get(reverse("home")).content.decode()
    assert "录入退回的行待改正" in home
    assert f"{reverse('imports:rows', args=[batch.pk])}?outcome=refused" in home


def test_the_command_line_records_a_workbook_and_says_what_was_found(
    clerk: User,
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
    django_capture_on_commit_callbacks: Any,
) -> None:
    path = write(
        tmp_path / "房屋.xlsx", [{"户编号": number_of("周德海"), "建造年代": 1985}, {"户编号": "210922109201-0099", "建造年代": 1985}]
    )
    order = ["houses", str(path), "--area", county.COUNTY, "--by"]
    assert command.main([*order, "没有这人"]) == 2
    assert "没有用户" in capsys.readouterr().err
    with django_capture_on_commit_callbacks(execute=True):
        command.main([*order, clerk.login])
    batch = ImportBatch.objects.get()
    assert batch.status == "done"
    assert command.main([*order, clerk.login]) == 0
    said = capsys.readouterr()
    assert "已由 周敏 录入过" in said.err
    assert "2 行，已登记 1 行（有提示 0），未登记 1 行" in said.out
    assert "登记库中找不到这一户 1" in said.out
    assert Job.objects.filter(kind="imports.record").count() == 1
