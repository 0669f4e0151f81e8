"""The complete file of a household: cover, contents with true page numbers, then every paper (domain 2.8, 3.25)."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date
from pathlib import Path

from anju.documents import DEFAULT, UNMARKED, Document, Limits, Mark, Pages, Paper, Unprintable, bound, pdf, pdf_many
from anju.documents.renovation.archive_cover import ArchiveCover, Section


@dataclass(frozen=True, kw_only=True)
class Filed:
    """A paper of the archive: a PDF, of which section (from 0) and for which row of its contents (from 0)."""

    section: int
    item: int
    content: bytes
    label: str = ""


@dataclass(frozen=True, kw_only=True)
class _Folio:
    page: int
    count: int
    on: date
    mark: str = ""


_FOLIO = Document(
    key="folio",
    title="档案页码",
    title_en="Page number of an archive",
    template=Path(__file__).with_name("folio.typ"),
    data=_Folio,
    dated="on",
    why="合成的档案每页有全档的页码",
    source="3.25",
    sample=lambda: _Folio(page=1, count=1, on=date(2020, 6, 10)),
)


def household_file(cover: ArchiveCover, filed: Sequence[Filed], *, limits: Limits = DEFAULT, mark: Mark = UNMARKED) -> bytes:
    """One PDF: ``cover`` with the pages of the papers that follow it, those in the order of the contents; each page bears its number, and
    the line of ``mark`` where it leaves the system with others.

    A row with a paper counts as present and electronic, whatever ``cover`` says. The same cover and papers give the same bytes. Raises
    ``Unprintable`` (``at`` is the paper's place in ``filed``), and ``IndexError`` for a row the contents don't have.
    """
    order = sorted(range(len(filed)), key=lambda at: (filed[at].section, filed[at].item))
    papers = []
    for each in (filed[at] for at in order):
        if each.section < 0 or each.item < 0:
            raise IndexError("sections and rows are counted from 0")
        name = each.label or cover.sections[each.section].items[each.item].name
        papers.append(Paper(each.content, name if len(cover.sections) == 1 else f"第 {each.section + 1} 卷　{name}"))

    def front(pages: Sequence[Pages], count: int) -> bytes:
        found: dict[tuple[int, int], Pages] = {}
        for at, (first, last) in zip(order, pages, strict=True):
            row = (filed[at].section, filed[at].item)
            found[row] = (found.get(row, (first, last))[0], last)
        sections = tuple(_with_pages(section, at, found) for at, section in enumerate(cover.sections))
        return pdf("archive_cover", replace(cover, sections=sections, sheets=count), limits=limits, mark=Mark(keywords=mark.keywords))

    def stamps(count: int) -> bytes:
        return pdf_many(
            _FOLIO, (_Folio(page=at, count=count, on=cover.made_on, mark=mark.line) for at in range(1, count + 1)), limits=limits
        )

    try:
        return bound(front, papers, stamps=stamps)
    except Unprintable as refused:
        raise Unprintable(refused.reason, refused.detail, None if refused.at is None else order[refused.at]) from refused


def _with_pages(section: Section, at: int, found: dict[tuple[int, int], Pages]) -> Section:
    items = tuple(
        replace(item, pages=found[at, row], present=True, electronic=True) if (at, row) in found else replace(item, pages=None)
        for row, item in enumerate(section.items)
    )
    return replace(section, items=items)
