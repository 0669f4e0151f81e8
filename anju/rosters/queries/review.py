"""The pairs a clerk decides one after another: the queue, one pair side by side, why the engine hesitated, what a verdict will cause."""

import itertools
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from django.db.models import Count, Q
from django.utils.translation import gettext as _
from django.utils.translation import pgettext_lazy

from anju.accounts.models import User
from anju.accounts.scope import within
from anju.divisions import queries as places
from anju.privacy.vault import open_all
from anju.registry.models import Category, Household, Membership, Person
from anju.rosters import marking
from anju.rosters.actions import deciding
from anju.rosters.actions.deciding import Consequences
from anju.rosters.marking import Part
from anju.rosters.models import Batch, BatchRow, Decision, Match, MatchRun
from anju.rosters.queries.keyset import Page, cursor, made
from anju.vocabulary import idnumber, relation

_SEXES = {"1": pgettext_lazy("性别", "男"), "2": pgettext_lazy("性别", "女")}
_MEMBERS = 12
_HISTORY = 12
_PACE = 30
_CLOSE = 0.85


@dataclass(frozen=True)
class QueueItem:
    """One open pair in the queue."""

    match: Match
    listed_name: str
    held_name: str
    place: str
    score: float


@dataclass(frozen=True)
class ReviewProgress:
    """How far the review of a comparison is; ``seconds_left`` at the user's present pace, None before there is one."""

    done: int
    total: int
    same: int
    different: int
    doubtful: int
    seconds_left: int | None


@dataclass(frozen=True)
class FieldPair:
    """One field on both sides: ``=`` equal, ``≈`` said alike, ``≠`` different, ``+`` only one side has it."""

    label: str
    listed: list[Part]
    sign: str
    held: list[Part]


@dataclass(frozen=True)
class Evidence:
    """What one feature weighs for (+) or against (−), in bits."""

    label: str
    weight: float


@dataclass(frozen=True)
class Earlier:
    """This person, or this number, on a list."""

    as_of: date
    category: str
    id_tail: str
    name: str
    batch_id: int


@dataclass(frozen=True)
class ReviewPage:
    """One pair."""

    match: Match
    headline: str
    explanation: str
    score: float
    list_title: str
    list_note: str
    held_title: str
    held_note: str
    fields: list[FieldPair]
    evidence: list[Evidence]
    consequences: Consequences
    history: list[Earlier]
    alike: int
    alike_words: str


def _open(run: MatchRun, user: User) -> Any:
    return Match.objects.filter(within(user.area), run=run, outcome=Match.Outcome.REVIEW, verdict=Match.Verdict.OPEN)


def queue(run: MatchRun, user: User, after: str = "", limit: int = 12) -> Page[QueueItem]:
    """Open pairs, the least certain first."""
    found = _open(run, user).select_related("row", "person", "other_row").order_by("score", "id")
    total = found.count()
    at = cursor(after, 2)
    if at:
        score, key = at[1]
        found = found.filter(score__gte=score).filter(Q(score__gt=score) | Q(pk__gt=int(key)))
    part = made(list(found[: limit + 1]), limit, at, lambda match: (match.score or 0.0, match.pk), total)
    names = places.below_county({match.area[:9] for match in part.rows})
    rows = [
        QueueItem(match, match.row.name if match.row else "", _held_name(match), names.get(match.area[:9], ""), match.score or 0.0)
        for match in part.rows
    ]
    return Page(rows, part.after, part.total, part.first, part.last)


def _held_name(match: Match) -> str:
    if match.person:
        return match.person.name
    return match.other_row.name if match.other_row else ""


