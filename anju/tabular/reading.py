"""The doors for reading a list: what is it (``recognise``), and its rows one by one (``read``).

Both parse in a jailed child (``child.py``): the parent sees only lines of data, in bounded memory.
"""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from typing import Any

from anju.checks import BLOCK, Finding
from anju.tabular.layout import Column, Layout
from anju.tabular.process import DEFAULT_LIMITS, Limits, converse
from anju.tabular.recognition import HEAD_ROWS, Recognition, SheetPlan, looks_like_id, recognise_head
from anju.tabular.unreadable import Unreadable
from anju.tabular.values import Cell, IdNumbers, Parser, as_text, finding, is_blank, parser, remembered, remembers
from anju.vocabulary import idnumber
from anju.vocabulary.text import half_width, without_spaces

_NOTE_ROW = re.compile(
    r"^[*※（(]*(合计|总计|小计|共计|累计|本页|本表|填表|填报|制表|制单|经办|审核|审批人|复核|负责人|单位负责人|单位[:：(（]|单位盖章|盖章|签字|签章|"
    r"备注[:：]|注[:：.、\d]|注意|说明|附注|附件|联系电话[:：]|联系人[:：]|日期[:：]|时间[:：]|报送|截止|截至|主管|分管|统计人|村委会(负责人|盖章|[:：(（])|以上|以下空白|此页|第.{1,4}页)"
)
_EXAMPLE = re.compile(r"^[（(【]?(示例|样例|例[:：]|填写示例|举例)")
_IDENTITY = ("id_number", "name", "head_name", "head_id_number", "cert_no", "household")


@dataclass(slots=True)
class SheetRow:
    """One row of a list.

    ``sheet`` and ``row`` say where it stands, as the spreadsheet shows it; ``cells`` are the raw cells from column A; ``values``
    the parsed ones by key (absent or None where empty or unreadable); ``findings`` what is wrong or was changed.
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
        self._identity = sorted({plan.columns[key] for key in _IDENTITY if key in plan.columns})
        self._persons = [plan.columns[key] for key in ("name", "id_number", "head_name") if key in plan.columns]
        self._id_columns = [plan.columns[key] for key in ("id_number", "head_id_number") if key in plan.columns]
        self._carried: list[tuple[int, str]] = [(plan.columns[c.key], c.key) for c in layout.columns if c.carried and c.key in plan.columns]
        self._above: dict[int, Any] = {}
        self._heading_rows = {tuple(text for text in line if text) for line in plan.heading_rows}
        self._birth = self._sex = ""
        if "id_number" in plan.columns:
            self._birth = "birth_date" if "birth_date" in plan.columns else ""
            self._sex = "sex" if "sex" in plan.columns else ""

    def row(self, number: int, cells: list[Cell]) -> SheetRow | None:
        width = len(cells)
        persons = 0
        for index in self._persons:
            if index < width and cells[index] is not None:
                persons += 1
        if persons < len(self._persons) or self._suspicious(cells):
            reason = self._not_data(cells)
            if reason:
                if reason != "空行":
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
        month_only = any(found.check == "date-month" and found.field == "birth_date" for found in findings)
        if month_only:
            values["birth_date_precision"] = "month"
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
        """Blank household columns repeat the row above, where the list prints a household once."""
        filled = [(index, key) for index, key in self._carried if index < len(cells) and not is_blank(cells[index])]
        if filled:
            self._above = {index: (values.get(key)) for index, key in self._carried}
            return
        if values.get("relation") == "02":
            self._above = {}
            return
        for index, key in self._carried:
            if self._above.get(index) is not None and key not in values:
                values[key] = self._above[index]
                findings.append(finding("carried-down", self._headings[key], key, "本行为空，按上一行同一户记录"))

    def _suspicious(self, cells: list[Cell]) -> bool:
        """Whether a row that has a name and a number may still be a heading, a column count or an example."""
        first = next((raw for raw in cells if raw is not None), None)
        if type(first) is str and not first.isdigit() and (first in self._first_heading_words or _EXAMPLE.match(first)):
            return True
        return type(first) is int and first == 1 and cells[1:2] == [2]

    @property
    def _first_heading_words(self) -> frozenset[str]:
        return frozenset(line[0] for line in self._heading_rows if line)

    def _not_data(self, cells: list[Cell]) -> str:
        """Why a row isn't data; empty where it is."""
        filled = [(index, raw) for index, raw in enumerate(cells) if raw is not None and not (type(raw) is str and not raw.strip())]
        if not filled:
            return "空行"
        texts = tuple(as_text(raw).strip() for _, raw in filled)
        if texts in self._heading_rows or sum(1 for text in texts if text in self.plan.headings) >= max(2, len(texts) - 1):
            return "重复的表头"
        if len(filled) >= 3 and all(type(raw) is int for _, raw in filled):
            numbers = [raw for _, raw in filled]
            if numbers == list(range(numbers[0], numbers[0] + len(numbers))):  # type: ignore[operator, arg-type]
                return "列序号行"
        if _EXAMPLE.match(texts[0]):
            return "填写示例"
        if any(index < len(cells) and looks_like_id(cells[index]) for index in self._id_columns):
            return ""
        first = without_spaces(half_width(texts[0]))
        if _NOTE_ROW.match(first) and not (len(first) <= 4 and len(filled) > 3 and first not in {"合计", "总计", "小计", "共计", "累计"}):
            return "合计或说明行"
        if len(filled) == 1 and (len(cells) > 2 and (filled[0][0] not in self._persons or len(first) > 12)):
            return "标题或说明行"
        if (
            not any(index in self._identity for index, _ in filled)
            and len(filled) <= 2
            and not any(type(raw) in {int, float} for _, raw in filled[1:])
        ):
            return "标题或说明行"
        return ""


def column_titles(columns: Sequence[Column]) -> list[str]:
    """The headings of a template, in order."""
    return [column.title for column in columns]
