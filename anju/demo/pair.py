"""A labelled pair of lists for ``anju reconcile``: the same people on two lists of different age, sender and habit, with the truth.

The left list is a system's export, fairly clean. The right one is a department's, later in time: heads have died, households split,
merged and moved, children were born, and clerks typed. Files written into the folder:

* ``left.csv``/``.xlsx``, ``right.csv``/``.xlsx``: the lists, one row a person.
* ``truth.csv``: ``left_row,right_row``, one to one: the rows of one person (its first row where a person is listed twice).
* ``labels.csv``: ``side,row,main_row,damages``: every row that was damaged, and for a repeated row the row it repeats.
* ``households.csv``: ``left_household,right_household,kind`` with kind same, head_differs, split, merged or moved.
* ``meta.json``: counts, the seed, and how many pairs a plain join on the identity number would find.

Rows are numbered as a spreadsheet shows them. Made block by block: a province needs no more memory than a county.
"""

import json
from collections.abc import Callable
from contextlib import ExitStack
from dataclasses import dataclass, field, replace
from datetime import date, datetime, time
from pathlib import Path
from typing import Any, TextIO

import numpy as np
import xlsxwriter
from numpy.typing import NDArray

from anju.demo import truth
from anju.demo.listing import EXPORT, TYPED, Events, Habit, Rates, Rows, later, repeated, typed
from anju.demo.place import Place

Ints = NDArray[np.int64]
SPREADSHEET_ROWS = 1_048_576


@dataclass(frozen=True, slots=True)
class Style:
    """One way the two lists may look and err."""

    left: Habit
    right: Habit
    left_rates: Rates = EXPORT
    right_rates: Rates = TYPED
    events: Events = field(default_factory=Events)


_EXPORT_COLUMNS = (
    ("serial", "序号"), ("division", "行政区划代码"), ("address", "村"), ("household", "户编号"), ("name", "姓名"), ("sex", "性别"),
    ("id_number", "证件号码"), ("relation", "与户主关系"), ("nation", "民族"), ("birth_date", "出生日期"),
)  # fmt: skip
_LIST_COLUMNS = (
    ("serial", "序号"), ("name", "家庭成员姓名"), ("relation", "家庭关系"), ("id_number", "公民身份号码"), ("birth_date", "出生年月日"),
    ("sex", "性 别"), ("household", "家庭编号"), ("division", "区划编码"), ("phone", "联系电话"), ("note", "备注"),
)  # fmt: skip
_ADDRESS_COLUMNS = (
    ("household", "户号"), ("name", "姓  名"), ("id_number", "身份证号码"), ("sex", "性别"), ("relation", "与户主的关系"),
    ("division", "家庭住址"), ("birth_date", "出生年月"), ("phone", "手机号"),
)  # fmt: skip
_FOREIGN_COLUMNS = (
    ("serial", "no"), ("household", "hh_code"), ("relation", "rel"), ("birth_date", "csrq"), ("id_number", "sfzh"), ("name", "xm"),
    ("sex", "xb"), ("division", "xzqh"),
)  # fmt: skip

STYLES: dict[str, Style] = {
    "plain": Style(
        left=Habit(_EXPORT_COLUMNS),
        right=Habit(_LIST_COLUMNS, sexes=("男性", "女性"), head_word="本人", day="dotted", household="county", shuffled=True),
    ),
    "addresses": Style(
        left=Habit(tuple((k, "住址" if k == "division" else h) for k, h in _EXPORT_COLUMNS if k != "address"), household="village"),
        right=Habit(_ADDRESS_COLUMNS, day="words", household="running", shuffled=True, encoding="gb18030"),
    ),
    "no-birth": Style(
        left=Habit(tuple(c for c in _EXPORT_COLUMNS if c[0] != "birth_date")),
        right=Habit(tuple(c for c in _LIST_COLUMNS if c[0] != "birth_date"), sexes=("1", "2"), household="county", shuffled=True),
    ),
    "foreign": Style(
        left=Habit(_EXPORT_COLUMNS, day="compact"),
        right=Habit(_FOREIGN_COLUMNS, sexes=("1", "2"), head_word="本人", day="compact", household="running", shuffled=True),
    ),
    "messy": Style(
        left=Habit(_EXPORT_COLUMNS, day="slashed"),
        right=Habit(_LIST_COLUMNS, day="slashed", household="county", shuffled=True, titles=("家庭成员花名册（汇总）", "填报单位：")),
        left_rates=TYPED,
        right_rates=TYPED.times(1.8),
    ),
    "worst": Style(
        left=Habit(
            tuple(("division", "家庭住址") if c[0] == "division" else c for c in _EXPORT_COLUMNS if c[0] not in ("birth_date", "address"))
        ),
        right=Habit(tuple(c for c in _ADDRESS_COLUMNS if c[0] != "birth_date"), household="running", shuffled=True),
        left_rates=TYPED,
        right_rates=TYPED.times(4),
        events=Events(0.02, 0.03, 0.04, 0.02, 0.03, 0.06, 0.06, 0.05, 0.05),
    ),
}
"""Ready styles; ``foreign`` has headings that nobody can guess and wants ``--right-columns``; ``worst`` has no birth dates, a fifth of the
numbers damaged and many changed households: no goal holds for it, it shows where the limits are."""


