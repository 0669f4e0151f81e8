"""Workbooks that people download: plain lists, the error workbook that goes back to a sender, the empty template.

Numbers that identify (identity, card, certificate numbers) are text cells; nothing a person typed can become a formula;
headings stay in sight and repeat on every printed page (A4 landscape). A file appears whole or not at all; one made for a stream
(a file in memory, to be sealed) touches no disk, the library's own temporary files included.
"""

import os
import tempfile
import unicodedata
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any, BinaryIO

import xlsxwriter
import xlsxwriter.exceptions

from anju import memory
from anju.checks import BLOCK, NOTE, Check, Finding
from anju.tabular.layout import Column, Layout
from anju.tabular.plan import Recognition
from anju.tabular.process import DEFAULT_LIMITS, Limits
from anju.tabular.reading import raw_rows, read
from anju.tabular.values import CHECKS, as_text

FONT = "宋体"
HEADING_FONT = "微软雅黑"
_MAX_ROWS = 1_048_000
_MAX_TEXT = 32_000
_FORMULA_STARTS = ("=", "+", "-", "@", "\t", "\r", "\n", "|", "%")
_LEVEL_WORDS = {"block": "必须改正", "warn": "请核对", "note": "仅提示"}
TEXT_SHEET = "文本表格"
_RELATION_LIST = (
    "户主",
    "配偶",
    "长子",
    "次子",
    "女儿",
    "儿媳",
    "女婿",
    "孙子",
    "孙女",
    "外孙子",
    "外孙女",
    "父亲",
    "母亲",
    "岳父",
    "岳母",
    "祖父",
    "祖母",
    "其他亲属",
    "非亲属",
)


@dataclass(frozen=True)
class Stamp:
    """What an internal workbook says about itself: its number in the register, its mark, who took it and when, and how its numbers stand.

    It stands in a line above the headings, on every printed page, and in the file's properties. It names the file, it doesn't bind its
    content: cells copied into another file carry nothing along.
    """

    number: str
    mark: str
    who: str
    moment: str
    full: bool = False

    @property
    def line(self) -> str:
        """The line above the headings."""
        numbers = "含完整号码，" if self.full else ""
        return f"内部资料，{numbers}不得外传　{self.who} {self.moment} 导出　编号 {self.number}　标记 {self.mark}"


@dataclass(frozen=True)
class Sheet:
    """One sheet to write: its name, headings, rows; ``widths`` in characters (else fitted to the content), ``caption`` above."""

    title: str
    headings: Sequence[str]
    rows: Iterable[Sequence[object]]
    widths: Sequence[float] | None = None
    caption: str = ""


class TooLarge(Exception):
    """The machine's memory hasn't room for a workbook as large as this."""


class _Styles:
    """The formats of one workbook, made once."""

    def __init__(self, book: Any) -> None:
        body = {"font_name": FONT, "font_size": 10.5, "border": 1, "border_color": "#BFC7D1", "valign": "vcenter"}
        # What somebody has typed may stand in any of these: the name of a round, a sender's headings and faulty cells, what was found of them.
        typed = {"quote_prefix": True}
        self.caption = book.add_format(
            {"font_name": HEADING_FONT, "font_size": 14, "bold": True, "align": "center", "valign": "vcenter", **typed}
        )
        self.stamp = book.add_format({"font_name": FONT, "font_size": 9, "font_color": "#9B1C1C", "valign": "vcenter"})
        self.heading = book.add_format(
            {**body, "font_name": HEADING_FONT, "bold": True, "bg_color": "#DCE6F1", "text_wrap": True, "align": "center", **typed}
        )
        self.needed = book.add_format(
            {
                **body,
                "font_name": HEADING_FONT,
                "bold": True,
                "bg_color": "#DCE6F1",
                "font_color": "#B42318",
                "text_wrap": True,
                "align": "center",
            }
        )
        self.text = book.add_format({**body, "num_format": "@"})
        self.guarded = book.add_format({**body, "num_format": "@", "quote_prefix": True})
        self.number = book.add_format({**body, "num_format": "General"})
        self.money = book.add_format({**body, "num_format": "#,##0.00"})
        self.day = book.add_format({**body, "num_format": "yyyy-mm-dd", "align": "center"})
        self.minute = book.add_format({**body, "num_format": "yyyy-mm-dd hh:mm", "align": "center"})
        self.wrapped = book.add_format({**body, "text_wrap": True, "valign": "top", **typed})
        self.example = book.add_format({**body, "num_format": "@", "italic": True, "font_color": "#7A8594"})
        self.wrong = book.add_format({**body, "num_format": "@", "bg_color": "#FBD5D5", "font_color": "#9B1C1C", **typed})
        self.doubtful = book.add_format({**body, "num_format": "@", "bg_color": "#FDF0C4", **typed})
        self.input_text = book.add_format({"font_name": FONT, "font_size": 10.5, "num_format": "@"})


