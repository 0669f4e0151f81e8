"""今日待办: what waits for this user, most urgent first. Each line's count opens the very rows it counts.

Every app that gives work has a module here; ``SOURCES`` is the one place that knows them.
"""

from datetime import date

from django.utils.translation import gettext as _

from anju.accounts.models import User
from anju.web.worklist import appraisals, cases, exports, guarantees, imports, notices, planning, problems, rosters, rounds
from anju.web.worklist.rosters import Progress, newest, progress
from anju.web.worklist.work import LIMIT, Group, Item, Link, Source

SOURCES: tuple[Source, ...] = (
    exports.items,
    problems.items,
    notices.items,
    appraisals.items,
    rounds.items,
    guarantees.items,
    cases.items,
    planning.items,
    rosters.letters,
    rosters.lists,
    imports.items,
)
COUNTS = (
    *(rosters.waiting, exports.waiting, problems.waiting, notices.waiting, appraisals.waiting),
    *(rounds.waiting, guarantees.waiting, cases.waiting, imports.waiting),
)


def groups(user: User, area: str, today: date) -> list[Group]:
    """The day's work inside ``area``, grouped by when it is due."""
    late, now, soon, open_ = Group(_("已逾期"), "late"), Group(_("今天到期"), "soon"), Group(_("两周内到期")), Group(_("未定期限"))
    for source in SOURCES:
        for item, due in source(user, area, today):
            where = open_ if due is None else late if due < today else now if due == today else soon if (due - today).days <= 14 else open_
            where.items.append(item)
    found = [group for group in (late, now, soon, open_) if group.items]
    for group in found:
        group.items.sort(key=lambda item: item.order)
        del group.items[LIMIT:]
    return found


def waiting(user: User, area: str) -> dict[str, int]:
    """Open counts for the menu, by the name an entry asks for."""
    counts: dict[str, int] = {}
    for count in COUNTS:
        counts |= count(user, area)
    return counts


__all__ = ["Group", "Item", "Link", "Progress", "groups", "newest", "progress", "waiting"]
