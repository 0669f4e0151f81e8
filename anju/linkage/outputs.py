"""The files of a comparison: tables for programs, and one workbook a clerk can send on. Large tables are written by DuckDB itself."""

import json
from pathlib import Path
from typing import Any

import xlsxwriter

from anju.linkage.engine import Result
from anju.linkage.fields import LABELS
from anju.linkage.normal import quoted
from anju.linkage.passes import FLAGS, KINDS, PASSES
from anju.tabular.writing import TEXT_STAYS_TEXT, looks_like_a_formula

LIST_LIMIT = 5_000
_KIND_ORDER = ("head_differs", "split", "merged", "moved")


def write_tables(result: Result, folder: Path) -> None:
    """pairs.csv, left_only.csv, right_only.csv, households.csv, flags.csv: UTF-8, one heading row; numbers masked where they appear."""
    for name, query in (
        ("pairs", "SELECT left_row, right_row, outcome, pass, score, explanation FROM pairs"),
        ("left_only", "SELECT left_row, explanation FROM left_only ORDER BY left_row"),
        ("right_only", "SELECT right_row, explanation FROM right_only ORDER BY right_row"),
        ("households", "SELECT left_household, right_household, kind, explanation FROM households"),
        ("flags", "SELECT side, row, flag, masked(likely_id) AS likely_id, other_row, explanation FROM flags ORDER BY side, row"),
    ):
        result.connection.execute(f"COPY ({query}) TO {quoted(str(folder / (name + '.csv')))} (FORMAT csv, HEADER true)")


def write_summary(summary: dict[str, Any], folder: Path) -> None:
    """summary.json: counts, inputs, headings, seconds, memory."""
    (folder / "summary.json").write_text(json.dumps(summary, ensure_ascii=False, indent=2) + "\n", encoding="utf-8")


class _Book:
    """The workbook being written, a sheet after another, rows from top to bottom (constant memory)."""

    def __init__(self, path: Path) -> None:
        self.book = xlsxwriter.Workbook(str(path), {"constant_memory": True, **TEXT_STAYS_TEXT})
        base = {"font_name": "微软雅黑", "font_size": 10, "valign": "vcenter"}
        self.title = self.book.add_format({**base, "font_size": 15, "bold": True})
        self.note = self.book.add_format({**base, "font_color": "#5b6770"})
        self.head = self.book.add_format({**base, "bold": True, "bg_color": "#e4eef4", "bottom": 1, "text_wrap": True})
        self.group = self.book.add_format({**base, "bold": True, "font_color": "#1f5a7a", "bottom": 1})
        self.cell = self.book.add_format({**base, "text_wrap": True, "num_format": "@"})
        self.quoted = self.book.add_format({**base, "text_wrap": True, "num_format": "@", "quote_prefix": True})
        self.number = self.book.add_format({**base, "num_format": "#,##0", "align": "right"})
        self.share = self.book.add_format({**base, "num_format": "0.0%", "align": "right"})

    def listing(self, title: str, headings: list[str], widths: list[int], *, rows: list[tuple[Any, ...]], total: int, rest: str) -> None:
        sheet = self.book.add_worksheet(title)
        for column, width in enumerate(widths):
            sheet.set_column(column, column, width)
        line = 0
        if total > len(rows):
            sheet.write_string(0, 0, f"共 {total:,} 行，这里列出前 {len(rows):,} 行；全部在同一文件夹的 {rest} 中。", self.note)
            line = 1
        for column, heading in enumerate(headings):
            sheet.write_string(line, column, heading, self.head)
        sheet.freeze_panes(line + 1, 0)
        for offset, row in enumerate(rows, line + 1):
            for column, value in enumerate(row):
                if isinstance(value, int | float):
                    sheet.write_number(offset, column, value, self.number)
                elif value is not None:
                    text = str(value)
                    sheet.write_string(offset, column, text, self.quoted if looks_like_a_formula(text) else self.cell)
        sheet.autofilter(line, 0, line + max(len(rows), 1), len(headings) - 1)


def _pairs_listing(result: Result, condition: str) -> tuple[list[tuple[Any, ...]], int]:
    rows = result.rows(
        f"""SELECT t.lr, l.name_raw, masked(l.id_text), t.rr, r.name_raw, masked(r.id_text), coalesce(l.area_text, r.area_text), t.explanation
        FROM told t JOIN left_rest l ON l.row = t.lr JOIN right_rest r ON r.row = t.rr WHERE {condition} ORDER BY t.lr LIMIT {LIST_LIMIT}"""
    )
    (total,) = result.rows(f"SELECT count(*) FROM told t WHERE {condition}")[0]
    return rows, int(total)


