"""What leaves verification as a file: the conclusions as a workbook, and the sheets of a village or a whole county as PDF."""

from collections.abc import Iterator, Sequence
from typing import BinaryIO

from django.db.models import QuerySet
from django.utils.translation import gettext as _

from anju import clock
from anju.accounts.models import User
from anju.accounts.roles import Power
from anju.accounts.scope import scope
from anju.divisions import queries as divisions
from anju.entries.fields import Asked, filled
from anju.entries.layouts import LAYOUTS
from anju.entries.models import SystemEntry
from anju.exports.kinds import Filters, NotThere, Numbers, RowSet, export_kind
from anju.jobs.progress import Progress, Refused
from anju.registry.models import Household
from anju.tabular.writing import Stamp
from anju.verification import queries, sheets
from anju.verification.models import Campaign, Verification
from anju.vocabulary import division

_PIECE = 2000
_VILLAGE = 12
_NAMED = 20
PDF, ZIP = "application/pdf", "application/zip"
_ADDED = (("informant", "受访人"), ("interview", "走访情况"), ("why", "未保障的原因和打算"), ("campaign", "核验任务"))


def _campaign(filters: Filters, user: User) -> Campaign:
    asked = str(filters.get("campaign", ""))
    found = queries.campaigns(user.area).filter(pk=int(asked)).first() if asked.isdecimal() else None
    if found is None:
        raise NotThere
    return found


def _place(filters: Filters, user: User, campaign: Campaign) -> str:
    """The part of the campaign asked for, inside the user's area."""
    asked = division.stem(str(filters.get("area", "")))
    narrow = max(campaign.area, user.area, key=len)
    return asked if asked and division.contains(narrow, asked) else narrow


def _households(filters: Filters, user: User, campaign: Campaign, place: str) -> QuerySet[Household]:
    return scope(user, queries.asked(campaign, within=place, category=str(filters.get("category", ""))))


@export_kind(
    "verification.households",
    "核验结论",
    numbers=Numbers.CHOICE,
    filters=("campaign", "area", "category"),
    powers=(Power.EXPORT, Power.VERIFY),
)
def households(filters: Filters, user: User, full: bool) -> RowSet:
    """The households a figure of the campaign counts, in the columns of the verification form, with what was said to the verifiers."""
    campaign = _campaign(filters, user)
    place = _place(filters, user, campaign)
    found = _households(filters, user, campaign, place)
    layout = LAYOUTS[SystemEntry.System.SAFETY]
    keys = [*(one.key for one in layout.fields), *(key for key, _heading in _ADDED)]
    asked = Asked(clock.today(), full)

    def rows() -> Iterator[Sequence[object]]:
        every = list(found.order_by("number").values_list("pk", flat=True))
        for start in range(0, len(every), _PIECE):
            piece = every[start : start + _PIECE]
            known = filled(keys, piece, asked)
            more = {one.household_id: one for one in Verification.objects.open().filter(household__in=piece).select_related("campaign")}
            yield from ([_cell(key, known[one], more.get(one)) for key in keys] for one in piece)

    headings = (*layout.headings, *(heading for _key, heading in _ADDED))
    caption = _("%(title)s（%(source)s）") % {"title": campaign.name, "source": layout.source}
    return RowSet(_("核验结论 %s") % _named(place), headings, found.count(), rows(), area=place, caption=caption)


def _cell(key: str, known: dict[str, object], conclusion: Verification | None) -> object:
    if key in known or key not in dict(_ADDED):
        return known.get(key, "")
    if conclusion is None:
        return ""
    if key == "campaign":
        return conclusion.campaign.name if conclusion.campaign else ""
    said: object = getattr(conclusion, key)
    return said


def _named(place: str) -> str:
    return divisions.short_names([place]).get(place, place)


@export_kind(
    "verification.sheets", "核验表（PDF）", numbers=Numbers.MASKED, filters=("campaign", "area"), powers=(Power.EXPORT, Power.VERIFY)
)
def sheets_of(filters: Filters, user: User, full: bool) -> RowSet:
    """The sheets of the households concluded: of a village one PDF, of a larger area a PDF for each village."""
    campaign = _campaign(filters, user)
    place = _place(filters, user, campaign)
    inside = scope(user, queries.in_scope(campaign, within=place))
    concluded = Verification.objects.open().filter(household__in=inside)
    total = concluded.count()
    village = len(place) >= _VILLAGE
    make = sheets.village_file if village else sheets.county_file

    def write(out: BinaryIO, stamp: Stamp, progress: Progress) -> int:
        def told(done: int, where: str) -> None:
            progress.step(
                done, total, _("%(where)s：%(done)s / %(total)s 户") % {"where": where, "done": f"{done:,}", "total": f"{total:,}"}
            )

        if not total:
            raise Refused(_("这里还没有核验结论，没有核验表可打。"))
        run = sheets.Run(told, stamp)
        made = make(concluded, out, run)
        if run.lost:
            notes.append(_lost(run.lost))
        return made

    notes: list[str] = []
    title = _("核验表 %(place)s %(total)s户") % {"place": _named(place), "total": total}
    return RowSet(
        title,
        (_("一户一表"),),
        total,
        iter(()),
        area=place,
        write=write,
        notes=notes,
        suffix=".pdf" if village else ".zip",
        media_type=PDF if village else ZIP,
    )


def _lost(numbers: Sequence[str]) -> str:
    """Which sheets went without their photo, the first of many by name."""
    said = {"many": len(numbers), "which": "、".join(numbers[:_NAMED])}
    if len(numbers) > _NAMED:
        return _("%(many)d 户的照片文件损坏，核验表上没有照片：%(which)s 等；请管理员用备份恢复后重印。") % said
    return _("%(many)d 户的照片文件损坏，核验表上没有照片：%(which)s；请管理员用备份恢复后重印。") % said
