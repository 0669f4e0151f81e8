"""The doors for reading a list: what is it (``recognise``), and its rows one by one (``read``).

Both parse in a jailed child (``child.py``): the parent sees only lines of data, in bounded memory.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from typing import Any

from anju.checks import BLOCK, NOTE, Finding
from anju.tabular.layout import Layout
from anju.tabular.other_rows import EMPTY, OtherRows
from anju.tabular.plan import Recognition, SheetPlan
from anju.tabular.process import DEFAULT_LIMITS, Limits, converse
from anju.tabular.recognition import HEAD_ROWS, recognise_head
from anju.tabular.unreadable import Unreadable
from anju.tabular.values import Cell, IdNumbers, Parser, as_text, finding, is_blank, parser, remembered, remembers
from anju.vocabulary import idnumber
from anju.vocabulary.relation import HEAD

__all__ = [
    "DEFAULT_LIMITS",
    "Cell",
    "Layout",
    "Limits",
    "Recognition",
    "Remarks",
    "SheetPlan",
    "SheetRow",
    "Skipped",
    "Unreadable",
    "as_text",
    "raw_rows",
    "read",
    "recognise",
]

_PLACES = ("province", "city", "county", "township", "village", "group")


@dataclass(slots=True)
class SheetRow:
    """One row of a list.

    ``sheet`` and ``row`` say where it stands, as the spreadsheet shows it; ``cells`` are the raw cells from column A; ``values``
    the parsed ones by key (absent where empty or unreadable): identity numbers as 18 characters, days as ``date`` (with
    ``birth_date_precision`` = ``month`` where only the month was written), money as ``Decimal`` in yuan, sex ``1``/``2``, relations as
    codes of GB/T 4761, names and codes tidied. ``findings``: what is wrong or was changed.
    """

    sheet: str
    row: int
    cells: list[Cell]
    values: dict[str, Any]
    findings: tuple[Finding, ...]

    @property
    def blocked(self) -> bool:
        """Whether the row can't go on as it is; it is kept with its reasons."""
        return any(found.level == BLOCK for found in self.findings)


@dataclass(frozen=True, slots=True)
class Skipped:
    """A row that isn't data (sum, note, repeated heading, example), and why it was taken for that."""

    sheet: str
    row: int
    reason: str
    text: str


@dataclass(slots=True)
class Remarks:
    """What the reading of a file noticed besides its rows."""

    skipped: list[Skipped] = field(default_factory=list)

    def skip(self, plan: SheetPlan, row: int, reason: str, cells: Sequence[Cell]) -> None:
        if len(self.skipped) < 1000:
            self.skipped.append(Skipped(plan.name, row, reason, " ".join(as_text(raw) for raw in cells if raw is not None)[:200]))


def recognise(
    path: Path | str,
    layouts: Sequence[Layout],
    mapping: Mapping[str, str] | None = None,
    *,
    name: str = "",
    limits: Limits = DEFAULT_LIMITS,
) -> Recognition:
    """What a file is, from its first rows: which layout, which sheets, where the headings stand, which column holds what.

    ``mapping`` (our key → heading in the file) is a clerk's word and overrides recognition; then the first of ``layouts`` is
    used. ``name`` is the file's own name where ``path`` is a store's (its words help to tell lists apart). An unknown file comes
    back with ``known`` False and what was ``seen``. Raises ``Unreadable``.
    """
    path = Path(path)
    messages = list(converse(path, {"mode": "head", "rows": HEAD_ROWS}, limits))
    if not messages:
        raise Unreadable("stopped")
    return recognise_head(messages[0], layouts, mapping, name or path.name)


def raw_rows(
    path: Path | str,
    recognition: Recognition,
    start_after: tuple[str, int] | int | None = None,
    *,
    limits: Limits = DEFAULT_LIMITS,
) -> Iterator[tuple[SheetPlan, int, list[Cell]]]:
    """Every row below the headings, unparsed: ``(sheet, row number, cells from column A)``; the fast door."""
    plans = {plan.index: plan for plan in recognition.sheets}
    wanted = [[plan.index, plan.last_heading] for plan in recognition.sheets]
    if isinstance(start_after, int):
        start_after = (recognition.sheets[0].name, start_after) if start_after else None
    if start_after is not None:
        sheet, row = start_after
        position = next((at for at, plan in enumerate(recognition.sheets) if plan.name == sheet), 0)
        wanted = wanted[position:]
        wanted[0][1] = max(wanted[0][1], row)
    order = {"mode": "rows", "wanted": wanted, "encoding": recognition.encoding, "delimiter": recognition.delimiter}
    plan = recognition.sheets[0]
    for message in converse(Path(path), order, limits):
        if isinstance(message, dict):
            plan = plans[message["sheet"]]
            continue
        number = message[0]
        for offset in range(1, len(message)):
            yield plan, number + offset - 1, message[offset]


def read(
    path: Path | str,
    recognition: Recognition,
    start_after: tuple[str, int] | int | None = None,
    *,
    today: date | None = None,
    remarks: Remarks | None = None,
    limits: Limits = DEFAULT_LIMITS,
) -> Iterator[SheetRow]:
    """The rows of a recognised file, parsed and checked, in the file's order; empty, sum and note rows left out.

    ``start_after``: ``(sheet, row)`` of the last row already taken, to resume. ``today``: the business day, for dates of birth in
    the future. ``remarks`` collects the rows that were left out. Raises ``Unreadable`` also in the middle, where the file turns
    out to be damaged there.
    """
    if recognition.layout is None:
        raise Unreadable("missing-columns", "、".join(recognition.missing) or "姓名、身份证号")
    reader: _Reader | None = None
    remarks = remarks if remarks is not None else Remarks()
    for plan, number, cells in raw_rows(path, recognition, start_after, limits=limits):
        if reader is None or reader.plan is not plan:
            reader = _Reader(recognition, plan, today, remarks)
        row = reader.row(number, cells)
        if row is not None:
            yield row


