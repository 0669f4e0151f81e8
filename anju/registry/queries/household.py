"""One household, whole: as it was on a day, as known now or then."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.db.models import Q
from django.utils.translation import gettext as _

from anju import clock
from anju.accounts import scope
from anju.privacy.vault import open_all
from anju.registry.facts import known, true_on
from anju.registry.models import (
    Belonging,
    Category,
    Change,
    DatedFlag,
    DwellingState,
    FormerParticulars,
    Household,
    Leaving,
    Membership,
    Occupancy,
    Particulars,
    PastSupport,
    Person,
    Registration,
)
from anju.vocabulary import idnumber, relation


@dataclass(frozen=True, slots=True)
class Standing:
    """A category spell of the household or of one of its members."""

    code: str
    name: str
    short: str
    person_id: int | None
    person: str
    since: date
    until: date | None
    source: str
    in_force: bool


@dataclass(frozen=True, slots=True)
class FlagView:
    """A dated flag."""

    flag: str
    label: str
    person_id: int | None
    person: str
    since: date
    note: str


@dataclass(frozen=True, slots=True)
class Member:
    """A member, with age on the day asked for. ``id_number`` is whole; pages show ``id_masked``."""

    person_id: int
    name: str
    id_number: str
    id_masked: str
    id_conflict: bool
    sex: str
    birth_date: date | None
    birth_precision: str
    age: int | None
    relation: str
    relation_name: str
    is_head: bool
    since: date
    phone: str
    ethnic: str
    disability_kind: str
    disability_level: int | None
    disability_cert: str
    categories: tuple[Standing, ...]
    flags: tuple[FlagView, ...]


@dataclass(frozen=True, slots=True)
class FormerMember:
    """Somebody who belonged to the household before."""

    person_id: int
    name: str
    relation_name: str
    since: date
    until: date


@dataclass(frozen=True, slots=True)
class HouseView:
    """A house the household stands in some relation to, as the house was on the day."""

    number: str
    kind: str
    kind_name: str
    since: date
    state: DwellingState | None
    replaces: str


@dataclass(frozen=True, slots=True)
class Support:
    """An earlier subsidised work; ``amount`` in fen."""

    year: int
    kind: str
    amount: int | None
    person: str
    source: str


@dataclass(frozen=True, slots=True)
class Event:
    """One line of the timeline."""

    id: int
    kind: str
    label: str
    sentence: str
    on: date
    recorded_at: datetime
    by: str
    source: str
    reverses: int | None
    reversed: bool
    reversible: bool


@dataclass(frozen=True, slots=True)
class HouseholdPage:
    """Everything the register knows of a household on ``on``, as known at ``known_at`` (None: now).

    ``categories`` has the primary one first; ``exists`` is False before it was enrolled and after it was closed or merged.
    """

    id: int
    number: str
    area: str
    address: str
    phone: str
    on: date
    known_at: datetime | None
    exists: bool
    opened_on: date
    closed_on: date | None
    ending: str
    merged_into: str
    merged_from: tuple[str, ...]
    head: Member | None
    members: tuple[Member, ...]
    former_members: tuple[FormerMember, ...]
    categories: tuple[Standing, ...]
    primary: Standing | None
    flags: tuple[FlagView, ...]
    dwellings: tuple[HouseView, ...]
    past_supports: tuple[Support, ...]
    timeline: tuple[Event, ...]


def age_on(born: date | None, day: date) -> int | None:
    """Full years on ``day``."""
    return None if born is None else day.year - born.year - ((day.month, day.day) < (born.month, born.day))


def particulars_then(persons: Iterable[Person], known_at: datetime | None) -> dict[int, Particulars]:
    """Each person's particulars as they were known at ``known_at``."""
    by_key: dict[int, Particulars] = {person.pk: person for person in persons}
    if known_at is not None:
        late = [key for key, person in by_key.items() if isinstance(person, Person) and person.recorded_at > known_at]
        former = FormerParticulars.objects.filter(person__in=late, superseded_at__gt=known_at).order_by(
            "person_id", "-superseded_at", "-id"
        )
        by_key.update({row.person_id: row for row in former})
    return by_key


