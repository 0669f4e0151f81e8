"""Appraisals are submitted, one or many, acknowledged, withdrawn."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from anju import clock, temporary
from anju.accounts.filling import sent_before
from anju.accounts.models import Organisation, User
from anju.accounts.roles import Power
from anju.appraisals import grades, identity, numbering, rules, settling
from anju.appraisals.judging import Judged, computed, concluded, default_advice, findings, judge, last_day_to_object
from anju.appraisals.models import Appraisal, Hazard, NumberSeries, Objection, Posting, Round
from anju.appraisals.permitting import allow, day_of, locked, on_register, standing
from anju.evidence.models import Album
from anju.refusing import Refused
from anju.registry.facts import known
from anju.registry.models import Dwelling, Household, Occupancy
from anju.trail.acting import everywhere
from anju.trail.acts import recorded
from anju.vocabulary.fieldwork import Captured

_NOWHERE = Captured()


@dataclass(frozen=True, slots=True)
class Word:
    """农户意见: whether the household agrees with the result, and the day on which it was told and signed."""

    agreed: bool
    on: date


@dataclass(frozen=True, slots=True, kw_only=True)
class Paper:
    """One appraisal as it is handed in; its fields as ``submit`` names them, and ``word``, where the household has signed already. The household is
    locked by who hands it in."""

    household: Household
    dwelling: Dwelling
    form: Mapping[str, Any]
    on: date
    appraisers: Sequence[str]
    kind: str = Appraisal.Kind.APPRAISED
    organiser: str = Appraisal.Organiser.COUNTY
    agency: Organisation | None = None
    trigger: str = Appraisal.Trigger.FIRST
    round: Round | None = None
    grade: str = ""
    why: str = ""
    advice: str = ""
    opinion: str = ""
    subsidy: bool = False
    album: Album | None = None
    captured: Captured = _NOWHERE
    source: str = ""
    word: Word | None = None


@recorded("appraisal.submitted")
@transaction.atomic
def submit(
    *,
    household: Household,
    dwelling: Dwelling,
    form: Mapping[str, Any],
    on: date | None = None,
    by: User,
    appraisers: Sequence[str],
    kind: str = Appraisal.Kind.APPRAISED,
    organiser: str = Appraisal.Organiser.COUNTY,
    agency: Organisation | None = None,
    trigger: str = Appraisal.Trigger.FIRST,
    round: Round | None = None,
    grade: str = "",
    why: str = "",
    advice: str = "",
    opinion: str = "",
    subsidy: bool = False,
    album: Album | None = None,
    captured: Captured = _NOWHERE,
    source: str = "",
) -> Appraisal:
    """鉴定: a house gets its grade by the standard of the day; from that day on it holds, until a later appraisal.

    ``form``: what ``anju.grading`` reads (components, site, …), without standard, area and date, which follow from the house and ``on``.
    ``grade``: the appraiser's conclusion where it isn't the computed one, with ``why``. ``appraisers``: names as they sign. ``subsidy``: the paper is
    to carry an application, so the identity must have been confirmed before (S4-05). The same ``captured.client_id`` gives the same appraisal.
    """
    allow(by, Power.APPRAISE, household.area)
    day = day_of(on)
    row = standing(household)
    if (sent := sent_before(Appraisal, captured)) is not None:
        return _the_same(sent, dwelling, day, grade)
    paper = Paper(
        household=row, dwelling=dwelling, form=form, on=day, appraisers=appraisers, kind=kind, organiser=organiser, agency=agency, trigger=trigger,
        round=round, grade=grade, why=why, advice=advice, opinion=opinion, subsidy=subsidy, album=album, captured=captured, source=source,
    )  # fmt: skip
    made = _written([(paper, _checked(paper, _known([paper]), by))], by)[0]
    made.refresh_from_db()
    return made


@recorded("appraisal.submitted")
@transaction.atomic
def submit_many(*, papers: Sequence[Paper], by: User) -> dict[int, Refused]:
    """Many appraisals in one act, each held to all that ``submit`` holds one to. Those refused aren't written: place in ``papers`` → why."""
    said = _known(papers)
    sound: list[tuple[Paper, Judged]] = []
    refusals: dict[int, Refused] = {}
    with clock.one_day():
        for at, paper in enumerate(papers):
            try:
                sound.append((paper, _checked(paper, said, by)))
            except Refused as refused:
                refusals[at] = refused
        _written(sound, by)
    return refusals


