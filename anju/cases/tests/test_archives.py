"""农户档案: what is required when, what makes it present, its number, who files; the papers and the whole file as PDF."""

import io
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import date
from functools import partial
from typing import Any

import pypdfium2
import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import DatabaseError, close_old_connections, connection, transaction
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone
from hypothesis import given, settings
from hypothesis import strategies as st

from anju.accounts.models import User
from anju.appraisals.tests.conftest import COUNTY, VILLAGE, person
from anju.cases import actions, papers, rules
from anju.cases.actions.archiving import reckon
from anju.cases.archives import ITEMS, Checklist, Records, checklist, records_of
from anju.cases.models import ArchivePaper, ArchiveSeries, Case, CaseArchive, CaseStep, PaperReading
from anju.cases.papers import About, application_of, photo_sheet_of, review_of
from anju.cases.photographs import photographed_before
from anju.cases.standing import since_anew
from anju.cases.tasks import reckon_archives
from anju.cases.tests.conftest import Road, pictured, reported
from anju.cases.tests.test_pages import browser
from anju.cases.tests.test_the_road import refused
from anju.cases.tests.test_what_changes_on_the_way import died
from anju.cases.whole_file import whole_file
from anju.demo.pictures import house
from anju.evidence import albums, photos
from anju.evidence.models import Photo
from anju.exports.kinds import kind_of
from anju.notices.models import Notice
from anju.registry import actions as registry
from anju.registry.models import Household, Person
from anju.trail.models import Entry
from anju.vocabulary.method import METHODS, MODES

_CODES = [one.code for one in ITEMS]


@pytest.fixture
def stranger(places: None) -> User:
    """A clerk of another county."""
    return person("外县经办", "county_clerk", "210921", "housing")


def text_of(made: bytes) -> list[str]:
    """The pages of a PDF as text, without blanks."""
    return ["".join(page.get_textpage().get_text_range().replace("\u200b", "").split()) for page in pypdfium2.PdfDocument(io.BytesIO(made))]


def kept(case: Case) -> CaseArchive:
    """The archive as it is kept."""
    return CaseArchive.objects.get(case=case)


def lacks(case: Case) -> set[str]:
    """The codes of what is missing."""
    return set(kept(case).missing)


def filed(case: Case, by: User, *items: str) -> None:
    """Papers filed in the township's room."""
    for item in items:
        actions.file_paper(case=case, item=item, by=by, kept_at="镇档案室 3 柜 12 盒")


# ------------------------------------------------------------------------------------------------ what is required and there


def test_a_case_is_asked_for_what_its_stage_has_made_possible(dangerous: list[Household], road: Road) -> None:
    (case,) = road.to("applied", dangerous[0])
    assert lacks(case) == {"letter", "identity", "category", "survey"}
    assert (kept(case).required, kept(case).present, kept(case).complete) == (6, 2, 33)
    assert kept(case).number == ""
    (approved,) = road.to("approved", dangerous[1])
    assert lacks(approved) == {"letter", "identity", "category", "survey", "card", "card_form"}
    (begun,) = road.to("started", dangerous[2])
    assert lacks(begun) == {"letter", "identity", "category", "survey", "card", "card_form", "agreement"}


def test_photos_and_scans_count_only_where_they_are_accepted(dangerous: list[Household], road: Road, township: User) -> None:
    (case,) = road.to("started", dangerous[0])
    assert "photos" not in lacks(case)
    day = case.since
    for at, code in enumerate(("lay_foundation", "raise_structure", "complete"), 1):
        reported(case, code, township, date.fromordinal(day.toordinal() + 3 * at))
    assert "photos" not in lacks(case)
    last = case.steps.get(code="complete").album
    assert last is not None
    photos.withdraw(photo=last.photos.get(), by=township, reason="拍错了户")
    case.refresh_from_db()
    reckon(cases=[case])
    assert "photos" in lacks(case)


