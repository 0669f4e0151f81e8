"""What leaves the households' pages as a file: the register of an area, the counts of its places."""

from collections.abc import Iterator
from datetime import date

from anju import clock
from anju.accounts.models import User
from anju.divisions import queries as places
from anju.exports.kinds import Filters as Asked
from anju.exports.kinds import Numbers, RowSet, export_kind
from anju.registry import queries
from anju.registry.queries import AreaCount, Filters
from anju.vocabulary import division
from anju.vocabulary.division import Level

_PAGE = 2000
_LEVELS = (Level.PROVINCE, Level.PREFECTURE, Level.COUNTY, Level.TOWNSHIP, Level.VILLAGE)
_HEADINGS = ("户编号", "户主", "身份证号", "人口", "对象类别", "村", "住址", "立户日期", "销户日期")


def _area(asked: Asked, by: User) -> str:
    """The place asked for inside the user's own."""
    area = division.stem(str(asked.get("area", "")))
    return area if area and division.contains(by.area, area) else by.area


@export_kind(
    "households.list",
    "农户名册",
    numbers=Numbers.MASKED,
    filters=("area", "lists", "on_all", "offices", "primary", "status", "on", "sort"),
)
def households(asked: Asked, by: User, full: bool) -> RowSet:
    """The listing as it is seen, the head's number masked."""
    filters = Filters(
        area=_area(asked, by),
        combination=asked.get("lists", ""),
        on_all=tuple(filter(None, asked.get("on_all", "").split("+"))),
        offices=asked.get("offices", ""),
        primary=asked.get("primary", ""),
        status=asked.get("status", "open"),
        on=date.fromisoformat(asked["on"]) if asked.get("on") else None,
    )
    sort = asked.get("sort", "number").lstrip("-")
    total = queries.count(within=by.area, filters=filters, at_most=3_000_000)

    def rows() -> Iterator[tuple[object, ...]]:
        after = ""
        while True:
            page = queries.listing(within=by.area, filters=filters, sort=sort, after=after, limit=_PAGE)
            for row in page.rows:
                yield (
                    *(row.number, row.head, row.head_id_masked, row.people, "、".join(row.shorts), row.area_name, row.address),
                    *(row.opened_on, row.closed_on),
                )
            after = page.after
            if not after:
                return

    caption = f"农户名册：共 {total} 户，截至 {clock.today():%Y-%m-%d}"
    return RowSet("农户名册", _HEADINGS, total, rows(), area=filters.area, caption=caption)


@export_kind("places.counts", "各地农户", numbers=Numbers.NONE, filters=("area",))
def counts(asked: Asked, by: User, full: bool) -> RowSet:
    """Households by place, county, township and village; a place's count is the sum of those below it."""
    area = _area(asked, by)
    shorts = [(one.code, one.short) for one in queries.cross_table(within=area).categories if one.households]
    counted: list[AreaCount] = []
    for level in (level for level in _LEVELS if level > division.level(area)):
        counted += queries.counts_by_division(within=area, level=level)
    names = places.names([one.area for one in counted])
    rows = [
        (
            names.get(one.area, one.area),
            division.full(one.area),
            one.households,
            *(one.groups.get(code, 0) for code, _short in shorts),
            one.without,
        )
        for one in sorted(counted, key=lambda one: one.area)
    ]
    headings = ("地方", "区划代码", "在册农户", *(short for _code, short in shorts), "不在任何名单")
    caption = f"各地农户：截至 {clock.today():%Y-%m-%d}；上级数等于下级数之和"
    return RowSet("各地农户", headings, len(rows), iter(rows), area=area, caption=caption)
