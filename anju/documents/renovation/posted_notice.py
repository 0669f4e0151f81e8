"""公示存档: a notice as it hung, its days, its boards, both photos and how it ended, for the archive (domain 2.8 item 10, 2.10)."""

from dataclasses import dataclass, field
from datetime import date

from anju.documents.housing.parts import LINE, Photo


@dataclass(frozen=True, kw_only=True)
class PostedNotice:
    """The notice. ``rows`` are the cells as they were shown, masked already; ``ended_on`` is empty while it hangs."""

    number: str = field(metadata=LINE)
    title: str = field(metadata=LINE)
    kind: str = field(metadata=LINE)
    organisation: str = field(metadata=LINE)
    place: str = field(metadata=LINE)
    posted_on: date
    until: date
    days: int
    columns: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]
    hotline: str = field(metadata=LINE)
    boards: tuple[str, ...] = ()
    intro: str = ""
    outcome: str = ""
    ended_on: date | None = None
    photos: tuple[Photo, ...] = ()
    left_out: int = 0  # rows of other households that the archive doesn't repeat
