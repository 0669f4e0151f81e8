"""Which sender's file this is, where its headings stand, and what each column holds."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, TypedDict

from anju.tabular.layout import Layout, heading_forms, plain_heading
from anju.tabular.other_rows import OtherRows
from anju.tabular.plan import ColumnSeen, Recognition, SheetPlan
from anju.tabular.unreadable import Unreadable
from anju.tabular.values import SEX_WORDS, Cell, as_text, is_blank, looks_like_id
from anju.vocabulary import dates, relation
from anju.vocabulary.text import half_width, without_spaces

__all__ = ["HEAD_ROWS", "ColumnSeen", "Recognition", "SheetPlan", "recognise_head"]

HEAD_ROWS = 80
_HEADING_WITHIN = 40
_SAMPLES = 5
_MISSING = 4.0
_CLEARLY = 3.0
_NEUTRAL = 0.6
_CHINESE_NAME = re.compile("[\u4e00-\u9fff]{2,4}|[\u4e00-\u9fff·•．.]{5,15}")

_UNIT = re.compile(r"[(（\[【].*|[元人户岁㎡]|万元|平方米|年|月|日|年月|年月日")
_SURNAMES = frozenset(
    "王李张刘陈杨黄赵吴周徐孙马朱胡郭何林罗高郑梁谢宋唐许韩冯邓曹彭曾肖田董袁潘于蒋蔡余杜叶程苏魏吕丁任沈姚卢姜崔钟谭陆汪范金石廖贾夏韦付方白邹孟熊秦邱江尹薛闫段雷侯龙史陶黎贺顾毛郝龚邵万钱严覃武戴莫孔向汤"
)


class _Format(TypedDict):
    kind: str
    encoding: str
    delimiter: str


Rows = Sequence[tuple[int, list[Cell]]]


@dataclass(frozen=True)
class _Heading:
    """A candidate heading: rows ``first``–``last`` (positions in the sample), texts and forms per column."""

    first: int
    last: int
    texts: tuple[str, ...]
    forms: tuple[tuple[str, ...], ...]
    parts: tuple[tuple[str, ...], ...]


def _heading_cell(raw: Cell) -> bool:
    text = as_text(raw).strip()
    return (
        bool(text)
        and len(text) <= 60
        and not isinstance(raw, float | int)
        and not without_spaces(text).replace(".", "").replace("-", "").isdigit()
    )


def _grid(rows: Rows, merges: Sequence[Sequence[int]]) -> list[list[Cell]]:
    """The sample with cells merged sideways repeated in each of their columns."""
    grid = [list(cells) for _, cells in rows]
    position = {number: at for at, (number, _) in enumerate(rows)}
    for top, left, bottom, right in merges:
        if right - left > 100 or right == left:
            continue
        for number in range(top, min(bottom, top + 4) + 1):
            at = position.get(number)
            source = position.get(top)
            if at is None or source is None or left >= len(grid[source]):
                continue
            for column in range(left, min(right, len(grid[at]) - 1) + 1):
                if grid[at][column] is None:
                    grid[at][column] = grid[source][left]
    return grid


def _stacked(rows: Rows, first: int, depth: int) -> bool:
    """Whether lines can be one heading over several rows: in most columns only one of them is written in."""
    lines = [rows[at][1] for at in range(first, first + depth)]
    bottom = [column for column, raw in enumerate(lines[-1]) if not is_blank(raw)]
    twice = [
        column
        for column in bottom
        if any(column < len(line) and not is_blank(line[column]) and line[column] != lines[-1][column] for line in lines[:-1])
    ]
    return bool(bottom) and len(twice) <= len(bottom) / 2


def _groups_to_the_left(block: Sequence[Sequence[Cell]], width: int) -> list[str]:
    """For columns without a group word of their own, the last one to the left: groups written in one cell and never merged."""
    groups, running = [], ""
    for column in range(width):
        top, bottom = (as_text(line[column]).strip() if column < len(line) else "" for line in (block[0], block[-1]))
        if top:
            running = top if bottom and bottom != top else ""
        groups.append(running if bottom and not top else "")
    return groups


def _candidates(rows: Rows, merges: Sequence[Sequence[int]]) -> list[_Heading]:
    grid = _grid(rows, merges)
    found = []
    for first in range(min(len(grid), _HEADING_WITHIN)):
        if not any(_heading_cell(raw) for raw in grid[first]):
            continue
        for depth in (1, 2, 3):
            block = grid[first : first + depth]
            if len(block) < depth or any(looks_like_id(raw) for line in block for raw in line):
                break
            if depth > 1 and (not any(_heading_cell(raw) for raw in block[-1]) or not _stacked(rows, first, depth)):
                break
            width = max(len(line) for line in block)
            parts = []
            for column in range(width):
                words = [as_text(line[column]).strip() for line in block if column < len(line)]
                parts.append(tuple(dict.fromkeys(word for word in words if word)))
            forms = []
            groups = _groups_to_the_left(block, width) if depth > 1 else [""] * width
            for part, group in zip(parts, groups, strict=True):
                options: list[str] = []
                if part:
                    if group:
                        options += heading_forms(group + part[-1])
                    options += heading_forms("".join(part))
                    if len(part) > 1:
                        options += heading_forms("".join(part[-2:]))
                        options += heading_forms(part[-1])
                        if _UNIT.fullmatch(part[-1]):
                            options += heading_forms(part[0])
                forms.append(tuple(dict.fromkeys(options)))
            found.append(_Heading(first, first + depth - 1, tuple("".join(words) for words in parts), tuple(forms), tuple(parts)))
    return found


def _filled(body: Sequence[Sequence[Cell]], column: int) -> int:
    return sum(1 for line in body if column < len(line) and not is_blank(line[column]))


def _match(heading: _Heading, layout: Layout, body: Sequence[Sequence[Cell]]) -> dict[str, int]:
    """Keys → column indices; where two columns claim a key, the better form, the better alias, the fuller, the left one wins."""
    claims: dict[str, tuple[tuple[int, int, int, int], int]] = {}
    for column, forms in enumerate(heading.forms):
        for place, form in enumerate(forms):
            if form in layout.by_form:
                key, rank = layout.by_form[form]
                strength = (-place, 1 if _filled(body, column) else 0, -rank, -column)
                if key not in claims or strength > claims[key][0]:
                    claims[key] = (strength, column)
                break
    return {key: column for key, (_, column) in claims.items()}


def _surnames(texts: Sequence[str]) -> float:
    """The share of texts that begin with one of the common surnames."""
    return sum(1 for text in texts if text[:1] in _SURNAMES) / len(texts)


def _guess(heading: str, values: Sequence[Cell]) -> tuple[str | None, str]:
    """What an undeclared column probably holds, by its content first and its heading's words second."""
    filled = [raw for raw in values if not is_blank(raw)]
    words = plain_heading(heading)
    of_head = "户主" in words or "head" in words
    if not filled:
        return None, "本列没有内容"

    def share(test: Any) -> float:
        return sum(1 for raw in filled if test(raw)) / len(filled)

    if share(looks_like_id) >= 0.6:
        return ("head_id_number" if of_head else "id_number"), "内容像身份证号"
    texts = [without_spaces(half_width(as_text(raw))) for raw in filled]
    if share(lambda raw: without_spaces(half_width(as_text(raw))).upper() in SEX_WORDS and not as_text(raw).strip().isdigit()) >= 0.8:
        return "sex", "内容是男、女"
    if sum(1 for text in texts if not text.isdigit() and relation.read(text)) / len(texts) >= 0.6 and "性" not in words:
        return "relation", "内容是与户主关系的称谓"
    if (
        "日期" in words
        or "时间" in words
        or "生日" in words
        or share(lambda raw: isinstance(raw, str) and dates.read(raw) is not None) >= 0.8
    ):
        if "出生" in words or "生日" in words:
            return "birth_date", "内容是日期，列名含“出生”"
        return None, "内容是日期"
    if sum(1 for text in texts if re.fullmatch(r"1[3-9]\d{9}", text)) / len(texts) >= 0.6:
        return "phone", "内容像手机号"
    places = [text for text in texts if re.search(r"[省市县区乡镇村组屯社]$|[省市县].*[乡镇村]", text)]
    if len(places) / len(texts) >= 0.6:
        for suffix, key in (
            ("省", "province"),
            ("市", "city"),
            ("县", "county"),
            ("区", "county"),
            ("乡", "township"),
            ("镇", "township"),
            ("村", "village"),
            ("组", "group"),
            ("屯", "group"),
        ):
            if sum(1 for text in texts if text.endswith(suffix) and len(text) <= 10) / len(texts) >= 0.6:
                return key, f"内容多以“{suffix}”结尾"
        return "address", "内容像地址"
    if sum(1 for text in texts if _CHINESE_NAME.fullmatch(text)) / len(texts) >= 0.8 and (
        "名" in words or "人" in words or len(set(texts)) / len(texts) >= 0.5
    ):
        return ("head_name" if of_head else "name"), "内容像姓名"
    return None, "看不出含义"


