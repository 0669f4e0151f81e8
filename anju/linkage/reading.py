"""A list as a table in DuckDB: which row is the heading, which column is which, every row with its number as a spreadsheet shows it.

A plain UTF-8 text table is read by DuckDB itself (that is what makes millions of rows a matter of seconds). Anything else (workbooks, GBK,
blank lines, ragged rows, cells over several lines) goes through the jailed child of ``anju.tabular``; both ways give the same table.
"""

import codecs
import csv
import io
import mmap
import tempfile
from collections.abc import Callable, Generator, Iterator
from contextlib import closing
from dataclasses import dataclass, field
from decimal import Decimal
from pathlib import Path
from typing import Any

import duckdb

from anju.linkage.contents import bare_names, best_division, complete
from anju.linkage.fields import KEYS, LABELS, candidates, heading_key, looks_like_headings, recognise, town_column
from anju.linkage.normal import quoted
from anju.tabular.process import converse
from anju.tabular.unreadable import Unreadable

_SAMPLE = 512 * 1024
_HEAD_ROWS = 60
_TOTALS = ("合计", "总计", "小计", "总 计", "合 计", "小 计", "共计")


class BadInput(Exception):
    """A list that can't be compared; the text is the one sentence its sender needs."""


@dataclass(frozen=True, slots=True)
class Source:
    """A list whose heading has been found. ``columns``: field key → column index from 0; ``heading_row`` as the spreadsheet counts."""

    path: Path
    sheet: str
    sheet_index: int
    heading_row: int
    headings: tuple[str, ...]
    columns: dict[str, int]
    kind: str
    encoding: str = ""
    delimiter: str = ","
    physical_lines: int = 0
    ignored_sheets: tuple[str, ...] = field(default=())
    town: int | None = None

    @property
    def recognised(self) -> dict[str, str]:
        """Field key → heading as written in the file."""
        return {key: self.headings[column] for key, column in self.columns.items()}


@dataclass(frozen=True, slots=True)
class _Grid:
    name: str
    index: int
    rows: list[tuple[int, list[str]]]
    last_row: int
    hidden: bool = False


def _text(cell: Any) -> str:
    if cell is None:
        return ""
    if isinstance(cell, float):
        return repr(cell).upper() if abs(cell) >= 1e15 else format(Decimal(repr(cell)), "f")
    return str(cell)


def _delimiter(sample: str) -> str:
    lines = [line for line in sample.splitlines() if line.strip()][:40]
    best, choice = 0.0, ","
    for mark in (",", "\t", ";", "|"):
        counts = [line.count(mark) for line in lines]
        if not counts or not max(counts):
            continue
        usual = max(set(counts), key=lambda n: (counts.count(n), n))
        score = usual * counts.count(usual) / len(counts)
        if score > best:
            best, choice = score, mark
    return choice


def _plain_text(path: Path) -> tuple[_Grid, str, list[int]] | None:
    """The first rows of a UTF-8 text table with the physical line each record ends on; None where it is something else."""
    with path.open("rb") as stream:
        start = stream.read(_SAMPLE)
    if not start or b"\0" in start or start.startswith((b"PK", b"\xd0\xcf\x11\xe0", b"<", b"%PDF")):
        return None
    try:
        decoded = codecs.getincrementaldecoder("utf-8")().decode(start.removeprefix(codecs.BOM_UTF8))
    except UnicodeDecodeError:
        return None
    if len(start) == _SAMPLE:
        decoded = decoded[: decoded.rfind("\n") + 1]
    delimiter = _delimiter(decoded)
    reader = csv.reader(io.StringIO(decoded, newline=""), delimiter=delimiter)
    rows: list[tuple[int, list[str]]] = []
    lines: list[int] = []
    try:
        for number, record in enumerate(reader, 1):
            rows.append((number, record))
            lines.append(reader.line_num)
            if number >= _HEAD_ROWS:
                break
    except csv.Error:
        return None
    return _Grid("", 0, rows, len(rows)), delimiter, lines


def _heading_row(grid: _Grid, wanted: dict[str, str]) -> tuple[int, int] | None:
    """(how many columns it names, its position in ``grid.rows``) of the best heading row."""
    asked = {heading_key(heading) for heading in wanted.values()}
    best: tuple[int, int] | None = None
    for position, (_number, cells) in enumerate(grid.rows):
        named = looks_like_headings(cells)
        given = len(asked & {heading_key(cell) for cell in cells})
        score = named + 10 * given
        filled = sum(1 for cell in cells if cell.strip())
        if (score >= 2 or given) and filled >= min(2, len(cells)) and (best is None or score > best[0]):
            best = (score, position)
    return best


def _columns(headings: list[str], wanted: dict[str, str], option: str) -> dict[str, int]:
    columns = recognise(headings)
    for key, heading in wanted.items():
        places = [n for n, text in enumerate(headings) if text.strip() == heading.strip()]
        places = places or [n for n, text in enumerate(headings) if heading_key(text) == heading_key(heading) and heading_key(text)]
        if not places:
            seen = "、".join(text.strip() for text in headings if text.strip())
            raise BadInput(f"{option} 指定的表头“{heading}”在文件中没有找到；文件中的表头是：{seen}。")
        columns = {k: column for k, column in columns.items() if column != places[0] or k in wanted}
        columns[key] = places[0]
    return {key: columns[key] for key in KEYS if key in columns}


