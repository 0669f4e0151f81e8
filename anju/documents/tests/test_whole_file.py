"""The household's whole file: the contents say the true pages, whatever the papers are and wherever they come from."""

import io
from dataclasses import replace
from typing import Any

import pikepdf
import pypdfium2
import pytest
from PIL import ImageOps

from anju.documents import Paper, Unprintable, bound, pdf
from anju.documents.housing import PLATE, SIGN
from anju.documents.renovation import AGREEMENT, APPLICATION, samples
from anju.documents.renovation.archive_cover import Item
from anju.documents.renovation.whole_file import Filed, household_file
from anju.documents.tests.echo import ECHO, Echo, pages

_COVER = samples.archive_cover()


def echo(text: str) -> bytes:
    return pdf(ECHO, Echo(text))


def foreign(change: Any = None, **kept: Any) -> bytes:
    """A PDF from elsewhere, that isn't PDF/A."""
    out = io.BytesIO()
    with pikepdf.new() as made:
        made.add_blank_page(page_size=(400, 300))
        made.add_blank_page(page_size=(595, 842))
        if change:
            change(made)
        made.save(out, static_id=True, **kept)
    return out.getvalue()


def outline(made: bytes) -> list[str]:
    with pikepdf.open(io.BytesIO(made)) as read, read.open_outline() as lines:
        return [str(each.title) for each in lines.root]


def test_the_contents_say_the_page_each_paper_really_stands_on() -> None:
    filed = [
        Filed(section=0, item=11, content=pdf(AGREEMENT, AGREEMENT.sample())),
        Filed(section=1, item=8, content=echo("第二卷的评议记录")),
        Filed(section=0, item=0, content=pdf(APPLICATION, APPLICATION.sample())),
        Filed(section=0, item=11, content=echo("告知书的内容"), label="告知书"),
        Filed(section=0, item=9, content=pdf(SIGN, SIGN.sample())),
        Filed(section=0, item=18, content=pdf(PLATE, PLATE.sample())),
    ]
    made = household_file(_COVER, filed)
    shown = pages(made)
    assert len(shown) == 11
    assert "全档电子文件共11页" in shown[1]
    assert "1申请审批表√√√√4—5" in shown[1]
    assert "10公示和照片√√√√6" in shown[1]
    assert "告知书√√√√7—9" in shown[1]
    assert "19其他材料√√10" in shown[1]
    assert "9民主评议记录和照片√√√11" in shown[2]
    assert "改造申请审批表" in shown[3]
    assert "鉴定结果公示" in shown[5]
    assert "农村危房改造协议" in shown[6]
    assert "告知书的内容" in shown[8]
    assert "住房安全认定牌" in shown[9]
    assert "第二卷的评议记录" in shown[10]
    assert all(f"档案第{at}页共11页" in page for at, page in enumerate(shown, 1))
    assert outline(made) == [
        f"第 {section} 卷　{name}"
        for section, name in (
            (1, "申请审批表"),
            (1, "公示和照片"),
            (1, "改造协议、自建承诺书、施工安全责任书、告知书"),
            (1, "告知书"),
            (1, "其他材料"),
            (2, "民主评议记录和照片"),
        )
    ]
    assert household_file(_COVER, filed) == made
    with pikepdf.open(io.BytesIO(made)) as read:
        assert read.open_metadata().pdfa_status == "2U"


def test_a_file_without_papers_is_its_cover_and_contents() -> None:
    shown = pages(household_file(_COVER, []))
    assert len(shown) == 3
    assert "1申请审批表√√√√—" in shown[1]


def test_the_contents_grow_and_the_pages_with_them() -> None:
    """The front isn't as long as it was first thought to be."""
    lengths: list[int] = []

    def front(found: Any, count: int) -> bytes:
        lengths.append(count)
        return echo("目录\n" + "\n".join(f"材料 {first}" for first, _ in found) * 60)

    made = bound(front, [Paper(echo("甲"), "甲"), Paper(echo("乙"), "乙")])
    shown = pages(made)
    assert len(lengths) == 2
    assert shown[-2].startswith("甲")
    assert f"材料{len(shown) - 1}" in shown[0]
    assert outline(made) == ["甲", "乙"]