@dataclass(frozen=True, slots=True)
class _Known:
    """What the register says of the households of papers: since when and until when each lives in which house, and its standings on lists."""

    lives: Mapping[tuple[int, int], Sequence[tuple[date, date | None]]]
    standings: identity.Standings


def _known(papers: Sequence[Paper]) -> _Known:
    households = {paper.household.pk for paper in papers}
    spells = Occupancy.objects.filter(known(), household__in=households)
    lives: dict[tuple[int, int], list[tuple[date, date | None]]] = {}
    for household, dwelling, since, until in spells.values_list("household_id", "dwelling_id", "valid_from", "valid_to"):
        lives.setdefault((household, dwelling), []).append((since, until))
    with everywhere():
        standings = identity.standings(paper.household.pk for paper in papers if paper.subsidy)
    return _Known(lives, standings)


def _checked(paper: Paper, said: _Known, by: User) -> Judged:
    """The form as computed, where nothing speaks against the paper; else ``Refused``."""
    allow(by, Power.APPRAISE, paper.household.area)
    day_of(paper.on)
    on_register(paper.household)
    _of_household(paper, said)
    if not _names(paper):
        raise Refused(rules.APPRAISERS, _("没有写鉴定人，请填写鉴定人姓名"))
    judged = judge(paper.form, area=paper.household.area, on=paper.on)
    concluded(judged, paper.grade, paper.why)
    if paper.subsidy:
        _identified(paper, said)
    if paper.word is not None:
        may_hear(paper.word, appraised=paper.on, area=paper.household.area, by=by)
    return judged


def _names(paper: Paper) -> list[str]:
    return [name.strip()[:30] for name in paper.appraisers if name.strip()]


def _written(sound: Sequence[tuple[Paper, Judged]], by: User) -> list[Appraisal]:
    """The appraisals with their numbers and findings; houses get their grades, and what they answer is answered."""
    now = timezone.now()
    numbers = _numbered([paper for paper, _judged in sound])
    made = [_appraisal(paper, judged, number, by, now) for (paper, judged), number in zip(sound, numbers, strict=True)]
    temporary.insert(made)
    temporary.insert([found for row, (_paper, judged) in zip(made, sound, strict=True) for found in findings(row, judged)])
    grades.settle((row.dwelling_id for row in made), now)
    settling.settle(made)
    return made


def _numbered(papers: Sequence[Paper]) -> list[str]:
    """A number for each, in their order; those of a county's year are given at once."""
    series: dict[tuple[str, int], list[int]] = {}
    for at, paper in enumerate(papers):
        series.setdefault((paper.household.area[:6], paper.on.year), []).append(at)
    given: dict[int, str] = {}
    for (county, year), places in sorted(series.items()):
        given |= zip(places, numbering.give(NumberSeries.Kind.REPORT, county, year, len(places)), strict=True)
    return [given[at] for at in range(len(papers))]