def test_the_scan_of_an_agreement_is_there_as_long_as_the_agreement_holds(
    dangerous: list[Household], road: Road, clerk: User, township: User
) -> None:
    (case,) = road.to("started", dangerous[2])
    died(dangerous[2], road.day, clerk)
    day = road.later(2)
    sign = partial(
        actions.agree, case=case, by=township, kind="three", builder="宏达", signed_on=day, start_due=day, finish_due=date(2020, 8, 1),
        filed_on=day, stages=[("竣工", 100)],
    )  # fmt: skip
    actions.change_head(case=case, by=township, reason="户主去世", on=day)
    assert sign(album=pictured("agree", case, township, day)).album is not None
    assert "agreement" not in lacks(case)
    heir = registry.add_member(
        household=dangerous[2], person=registry.NewPerson(name="周小河", sex="1"), relation_code="20", on=date(2020, 2, 1), by=clerk
    )
    registry.change_head(household=dangerous[2], head=Person.objects.get(pk=heir.pk), on=day, by=clerk)
    actions.change_head(case=case, by=township, reason="户主外出务工", on=day)
    assert "agreement" in lacks(case)
    sign()
    assert "agreement" in lacks(case)


def test_the_photos_before_the_works_are_those_that_the_file_shows(dangerous: list[Household], road: Road, township: User) -> None:
    (case,) = road.to("started", dangerous[0])
    begun = case.steps.get(code="start_works").album
    assert begun is not None
    assert records_of([case])[case.pk].before
    assert photo_sheet_of(About.of(case), "1", case.since) is not None
    photos.withdraw(photo=begun.photos.get(), by=township, reason="拍错了户")
    other = albums.new(area=case.area, title="排查", owner=dangerous[0].number, by=township)
    photos.add(album=other, file=house(902, size=(320, 240)), kind="before", by=township)
    assert photographed_before([case.household_id])
    assert not records_of([case])[case.pk].before
    assert photo_sheet_of(About.of(case), "1", case.since) is None


def test_a_case_that_is_sent_back_begins_its_papers_and_its_archive_anew(dangerous: list[Household], road: Road, township: User) -> None:
    (case,) = road.to("village_posted", dangerous[0])
    assert records_of([case])[case.pk].notices == 1
    assert application_of(About.of(case)).village.agreed
    actions.send_back(case=case, by=township, reason="材料不齐")
    case.refresh_from_db()
    told = records_of([case])[case.pk]
    assert (told.notices, told.pictured.get("review")) == (0, None)
    filled = application_of(About.of(case))
    assert (filled.assembly.met_on, filled.assembly.posted_from, filled.village.on) == (None, None, None)
    assert review_of(About.of(case)) is None
    codes = ("apply", "review", "regrade", "visit")
    assert [one.code for one in since_anew([CaseStep(code=code) for code in codes])] == ["apply", "visit"]


_RECORDS = st.builds(
    Records,
    st.builds(
        Case, grade=st.sampled_from(["C", "D", "none"]), method=st.sampled_from(["", *METHODS]), build_mode=st.sampled_from(["", *MODES])
    ),
    reached=st.integers(0, 15),
    steps=st.frozensets(st.sampled_from(["review", "approve", "agree"])),
    pictured=st.dictionaries(
        st.sampled_from(["review", "agree", "complete"]), st.frozensets(st.sampled_from(["meeting", "agreement", "after_whole"]))
    ),
    before=st.booleans(),
    notices=st.integers(0, 3),
    entered=st.booleans(),
)


@settings(max_examples=200, deadline=None)
@given(records=_RECORDS, there=st.frozensets(st.sampled_from(_CODES)), more=st.sampled_from(_CODES), scan=st.booleans())
def test_filing_never_lowers_and_only_a_whole_archive_is_complete(
    records: Records, there: frozenset[str], more: str, scan: bool
) -> None:  # fmt: skip
    def told(items: frozenset[str]) -> Checklist:
        papers = {one: ArchivePaper(item=one, on_paper=not scan) for one in items}
        return checklist(replace(records, papers=papers, scanned=items if scan else frozenset()))

    before, after = told(there), told(there | {more})
    assert after.complete >= before.complete
    assert after.required == before.required
    for one in (before, after):
        assert (one.complete == 100) == (not one.missing)
        assert 0 <= one.complete <= 100


def test_the_records_of_many_cost_no_more_than_those_of_one(dangerous: list[Household], road: Road) -> None:
    made = road.to("approved", dangerous[0], dangerous[1], dangerous[2])
    cases = list(Case.objects.filter(pk__in=[one.pk for one in made]).select_related("household", "appraisal"))

    def asked(some: list[Case]) -> int:
        with CaptureQueriesContext(connection) as told:
            records_of(some)
        return len(told)

    assert asked(cases[:1]) == asked(cases)


