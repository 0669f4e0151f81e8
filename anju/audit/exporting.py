"""What leaves the trail's page as a file: the entries as they are filtered."""

from collections.abc import Iterator

from django.utils import timezone
from django.utils.translation import gettext as _

from anju.accounts.models import User
from anju.accounts.roles import Power
from anju.audit import queries
from anju.audit.columns import words
from anju.audit.words import TABLES, act
from anju.divisions import queries as places
from anju.exports.kinds import Filters, Numbers, RowSet, export_kind
from anju.trail.models import Operation

_CHUNK = 2000
_MOST = 1_000_000


@export_kind(
    "trail.entries",
    "留痕",
    numbers=Numbers.NONE,
    filters=("who", "office", "table", "action", "operation", "area", "since", "until"),
    powers=(Power.AUDIT,),
)
def entries(asked: Filters, by: User, full: bool) -> RowSet:
    """Entries of the auditor's area as the page shows them, newest first."""
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
                    *(act(entry.action) or entry.action, entry.reason, str(TABLES.get(entry.table, entry.table))),
                    *(
                        str(Operation(entry.operation).label),
                        entry.rows,
                        "、".join(words(entry.table, entry.changed)),
                        where.get(entry.within, entry.within),
                    ),
                    *(bytes(entry.before or b"").hex(), bytes(entry.after or b"").hex()),
                )
            last, done = piece[-1].seq, done + len(piece)

    headings = (
        *(_("留痕号"), _("时间"), _("登录名"), _("单位"), _("来自"), _("办了什么"), _("事由"), _("改了哪张表"), _("怎么改的"), _("行数")),
        *(_("改了哪些列"), _("地方"), _("改前摘要"), _("改后摘要")),
    )
    return RowSet(_("留痕"), headings, total, rows())
