"""Long work on households: the register of an area as a workbook."""

from collections.abc import Iterable, Iterator, Sequence
from datetime import date
from typing import Any

from django.utils.translation import gettext as _

from anju import clock, memory
from anju.accounts.models import User
from anju.divisions import queries as places
from anju.evidence import store
from anju.jobs.progress import Progress, Refused
from anju.jobs.registry import handler
from anju.registry import queries
from anju.registry.queries import AreaCount, Filters
from anju.tabular.writing import Sheet, TooLarge, workbook
from anju.vocabulary import division
from anju.vocabulary.division import Level

_PAGE = 2000
_LEVELS = (Level.PROVINCE, Level.PREFECTURE, Level.COUNTY, Level.TOWNSHIP, Level.VILLAGE)
_XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
_HEADINGS = ("户编号", "户主", "身份证号", "人口", "对象类别", "村", "住址", "立户日期", "销户日期")


@handler("dossier.export")
def export(*, progress: Progress, user: int, asked: dict[str, str], sort: str) -> dict[str, Any]:
    """农户名册导出为 Excel：所见的筛选，证件号遮住中间."""
    by = User.objects.get(pk=user)
    filters = Filters(
        area=asked.get("area", "") if division.contains(by.area, asked.get("area", "")) else by.area,
        combination=asked.get("lists", ""),
        on_all=tuple(filter(None, asked.get("on_all", "").split("+"))),
        offices=asked.get("offices", ""),
        primary=asked.get("primary", ""),
        status=asked.get("status", "open"),
        on=date.fromisoformat(asked["on"]) if asked.get("on") else None,
    )
    total = queries.count(within=by.area, filters=filters, at_most=3_000_000)

    def rows() -> Iterator[tuple[object, ...]]:
        after, done = "", 0
        while True:
            page = queries.listing(within=by.area, filters=filters, sort=sort, after=after, limit=_PAGE)
            for row in page.rows:
                yield (
                    *(row.number, row.head, row.head_id_masked, row.people, "、".join(row.shorts), row.area_name, row.address),
                    *(row.opened_on, row.closed_on),
                )
            done += len(page.rows)
            progress.step(done, total, f"已写 {done} 户")
            after = page.after
            if not after:
                return

    return _kept("农户名册", _HEADINGS, rows(), f"共 {total} 户，截至 {clock.today():%Y-%m-%d}", by)


def _kept(title: str, headings: Sequence[str], rows: Iterable[Sequence[object]], caption: str, by: User) -> dict[str, Any]:
    """The workbook, written and kept for the one who asked."""
    with memory.file() as made:
        try:
            written = workbook(made, [Sheet(title, headings, rows, caption=caption)])
        except TooLarge as large:
            raise Refused(_("要导出的表太大，内存放不下。请加筛选条件（例如按乡镇）分几次导出。")) from large
        made.seek(0)
        stored = store.put(made, name=f"{title}_{clock.today():%Y%m%d}.xlsx", media_type=_XLSX, by=by)
    return {"file": stored.pk, "rows": written}


@handler("dossier.export_places")
def export_places(*, progress: Progress, user: int, within: str) -> dict[str, Any]:
    """各地农户数导出为 Excel：县、乡镇、村逐级."""
    by = User.objects.get(pk=user)
    area = within if division.contains(by.area, within) else by.area
    shorts = [(one.code, one.short) for one in queries.cross_table(within=area).categories if one.households]
    levels = [level for level in _LEVELS if level > division.level(area)]
    counted: list[AreaCount] = []
    for done, level in enumerate(levels):
        progress.step(done, len(levels), division.LEVEL_NAMES[level])
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
    return _kept("各地农户", headings, rows, f"截至 {clock.today():%Y-%m-%d}；上级数等于下级数之和", by)
