"""Parts of one kind joined into one file; papers of many kinds bound behind a front that says on which page each stands."""

import io
from collections.abc import Callable, Sequence
from dataclasses import dataclass

import pikepdf

from anju.documents.refusal import Unprintable

MOST_PAGES = 3000
_STAMP = pikepdf.Name("/AnjuFolio")


def joined(parts: Sequence[bytes]) -> bytes:
    """One PDF with the pages of all parts in order; it keeps the first one's metadata and colour profile, so it stays PDF/A."""
    if len(parts) == 1:
        return parts[0]
    if not parts:
        raise ValueError("no paper to make")
    out = io.BytesIO()
    with pikepdf.open(io.BytesIO(parts[0])) as whole:
        for part in parts[1:]:
            with pikepdf.open(io.BytesIO(part)) as more:
                whole.pages.extend(more.pages)
        whole.save(out, deterministic_id=True, object_stream_mode=pikepdf.ObjectStreamMode.generate)
    return out.getvalue()


@dataclass(frozen=True, slots=True)
class Paper:
    """A paper to be bound: a PDF of whatever origin, and what the file's outline calls it."""

    content: bytes
    label: str


Pages = tuple[int, int]
"""The first and the last page of a paper, counted from 1 in the whole file."""


def bound(
    front: Callable[[Sequence[Pages], int], bytes], papers: Sequence[Paper], *, stamps: Callable[[int], bytes] | None = None
) -> bytes:
    """One PDF: the front, then the papers in order, each in the outline. The same papers give the same bytes.

    ``front(pages, count)`` makes the front for the pages each paper takes and the pages of the whole file; it is made again where it turns
    out longer than thought. ``stamps(count)`` makes a PDF with one small page for each page of the file, put in its upper right corner.
    Forms filled in stay as they look, but nothing in them can be clicked or run. Raises ``Unprintable`` (``at`` says which paper): no PDF,
    a password, too many pages.
    """
    lengths = [_length(paper, at) for at, paper in enumerate(papers)]
    made, leading = b"", 0
    for _ in range(4):
        pages, first = [], leading + 1
        for length in lengths:
            pages.append((first, first + length - 1))
            first += length
        if first - 1 > MOST_PAGES:
            raise Unprintable("too-many-pages", MOST_PAGES)
        made = front(pages, first - 1)
        with pikepdf.open(io.BytesIO(made)) as begun:
            if len(begun.pages) == leading:
                return _bound(made, papers, [each for each, _ in pages], stamps(first - 1) if stamps else None)
            leading = len(begun.pages)
    raise RuntimeError("the front's length changes with its page numbers")


def _length(paper: Paper, at: int) -> int:
    """How many pages a paper has; raises ``Unprintable`` where it can't be read."""
    try:
        with pikepdf.open(io.BytesIO(paper.content)) as read:
            count = len(read.pages)
    except (pikepdf.PdfError, pikepdf.PasswordError) as error:
        raise Unprintable("paper", at=at) from error
    if not count:
        raise Unprintable("paper", at=at)
    return count


def _bound(front: bytes, papers: Sequence[Paper], firsts: Sequence[int], stamps: bytes | None) -> bytes:
    out = io.BytesIO()
    with pikepdf.open(io.BytesIO(front)) as whole:
        archival = True
        for at, paper in enumerate(papers):
            with pikepdf.open(io.BytesIO(paper.content)) as more:
                archival = archival and _archival(more)
                _quieten(more, at)
                whole.pages.extend(more.pages)
        if stamps is not None:
            _stamp(whole, stamps)
        with whole.open_outline() as outline:
            outline.root.extend(pikepdf.OutlineItem(paper.label, first - 1) for paper, first in zip(papers, firsts, strict=True))
        if not archival:
            with whole.open_metadata(set_pikepdf_as_editor=False, update_docinfo=False) as about:
                for claim in ("pdfaid:part", "pdfaid:conformance"):
                    if claim in about:
                        del about[claim]
        whole.save(out, deterministic_id=True, object_stream_mode=pikepdf.ObjectStreamMode.generate)
    return out.getvalue()


def _archival(paper: pikepdf.Pdf) -> bool:
    """Whether it says that it is PDF/A-2, so that a file of such papers may say so too."""
    with paper.open_metadata(set_pikepdf_as_editor=False, update_docinfo=False) as about:
        return about.pdfa_status.startswith("2")


def _quieten(paper: pikepdf.Pdf, at: int) -> None:
    """Takes out what acts: forms become what they show, actions and links go."""
    try:
        paper.flatten_annotations("all")
        for page in paper.pages:
            for key in ("/Annots", "/AA"):
                if key in page.obj:
                    del page.obj[key]
    except (pikepdf.PdfError, pikepdf.PasswordError) as error:
        raise Unprintable("paper", at=at) from error


def _stamp(whole: pikepdf.Pdf, stamps: bytes) -> None:
    with pikepdf.open(io.BytesIO(stamps)) as numbers:
        for page, number in zip(whole.pages, numbers.pages, strict=True):
            wide, high = (float(each) for each in number.mediabox[2:])
            left, bottom, right, top = (float(each) for each in page.trimbox)
            matrix = {
                90: (0, 1, -1, 0, left + 12 + high, top - 24 - wide),
                180: (-1, 0, 0, -1, left + 24 + wide, bottom + 12 + high),
                270: (0, -1, 1, 0, right - 12 - high, bottom + 24 + wide),
            }.get(page.rotation % 360, (1, 0, 0, 1, right - 24 - wide, top - 12 - high))
            form = whole.copy_foreign(number.as_form_xobject())
            page.add_resource(form, pikepdf.Name.XObject, _STAMP, replace_existing=True)
            page.contents_add(b"q\n", prepend=True)
            page.contents_add(f"\nQ\nq {' '.join(f'{each:.4f}' for each in matrix)} cm {_STAMP} Do Q".encode())
