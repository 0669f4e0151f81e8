"""The jailed child: reads one workbook or text table and writes its rows to standard output as lines of JSON.

Run as ``python -I child.py '{"path": …}'``; stands alone (imports nothing of anju), because the limits of memory and time are
set before the parser is loaded and nothing else should be. What it writes is data only; the parent never unpickles it.

Lines: ``{"error": code}`` · ``{"sheets": […]}`` (mode ``head``) · ``{"sheet": i}`` then ``[first_row, [cells…], …]`` (mode
``rows``) · ``{"end": true}``. Rows are numbered from 1 as a spreadsheet shows them; cells begin at column A.
"""

import codecs
import csv
import datetime
import errno
import io
import json
import re
import resource
import sys
import zipfile
from collections.abc import Iterator
from typing import Any

CHUNK = 400
_HEAD_BYTES = 768 * 1024
_OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_ROW = re.compile(rb'<row [^>]*?\br="(\d{1,9})"')
_FAR_COLUMN = re.compile(rb'<c r="([A-Z]{2,3})\d')
_FAR_CELL = re.compile(rb'<c r="([A-Z]{2,3})(\d{1,9})"[^>]*?(/?)>')
_MERGES = re.compile(rb"<mergeCells.*?</mergeCells>", re.DOTALL)


class Refused(Exception):
    """The file isn't read; ``args[0]`` is the code of the reason, ``args[1]`` a number or word for the message."""


def emit(line: Any) -> None:
    sys.stdout.buffer.write(json.dumps(line, ensure_ascii=False, separators=(",", ":")).encode("utf-8", "replace") + b"\n")


def cell(value: Any) -> Any:
    """A calamine value as JSON has it: whole numbers as int, days as ISO text, empty as null."""
    kind = type(value)
    if kind is str:
        return value or None
    if kind is float:
        return int(value) if value.is_integer() and -1e15 < value < 1e15 else (value if value - value == 0 else None)
    if kind is bool:
        return "TRUE" if value else "FALSE"
    if kind is datetime.datetime:
        whole = value.hour == value.minute == value.second == 0
        return value.date().isoformat() if whole else value.isoformat(sep=" ", timespec="seconds")
    if kind is datetime.date:
        return value.isoformat()
    return value if kind is int else (None if value is None else str(value))


def column_number(letters: bytes) -> int:
    number = 0
    for letter in letters:
        number = number * 26 + letter - 64
    return number


def scan_sheet(archive: zipfile.ZipFile, entry: zipfile.ZipInfo, limits: dict[str, int]) -> tuple[bytes, bytes, int]:
    """One pass over a sheet's XML before it is parsed: (its beginning, its merged ranges, its last row).

    Refuses a sheet whose rectangle from the first to the last used cell is far larger than its text could fill: the parser
    allocates the whole rectangle.
    """
    beginning, tail, overlap = b"", b"", b""
    last_row, far, in_tail = 0, 1, False
    with archive.open(entry) as stream:
        while block := stream.read(1 << 20):
            if len(beginning) < _HEAD_BYTES:
                beginning += block[: _HEAD_BYTES - len(beginning)]
            text = overlap + block
            rows = _ROW.findall(text)
            if rows:
                last_row = max(last_row, int(rows[-1]), int(rows[0]))
            for letters in set(_FAR_COLUMN.findall(text)):
                far = max(far, column_number(letters))
            if in_tail or b"</sheetData>" in text:
                in_tail = True
                if len(tail) < 4 << 20:
                    tail += block if tail else text
            overlap = text[-256:]
    area = last_row * max(far, 26)
    if area > limits["cells"] and area > entry.file_size * 4:
        check_far_cells(archive, entry, limits)
    merges = _MERGES.search(tail)
    return beginning, merges.group() if merges else b"", last_row


def check_far_cells(archive: zipfile.ZipFile, entry: zipfile.ZipInfo, limits: dict[str, int]) -> None:
    """The slow look at a suspicious sheet: only cells that hold something count (whole formatted columns are harmless)."""
    far, last, overlap = 1, 1, b""
    any_cell = re.compile(rb'<c r="([A-Z]{1,3})(\d{1,9})"[^>]*?(/?)>')
    with archive.open(entry) as stream:
        while block := stream.read(1 << 20):
            text = overlap + block
            for letters, row, empty in any_cell.findall(text):
                if not empty:
                    far, last = max(far, column_number(letters)), max(last, int(row))
            overlap = text[-256:]
    if far * last > limits["cells"] and far * last > entry.file_size * 4:
        raise Refused("sparse", last)