def _seen(heading: _Heading, body: Sequence[Sequence[Cell]], columns: Mapping[str, int] | None = None) -> tuple[ColumnSeen, ...]:
    """What each column shows, with the best guess: what its heading already told first, then its content."""
    told = {column: key for key, column in (columns or {}).items()}
    seen: list[ColumnSeen] = []
    guess: str | None
    taken: set[str] = set(columns or ())
    for index, text in enumerate(heading.texts):
        values = [line[index] for line in body if index < len(line)]
        if index in told:
            guess, reason = told[index], "列名已知"
        else:
            guess, reason = _guess(text, values)
            if guess in taken:
                guess, reason = None, f"{reason}，但已有另一列"
            if guess:
                taken.add(guess)
        samples = tuple(as_text(line[index]) if index < len(line) else "" for line in body[:_SAMPLES])
        if text or any(samples):
            seen.append(ColumnSeen(index, text, samples, guess, reason))
    return tuple(seen)


def _lacking(layout: Layout, columns: Mapping[str, int]) -> list[str]:
    """Titles of needed columns that aren't there."""
    lacking = []
    for need in layout.needs:
        if not any(key in columns for key in need):
            lacking.append("或".join(layout.by_key[key].title for key in need if key in layout.by_key))
    return lacking


def _complete(layout: Layout, columns: dict[str, int], heading: _Heading, body: Sequence[Sequence[Cell]]) -> dict[str, str]:
    """Fills what the headings left open, and returns constants: heads standing for persons; a needed column known by its content."""
    constants: dict[str, str] = {}
    if "name" in layout.by_key and "name" not in columns and "head_name" in columns:
        columns["name"] = columns.pop("head_name")
        if "head_id_number" in columns and "id_number" not in columns:
            columns["id_number"] = columns.pop("head_id_number")
        if "relation" not in columns and "relation" in layout.by_key:
            constants["relation"] = relation.HEAD
    if _lacking(layout, columns) or "id_number" not in columns:
        taken = set(columns.values())
        for seen in _seen(heading, body, columns):
            if (
                seen.guess in layout.by_key
                and seen.guess not in columns
                and seen.index not in taken
                and any(seen.guess in need for need in layout.needs)
            ):
                columns[seen.guess] = seen.index
                taken.add(seen.index)
    return constants


