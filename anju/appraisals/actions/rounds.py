"""A round of looking at houses is opened, staffed, closed (S0-28/29, S1-24)."""

from collections.abc import Sequence
from datetime import date

from django.db import IntegrityError, transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from anju.accounts.models import User
from anju.accounts.roles import Power
from anju.appraisals import populations, rules
from anju.appraisals.models import Round
from anju.appraisals.permitting import allow
from anju.refusing import Refused
from anju.registry.models import Category
from anju.trail.acts import recorded
from anju.vocabulary import division


@recorded("round.opened")
@transaction.atomic
def open_round(
    *,
    area: str,
    kind: str,
    name: str,
    starts_on: date,
    ends_on: date,
    by: User,
    categories: Sequence[str] = (),
    population: str = "",
    first_year: int | None = None,
    last_year: int | None = None,
    appraise: bool = False,
    document: str = "",
) -> Round:
    """A round over an area: all its households, or those on the lists of ``categories``. ``appraise``: every house is appraised, not only looked at.

    ``population``: only households that a later app knows, of these years (``anju.appraisals.populations``): those renovated from 2013 to 2019.
    """
    stem = division.stem(area)
    allow(by, Power.ORGANISE, stem)
    if not name.strip() or kind not in Round.Kind.values:
        raise Refused(rules.ROUND, _("请写轮次名称，并选排查类型"))
    if ends_on < starts_on:
        raise Refused(rules.ROUND, _("结束日期 %(end)s 早于开始日期 %(start)s") % {"end": ends_on, "start": starts_on})
    codes = sorted(set(categories))
    if unknown := set(codes) - set(Category.objects.filter(code__in=codes).values_list("code", flat=True)):
        raise Refused(rules.ROUND, _("没有“%s”这种对象类别") % "、".join(sorted(unknown)))
    if population and population not in {one.code for one in populations.declared()}:
        raise Refused(rules.ROUND, _("没有这样一些户，请从列出的选择"))
    if not population:
        first_year = last_year = None
    elif first_year is None or last_year is None or first_year > last_year:
        raise Refused(rules.ROUND, _("请写明哪一年到哪一年的户，先后不能颠倒"))
    try:
        with transaction.atomic():
            return Round.objects.create(
                population=population, first_year=first_year, last_year=last_year, area=stem, kind=Round.Kind(kind), name=name.strip()[:80], categories=codes, appraise=appraise, starts_on=starts_on, ends_on=ends_on,
                organiser=by.organisation, document=document.strip()[:120], opened_by=by, opened_at=timezone.now(),
            )  # fmt: skip
    except IntegrityError as twice:
        raise Refused(rules.ROUND, _("本地已有叫“%s”的轮次，请换个名称") % name.strip()) from twice


@recorded("round.staffed")
@transaction.atomic
def staff(*, round: Round, cadres: int, experts: int, by: User) -> Round:
    """How many times cadres and experts went out, so far."""
    allow(by, Power.ORGANISE, round.area)
    if min(cadres, experts) < 0:
        raise Refused(rules.ROUND, _("人次不能是负数"))
    row = _going(round)
    row.cadres, row.experts = cadres, experts
    row.save(update_fields=["cadres", "experts"])
    return row


@recorded("round.closed")
@transaction.atomic
def close_round(*, round: Round, by: User) -> Round:
    """Nothing more is recorded in the round."""
    allow(by, Power.ORGANISE, round.area)
    row = _going(round)
    row.closed_at = timezone.now()
    row.save(update_fields=["closed_at"])
    return row


def _going(round: Round) -> Round:
    row = Round.objects.select_for_update(no_key=True).get(pk=round.pk)
    if row.closed_at is not None:
        raise Refused(rules.ROUND, _("“%s”已经结束") % row.name)
    return row
