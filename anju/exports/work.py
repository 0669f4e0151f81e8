"""Making the files that were asked for."""

from collections.abc import Iterator, Sequence
from typing import Any, BinaryIO

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from anju import memory
from anju.evidence import store
from anju.exports.actions import asking
from anju.exports.kinds import RowSet, kind_of
from anju.exports.models import Export
from anju.exports.refusal import Refused as NotAllowed
from anju.jobs.progress import Progress, Refused
from anju.jobs.registry import handler
from anju.tabular.writing import Sheet, Stamp, TooLarge, workbook
from anju.trail.acting import current, doing

_STEP = 2000


def stamp_of(export: Export) -> Stamp:
    """What the file says about itself."""
    by = export.requested_by
    moment = timezone.localtime().strftime("%Y-%m-%d %H:%M")
    return Stamp(number=export.number, mark=export.mark, who=f"{export.office} {by.name}", moment=moment, full=export.full)


def _unmade(export: int) -> None:
    for row in Export.objects.filter(pk=export, state=Export.State.MAKING):
        with doing(current().action, seat=row.seat):
            Export.objects.filter(pk=export, state=Export.State.MAKING).update(state=Export.State.FAILED)


@handler("exports.write", left=_unmade)
def write(progress: Progress, *, export: int) -> dict[str, Any]:
    """把申请导出的行写成 Excel：按申请人此刻的权限，打上编号和标记。"""
    row = Export.objects.select_related("requested_by__organisation").get(pk=export)
    if row.state != Export.State.MAKING:
        return {"export": row.pk, "rows": row.rows}
    try:
        by = asking.requester(row)
        if not asking.still(row, by):
            raise Refused(_("您的角色或辖区已变，这项导出没有生成。"))
        found = asking.rows_of(kind_of(row.kind), row.filters, by, row.full)
        if row.decided_by_id is None and not found.own and found.total > asking.threshold(row.full):
            Export.objects.filter(pk=row.pk).update(state=Export.State.WAITING, needs_approval=True, rows=found.total)
            return {"export": row.pk, "rows": found.total}
        with memory.file() as made:
            written = _written(row, found, made, progress)
            made.seek(0)
            with transaction.atomic(), doing("export.made"):
                stored = store.put(made, name=f"{found.title}{found.suffix}", media_type=found.media_type, by=row.requested_by)
                asking.ready(row, file_id=stored.pk, name=stored.name, size=stored.size, rows=written)
    except NotAllowed as refusal:
        raise Refused(refusal.message) from refusal
    return {"export": row.pk, "rows": row.rows, "full": row.full, "notes": list(found.notes)}


def _written(row: Export, found: RowSet, out: BinaryIO, progress: Progress) -> int:
    """Writes the workbook; how many rows it has."""
    stamp = stamp_of(row)

    def counted() -> Iterator[Sequence[object]]:
        for number, line in enumerate(found.rows, 1):
            if number % _STEP == 0:
                progress.step(number, found.total, _("已写 %(done)s 行") % {"done": f"{number:,}"})
            yield line

    try:
        if found.write is not None:
            return found.write(out, stamp, progress)
        return workbook(out, [Sheet(found.title, found.headings, counted(), caption=found.caption or found.title)], stamp=stamp)
    except TooLarge as large:
        raise Refused(_("要导出的表太大，内存放不下。请加筛选条件（例如按乡镇）分几次导出。")) from large