# What is written as text stays text, whatever it looks like; every workbook of the house is opened with these.
TEXT_STAYS_TEXT = {"strings_to_formulas": False, "strings_to_urls": False, "strings_to_numbers": False, "nan_inf_to_errors": True}


def looks_like_a_formula(text: str) -> bool:
    """Whether a spreadsheet could take the text for a formula when it is typed or pasted anew; such a cell is written quoted."""
    return text.startswith(_FORMULA_STARTS)


@contextmanager
def _book(out: Path | str | BinaryIO, stamp: Stamp | None = None) -> Iterator[tuple[Any, _Styles]]:
    """A workbook: on disk written beside its place and moved there when whole; into a stream without a byte of it touching a disk."""
    if isinstance(out, Path | str):
        path = Path(out)
        path.parent.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryDirectory(dir=path.parent, prefix=".writing-") as folder:
            unfinished = Path(folder, "workbook.xlsx")
            with _writer(str(unfinished), {"constant_memory": True, "tmpdir": folder}, stamp) as made:
                yield made
            unfinished.chmod(0o644)
            os.replace(unfinished, path)
        return
    with memory.folder() as scratch:  # where there is none the library holds everything as objects, in several times the memory
        place = {"in_memory": True} if scratch is None else {"constant_memory": True, "tmpdir": str(scratch)}
        try:
            with _writer(out, place, stamp) as made:
                yield made
        except (OSError, xlsxwriter.exceptions.FileCreateError) as error:
            if "No space left" in str(error):
                raise TooLarge from error
            raise


@contextmanager
def _writer(out: str | BinaryIO, place: dict[str, Any], stamp: Stamp | None) -> Iterator[tuple[Any, _Styles]]:
    book = xlsxwriter.Workbook(out, {**TEXT_STAYS_TEXT, "default_date_format": "yyyy-mm-dd", **place})
    book.set_properties({"author": "安居", "created": datetime(2020, 1, 1), **_properties(stamp)})  # noqa: DTZ001  # same bytes for same content
    if stamp is not None:
        book.set_custom_property("导出编号", stamp.number)
        book.set_custom_property("导出标记", stamp.mark)
    yield book, _Styles(book)
    book.close()


def _properties(stamp: Stamp | None) -> dict[str, str]:
    """The file's own properties."""
    if stamp is None:
        return {}
    return {"author": stamp.who, "subject": "内部资料", "keywords": stamp.mark, "comments": stamp.line, "status": "内部资料"}


def text_width(text: str) -> int:
    """Columns a text takes on screen: a Chinese character counts two."""
    return sum(2 if unicodedata.east_asian_width(character) in "WF" else 1 for character in text)


def sheet_name(title: str, taken: Iterable[str] = ()) -> str:
    """A name Excel accepts: at most 31 characters, none of ``[]:*?/\\``, unlike the others."""
    clean = "".join("_" if character in "[]:*?/\\" else character for character in title).strip("' ")[:31] or "名单"
    used = {name.lower() for name in taken}
    name, number = clean, 1
    while name.lower() in used:
        number += 1
        mark = f"({number})"
        name = clean[: 31 - len(mark)] + mark
    return name


