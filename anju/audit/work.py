"""Long work on the trail: a workbook of entries, and verifying the chain."""

from collections.abc import Iterator
from typing import Any

from django.utils import timezone
from django.utils.translation import gettext as _

from anju import memory
from anju.accounts.models import User
from anju.audit import queries
from anju.audit.words import TABLES
from anju.divisions import queries as places
from anju.evidence import store
from anju.jobs.progress import Progress, Refused
from anju.jobs.registry import handler
from anju.tabular.writing import Sheet, TooLarge, workbook
from anju.trail import verifying
from anju.trail.acts import ACTS
from anju.trail.models import Operation

_XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
_CHUNK = 2000
_MOST = 1_000_000


@handler("audit.export")
def export(*, progress: Progress, user: int, asked: dict[str, str]) -> dict[str, Any]:
    """留痕导出为 Excel：所见的筛选，新的在前."""
    by = User.objects.get(pk=user)
    found = queries.entries(by, queries.Filters.read(asked))
    total = min(found.count(), _MOST)

    def rows() -> Iterator[tuple[object, ...]]:
        last, done = None, 0
        while done < total:
            piece = list((found if last is None else found.filter(seq__lt=last))[: min(_CHUNK, total - done)])
            if not piece:
                return
            where = places.names({entry.within for entry in piece if entry.within})
            for entry in piece:
                yield (
                    *(entry.seq, timezone.localtime(entry.at).strftime("%Y-%m-%d %H:%M:%S"), entry.login, entry.office, entry.address),
                    *(str(ACTS.get(entry.action, entry.action)), entry.reason, str(TABLES.get(entry.table, entry.table))),
                    *(
                        str(Operation(entry.operation).label),
                        entry.rows,
                        "、".join(entry.changed or ()),
                        where.get(entry.within, entry.within),
                    ),
                    *(bytes(entry.before or b"").hex(), bytes(entry.after or b"").hex()),
                )
            last, done = piece[-1].seq, done + len(piece)
            progress.step(done, total)

    headings = (
        *(_("留痕号"), _("时间"), _("登录名"), _("单位"), _("来自"), _("办了什么"), _("事由"), _("改了哪张表"), _("怎么改的"), _("行数")),
        *(_("改了哪些列"), _("地方"), _("改前摘要"), _("改后摘要")),
    )
    with memory.file() as made:
        try:
            written = workbook(made, [Sheet(_("留痕"), headings, rows())])
        except TooLarge as large:
            raise Refused(_("要导出的留痕太多，内存放不下。请按日期或表分几次导出。")) from large
        made.seek(0)
        stored = store.put(made, name=f"{_('留痕')}_{timezone.localtime():%Y%m%d}.xlsx", media_type=_XLSX, by=by)
    return {"file": stored.pk, "rows": written}


@handler("audit.verify")
def verify(*, progress: Progress) -> dict[str, Any]:
    """从头核验留痕，指出第一条被改动的记录."""
    done = verifying.verify(progress=lambda no: progress.step(no, no))
    text = (
        _("核验 %(records)s 条，留痕完整") % {"records": f"{done.records:,}"} if done.sound else str(done.bad or "；".join(done.warnings))
    )
    return {"said": text, "url": "/trail/", "sound": done.sound}
