"""Workbooks as departments of the small county would send them."""

from collections.abc import Sequence
from pathlib import Path

import xlsxwriter

from anju.vocabulary import idnumber, relation
from tests.journeys.conftest import Resident

ALLOWANCE = ("序号", "乡镇", "村", "低保证号", "户主姓名", "成员姓名", "成员身份证号", "与户主关系", "保障人数", "月保障金额")
_TOWNS = {"210922109": "满堂红镇", "210922115": "大冷镇"}
_VILLAGES = {"210922109201": "小官村", "210922109202": "大官村", "210922115201": "程沟村", "210922115202": "大庙村"}


def write(path: Path, headings: Sequence[str], rows: Sequence[Sequence[object]], title: str = "") -> Path:
    """One sheet of text cells, perhaps under a title row."""
    book = xlsxwriter.Workbook(str(path))
    sheet = book.add_worksheet("名单")
    top = 0
    if title:
        sheet.write_string(0, 0, title)
        top = 1
    for column, heading in enumerate(headings):
        sheet.write_string(top, column, heading)
    for at, row in enumerate(rows, top + 1):
        for column, value in enumerate(row):
            sheet.write_string(at, column, str(value))
    book.close()
    return path


def line(at: int, resident: Resident, head: str, *, name: str = "", id_number: str = "") -> list[object]:
    """One row of the allowance list."""
    return [
        *(at, _TOWNS[resident.village[:9]], _VILLAGES[resident.village], f"辽彰农低{resident.household[1:]}"),
        *(head, name or resident.name, id_number or resident.id_number, relation.NAMES[resident.relation], 2, 560),
    ]


def wrong_digit(number: str) -> str:
    """The number with its sequence mistyped, so that the check digit no longer holds."""
    return number[:15] + ("9" if number[15] != "9" else "8") + number[16:]


def other_number(number: str, step: int = 2) -> str:
    """Another valid number of the same day, place and sex."""
    first = number[:14] + f"{(int(number[14:17]) + step) % 1000:03d}"
    return first + idnumber.check_digit(first)


def allowance(path: Path, residents: Sequence[Resident]) -> Path:
    """The civil affairs list: most rows right, one number mistyped, two names of the same sound with another valid number, one
    person twice, one household nobody knows."""
    heads = {resident.household: resident.name for resident in residents if resident.relation == "02"}
    chosen = [resident for resident in residents if resident.household in {"H00", "H01", "H02", "H03", "H04", "H05"}]
    rows: list[list[object]] = []
    for resident in chosen:
        at = len(rows) + 1
        name, number = resident.name, resident.id_number
        if resident.household == "H01" and resident.relation == "02":
            number = wrong_digit(number)
        if resident.household == "H02" and resident.relation == "02":
            name, number = "张凤琴", other_number(number)
        if resident.household == "H04" and resident.relation == "02":
            name, number = "陈玉侠", other_number(number, 4)
        rows.append(line(at, resident, heads[resident.household], name=name, id_number=number))
    rows.append(line(len(rows) + 1, chosen[0], heads["H00"]))
    stranger = Resident("H90", "210922115201", "佟新来", other_number(chosen[0].id_number, 40))
    rows.append(line(len(rows) + 1, stranger, stranger.name))
    return write(path, ALLOWANCE, rows, title="彰武县2020年5月农村低保对象花名册")
