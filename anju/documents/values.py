"""What a template is given: a frozen dataclass as plain JSON, pictures apart, text made fit for paper.

Text never becomes part of the template's source, so it can't be Typst code. Here it loses what has no place on paper (control characters,
marks that turn the direction of writing); a character that no font has becomes its plain form (L₀ → L0) or 〓, the printer's mark for it,
with a note on the sheet.
"""

import datetime
import io
import re
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass, fields, is_dataclass
from decimal import Decimal
from enum import Enum
from typing import Any

import segno

from anju.documents.fonts import printable
from anju.documents.refusal import Unprintable
from anju.vocabulary.capital import capital
from anju.vocabulary.money import yuan

GETA = "〓"
ABOUT = "about"
"""Where the engine tells a template about its sheet: ``extent`` (how much text), ``missing`` (what no font can draw)."""
LONGEST_TEXT = 20_000
MOST_VALUES = 20_000
LARGEST_PICTURE = 16 << 20

_NEWLINES = re.compile(r"\r\n|[\r\n\v\f\x1c-\x1e\x85\u2028\u2029]")
_SPACES = re.compile(r"[\t\x1f]")
_UNSEEN = re.compile("[\u034f\u115f\u1160\u17b4\u17b5\u180b-\u180f\u3164\ufe00-\ufe0f\uffa0\U000e0000-\U000e0fff]")
_UNBROKEN = re.compile(r"[^\s\u2e80-\u9fff\uf900-\ufaff\uff00-\uffef\U00020000-\U0003ffff]{19,}")
_NAMED = 6
_LONG = 19
"""So many characters without a place to break (one more than an identity number has) may be broken anywhere."""
_LINE = 40
"""What a line end adds to the extent of a text."""


@dataclass(frozen=True, slots=True)
class Picture:
    """A JPEG or PNG, as bytes in memory."""

    content: bytes

    @property
    def format(self) -> str:
        """``jpg`` or ``png`` by its first bytes; raises ``Unprintable``."""
        if self.content.startswith(b"\xff\xd8\xff"):
            return "jpg"
        if self.content.startswith(b"\x89PNG\r\n\x1a\n"):
            return "png"
        raise Unprintable("picture")


@dataclass(frozen=True, slots=True)
class Code:
    """A QR code that says ``text``; drawn as lines, sharp at any size."""

    text: str


@dataclass(frozen=True, slots=True)
class Money:
    """An amount in whole fen. On paper: its figures (25,000.00), and its capital numerals where a paper pays."""

    fen: int

    def __post_init__(self) -> None:
        capital(self.fen)

    @property
    def figures(self) -> str:
        """In yuan, with two places: ``25,000.00``."""
        return yuan(self.fen).removesuffix(" 元")


class Pictures:
    """The pictures of one file, each once however often it is shown."""

    def __init__(self) -> None:
        self.contents: list[bytes] = []
        self._known: dict[bytes, int] = {}

    def place(self, content: bytes) -> int:
        """Where this picture stands."""
        if content not in self._known:
            self._known[content] = len(self.contents)
            self.contents.append(content)
        return self._known[content]