def _appraisal(paper: Paper, judged: Judged, number: str, by: User, now: datetime) -> Appraisal:
    final = paper.grade or judged.outcome.grade
    captured, area = paper.captured, paper.household.area
    return Appraisal(
        number=number, household=paper.household, dwelling=paper.dwelling, area=area, round=paper.round, on=paper.on,
        kind=Appraisal.Kind(paper.kind), organiser=Appraisal.Organiser(paper.organiser), agency=paper.agency, appraisers=_names(paper),
        trigger=Appraisal.Trigger(paper.trigger), **computed(judged), grade=final, override_reason=paper.why.strip()[:300],
        advice=paper.advice or default_advice(judged, final), opinion=paper.opinion.strip()[:500], subsidy=paper.subsidy,
        objection_until=last_day_to_object(area, paper.on), album=paper.album, by=by, recorded_at=now, client_id=captured.client_id,
        captured_at=captured.at, device=captured.device[:80], source=paper.source, **_signed(paper.word),
    )  # fmt: skip


def _the_same(known: Appraisal, dwelling: Dwelling, day: date, grade: str) -> Appraisal:
    if (known.dwelling_id, known.on) != (dwelling.pk, day) or (grade and grade != known.grade):
        raise Refused(rules.TWICE, _("这份提交已登记为 %(number)s，内容与这次的不同；请作为新的鉴定另行提交") % {"number": known.number})
    return known


def _of_household(paper: Paper, said: _Known) -> None:
    spells = said.lives.get((paper.household.pk, paper.dwelling.pk), ())
    if not any(since <= paper.on and (until is None or until > paper.on) for since, until in spells):
        raise Refused(
            rules.HOUSE,
            _("房屋 %(house)s 在 %(on)s 不是户 %(number)s 的住房；请先在农户页登记房屋")
            % {"house": paper.dwelling.number, "on": paper.on, "number": paper.household.number},
        )


def _identified(paper: Paper, said: _Known) -> None:
    if said.standings.confirmed(paper.household, paper.on) is None:
        raise Refused(
            rules.IDENTITY,
            _("户 %(number)s 到 %(on)s 还不在已锁定的重点对象名单上；请先比对并锁定名单，或不勾选“用于申请补助”")
            % {"number": paper.household.number, "on": paper.on},
        )


@recorded("appraisal.acknowledged")
@transaction.atomic
def acknowledge(*, appraisal: Appraisal, agreed: bool, by: User, on: date | None = None) -> Appraisal:
    """The household has signed under the result, that it agrees or that it doesn't; an objection itself is ``objecting.raise_objection``."""
    word = Word(agreed, on or clock.today())
    may_hear(word, appraised=appraisal.on, area=appraisal.area, by=by)
    row = current(appraisal)
    signed = _signed(word)
    for name, said in signed.items():
        setattr(row, name, said)
    row.save(update_fields=list(signed))
    return row


def may_hear(word: Word, *, appraised: date, area: str, by: User) -> None:
    """Refused where this person may not take the household's word down, or the day can't be."""
    allow(by, Power.HEAR_OBJECTIONS, area)
    if day_of(word.on) < appraised:
        raise Refused(rules.DAY, _("告知日期 %(on)s 早于鉴定日期 %(appraised)s") % {"on": word.on, "appraised": appraised})


def _signed(word: Word | None) -> dict[str, Any]:
    if word is None:
        return {}
    answer = Appraisal.Acknowledgement
    return {"acknowledged": answer.AGREED if word.agreed else answer.OBJECTED, "acknowledged_on": word.on}


@recorded("appraisal.withdrawn")
@transaction.atomic
def withdraw(*, appraisal: Appraisal, by: User, reason: str) -> Appraisal:
    """作废: the paper doesn't count; the grade before it holds again, and what it settled waits again. It stays readable with the reason."""
    row, refused = _withdrawn([appraisal.pk], by, reason)
    if refused:
        raise refused[appraisal.pk]
    return row[0]


@recorded("appraisal.withdrawn")
@transaction.atomic
def withdraw_many(*, appraisals: Sequence[int], by: User, reason: str, own: bool = False) -> dict[int, Refused]:
    """Many papers, by their keys, each held to all that ``withdraw`` holds one to. Those refused still count: key → why.

    ``own``: a workbook of this person's is taken back; for the papers they handed in themselves, the power to appraise is enough.
    """
    return _withdrawn(appraisals, by, reason, own)[1]