def find(path: Path, wanted: dict[str, str], option: str = "--left-columns") -> Source:
    """Looks at a file's first rows and says where its list is. Raises ``BadInput`` with a sentence for its sender."""
    if path.is_dir():
        raise BadInput(f"{path.name} 是文件夹，不是名单文件。")
    if not path.is_file():
        raise BadInput(f"找不到文件：{path}。请检查路径。")
    plain = _plain_text(path)
    physical: list[int] = []
    kind, encoding, delimiter = "csv", "utf-8", ","
    if plain is not None:
        grids, delimiter, physical = [plain[0]], plain[1], plain[2]
    else:
        kind, encoding, delimiter, grids = _through_child(path)
    scored = [(found, grid) for grid in grids if (found := _heading_row(grid, wanted)) is not None]
    if not scored:
        raise BadInput(_no_heading(path, grids, option))
    found, grid = max(scored, key=lambda pair: (not pair[1].hidden, pair[0][0], pair[1].last_row, -pair[1].index))
    number, cells = grid.rows[found[1]]
    below = [row for _, row in grid.rows[found[1] + 1 :]]
    columns = complete(_columns(cells, wanted, option), below, len(cells))
    town = None
    if "division" in columns and "division" not in wanted:
        columns["division"] = best_division(
            [columns["division"], *(c for c in candidates("division", cells) if c not in columns.values())], below
        )
        if bare_names(columns["division"], below):
            town = town_column(cells)
            town = None if town in columns.values() else town
    if "id_number" not in columns and "name" not in columns:
        raise BadInput(_no_heading(path, grids, option))
    others = tuple(other.name for score, other in scored if other is not grid and score[0] >= 2)
    return Source(
        path,
        grid.name,
        grid.index,
        number,
        tuple(cells),
        columns,
        kind,
        encoding,
        delimiter,
        physical[found[1]] if physical else 0,
        others,
        town,
    )


def _no_heading(path: Path, grids: list[_Grid], option: str) -> str:
    shown = [cells for grid in grids for _number, cells in grid.rows if sum(1 for cell in cells if cell.strip()) >= 1]
    if not shown:
        return f"{path.name}：文件里没有任何内容。请确认是否选错了文件，或名单所在的工作表未保存。"
    widest = max(shown[:10], key=lambda cells: sum(1 for cell in cells if cell.strip()))
    seen = "、".join(cell.strip()[:20] for cell in widest if cell.strip())
    return f"{path.name}：没有找到能识别的表头（至少要有姓名或身份证号）。看到的是：{seen}。请用 {option} 指明，例如 {option} name=表头,id_number=表头。"


def _messages(path: Path, order: dict[str, Any]) -> Generator[Any, None, None]:
    yield from converse(path, order)


def _through_child(path: Path) -> tuple[str, str, str, list[_Grid]]:
    try:
        with closing(_messages(path, {"mode": "head", "rows": _HEAD_ROWS})) as messages:
            about = next(messages)
    except Unreadable as error:
        raise BadInput(f"{path.name}：{error.message}") from error
    grids = [
        _Grid(
            sheet["name"],
            sheet["index"],
            [(number, [_text(cell) for cell in cells]) for number, cells in sheet["rows"]],
            sheet["last_row"],
            sheet["hidden"],
        )
        for sheet in about["sheets"]
    ]
    return about["kind"], about["encoding"], about["delimiter"], grids


def _rows_from_child(source: Source) -> Iterator[tuple[int, list[Any]]]:
    encoding = source.encoding if source.encoding != "utf-8" else ""
    order = {"mode": "rows", "wanted": [[source.sheet_index, source.heading_row]], "encoding": encoding, "delimiter": source.delimiter}
    with closing(_messages(source.path, order)) as messages:
        for message in messages:
            if isinstance(message, list):
                yield from enumerate(message[1:], message[0])


def _lines_in(path: Path) -> int:
    """Line ends in a file, a last line without one counted too."""
    with path.open("rb") as stream, mmap.mmap(stream.fileno(), 0, access=mmap.ACCESS_READ) as view:
        size = len(view)
        count = 0
        for start in range(0, size, 1 << 24):
            count += view[start : start + (1 << 24)].count(b"\n")
        return count + (view[size - 1] != 10)


def _read_csv(path: Path, delimiter: str, width: int, skip: int) -> str:
    columns = ", ".join(f"'c{n}': 'VARCHAR'" for n in range(width))
    return (
        f"read_csv({quoted(str(path))}, delim={quoted(delimiter)}, header=false, skip={skip}, auto_detect=false, "
        f"columns={{{columns}}}, quote='\"', escape='\"', strict_mode=true, null_padding=false, max_line_size=4000000)"
    )


