"""The sheet of one household as PDF, of a village as one PDF, of a larger area as a PDF for each village; the conclusions as a workbook."""

import io
import zipfile
from collections.abc import Callable
from contextlib import AbstractContextManager
from datetime import date
from typing import Any

import pypdf
import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from anju.accounts.models import User
from anju.appraisals import albums
from anju.appraisals.models import Appraisal
from anju.appraisals.tests.conftest import COUNTY, TODAY, TOWNSHIP, VILLAGE, house_of, photograph
from anju.entries.fields import Asked, filled
from anju.evidence import photos, store
from anju.evidence.models import Photo
from anju.evidence.shelf import shelf
from anju.exports.actions.asking import ask
from anju.exports.models import Export
from anju.guarantees import actions as guarantees
from anju.registry import actions as registry
from anju.registry.models import Household
from anju.registry.staging import Enrolment
from anju.verification import actions, sheets
from anju.verification.models import Campaign, Verification

Submit = Callable[..., Appraisal]
ON = date(2020, 6, 5)


@pytest.fixture
def campaign(clerk: User, households: list[Household], verifier: User, give: Submit) -> Campaign:
    """A campaign with a household appraised safe, one housed by relatives, one not housed safely, and one in the next village."""
    elsewhere = [Enrolment(9, "t:9", "程万里", "210922115201", "9", sex="1", relation="02")]
    registry.enrol(rows=elsewhere, on=date(2019, 1, 1), by=clerk, source="t:more")
    made = actions.open_campaign(area=COUNTY, name="2020年核验", starts_on=date(2020, 6, 1), due=date(2020, 6, 30), by=clerk)
    give("b", on=date(2020, 5, 20))
    guarantees.record(
        household=households[1], route="relatives", since=date(2020, 5, 1), by=clerk, provider="孙强（长子）", relation="父子", document="投亲居住同意书",
        until=date(2020, 12, 31), safe_because="村鉴定 B 级", place="小官村2组孙强家",
    )  # fmt: skip
    album = albums.of_house(household=households[0], dwelling=house_of(households[0]), title="核验", by=verifier, since=date(2020, 6, 1))
    photos.explain(photo=photograph(album, verifier, kind="present"), by=clerk, reason="手机没有开定位，核对过是该户")
    common: dict[str, Any] = {"by": verifier, "verifiers": ["邢志国", "金淑珍"], "on": ON, "campaign": made}
    actions.conclude(
        household=households[0], category="appraised_safe", informant="周德海", interview="全家常住", lives_here=True, album=album, **common
    )
    actions.conclude(household=households[1], category="guaranteed_safe", **common)
    actions.conclude(household=households[2], category="unguaranteed", why="后墙开裂，列入今年改造计划", **common)
    actions.conclude(household=Household.objects.get(area="210922115201"), category="unguaranteed", why="无房", **common)
    return made


def text(content: bytes) -> list[str]:
    """The words of each page, without spaces."""
    return ["".join(page.extract_text().replace("\u200b", "").split()) for page in pypdf.PdfReader(io.BytesIO(content)).pages]


def test_one_households_sheet_says_what_was_concluded_and_on_what_ground(
    campaign: Campaign, households: list[Household], verifier: User, collector: User
) -> None:
    client = Client()
    client.force_login(verifier)
    answer = client.get(reverse("verification:sheet", args=[households[0].number]))
    assert answer["Content-Type"] == "application/pdf"
    [page] = text(answer.content)
    number = households[0].memberships.get(relation="02").person.id_number.clear
    for words in (
        "住房安全有保障核验表",
        "周德海",
        "✓鉴定安全",
        "B级，210922-JD2020-000001",
        "2020年核验",
        "邢志国",
        "金淑珍",
        "全家常住",
        f"HY-{households[0].number}",
    ):
        assert words in page, page
    assert number not in page
    assert "未附照片" not in page
    assert page.count("小官村3组") == 2
    assert "小官村小官村" not in page
    assert f"{number[:4]}**********{number[-4:]}" in page
    [housed] = text(client.get(reverse("verification:sheet", args=[households[1].number])).content)
    for words in ("✓投亲靠友", "孙强（长子）（父子）", "投亲居住同意书", "小官村2组孙强家"):
        assert words in housed, housed
    [unsafe] = text(client.get(reverse("verification:sheet", args=[households[2].number])).content)
    assert "后墙开裂，列入今年改造计划" in unsafe