class _Reading:
    """One paper's values while they are read."""

    def __init__(self, pictures: Pictures) -> None:
        self.pictures, self.left = pictures, MOST_VALUES
        self.missing: set[str] = set()
        self.extent = 0

    def read(self, value: object) -> Any:
        self.left -= 1
        if self.left < 0:
            raise Unprintable("too-many")
        match value:
            case None | bool():
                return value
            case Enum():
                return self.read(value.value)
            case str():
                return self.text(value)
            case int():
                return value if abs(value) < 1 << 53 else str(value)
            case Decimal():
                return format(value.normalize() + 0, "f") if value.is_finite() else str(value)
            case datetime.datetime():
                return f"{day(value)} {value.hour:02d}:{value.minute:02d}"
            case datetime.date():
                return day(value)
            case Picture():
                return self.picture(value)
            case Code():
                return {"svg": qr(value.text)} if value.text else None
            case Money():
                return {"fen": value.fen, "figures": value.figures, "capital": capital(value.fen)}
            case Mapping():
                return {str(key): self.read(each) for key, each in value.items()}
            case tuple() | list():
                return [self.read(each) for each in value]
        if is_dataclass(value) and not isinstance(value, type):
            for each in fields(value):
                if each.metadata and len(text := str(getattr(value, each.name))) > each.metadata.get("longest", len(text)):
                    raise Unprintable("long-line", len(text))
            return {each.name: self.read(getattr(value, each.name)) for each in fields(value)}
        raise TypeError(f"a paper can't hold {type(value).__name__}")

    def text(self, text: str) -> str:
        self.extent += len(text)
        if len(text) > LONGEST_TEXT:
            raise Unprintable("too-long", len(text))
        if not printable().issuperset(text):
            text = fit_for_paper(text)
            self.extent += _LINE * text.count("\n")
            for character in set(text) - printable() - {"\n"}:
                drawn = drawable(character)
                if drawn == GETA:
                    self.missing.add(character)
                text = text.replace(character, drawn)
        return text if len(text) < _LONG else _UNBROKEN.sub(lambda found: "\u200b".join(found.group()), text)

    def picture(self, picture: Picture) -> dict[str, Any]:
        if len(picture.content) > LARGEST_PICTURE:
            raise Unprintable("picture-large", len(picture.content))
        return {"picture": self.pictures.place(picture.content), "format": picture.format}


def fit_for_paper(text: str) -> str:
    """Without control characters, marks of direction and what is never seen; every kind of line end is one."""
    text = _UNSEEN.sub("", _SPACES.sub(" ", _NEWLINES.sub("\n", text)))
    return "".join("\ufffd" if "\ud800" <= each <= "\udfff" else each for each in text if each == "\n" or _seen(each))


def drawable(character: str) -> str:
    """What stands for a character that no font has: its plain form where it has one (L₀ → L0), else 〓."""
    plainer = unicodedata.normalize("NFKC", character)
    return plainer if plainer != character and printable().issuperset(plainer) else GETA


def _seen(character: str) -> bool:
    return unicodedata.category(character) not in ("Cc", "Cf")


def day(on: datetime.date) -> str:
    """``2020年6月10日``, as papers write a day."""
    return f"{on.year}年{on.month}月{on.day}日"


def qr(text: str) -> str:
    """A QR code as SVG, with the quiet zone readers need."""
    drawn = io.BytesIO()
    segno.make(text, error="m", micro=False).save(drawn, kind="svg", border=4, xmldecl=False, omitsize=True, svgclass=None, lineclass=None)
    return drawn.getvalue().decode()


def plain(data: object, pictures: Pictures) -> dict[str, Any]:
    """One paper's data as JSON knows them, with what the engine knows ``ABOUT`` them; raises ``Unprintable`` (too large, no picture)."""
    reading = _Reading(pictures)
    values = reading.read(data)
    if not isinstance(values, dict):
        raise TypeError("a paper's data are a dataclass")
    return {**values, ABOUT: {"extent": reading.extent, "missing": _named(sorted(reading.missing))}}


def _named(characters: list[str]) -> str:
    """Characters nobody can print, by their numbers; the first few of many."""
    said = "、".join(f"U+{ord(each):04X}" for each in characters[:_NAMED])
    return said if len(characters) <= _NAMED else f"{said} 等 {len(characters)} 个字"


def line(text: str) -> str:
    """A line that stands on every page, made fit for paper."""
    return _Reading(Pictures()).text(text)


def missing(data: object) -> str:
    """The characters of ``data`` that no font of ours can draw; on paper each is 〓 with a note to write it by hand."""
    reading = _Reading(Pictures())
    reading.read(data)
    return "".join(sorted(reading.missing))