def _withdrawn(appraisals: Sequence[int], by: User, reason: str, own: bool = False) -> tuple[list[Appraisal], dict[int, Refused]]:
    asked = Appraisal.objects.filter(pk__in=appraisals)
    locked(asked.values_list("household", flat=True))
    rows = list(asked.select_for_update(no_key=True).order_by("pk"))
    hanging = {one.appraisal_id: one for one in Posting.objects.filter(appraisal__in=rows, removed_on=None).order_by("-id")}
    objected = set(Objection.objects.filter(appraisal__in=rows, state=Objection.State.OPEN).values_list("appraisal", flat=True))
    struck = settling.resting(rows)
    standing = dict(Hazard.objects.filter(household__in=list(struck), closed_on=None).values_list("household", "on"))
    now: datetime = timezone.now()
    gone, refusals = [], {}
    for row in rows:
        try:
            allow(by, Power.APPRAISE if own and row.by_id == by.pk else Power.MANAGE_APPRAISALS, row.area)
            _may_go(row, reason, hanging.get(row.pk), row.pk in objected)
            _may_open(row, struck.get(row.household_id, []), standing.get(row.household_id))
        except Refused as refused:
            refusals[row.pk] = refused
            continue
        row.state, row.state_at, row.state_reason, row.superseded_by = Appraisal.State.WITHDRAWN, now, reason.strip()[:300], None
        gone.append(row)
    Appraisal.objects.filter(pk__in=[row.pk for row in gone]).update(
        state=Appraisal.State.WITHDRAWN, state_at=now, state_reason=reason.strip()[:300], superseded_by=None
    )
    grades.settle((row.dwelling_id for row in gone), now)
    settling.reopen(gone)
    return gone, refusals


def _may_go(row: Appraisal, reason: str, hanging: Posting | None, objected: bool) -> None:
    """Refused where the paper can't be withdrawn."""
    if not reason.strip():
        raise Refused(rules.REASON, _("请写明为什么作废"))
    if row.state == Appraisal.State.WITHDRAWN:
        raise Refused(rules.STATE, _("鉴定 %(number)s 已经作废") % {"number": row.number})
    if hanging is not None:
        raise Refused(
            rules.HANGING,
            _("%(kind)s %(number)s 还挂着，请先登记摘牌再作废") % {"kind": hanging.get_kind_display(), "number": hanging.number},
        )
    if objected:
        raise Refused(rules.OBJECTION, _("农户对 %(number)s 的异议还没有处理，请先重新鉴定或答复，再作废") % {"number": row.number})


def _may_open(row: Appraisal, struck: Sequence[Hazard], standing: date | None) -> None:
    """Refused where a hazard struck on the paper couldn't be opened again beside another one of the household."""
    mine = next((hazard for hazard in struck if hazard.appraisal_id == row.pk), None)
    other = standing or next((hazard.on for hazard in struck if hazard is not mine), None)
    if mine is not None and other is not None:
        raise Refused(
            rules.SAFE_AGAIN,
            _(
                "%(on)s 发现的险情凭 %(number)s 销号，作废后要重新办理，而该户 %(other)s 发现的险情也要办理；请先把那一条按别的鉴定或保障途径销号，再作废"
            )
            % {"on": mine.on, "number": row.number, "other": other},
        )


def current(appraisal: Appraisal) -> Appraisal:
    """The appraisal, locked; refused where it was withdrawn or superseded."""
    row = Appraisal.objects.select_for_update(no_key=True).get(pk=appraisal.pk)
    if row.state != Appraisal.State.VALID:
        raise Refused(
            rules.STATE, _("鉴定 %(number)s %(state)s，请办理当前有效的那一份") % {"number": row.number, "state": row.get_state_display()}
        )
    return row


__all__ = ["Paper", "Word", "acknowledge", "current", "may_hear", "submit", "submit_many", "withdraw", "withdraw_many"]
