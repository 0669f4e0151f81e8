"""Households are looked at 排查, one or many; a later look in the same round supersedes the former, an undo brings the former back."""

from collections.abc import Container, Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from django.db import transaction
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext as _

from anju import clock, temporary
from anju.accounts.filling import sent_before
from anju.accounts.models import User
from anju.accounts.roles import Power
from anju.accounts.scope import within
from anju.appraisals import populations, rules
from anju.appraisals.models import Round, Screening
from anju.appraisals.permitting import allow, day_of, held, locked, on_register
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
    row = locked([household.pk])[household.pk]
    if (known := sent_before(Screening, captured)) is not None:
        if (known.household_id, known.round_id, known.result) != (household.pk, round.pk, result):
            raise Refused(rules.TWICE, _("这份提交已登记为别的排查结果；请作为新的排查另行提交"))
        return known
    on_register(row)
    going = held([round.pk])[round.pk]
    _in_scope(going, row, day, populations.outside(going, row.area, [row.pk]))
    _known_result(result)
    now = timezone.now()
    albums = _superseded(round.pk, [row.pk], now)
    return Screening.objects.create(
        round=round, household=row, dwelling=dwelling, area=row.area, on=day, result=result, lives_here=lives_here, note=note.strip()[:300],
        album_id=album.pk if album else albums.get(row.pk), by=by, recorded_at=now, client_id=captured.client_id, captured_at=captured.at,
        device=captured.device[:80], source=source,
    )  # fmt: skip


def _superseded(round: int, households: Sequence[int], now: datetime) -> dict[int, int]:
    """What the round knew of the households counts no more; household → the album of its photos, which goes on with the next look."""
    before = Screening.objects.filter(round=round, household__in=households, superseded_at=None)
    albums = dict(before.filter(album__isnull=False).values_list("household", "album"))
    before.update(superseded_at=now)
    return albums


@dataclass(frozen=True, slots=True, kw_only=True)
class Look:
    """One household as it was seen; its fields as ``screen`` names them. ``household`` and ``dwelling`` are keys."""

    round: Round
    household: int
    result: str
    on: date
    lives_here: bool | None = None
    note: str = ""
    dwelling: int | None = None
    source: str = ""


@recorded("screening.recorded")
@transaction.atomic
def screen_many(*, looks: Sequence[Look], by: User) -> dict[int, Refused]:
    """Many households in one act, each held to all that ``screen`` holds one to. Those refused aren't written: place in ``looks`` → why.

    Of several looks at a household in a round the last given counts, as if they had been recorded one after the other.
    """
    households = locked(look.household for look in looks)
    rounds = held(look.round.pk for look in looks)
    outside = {key: populations.outside(round, round.area, households) for key, round in rounds.items()}
    refusals: dict[int, Refused] = {}
    last: dict[tuple[int, int], Screening] = {}
    made: list[Screening] = []
    now = timezone.now()
    with clock.one_day():
        for at, look in enumerate(looks):
            try:
                row = _checked(look, rounds[look.round.pk], households[look.household], outside[look.round.pk], by)
            except Refused as refused:
                refusals[at] = refused
                continue
            one = Screening(
                round=look.round, household=row, dwelling_id=look.dwelling, area=row.area, on=look.on, result=look.result, by=by, recorded_at=now,
                lives_here=look.lives_here, note=look.note.strip()[:300], source=look.source,
            )  # fmt: skip
            if before := last.get((look.round.pk, row.pk)):
                before.superseded_at = now
            last[look.round.pk, row.pk] = one
            made.append(one)
    for round in rounds:
        albums = _superseded(round, [household for of, household in last if of == round], now)
        for household, album in albums.items():
            last[round, household].album_id = album
    temporary.insert(made)
    return refusals


def _checked(look: Look, round: Round, household: Household, outside: Container[int], by: User) -> Household:
    """The household, where nothing speaks against the look; else ``Refused``."""
    allow(by, Power.SCREEN, household.area)
    day_of(look.on)
    on_register(household)
    _in_scope(round, household, look.on, outside)
    _known_result(look.result)
    return household


def _known_result(result: str) -> None:
    if result not in Screening.Result.values:
        raise Refused(rules.SCREENED, _("排查结果应是未见危险、疑似危房、无房、未能入户之一"))