def test_a_paper_from_elsewhere_is_taken_and_the_file_no_longer_says_that_it_is_for_archives() -> None:
    made = household_file(_COVER, [Filed(section=0, item=2, content=foreign())])
    shown = pages(made)
    assert "档案第4页共5页" in shown[3]
    with pikepdf.open(io.BytesIO(made)) as read:
        assert read.open_metadata().pdfa_status == ""
        assert [float(each) for each in read.pages[3].mediabox] == [0, 0, 400, 300]


def test_nothing_in_a_paper_from_elsewhere_acts() -> None:
    def acting(made: pikepdf.Pdf) -> None:
        script = pikepdf.Dictionary(S=pikepdf.Name.JavaScript, JS=pikepdf.String("app.alert(1)"))
        made.Root.OpenAction = script
        page = made.pages[0]
        page.obj.AA = pikepdf.Dictionary(O=script)
        link = pikepdf.Dictionary(Type=pikepdf.Name.Annot, Subtype=pikepdf.Name.Link, Rect=[0, 0, 9, 9], A=script)
        page.obj.Annots = made.make_indirect(pikepdf.Array([made.make_indirect(link)]))

    made = household_file(_COVER, [Filed(section=0, item=2, content=foreign(acting))])
    with pikepdf.open(io.BytesIO(made)) as read:
        assert not any("JavaScript" in repr(each) for each in read.objects)


@pytest.mark.parametrize(
    "content",
    [b"", b"no paper", b"%PDF-1.7\n" + b"\0" * 200, foreign(encryption=pikepdf.Encryption(owner="o", user="u"))],
    ids=["empty", "text", "broken", "password"],
)
def test_a_paper_that_cannot_be_read_is_refused_and_named(content: bytes) -> None:
    filed = [Filed(section=1, item=0, content=content), Filed(section=0, item=0, content=echo("甲"))]
    with pytest.raises(Unprintable, match="第 1 份：有一份材料不是 PDF"):
        household_file(_COVER, filed)


def test_a_paper_for_a_row_the_contents_lack_is_refused() -> None:
    for section, item in ((2, 0), (0, 19), (-1, 0), (0, -1)):
        with pytest.raises(IndexError):
            household_file(_COVER, [Filed(section=section, item=item, content=echo("甲"))])


def test_a_turned_page_bears_its_number_upright_on_the_page() -> None:
    def turned(made: pikepdf.Pdf) -> None:
        made.pages[0].rotate(90, relative=False)

    shown = pages(household_file(replace(_COVER, sections=_COVER.sections[:1]), [Filed(section=0, item=2, content=foreign(turned))]))
    assert "档案第3页共4页" in shown[2]


@pytest.mark.parametrize("box", [(0, 0, 400, 300), (-30, 50, 370, 350)], ids=["at-zero", "elsewhere"])
def test_the_number_has_its_size_and_its_corner_however_the_page_is_turned(box: tuple[int, int, int, int]) -> None:
    found = []
    for turn in (0, 90, 180, 270, -90):

        def turned(made: pikepdf.Pdf, turn: int = turn) -> None:
            made.pages[0].mediabox = pikepdf.Array(box)
            made.pages[0].Rotate = turn

        made = household_file(replace(_COVER, sections=_COVER.sections[:1]), [Filed(section=0, item=2, content=foreign(turned))])
        with pypdfium2.PdfDocument(made) as read:
            ink = ImageOps.invert(read[2].render(scale=3).to_pil().convert("L"))
        left, top, right, bottom = ink.getbbox() or (0, 0, 0, 0)
        assert (ink.width, ink.height) == ((900, 1200) if turn % 180 else (1200, 900))
        found.append((ink.width - left, top, ink.width - right, bottom))
    assert all(abs(one - other) <= 2 for each in found for one, other in zip(each, found[0], strict=True)), found
    left, top, right, bottom = found[0]
    assert abs(right - 3 * 24) <= 4
    assert 3 * 12 <= top < bottom <= 3 * (12 + 17)
    assert left - right > 3 * 60


def test_a_row_with_a_paper_counts_as_present() -> None:
    lacking = replace(_COVER.sections[0], items=(Item(name="甲"), Item(name="乙")))
    shown = pages(household_file(replace(_COVER, sections=(lacking,)), [Filed(section=0, item=1, content=echo("乙的内容"))]))
    assert "齐全率：50%缺1项" in shown[1]
