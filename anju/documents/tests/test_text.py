"""What users typed appears as they typed it: never as Typst code, never as a silent box."""

import functools
import unicodedata

import pytest
from fontTools.ttLib import TTFont
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from anju.documents import missing, pdf
from anju.documents.fonts import folders, printable
from anju.documents.tests.echo import ECHO, Echo, pages, without_spaces
from anju.documents.values import GETA, drawable, fit_for_paper

_SYNTAX = (
    '#import "/etc/passwd": *',
    '#read("/etc/passwd")',
    "#panic(1)",
    "#sys.inputs",
    "#{ [x] }",
    "#let sheet(it) = []",
    "$ x^2 $",
    '"',
    "'",
    "\\u{41}",
    "\\",
    "// x",
    "/* x",
    "*/",
    "*b*",
    "_i_",
    "@name",
    "<end-of-sheet>",
    "= x",
    "- x",
    "+ x",
    "/ x: y",
    "```",
    "`",
    "~",
    "---",
    "...",
    "[",
    "]",
    "{",
    "}",
    "#",
    "#x",
)
_TEXT = st.lists(
    st.one_of(
        st.sampled_from(_SYNTAX),
        st.text(st.characters(), max_size=12),
        st.text(st.sampled_from("石门村户主𠮷㐂䶮·〓０１２aBfi \n\r\t\u202e\u200b\u2066\ud800\x00\ufeff"), max_size=12),
    ),
    max_size=12,
).map("".join)


@functools.cache
def _glyphs() -> dict[int, tuple[str, str]]:
    """Which drawing stands for a character: some characters share one, and a PDF can't tell them apart."""
    found: dict[int, tuple[str, str]] = {}
    for folder in folders():
        for file in sorted(folder.glob("*.[ot]t[fc]")):
            with TTFont(file, lazy=True, fontNumber=0) as font:
                for code, drawing in font.getBestCmap().items():
                    found.setdefault(code, (file.name, drawing))
    return found


def _drawings(text: str) -> list[tuple[str, str]]:
    return [_glyphs().get(ord(each), ("", each)) for each in text]


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(_TEXT)
def test_any_text_appears_as_that_text(text: str) -> None:
    expected = without_spaces("".join(each if each in printable() or each == "\n" else drawable(each) for each in fit_for_paper(text)))
    shown = "".join(pages(pdf(ECHO, Echo(text))))
    assert _drawings(shown[: len(expected)]) == _drawings(expected)


@pytest.mark.parametrize("name", ["㐂喜", "𠮷田", "买买提·吐尔逊", "䶮", "王㛃", "𬀩", "〇", "欧阳·ａＢ"])
def test_rare_names_are_shown(name: str) -> None:
    assert missing(Echo(name)) == ""
    assert name in "".join(pages(pdf(ECHO, Echo(name))))


def test_a_character_no_font_has_is_told_on_the_sheet_and_to_the_caller() -> None:
    without = "\U0002a6d0"
    assert missing(Echo(f"王{without}")) == without
    shown = "".join(pages(pdf(ECHO, Echo(f"王{without}"))))
    assert shown.startswith(f"王{GETA}")
    assert "U+2A6D0" in shown


def test_many_such_characters_do_not_push_the_footer_off_the_page() -> None:
    shown = pages(pdf(ECHO, Echo("".join(map(chr, range(0x30000, 0x30100))))))
    assert len(shown) == 1
    assert "等256个字" in shown[0]
    assert "第1页共1页" in shown[0]


def test_a_plain_form_stands_for_a_character_that_has_one() -> None:
    assert "₀" not in printable()
    assert missing(Echo("L₀/120")) == ""
    assert "L0/120" in "".join(pages(pdf(ECHO, Echo("L₀/120"))))


def test_marks_that_turn_the_direction_of_writing_are_left_out() -> None:
    assert "".join(pages(pdf(ECHO, Echo("A级\u202e级D\u202c")))).startswith("A级级D")


def test_a_long_word_without_a_place_to_break_stays_on_the_page() -> None:
    shown = pages(pdf(ECHO, Echo("8" * 400)))
    assert "8" * 400 in shown[0]


def test_line_ends_of_every_kind_are_one() -> None:
    assert fit_for_paper("a\r\nb\rc\u2028d\x85e") == "a\nb\nc\nd\ne"


def test_nothing_printable_steers_the_writing() -> None:
    assert not [each for each in printable() if unicodedata.category(each) in ("Cc", "Cf", "Cs")]
