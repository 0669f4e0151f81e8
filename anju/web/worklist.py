"""今日待办: what waits for this user, most urgent first. Each line is one list or one letter, and its count opens the very rows."""

from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any

from django.db.models import Count, Exists, F, OuterRef, Q, QuerySet
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from anju import clock
from anju.accounts.models import User
from anju.accounts.roles import Power
from anju.accounts.scope import within
from anju.divisions.models import Division
from anju.exports import queries as exports
from anju.rosters.actions import locking
from anju.rosters.models import Batch, Disposition, Letter, Match, MatchRun, Mismatch
from anju.vocabulary.keygroup import OFFICE_NAMES, Office

_GONE = (Batch.Status.VOIDED, Batch.Status.FAILED)
# So many lines are shown; a province's lists beyond that are opened from the lists' own page.
LIMIT = 40


@dataclass(frozen=True)
class Link:
    """A word and where it leads."""

    label: str
    url: str


@dataclass(frozen=True)
class Item:
    """One thing to do, as ``{% work_row %}`` shows it."""

    title: str
    reason: str
    count: int
    unit: str
    url: str
    action: Link | None = None
    secondary: Link | None = None
    due: str = ""
    due_tone: str = ""
    change: str = ""
    waiting: str = ""
    filled: bool = False
    order: tuple[int, int] = (9, 0)


@dataclass
class Group:
    """Things due in the same stretch of time."""

    title: str
    tone: str = ""
    items: list[Item] = field(default_factory=list)

    @property
    def note(self) -> str:
        """How many things."""
        return _("%d 项") % len(self.items)


def newest(area: str) -> QuerySet[Batch]:
    """The newest version of each list inside an area."""
    later = Batch.objects.filter(previous=OuterRef("pk")).exclude(status__in=_GONE)
    return Batch.objects.filter(~Exists(later), within(area)).order_by("as_of", "id")


def groups(user: User, area: str, today: date) -> list[Group]:
    """The day's work inside ``area``, grouped by when it is due."""
    late, now, soon, open_ = Group(_("已逾期"), "late"), Group(_("今天到期"), "soon"), Group(_("两周内到期")), Group(_("未定期限"))
    undated = [*_exports(user, area), *_lists(user, area)]
    for item, due in [*_letters(user, area, today), *((item, None) for item in undated)]:
        where = open_ if due is None else late if due < today else now if due == today else soon if (due - today).days <= 14 else open_
        where.items.append(item)
    found = [group for group in (late, now, soon, open_) if group.items]
    for group in found:
        group.items.sort(key=lambda item: item.order)
        del group.items[LIMIT:]
    return found


def waiting(user: User, area: str) -> dict[str, int]:
    """Open counts for the menu: pairs to be looked at, letters without an answer, exports that wait for this person's word."""
    pairs = Match.objects.filter(within(area), run__in=_runs(newest(area)), outcome=Match.Outcome.REVIEW, verdict="")
    return {
        "pairs": pairs.count() if user.may(Power.DECIDE) else 0,
        "letters": _unanswered(user, area).count(),
        "exports": exports.waiting_for(user, area).count(),
    }


def _exports(user: User, area: str) -> list[Item]:
    """Files that somebody else asked for and that go out only with this person's word."""
    return [
        Item(
            title=_("审批导出：%s") % one.title,
            reason=_("%(office)s %(who)s申请，用途：%(why)s")
            % {"office": one.office, "who": one.requested_by.name, "why": one.reason_said + (f"，{one.note}" if one.note else "")},
            count=one.rows,
            unit=_("行"),
            url=reverse("exports:show", args=[one.pk]),
            action=Link(_("审批"), reverse("exports:show", args=[one.pk])),
            order=(0, -one.rows),
        )
        for one in exports.waiting_for(user, area).select_related("requested_by")[:LIMIT]
    ]


def _runs(lists: QuerySet[Batch]) -> QuerySet[MatchRun]:
    return MatchRun.objects.filter(
        batch__in=lists.filter(status=Batch.Status.MATCHED).order_by(), kind=MatchRun.Kind.REGISTER, current=True
    )