def inspect_zip(path: str, limits: dict[str, int]) -> tuple[zipfile.ZipFile, dict[str, tuple[bytes, bytes, int]]]:
    """A workbook's archive, looked at from outside: how many parts, how large unpacked, which last cell."""
    try:
        archive = zipfile.ZipFile(path)
    except (zipfile.BadZipFile, OSError, ValueError, NotImplementedError, EOFError) as error:
        raise Refused("truncated") from error
    entries = archive.infolist()
    if len(entries) > limits["entries"]:
        raise Refused("bomb", len(entries))
    if any(entry.flag_bits & 1 for entry in entries):
        raise Refused("encrypted")
    unpacked = sum(entry.file_size for entry in entries)
    packed = sum(entry.compress_size for entry in entries) or 1
    if unpacked > limits["unpacked"] or (unpacked > 64 << 20 and unpacked / packed > limits["ratio"]):
        raise Refused("bomb", unpacked)
    names = {entry.filename.lower() for entry in entries}
    if "mimetype" in names and "content.xml" in names:
        return archive, {}
    if not any(name.startswith("xl/") for name in names):
        if any(name.startswith("word/") for name in names):
            raise Refused("word")
        raise Refused("archive")
    if "xl/workbook.bin" in names:
        return archive, {}
    sheets = {}
    try:
        for entry in entries:
            if entry.filename.lower().startswith("xl/worksheets/") and entry.filename.lower().endswith(".xml"):
                sheets[entry.filename] = scan_sheet(archive, entry, limits)
    except (zipfile.BadZipFile, OSError, EOFError, ValueError, NotImplementedError, RuntimeError) as error:
        raise Refused("corrupt") from error
    except Exception as error:
        if type(error).__module__ in {"zlib", "lzma", "_bz2"} or type(error).__name__ == "error":
            raise Refused("corrupt") from error
        raise
    return archive, sheets


def sheet_parts(archive: zipfile.ZipFile) -> list[str]:
    """The archive's part of each sheet, in the workbook's order; empty where the book isn't written as usual."""
    try:
        book, links = archive.read("xl/workbook.xml"), archive.read("xl/_rels/workbook.xml.rels")
    except KeyError:
        return []
    targets = {}
    for link in re.findall(rb"<Relationship\b[^>]*>", links):
        identity, target = re.search(rb'\bId="([^"]+)"', link), re.search(rb'\bTarget="([^"]+)"', link)
        if identity and target:
            path = target.group(1).decode("utf-8", "replace")
            targets[identity.group(1)] = path.lstrip("/") if path.startswith("/") else f"xl/{path}"
    return [targets.get(found, "") for found in re.findall(rb'<sheet\b[^>]*?\b\w+:id="([^"]+)"', book)]


def beginning_only(archive: zipfile.ZipFile, sheets: dict[str, tuple[bytes, bytes, int]]) -> io.BytesIO | None:
    """The same workbook with only the first rows of each large sheet, so that headings are seen without parsing it all."""
    if not any(archive.getinfo(name).file_size > _HEAD_BYTES for name in sheets):
        return None
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_STORED) as short:
        for entry in archive.infolist():
            if entry.filename in sheets and entry.file_size > _HEAD_BYTES:
                beginning, merges, _ = sheets[entry.filename]
                cut = beginning.rfind(b"</row>")
                if cut < 0:
                    return None
                short.writestr(entry.filename, beginning[: cut + 6] + b"</sheetData>" + merges + b"</worksheet>")
            elif entry.filename.lower().endswith((".xml", ".rels")):
                short.writestr(entry.filename, archive.read(entry))
    out.seek(0)
    return out


def kind_of(path: str) -> str:
    """``zip``, ``ole`` or ``text`` by the first bytes; the file's name is never believed."""
    with open(path, "rb") as stream:
        start = stream.read(4096)
        stream.seek(0)
        if not start:
            raise Refused("empty-file")
        if start.startswith(b"PK"):
            return "zip"
        if start.startswith(_OLE):
            whole = stream.read(64 << 20)
            for word in ("EncryptedPackage", "EncryptionInfo", "StrongEncryptionDataSpace"):
                if word.encode("utf-16-le") in whole:
                    raise Refused("encrypted")
            if "WordDocument".encode("utf-16-le") in whole:
                raise Refused("word")
            return "ole"
        head = start.lstrip(b"\xef\xbb\xbf \t\r\n").lower()
        if head.startswith((b"<!doctype html", b"<html", b"<table", b"<meta", b"<head", b"<style", b"<?xml", b"<div")):
            raise Refused("web-page")
        for magic, word in (
            (b"%pdf", "PDF"),
            (b"\x89png", "图片"),
            (b"\xff\xd8\xff", "图片"),
            (b"gif8", "图片"),
            (b"rar!", "压缩包"),
            (b"7z\xbc\xaf", "压缩包"),
            (b"\x1f\x8b", "压缩包"),
            (b"{\\rtf", "Word"),
        ):
            if head.startswith(magic):
                raise Refused("other-format", word)
        if start.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
            return "text"
        if b"\0" in start:
            raise Refused("not-a-workbook")
        return "text"


