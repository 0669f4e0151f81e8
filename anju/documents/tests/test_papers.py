"""Each paper says what its data say, on as many pages as it takes, the same bytes each time."""

import dataclasses
import unicodedata
from collections.abc import Iterator
from datetime import date
from decimal import Decimal
from typing import Any

import pytest

from anju.documents import Code, Document, Money, Picture, declared, pdf
from anju.documents.housing import samples
from anju.documents.tests.echo import pages, without_spaces


def values(data: Any) -> Iterator[str]:
    """Every text, number and day in a paper's data."""
    if isinstance(data, str):
        yield unicodedata.normalize("NFKC", data)
    elif isinstance(data, date):
        yield f"{data.year}年{data.month}月{data.day}日"
    elif isinstance(data, bool | Picture | Code) or data is None:
        return
    elif isinstance(data, Money):
        yield data.figures
    elif isinstance(data, int | Decimal):
        yield format(data.normalize(), "f") if isinstance(data, Decimal) else str(data)
    elif isinstance(data, tuple):
        for each in data:
            yield from values(each)
    else:
        for field in dataclasses.fields(data):
            yield from values(getattr(data, field.name))


@pytest.mark.parametrize("kind", declared(), ids=lambda kind: kind.key)
def test_a_paper_shows_every_value_it_is_given(kind: Document) -> None:
    data = kind.sample()
    shown = unicodedata.normalize("NFKC", "".join(pages(pdf(kind, data))))
    lacking = [value for value in values(data) if without_spaces(value) not in shown]
    assert lacking == []


@pytest.mark.parametrize("kind", declared(), ids=lambda kind: kind.key)
def test_the_same_data_give_the_same_bytes(kind: Document) -> None:
    assert pdf(kind, kind.sample()) == pdf(kind, kind.sample())


def test_a_plate_is_for_safe_houses_only() -> None:
    for grade in ("C", "D", ""):
        with pytest.raises(ValueError, match="只能是 A、B"):
            dataclasses.replace(samples.safety_plate(), grade=grade)


def test_a_grade_changed_by_hand_needs_its_reason() -> None:
    with pytest.raises(ValueError, match="理由"):
        dataclasses.replace(samples.appraisal_report(), grade="C")
    changed = dataclasses.replace(samples.appraisal_report(), grade="C", override_reason="后墙为非承重墙")
    shown = "".join(pages(pdf("appraisal_report", changed)))
    assert "按标准评定为D级，改定为C级的理由：后墙为非承重墙" in shown


def test_what_is_public_has_no_field_for_a_number_or_a_telephone_of_the_household() -> None:
    for data in (samples.posted_result(), samples.safety_plate()):
        assert not {each.name for each in dataclasses.fields(data)} & {"id_number", "phone", "household", "categories", "members"}


def test_what_is_not_known_is_left_to_fill_in_or_a_dash() -> None:
    bare = dataclasses.replace(
        samples.verification_sheet(), grounds=(), proofs=(), interview=None, photo=None, verifiers=(), way="", category="未保障", round=""
    )
    shown = "".join(pages(pdf("verification_sheet", bare)))
    assert "未保障" in shown
    assert "None" not in shown