def _print_setup(sheet: Any, repeat: tuple[int, int], stamp: Stamp | None = None) -> None:
    sheet.set_paper(9)
    sheet.set_landscape()
    sheet.fit_to_pages(1, 0)
    sheet.set_margins(left=0.4, right=0.4, top=0.5, bottom=0.6)
    sheet.repeat_rows(*repeat)
    left = f"&L内部资料 {stamp.number}" if stamp else ""
    right = f"&R{stamp.who.replace('&', '&&')[:60]} {stamp.moment} {stamp.mark}" if stamp else ""
    sheet.set_footer(f"{left}&C第 &P 页，共 &N 页{right}")


def write_cell(sheet: Any, row: int, column: int, value: object, styles: _Styles, *, style: Any = None) -> int:
    """Writes one value by its type and returns its width on screen; a text that looks like a formula stays a text."""
    if value is None or value == "":
        sheet.write_blank(row, column, None, style or styles.text)
        return 0
    if isinstance(value, bool):
        value = "是" if value else "否"
    if isinstance(value, datetime):
        sheet.write_datetime(row, column, value.replace(tzinfo=None), style or styles.minute)
        return 16
    if isinstance(value, date):
        sheet.write_datetime(row, column, value, style or styles.day)
        return 10
    if isinstance(value, Decimal) and value.is_finite() and abs(value) < 10**13:
        sheet.write_number(row, column, value, style or styles.money)
        return len(f"{value:,.2f}")
    if isinstance(value, int | float) and abs(value) < 10**11:
        sheet.write_number(row, column, value, style or styles.number)
        return len(str(value))
    text = as_text(value) if isinstance(value, int | float) else str(value)
    if len(text) > _MAX_TEXT:
        text = text[:_MAX_TEXT] + "…"
    guarded = styles.guarded if looks_like_a_formula(text) else styles.text
    sheet.write_string(row, column, text, style or guarded)
    return text_width(text)


class _Fitted:
    """Column widths fitted to what was written."""

    def __init__(self, headings: Sequence[str], widths: Sequence[float] | None) -> None:
        self._fixed = list(widths or ())
        self._widths = [max(6, min(24, text_width(heading) + 3)) for heading in headings]

    def saw(self, column: int, width: int) -> None:
        if column >= len(self._widths):
            self._widths.extend([8] * (column + 1 - len(self._widths)))
        self._widths[column] = max(self._widths[column], min(width + 2, 44))

    def apply(self, sheet: Any) -> None:
        for column, width in enumerate(self._widths):
            sheet.set_column(column, column, self._fixed[column] if column < len(self._fixed) else width)


def workbook(out: Path | str | BinaryIO, sheets: Iterable[Sheet], *, stamp: Stamp | None = None) -> int:
    """Writes sheets of plain values and returns how many rows; what doesn't fit on one sheet goes on to the next of that name."""
    total = 0
    with _book(out, stamp) as (book, styles):
        names: list[str] = []
        for plan in sheets:
            rows = iter(plan.rows)
            more = True
            while more:
                name = sheet_name(plan.title, names)
                names.append(name)
                written, more = _fill(book.add_worksheet(name), plan, rows, styles, stamp)
                total += written
        if not names:
            book.add_worksheet("名单")
    return total


def _fill(sheet: Any, plan: Sheet, rows: Iterator[Sequence[object]], styles: _Styles, stamp: Stamp | None = None) -> tuple[int, bool]:
    """One sheet; returns the rows written and whether there are more."""
    top = 0
    fitted = _Fitted(plan.headings, plan.widths)
    if plan.caption:
        last = max(len(plan.headings) - 1, 0)
        sheet.set_row(0, 28)
        if last:
            sheet.merge_range(0, 0, 0, last, plan.caption, styles.caption)
        else:
            sheet.write_string(0, 0, plan.caption, styles.caption)
        top = 1
    if stamp is not None:
        sheet.write_string(top, 0, stamp.line, styles.stamp)
        top += 1
    sheet.set_row(top, 24)
    for column, heading in enumerate(plan.headings):
        sheet.write_string(top, column, heading, styles.heading)
    sheet.freeze_panes(top + 1, 0)
    _print_setup(sheet, (0, top), stamp)
    written, more = 0, False
    for values in rows:
        written += 1
        for column, value in enumerate(values):
            fitted.saw(column, write_cell(sheet, top + written, column, value, styles))
        if written >= _MAX_ROWS:
            more = True
            break
    if written and plan.headings:
        sheet.autofilter(top, 0, top + written, len(plan.headings) - 1)
    fitted.apply(sheet)
    return written, more