def household_page(*, number: str, within: str, on: date | None = None, known_at: datetime | None = None) -> HouseholdPage:
    """The household of that number inside ``within``. Raises ``Household.DoesNotExist`` where there is none."""
    household = Household.objects.select_related("merged_into").filter(scope.within(within)).get(number=number)
    day = on or clock.today()
    registration = Registration.objects.filter(true_on(day, known_at), household=household).order_by("-id").first()
    spells = list(
        Membership.objects.filter(true_on(day, known_at), household=household).select_related("person").order_by("valid_from", "id")
    )
    former = list(_former(household, day, known_at, {spell.person_id for spell in spells}))
    facts = particulars_then([spell.person for spell in (*spells, *former)], known_at)
    persons = [spell.person_id for spell in spells]
    names = {key: row.name for key, row in facts.items()}
    open_all(household, *facts.values())
    standings = _standings(household, persons, names, day, known_at)
    flags = _flags(household, persons, names, day, known_at)
    members = tuple(
        sorted(
            (_member(spell, facts[spell.person_id], standings, flags, day) for spell in spells),
            key=lambda member: (not member.is_head, member.relation, member.birth_date or date.max, member.person_id),
        )
    )
    ended = (
        None
        if registration
        else Registration.objects.filter(household=household, superseded_at__isnull=True, valid_to__lte=day)
        .order_by("-valid_to", "-id")
        .first()
    )
    shown = registration or ended
    return HouseholdPage(
        id=household.pk,
        number=household.number,
        area=shown.area if shown else household.area,
        address=shown.address if shown else household.address,
        phone=household.phone.clear,
        on=day,
        known_at=known_at,
        exists=registration is not None,
        opened_on=household.opened_on,
        closed_on=household.closed_on,
        ending=str(Registration.Ending(ended.ending).label) if ended and ended.ending else "",
        merged_into=household.merged_into.number if household.merged_into else "",
        merged_from=tuple(household.merged_from.order_by("number").values_list("number", flat=True)),
        head=next((member for member in members if member.is_head), None),
        members=members,
        former_members=tuple(
            FormerMember(
                spell.person_id, names[spell.person_id], _(relation.NAMES[spell.relation]), spell.valid_from, spell.valid_to or day
            )
            for spell in former
        ),
        categories=standings,
        primary=next((standing for standing in standings if standing.in_force), None),
        flags=flags,
        dwellings=_houses(household, day, known_at),
        past_supports=_supports(household, persons, names, known_at),
        timeline=_timeline(household, known_at),
    )


def _former(household: Household, day: date, known_at: datetime | None, present: set[int]) -> Iterable[Membership]:
    spells = (
        Membership.objects.filter(known(known_at), household=household, valid_to__lte=day)
        .select_related("person")
        .order_by("-valid_to", "-id")
    )
    seen = set(present)
    for spell in spells:
        if spell.person_id not in seen:
            seen.add(spell.person_id)
            yield spell


def _member(spell: Membership, person: Particulars, standings: Sequence[Standing], flags: Sequence[FlagView], day: date) -> Member:
    return Member(
        person_id=spell.person_id,
        name=person.name,
        id_number=person.id_number.clear,
        id_masked=idnumber.mask(person.id_number.clear),
        id_conflict=person.id_conflict,
        sex=person.sex,
        birth_date=person.birth_date,
        birth_precision=person.birth_precision,
        age=age_on(person.birth_date, day),
        relation=spell.relation,
        relation_name=_(relation.NAMES[spell.relation]),
        is_head=spell.is_head,
        since=spell.valid_from,
        phone=person.phone.clear,
        ethnic=person.ethnic,
        disability_kind=person.disability_kind,
        disability_level=person.disability_level,
        disability_cert=person.disability_cert.clear,
        categories=tuple(standing for standing in standings if standing.person_id == spell.person_id),
        flags=tuple(flag for flag in flags if flag.person_id == spell.person_id),
    )