def progress(run: MatchRun, user: User) -> ReviewProgress:
    """How far the review is."""
    counted = (
        Match.objects.filter(within(user.area), run=run, outcome=Match.Outcome.REVIEW)
        .values("verdict")
        .annotate(count=Count("pk"))
        .values_list("verdict", "count")
    )
    counts: dict[str, int] = dict(counted.order_by())
    same, different, doubtful = (counts.get(verdict, 0) for verdict in ("same", "different", "doubtful"))
    left = counts.get("", 0)
    done = same + different + doubtful
    return ReviewProgress(done, done + left, same, different, doubtful, _seconds(run, user, left))


def _seconds(run: MatchRun, user: User, left: int) -> int | None:
    """At the pace of the user's last verdicts; pauses of more than five minutes don't count."""
    moments = list(
        Decision.objects.filter(run=run, by=user, kind=Decision.Kind.VERDICT).order_by("-id").values_list("at", flat=True)[:_PACE]
    )
    gaps = [gap for later, earlier in itertools.pairwise(moments) if (gap := later - earlier) < timedelta(minutes=5)]
    return int(sum(gaps, timedelta()).total_seconds() / len(gaps) * left) if gaps and left else None


def next_open(run: MatchRun, user: User, after_match: Match | None = None) -> Match | None:
    """The next pair to decide: the least certain, or the one behind ``after_match`` in the queue."""
    found = _open(run, user).select_related("run__batch", "row__batch", "person", "household", "other_row__batch").order_by("score", "id")
    if after_match is not None:
        score = after_match.score or 0.0
        found = found.filter(score__gte=score).filter(Q(score__gt=score) | Q(pk__gt=after_match.pk))
    first: Match | None = found.first()
    return first


def page(match: Match, user: User) -> ReviewPage:
    """One pair with everything that helps to decide."""
    row = match.row
    assert row is not None
    batch = match.run.batch
    score = match.score or 0.0
    evidence = [
        Evidence(str(one.get("label", "")), float(one.get("weight") or 0.0))
        for one in sorted(match.evidence or [], key=lambda one: -abs(float(one.get("weight") or 0.0)))
        if one.get("weight")
    ]
    evidence.sort(key=lambda one: -one.weight)
    others = deciding.alike(match, user).exclude(pk=match.pk).count()
    held_title, held_note = _held_titles(match)
    return ReviewPage(
        match=match,
        headline=_("很可能是同一人。") if score >= _CLOSE else _("可能是同一人，拿不准。"),
        explanation=match.explanation,
        score=score,
        list_title=_("名单 第 %(row)s 行") % {"row": f"{row.row:,}"},
        list_note=_("%(list)s · 截至 %(day)s") % {"list": batch.title, "day": batch.as_of},
        held_title=held_title,
        held_note=held_note,
        fields=_fields(match),
        evidence=evidence,
        consequences=deciding.consequences(match=match),
        history=history(match, user),
        alike=others,
        alike_words="、".join(match.pattern.split("；")[:4]),
    )


def _held_titles(match: Match) -> tuple[str, str]:
    if match.other_row:
        other = match.other_row.batch
        return _("%(list)s 第 %(row)s 行") % {"list": other.title, "row": f"{match.other_row.row:,}"}, _("截至 %(day)s") % {
            "day": other.as_of
        }
    household = _household(match)
    number = household.number if household else ""
    groups = _groups(household)
    return (_("登记库 户 %(number)s") % {"number": f"{number[:6]}…{number[-4:]}"} if number else _("登记库")), groups


def _groups(household: Household | None) -> str:
    if household is None or not household.groups:
        return _("不在任何名单") if household else ""
    short = dict(Category.objects.values_list("code", "name"))
    return "＋".join(short.get(code, code) for code in household.groups.split("+"))


def _household(match: Match) -> Household | None:
    """The household the person lives in now."""
    spell = Membership.objects.open().filter(person=match.person_id).select_related("household").first() if match.person_id else None
    return spell.household if spell else None


# ------------------------------------------------------------------------------------------------ side by side


def _pair(label: str, left: str, right: str, *, name: bool = False) -> FieldPair:
    listed, held = marking.compare(left, right)
    return FieldPair(label, listed, marking.sign(left, right, name=name), held)