def _halves(message: str) -> tuple[str, str]:
    """A finding's message as (what is wrong, what to do)."""
    wrong, _, remedy = message.partition("；")
    return wrong, remedy.rstrip("。")


def checks_of(recognition: Recognition) -> dict[str, Check]:
    """Every rule that may speak about a file, by id."""
    own = recognition.layout.rules if recognition.layout else ()
    return {check.id: check for check in (*CHECKS, *(check for rule in own for check in rule.checks))}


def error_workbook(
    source_path: Path | str,
    recognition: Recognition,
    findings_by_row: Mapping[tuple[str, int], Sequence[Finding]] | None,
    out: Path | str | BinaryIO,
    *,
    warnings: bool = True,
    checks: Mapping[str, Check] | None = None,
    today: date | None = None,
    limits: Limits = DEFAULT_LIMITS,
    stamp: Stamp | None = None,
) -> int:
    """The sender's own rows back, with what is wrong and what to do; returns how many rows need a look.

    First sheet: only rows with findings, in the file's order: where they stand, 问题, 怎么改, then the sender's own columns as they
    were, bad cells coloured. Second sheet: every kind of problem with its count and the rule it rests on. ``findings_by_row`` is
    keyed by (sheet, row as the spreadsheet shows it); None reads and checks the file anew. ``checks`` adds rules of the caller.
    """
    known = {**checks_of(recognition), **(checks or {})}
    width = max((len(plan.headings) for plan in recognition.sheets), default=0)
    headings = list(recognition.headings) + [""] * (width - len(recognition.headings))
    front = ["工作表", "行号", "问题", "怎么改"]
    counts: Counter[str] = Counter()
    examples: dict[str, str] = {}
    with _book(out, stamp) as (book, styles):
        sheet = book.add_worksheet("需要修改的行")
        sheet.set_row(0, 26)
        for column, heading in enumerate([*front, *headings]):
            sheet.write_string(0, column, heading, styles.heading)
        sheet.freeze_panes(1, len(front))
        _print_setup(sheet, (0, 0), stamp)
        fitted = _Fitted([*front, *headings], [12, 7, 34, 38])
        written = 0
        for name, row, cells, columns, findings in _rows_with_findings(
            source_path, recognition, findings_by_row, warnings=warnings, today=today, limits=limits
        ):
            if written >= _MAX_ROWS:
                break
            written += 1
            parts = [_halves(found.message) for found in findings]
            write_cell(sheet, written, 0, name or TEXT_SHEET, styles)
            sheet.write_number(written, 1, row, styles.number)
            _write_wrapped(sheet, written, 2, [wrong for wrong, _ in parts], styles)
            _write_wrapped(sheet, written, 3, list(dict.fromkeys(remedy for _, remedy in parts if remedy)), styles)
            marks: dict[int, Any] = {}
            for found in findings:
                at = columns.get(found.field)
                if at is not None and marks.get(at) is not styles.wrong:
                    marks[at] = styles.wrong if found.level == BLOCK else styles.doubtful
                counts[found.check] += 1
                examples.setdefault(found.check, f"{name or TEXT_SHEET} 第 {row} 行")
            for column in range(max(len(cells), max(marks, default=-1) + 1)):
                value = cells[column] if column < len(cells) else None
                fitted.saw(len(front) + column, write_cell(sheet, written, len(front) + column, value, styles, style=marks.get(column)))
        if written:
            sheet.autofilter(0, 0, written, len(front) + width - 1)
        fitted.apply(sheet)
        _write_summary(book.add_worksheet("问题汇总"), styles, counts, examples=examples, known=known, rows=written, stamp=stamp)
    return written


def _write_wrapped(sheet: Any, row: int, column: int, lines: Sequence[str], styles: _Styles) -> None:
    numbered = [f"{number}. {line}" for number, line in enumerate(lines, 1)] if len(lines) > 1 else lines
    sheet.write_string(row, column, "\n".join(numbered)[:_MAX_TEXT], styles.wrapped)


