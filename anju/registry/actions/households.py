"""Changes of one household: head, split, merge, move, members coming and going, closing."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from anju.accounts.models import User
from anju.registry import relations as kinship
from anju.registry.actions.holders import refuse_held_elsewhere
from anju.registry.actions.operation import Operation, known_relation, spell_of, supersede_particulars
from anju.registry.models import (
    Belonging,
    Change,
    DatedFlag,
    Household,
    Leaving,
    Membership,
    NameToken,
    NumberSeries,
    Occupancy,
    Person,
    Registration,
)
from anju.registry.name_tokens import bare, tokens
from anju.registry.refusal import Refused
from anju.trail.acts import recorded
from anju.vocabulary import idnumber, relation

Relations = Mapping[int, str]


@dataclass(frozen=True, slots=True)
class NewPerson:
    """A person who isn't on the register yet."""

    name: str
    id_number: str = ""
    sex: str = ""
    birth_date: date | None = None
    phone: str = ""
    ethnic: str = ""


def give_number(area: str) -> str:
    """The next number of the area's village; the village's series stays locked until the end of the transaction."""
    if len(area) < 6:
        raise Refused(_("没有写明所在村，无法编户号"))
    village = area[:12].ljust(12, "0")
    NumberSeries.objects.bulk_create([NumberSeries(village=village, last=0)], ignore_conflicts=True)
    series = NumberSeries.objects.select_for_update(no_key=True).get(pk=village)
    series.last += 1
    series.save(update_fields=["last"])
    return f"{village}-{series.last:04d}"


def _relate(operation: Operation, spell: Membership, code: str) -> None:
    """The member stands in another relation to the head from the day on."""
    if spell.relation != code:
        operation.end(spell)
        operation.write(
            Membership(
                person=spell.person,
                household_id=spell.household_id,
                area=spell.area,
                relation=code,
                valid_from=operation.on,
                source=spell.source,
            )
        )


def _join(operation: Operation, person: Person, household: Household, code: str) -> None:
    operation.write(Membership(person=person, household=household, area=household.area, relation=code, valid_from=operation.on))


def _spells(household: Household) -> list[Membership]:
    return list(Membership.objects.open().filter(household=household).select_related("person").order_by("id"))


def _pass_on(operation: Operation, household: Household, head: Person, given: Relations) -> Person | None:
    """Makes ``head`` the head; the others' relations as given, else as far as they follow. Returns the former head if still a member."""
    spells = _spells(household)
    new = spell_of(head, household)
    if new.is_head:
        return None
    before = next((spell for spell in spells if spell.is_head), None)
    ordered = sorted(spells, key=lambda spell: (not spell.is_head, spell.person_id == head.pk))
    for spell in ordered:  # the former head steps down before the new one steps up
        if spell.person_id != head.pk:
            code = given.get(spell.person_id) or kinship.of_member(new.relation, spell.relation, spell.person.sex)
            _relate(operation, spell, known_relation(code) if code != relation.HEAD else kinship.OTHER)
    _relate(operation, new, relation.HEAD)
    return before.person if before else None


@recorded("household.head_changed")
@transaction.atomic
def change_head(*, household: Household, head: Person, on: date, by: User | None, relations: Relations | None = None) -> Change:
    """Another member becomes the head 户主变更. ``relations`` gives members' relations to the new head by person key."""
    operation = Operation(on=on, by=by, households=[household])
    row = operation.household(household)
    if spell_of(head, row).is_head:
        raise Refused(_("%(name)s已是户主") % {"name": head.name})
    before = _pass_on(operation, row, head, relations or {})
    operation.line(row, Change.Kind.HEAD_CHANGED, {"from": before.pk if before else None, "to": head.pk})
    return operation.finish()


