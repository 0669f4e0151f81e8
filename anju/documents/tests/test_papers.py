"""Each paper says what its data say, on as many pages as it takes, the same bytes each time."""

import dataclasses
import io
import re
import unicodedata
from collections.abc import Iterator
from datetime import date
from decimal import Decimal
from typing import Any

import pypdf
import pytest

from anju.documents import Code, Document, Picture, declared, pdf


def pages(made: bytes) -> list[str]:
    """The text of each page, without the spaces that setting puts in."""
    return [re.sub(r"\s", "", unicodedata.normalize("NFKC", page.extract_text())) for page in pypdf.PdfReader(io.BytesIO(made)).pages]


def values(data: Any) -> Iterator[str]:
    """Every text, number and day in a paper's data."""
    if isinstance(data, str):
        yield unicodedata.normalize("NFKC", data)
    elif isinstance(data, date):
        yield f"{data.year}年{data.month}月{data.day}日"
    elif isinstance(data, bool | Picture | Code) or data is None:
        return
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
    shown = "".join(pages(pdf(kind, data)))
    lacking = [value for value in values(data) if re.sub(r"\s", "", value) not in shown]
    assert lacking == []


@pytest.mark.parametrize("kind", declared(), ids=lambda kind: kind.key)
def test_the_same_data_give_the_same_bytes(kind: Document) -> None:
    assert pdf(kind, kind.sample()) == pdf(kind, kind.sample())
