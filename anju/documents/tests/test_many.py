"""Thousands of papers in one go: in order, each on a page of its own, the one that can't be set named."""

import io
from collections.abc import Iterator

import pikepdf
import pypdf
import pytest
from pypdf.generic import DictionaryObject

from anju.documents import Limits, Picture, Unprintable, pdf, pdf_many, pdf_parts
from anju.documents.housing.samples import drawing
from anju.documents.tests.echo import ECHO, Echo, pages


def test_each_paper_begins_on_a_page_of_its_own_in_order() -> None:
    made = pdf_many(ECHO, (Echo(f"第{number}户") for number in range(450)))
    assert [page.split("户")[0] for page in pages(made)] == [f"第{number}" for number in range(450)]


def test_pages_are_counted_for_each_paper_alone() -> None:
    shown = pages(pdf_many(ECHO, [Echo("甲"), Echo("乙\n" * 100), Echo("丙")]))
    assert [page.lstrip("甲乙丙") for page in shown] == ["第1页共1页", "第1页共2页", "第2页共2页", "第1页共1页"]


def test_parts_come_in_order_and_only_as_they_are_asked_for() -> None:
    asked: list[int] = []

    def coming() -> Iterator[Echo]:
        for number in range(2000):
            asked.append(number)
            yield Echo(str(number))

    parts = pdf_parts(ECHO, coming(), size=10)
    assert pages(next(parts))[0].startswith("0")
    assert len(asked) < 200
    parts.close()


def test_a_long_run_gives_the_same_bytes_and_stays_an_archive_file() -> None:
    first, second = (pdf_many(ECHO, [Echo(str(number)) for number in range(420)]) for _ in range(2))
    assert first == second
    with pikepdf.open(io.BytesIO(first)) as whole:
        with whole.open_metadata() as about:
            assert (about["pdfaid:part"], about["pdfaid:conformance"]) == ("2", "U")
        assert whole.Root.OutputIntents is not None


def test_the_paper_that_cannot_be_set_is_named() -> None:
    datas = [Echo(str(number)) for number in range(30)]
    datas[17] = Echo("坏", picture=Picture(b"\xff\xd8\xff broken"))
    with pytest.raises(Unprintable, match="第 18 份：有一张照片") as refused:
        pdf_many(ECHO, datas)
    assert refused.value.at == 17
    datas[17] = Echo("长" * 30_000)
    with pytest.raises(Unprintable, match="第 18 份：有一项内容太长"):
        list(pdf_parts(ECHO, datas, size=7))


def test_what_is_too_much_in_one_go_is_set_in_smaller_ones() -> None:
    pictures = [drawing(200 + number, 150) for number in range(12)]
    most = sum(len(each.content) for each in pictures) // 3
    made = pdf_many(ECHO, [Echo(f"第{at}户", picture=each) for at, each in enumerate(pictures)], limits=Limits(size=most))
    assert [page.split("户")[0] for page in pages(made)] == [f"第{at}" for at in range(12)]


def test_a_picture_shown_by_many_papers_is_kept_once() -> None:
    picture = drawing(400, 300)
    one, many = (len(pdf_many(ECHO, [Echo("户", picture=picture)] * times)) for times in (1, 50))
    assert many < one + 50 * 2000


def test_no_paper_at_all_is_an_error_of_the_caller() -> None:
    with pytest.raises(ValueError, match="no paper"):
        pdf_many(ECHO, [])


def test_the_data_must_be_of_the_paper() -> None:
    with pytest.raises(TypeError, match="Echo"):
        pdf(ECHO, {"text": "x"})


def test_what_is_too_large_is_refused_before_it_is_set() -> None:
    with pytest.raises(Unprintable, match="太大"):
        pdf(ECHO, Echo("x", picture=drawing(64, 48)), limits=Limits(size=100))


def test_a_paper_bears_its_title_its_day_and_only_our_fonts() -> None:
    read = pypdf.PdfReader(io.BytesIO(pdf(ECHO, Echo("石门村𠮷"), title="石门村 2020 年核验表")))
    assert read.metadata is not None
    assert read.metadata.title == "石门村 2020 年核验表"
    assert read.metadata.creation_date is not None
    assert read.metadata.creation_date.date().isoformat() == "2020-06-10"
    resources = read.pages[0]["/Resources"].get_object()
    assert isinstance(resources, DictionaryObject)
    fonts = resources["/Font"].get_object()
    assert isinstance(fonts, DictionaryObject)
    described = [each.get_object() for each in fonts.values()]
    names = {str(each["/BaseFont"]).split("+")[1].split("-")[0] for each in described if isinstance(each, DictionaryObject)}
    assert names == {"NotoSerifSC", "NotoSansCJKsc"}
