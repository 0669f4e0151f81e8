"""A household is looked at 排查; a later look in the same round supersedes it, an undo brings the former back."""

from collections.abc import Iterable
from datetime import date

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from anju.accounts.models import User
from anju.accounts.roles import Power
from anju.accounts.scope import within
from anju.appraisals import rules
from anju.appraisals.models import Round, Screening
from anju.appraisals.permitting import allow, day_of, on_register, standing
from anju.evidence.models import Album
from anju.refusing import Refused
from anju.registry.models import Dwelling, Household
from anju.trail.acts import recorded
from anju.vocabulary import division
from anju.vocabulary.fieldwork import Captured

_NOWHERE = Captured()


@recorded("screening.recorded")
@transaction.atomic
def screen(
    *,
    round: Round,
    household: Household,
    result: str,
    by: User,
    on: date | None = None,
    lives_here: bool | None = None,
    note: str = "",
    dwelling: Dwelling | None = None,
    album: Album | None = None,
    captured: Captured = _NOWHERE,
    source: str = "",
) -> Screening:
    """排查一户: what was seen. Not an appraisal: nothing follows from it but that a suspect house is to be appraised."""
    allow(by, Power.SCREEN, household.area)
    day = day_of(on)
    if captured.client_id and (known := Screening.objects.filter(client_id=captured.client_id).first()):
        if (known.household_id, known.round_id, known.result) != (household.pk, round.pk, result):
            raise Refused(rules.TWICE, _("这份提交已登记为别的排查结果；请作为新的排查另行提交"))
        return known
    row = standing(household)
    _in_scope(round, row, day)
    if result not in Screening.Result.values:
        raise Refused(rules.SCREENED, _("排查结果应是未见危险、疑似危房、无房、未能入户之一"))
    now = timezone.now()
    Screening.objects.filter(round=round, household=row, superseded_at=None).update(superseded_at=now)
    return Screening.objects.create(
        round=round, household=row, dwelling=dwelling, area=row.area, on=day, result=result, lives_here=lives_here, note=note.strip()[:300],
        album=album, by=by, recorded_at=now, client_id=captured.client_id, captured_at=captured.at, device=captured.device[:80], source=source,
    )  # fmt: skip


@recorded("screening.recorded")
@transaction.atomic
def screen_alike(*, round: Round, households: Iterable[Household], by: User, on: date | None = None) -> list[Screening]:
    """未见危险 of many households of a village in one act, which can be undone as one; each has a record of its own. Those looked at before
    are left as they are."""
    day, now = day_of(on), timezone.now()
    chosen = list(Household.objects.select_for_update(no_key=True).filter(pk__in=[one.pk for one in households]).order_by("pk"))
    seen = set(Screening.objects.filter(round=round, household__in=chosen, superseded_at=None).values_list("household", flat=True))
    left = [one for one in chosen if one.pk not in seen]
    for one in left:
        allow(by, Power.SCREEN, one.area)
        on_register(one)
        _in_scope(round, one, day)
    return Screening.objects.bulk_create(
        [
            Screening(
                round=round, household=one, area=one.area, on=day, result=Screening.Result.FINE, lives_here=True, by=by, recorded_at=now
            )
            for one in left
        ]
    )


@recorded("screening.undone")
@transaction.atomic
def undo_alike(*, screening: Screening, by: User) -> int:
    """撤销 what was recorded in one act together with this one; how many. Those looked at anew since stay as they are."""
    allow(by, Power.SCREEN, screening.area)
    _going(screening.round)
    together = Screening.objects.filter(
        round=screening.round_id,
        by=screening.by_id,
        recorded_at=screening.recorded_at,
        result=Screening.Result.FINE,
        source="",
        superseded_at=None,
    )
    return together.filter(within(by.area)).update(superseded_at=timezone.now())


@recorded("screening.undone")
@transaction.atomic
def undo(*, screening: Screening, by: User) -> Screening | None:
    """撤销: the record never counted; what the round knew of the household before counts again and is returned."""
    allow(by, Power.SCREEN, screening.area)
    row = Screening.objects.select_for_update(no_key=True).get(pk=screening.pk)
    if row.superseded_at is not None:
        raise Refused(rules.SCREENED, _("这条排查结果已有更新的记录，请撤销最新的一条"))
    _going(row.round)
    row.superseded_at = timezone.now()
    row.save(update_fields=["superseded_at"])
    before = Screening.objects.filter(round=row.round_id, household=row.household_id, superseded_at=row.recorded_at).order_by("-id").first()
    if before is not None:
        before.superseded_at = None
        before.save(update_fields=["superseded_at"])
    return before


def _going(round: Round) -> None:
    if round.closed_at is not None:
        raise Refused(rules.ROUND, _("“%s”已经结束") % round.name)


def _in_scope(round: Round, household: Household, day: date) -> None:
    _going(round)
    if not division.contains(round.area, household.area):
        raise Refused(rules.ROUND, _("户 %(number)s 不在“%(round)s”的范围内") % {"number": household.number, "round": round.name})
    if round.categories and not set(round.categories) & set(household.groups.split("+")):
        raise Refused(rules.ROUND, _("户 %(number)s 不属于“%(round)s”排查的对象类别") % {"number": household.number, "round": round.name})
    if day < round.starts_on:
        raise Refused(
            rules.ROUND,
            _("排查日期 %(on)s 早于“%(round)s”开始的日期 %(start)s") % {"on": day, "round": round.name, "start": round.starts_on},
        )