def encoding_of(path: str) -> str:
    """UTF-8 (with or without mark), UTF-16 with mark, GB18030 (which contains GBK and GB2312); where both break, the one that fits better."""
    with open(path, "rb") as stream:
        start = stream.read(4)
        if start.startswith(codecs.BOM_UTF8):
            return "utf-8-sig"
        if start.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
            return "utf-16"
        stream.seek(0)
        for encoding in ("utf-8", "gb18030"):
            decoder = codecs.getincrementaldecoder(encoding)()
            stream.seek(0)
            try:
                while block := stream.read(1 << 20):
                    if b"\0" in block:
                        raise Refused("not-a-workbook")
                    decoder.decode(block)
            except UnicodeDecodeError:
                continue
            return encoding
        stream.seek(0)
        sample = stream.read(4 << 20).decode("utf-8", "replace")
    broken = sample.count("\ufffd")
    return "utf-8" if sum(1 for character in sample if character > "\u007f") > 2 * broken else "gb18030"


def delimiter_of(sample: str) -> str:
    """The character that splits the first lines into the most, and equally many, parts."""
    lines = [line for line in sample.splitlines() if line.strip()][:30]
    best, choice = 0.0, ","
    for mark in (",", "\t", ";", "|", "，"):
        counts = [line.count(mark) for line in lines]
        if not counts or max(counts) == 0:
            continue
        usual = max(set(counts), key=lambda n: (counts.count(n), n))
        score = usual * counts.count(usual) / len(counts) if usual else max(counts) / len(counts) / 4
        if score > best:
            best, choice = score, mark
    return choice


def text_rows(path: str, encoding: str, delimiter: str) -> Iterator[list[Any]]:
    """The records of a text table; a record over several lines counts as one row, as a spreadsheet shows it."""
    csv.field_size_limit(1 << 20)
    with open(path, encoding=encoding, errors="replace", newline="") as stream:
        reader = csv.reader((line.replace("\0", "") for line in stream), delimiter=delimiter)
        try:
            for record in reader:
                yield [(value[2:-1] if value.startswith('="') and value.endswith('"') else value).strip("\t") or None for value in record]
        except csv.Error as error:
            raise Refused("corrupt-text", reader.line_num) from error


def workbook_rows(sheet: Any, last: int | None = None) -> Iterator[tuple[int, list[Any]]]:
    """Rows of a parsed sheet with their numbers; what was merged downwards stands in each of its rows."""
    start = sheet.start
    if start is None:
        return
    padding = [None] * start[1]
    tops: dict[int, list[int]] = {}
    below: dict[int, list[tuple[int, int]]] = {}
    for (top, left), (bottom, right) in sheet.merged_cell_ranges or ():
        if top < bottom <= top + 300 and right == left:
            tops.setdefault(top, []).append(left)
            for row in range(top + 1, bottom + 1):
                below.setdefault(row, []).append((left, top))
    kept: dict[int, tuple[int, Any]] = {}
    for number, values in enumerate(sheet.iter_rows()):
        if last is not None and number >= last:
            return
        cells = padding + [cell(value) for value in values]
        for column, top in below.get(number, ()):
            if column < len(cells) and cells[column] is None and column in kept and kept[column][0] == top:
                cells[column] = kept[column][1]
        for column in tops.get(number, ()):
            if column < len(cells):
                kept[column] = (number, cells[column])
        yield number + 1, cells


def open_workbook(source: Any) -> Any:
    from python_calamine import CalamineWorkbook, PasswordError  # noqa: PLC0415  # after the limits are set

    try:
        return CalamineWorkbook.from_filelike(source)
    except PasswordError as error:
        raise Refused("encrypted") from error
    except Exception as error:
        raise Refused("encrypted" if "password" in str(error).lower() else "corrupt", str(error)[:200]) from error


def sheet_of(book: Any, index: int) -> Any:
    try:
        return book.get_sheet_by_index(index)
    except Exception as error:
        if type(error).__name__ in {"WorksheetNotFound"}:
            return None
        raise Refused("corrupt", str(error)[:200]) from error


def send_rows(rows: Iterator[tuple[int, list[Any]]], after: int) -> None:
    chunk: list[Any] = []
    for number, cells in rows:
        if number <= after:
            continue
        if chunk and (len(chunk) > CHUNK or number != chunk[0] + len(chunk) - 1):
            emit(chunk)
            chunk = []
        if not chunk:
            chunk = [number]
        chunk.append(cells)
    if chunk:
        emit(chunk)