def test_a_household_without_a_conclusion_has_no_sheet(households: list[Household], verifier: User, stranger: User) -> None:
    client = Client()
    client.force_login(verifier)
    answer = client.get(reverse("verification:sheet", args=[households[0].number]), follow=True)
    assert "还没有核验结论" in answer.content.decode()
    client.force_login(stranger)
    assert client.get(reverse("verification:sheet", args=[households[0].number])).status_code == 404


def _asked(
    by: User, done: Callable[..., AbstractContextManager[Any]], kind: str = "verification.sheets", **filters: object
) -> tuple[Export, bytes]:
    with done(execute=True):
        export = ask(kind=kind, filters={name: str(value) for name, value in filters.items()}, by=by, reason="report", note="上级核验检查")
    export.refresh_from_db()
    assert export.file is not None, export.job.message if export.job else ""
    with store.open(export.file) as source:
        return export, source.read()


def test_a_village_is_one_pdf_and_a_county_an_archive_of_villages(
    campaign: Campaign, households: list[Household], clerk: User, jobs_inline: None, django_capture_on_commit_callbacks: Any
) -> None:
    export, village = _asked(clerk, django_capture_on_commit_callbacks, campaign=campaign.pk, area=VILLAGE)
    pages = text(village)
    assert (export.rows, len(pages)) == (3, 3)
    assert [f"HY-{one.number}" in page for one, page in zip(households, pages, strict=True)] == [True] * 3
    assert (export.job and (export.job.done, export.job.total)) == (3, 3)
    export, county = _asked(clerk, django_capture_on_commit_callbacks, campaign=campaign.pk)
    assert (export.rows, export.file_name[-4:]) == (4, ".zip")
    with zipfile.ZipFile(io.BytesIO(county)) as archive:
        pages_of = {name: len(text(archive.read(name))) for name in archive.namelist()}
        assert pages_of == {"大冷镇/程沟村（210922115201）1户.pdf": 1, "满堂红镇/小官村（210922109201）3户.pdf": 3}
    export, township = _asked(clerk, django_capture_on_commit_callbacks, campaign=campaign.pk, area=TOWNSHIP)
    with zipfile.ZipFile(io.BytesIO(township)) as archive:
        assert archive.namelist() == ["满堂红镇/小官村（210922109201）3户.pdf"]


def test_a_third_of_the_sheets_or_all_cost_the_same_number_of_questions(campaign: Campaign) -> None:
    rows = list(sheets.of(Verification.objects.open()))
    with CaptureQueriesContext(connection) as few:
        sheets.filled(rows[:1], small=True)
    with CaptureQueriesContext(connection) as many:
        sheets.filled(rows, small=True)
    assert len(many) <= len(few) + 2  # another county's office, another photo's key


def test_the_pages_offer_the_sheets_where_there_are_any(campaign: Campaign, clerk: User) -> None:
    client = Client()
    client.force_login(clerk)
    for url in (reverse("verification:overview"), reverse("verification:village", args=[campaign.pk, VILLAGE])):
        assert "打印核验表" in client.get(url).content.decode()
    empty = reverse("verification:village", args=[campaign.pk, "210922109202"])
    assert "打印核验表" not in client.get(empty).content.decode()


def test_the_conclusions_leave_as_a_workbook_that_could_come_back(
    campaign: Campaign, clerk: User, households: list[Household], jobs_inline: None, django_capture_on_commit_callbacks: Any
) -> None:
    export, _made = _asked(
        clerk, django_capture_on_commit_callbacks, kind="verification.households", campaign=campaign.pk, category="unguaranteed"
    )
    assert export.rows == 2
    values = filled(
        ["grade", "conclusion", "route", "proof", "verified_on", "lives_here", "photo_present"],
        [households[0].pk],
        Asked(TODAY, full=False),
    )
    assert values[households[0].pk] == {
        "grade": "B", "conclusion": "鉴定安全", "route": "鉴定 B 级", "proof": "210922-JD2020-000001", "verified_on": ON, "lives_here": "是", "photo_present": "1 张",
    }  # fmt: skip


