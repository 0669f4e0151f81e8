"""Files for the tests of reading: ordinary, old, odd and hostile ones. Everything in them is synthetic."""

import io
import struct
import zipfile
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import xlsxwriter

from anju.tabular.layout import Column, Layout
from anju.vocabulary import idnumber
from anju.vocabulary.keygroup import Office

PERSONS = Layout(
    key="persons",
    title="人员名单",
    owner=Office.VILLAGE,
    category=None,
    columns=(
        Column("serial", "序号"),
        Column("township", "乡镇"),
        Column("village", "村", ("行政村",)),
        Column("household", "户号", ("户编号",), "code", carried=True),
        Column("head_name", "户主姓名", ("户主",), "name"),
        Column("head_id_number", "户主身份证号", (), "id_number"),
        Column("name", "姓名", ("成员姓名",), "name", required=True),
        Column("id_number", "身份证号", ("身份证号码", "公民身份号码", "证件号码"), "id_number", required=True),
        Column("sex", "性别", (), "sex"),
        Column("birth_date", "出生日期", (), "date"),
        Column("relation", "与户主关系", ("关系",), "relation"),
        Column("population", "人口", ("家庭人口",), "int"),
        Column("support_amount", "补助金额", ("补助资金",), "money"),
        Column("grade", "等级", (), "choice", choices=(("C级", "C"), ("C", "C"), ("D级", "D"), ("D", "D"))),
        Column("phone", "电话", ("联系电话",), "phone"),
    ),
    signature=("户号",),
)


def id_number(serial: int, born: str = "19850302") -> str:
    """A valid synthetic identity number with the given order number 0–999."""
    first17 = f"210922{born}{serial % 1000:03d}"
    return first17 + idnumber.check_digit(first17)


def save(path: Path, rows: Sequence[Any], sheet: str = "名单", merges: Sequence[tuple[int, int, int, int, str]] = ()) -> Path:
    """An ordinary workbook with one sheet."""
    return save_sheets(path, {sheet: rows}, merges)


def save_sheets(path: Path, sheets: Mapping[str, Any], merges: Sequence[tuple[int, int, int, int, str]] = ()) -> Path:
    book = xlsxwriter.Workbook(str(path), {"strings_to_formulas": False, "strings_to_urls": False, "nan_inf_to_errors": True})
    for name, rows in sheets.items():
        sheet = book.add_worksheet(name)
        for merge in merges:
            sheet.merge_range(*merge)
        for at, row in enumerate(rows):
            for column, value in enumerate(row):
                if value is None:
                    continue
                if isinstance(value, str):
                    sheet.write_string(at, column, value)
                elif isinstance(value, bool):
                    sheet.write_boolean(at, column, value)
                else:
                    sheet.write_number(at, column, value)
    book.close()
    return path


def hand_made(path: Path, sheet_xml: bytes, extra: dict[str, bytes] | None = None) -> Path:
    """A workbook whose sheet is written by hand, byte by byte."""
    base = io.BytesIO()
    book = xlsxwriter.Workbook(base)
    book.add_worksheet("名单")
    book.close()
    with zipfile.ZipFile(base) as source, zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as out:
        for entry in source.infolist():
            out.writestr(entry.filename, sheet_xml if entry.filename == "xl/worksheets/sheet1.xml" else source.read(entry))
        for name, content in (extra or {}).items():
            out.writestr(name, content)
    return path


def sheet_of(cells: str) -> bytes:
    return (
        '<?xml version="1.0" encoding="UTF-8"?><worksheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main">'
        f"<sheetData>{cells}</sheetData></worksheet>"
    ).encode()


def old_workbook(path: Path, rows: Sequence[Sequence[str | float]]) -> Path:
    """A workbook in the format of Excel 97–2003 (.xls): BIFF8 records in an OLE container."""

    def record(kind: int, body: bytes) -> bytes:
        return struct.pack("<HH", kind, len(body)) + body

    version = struct.pack("<HHHHII", 0x0600, 0x0005, 0x0DBB, 0x07CC, 0, 6)
    sheet = record(0x0809, struct.pack("<HHHHII", 0x0600, 0x0010, 0x0DBB, 0x07CC, 0, 6))
    for at, row in enumerate(rows):
        for column, value in enumerate(row):
            if isinstance(value, str):
                text = value.encode("utf-16-le")
                sheet += record(0x0204, struct.pack("<HHHHB", at, column, 0, len(value), 1) + text)
            else:
                sheet += record(0x0203, struct.pack("<HHHd", at, column, 0, value))
    sheet += record(0x000A, b"")
    name = "Sheet1".encode("utf-16-le")
    opening = record(0x0809, version)
    bound_length = 4 + 6 + 2 + len(name)
    start = len(opening) + bound_length + 4
    stream = opening + record(0x0085, struct.pack("<IHBB", start, 0, 6, 1) + name) + record(0x000A, b"") + sheet
    stream = stream.ljust(max(4096, -(-len(stream) // 512) * 512), b"\0")
    sectors = len(stream) // 512
    table = [0xFFFFFFFD, 0xFFFFFFFE, *(at + 3 for at in range(sectors - 1)), 0xFFFFFFFE]
    table += [0xFFFFFFFF] * (128 - len(table))
    if len(table) > 128:
        raise ValueError("too many rows for a test file")

    def entry(title: str, kind: int, child: int, first: int, size: int) -> bytes:
        words = title.encode("utf-16-le")
        return (
            words.ljust(64, b"\0")
            + struct.pack("<HBBIII", len(words) + 2 if title else 0, kind, 1, 0xFFFFFFFF, 0xFFFFFFFF, child)
            + bytes(36)
            + struct.pack("<IQ", first, size)
        )

    directory = (
        entry("Root Entry", 5, 1, 0xFFFFFFFE, 0) + entry("Workbook", 2, 0xFFFFFFFF, 2, len(stream)) + entry("", 0, 0xFFFFFFFF, 0, 0) * 2
    )
    header = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(16) + struct.pack("<HHHHH", 0x3E, 3, 0xFFFE, 9, 6) + bytes(6)
    header += struct.pack("<IIIIIIIII", 0, 1, 1, 0, 4096, 0xFFFFFFFE, 0, 0xFFFFFFFE, 0)
    header += struct.pack("<I", 0) + struct.pack("<I", 0xFFFFFFFF) * 108
    path.write_bytes(header + struct.pack("<128I", *table) + directory + stream)
    return path


def encrypted_workbook(path: Path) -> Path:
    """What Excel makes of a workbook with a password to open: an OLE container with an encrypted package inside."""
    body = (
        b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
        + bytes(504)
        + "EncryptionInfo".encode("utf-16-le")
        + bytes(64)
        + "EncryptedPackage".encode("utf-16-le")
    )
    path.write_bytes(body.ljust(4096, b"\x5a"))
    return path