# ------------------------------------------------------------------------------------------------ numbers


def test_a_number_is_given_once_when_the_case_is_approved(dangerous: list[Household], road: Road, clerk: User) -> None:
    first, second = road.to("approved", dangerous[0], dangerous[1])
    assert [kept(one).serial for one in (first, second)] == [1, 2]
    number = kept(first).number
    assert number == "〔满堂红镇〕危改字〔2020〕01号"
    actions.undo(case=first, by=clerk, reason="面积写错")
    assert kept(first).number == number
    actions.approve_many(approvals=[road.approval(first)], by=clerk, on=road.day)
    assert kept(first).number == number
    assert ArchiveSeries.objects.get().last == 2
    with pytest.raises(DatabaseError, match="档号给出后不再改"), transaction.atomic():
        CaseArchive.objects.filter(case=first).update(number="〔别处〕危改字〔2020〕09号")


@pytest.mark.django_db(transaction=True)
def test_numbers_given_at_once_are_all_different(dangerous: list[Household], road: Road, clerk: User) -> None:
    cases = road.to("county_posted", dangerous[0], dangerous[1], dangerous[2], dangerous[4])
    actions.make_plan(area=COUNTY, year=2020, households=100, complete_due=date(2020, 6, 25), start_due=date(2020, 4, 30), by=clerk)

    def approve(case: Case) -> None:
        try:
            assert not actions.approve_many(approvals=[road.approval(case)], by=clerk, on=road.day)
        finally:
            connection.close()
            close_old_connections()

    with ThreadPoolExecutor(4) as hands:
        list(hands.map(approve, cases))
    assert {*CaseArchive.objects.values_list("serial", flat=True)} == {1, 2, 3, 4}
    assert CaseArchive.objects.values("number").distinct().count() == 4


def test_every_night_what_came_since_is_counted(dangerous: list[Household], road: Road, township: User) -> None:
    (case,) = road.to("started", dangerous[0])
    assert "photos" not in lacks(case)
    shown = case.steps.get(code="start_works").album
    assert shown is not None
    photos.withdraw(photo=shown.photos.get(), by=township, reason="拍错了户")
    assert "photos" not in lacks(case)
    assert reckon_archives(timestamp=0) == 1
    assert "photos" in lacks(case)


def test_who_only_looks_at_an_archive_leaves_no_mark(dangerous: list[Household], road: Road, clerk: User) -> None:
    (case,) = road.to("applied", dangerous[0])
    CaseArchive.objects.filter(case=case).update(missing=[], complete=100)
    last = Entry.objects.order_by("-seq").values_list("seq", flat=True)[0]
    assert browser(clerk).get(reverse("cases:archive", args=[case.number])).status_code == 200
    assert kept(case).complete == 33
    assert {*Entry.objects.filter(seq__gt=last, table="cases_casearchive").values_list("login", flat=True)} == {"system"}


# ------------------------------------------------------------------------------------------------ filed, taken back, reviewed


def test_papers_are_filed_with_their_place_and_taken_back_with_why(
    dangerous: list[Household], road: Road, township: User, collector: User
) -> None:
    (case,) = road.to("approved", dangerous[0])

    def file(**more: Any) -> ArchivePaper:
        return actions.file_paper(case=case, by=township, **{"item": "identity", **more})

    assert "存放在哪里" in refused(rules.ARCHIVE_PAPER, file)
    assert "扫描件" in refused(rules.ARCHIVE_PAPER, lambda: file(on_paper=False))
    empty = albums.new(area=case.area, title="户口簿", owner=case.household.number, by=township)
    assert "扫描件" in refused(rules.ARCHIVE_PAPER, lambda: file(on_paper=False, album=empty))
    refused(rules.ARCHIVE_PAPER, lambda: file(item="nothing", kept_at="柜"))
    refused(rules.ARCHIVE_PAPER, lambda: actions.file_paper(case=case, item="identity", by=collector, kept_at="柜"))
    refused(rules.DAY, lambda: file(kept_at="柜", on=date(2020, 1, 1)))
    before = kept(case).complete
    file(kept_at="镇档案室 3 柜 12 盒")
    assert kept(case).complete > before
    assert "identity" not in lacks(case)
    assert "已经归入" in refused(rules.ARCHIVE_PAPER, lambda: file(kept_at="柜"))
    refused(rules.ARCHIVE_PAPER, lambda: actions.take_back_paper(case=case, item="identity", by=township, reason=""))
    taken = actions.take_back_paper(case=case, item="identity", by=township, reason="户口簿已过期")
    assert (taken.taken_by, taken.taken_why) == (township, "户口簿已过期")
    assert (kept(case).complete, "identity" in lacks(case)) == (before, True)
    file(kept_at="镇档案室 3 柜 12 盒")
    assert case.papers.count() == 2
    with pytest.raises(DatabaseError, match="归入的材料不再改"), transaction.atomic():
        ArchivePaper.objects.filter(pk=taken.pk).update(kept_at="别处")
    with pytest.raises(DatabaseError, match="不能删除"), transaction.atomic():
        ArchivePaper.objects.filter(pk=taken.pk).delete()


