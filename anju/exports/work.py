"""Making the files that were asked for."""

import tempfile
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

from django.conf import settings
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from anju.evidence import store
from anju.exports.actions import asking
from anju.exports.kinds import RowSet, kind_of
from anju.exports.models import Export
from anju.exports.refusal import Refused as NotAllowed
from anju.jobs.progress import Cancelled, Progress, Refused
from anju.jobs.registry import handler
from anju.tabular.writing import Sheet, Stamp, workbook

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
_STEP = 2000


def stamp_of(export: Export) -> Stamp:
    """What the file says about itself."""
    by = export.requested_by
    moment = timezone.localtime().strftime("%Y-%m-%d %H:%M")
    return Stamp(number=export.number, mark=export.mark, who=f"{export.office} {by.name}", moment=moment, full=export.full)


@handler("exports.write")
def write(progress: Progress, *, export: int) -> dict[str, Any]:
    """把申请导出的行写成 Excel：按申请人此刻的权限，打上编号和标记。"""
    row = Export.objects.select_related("requested_by__organisation").get(pk=export)
    if row.state != Export.State.MAKING:
        return {"export": row.pk, "rows": row.rows}
    try:
        if not asking.still(row, row.requested_by):
            raise Refused(_("您的角色或辖区已变，这项导出没有生成。"))
        found = asking.rows_of(kind_of(row.kind), row.filters, row.requested_by, row.full)
        if row.decided_by_id is None and not found.own and found.total > asking.threshold(row.full):
            Export.objects.filter(pk=row.pk).update(state=Export.State.WAITING, needs_approval=True, rows=found.total)
            return {"export": row.pk, "rows": found.total}
        with _folder() as folder:
            path = Path(folder, "export.xlsx")
            written = _written(row, found, path, progress)
            with transaction.atomic():
                stored = store.put(path, name=f"{found.title}.xlsx", media_type=XLSX, by=row.requested_by)
                asking.ready(row, file_id=stored.pk, name=stored.name, size=stored.size, rows=written)
    except NotAllowed as refusal:
        _failed(row)
        raise Refused(refusal.message) from refusal
    except (Cancelled, Refused):
        _failed(row)
        raise
    return {"export": row.pk, "rows": row.rows, "full": row.full}


def _failed(row: Export) -> None:
    Export.objects.filter(pk=row.pk, state=Export.State.MAKING).update(state=Export.State.FAILED)


def _written(row: Export, found: RowSet, path: Path, progress: Progress) -> int:
    """The workbook at ``path``; how many rows it has."""
    stamp = stamp_of(row)
    if found.write is not None:
        return found.write(path, stamp, progress)

    def counted() -> Iterator[Sequence[object]]:
        for number, line in enumerate(found.rows, 1):
            if number % _STEP == 0:
                progress.step(number, found.total, _("已写 %(done)s 行") % {"done": f"{number:,}"})
            yield line

    return workbook(path, [Sheet(found.title, found.headings, counted(), caption=found.caption or found.title)], stamp=stamp)


def _folder() -> tempfile.TemporaryDirectory[str]:
    """Where a workbook is written before it is kept: with the installation's files, not in the machine's common folder."""
    beside = Path(settings.FILE_STORE).parent / "work"
    beside.mkdir(parents=True, exist_ok=True, mode=0o700)
    return tempfile.TemporaryDirectory(dir=beside, prefix="export-")
