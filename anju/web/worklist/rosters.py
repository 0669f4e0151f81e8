"""Lists and letters: each line is one list or one letter, and its count opens the very rows."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db.models import Count, Exists, F, OuterRef, Q, QuerySet
from django.urls import reverse
from django.utils.translation import gettext as _

from anju.accounts.models import User
from anju.accounts.roles import Power
from anju.accounts.scope import within
from anju.divisions import queries as divisions
from anju.rosters.actions import locking
from anju.rosters.models import Batch, Disposition, Letter, Match, MatchRun, Mismatch
from anju.vocabulary.keygroup import OFFICE_NAMES, Office
from anju.web.worklist.work import LIMIT, Dated, Item, Link, left, sentence, since

_GONE = (Batch.Status.VOIDED, Batch.Status.FAILED)


def newest(area: str) -> QuerySet[Batch]:
    """The newest version of each list inside an area."""
    later = Batch.objects.filter(previous=OuterRef("pk")).exclude(status__in=_GONE)
    return Batch.objects.filter(~Exists(later), within(area)).order_by("as_of", "id")


def waiting(user: User, area: str) -> dict[str, int]:
    """Pairs to be looked at, letters without an answer."""
    lists = newest(area).filter(status=Batch.Status.MATCHED).order_by()
    pairs = Match.objects.filter(within(area), run__in=_runs(lists), outcome=Match.Outcome.REVIEW, verdict="")
    return {"pairs": pairs.count() if user.may(Power.DECIDE) else 0, "letters": _unanswered(user, area).count()}


def _runs(lists: QuerySet[Batch] | list[Batch]) -> QuerySet[MatchRun]:
    """The comparisons with the register that hold of some lists."""
    return MatchRun.objects.filter(batch__in=lists, kind=MatchRun.Kind.REGISTER, current=True)


def _unanswered(user: User, area: str) -> QuerySet[Letter]:
    found = Letter.objects.filter(within(area), answered_at__isnull=True)
    if user.may(Power.DECIDE):
        return found
    return found.filter(office=user.organisation.kind) if user.may(Power.ANSWER) else found.none()


class _Found:
    """Pairs or differences of lists: how many of each list, and the townships with most of them."""

    def __init__(self, area: str, found: QuerySet[Any]) -> None:
        self.rows: dict[int, int] = {}
        self._townships: dict[int, dict[str, int]] = {}
        for batch, stem, rows in found.filter(within(area)).order_by().values_list("run__batch", "area").annotate(rows=Count("pk")):
            self.rows[batch] = self.rows.get(batch, 0) + rows
            townships = self._townships.setdefault(batch, {})
            townships[stem[:9]] = townships.get(stem[:9], 0) + rows

    @property
    def stems(self) -> set[str]:
        """The townships there are."""
        return {stem for townships in self._townships.values() for stem in townships}

    def most(self, batch: int, names: Mapping[str, str]) -> str:
        """The three townships with most of it, in words."""
        known = sorted(((rows, stem) for stem, rows in self._townships.get(batch, {}).items() if stem in names), key=lambda one: -one[0])
        return _("、").join(f"{names[stem]} {rows:,}" for rows, stem in known[:3])


def lists(user: User, area: str, today: date) -> list[Dated]:
    """What is to be done with each list; none of it has a day."""
    shown = list(newest(area).exclude(status__in=[Batch.Status.LOCKED, Batch.Status.VOIDED]).prefetch_related("signatures")[:400])
    runs = list(_runs([batch for batch in shown if batch.status == Batch.Status.MATCHED]).values_list("pk", flat=True))
    pairs = Match.objects.filter(run__in=runs, outcome=Match.Outcome.REVIEW, verdict="")
    doubtful = Match.objects.filter(run__in=runs, outcome=Match.Outcome.REVIEW, verdict=Match.Verdict.DOUBTFUL)
    pending = Mismatch.objects.filter(run__in=runs, disposition=Disposition.PENDING).exclude(kind=Mismatch.Kind.REVIEW)
    items: list[Item] = []
    decides, receives = user.may(Power.DECIDE), user.may(Power.RECEIVE)
    to_review, unclear, to_settle = (_Found(area, each if decides else each.none()) for each in (pairs, doubtful, pending))
    names = divisions.short_names(to_review.stems | to_settle.stems)
    for batch in shown:
        page, office = reverse("rosters:batch", args=[batch.pk]), _(OFFICE_NAMES.get(Office(batch.owner), ""))
        came, size = since(batch.received_at), _("共 %s 行") % f"{batch.rows_total:,}" if batch.rows_total else ""
        if count := to_review.rows.get(batch.pk, 0):
            url = reverse("rosters:review", args=[batch.pk])
            reason = sentence(office, batch.title, to_review.most(batch.pk, names))
            items.append(
                Item(
                    _("名单比对待人工核对"),
                    reason,
                    count,
                    _("对"),
                    url,
                    Link(_("开始核对"), url),
                    due=came,
                    change=size,
                    order=(1, -count),
                )
            )
        if count := unclear.rows.get(batch.pk, 0):
            url = reverse("rosters:rows", args=[batch.pk]) + "?verdict=doubtful"
            reason = sentence(office, batch.title, _("乡镇查清后改判"))
            items.append(
                Item(_("存疑的人待核实"), reason, count, _("对"), url, Link(_("逐个核实"), url), due=came, change=size, order=(2, -count))
            )
        if count := to_settle.rows.get(batch.pk, 0):
            reason = sentence(office, batch.title, to_settle.most(batch.pk, names))
            letter = Link(_("发函退回"), reverse("rosters:letters_of", args=[batch.pk]))
            items.append(
                Item(_("名单与登记库的差异待处理"), reason, count, _("条"), f"{page}#differences", Link(_("处理差异"), f"{page}#differences"), letter, due=came, change=size, order=(4, -count))
            )  # fmt: skip
        if batch.status == Batch.Status.MAPPING and receives:
            url = reverse("rosters:mapping", args=[batch.pk])
            items.append(
                Item(
                    _("表头没有认全"),
                    sentence(office, batch.title, _("对一次列，以后自动认")),
                    1,
                    _("份"),
                    url,
                    Link(_("对列"), url),
                    due=came,
                    change=size,
                    order=(0, 0),
                )
            )
        if batch.status == Batch.Status.FAILED and receives:
            items.append(
                Item(
                    _("名单没有收下"),
                    sentence(office, batch.title, batch.message),
                    1,
                    _("份"),
                    page,
                    Link(_("看原因"), page),
                    due=came,
                    change=size,
                    order=(0, 1),
                )
            )
        if (
            batch.status == Batch.Status.MATCHED
            and user.may(Power.LOCK)
            and batch.pk not in to_review.rows
            and batch.pk not in unclear.rows
        ):
            signed = {one.office for one in batch.signatures.all()}
            asked = locking.required(batch)
            if user.organisation.kind in asked and user.organisation.kind not in signed:
                missing = _("、").join(_(OFFICE_NAMES[one]) for one in asked if one not in signed)
                items.append(
                    Item(_("名单待会签锁定"), sentence(batch.title, _("还差 %s") % missing), batch.rows_total, _("行"), page, Link(_("去会签"), page), due=came, change=_("已签 %(signed)d / %(asked)d 方") % {"signed": sum(one in signed for one in asked), "asked": len(asked)}, order=(5, batch.pk))
                )  # fmt: skip
    return [(item, None) for item in items]


def letters(user: User, area: str, today: date) -> list[Dated]:
    """Letters without an answer: to be answered, or to be asked after."""
    found = _unanswered(user, area).select_related("batch").annotate(
        asked=Count("rows"), open=Count("rows", filter=Q(rows__answer=""))
    ).order_by(F("answer_by").asc(nulls_last=True), "pk")  # fmt: skip
    answers = user.may(Power.ANSWER)
    items: list[Dated] = []
    for letter in found[:LIMIT]:
        url, days = reverse("rosters:letter", args=[letter.pk]), (letter.answer_by - today).days if letter.answer_by else 999
        ours = answers and letter.office == user.organisation.kind
        tag, tone = left(letter.answer_by, today) if letter.answer_by else ("", "")
        items.append(
            (
                Item(
                    _("退回的差异待答复") if ours else _("退回%s的差异没有答复") % _(OFFICE_NAMES.get(Office(letter.office), "")),
                    sentence(letter.number, letter.batch.title, _("共 %d 行") % letter.asked),
                    letter.open, _("行"), url, Link(_("逐行答复") if ours else _("看函件"), url),
                    due=tag, due_tone=tone,
                    waiting=_("已发 %d 天") % (today - letter.on).days if today > letter.on else _("今天发出"), filled=days < 0 and ours, order=(0, days),
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
    told = Q(person__isnull=False) & (~Q(outcome=Match.Outcome.REVIEW) | Q(verdict=Match.Verdict.SAME))
    runs = dict(_runs(lists).values_list("pk", "batch"))
    counted = Match.objects.filter(told, run__in=list(runs)).order_by().values_list("run").annotate(rows=Count("row", distinct=True))
    linked = {runs[run]: rows for run, rows in counted}
    return [Progress(batch, linked.get(batch.pk, 0), "ok" if batch.status == Batch.Status.LOCKED else "") for batch in lists]