def test_only_a_whole_archive_is_reviewed_and_a_paper_taken_back_undoes_it(
    dangerous: list[Household], road: Road, clerk: User, township: User
) -> None:
    (case,) = road.to("applied", dangerous[0])
    said = refused(rules.ARCHIVE_REVIEW, lambda: actions.review_archive(case=case, by=clerk))
    assert "还缺 4 项：改造申请书" in said
    filed(case, township, "letter", "identity", "category", "survey")
    refused(rules.ARCHIVE_REVIEW, lambda: actions.review_archive(case=case, by=township))
    assert actions.review_archive(case=case, by=clerk, note="纸质和系统一致").complete == 100
    actions.take_back_paper(case=case, item="survey", by=township, reason="填错")
    assert (kept(case).reviewed_on, kept(case).review_note) == (None, "")


def test_an_archive_that_lacks_something_again_is_reviewed_again(
    dangerous: list[Household], road: Road, clerk: User, township: User
) -> None:
    (case,) = road.to("started", dangerous[0])
    filed(case, township, *kept(case).missing)
    actions.review_archive(case=case, by=clerk, note="一致")
    begun = case.steps.get(code="start_works").album
    assert begun is not None
    photos.withdraw(photo=begun.photos.get(), by=township, reason="拍错了户")
    panel = browser(clerk).get(reverse("cases:archive", args=[case.number])).content.decode()
    assert "审核通过" not in panel
    assert (lacks(case), kept(case).reviewed_on, kept(case).reviewed_by, kept(case).review_note) == ({"photos"}, None, None, "")
    assert browser(clerk).get(reverse("cases:archives")).context["counts"].reviewed == 0
    filed(case, township, "photos")
    assert "审核通过" in browser(clerk).get(reverse("cases:archive", args=[case.number])).content.decode()
    assert actions.review_archive(case=case, by=clerk).reviewed_by == clerk


# ------------------------------------------------------------------------------------------------ the pages


def test_archives_are_listed_by_what_is_missing(dangerous: list[Household], road: Road, clerk: User, township: User) -> None:
    first, second = road.to("approved", dangerous[0], dangerous[1])
    filed(first, township, "identity")
    client = browser(clerk)
    address = reverse("cases:archives")
    for query, found in (
        ("", {first, second}), ("?missing=identity", {second}), ("?missing=card", {first, second}), ("?state=whole", set()),
        ("?state=lacking", {first, second}), ("?phase=施工", set()), (f"?q={first.number}", {first}), (f"?q={kept(second).number}", {second}),
        (f"?q={dangerous[0].number}", {first}), (f"?area={VILLAGE}", {first, second}), ("?area=210922115", set()), ("?missing=nothing", {first, second}),
    ):  # fmt: skip
        response = client.get(address + query)
        assert {line["case"] for line in response.context["lines"]} == found, query
        assert response.context["page"].total == len(found), query
    shown = client.get(address)
    assert shown.context["counts"].missing["identity"] == 1
    assert [line["case"] for line in shown.context["lines"]] == [second, first]
    assert kept(first).number in shown.content.decode()
    rows = kind_of("cases.archives").make({"missing": "identity"}, clerk, False)
    assert [(row[0], row[8]) for row in rows.rows] == [(kept(second).number, kept(second).complete)]