def _unanswered(user: User, area: str) -> QuerySet[Letter]:
    found = Letter.objects.filter(within(area), answered_at__isnull=True)
    if user.may(Power.DECIDE):
        return found
    return found.filter(office=user.organisation.kind) if user.may(Power.ANSWER) else found.none()


def _counted(area: str, matches: QuerySet[Any]) -> dict[int, int]:
    return dict(matches.filter(within(area)).order_by().values_list("run__batch").annotate(rows=Count("pk")))


def _places(area: str, matches: QuerySet[Any]) -> dict[int, list[tuple[str, int]]]:
    """The three townships with most of it, for each list."""
    found: dict[int, list[tuple[str, int]]] = {}
    counts: dict[tuple[int, str], int] = {}
    for batch, stem, rows in matches.filter(within(area)).order_by().values_list("run__batch", "area").annotate(rows=Count("pk")):
        key = (batch, stem[:9])
        counts[key] = counts.get(key, 0) + rows
    names = dict(Division.objects.filter(code__in={stem for _batch, stem in counts}).values_list("code", "short_name"))
    for (batch, stem), rows in sorted(counts.items(), key=lambda one: -one[1]):
        line = found.setdefault(batch, [])
        if len(line) < 3 and stem in names:
            line.append((names[stem], rows))
    return found


def _since(at: datetime | None) -> str:
    days = max(0, (clock.today() - timezone.localtime(at).date()).days) if at else 0
    return _("已等 %d 天") % days if days else _("今天收到")


def _told(places: list[tuple[str, int]] | None) -> str:
    return _("、").join(f"{name} {rows:,}" for name, rows in places or ())


def _sentence(*parts: str) -> str:
    return " · ".join(part for part in parts if part)


def _lists(user: User, area: str) -> list[Item]:
    lists = newest(area)
    runs = _runs(lists)
    pairs = Match.objects.filter(run__in=runs, outcome=Match.Outcome.REVIEW, verdict="")
    doubtful = Match.objects.filter(run__in=runs, outcome=Match.Outcome.REVIEW, verdict=Match.Verdict.DOUBTFUL)
    pending = Mismatch.objects.filter(run__in=runs, disposition=Disposition.PENDING).exclude(kind=Mismatch.Kind.REVIEW)
    items: list[Item] = []
    decides, receives = user.may(Power.DECIDE), user.may(Power.RECEIVE)
    to_review, to_settle = (_counted(area, pairs), _counted(area, pending)) if decides else ({}, {})
    unclear = _counted(area, doubtful) if decides else {}
    where_pairs, where_pending = (_places(area, pairs), _places(area, pending)) if decides else ({}, {})
    for batch in lists.exclude(status__in=[Batch.Status.LOCKED, Batch.Status.VOIDED]).prefetch_related("signatures")[:400]:
        page, office = reverse("rosters:batch", args=[batch.pk]), _(OFFICE_NAMES.get(Office(batch.owner), ""))
        since, size = _since(batch.received_at), _("共 %s 行") % f"{batch.rows_total:,}" if batch.rows_total else ""
        if count := to_review.get(batch.pk, 0):
            url = reverse("rosters:review", args=[batch.pk])
            reason = _sentence(office, batch.title, _told(where_pairs.get(batch.pk)))
            items.append(
                Item(
                    _("名单比对待人工核对"),
                    reason,
                    count,
                    _("对"),
                    url,
                    Link(_("开始核对"), url),
                    due=since,
                    change=size,
                    order=(1, -count),
                )
            )
        if count := unclear.get(batch.pk, 0):
            url = reverse("rosters:rows", args=[batch.pk]) + "?verdict=doubtful"
            reason = _sentence(office, batch.title, _("乡镇查清后改判"))
            items.append(
                Item(_("存疑的人待核实"), reason, count, _("对"), url, Link(_("逐个核实"), url), due=since, change=size, order=(2, -count))
            )
        if count := to_settle.get(batch.pk, 0):
            reason = _sentence(office, batch.title, _told(where_pending.get(batch.pk)))
            letter = Link(_("发函退回"), reverse("rosters:letters_of", args=[batch.pk]))
            items.append(
                Item(_("名单与登记库的差异待处理"), reason, count, _("条"), f"{page}#differences", Link(_("处理差异"), f"{page}#differences"), letter, due=since, change=size, order=(4, -count))
            )  # fmt: skip
        if batch.status == Batch.Status.MAPPING and receives:
            url = reverse("rosters:mapping", args=[batch.pk])
            items.append(
                Item(
                    _("表头没有认全"),
                    _sentence(office, batch.title, _("对一次列，以后自动认")),
                    1,
                    _("份"),
                    url,
                    Link(_("对列"), url),
                    due=since,
                    change=size,
                    order=(0, 0),
                )
            )
        if batch.status == Batch.Status.FAILED and receives:
            items.append(
                Item(
                    _("名单没有收下"),
                    _sentence(office, batch.title, batch.message),
                    1,
                    _("份"),
                    page,
                    Link(_("看原因"), page),
                    due=since,
                    change=size,
                    order=(0, 1),
                )
            )
        if batch.status == Batch.Status.MATCHED and user.may(Power.LOCK) and batch.pk not in to_review and batch.pk not in unclear:
            signed = {one.office for one in batch.signatures.all()}
            asked = locking.required(batch)
            if user.organisation.kind in asked and user.organisation.kind not in signed:
                missing = _("、").join(_(OFFICE_NAMES[one]) for one in asked if one not in signed)
                items.append(
                    Item(_("名单待会签锁定"), _sentence(batch.title, _("还差 %s") % missing), batch.rows_total, _("行"), page, Link(_("去会签"), page), due=since, change=_("已签 %(signed)d / %(asked)d 方") % {"signed": sum(one in signed for one in asked), "asked": len(asked)}, order=(5, batch.pk))
                )  # fmt: skip
    return items