@recorded("screening.recorded")
@transaction.atomic
def screen_alike(*, round: Round, households: Iterable[Household], by: User, on: date | None = None) -> list[Screening]:
    """未见危险 of many households of a village in one act, which can be undone as one; each has a record of its own. Those looked at before
    are left as they are."""
    day, now = day_of(on), timezone.now()
    chosen = list(Household.objects.select_for_update(no_key=True).filter(pk__in=[one.pk for one in households]).order_by("pk"))
    seen = set(Screening.objects.filter(round=round, household__in=chosen, superseded_at=None).values_list("household", flat=True))
    left = [one for one in chosen if one.pk not in seen]
    going = held([round.pk])[round.pk]
    outside = populations.outside(going, going.area, [one.pk for one in left])
    for one in left:
        allow(by, Power.SCREEN, one.area)
        on_register(one)
        _in_scope(going, one, day, outside)
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
    together = Screening.objects.filter(
        round=screening.round_id,
        by=screening.by_id,
        recorded_at=screening.recorded_at,
        result=Screening.Result.FINE,
        source="",
        superseded_at=None,
    ).filter(within(by.area))
    locked(together.values_list("household", flat=True))
    _going(held([screening.round_id])[screening.round_id])
    return together.update(superseded_at=timezone.now())


@recorded("screening.undone")
@transaction.atomic
def undo(*, screening: Screening, by: User) -> Screening | None:
    """撤销: the record never counted; what the round knew of the household before counts again and is returned."""
    restored, refusals = _undone([screening.pk], by)
    if refusals:
        raise refusals[screening.pk]
    return next(iter(restored), None)


@recorded("screening.undone")
@transaction.atomic
def undo_many(*, screenings: Sequence[int], by: User) -> dict[int, Refused]:
    """Many records, by their keys, each held to all that ``undo`` holds one to. Those refused still count: key → why."""
    return _undone(screenings, by)[1]


def _undone(screenings: Sequence[int], by: User) -> tuple[list[Screening], dict[int, Refused]]:
    asked = Screening.objects.filter(pk__in=screenings)
    locked(asked.values_list("household", flat=True))
    rows = list(asked.select_for_update(no_key=True).order_by("pk"))
    rounds = held(row.round_id for row in rows)
    rows = [row for row in rows if row.round_id in rounds]
    gone: dict[tuple[int, int], Screening] = {}
    refusals: dict[int, Refused] = {}
    for row in rows:
        try:
            allow(by, Power.SCREEN, row.area)
            _may_go(row, rounds[row.round_id])
        except Refused as refused:
            refusals[row.pk] = refused
            continue
        gone[row.round_id, row.household_id] = row
    Screening.objects.filter(pk__in=[row.pk for row in gone.values()]).update(superseded_at=timezone.now())
    former: dict[tuple[int, int], Screening] = {}
    older = Q(pk__in=[])
    for moment in {row.recorded_at for row in gone.values()}:
        older |= Q(superseded_at=moment)
    for before in Screening.objects.filter(older, household__in=[household for _round, household in gone]).order_by("id"):
        key = before.round_id, before.household_id
        if key in gone and before.superseded_at == gone[key].recorded_at:
            former[key] = before
    Screening.objects.filter(pk__in=[before.pk for before in former.values()]).update(superseded_at=None)
    for before in former.values():
        before.superseded_at = None
    return list(former.values()), refusals


def _may_go(row: Screening, round: Round) -> None:
    """Refused where the record can't be taken back."""
    if row.superseded_at is not None:
        raise newer()
    _going(round)


def newer() -> Refused:
    """Why a record that a later one superseded isn't taken back."""
    return Refused(rules.SCREENED, _("这条排查结果已有更新的记录，请撤销最新的一条"))


def _going(round: Round) -> None:
    if round.closed_at is not None:
        raise Refused(rules.ROUND, _("“%s”已经结束") % round.name)


def _in_scope(round: Round, household: Household, day: date, outside: Container[int]) -> None:
    """Refused where the round is over or isn't about the household; ``outside`` are those that its population leaves out."""
    _going(round)
    if not division.contains(round.area, household.area):
        raise Refused(rules.ROUND, _("户 %(number)s 不在“%(round)s”的范围内") % {"number": household.number, "round": round.name})
    if round.categories and not set(round.categories) & set(household.groups.split("+")):
        raise Refused(rules.ROUND, _("户 %(number)s 不属于“%(round)s”排查的对象类别") % {"number": household.number, "round": round.name})
    if household.pk in outside:
        raise Refused(
            rules.ROUND,
            _("户 %(number)s 不是“%(round)s”要看的户（%(whom)s）")
            % {"number": household.number, "round": round.name, "whom": populations.title_of(round.population)},
        )
    if day < round.starts_on:
        raise Refused(
            rules.ROUND,
            _("排查日期 %(on)s 早于“%(round)s”开始的日期 %(start)s") % {"on": day, "round": round.name, "start": round.starts_on},
        )
