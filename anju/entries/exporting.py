"""The workbooks from which households are entered in the national systems, one for each system."""

from collections.abc import Iterator, Sequence
from functools import partial

from django.utils.translation import gettext as _

from anju import clock
from anju.accounts.models import User
from anju.accounts.roles import Power
from anju.entries import queries
from anju.entries.fields import Asked, filled
from anju.entries.layouts import LAYOUTS, OutLayout
from anju.entries.models import SystemEntry
from anju.exports.kinds import Filters, Numbers, RowSet, export_kind
from anju.vocabulary import division

_PIECE = 2000


def _made(filters: Filters, user: User, full: bool, *, layout: OutLayout) -> RowSet:
    """The households a list shows, a row each, in the columns of the system's form."""
    asked_area = division.stem(str(filters.get("area", "")))
    area = asked_area if asked_area and division.contains(user.area, asked_area) else user.area
    state = str(filters.get("state", ""))
    found = queries.households(layout.system, area, state if state in queries.STATES else "")
    keys = [one.key for one in layout.fields]
    asked = Asked(clock.today(), full)

    def rows() -> Iterator[Sequence[object]]:
        households = list(found.values_list("pk", flat=True))
        for start in range(0, len(households), _PIECE):
            piece = households[start : start + _PIECE]
            values = filled(keys, piece, asked)
            yield from ([values[one].get(key, "") for key in keys] for one in piece)

    title = f"{layout.title} {clock.today():%Y-%m-%d}"
    caption = _("%(title)s（录入%(system)s用；该系统的导入格式没有公布，按%(source)s编列）") % {
        "title": layout.title,
        "system": SystemEntry.System(layout.system).label,
        "source": layout.source,
    }
    return RowSet(title, layout.headings, found.count(), rows(), area=area, caption=caption)


for _layout in LAYOUTS.values():
    export_kind(
        f"entries.{_layout.system}",
        _layout.title,
        numbers=Numbers.CHOICE,
        filters=("area", "state"),
        powers=(Power.EXPORT, Power.ENTER),
    )(partial(_made, layout=_layout))
