"""What was found out about a file before its rows are read."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from anju.tabular.layout import Layout


@dataclass(frozen=True)
class ColumnSeen:
    """One column of a file nobody has declared yet: its heading, samples, our guess of the key and why."""

    index: int
    heading: str
    samples: tuple[str, ...]
    guess: str | None
    reason: str


@dataclass(frozen=True)
class SheetPlan:
    """One data sheet: where its headings end and which column holds what.

    ``first_heading``/``last_heading`` are row numbers as the spreadsheet shows them (0 where there is none); ``columns`` maps our
    keys to column indices from 0; ``headings`` are the file's own, joined over two-row headings.
    """

    name: str
    index: int
    first_heading: int
    last_heading: int
    headings: tuple[str, ...]
    columns: Mapping[str, int]
    rows: int
    heading_rows: tuple[tuple[str, ...], ...] = ()


@dataclass(frozen=True)
class Recognition:
    """What a file was recognised as.

    ``layout`` is None for an unknown file: then ``seen`` offers the columns for a mapping. ``columns`` and ``unmatched`` are those
    of the first data sheet. ``confidence`` 0–1. ``rivals``: other layouts that would fit, with their scores. ``rows``: about how
    many rows will come (for progress). ``other_sheets``: sheets that aren't part of the list, with the reason.
    """

    layout: Layout | None = field(repr=False)
    sheets: tuple[SheetPlan, ...]
    unmatched: tuple[str, ...]
    confidence: float
    kind: str
    encoding: str = ""
    delimiter: str = ""
    missing: tuple[str, ...] = ()
    rivals: tuple[tuple[str, float], ...] = ()
    other_sheets: tuple[tuple[str, str], ...] = ()
    seen: tuple[ColumnSeen, ...] = field(default=(), repr=False)
    constants: Mapping[str, str] = field(default_factory=dict)

    def __str__(self) -> str:
        name = self.layout.title if self.layout else "未知的名单"
        return f"{name}：{'、'.join(plan.name or '文本表格' for plan in self.sheets)}，约 {self.rows} 行"

    @property
    def known(self) -> bool:
        """Whether the file can be read as it is; otherwise a clerk maps its columns first."""
        return self.layout is not None

    @property
    def sheet(self) -> str:
        return self.sheets[0].name

    @property
    def header_rows(self) -> tuple[int, int]:
        return self.sheets[0].first_heading, self.sheets[0].last_heading

    @property
    def columns(self) -> Mapping[str, int]:
        return self.sheets[0].columns

    @property
    def headings(self) -> tuple[str, ...]:
        return self.sheets[0].headings

    @property
    def rows(self) -> int:
        return sum(plan.rows for plan in self.sheets)

    def heading_of(self, key: str) -> str:
        """The file's own heading of a key; empty where the file hasn't that column."""
        index = self.columns.get(key)
        return self.headings[index] if index is not None and index < len(self.headings) else ""