def _born(value: date | None, precision: str) -> str:
    if value is None:
        return ""
    return value.strftime("%Y-%m") if precision == "month" else value.isoformat()


def _fields(match: Match) -> list[FieldPair]:
    row = match.row
    assert row is not None
    if match.other_row is not None:
        return _list_fields(row, match.other_row)
    person, household = match.person, _household(match)
    assert person is not None
    names = places.below_county({row.area, household.area if household else row.area})
    members = _mates(row)
    spells = list(
        Membership.objects.open().filter(household=household).select_related("person").order_by("-relation", "person_id")[: _MEMBERS * 2]
        if household
        else []
    )
    open_all(row, person, *members, *(spell.person for spell in spells))
    own = next((spell for spell in spells if spell.person_id == person.pk), None)
    head = next((spell for spell in spells if spell.is_head), None)
    fields = [
        _pair(_("姓名"), row.name, person.name, name=True),
        _pair(_("证件号"), row.typed.clear, person.id_number.clear),
        _pair(_("出生日期"), _born(row.birth_date, row.birth_precision), _born(person.birth_date, person.birth_precision)),
        _pair(_("性别"), str(_SEXES.get(row.sex, "")), str(_SEXES.get(person.sex, ""))),
        _pair(_("村组"), names.get(row.area, "") if row.placed else row.place, names.get(household.area, "") if household else ""),
        _pair(_("住址"), row.address, household.address if household else ""),
        _pair(
            _("户主"),
            _with_relation(_list_head(row, members), _(relation.NAMES.get(row.relation, ""))),
            _with_relation(head.person.name if head else "", _(relation.NAMES.get(own.relation, "")) if own else ""),
        ),
        *_member_fields(members, [spell for spell in spells if spell.person_id != person.pk]),
        _pair(_("联系电话"), row.phone.clear, person.phone.clear),
        _pair(_("证号"), row.cert_no.clear, person.disability_cert.clear if "disability_kind" in row.extra else ""),
    ]
    category = Category.objects.filter(code=match.run.batch.category).values_list("name", flat=True).first() or ""
    held = _groups(household) if household and household.groups else ""
    fields.append(FieldPair(_("对象类别"), marking.parts(category), "=" if category and category == held else "+", marking.parts(held)))
    return [one for one in fields if one.listed or one.held]


def _with_relation(name: str, word: str) -> str:
    return f"{name}（{'本人' if word == '户主' else word}）" if name and word else name


def _mates(row: BatchRow) -> list[BatchRow]:
    """The others of the row's household on the list."""
    if not row.household:
        return []
    return list(BatchRow.objects.filter(batch=row.batch_id, household=row.household).exclude(pk=row.pk).order_by("id")[:_MEMBERS])


def _list_head(row: BatchRow, mates: list[BatchRow]) -> str:
    if row.relation == relation.HEAD:
        return row.name
    return next((mate.name for mate in mates if mate.relation == relation.HEAD), row.head_name)


def _member_fields(mates: list[BatchRow], spells: list[Membership]) -> list[FieldPair]:
    """The households' other members, those of the same number or name side by side."""
    left = list(spells)
    fields = []
    for mate in mates:
        other = next((s for s in left if mate.id_number and s.person.id_number == mate.id_number), None) or next(
            (s for s in left if s.person.name == mate.name), None
        )
        if other is not None:
            left.remove(other)
        fields.append(
            _pair(
                "",
                f"{mate.name} {mate.typed.clear}".strip(),
                f"{other.person.name} {other.person.id_number.clear}".strip() if other else _("无此人"),
            )
        )
    for spell in left[:_MEMBERS]:
        born = _born(spell.person.birth_date, spell.person.birth_precision)
        fields.append(_pair("", _("无此人"), f"{spell.person.name} {_(relation.NAMES.get(spell.relation, ''))} {born}".strip()))
    if fields:
        first = fields[0]
        fields[0] = FieldPair(_("户内成员"), first.listed, first.sign, first.held)
    return [
        FieldPair(one.label, one.listed, "≠" if _("无此人") in {_text(one.listed), _text(one.held)} else one.sign, one.held)
        for one in fields
    ]