# ------------------------------------------------------------------------------------------------ what leaves says of itself, and what it lacks


def test_the_files_bear_their_number_and_mark_on_every_page_and_in_their_properties(
    campaign: Campaign, clerk: User, jobs_inline: None, django_capture_on_commit_callbacks: Any
) -> None:
    export, village = _asked(clerk, django_capture_on_commit_callbacks, campaign=campaign.pk, area=VILLAGE)
    _bears(village, export, pages=3)
    export, county = _asked(clerk, django_capture_on_commit_callbacks, campaign=campaign.pk)
    with zipfile.ZipFile(io.BytesIO(county)) as archive:
        assert export.number in archive.comment.decode()
        assert export.mark in archive.comment.decode()
        for name in archive.namelist():
            _bears(archive.read(name), export, pages=3 if "3户" in name else 1)


def _bears(content: bytes, export: Export, *, pages: int) -> None:
    found = text(content)
    assert len(found) == pages
    for page in found:
        assert f"编号{export.number}" in page
        assert f"标记{export.mark}" in page
        assert "内部资料" in page
    about = pypdf.PdfReader(io.BytesIO(content)).metadata
    assert about is not None
    assert export.mark in str(about["/Keywords"])
    assert export.number in str(about["/Keywords"])


def test_a_damaged_photo_costs_its_own_sheet_the_photo_only(
    campaign: Campaign, households: list[Household], clerk: User, jobs_inline: None, django_capture_on_commit_callbacks: Any
) -> None:
    conclusion = Verification.objects.open().get(household=households[0])
    for photo in Photo.objects.filter(album=conclusion.album_id):
        for file in (photo.thumb, photo.file):
            name = store.name_of(file)
            assert name is not None
            shelf().remove(name)
    for area in (VILLAGE, COUNTY):
        export, made = _asked(clerk, django_capture_on_commit_callbacks, campaign=campaign.pk, area=area)
        if area == COUNTY:
            with zipfile.ZipFile(io.BytesIO(made)) as archive:
                made = archive.read(next(name for name in archive.namelist() if "3户" in name))
        assert "照片文件损坏" in text(made)[0]
        assert "照片文件损坏" not in text(made)[1]
        client = Client()
        client.force_login(clerk)
        page = client.get(reverse("exports:show", args=[export.pk])).content.decode()
        assert f"1 户的照片文件损坏，核验表上没有照片：{households[0].number}" in page
    client.force_login(clerk)
    alone = client.get(reverse("verification:sheet", args=[households[0].number]), follow=True)
    assert "用备份恢复" in alone.content.decode()


@pytest.mark.usefixtures("jobs_inline")
def test_a_sheet_that_cant_be_made_is_named_by_its_village_and_household(
    campaign: Campaign, households: list[Household], clerk: User, verifier: User, django_capture_on_commit_callbacks: Any
) -> None:
    guarantees.record(
        household=households[2], route="relatives", since=ON, by=clerk, provider="孙" * 100, relation="父" * 30, document="同意书",
        until=date(2020, 12, 31), safe_because="村鉴定 B 级",
    )  # fmt: skip
    actions.conclude(household=households[2], category="guaranteed_safe", by=verifier, verifiers=["核"] * 5000, on=TODAY, campaign=campaign)
    for area in (VILLAGE, COUNTY):
        with django_capture_on_commit_callbacks(execute=True):
            export = ask(
                kind="verification.sheets", filters={"campaign": str(campaign.pk), "area": area}, by=clerk, reason="report", note="检查"
            )
        export.refresh_from_db()
        assert export.job is not None
        assert export.state == Export.State.FAILED
        assert f"小官村 {households[2].number}：" in export.job.message.replace("满堂红镇小官村", "小官村")
        assert "请" in export.job.message


def test_progress_says_where_it_is(campaign: Campaign, clerk: User) -> None:
    heard: list[tuple[int, str]] = []
    concluded = Verification.objects.open().filter(area__startswith=VILLAGE)
    assert sheets.village_file(concluded, io.BytesIO(), sheets.Run(lambda done, where: heard.append((done, where)))) == 3
    assert heard == [(3, "小官村")]