def _standings(
    household: Household, persons: list[int], names: dict[int, str], day: date, known_at: datetime | None
) -> tuple[Standing, ...]:
    spells = (
        Belonging.objects.filter(true_on(day, known_at))
        .filter(Q(household=household) | Q(person__in=persons))
        .select_related("category")
        .order_by("category__primary_order", "category_id", "valid_from", "id")
    )
    return tuple(
        Standing(
            code=spell.category_id,
            name=_(spell.category.name),
            short=_(spell.category.short),
            person_id=spell.person_id,
            person=names.get(spell.person_id, "") if spell.person_id else "",
            since=spell.valid_from,
            until=spell.valid_to,
            source=spell.source,
            in_force=in_force(spell.category, day),
        )
        for spell in spells
    )


def in_force(category: Category, day: date) -> bool:
    """Whether the category itself exists on the day."""
    return category.valid_from <= day and (category.valid_to is None or day <= category.valid_to)


def _flags(household: Household, persons: list[int], names: dict[int, str], day: date, known_at: datetime | None) -> tuple[FlagView, ...]:
    spells = DatedFlag.objects.filter(true_on(day, known_at)).filter(Q(household=household) | Q(person__in=persons)).order_by("flag", "id")
    return tuple(
        FlagView(
            flag=spell.flag,
            label=str(DatedFlag.Flag(spell.flag).label),
            person_id=spell.person_id,
            person=names.get(spell.person_id, "") if spell.person_id else "",
            since=spell.valid_from,
            note=spell.note,
        )
        for spell in spells
    )


def _houses(household: Household, day: date, known_at: datetime | None) -> tuple[HouseView, ...]:
    spells = list(
        Occupancy.objects.filter(true_on(day, known_at), household=household)
        .select_related("dwelling__replaces")
        .order_by("dwelling__number", "kind")
    )
    states = {
        state.dwelling_id: state
        for state in DwellingState.objects.filter(true_on(day, known_at), dwelling__in=[spell.dwelling_id for spell in spells])
    }
    return tuple(
        HouseView(
            number=spell.dwelling.number,
            kind=spell.kind,
            kind_name=str(Occupancy.Kind(spell.kind).label),
            since=spell.valid_from,
            state=states.get(spell.dwelling_id),
            replaces=spell.dwelling.replaces.number if spell.dwelling.replaces else "",
        )
        for spell in spells
    )


def _supports(household: Household, persons: list[int], names: dict[int, str], known_at: datetime | None) -> tuple[Support, ...]:
    rows = PastSupport.objects.filter(known(known_at)).filter(Q(household=household) | Q(person__in=persons)).order_by("year", "id")
    return tuple(Support(row.year, row.kind, row.amount, names.get(row.person_id, "") if row.person_id else "", row.source) for row in rows)


_FIELD_NAMES = {
    "name": "姓名",
    "id_number": "身份证号",
    "sex": "性别",
    "birth_date": "出生日期",
    "phone": "电话",
    "ethnic": "民族",
    "disability_kind": "残疾类别",
    "disability_level": "残疾等级",
    "disability_cert": "残疾证号",
    "alive": "存亡",
    "death_date": "死亡日期",
}


