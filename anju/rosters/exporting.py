"""Lists and differences back into workbooks: text cells, no formulas, numbers masked unless the user may see them."""

from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from anju import memory
from anju.accounts.models import User
from anju.accounts.roles import Power
from anju.checks import Finding
from anju.evidence import store
from anju.evidence.models import StoredFile
from anju.jobs.progress import Progress, Refused
from anju.rosters import receiving
from anju.rosters.models import Batch, BatchRow
from anju.rosters.queries.rowsets import WHAT, NotThere, RowSet
from anju.tabular.writing import Sheet, TooLarge, workbook
from anju.tabular.writing import error_workbook as annotated

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
_STEP = 2000


def write(found: RowSet, *, name: str, by: User, caption: str = "", progress: Progress | None = None) -> StoredFile:
    """Rows as a workbook in the file store."""

    def counted() -> Iterator[Sequence[object]]:
        for number, line in enumerate(found.rows, 1):
            if progress is not None and number % _STEP == 0:
                progress.step(number, found.total, _("已写 %(done)s 行") % {"done": f"{number:,}"})
            yield line

    with memory.file() as made:
        try:
            workbook(made, [Sheet(found.title, found.headings, counted(), caption=caption)])
        except TooLarge as large:
            raise Refused(_("要导出的表太大，内存放不下。请加筛选条件（例如按乡镇）分几次导出。")) from large
        made.seek(0)
        return store.put(made, name=name, media_type=XLSX, by=by)


def export(what: str, filters: dict[str, Any], by: User, progress: Progress) -> dict[str, Any]:
    """Rows as seen on a page, with the filters of that page. The workbook says who took it and when."""
    full = bool(filters.get("full")) and by.may(Power.CHANGE)
    try:
        found = WHAT[what](filters, by, full)
    except NotThere as nothing:
        raise Refused(_("要导出的内容已不在，或不在您的辖区内。")) from nothing
    moment = timezone.localtime().strftime("%Y-%m-%d %H:%M")
    caption = _("%(title)s（%(who)s %(when)s 导出，%(rows)s 行）") % {
        "title": found.title,
        "who": by.name,
        "when": moment,
        "rows": f"{found.total:,}",
    }
    stored = write(found, name=f"{found.title}.xlsx", by=by, caption=caption, progress=progress)
    return {"file": stored.pk, "rows": found.total, "full": full}


def error_workbook(batch: Batch, by: User, progress: Progress) -> dict[str, Any]:
    """The sender's own rows back with what is wrong in each and what to do; kept with the list."""
    assert batch.file is not None
    wrong: dict[tuple[str, int], list[Finding]] = {}
    for sheet, row, findings in (
        BatchRow.objects.filter(batch=batch).exclude(outcome="clean").values_list("sheet", "row", "findings").iterator(_STEP)
    ):
        wrong[sheet, row] = [Finding(one["check"], one["message"], one["column"], one["field"], one["level"]) for one in findings]
    with memory.file() as made:
        with store.memory(batch.file) as original:
            known = receiving.recognition_of(batch, original)
            rows = annotated(original, known, wrong, made, checks={check.id: check for check in receiving.CHECKS})
        made.seek(0)
        with transaction.atomic():
            name = f"{Path(batch.file.name).stem}（需要修改的 {rows} 行）.xlsx"
            stored = store.put(made, name=name, media_type=XLSX, by=by)
            Batch.objects.filter(pk=batch.pk).update(error_workbook=stored)
    progress.step(rows, rows)
    return {"file": stored.pk, "rows": rows}
