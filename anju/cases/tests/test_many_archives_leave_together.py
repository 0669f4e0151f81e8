"""The files of many households in one archive file: whose, under which names, what stands on every page, what is kept of it, what can't be made."""

import io
import zipfile
from collections.abc import Callable
from contextlib import AbstractContextManager
from typing import Any

import pypdf
import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from anju.accounts.models import User
from anju.appraisals.tests.conftest import VILLAGE, person
from anju.cases import archive_files
from anju.cases.models import PaperReading
from anju.cases.tests.conftest import Road
from anju.cases.tests.test_archives import text_of
from anju.cases.tests.test_pages import browser
from anju.cases.whole_file import whole_file
from anju.evidence import store
from anju.evidence.models import Photo
from anju.evidence.shelf import shelf
from anju.exports.actions.asking import ask
from anju.exports.kinds import kind_of
from anju.exports.models import Export
from anju.exports.tests.test_what_leaves_as_a_file import made
from anju.registry.models import Household, Person
from anju.rosters.tests.conftest import done

__all__ = ["done"]
Done = Callable[[], AbstractContextManager[Any]]


def _asked(by: User, done: Done, **filters: str) -> Export:
    with done():
        export = ask(kind="cases.files", filters=filters, by=by, reason="daily")
    export.refresh_from_db()
    return export


def test_the_archives_of_a_list_leave_as_a_pdf_each(dangerous: list[Household], road: Road, clerk: User, done: Done) -> None:
    road.to("started", dangerous[0])
    road.to("applied", dangerous[2])
    Person.objects.filter(memberships__household=dangerous[2]).update(name="孙/福")
    export = _asked(clerk, done)
    with zipfile.ZipFile(io.BytesIO(made(export))) as archive:
        assert archive.namelist() == [
            f"满堂红镇/小官村（{VILLAGE}）/{one.number} {name}.pdf" for one, name in ((dangerous[0], "周德海"), (dangerous[2], "孙_福"))
        ]
        assert export.mark in archive.comment.decode()
        files = [archive.read(name) for name in archive.namelist()]
    assert export.rows == 2
    for household, content in zip((dangerous[0], dangerous[2]), files, strict=True):
        alone = text_of(whole_file(household, clerk) or b"")
        pages = text_of(content)
        assert len(pages) == len(alone)
        for page, same in zip(pages, alone, strict=True):
            assert f"标记{export.mark}" in page
            assert same[:60] in page
        about = pypdf.PdfReader(io.BytesIO(content)).metadata
        assert about is not None
        assert export.number in str(about["/Keywords"])
    readings = PaperReading.objects.order_by("of").values_list("paper", "of", "by")
    assert list(readings) == [("archive", one.number, clerk.pk) for one in (dangerous[0], dangerous[2])]


def test_only_what_the_list_shows_leaves_and_only_of_ones_own_place(
    dangerous: list[Household], road: Road, clerk: User, done: Done
) -> None:
    road.to("started", dangerous[0])
    road.to("applied", dangerous[2])
    assert _asked(clerk, done, phase="施工").rows == 1
    other = person("外县经办", "county_clerk", "210921", "housing")
    none = _asked(other, done)
    assert none.state == "failed"
    assert none.job is not None
    assert "没有改造档案可导出" in none.job.message
    page = browser(clerk).get(reverse("cases:archives"), {"phase": "施工"}).content.decode()
    assert "导出档案 PDF" in page


def test_too_many_for_one_file_are_told_how_to_be_asked_for(
    dangerous: list[Household], road: Road, clerk: User, done: Done, monkeypatch: pytest.MonkeyPatch
) -> None:
    road.to("applied", dangerous[0], dangerous[2])
    monkeypatch.setattr(archive_files, "MOST", 1)
    export = _asked(clerk, done)
    assert export.state == "failed"
    assert export.job is not None
    assert "选中 2 户，一次最多导出 1 户" in export.job.message
    assert not PaperReading.objects.exists()


def test_a_household_whose_photo_is_damaged_is_named_and_the_others_leave(
    dangerous: list[Household], road: Road, clerk: User, done: Done
) -> None:
    (begun,) = road.to("started", dangerous[0])
    road.to("applied", dangerous[2])
    step = begun.steps.get(code="start_works")
    for photo in Photo.objects.filter(album=step.album_id):
        for file in (photo.thumb, photo.file):
            name = store.name_of(file)
            assert name is not None
            shelf().remove(name)
    export = _asked(clerk, done)
    with zipfile.ZipFile(io.BytesIO(made(export))) as archive:
        assert [name.rpartition("/")[2].partition(" ")[0] for name in archive.namelist()] == [dangerous[2].number]
    shown = browser(clerk).get(reverse("exports:show", args=[export.pk])).content.decode()
    assert f"{dangerous[0].number} 的档案没有导出" in shown
    assert [one.of for one in PaperReading.objects.all()] == [dangerous[2].number]


def test_where_the_file_store_does_not_answer_nothing_leaves(
    dangerous: list[Household], road: Road, clerk: User, done: Done, monkeypatch: pytest.MonkeyPatch
) -> None:
    road.to("started", dangerous[0])
    road.to("applied", dangerous[2])

    def away(file: object) -> None:
        raise store.Away("文件库没有应答，请稍后再试。")

    monkeypatch.setattr(store, "open", away)
    export = _asked(clerk, done)
    assert export.state == "failed"
    assert export.job is not None
    assert "没有应答" in export.job.message
    assert not PaperReading.objects.exists()


def test_of_a_whole_province_the_households_are_counted_before_they_are_gathered(
    dangerous: list[Household], road: Road, clerk: User
) -> None:
    road.to("applied", dangerous[0], dangerous[2])
    with CaptureQueriesContext(connection) as told:
        assert kind_of("cases.files").make({}, clerk, False).total == 2
    of_households = [one["sql"] for one in told.captured_queries if "registry_household" in one["sql"]]
    assert of_households
    assert all("COUNT(" in one for one in of_households)