def _write_summary(
    sheet: Any,
    styles: _Styles,
    counts: Counter[str],
    *,
    examples: Mapping[str, str],
    known: Mapping[str, Check],
    rows: int,
    stamp: Stamp | None,
) -> None:
    sheet.merge_range(0, 0, 0, 4, f"共有 {rows} 行需要修改或核对", styles.caption)
    sheet.set_row(0, 28)
    for column, (heading, wide) in enumerate((("问题种类", 34), ("处理", 12), ("处数", 9), ("规则依据", 34), ("例如", 24))):
        sheet.write_string(1, column, heading, styles.heading)
        sheet.set_column(column, column, wide)
    order = {"block": 0, "warn": 1, "note": 2}
    ranked = sorted(
        counts.items(), key=lambda pair: (order.get(known[pair[0]].level if pair[0] in known else "warn", 1), -pair[1], pair[0])
    )
    for row, (check_id, count) in enumerate(ranked, 2):
        check = known.get(check_id)
        write_cell(sheet, row, 0, check.label if check else check_id, styles)
        write_cell(sheet, row, 1, _LEVEL_WORDS.get(check.level if check else "warn", ""), styles)
        write_cell(sheet, row, 2, count, styles)
        write_cell(sheet, row, 3, check.source if check else "", styles)
        write_cell(sheet, row, 4, examples.get(check_id, ""), styles)
    if stamp is not None:
        sheet.write_string(len(ranked) + 3, 0, stamp.line, styles.stamp)
    sheet.freeze_panes(2, 0)
    _print_setup(sheet, (0, 1), stamp)


def _rows_with_findings(
    source_path: Path | str,
    recognition: Recognition,
    findings_by_row: Mapping[tuple[str, int], Sequence[Finding]] | None,
    *,
    warnings: bool,
    today: date | None,
    limits: Limits,
) -> Iterator[tuple[str, int, Sequence[Any], Mapping[str, int], list[Finding]]]:
    def told(findings: Iterable[Finding]) -> list[Finding]:
        return [found for found in findings if found.level == BLOCK or (warnings and found.level != NOTE)]

    if findings_by_row is None:
        columns = {plan.name: plan.columns for plan in recognition.sheets}
        for sheet_row in read(source_path, recognition, today=today, limits=limits):
            findings = told(sheet_row.findings)
            if findings:
                yield sheet_row.sheet, sheet_row.row, sheet_row.cells, columns[sheet_row.sheet], findings
        return
    left = len(findings_by_row)
    rows = raw_rows(source_path, recognition, limits=limits)
    for plan, row, cells in rows:
        if not left:
            break
        about = findings_by_row.get((plan.name, row))
        if about is None:
            continue
        left -= 1
        findings = told(about)
        if findings:
            yield plan.name, row, cells, plan.columns, findings


def template(
    layout: Layout, out: Path | str | BinaryIO, *, rows: Iterable[Mapping[str, object]] | None = None, stamp: Stamp | None = None
) -> int:
    """The workbook a sender fills in: headings, one example row, drop-down lists, and a sheet of instructions; how many rows it holds.

    ``rows`` in the example's place are what is known already, by the layout's keys: it is filled up and sent back.
    """
    written = 0
    with _book(out, stamp) as (book, styles):
        sheet = book.add_worksheet("填报")
        top = 0 if stamp is None else 1
        if stamp is not None:
            sheet.write_string(0, 0, stamp.line, styles.stamp)
        sheet.set_row(top, 28)
        for position, column in enumerate(layout.columns):
            sheet.set_column(
                position, position, max(8, min(28, max(text_width(column.title), text_width(str(column.example))) + 3)), styles.input_text
            )
            sheet.write_string(top, position, column.title, styles.needed if column.required else styles.heading)
            _validate(sheet, position, column, top + 1)
        if rows is None:
            for position, column in enumerate(layout.columns):
                value = "示例（填报时删去本行）" if position == 0 else column.example
                sheet.write_string(top + 1, position, str(value), styles.example)
            sheet.set_column(0, 0, 10, styles.input_text)
        for written, known in enumerate(rows or (), 1):
            for position, column in enumerate(layout.columns):
                write_cell(sheet, top + written, position, known.get(column.key), styles)
        sheet.freeze_panes(top + 1, 0)
        _print_setup(sheet, (0, top), stamp)
        _write_instructions(book.add_worksheet("填表说明"), layout, styles)
    return written