class _List:
    """One list being written: rows out, numbers of rows counted as a spreadsheet shows them."""

    def __init__(self, path: Path, habit: Habit, stack: ExitStack) -> None:
        self.path, self.habit = path, habit
        self.next_row = len(habit.titles) + 2
        self._sheet: Any = None
        self._text: TextIO | None = None
        if path.suffix == ".xlsx":
            book = xlsxwriter.Workbook(str(path), {"constant_memory": True, "strings_to_numbers": False, "strings_to_formulas": False})
            book.set_properties({"created": datetime.combine(truth.BUSINESS_DAY, time())})
            stack.callback(book.close)
            self._sheet = book.add_worksheet("花名册")
            for row, title in enumerate(habit.titles):
                self._sheet.write_string(row, 0, title)
            for column, (_, heading) in enumerate(habit.columns):
                self._sheet.write_string(len(habit.titles), column, heading)
        else:
            self._text = stack.enter_context(path.open("w", encoding=habit.encoding, newline=""))
            for title in habit.titles:
                self._text.write(title + "," * (len(habit.columns) - 1) + "\r\n")
            self._text.write(",".join(heading for _, heading in habit.columns) + "\r\n")

    @property
    def serial(self) -> int:
        """The running number 序号 of the next row."""
        return self.next_row - len(self.habit.titles) - 1

    def write(self, columns: dict[str, list[str]], numbers: set[int]) -> int:
        """Append a block's rows; returns the row number of the first. ``numbers``: rows whose identity number is a number in Excel."""
        first = self.next_row
        cells = [columns[key] for key, _ in self.habit.columns]
        count = len(cells[0])
        if self._text is not None:
            self._text.write("\r\n".join(map(",".join, zip(*cells, strict=True))))
            self._text.write("\r\n")
        else:
            if first + count - 1 > SPREADSHEET_ROWS:
                raise ValueError("一张工作表最多 1,048,576 行；请用 --format csv")
            position = [key for key, _ in self.habit.columns].index("id_number")
            for offset, row in enumerate(zip(*cells, strict=True)):
                for column, value in enumerate(row):
                    if column == position and offset in numbers:
                        self._sheet.write_number(first - 1 + offset, column, float(value))
                    elif value:
                        self._sheet.write_string(first - 1 + offset, column, value)
        self.next_row += count
        return first


def make(
    place: Place,
    households: int,
    out: Path,
    *,
    seed: int = 2020,
    format: str = "csv",
    style: str = "plain",
    progress: Callable[[float], None] = lambda fraction: None,
    shape: truth.Shape = truth.KEY_GROUPS,
) -> dict[str, Any]:
    """Write the pair and its truth into ``out``; the left list has exactly ``households`` households. Returns what ``meta.json`` holds."""
    ways = STYLES[style]
    out.mkdir(parents=True, exist_ok=True)
    rng = np.random.default_rng([seed, 1])
    extra = round(households * ways.events.only_right)
    total = households + extra
    only_right = np.zeros(total, dtype=bool)
    only_right[rng.choice(total, extra, replace=False)] = True
    counts = {"left_rows": 0, "right_rows": 0, "persons_on_both": 0, "exact_id": 0}
    with ExitStack() as stack:
        left = _List(out / f"left.{format}", ways.left, stack)
        right = _List(out / f"right.{format}", ways.right, stack)
        truths = stack.enter_context((out / "truth.csv").open("w", encoding="utf-8", newline=""))
        labels = stack.enter_context((out / "labels.csv").open("w", encoding="utf-8", newline=""))
        homes = stack.enter_context((out / "households.csv").open("w", encoding="utf-8", newline=""))
        truths.write("left_row,right_row\n")
        labels.write("side,row,main_row,damages\n")
        homes.write("left_household,right_household,kind\n")
        for block in truth.blocks(place, total, shape, seed=seed):
            _block(
                block,
                place=place,
                only_right=only_right,
                ways=ways,
                rng=rng,
                day=shape.day,
                lists=(left, right),
                files=(truths, labels, homes),
                counts=counts,
            )
            progress((int(block.serial[-1]) + 1) / total)
    meta = {
        "households": households,
        "seed": seed,
        "style": style,
        "format": format,
        "place": place.prefix,
        **counts,
        "exact_id_join_recall": round(counts["exact_id"] / max(counts["persons_on_both"], 1), 5),
        "right_columns": ",".join(f"{key}={heading}" for key, heading in ways.right.columns if key in RECONCILED),
    }
    (out / "meta.json").write_text(json.dumps(meta, ensure_ascii=False, indent=2) + "\n", encoding="utf-8")
    return meta