def test_a_paper_is_filed_on_the_page_of_its_case(dangerous: list[Household], road: Road, township: User, clerk: User) -> None:
    (case,) = road.to("approved", dangerous[0])
    client = browser(township)
    panel = reverse("cases:archive", args=[case.number])
    assert panel in client.get(reverse("cases:show", args=[case.number])).content.decode()
    assert "〔满堂红镇〕危改字〔2020〕01号" in client.get(panel).content.decode()
    begun = client.post(reverse("cases:archive-album", args=[case.number])).content.decode()
    album = begun.split('name="album" value="')[1].split('"')[0]
    file = SimpleUploadedFile("p.jpg", house(901, size=(320, 240)), "image/jpeg")
    assert client.post(reverse("evidence:add", args=[album]), {"kind": "proof", "file": file}).status_code == 302
    address = reverse("cases:archive-act", args=[case.number, "file"])
    given = {"item": "identity", "on": "2020-06-10", "album": album}
    wrong = client.post(address, {**given, "on_paper": "on", "kept_at": "", "note": "户口簿四页"})
    assert wrong.status_code == 422
    assert "存放在哪里" in wrong.content.decode()
    assert 'value="户口簿四页"' in wrong.content.decode()
    assert f'value="{album}"' in wrong.content.decode()
    done = client.post(address, given, headers={"HX-Request": "true"})
    assert done.status_code == 200
    assert "归入" in done.content.decode()
    paper = case.papers.get()
    assert (paper.item, paper.on_paper, str(paper.album_id)) == ("identity", False, album)
    assert reverse("evidence:photo", args=[Photo.objects.get(album=paper.album).pk, "thumb"]) in done.content.decode()
    back = reverse("cases:archive-act", args=[case.number, "take-back"])
    assert client.post(back, {"item": "identity", "reason": " "}).status_code == 422
    assert client.post(back, {"item": "identity", "reason": "换新"}).status_code == 302
    review = reverse("cases:archive-act", args=[case.number, "review"])
    assert browser(clerk).post(review, {"on": "2020-06-10"}).status_code == 422
    assert client.post(reverse("cases:archive-act", args=[case.number, "nothing"])).status_code == 404


def test_photos_of_each_step_stand_in_its_history(dangerous: list[Household], road: Road, clerk: User) -> None:
    (case,) = road.to("started", dangerous[0])
    client = browser(clerk)
    shown = client.get(reverse("cases:show", args=[case.number])).content.decode()
    for code in ("review", "start_works"):
        photo = case.steps.get(code=code).album.photos.get()
        assert reverse("evidence:photo", args=[photo.pk, "thumb"]) in shown
    panel = client.get(reverse("cases:photos", args=[case.number])).content.decode()
    assert "改造前" in panel
    assert panel.count("cs-album") == 2


def test_a_number_that_no_database_holds_is_nobodys(dangerous: list[Household], road: Road, clerk: User, collector: User) -> None:
    road.applied(dangerous[0])
    assert browser(collector).post(reverse("cases:meeting-album"), {"case": "210922\0"}).status_code == 422
    assert browser(collector).post(reverse("cases:many", args=["review"]), {"case": "210922\0"}).status_code == 422
    assert browser(clerk).post(reverse("cases:qualified-apply"), {"household": "210922\0", "on": "2020-06-10"}).status_code == 422


def test_the_albums_of_steps_expect_the_house_and_the_days(dangerous: list[Household], road: Road, township: User) -> None:
    (case,) = road.to("started", dangerous[0])
    album = pictured("lay_foundation", case, township)
    assert (album.owner, album.area) == (dangerous[0].number, case.area)
    assert album.radius_m is not None
    assert album.since is not None
    assert album.since.date() <= case.since
    assert CaseStep.objects.get(code="review").album.owner == ""


# ------------------------------------------------------------------------------------------------ the papers