def _validate(sheet: Any, position: int, column: Column, first: int) -> None:
    """Drop-down lists and length hints on the rows a sender fills."""
    words: Sequence[str] = ()
    if column.kind == "sex":
        words = ("男", "女")
    elif column.kind == "relation":
        words = _RELATION_LIST
    elif column.kind == "choice":
        words = [word for word in _first_words(column) if not word.isdigit()]
        if sum(len(word) + 1 for word in words) > 250:
            words = ()
    if words:
        sheet.data_validation(
            first,
            position,
            20_000,
            position,
            {
                "validate": "list",
                "source": list(words),
                "error_type": "warning",
                "error_title": column.title,
                "error_message": "请从下拉列表中选择。",
            },
        )
    elif column.kind == "id_number":
        sheet.data_validation(
            first,
            position,
            20_000,
            position,
            {
                "validate": "length",
                "criteria": "between",
                "minimum": 15,
                "maximum": 18,
                "error_type": "warning",
                "error_title": column.title,
                "error_message": "身份证号应为 18 位（老号码 15 位），请核对。",
            },
        )


def _first_words(column: Column) -> list[str]:
    """The first word of each code: what the drop-down list offers."""
    words: dict[str, str] = {}
    for word, code in column.choices:
        words.setdefault(code, word)
    return list(words.values())


def _how(column: Column) -> str:
    """What is accepted in a column, in words."""
    ways = {
        "id_number": "18 位或 15 位号码，按文本填写",
        "name": "一格一个人的姓名",
        "date": "1985-03-02、1985.3.2、19850302、1985年3月2日、1985年3月",
        "int": "整数",
        "decimal": "数字，可带小数",
        "money": "数字，单位元；也可写 1.4万元",
        "sex": "男、女（也认识 1、2）",
        "relation": "、".join(_RELATION_LIST),
        "code": "编号，按文本填写",
        "phone": "电话号码，按文本填写",
        "card": "12 到 19 位卡号，照卡面按文本填写，数字之间可有空格",
        "choice": "、".join(dict.fromkeys(word for word, _ in column.choices if not word.isdigit())),
    }
    text = f"文字，至多 {column.longest} 个字" if column.longest else "文字"
    return "。".join(part.rstrip("。") for part in (column.note, ways.get(column.kind, text)) if part) + "。"


def _write_instructions(sheet: Any, layout: Layout, styles: _Styles) -> None:
    widths = (16, 8, 60, 50, 24)
    sheet.merge_range(0, 0, 0, 4, f"{layout.title} 填表说明", styles.caption)
    sheet.set_row(0, 30)
    sheet.merge_range(
        1,
        0,
        1,
        4,
        f"{layout.note}红色列名必填；列的先后次序、多余的列、表头上方的标题行都不影响读取；合计行和说明行不会被当成人员。",
        styles.wrapped,
    )
    sheet.set_row(1, 36)
    for position, (heading, wide) in enumerate(zip(("列名", "必填", "怎么填", "系统也认识的列名", "示例"), widths, strict=True)):
        sheet.write_string(2, position, heading, styles.heading)
        sheet.set_column(position, position, wide)
    for row, column in enumerate(layout.columns, 3):
        known = [alias for alias in column.aliases if not alias.isascii()]
        sheet.write_string(row, 0, column.title, styles.wrapped)
        sheet.write_string(row, 1, "必填" if column.required else "", styles.wrapped)
        sheet.write_string(row, 2, _how(column), styles.wrapped)
        sheet.write_string(row, 3, "、".join(known), styles.wrapped)
        sheet.write_string(row, 4, str(column.example), styles.wrapped)
    sheet.freeze_panes(3, 0)
    _print_setup(sheet, (2, 2))