@dataclass(frozen=True)
class _Reading:
    """One sheet read by one layout."""

    layout: Layout
    heading: _Heading
    columns: dict[str, int]
    constants: dict[str, str]
    lacking: list[str]
    score: float


def _score(layout: Layout, heading: _Heading, columns: Mapping[str, int], lacking: Sequence[str], title: str) -> float:
    needed = {key for need in layout.needs for key in need}
    score = sum(3.0 if key in needed else 1.0 for key in columns)
    score += 2.0 * sum(1 for forms in heading.forms if any(form in layout.signature_forms for form in forms))
    score += 2.5 * sum(1 for word in layout.title_words if word in title)
    score += _NEUTRAL if layout.fallback else 0.0
    score -= 0.3 * sum(1 for column, text in enumerate(heading.texts) if text and column not in columns.values())
    return score - _MISSING * len(lacking)


def _captions(rows: Rows) -> str:
    """The words of the lines above the headings that have few cells: titles, not data."""
    lines = [[as_text(raw) for raw in cells if not is_blank(raw)] for _, cells in rows]
    return "".join("".join(words) for words in lines if len(set(words)) <= 3)


def _read_by(layout: Layout, rows: Rows, candidates: Sequence[_Heading], title: str) -> _Reading | None:
    best: _Reading | None = None
    for heading in candidates:
        body = [cells for _, cells in rows[heading.last + 1 :]]
        columns = _match(heading, layout, body)
        if len(columns) < 2:
            continue
        constants = _complete(layout, columns, heading, body)
        lacking = _lacking(layout, columns)
        above = title + _captions(rows[: heading.first])
        score = _score(layout, heading, columns, lacking, above) - 0.01 * (heading.last - heading.first) - 0.001 * heading.first
        if best is None or score > best.score:
            best = _Reading(layout, heading, columns, constants, lacking, score)
    return best