def _timeline(household: Household, known_at: datetime | None) -> tuple[Event, ...]:
    changes = Change.objects.filter(household=household).select_related("by").order_by("-on", "-recorded_at", "-id")
    if known_at is not None:
        changes = changes.filter(recorded_at__lte=known_at)
    lines = list(changes)
    persons: set[int] = set()
    households: set[int] = set()
    for line in lines:
        detail = line.detail
        persons.update(
            key for key in (detail.get("person"), detail.get("from"), detail.get("to"), *detail.get("persons", ())) if isinstance(key, int)
        )
        households.update(key for key in (detail.get("household"),) if isinstance(key, int))
    names = dict(Person.objects.filter(pk__in=persons).values_list("pk", "name"))
    numbers = dict(Household.objects.filter(pk__in=households).values_list("pk", "number"))
    categories = dict(Category.objects.values_list("code", "name"))
    mains = {line.main_id or line.pk for line in lines}
    undone = set(Change.objects.filter(reverses__in=mains).values_list("reverses_id", flat=True))
    return tuple(
        Event(
            id=line.pk,
            kind=line.kind,
            label=str(Change.Kind(line.kind).label),
            sentence=_sentence(line, names, numbers, categories),
            on=line.on,
            recorded_at=line.recorded_at,
            by=line.by.name if line.by else "",
            source=line.source,
            reverses=line.reverses_id,
            reversed=(line.main_id or line.pk) in undone,
            reversible=line.kind not in (Change.Kind.ENROLLED, Change.Kind.UNDONE) and (line.main_id or line.pk) not in undone,
        )
        for line in lines
    )


def _sentence(line: Change, names: dict[int, str], numbers: dict[int, str], categories: dict[str, str]) -> str:
    detail: dict[str, Any] = line.detail
    words = {
        "person": names.get(detail.get("person") or 0, ""),
        "before": names.get(detail.get("from") or 0, "") if isinstance(detail.get("from"), int) else "",
        "after": names.get(detail.get("to") or 0, "") if isinstance(detail.get("to"), int) else "",
        "persons": _("、").join(names[key] for key in detail.get("persons", ()) if key in names),
        "household": numbers.get(detail.get("household") or 0, ""),
        "category": _(categories.get(detail.get("category", ""), "")) if detail.get("category") else "",
        "reason": str(Leaving(detail["reason"]).label) if line.kind == "member_left" else detail.get("reason", ""),
        "fields": _("、").join(_(_FIELD_NAMES[field]) for field in detail.get("fields", ()) if field in _FIELD_NAMES),
        "flag": str(DatedFlag.Flag(detail["flag"]).label) if detail.get("flag") else "",
        "kind": str(Occupancy.Kind(detail["kind"]).label) if line.kind in ("housed", "vacated") else "",
        "what": str(Change.Kind(detail["undone"]).label) if detail.get("undone") else "",
    }
    kinds = Change.Kind
    match line.kind:
        case kinds.HEAD_CHANGED:
            text = _("户主由%(before)s变更为%(after)s") if words["before"] else _("%(after)s为户主")
        case kinds.SPLIT:
            text = _("%(persons)s分出，另立 %(household)s 户")
        case kinds.SPLIT_OFF:
            text = _("由 %(household)s 户分出")
        case kinds.MERGED:
            text = _("并入 %(household)s 户")
        case kinds.ABSORBED:
            text = _("%(household)s 户并入，%(persons)s成为成员")
        case kinds.MEMBER_JOINED:
            text = _("%(person)s成为成员")
        case kinds.MEMBER_LEFT:
            text = _("%(person)s不再是成员：%(reason)s")
        case kinds.CATEGORY_GAINED:
            text = _("%(person)s纳入%(category)s") if words["person"] else _("本户纳入%(category)s")
        case kinds.CATEGORY_LOST:
            text = _("%(person)s退出%(category)s") if words["person"] else _("本户退出%(category)s")
        case kinds.CORRECTED:
            text = _("更正%(person)s的%(fields)s：%(reason)s")
        case kinds.FILLED:
            text = _("补全%(person)s的%(fields)s")
        case kinds.FLAGGED | kinds.FLAG_ENDED:
            text = _("%(person)s%(flag)s")
        case kinds.HOUSED | kinds.VACATED:
            text = _("房屋（%(kind)s）")
        case kinds.CLOSED:
            text = _("销户：%(reason)s")
        case kinds.UNDONE:
            text = _("撤销“%(what)s”")
        case _other:
            return ""
    return text % words