@recorded("household.split")
@transaction.atomic
def split(
    *,
    household: Household,
    members: Sequence[Person],
    head: Person,
    on: date,
    by: User | None,
    relations: Relations | None = None,
    remaining_head: Person | None = None,
    area: str = "",
    address: str | None = None,
    categories: Sequence[str] = (),
) -> Household:
    """Some members found a household of their own 分户; returns it.

    Category spells of the household stay with the old one; ``categories`` names those the new one has too. If the head leaves,
    ``remaining_head`` follows. Categories of persons go with them.
    """
    operation = Operation(on=on, by=by, households=[household])
    old = operation.household(household)
    leaving = {person.pk for person in members}
    if head.pk not in leaving:
        raise Refused(_("新户的户主%(name)s应在分出的成员之中") % {"name": head.name})
    spells = {spell.person_id: spell for spell in _spells(old)}
    for person in members:
        if person.pk not in spells:
            raise Refused(_("%(name)s不是户 %(number)s 的成员") % {"name": person.name, "number": old.number})
    if leaving == set(spells):
        raise Refused(_("全户都分出等于没有分户；换户主请用户主变更，换地方请用迁移"))
    given = relations or {}
    if any(spells[key].is_head for key in leaving):
        if remaining_head is None or remaining_head.pk in leaving:
            raise Refused(_("户主在分出的成员之中，请从留下的成员中指定新户主"))
        _pass_on(operation, old, remaining_head, given)
        spells_now = {spell.person_id: spell for spell in _spells(old)}
    else:
        spells_now = spells
    place = area or old.area
    new = Household.objects.create(
        number=give_number(place), area=place, address=old.address if address is None else address, opened_on=on, phone=""
    )
    operation.households[new.pk] = new
    operation.write(Registration(household=new, area=place, address=new.address, valid_from=on))
    seen_from = spells[head.pk].relation
    for person in members:
        spell = spells_now[person.pk]
        operation.end(spell)
        if person.pk == head.pk:
            code = relation.HEAD
        else:
            code = known_relation(given.get(person.pk) or kinship.of_member(seen_from, spells[person.pk].relation, person.sex))
            code = kinship.OTHER if code == relation.HEAD else code
        _join(operation, person, new, code)
    for code in categories:
        spell_of_category = Belonging.objects.open().filter(household=old, category=code).first()
        if spell_of_category is None:
            raise Refused(_("原户不在“%(code)s”类别中，新户不能承接") % {"code": code})
        operation.write(Belonging(category_id=code, household=new, area=place, valid_from=on, source=spell_of_category.source))
    operation.line(old, Change.Kind.SPLIT, {"household": new.pk, "persons": [person.pk for person in members]})
    operation.line(new, Change.Kind.SPLIT_OFF, {"household": old.pk, "persons": [person.pk for person in members]})
    operation.finish()
    new.refresh_from_db()
    return new


@recorded("household.merged")
@transaction.atomic
def merge(*, household: Household, into: Household, on: date, by: User | None, relations: Relations | None = None) -> Change:
    """The household goes into another 并户: its members join it, its row stays as *merged into*.

    Categories, flags and houses of the household that the other hasn't go over to it.
    """
    if household.pk == into.pk:
        raise Refused(_("一户不能并入自己"))
    operation = Operation(on=on, by=by, households=[household, into])
    gone, kept = operation.household(household), operation.household(into)
    given = relations or {}
    spells = _spells(gone)
    for spell in spells:
        operation.end(spell)
        code = given.get(spell.person_id, kinship.OTHER)
        _join(operation, spell.person, kept, kinship.OTHER if code == relation.HEAD else known_relation(code))
    for category in Belonging.objects.open().filter(household=gone).order_by("id"):
        operation.end(category)
        if not Belonging.objects.open().filter(household=kept, category=category.category_id).exists():
            operation.write(
                Belonging(category_id=category.category_id, household=kept, area=kept.area, valid_from=on, source=category.source)
            )
    for flag in DatedFlag.objects.open().filter(household=gone).order_by("id"):
        operation.end(flag)
        if not DatedFlag.objects.open().filter(household=kept, flag=flag.flag).exists():
            operation.write(DatedFlag(flag=flag.flag, note=flag.note, household=kept, area=kept.area, valid_from=on, source=flag.source))
    for occupancy in Occupancy.objects.open().filter(household=gone).order_by("id"):
        operation.end(occupancy)
        if not Occupancy.objects.open().filter(household=kept, dwelling=occupancy.dwelling_id, kind=occupancy.kind).exists():
            operation.write(
                Occupancy(
                    dwelling_id=occupancy.dwelling_id,
                    kind=occupancy.kind,
                    household=kept,
                    area=kept.area,
                    valid_from=on,
                    source=occupancy.source,
                )
            )
    operation.end(Registration.objects.open().get(household=gone), ending=Registration.Ending.MERGED, merged_into=kept)
    persons = [spell.person_id for spell in spells]
    operation.line(gone, Change.Kind.MERGED, {"household": kept.pk, "persons": persons})
    operation.line(kept, Change.Kind.ABSORBED, {"household": gone.pk, "persons": persons})
    return operation.finish()


@recorded("household.moved")
@transaction.atomic
def move(*, household: Household, area: str, address: str, on: date, by: User | None) -> Change:
    """The household lives elsewhere from the day on 迁移; it keeps its number."""
    operation = Operation(on=on, by=by, households=[household])
    row = operation.household(household)
    if len(area) < 6:
        raise Refused(_("请选到村"))
    if (area, address) == (row.area, row.address):
        raise Refused(_("新旧住址相同，没有迁移"))
    before = row.area
    operation.end(Registration.objects.open().get(household=row), ending=Registration.Ending.MOVED)
    operation.write(Registration(household=row, area=area, address=address, valid_from=on))
    operation.line(row, Change.Kind.MOVED, {"old_area": before, "new_area": area})
    return operation.finish()