def _mapped(layout: Layout, mapping: Mapping[str, str], rows: Rows, candidates: Sequence[_Heading]) -> _Reading | None:
    """The heading that has all mapped headings; other columns are matched as usual but never against the mapping."""
    best: _Reading | None = None
    wanted = {key: heading_forms(heading)[:1] or (heading,) for key, heading in mapping.items()}
    for heading in candidates:
        body = [cells for _, cells in rows[heading.last + 1 :]]
        columns: dict[str, int] = {}
        for key, forms in wanted.items():
            exact = [column for column, text in enumerate(heading.texts) if text == mapping[key]]
            near = [column for column, options in enumerate(heading.forms) if forms[0] in options]
            if exact or near:
                columns[key] = (exact or near)[0]
        if len(columns) < len(wanted):
            continue
        chosen = set(columns.values())
        for key, column in _match(heading, layout, body).items():
            if key not in columns and column not in chosen:
                columns[key] = column
        constants = _complete(layout, columns, heading, body)
        score = len(columns) - 0.01 * (heading.last - heading.first) - 0.001 * heading.first
        if best is None or score > best.score:
            best = _Reading(layout, heading, columns, constants, _lacking(layout, columns), score)
    return best


def _plan(sheet: Mapping[str, Any], rows: Rows, reading: _Reading) -> SheetPlan:
    first, last = rows[reading.heading.first][0], rows[reading.heading.last][0]
    kept = tuple(tuple(as_text(raw).strip() for raw in rows[at][1]) for at in range(reading.heading.first, reading.heading.last + 1))
    return SheetPlan(
        sheet["name"], sheet["index"], first, last, reading.heading.texts, dict(reading.columns), max(sheet["last_row"] - last, 0), kept
    )


def _has_data(sheet: Mapping[str, Any], rows: Rows, reading: _Reading) -> bool:
    """Whether any row below the headings is data; a sheet longer than the sample is believed to have some."""
    others = OtherRows(_plan(sheet, rows, reading))
    if any(not others.reason(cells) for _, cells in rows[reading.heading.last + 1 :]):
        return True
    return len(rows) >= HEAD_ROWS and int(sheet["last_row"]) > rows[-1][0]


