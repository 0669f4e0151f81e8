"""Rounds and hazards that wait for this person: households nobody has looked at yet, hazards to be seen, houses to be made safe."""

from collections.abc import Iterator
from datetime import date
from typing import Any

from django.db.models import Count, Min, Q
from django.urls import reverse
from django.utils.translation import gettext as _

from anju.accounts.models import User
from anju.accounts.roles import Power
from anju.appraisals.queries import monitoring, rounds
from anju.appraisals.queries.monitoring import Filters
from anju.vocabulary import division
from anju.vocabulary.division import Level
from anju.web.worklist.work import Dated, Item, Link, left, sentence


def items(user: User, area: str, today: date) -> Iterator[Dated]:
    """One line for each running round with households left, and one for each kind of work on hazards."""
    if user.may(Power.SCREEN) or user.may(Power.ORGANISE):
        yield from _rounds(user, area, today)
    if user.may(Power.REPORT_HAZARD):
        yield from _hazards(user, area, today)


def _rounds(user: User, area: str, today: date) -> Iterator[Dated]:
    for round in rounds.running(area):
        far = rounds.progress(round, area)
        if round.starts_on > today or not (count := far.left):
            continue
        if division.level(area) >= Level.VILLAGE:
            url = reverse("appraisals:round-village", args=[round.pk, area[:12]])
        else:
            url = reverse("appraisals:round", args=[round.pk])
        tag, tone = left(round.ends_on, today)
        share = _("已看 %(seen)d / %(all)d 户") % {"seen": far.seen, "all": far.households}
        open_url = f"{reverse('appraisals:round-households', args=[round.pk])}?state=left&area={area}"
        yield (
            Item(
                _("排查还没有看完"), sentence(round.name, share), count, _("户"), open_url,
                Link(_("去排查") if user.may(Power.SCREEN) else _("看进度"), url), due=tag, due_tone=tone, filled=tone == "late", order=(2, -count),
            ),
            round.ends_on,
        )  # fmt: skip


def _hazards(user: User, area: str, today: date) -> Iterator[Dated]:
    page = reverse("appraisals:hazards")
    for state, title, reason, act in (
        (monitoring.TO_CHECK, _("险情待核实"), _("到现场看：有险情的鉴定，没有的解除"), _("去核实")),
        (monitoring.TO_LIFT, _("险情待解危"), _("已鉴定；住上安全房再销号"), _("去办理")),
    ):
        found = monitoring.ledger(user, Filters(area=area, state=state), today).order_by()
        told: Any = found.aggregate(rows=Count("*"), first=Min("on"), urgent=Count("pk", filter=Q(urgent=True)))
        if not (count := told["rows"]):
            continue
        url, waited = f"{page}?state={state}&sort=on", (today - told["first"]).days
        urgent = state == monitoring.TO_CHECK and told["urgent"] > 0
        yield (
            Item(
                title, reason, count, _("户"), url, Link(act, url), due=_("紧急") if urgent else "", due_tone="late" if urgent else "",
                waiting=_("最早的已 %d 天") % waited if waited else _("今天发现"), filled=urgent, order=(0 if urgent else 3, -waited),
            ),
            today if urgent else None,
        )  # fmt: skip


def waiting(user: User, area: str) -> dict[str, int]:
    """Hazards nobody has been to see."""
    if not user.may(Power.REPORT_HAZARD):
        return {}
    return {"hazards": monitoring.ledger(user, Filters(area=area, state=monitoring.TO_CHECK), date.max).count()}