def _letters(user: User, area: str, today: date) -> list[tuple[Item, date | None]]:
    found = _unanswered(user, area).select_related("batch").annotate(
        asked=Count("rows"), open=Count("rows", filter=Q(rows__answer=""))
    ).order_by(F("answer_by").asc(nulls_last=True), "pk")  # fmt: skip
    answers = user.may(Power.ANSWER)
    items: list[tuple[Item, date | None]] = []
    for letter in found[:LIMIT]:
        url, left = reverse("rosters:letter", args=[letter.pk]), (letter.answer_by - today).days if letter.answer_by else None
        ours = answers and letter.office == user.organisation.kind
        late = left is not None and left < 0
        tag = "" if left is None else _("逾期 %d 天") % -left if left < 0 else _("今天") if left == 0 else _("剩 %d 天") % left
        items.append(
            (
                Item(
                    _("退回的差异待答复") if ours else _("退回%s的差异没有答复") % _(OFFICE_NAMES.get(Office(letter.office), "")),
                    _sentence(letter.number, letter.batch.title, _("共 %d 行") % letter.asked),
                    letter.open, _("行"), url, Link(_("逐行答复") if ours else _("看函件"), url),
                    due=tag, due_tone="late" if late else "soon" if left is not None and left <= 3 else "",
                    waiting=_("已发 %d 天") % (today - letter.on).days if today > letter.on else _("今天发出"), filled=late and ours, order=(0, left if left is not None else 999),
                ),
                letter.answer_by,
            )
        )  # fmt: skip
    return items


@dataclass(frozen=True)
class Progress:
    """How far one list is, for the first page's rail."""

    batch: Batch
    linked: int
    tone: str


def progress(area: str, limit: int = 6) -> list[Progress]:
    """The newest lists of an area with how many of their rows belong to a person of the register, by machine, by a person's verdict or newly entered."""
    lists = list(newest(area).exclude(status__in=_GONE).order_by("-as_of", "-rows_total")[:limit])
    linked = dict(
        Match.objects.filter(run__batch__in=lists, run__kind=MatchRun.Kind.REGISTER, run__current=True)
        .filter(person__isnull=False)
        .exclude(outcome=Match.Outcome.REVIEW, verdict__in=[Match.Verdict.OPEN, Match.Verdict.DOUBTFUL, Match.Verdict.DIFFERENT])
        .order_by()
        .values_list("run__batch")
        .annotate(rows=Count("row", distinct=True))
    )
    return [Progress(batch, linked.get(batch.pk, 0), "ok" if batch.status == Batch.Status.LOCKED else "") for batch in lists]