def _best_unknown(rows: Rows, candidates: Sequence[_Heading]) -> _Heading | None:
    """A line that looks like headings though no layout knows them: several short different words above lines of data."""
    best: tuple[float, _Heading] | None = None
    for heading in candidates:
        if heading.last != heading.first:
            continue
        line = rows[heading.first][1]
        filled = [raw for raw in line if not is_blank(raw)]
        words = [as_text(raw).strip() for raw in filled if _heading_cell(raw)]
        if len(words) < 2 or len(words) < len(filled) or len(set(words)) < len(words) or max(map(len, words)) > 30:
            continue
        below = [cells for _, cells in rows[heading.last + 1 : heading.last + 11]]
        if not below:
            continue
        fuller = sum(1 for cells in below if sum(1 for raw in cells if not is_blank(raw)) >= len(words) / 2)
        unlike = sum(
            1 for cells in below for raw in cells if isinstance(raw, int | float) or looks_like_id(raw) or dates.read(raw) is not None
        )
        if not fuller or not unlike:
            continue
        score = len(words) + fuller / 10 - heading.first / 5
        if best is None or score > best[0]:
            best = (score, heading)
    return best[1] if best else None


def recognise_head(head: Mapping[str, Any], layouts: Sequence[Layout], mapping: Mapping[str, str] | None, file_name: str) -> Recognition:
    """From the first rows of every sheet to what the file is; raises ``Unreadable`` where there is nothing to read."""
    sheets = [(sheet, [(number, cells) for number, cells in sheet["rows"]]) for sheet in head["sheets"]]
    sheets = [(sheet, rows) for sheet, rows in sheets if any(not is_blank(raw) for _, cells in rows for raw in cells)]
    if not sheets:
        raise Unreadable("empty-sheet")
    common = _Format(kind=head["kind"], encoding=head["encoding"], delimiter=head["delimiter"])
    candidates = {sheet["index"]: _candidates(rows, sheet["merges"]) for sheet, rows in sheets}
    if mapping:
        return _recognise_mapped(sheets, candidates, layouts, mapping, common)

    readings: dict[int, list[_Reading]] = {}
    for sheet, rows in sheets:
        found = [_read_by(layout, rows, candidates[sheet["index"]], file_name + sheet["name"]) for layout in layouts]
        readings[sheet["index"]] = sorted((reading for reading in found if reading), key=lambda reading: -reading.score)
    whole = {sheet["index"]: [reading for reading in readings[sheet["index"]] if not reading.lacking] for sheet, _ in sheets}
    with_data = [(sheet, rows) for sheet, rows in sheets if whole[sheet["index"]] and _has_data(sheet, rows, whole[sheet["index"]][0])]
    if not with_data:
        for sheet, _ in sheets:
            if whole[sheet["index"]]:
                raise Unreadable("no-rows", sheet["name"] or "（文本表格）")
        return _unknown(sheets, candidates, readings, common)

    def rank(pair: tuple[Mapping[str, Any], Rows]) -> tuple[float, bool, int]:
        sheet, _ = pair
        return (whole[sheet["index"]][0].score - (3 if sheet["hidden"] else 0), not sheet["hidden"], min(sheet["last_row"], 1000))

    main, main_rows = max(with_data, key=rank)
    chosen = whole[main["index"]][0]
    nearer = readings[main["index"]][0]
    if nearer.lacking and nearer.score + _MISSING * len(nearer.lacking) > chosen.score + _CLEARLY:
        return _unknown([(main, main_rows)], candidates, readings, common)
    plans, others = [], []
    for sheet, rows in sheets:
        same = next((reading for reading in readings[sheet["index"]] if reading.layout.key == chosen.layout.key), None)
        if sheet is main or (
            same and not same.lacking and _has_data(sheet, rows, same) and sheet["hidden"] == main["hidden"] and _alike(same, chosen)
        ):
            plans.append(_plan(sheet, rows, same or chosen))
        else:
            others.append((sheet["name"], "隐藏的工作表" if sheet["hidden"] else "不是同一种名单，未读取"))
    plans.sort(key=lambda plan: plan.index)
    rivals = tuple((reading.layout.key, round(reading.score, 2)) for reading in whole[main["index"]][1:4])
    headed = [column for column, text in enumerate(chosen.heading.texts) if text]
    matched = len(set(chosen.columns.values()) & set(headed)) / max(len(headed), 1)
    lead = chosen.score - rivals[0][1] if rivals else chosen.score
    confidence = round(min(1.0, 0.5 * matched + 0.5 * min(1.0, lead / 3)), 2)
    body = [cells for _, cells in main_rows[chosen.heading.last + 1 :]]
    unmatched = tuple(text for column, text in enumerate(chosen.heading.texts) if text and column not in chosen.columns.values())
    return Recognition(
        chosen.layout,
        tuple(plans),
        unmatched,
        confidence,
        rivals=rivals,
        other_sheets=tuple(others),
        seen=_seen(chosen.heading, body, chosen.columns),
        constants=chosen.constants,
        **common,
    )