def _text(parts: list[Part]) -> str:
    return "".join(part.text for part in parts)


def _list_fields(row: BatchRow, other: BatchRow) -> list[FieldPair]:
    names = places.below_county({row.area, other.area})
    open_all(row, other)
    pairs = [
        _pair(_("姓名"), row.name, other.name, name=True),
        _pair(_("证件号"), row.typed.clear, other.typed.clear),
        _pair(_("出生日期"), _born(row.birth_date, row.birth_precision), _born(other.birth_date, other.birth_precision)),
        _pair(_("性别"), str(_SEXES.get(row.sex, "")), str(_SEXES.get(other.sex, ""))),
        _pair(_("村组"), names.get(row.area, "") if row.placed else row.place, names.get(other.area, "") if other.placed else other.place),
        _pair(_("户主"), row.head_name, other.head_name, name=True),
        _pair(_("与户主关系"), _(relation.NAMES.get(row.relation, "")), _(relation.NAMES.get(other.relation, ""))),
        _pair(_("联系电话"), row.phone.clear, other.phone.clear),
        _pair(_("证号"), row.cert_no.clear, other.cert_no.clear),
    ]
    return [one for one in pairs if one.listed or one.held]


# ------------------------------------------------------------------------------------------------ history and full numbers


def history(match: Match, user: User) -> list[Earlier]:
    """This row's number, and this person, on the lists so far, newest first; lists of other areas aren't shown."""
    row, person = match.row, match.person
    numbers = {number for number in (row.id_number if row else "", person.id_number if person else "") if number}
    found: dict[int, BatchRow] = {}
    base = (
        BatchRow.objects.filter(within(user.area))
        .exclude(batch__status__in=[Batch.Status.VOIDED, Batch.Status.FAILED])
        .select_related("batch")
    )
    for one in base.filter(id_number__in=numbers).order_by("-batch__as_of", "-id")[: _HISTORY * 2] if numbers else ():
        found[one.pk] = one
    if person is not None:
        matched = Match.objects.filter(
            Q(outcome="auto") | Q(verdict="same") | Q(applied=True), person=person, run__current=True, run__kind=MatchRun.Kind.REGISTER
        )
        for one in base.filter(pk__in=list(matched.values_list("row_id", flat=True)[: _HISTORY * 2])):
            found[one.pk] = one
    if row is not None:
        found[row.pk] = row
    shorts = dict(Category.objects.values_list("code", "short"))
    ordered = sorted(found.values(), key=lambda one: (one.batch.as_of, one.pk), reverse=True)[:_HISTORY]
    open_all(*ordered)
    return [
        Earlier(
            one.batch.as_of,
            shorts.get(one.batch.category) or one.batch.title,
            idnumber.tail(one.typed.clear),
            one.name,
            one.batch_id,
        )
        for one in ordered
    ]


@dataclass(frozen=True)
class FullNumbers:
    """The full numbers of a pair, and whose they are in words that say no number."""

    listed: str
    held: str
    subject: str

    @property
    def count(self) -> int:
        """How many numbers there are to see."""
        return sum(1 for one in (self.listed, self.held) if one)


def full_numbers(match: Match) -> FullNumbers:
    """The numbers of both sides; to be shown only after ``exports.actions.revealing.reveal``."""
    row, person, other = match.row, match.person, match.other_row
    held = person.id_number.clear if isinstance(person, Person) else (other.typed.clear if other else "")
    place = _("%(list)s 第 %(row)s 行") % {"list": match.run.batch.title, "row": row.row} if row else match.run.batch.title
    return FullNumbers(row.typed.clear if row else "", held, place)
