"""Long work on households: the register of an area as a workbook."""

import tempfile
from collections.abc import Iterator
from datetime import date
from pathlib import Path
from typing import Any

from anju import clock
from anju.accounts.models import User
from anju.evidence import store
from anju.jobs.progress import Progress
from anju.jobs.registry import handler
from anju.registry import queries
from anju.registry.queries import Filters
from anju.tabular.writing import Sheet, workbook
from anju.vocabulary import division

_PAGE = 2000
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

    name = f"农户名册_{clock.today():%Y%m%d}.xlsx"
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "export.xlsx"
        written = workbook(path, [Sheet("农户名册", _HEADINGS, rows(), caption=f"共 {total} 户，截至 {clock.today():%Y-%m-%d}")])
        stored = store.put(path, name=name, media_type=_XLSX, by=by)
    return {"file": stored.pk, "rows": written}