RECONCILED = ("id_number", "name", "sex", "relation", "household", "division", "birth_date")
"""Columns that ``anju reconcile`` knows."""


def _block(
    block: truth.Block,
    *,
    place: Place,
    only_right: NDArray[np.bool_],
    ways: Style,
    rng: np.random.Generator,
    day: date,
    lists: tuple[_List, _List],
    files: tuple[TextIO, TextIO, TextIO],
    counts: dict[str, int],
) -> None:
    here = only_right[block.serial[0] : block.serial[-1] + 1]
    after = later(block, rng, ways.events, here, day)
    on_left = np.flatnonzero(~after.absent_left)
    earlier = Rows(
        on_left,
        block.household[on_left],
        block.relation[on_left],
        block.village[block.household[on_left]],
        np.arange(len(on_left)),
        {row: list(after.gone[p]) for row, p in enumerate(on_left.tolist()) if p in after.gone},
    )
    sides = [repeated(earlier, rng, ways.left_rates), repeated(after.rows, rng, ways.right_rates)]
    for side, habit in enumerate((ways.left, ways.right)):
        rows = sides[side]
        if habit.shuffled:
            key = rng.random(int(rows.household.max()) + 1)
            rows = rows.take(np.lexsort((np.arange(len(rows.who)), rows.relation != "02", key[rows.household], rows.village)))
        elif len(rows.who):
            rows = rows.take(np.lexsort((np.arange(len(rows.who)), rows.relation != "02", rows.household)))
        sides[side] = rows
    first, written = [], []
    for side, (habit, rates) in enumerate(((ways.left, ways.left_rates), (ways.right, ways.right_rates))):
        columns, numbers = typed(
            block, place=place, rows=sides[side], habit=habit, rates=rates, rng=rng, side=side, first_serial=lists[side].serial
        )
        first.append(lists[side].write(columns, numbers))
        written.append(columns)
        counts["left_rows" if side == 0 else "right_rows"] += len(sides[side].who)
    truths, labels, homes = files
    row_of = [np.full(block.persons, -1, dtype=np.int64) for _ in sides]
    for side, rows in enumerate(sides):
        mine = np.flatnonzero(rows.main == np.arange(len(rows.who)))
        row_of[side][rows.who[mine]] = mine
        name = "left" if side == 0 else "right"
        for row in sorted(rows.labels):
            labels.write(f"{name},{first[side] + row},{first[side] + int(rows.main[row])},{';'.join(rows.labels[row])}\n")
    both = np.flatnonzero((row_of[0] >= 0) & (row_of[1] >= 0))
    left_rows, right_rows = row_of[0][both], row_of[1][both]
    truths.write("".join(f"{a},{b}\n" for a, b in zip((first[0] + left_rows).tolist(), (first[1] + right_rows).tolist(), strict=True)))
    counts["persons_on_both"] += len(both)
    ids = [written[0]["id_number"], written[1]["id_number"]]
    counts["exact_id"] += sum(
        bool(ids[0][a]) and ids[0][a] == ids[1][b] for a, b in zip(left_rows.tolist(), right_rows.tolist(), strict=True)
    )
    seen: set[tuple[str, str]] = set()
    for a, b in zip(left_rows.tolist(), right_rows.tolist(), strict=True):
        link = (written[0]["household"][a], written[1]["household"][b])
        if link not in seen:
            seen.add(link)
            kind = after.kinds.get(int(sides[0].household[a]), "same")
            homes.write(f"{link[0]},{link[1]},{kind}\n")


def without_events(style: Style) -> Style:
    """The same typing, but nothing happened in between: for measuring typing alone."""
    return replace(style, events=Events(0, 0, 0, 0, 0, 0, 0, 0, 0))
