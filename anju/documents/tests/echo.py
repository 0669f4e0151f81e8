"""The plainest paper there is: a text on a page. For tests of the engine itself."""

import io
import re
from dataclasses import dataclass
from datetime import date
from pathlib import Path

import pypdf

from anju.documents import Document, Picture


@dataclass(frozen=True)
class Echo:
    """A text, and the day."""

    text: str
    on: date = date(2020, 6, 10)
    picture: Picture | None = None


ECHO = Document(
    key="echo",
    title="回声",
    title_en="Echo",
    template=Path(__file__).with_name("echo.typ"),
    data=Echo,
    dated="on",
    why="测试",
    source="测试",
    sample=lambda: Echo("石门村"),
)


def pages(made: bytes) -> list[str]:
    """The text of each page, without the spaces and breaks that setting puts in."""
    return [without_spaces(page.extract_text()) for page in pypdf.PdfReader(io.BytesIO(made)).pages]


def without_spaces(text: str) -> str:
    """As texts are compared: setting breaks lines where it must."""
    return re.sub(r"[\s\u200b]", "", text)