@recorded("household.member_added")
@transaction.atomic
def add_member(*, household: Household, person: Person | NewPerson, relation_code: str, on: date, by: User | None) -> Person:
    """A person joins the household: one of the register who is in no household, or a new one. Returns the person."""
    operation = Operation(on=on, by=by, households=[household])
    row = operation.household(household)
    code = known_relation(relation_code)
    if code == relation.HEAD:
        raise Refused(_("本户已有户主；先加入成员，再变更户主"))
    if isinstance(person, NewPerson):
        joined = _register(person, row.area, operation)
    else:
        joined = Person.objects.select_for_update(no_key=True).get(pk=person.pk)
        if not joined.alive:
            raise Refused(_("%(name)s已登记死亡，不能加入") % {"name": joined.name})
        other = Membership.objects.open().filter(person=joined).select_related("household").first()
        if other is not None:
            raise Refused(_("%(name)s现为户 %(number)s 的成员，请先从该户转出") % {"name": joined.name, "number": other.household.number})
        last = Membership.objects.filter(person=joined, superseded_at__isnull=True, valid_to__gt=on).first()
        if last is not None:
            raise Refused(_("%(name)s到 %(day)s 还在别的户，加入日期不能早于它") % {"name": joined.name, "day": last.valid_to})
    _join(operation, joined, row, code)
    operation.line(row, Change.Kind.MEMBER_JOINED, {"person": joined.pk})
    operation.finish()
    joined.refresh_from_db()
    return joined


def _register(new: NewPerson, area: str, operation: Operation) -> Person:
    if not bare(new.name):
        raise Refused(_("请填写姓名"))
    if new.id_number and (fault := idnumber.fault(new.id_number)):
        raise Refused(_(idnumber.MESSAGES[fault]))
    if new.id_number and (holder := Person.objects.filter(id_number=new.id_number, id_conflict=False).first()):
        raise Refused(_("该身份证号已登记在%(name)s名下；若是同一人，请选择该人加入") % {"name": holder.name})
    refuse_held_elsewhere(new.id_number)
    born = new.birth_date or (idnumber.birth_date(new.id_number) if new.id_number else None)
    try:
        with transaction.atomic():
            person = Person.objects.create(
                name=new.name, id_number=new.id_number, area=area, phone=new.phone, ethnic=new.ethnic,
                sex=new.sex or (idnumber.sex(new.id_number) if new.id_number else ""), birth_date=born, birth_precision="day" if born else "",
                recorded_at=operation.now,
            )  # fmt: skip
    except IntegrityError as error:
        raise Refused(_("该身份证号刚刚由别人登记，请重新查找此人")) from error
    NameToken.objects.bulk_create([NameToken(token=token, area=area, person=person) for token in sorted(tokens(new.name))])
    return person


@recorded("household.member_removed")
@transaction.atomic
def remove_member(
    *,
    household: Household,
    person: Person,
    reason: Leaving,
    on: date,
    by: User | None,
    new_head: Person | None = None,
    relations: Relations | None = None,
) -> Change:
    """A member dies, marries out, moves out. When the head goes and others stay, ``new_head`` follows; the last one closes the household."""
    operation = Operation(on=on, by=by, households=[household])
    row = operation.household(household)
    leaving = spell_of(person, row)
    spells = _spells(row)
    followed = None
    if leaving.is_head and len(spells) > 1:
        if new_head is None or new_head.pk == person.pk:
            raise Refused(_("%(name)s是户主，请从其余成员中指定新户主") % {"name": leaving.person.name})
        followed = _pass_on(operation, row, new_head, relations or {})
        leaving = spell_of(person, row)
    operation.end(leaving)
    detail: dict[str, object] = {"person": person.pk, "reason": Leaving(reason).value}
    if reason == Leaving.DIED:
        who = Person.objects.select_for_update(no_key=True).get(pk=person.pk)
        former = supersede_particulars(who, operation.now, alive=False, death_date=on)
        detail |= {"former": former.pk, "fields": ["alive", "death_date"]}
        for spell in Belonging.objects.open().filter(person=person).order_by("id"):
            operation.end(spell)
    operation.line(row, Change.Kind.MEMBER_LEFT, detail)
    if followed is not None and new_head is not None:
        operation.line(row, Change.Kind.HEAD_CHANGED, {"from": followed.pk, "to": new_head.pk})
    if len(spells) == 1:
        _close(operation, row)
        operation.line(row, Change.Kind.CLOSED, {"reason": "无成员"})
    return operation.finish()


def _close(operation: Operation, row: Household) -> None:
    for fact in (*Belonging.objects.open().filter(household=row), *DatedFlag.objects.open().filter(household=row)):
        operation.end(fact)
    for occupancy in Occupancy.objects.open().filter(household=row):
        operation.end(occupancy)
    operation.end(Registration.objects.open().get(household=row), ending=Registration.Ending.CLOSED)


@recorded("household.closed")
@transaction.atomic
def close(*, household: Household, reason: str, on: date, by: User | None) -> Change:
    """The household leaves the register with all its members 销户."""
    operation = Operation(on=on, by=by, households=[household])
    row = operation.household(household)
    if not reason.strip():
        raise Refused(_("请写明销户原因"))
    for spell in _spells(row):
        operation.end(spell)
    _close(operation, row)
    operation.line(row, Change.Kind.CLOSED, {"reason": reason.strip()})
    return operation.finish()