def test_the_papers_say_what_the_steps_say(dangerous: list[Household], road: Road, clerk: User) -> None:
    first, second = road.to("started", dangerous[0], dangerous[1])
    client = browser(clerk)

    def paper(name: str, case: Case) -> str:
        response = client.get(reverse(f"cases:{name}", args=[case.number]))
        assert response.status_code == 200, response.headers.get("Location")
        assert response["Content-Type"] == "application/pdf"
        return "".join(text_of(response.content))

    applied = paper("application", first)
    for told in ("农村危房改造申请审批表", first.number, "周德海", "金书记", "24,000.00", "彰住建〔2020〕3号"):
        assert told in applied, told
    met = paper("review", first)
    for told in ("周德海", "赵凤芹", "应到40人，实到28人", "金淑珍", "同意上报"):
        assert told in met, told
    assert paper("review", second) == met
    signed = paper("agreement", first)
    for told in ("彰武宏达施工队", "24,000.00", "7,200.00", "16,800.00"):
        assert told in signed, told
    assert PaperReading.objects.filter(by=clerk, household=dangerous[0]).count() == 3
    assert Entry.objects.filter(action="paper.read").exists()


def test_papers_that_do_not_exist_yet_say_so(dangerous: list[Household], road: Road, clerk: User) -> None:
    (case,) = road.to("applied", dangerous[0])
    client = browser(clerk)
    for name, said in (("review", "还没有评议"), ("agreement", "还没有登记协议")):
        response = client.get(reverse(f"cases:{name}", args=[case.number]), follow=True)
        assert said in response.content.decode()
    assert not PaperReading.objects.exists()
    response = client.get(reverse("cases:household-archive", args=[dangerous[1].number]), follow=True)
    assert "没有改造档案" in response.content.decode()


def test_the_whole_file_holds_every_paper_on_its_true_page(dangerous: list[Household], road: Road, clerk: User, township: User) -> None:
    (case,) = road.to("started", dangerous[0])
    filed(case, township, "identity")
    response = browser(clerk).get(reverse("cases:household-archive", args=[dangerous[0].number]))
    assert response.status_code == 200
    shown = text_of(response.content)
    assert "〔满堂红镇〕危改字〔2020〕01号" in shown[0]
    assert f"{kept(case).complete}%" in shown[0]
    assert "镇档案室3柜12盒" in shown[0]
    whole = "".join(shown)
    assert f"全档电子文件共{len(shown)}页" in whole
    assert f"缺{len(kept(case).missing)}项" in whole
    for told in ("申请审批表", "鉴定报告", "评议记录", "公示的内容", "农村危房改造协议", "改造前、改造中、改造后照片"):
        assert told in whole, told
    assert Notice.objects.filter(withdrawn_on=None).count() == whole.count("公示的内容（贴出时的原样）")
    assert response.content == whole_file(dangerous[0], clerk)


def test_a_sheet_of_photos_counts_what_it_leaves_out(
    dangerous: list[Household], road: Road, township: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    (case,) = road.to("started", dangerous[0])
    begun = case.steps.get(code="start_works").album
    assert begun is not None
    for seed in (903, 904):
        photos.add(album=begun, file=house(seed, size=(320, 240)), kind="before", by=township)
    Photo.objects.filter(album=begun).update(explained_at=timezone.now(), explained_by=township, explanation="已核实")
    sheet = photo_sheet_of(About.of(case), "1", case.since)
    assert sheet is not None
    assert ([len(one.photos) for one in sheet.groups], sheet.note) == ([3, 0, 0], "")
    monkeypatch.setattr(papers, "_MOST_PHOTOS", 2)
    sheet = photo_sheet_of(About.of(case), "1", case.since)
    assert sheet is not None
    assert ([len(one.photos) for one in sheet.groups], sheet.note) == ([2, 0, 0], "另有 1 张照片没有列出，在系统里查看。")


def test_nothing_of_it_is_there_for_another_county(dangerous: list[Household], road: Road, stranger: User, township: User) -> None:
    (case,) = road.to("started", dangerous[0])
    client = browser(stranger)
    for name in ("application", "review", "agreement", "photos", "archive"):
        assert client.get(reverse(f"cases:{name}", args=[case.number])).status_code == 404, name
    assert client.get(reverse("cases:household-archive", args=[dangerous[0].number])).status_code == 404
    for do in ("file", "take-back", "review"):
        assert client.post(reverse("cases:archive-act", args=[case.number, do]), {"item": "identity"}).status_code == 404
    assert client.post(reverse("cases:archive-album", args=[case.number])).status_code == 404
    assert client.post(reverse("cases:album", args=[case.number, "visit"])).status_code == 404
    assert client.get(reverse("cases:archives")).context["page"].total == 0
    filed(case, township, "identity")
    assert case.papers.count() == 1