def _alike(one: _Reading, other: _Reading) -> bool:
    """Whether two sheets are parts of one list: most of their keys are the same."""
    return len(set(one.columns) & set(other.columns)) >= 0.6 * max(len(one.columns), len(other.columns))


def _recognise_mapped(
    sheets: Sequence[tuple[Mapping[str, Any], Rows]],
    candidates: Mapping[int, Sequence[_Heading]],
    layouts: Sequence[Layout],
    mapping: Mapping[str, str],
    common: _Format,
) -> Recognition:
    layout = layouts[0]
    plans, best, body = [], None, []
    heads_only = ""
    for sheet, rows in sheets:
        reading = _mapped(layout, mapping, rows, candidates[sheet["index"]])
        if reading is None:
            continue
        if not _has_data(sheet, rows, reading):
            heads_only = heads_only or sheet["name"] or "（文本表格）"
            continue
        plans.append(_plan(sheet, rows, reading))
        if best is None or reading.score > best.score:
            best, body = reading, [cells for _, cells in rows[reading.heading.last + 1 :]]
    if best is None:
        if heads_only:
            raise Unreadable("no-rows", heads_only)
        known = {form for _, rows in sheets for heading in candidates[_["index"]] for forms in heading.forms for form in forms}
        absent = [heading for heading in mapping.values() if not any(form in known for form in heading_forms(heading))]
        raise Unreadable("mapping", "、".join(absent or mapping.values()))
    if best.lacking:
        raise Unreadable("missing-columns", "、".join(best.lacking))
    unmatched = tuple(text for column, text in enumerate(best.heading.texts) if text and column not in best.columns.values())
    return Recognition(
        layout, tuple(plans), unmatched, 1.0, seen=_seen(best.heading, body, best.columns), constants=best.constants, **common
    )


def _unknown(
    sheets: Sequence[tuple[Mapping[str, Any], Rows]],
    candidates: Mapping[int, Sequence[_Heading]],
    readings: Mapping[int, Sequence[_Reading]],
    common: _Format,
) -> Recognition:
    """What was seen, for a page that offers a mapping; refused where no line looks like headings."""
    for sheet, rows in sorted(sheets, key=lambda pair: (pair[0]["hidden"], -pair[0]["last_row"])):
        near = readings[sheet["index"]][0] if readings[sheet["index"]] else None
        partly = near if near and near.score > 0 else None
        heading = partly.heading if partly else _best_unknown(rows, candidates[sheet["index"]])
        if heading is None:
            continue
        body = [cells for _, cells in rows[heading.last + 1 :]]
        columns = partly.columns if partly else {}
        plan = SheetPlan(
            sheet["name"],
            sheet["index"],
            rows[heading.first][0],
            rows[heading.last][0],
            heading.texts,
            columns,
            max(sheet["last_row"] - rows[heading.last][0], 0),
        )
        unmatched = tuple(text for column, text in enumerate(heading.texts) if text and column not in columns.values())
        return Recognition(
            None, (plan,), unmatched, 0.0, missing=tuple(partly.lacking) if partly else (), seen=_seen(heading, body, columns), **common
        )
    raise Unreadable("no-heading")