def load(
    con: duckdb.DuckDBPyConnection,
    table: str,
    source: Source,
    projection: str,
    *,
    workdir: Path,
    progress: Callable[[float], None] | None = None,
) -> int:
    """Puts the rows below the heading into ``table``; returns how many.

    ``projection`` is a select list over ``key`` (the number's key) and the seven columns as typed, NULL where the list doesn't have them; ``row`` is added.
    """
    if source.kind == "csv" and source.encoding == "utf-8" and source.physical_lines:
        try:
            if count := _load_plain(con, table, source, projection):
                return count
        except duckdb.OutOfMemoryException:
            raise
        except duckdb.Error:
            pass
        con.execute(f"DROP TABLE IF EXISTS {table}")
    return _load_slowly(con, table, source, projection, workdir=workdir, progress=progress)


def _seven(source: Source) -> str:
    cells = {key: f"c{column}" for key, column in source.columns.items()}
    if source.town is not None:
        cells["division"] = (
            f"CASE WHEN c{source.columns['division']} <> '' THEN coalesce(c{source.town}, '') || c{source.columns['division']} END"
        )
    return ", ".join(f"{cells.get(key, 'NULL::VARCHAR')} AS {key}" for key in KEYS)


def _empty_row(source: Source) -> str:
    """Rows that are no person: nothing in them, a total, the heading printed again."""
    named = [f"nullif(trim({key}), '') IS NULL" for key in ("id_number", "name") if key in source.columns]
    tests = [f"({' AND '.join(named)})"]
    if "name" in source.columns:
        words = ", ".join(quoted(word) for word in (*_TOTALS, source.headings[source.columns["name"]].strip()))
        tests.append(f"(trim(name) IN ({words}) AND (nullif(trim(id_number), '') IS NULL OR NOT regexp_matches(id_number, '[0-9]{{6}}')))")
    return f"k IS NULL AND coalesce({' OR '.join(tests)}, false)"


def _load_plain(con: duckdb.DuckDBPyConnection, table: str, source: Source, projection: str) -> int:
    width = len(source.headings)
    reading = _read_csv(source.path, source.delimiter, width, source.physical_lines)
    con.execute(
        f"CREATE TABLE {table} AS SELECT {projection} FROM (SELECT *, id_key(id_number) AS key FROM (SELECT {_seven(source)} FROM {reading}))"
    )
    (count,) = con.execute(f"SELECT count(*) FROM {table}").fetchone() or (0,)
    if _lines_in(source.path) != count + source.physical_lines:
        return 0
    con.execute(f"DELETE FROM {table} WHERE {_empty_row(source)}")
    (count,) = con.execute(f"SELECT count(*) FROM {table}").fetchone() or (0,)
    return int(count)


def _load_slowly(
    con: duckdb.DuckDBPyConnection, table: str, source: Source, projection: str, *, workdir: Path, progress: Callable[[float], None] | None
) -> int:
    width = max(*source.columns.values(), source.town or 0) + 1
    count = 0
    with tempfile.NamedTemporaryFile("w", dir=workdir, suffix=".csv", encoding="utf-8", newline="", delete=False) as out:
        writer = csv.writer(out)
        try:
            for number, cells in _rows_from_child(source):
                padded = [*cells, *([None] * (width - len(cells)))] if len(cells) < width else cells
                if source.town is not None and padded[source.columns["division"]]:
                    padded = [*padded]
                    padded[source.columns["division"]] = _text(padded[source.town]) + _text(padded[source.columns["division"]])
                seven = [_text(padded[source.columns[key]]) if key in source.columns else "" for key in KEYS]
                writer.writerow((number, *(value.replace("\0", "") for value in seven)))
                count += 1
                if progress is not None and count % 50_000 == 0:
                    progress(count)
        except Unreadable as error:
            raise BadInput(f"{source.path.name}：{error.message}") from error
    if not count:
        return 0
    path = Path(out.name)
    columns = ", ".join(f"'{key}': 'VARCHAR'" for key in KEYS)
    con.execute(
        f"CREATE TABLE {table} AS SELECT row, {projection} FROM (SELECT *, id_key(id_number) AS key FROM (SELECT row, {', '.join(f'nullif({k}, $$$$) AS {k}' for k in KEYS)} FROM "
        f"read_csv({quoted(str(path))}, delim=',', header=false, auto_detect=false, quote='\"', escape='\"', max_line_size=4000000, "
        f"parallel=false, columns={{'row': 'BIGINT', {columns}}})))"
    )
    path.unlink()
    con.execute(f"DELETE FROM {table} WHERE {_empty_row(source)}")
    (count,) = con.execute(f"SELECT count(*) FROM {table}").fetchone() or (0,)
    return int(count)


def described(source: Source) -> str:
    """One line for the clerk: which heading was taken for which column."""
    taken = "、".join(f"{LABELS[key]}←“{heading.strip()}”" for key, heading in source.recognised.items())
    sheet = f"工作表“{source.sheet}”，" if source.sheet else ""
    return f"{source.path.name}：{sheet}第 {source.heading_row} 行为表头；{taken}"
