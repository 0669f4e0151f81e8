"""Short papers keep to their page, long ones go on overleaf; signatures are never alone, pictures keep their shape, nothing falls off."""

import dataclasses
import io
from collections.abc import Callable
from decimal import Decimal
from typing import Any

import pypdf
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from anju.documents import Document, Picture, Unprintable, declared, pdf
from anju.documents.housing import LETTER, PLATE, REPORT, SHEET, SIGN, samples
from anju.documents.housing.parts import Photo
from anju.documents.housing.verification_sheet import Problem
from anju.documents.tests.echo import pages

replace = dataclasses.replace
_SENTENCE = "屋面漏雨，檩条腐朽，后墙开裂。"


def placed(made: bytes) -> list[tuple[float, float, float, float]]:
    """Where each picture lies: left, bottom, width, height in points."""
    found: list[tuple[float, float, float, float]] = []
    for page in pypdf.PdfReader(io.BytesIO(made)).pages:

        def seen(operator: bytes, operands: Any, matrix: list[float], _: Any) -> None:
            if operator == b"Do":
                across, _, _, up, left, bottom = matrix
                found.append((left, bottom + min(0.0, up), abs(across), abs(up)))

        page.extract_text(visitor_operand_before=seen)
    return found


def off_the_page(made: bytes) -> list[str]:
    """Texts whose line begins outside the page."""
    lost: list[str] = []
    for page in pypdf.PdfReader(io.BytesIO(made)).pages:
        _, _, right, top = (float(each) for each in page.mediabox)

        def seen(text: str, matrix: list[float], line: list[float], *_: object, right: float = right, top: float = top) -> None:
            x = matrix[0] * line[4] + matrix[2] * line[5] + matrix[4]
            y = matrix[1] * line[4] + matrix[3] * line[5] + matrix[5]
            if text.strip() and not (0 <= x <= right and 0 <= y <= top):
                lost.append(text)

        page.extract_text(visitor_text=seen)
    return lost


@pytest.mark.parametrize(
    ("kind", "count"), [(REPORT, 2), (SHEET, 1), (SIGN, 1), (PLATE, 1), (LETTER, 1)], ids=lambda each: getattr(each, "key", "")
)
def test_an_ordinary_paper_takes_the_pages_it_should(kind: Document, count: int) -> None:
    assert len(pages(pdf(kind, kind.sample()))) == count


@settings(max_examples=25, deadline=None)
@given(st.integers(0, 6), st.integers(1, 60), st.integers(0, 5))
def test_a_sheet_of_usual_length_is_one_page(grounds: int, length: int, answers: int) -> None:
    data = samples.verification_sheet()
    assert data.interview is not None
    sheet = replace(
        data,
        grounds=(("改造档案", "柳" * length),) * grounds,
        interview=replace(data.interview, answers=(("问", "答" * length),) * answers),
    )
    assert len(pages(pdf(SHEET, sheet))) == 1


@pytest.mark.parametrize("times", [1, 8, 20, 40, 60, 61, 62, 80, 200])
def test_a_long_sheet_goes_on_and_its_signatures_stand_under_something(times: int) -> None:
    sheet = replace(samples.verification_sheet(), problem=Problem(number="W-1", description=_SENTENCE * times))
    shown = pages(pdf(SHEET, sheet))
    assert "户主确认" in shown[-1]
    assert "改造安全：农村危房改造（接前页）" in shown[-1] or len(shown) == 1
    assert len(shown) == 1 or times > 40
    assert f"共{len(shown)}页" in shown[0]
    if len(shown) > 1:
        assert "（续）" in shown[1]


@pytest.mark.parametrize("times", [1, 10, 40, 150])
def test_the_signatures_of_a_report_stand_under_its_grade(times: int) -> None:
    report = replace(samples.appraisal_report(), advice_note=_SENTENCE * times, photos=())
    signed = next(page for page in pages(pdf(REPORT, report)) if "六、签字" in page)
    assert "安全等级" in signed
    assert "2020年6月25日" in signed


@pytest.mark.parametrize("times", [0, 4, 9, 30])
def test_the_receipt_of_a_letter_stands_under_its_last_paragraph(times: int) -> None:
    shown = pages(pdf(LETTER, replace(samples.result_letter(), next_steps=(_SENTENCE * 2,) * times)))
    assert "三、如有异议" in shown[-1]
    assert "送达回执" in shown[-1]


def _sign(times: int) -> tuple[Document, Any]:
    return SIGN, replace(samples.posted_result(), meaning=_SENTENCE * times)


def _plate(times: int) -> tuple[Document, Any]:
    return PLATE, replace(samples.safety_plate(), place="清河县柳溪镇石门村" * times)


@pytest.mark.parametrize("made_of", [_sign, _plate])
def test_a_sign_shrinks_to_its_page_and_is_refused_where_that_is_not_enough(made_of: Callable[[int], tuple[Document, Any]]) -> None:
    kind, data = made_of(8)
    made = pdf(kind, data)
    assert len(pages(made)) == 1
    assert off_the_page(made) == []
    kind, data = made_of(200)
    with pytest.raises(Unprintable, match="一页放不下"):
        pdf(kind, data)


def _longer(data: Any, field: str) -> Any:
    return replace(data, **{field: f"{getattr(data, field)}{_SENTENCE * 130}"})


_TEXTS = [
    (kind, each.name)
    for kind in declared()
    if kind not in (SIGN, PLATE)
    for each in dataclasses.fields(kind.data)
    if isinstance(getattr(kind.sample(), each.name), str)
    and "longest" not in each.metadata
    and each.name not in ("grade", "computed", "whole_level", "override_reason")
]


@pytest.mark.parametrize(("kind", "field"), _TEXTS, ids=lambda each: getattr(each, "key", each))
def test_no_text_however_long_falls_off_a_page(kind: Document, field: str) -> None:
    made = pdf(kind, _longer(kind.sample(), field))
    assert off_the_page(made) == []
    assert "".join(pages(made)).count(_SENTENCE[:6]) >= 120


@pytest.mark.parametrize(("width", "height"), [(320, 240), (240, 320), (300, 300), (480, 120), (120, 480)])
def test_a_photo_keeps_its_shape_in_whatever_orientation(width: int, height: int) -> None:
    picture = samples.drawing(width, height)
    for kind, data in (
        (SHEET, replace(samples.verification_sheet(), photo=Photo(picture=picture))),
        (REPORT, replace(samples.appraisal_report(), photos=(Photo(picture=picture, caption="正面"),), public=None)),
    ):
        [(left, bottom, across, up)] = placed(pdf(kind, data))
        assert Decimal(across / up).quantize(Decimal("0.01")) == Decimal(width / height).quantize(Decimal("0.01"))
        assert left > 0
        assert bottom > 0
        assert max(across, up) > 130


def test_a_sheet_without_a_photo_says_so() -> None:
    assert "（未附照片）" in pages(pdf(SHEET, replace(samples.verification_sheet(), photo=None)))[0]


def test_a_broken_picture_is_refused_in_words() -> None:
    for content in (b"GIF89a", b"\xff\xd8\xff\xe0 no picture", b"\x89PNG\r\n\x1a\n" + b"\0" * 40, b""):
        with pytest.raises(Unprintable, match="照片"):
            pdf(SHEET, replace(samples.verification_sheet(), photo=Photo(picture=Picture(content))))
