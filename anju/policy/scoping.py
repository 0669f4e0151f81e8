"""Where and when a declared table of policy holds, and whether the groups it names exist there and then."""

from collections.abc import Iterable
from datetime import date

from anju.vocabulary import division
from anju.vocabulary.keygroup import KEY_GROUPS
from anju.vocabulary.table import Table


def area_of(province: str, table: Table) -> str:
    """The stem a declared table holds for: within the file's province, which is what it is where left out."""
    area = table.text("area", province or " ").strip()
    if (
        not area.startswith(province)
        or (area and (not area.isdecimal() or len(area) not in (2, 4, 6, 9, 12)))
        or area != division.stem(area)
    ):
        raise table.wrong("area", f"应是{province or '全国'}以内的区划代码，去掉末尾的零")
    return area


def days_of(table: Table) -> tuple[date, date | None]:
    """From which day to which, both included."""
    first, last = table.day("from"), table.day_or_none("to")
    if last and last < first:
        raise table.wrong("to", "早于 from")
    return first, last


def check_groups(table: Table, field: str, codes: Iterable[str], *, area: str, days: tuple[date, date | None]) -> None:
    """A group named for some days must exist on all of them, and there."""
    first, last = days
    groups = {group.code: group for group in KEY_GROUPS}
    for code in codes:
        group = groups.get(code)
        if group and (first < group.valid_from or (last or date.max) > (group.valid_to or date.max) or not area.startswith(group.province)):
            raise table.wrong(field, f"中的 {code}（{group.name}）不在这段时间或这个地区有效")