class _Reader:
    """Parses the rows of one sheet."""

    def __init__(self, recognition: Recognition, plan: SheetPlan, today: date | None, remarks: Remarks) -> None:
        assert recognition.layout is not None
        layout = recognition.layout
        self.plan, self._layout, self._remarks = plan, layout, remarks
        id_numbers = IdNumbers(today)
        self._steps: list[tuple[int, str, Parser]] = []
        self._headings: dict[str, str] = {}
        for key, index in sorted(plan.columns.items(), key=lambda pair: pair[1]):
            if key not in layout.by_key:
                continue
            column = layout.by_key[key]
            heading = plan.headings[index] if index < len(plan.headings) and plan.headings[index] else column.title
            parse = parser(column, heading, id_numbers)
            self._headings[key] = heading
            self._steps.append((index, key, remembered(parse) if remembers(column) else parse))
        self._constants = {key: value for key, value in recognition.constants.items() if key not in plan.columns and key in layout.by_key}
        self._others = OtherRows(plan)
        self._carried: list[tuple[int, str]] = [(plan.columns[c.key], c.key) for c in layout.columns if c.carried and c.key in plan.columns]
        along = _PLACES if self._carried else ()
        self._along: list[tuple[int, str]] = [(plan.columns[key], key) for key in along if key in plan.columns]
        self._above: dict[str, Any] = {}
        self._carried_notes: dict[tuple[str, ...], Finding] = {}
        self._birth = self._sex = ""
        if "id_number" in plan.columns:
            self._birth = "birth_date" if "birth_date" in plan.columns else ""
            self._sex = "sex" if "sex" in plan.columns else ""

    def row(self, number: int, cells: list[Cell]) -> SheetRow | None:
        width = len(cells)
        if self._others.worth_asking(cells):
            reason = self._others.reason(cells)
            if reason:
                if reason != EMPTY:
                    self._remarks.skip(self.plan, number, reason, cells)
                return None
        values: dict[str, Any] = {}
        findings: list[Finding] = []
        for index, key, parse in self._steps:
            value, found = parse(cells[index] if index < width else None)
            if value is not None:
                values[key] = value
            if found is not None:
                findings.append(found)
        if findings and any(found.check == "date-month" and found.field == "birth_date" for found in findings):
            values["birth_date_precision"] = "month"
        if self._constants:
            for key, constant in self._constants.items():
                values.setdefault(key, constant)
            if "name" in values:
                values.setdefault("head_name", values["name"])
        if self._carried:
            self._carry(cells, values, findings)
        number_read = values.get("id_number")
        if number_read is not None:
            if self._birth:
                self._compare_birth(number_read, values, findings)
            if self._sex and "sex" in values and values["sex"] != idnumber.sex(number_read):
                said = "男" if values["sex"] == "1" else "女"
                findings.append(
                    finding(
                        "sex-differs", self._headings["sex"], "sex", f"填的是“{said}”，身份证号表示的性别相反；请核对是性别填错还是号码填错"
                    )
                )
        for rule in self._layout.rules:
            rule.apply(values, findings, self._headings)
        return SheetRow(self.plan.name, number, cells, values, tuple(findings))

    def _compare_birth(self, number: str, values: dict[str, Any], findings: list[Finding]) -> None:
        born: date | None = values.get("birth_date")
        if born is None:
            return
        in_number = number[6:14]
        month_only = values.get("birth_date_precision") == "month"
        typed = f"{born.year:04d}{born.month:02d}{born.day:02d}"
        if typed != in_number and not (month_only and typed[:6] == in_number[:6]):
            in_words = f"{in_number[:4]}-{in_number[4:6]}-{in_number[6:]}"
            findings.append(
                finding(
                    "birth-date-differs",
                    self._headings["birth_date"],
                    "birth_date",
                    f"与身份证号中的出生日期（{in_words}）不一致；请核对哪一个写错了",
                )
            )

    def _carry(self, cells: list[Cell], values: dict[str, Any], findings: list[Finding]) -> None:
        """Blank household columns repeat the row above, and its place with them, where the list prints a household once."""
        if any(index < len(cells) and not is_blank(cells[index]) for index, _ in self._carried):
            self._above = {key: values[key] for _, key in (*self._carried, *self._along) if key in values}
            return
        if values.get("relation") == HEAD:
            self._above = {}
            return
        taken = tuple(
            key
            for index, key in (*self._carried, *self._along)
            if key in self._above and key not in values and (index >= len(cells) or is_blank(cells[index]))
        )
        if not taken:
            return
        for key in taken:
            values[key] = self._above[key]
        if taken not in self._carried_notes:
            words = "、".join(f"“{self._headings[key]}”" for key in taken)
            self._carried_notes[taken] = Finding(
                "carried-down", f"{words}列：本行为空，按上一行同一户记录", self._headings[taken[0]], taken[0], NOTE
            )
        findings.append(self._carried_notes[taken])
