"""Papers: a declared template and a frozen dataclass become a PDF. Pure Python, no Django (README.md)."""

import datetime
import os
from collections import deque
from collections.abc import Generator, Iterable, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass
from itertools import islice
from typing import Any

from anju.documents.declaration import Document, NoSuchDocument, declare, declared, document
from anju.documents.joining import Pages, Paper, bound, joined
from anju.documents.press import UNMARKED, Limits, Mark, work
from anju.documents.refusal import Unprintable
from anju.documents.values import Code, Money, Picture, Pictures, missing, plain

__all__ = [
    "DEFAULT",
    "UNMARKED",
    "Code",
    "Document",
    "Limits",
    "Mark",
    "Money",
    "NoSuchDocument",
    "Pages",
    "Paper",
    "Picture",
    "Unprintable",
    "bound",
    "declare",
    "declared",
    "document",
    "missing",
    "pdf",
    "pdf_many",
    "pdf_parts",
]

PART = 200
"""Sheets set in one go: enough that starting costs nothing, few enough that a press needs little memory."""
DEFAULT = Limits()
"""What an order may cost where nothing else is said."""


def pdf(kind: Document | str, data: Any, *, title: str = "", limits: Limits = DEFAULT, mark: Mark = UNMARKED) -> bytes:
    """One paper as PDF/A: ``data`` as the paper's template sets them. The same data give the same bytes.

    Raises ``NoSuchDocument``, and ``Unprintable`` (too long, too large, a broken picture, a stopped press), whose text says what to do.
    """
    return _part(_known(kind), [data], _Run(title, limits, mark))


def pdf_many(kind: Document | str, datas: Iterable[Any], *, title: str = "", limits: Limits = DEFAULT, mark: Mark = UNMARKED) -> bytes:
    """Many papers of one kind in one file, each beginning on a page of its own. ``Unprintable.at`` says which one could not be set."""
    return joined(list(pdf_parts(kind, datas, title=title, limits=limits, mark=mark)))


def pdf_parts(
    kind: Document | str, datas: Iterable[Any], *, size: int = PART, title: str = "", limits: Limits = DEFAULT, mark: Mark = UNMARKED
) -> Generator[bytes, None, None]:
    """Many papers as files of ``size`` sheets, in order, set on all processors; holds only some parts at a time, however many there are."""
    kind = _known(kind)
    processors = os.cpu_count() or 1
    coming = iter(datas)
    with ThreadPoolExecutor(processors, thread_name_prefix="press") as hands:
        under_way: deque[Future[bytes]] = deque()
        sent = 0
        try:
            while part := list(islice(coming, size)):
                under_way.append(hands.submit(_part, kind, part, _Run(title, limits, mark), sent))
                sent += len(part)
                if len(under_way) > processors:
                    yield under_way.popleft().result()
            while under_way:
                yield under_way.popleft().result()
        finally:
            for each in under_way:
                each.cancel()


def _known(kind: Document | str) -> Document:
    return document(kind) if isinstance(kind, str) else kind


@dataclass(frozen=True, slots=True)
class _Run:
    """What all papers of a run share."""

    title: str
    limits: Limits
    mark: Mark = UNMARKED


def _part(kind: Document, datas: Sequence[Any], run: _Run, first: int | None = None) -> bytes:
    """One file of these papers, the first of which is the ``first`` of the whole run; halved where it can't be set in one go.

    So too many large photos at once only cost time, and a paper that can't be set at all is found and named.
    """
    pictures = Pictures()
    sheets, days = [], []
    for place, data in enumerate(datas):
        if not isinstance(data, kind.data):
            raise TypeError(f"{kind.key} is made of {kind.data.__name__}, not of {type(data).__name__}")
        days.append(_day(getattr(data, kind.dated)))
        try:
            sheets.append(plain(data, pictures))
        except Unprintable as refused:
            raise Unprintable(refused.reason, refused.detail, None if first is None else first + place) from refused
    try:
        return work(kind, sheets, pictures.contents, title=run.title or kind.title, on=max(days), limits=run.limits, mark=run.mark)
    except Unprintable as refused:
        if first is None:
            raise
        if len(datas) == 1:
            raise Unprintable(refused.reason, refused.detail, first) from refused
        half = len(datas) // 2
        return joined([_part(kind, datas[:half], run, first), _part(kind, datas[half:], run, first + half)])


def _day(on: object) -> datetime.date:
    if not isinstance(on, datetime.date):
        raise TypeError("the day of a paper is a date")
    return on