def write_report(result: Result, folder: Path, left: str, right: str) -> None:
    """report.xlsx: what was compared, the counts, and each class of differences that needs work."""
    summary = result.summary
    book = _Book(folder / "report.xlsx")
    _summary_sheet(book, summary, left, right)
    headings = [f"{left}行", "姓名", "证件号", f"{right}行", "姓名", "证件号", "村或住址", "说明"]
    widths = [10, 12, 22, 10, 12, 22, 30, 70]
    for title, condition in (
        ("待人工核对", "t.outcome = 'review'"),
        ("证件号已修复", "t.outcome = 'auto' AND t.pass = 1"),
        ("无证件号或写法不同", "t.outcome = 'auto' AND t.pass <> 1"),
    ):
        rows, total = _pairs_listing(result, condition)
        if total:
            book.listing(title, headings, widths, rows=rows, total=total, rest="pairs.csv")
    kinds = "CASE kind " + " ".join(f"WHEN {quoted(kind)} THEN {quoted(label)}" for kind, label in KINDS.items()) + " END"
    wanted = ", ".join(quoted(kind) for kind in _KIND_ORDER)
    rows = result.rows(
        f"SELECT left_household, right_household, {kinds}, explanation FROM households WHERE kind IN ({wanted}) ORDER BY kind, left_household LIMIT {LIST_LIMIT}"
    )
    (total,) = result.rows(f"SELECT count(*) FROM households WHERE kind IN ({wanted})")[0]
    if total:
        book.listing(
            "户的变化", [f"{left}户", f"{right}户", "类别", "说明"], [26, 26, 14, 70], rows=rows, total=total, rest="households.csv"
        )
    for side, title in (("left", left), ("right", right)):
        rows = result.rows(
            f"""SELECT o.{side}_row, x.name_raw, masked(x.id_text), x.house_text, x.area_text, o.explanation FROM {side}_only o JOIN {side}_rest x ON x.row = o.{side}_row
            ORDER BY 1 LIMIT {LIST_LIMIT}"""
        )
        (total,) = result.rows(f"SELECT count(*) FROM {side}_only")[0]
        if total:
            book.listing(
                f"仅在{title}"[:31],
                ["行", "姓名", "证件号", "户", "村或住址", "说明"],
                [10, 12, 22, 24, 30, 60],
                rows=rows,
                total=total,
                rest=f"{side}_only.csv",
            )
    words = "CASE f.flag " + " ".join(f"WHEN {quoted(flag)} THEN {quoted(label)}" for flag, label in FLAGS.items()) + " END"
    rows = result.rows(
        f"SELECT CASE f.side WHEN 'left' THEN {quoted(left)} ELSE {quoted(right)} END, f.row, {words}, masked(f.likely_id), f.other_row, f.explanation FROM flags f ORDER BY f.flag, f.side, f.row LIMIT {LIST_LIMIT}"
    )
    (total,) = result.rows("SELECT count(*) FROM flags")[0]
    if total:
        book.listing(
            "提示",
            ["名单", "行", "类别", "可能的正确号码", "另一行", "说明"],
            [18, 10, 14, 22, 10, 70],
            rows=[tuple("" if v == "空" else v for v in row) for row in rows],
            total=total,
            rest="flags.csv",
        )
    book.book.close()


def _summary_sheet(book: _Book, summary: dict[str, Any], left: str, right: str) -> None:
    sheet = book.book.add_worksheet("结果")
    sheet.set_column(0, 0, 34)
    sheet.set_column(1, 3, 18)
    sheet.hide_gridlines(2)
    lines: list[tuple[str, Any]] = [("title", f"{left} 与 {right} 信息比对结果")]
    for side, title in (("left", left), ("right", right)):
        about = summary.get("inputs", {}).get(side)
        taken = "、".join(f"{LABELS[key]}←{heading.strip()}" for key, heading in about["headings"].items()) if about else ""
        file = f"（{about['file']}）" if about else ""
        lines.append(("note", f"{title}{file}：{summary['rows'][side]:,} 行。{'识别的列：' + taken if taken else ''}"))
    lines.append(("blank", None))
    total = summary["rows"]["left"] or 1
    outcomes = summary["outcomes"]
    lines.append(("group", f"{left}的每一行"))
    for label, count in (("自动关联", outcomes["auto"]), ("待人工核对", outcomes["review"]), (f"仅在{left}", outcomes["left_only"])):
        lines.append(("share", (label, count, count / total)))
    lines.append(("count", (f"仅在{right}", outcomes["right_only"])))
    lines.append(("group", "怎样对上的"))
    for each in PASSES:
        counts = summary["passes"][each.id]
        lines.append(("count", (each.label, counts["auto"])))
    lines.append(("group", "户"))
    lines.extend(("count", (label, summary["households"][kind])) for kind, label in KINDS.items())
    lines.append(("group", "提示（行）"))
    for side, title in (("left", left), ("right", right)):
        lines.extend(("count", (f"{title}：{FLAGS[flag]}", count)) for flag, count in summary["flags"][side].items())
    lines.append(("blank", None))
    lines.append(("note", "证件号只显示前四位和后四位。“自动关联”已达到认定条件；“待人工核对”须由人判断；其余各表逐行写明理由。"))
    for line, (kind, value) in enumerate(lines):
        if kind in ("title", "note", "group"):
            sheet.write_string(line, 0, value, {"title": book.title, "note": book.note, "group": book.group}[kind])
        elif kind in ("share", "count"):
            sheet.write_string(line, 0, value[0], book.cell)
            sheet.write_number(line, 1, value[1], book.number)
            if kind == "share":
                sheet.write_number(line, 2, value[2], book.share)
