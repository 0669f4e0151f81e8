"""What a notice may show: columns declared here and no others, each cell masked when it is posted, once and for good.

There is no column for a card, a telephone of a person, a kind of disability or a child: what isn't declared can't be posted (domain 2.10).
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from django.utils.translation import gettext as _

from anju.notices import rules
from anju.refusing import Refused
from anju.vocabulary import masking, numbers
from anju.vocabulary.text import tidy

ROWS = 2000
LONGEST = 300


@dataclass(frozen=True, slots=True)
class Column:
    """One column: its title on the board, how its cells are hidden (None: public by itself), whether numbers stand at the right."""

    title: str
    kind: masking.Kind | None = None
    right: bool = False
    telephone: bool = False  # an office's own telephone, published to be called


COLUMNS: dict[str, Column] = {
    "place": Column("村组"),
    "head": Column("户主", masking.Kind.NAME),
    "name": Column("姓名", masking.Kind.NAME),
    "id_number": Column("身份证号", masking.Kind.ID_NUMBER),
    "group": Column("对象类别"),
    "population": Column("人口", right=True),
    "structure": Column("房屋结构"),
    "grade": Column("房屋等级"),
    "method": Column("改造方式"),
    "route": Column("保障方式"),
    "amount": Column("补助金额（元）", right=True),
    "result": Column("结果"),
    "on": Column("日期"),
    "document": Column("文件"),
    "number": Column("文号"),
    "unit": Column("单位"),
    "task": Column("任务数（户）", right=True),
    "money": Column("资金（元）", right=True),
    "reason": Column("事由"),
    "until": Column("至何时"),
    "hotline": Column("举报电话", telephone=True),
    "mailbox": Column("举报信箱"),
    "hours": Column("受理时间"),
    "note": Column("备注"),
}


@dataclass(frozen=True, slots=True)
class Content:
    """What hangs out: (key, title) of each column, and the cells as they are shown; ``policy`` is the mask they went through."""

    policy: str
    columns: tuple[tuple[str, str], ...]
    rows: tuple[tuple[str, ...], ...]

    def kept(self) -> dict[str, object]:
        """As the database holds it."""
        return {"columns": [list(column) for column in self.columns], "rows": [list(row) for row in self.rows]}


def masked(rows: Iterable[Mapping[str, object]], columns: Sequence[str] = ()) -> Content:
    """Rows with their cells as the deployment's mask shows them in a notice; a column left out there is left out here.

    ``rows`` map keys of ``COLUMNS`` to what is known; ``columns`` gives the order, else that of the first row. Refuses columns that aren't
    declared, too many rows, and any cell in which a number still names somebody.
    """
    given = [dict(row) for row in rows]
    if not given:
        raise Refused(rules.CONTENT, _("没有要公示的内容"))
    if len(given) > ROWS:
        raise Refused(
            rules.CONTENT, _("共 %(rows)s 行，一张公示最多 %(most)s 行；请按乡镇或村分开公示") % {"rows": len(given), "most": ROWS}
        )
    keys = list(columns) or list(dict.fromkeys(key for row in given for key in row))
    if unknown := sorted({key for row in given for key in row} - set(COLUMNS) | set(keys) - set(COLUMNS)):
        raise Refused(rules.CONTENT, _("“%(columns)s”不在可公示的栏目里") % {"columns": _("、").join(unknown)})
    policy = masking.in_force()
    shown = [
        key for key in keys if (kind := COLUMNS[key].kind) is None or policy.way(kind, masking.Place.NOTICE) is not masking.Shown.OMITTED
    ]
    made = tuple(tuple(_cell(policy, key, row.get(key), at) for key in shown) for at, row in enumerate(given, 1))
    return Content(policy.code, tuple((key, COLUMNS[key].title) for key in shown), made)


def _cell(policy: masking.MaskPolicy, key: str, value: object, at: int) -> str:
    """The cell as it is shown. Looked through before its mask (a number in the column of names would lose one digit only) and after it."""
    column = COLUMNS[key]
    text = "" if value is None else tidy(f"{value:,}" if isinstance(value, int) else str(value))
    shown = text if column.kind is None else policy.show(column.kind, text, masking.Place.NOTICE)
    for looked in (shown,) if column.kind is masking.Kind.ID_NUMBER else (text, shown):
        refuse_numbers(looked, where=_("第 %(row)s 行“%(column)s”") % {"row": at, "column": _(column.title)}, key=key)
    return shown if len(shown) <= LONGEST else shown[: LONGEST - 1] + "…"


def refuse_numbers(text: str, *, where: str, key: str = "") -> None:
    """Refuses a text in which an identity number, a card or a telephone stands; an office's telephone in its own column may."""
    found = numbers.naming(text)
    if found and not (key and COLUMNS[key].telephone and found in ("手机号", "电话号码")):
        raise Refused(rules.NUMBERS, _("%(where)s里有%(what)s，请去掉后再公示") % {"where": where, "what": _(found)})


def pasted(text: str) -> tuple[list[dict[str, object]], list[str]]:
    """(rows, columns) of a table pasted from a worksheet: the first line names the columns by their titles, cells stand apart by tabs.

    Refuses a heading that can't be posted, naming those that can.
    """
    found = [line for line in text.replace("\r\n", "\n").split("\n") if line.strip()]
    if len(found) < 2:
        raise Refused(rules.CONTENT, _("请连表头一起粘贴：第一行是栏目，下面每行一条"))
    known = {name: key for key, column in COLUMNS.items() for name in (column.title, _(column.title), column.title.split("（")[0])}
    headings = _split(found[0])
    if unknown := [name for name in headings if name not in known]:
        raise Refused(
            rules.CONTENT,
            _("“%(unknown)s”不在可公示的栏目里；可用的有：%(known)s")
            % {"unknown": _("、").join(unknown), "known": _("、").join(_(column.title) for column in COLUMNS.values())},
        )
    columns = [known[name] for name in headings]
    if len(set(columns)) < len(columns):
        raise Refused(rules.CONTENT, _("有两栏同名，请删去一栏"))
    rows: list[dict[str, object]] = []
    for at, line in enumerate(found[1:], 2):
        cells = _split(line)
        if len(cells) > len(columns):
            raise Refused(
                rules.CONTENT,
                _("第 %(line)s 行有 %(cells)s 格，表头只有 %(columns)s 栏") % {"line": at, "cells": len(cells), "columns": len(columns)},
            )
        rows.append(dict(zip(columns, cells, strict=False)))
    return rows, columns


def _split(line: str) -> list[str]:
    mark = "\t" if "\t" in line else "|" if "|" in line else "，" if "，" in line else ","
    return [cell.strip() for cell in line.strip("\n|").split(mark)]