def head(path: str, limits: dict[str, int], rows: int) -> None:
    """The first rows of every sheet, and how many rows each has."""
    kind = kind_of(path)
    if kind == "text":
        encoding = encoding_of(path)
        with open(path, encoding=encoding, errors="replace", newline="") as stream:
            sample = stream.read(64 * 1024)
        delimiter = delimiter_of(sample)
        first = []
        for number, cells in enumerate(text_rows(path, encoding, delimiter), 1):
            if number > rows:
                break
            first.append([number, cells])
        with open(path, "rb") as stream:
            lines = sum(block.count(b"\n") for block in iter(lambda: stream.read(1 << 20), b""))
        emit(
            {
                "kind": "csv",
                "encoding": encoding,
                "delimiter": delimiter,
                "sheets": [{"name": "", "index": 0, "hidden": False, "last_row": lines + 1, "rows": first, "merges": []}],
            }
        )
        return
    last_rows: dict[int, int] = {}
    source: Any
    if kind == "zip":
        archive, sheets = inspect_zip(path, limits)
        source = beginning_only(archive, sheets) or open(path, "rb")  # noqa: SIM115
        parts = enumerate(sheet_parts(archive))
        last_rows = {index: sheets[name][2] for index, name in parts if name in sheets and archive.getinfo(name).file_size > _HEAD_BYTES}
    else:
        source = open(path, "rb")  # noqa: SIM115
    book = open_workbook(source)
    found = []
    if len(book.sheets_metadata) > limits["sheets"]:
        raise Refused("sheets", len(book.sheets_metadata))
    for index, about in enumerate(book.sheets_metadata):
        sheet = sheet_of(book, index) if str(about.typ).endswith("WorkSheet") else None
        if sheet is None:
            continue
        first = [[number, cells] for number, cells in workbook_rows(sheet, rows)]
        merges = [[top + 1, left, bottom + 1, right] for (top, left), (bottom, right) in sheet.merged_cell_ranges or () if top < rows]
        last = max(last_rows.get(index, 0), sheet.total_height)
        found.append(
            {
                "name": about.name,
                "index": index,
                "hidden": not str(about.visible).endswith(".Visible"),
                "last_row": last,
                "rows": first,
                "merges": merges,
            }
        )
    emit({"kind": "xls" if kind == "ole" else "xlsx", "encoding": "", "delimiter": "", "sheets": found})


def rows(path: str, limits: dict[str, int], wanted: list[list[int]], encoding: str, delimiter: str) -> None:
    """All rows of the wanted sheets ``[index, after]``, in that order."""
    kind = kind_of(path)
    if kind == "text":
        emit({"sheet": 0})
        send_rows(enumerate(text_rows(path, encoding or encoding_of(path), delimiter or ","), 1), wanted[0][1])
        return
    if kind == "zip":
        inspect_zip(path, limits)
    with open(path, "rb") as source:
        book = open_workbook(source)
        for index, after in wanted:
            sheet = sheet_of(book, index)
            emit({"sheet": index})
            if sheet is not None:
                send_rows(workbook_rows(sheet), after)
            del sheet


def starved(error: BaseException | None) -> bool:
    """Whether refused memory lies behind an error: libraries report it in words of their own, as if the file were broken."""
    while error is not None:
        text = str(error).lower()  # "error -4" is how zlib says it
        if isinstance(error, MemoryError) or getattr(error, "errno", None) == errno.ENOMEM or "memory" in text or "error -4" in text:
            return True
        error = error.__cause__ or error.__context__
    return False


def main() -> None:
    try:
        work()
    except MemoryError:
        emit({"error": "memory"})
    sys.stdout.buffer.flush()


def work() -> None:
    order = json.loads(sys.argv[1])
    limits = order["limits"]
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    resource.setrlimit(resource.RLIMIT_FSIZE, (0, 0))
    resource.setrlimit(resource.RLIMIT_CPU, (limits["cpu"], limits["cpu"] + 1))
    resource.setrlimit(resource.RLIMIT_AS, (limits["memory"], limits["memory"]))
    try:
        if order["mode"] == "head":
            head(order["path"], limits, order["rows"])
        else:
            rows(order["path"], limits, order["wanted"], order["encoding"], order["delimiter"])
        emit({"end": True})
    except Refused as refused:
        if starved(refused):
            raise MemoryError from refused
        emit({"error": refused.args[0], "detail": refused.args[1] if len(refused.args) > 1 else ""})


if __name__ == "__main__":
    main()
