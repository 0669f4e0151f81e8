"""Changes that concern one person or one standing: corrections, categories, flags, houses, past support."""

from collections.abc import Mapping
from datetime import date
from typing import Any

from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from anju import clock
from anju.accounts.models import User
from anju.privacy import vault
from anju.privacy.fields import SecretField
from anju.registry.actions.holders import refuse_held_elsewhere
from anju.registry.actions.operation import Operation, supersede_particulars
from anju.registry.models import (
    Belonging,
    Category,
    Change,
    DatedFlag,
    Dwelling,
    DwellingState,
    Household,
    Membership,
    Occupancy,
    PastSupport,
    Person,
    Scope,
)
from anju.registry.name_tokens import bare
from anju.registry.refusal import Refused
from anju.trail.acts import recorded
from anju.vocabulary import division, idnumber

CORRECTABLE = ("name", "id_number", "sex", "birth_date", "ethnic", "phone", "disability_kind", "disability_level", "disability_cert")


def household_of(person: Person) -> Household:
    """The household the person lives in, or lived in last."""
    spell = (
        Membership.objects.filter(person=person, superseded_at__isnull=True)
        .select_related("household")
        .order_by("-valid_to", "-id")
        .first()
    )
    if spell is None:
        raise Refused(_("%(name)s没有登记在任何户内") % {"name": person.name})
    return spell.household


@recorded("person.corrected")
@transaction.atomic
def correct_person(*, person: Person, reason: str, by: User | None, on: date | None = None, **values: Any) -> Change:
    """Particulars that were wrong are put right; what was known before is kept.

    ``values`` are fields of ``CORRECTABLE``. An identity number must be valid and nobody else's; when the person gives one up that
    another was flagged for, the other holds it from now on.
    """
    household = household_of(person)
    operation = Operation(on=on or clock.today(), by=by, households=[household])
    who = Person.objects.select_for_update(no_key=True).get(pk=person.pk)
    if unknown := sorted(set(values) - set(CORRECTABLE)):
        raise ValueError(f"not correctable: {unknown}")
    if not reason.strip():
        raise Refused(_("请写明更正依据"))
    values = {field: _as_held(field, value) for field, value in values.items()}
    changed = {field: value for field, value in values.items() if getattr(who, field) != value}
    if not changed:
        raise Refused(_("与登记内容相同，没有要更正的"))
    if "name" in changed and not bare(changed["name"]):
        raise Refused(_("请填写姓名"))
    if "birth_date" in changed:
        changed["birth_precision"] = "day" if changed["birth_date"] else ""
    given_up = ""
    if "id_number" in changed:
        number = changed["id_number"]
        if number and (fault := idnumber.fault(number.clear, today=clock.today())):
            raise Refused(_(idnumber.MESSAGES[fault]))
        holder = Person.objects.filter(id_number=number, id_conflict=False).first() if number else None
        if holder is not None:
            raise Refused(
                _("该号码登记在户 %(number)s 的%(name)s名下；若那边有误，请先更正那边")
                % {"number": household_of(holder).number, "name": holder.name}
            )
        refuse_held_elsewhere(number)
        given_up = "" if who.id_conflict else who.id_number
        changed["id_conflict"] = False
    try:
        with transaction.atomic():
            former = supersede_particulars(who, operation.now, **changed)
    except IntegrityError as error:
        raise Refused(_("该号码刚刚由别人登记，请重新核对")) from error
    detail = {"person": who.pk, "former": former.pk, "fields": sorted(changed), "reason": reason.strip()}
    operation.line(operation.households[household.pk], Change.Kind.CORRECTED, detail)
    flagged = list(Person.objects.filter(id_number=given_up, id_conflict=True).order_by("pk")) if given_up else []
    if len(flagged) == 1:
        supersede_particulars(flagged[0], operation.now, id_conflict=False)
    return operation.finish()


def _as_held(field: str, value: Any) -> Any:
    """A number as the register compares it: by its token."""
    column = Person._meta.get_field(field)
    return vault.secret(column.kind, value) if isinstance(column, SecretField) else value


def _of_one(household: Household | None, person: Person | None) -> tuple[Household, dict[str, Any]]:
    if (household is None) == (person is None):
        raise ValueError("either a household or a person")
    if household is not None:
        return household, {"household": household}
    assert person is not None
    return household_of(person), {"person": person}


@recorded("category.set")
@transaction.atomic
def set_category(
    *, category: Category, on: date, by: User | None, household: Household | None = None, person: Person | None = None, source: str = ""
) -> Change:
    """The household or person stands in the category from the day on 纳入."""
    place, subject = _of_one(household, person)
    operation = Operation(on=on, by=by, households=[place])
    row = operation.household(place)
    if (category.scope == Scope.PERSON) != (person is not None):
        text = _("%(category)s按人认定，请选到人") if category.scope == Scope.PERSON else _("%(category)s按户认定，请选到户")
        raise Refused(text % {"category": _(category.name)})
    if on < category.valid_from or (category.valid_to is not None and on > category.valid_to):
        raise Refused(_("%(on)s 没有%(category)s这一类别") % {"on": on, "category": _(category.name)})
    if not division.contains(category.province, row.area):
        raise Refused(_("%(category)s不适用于本省") % {"category": _(category.name)})
    held = Belonging.objects.filter(category=category, superseded_at__isnull=True, **subject)
    if held.filter(valid_to__isnull=True).exists():
        raise Refused(_("已在%(category)s中") % {"category": _(category.name)})
    if last := held.filter(valid_to__gt=on).first():
        raise Refused(_("到 %(day)s 才退出%(category)s，再次纳入不能早于它") % {"day": last.valid_to, "category": _(category.name)})
    operation.write(Belonging(category=category, area=row.area, valid_from=on, source=source, **subject))
    operation.line(row, Change.Kind.CATEGORY_GAINED, {"category": category.pk, "person": person.pk if person else None})
    return operation.finish()


@recorded("category.ended")
@transaction.atomic
def end_category(
    *, category: Category, on: date, by: User | None, household: Household | None = None, person: Person | None = None
) -> Change:
    """The household or person leaves the category on the day 退出."""
    place, subject = _of_one(household, person)
    operation = Operation(on=on, by=by, households=[place])
    row = operation.household(place)
    spell = Belonging.objects.open().filter(category=category, **subject).first()
    if spell is None:
        raise Refused(_("不在%(category)s中，无从退出") % {"category": _(category.name)})
    operation.end(spell)
    operation.line(row, Change.Kind.CATEGORY_LOST, {"category": category.pk, "person": person.pk if person else None})
    return operation.finish()


@recorded("flag.set")
@transaction.atomic
def set_flag(
    *,
    flag: str,
    on: date,
    by: User | None,
    household: Household | None = None,
    person: Person | None = None,
    note: str = "",
    source: str = "",
) -> Change:
    """A flag holds of the household or person from the day on."""
    place, subject = _of_one(household, person)
    operation = Operation(on=on, by=by, households=[place])
    row = operation.household(place)
    if DatedFlag.objects.open().filter(flag=flag, **subject).exists():
        raise Refused(_("已有“%(flag)s”标记") % {"flag": DatedFlag.Flag(flag).label})
    operation.write(DatedFlag(flag=DatedFlag.Flag(flag), area=row.area, valid_from=on, note=note, source=source, **subject))
    operation.line(row, Change.Kind.FLAGGED, {"flag": flag, "person": person.pk if person else None})
    return operation.finish()


@recorded("flag.ended")
@transaction.atomic
def end_flag(*, flag: str, on: date, by: User | None, household: Household | None = None, person: Person | None = None) -> Change:
    """The flag holds no more from the day on."""
    place, subject = _of_one(household, person)
    operation = Operation(on=on, by=by, households=[place])
    row = operation.household(place)
    spell = DatedFlag.objects.open().filter(flag=flag, **subject).first()
    if spell is None:
        raise Refused(_("没有“%(flag)s”标记") % {"flag": DatedFlag.Flag(flag).label})
    operation.end(spell)
    operation.line(row, Change.Kind.FLAG_ENDED, {"flag": flag, "person": person.pk if person else None})
    return operation.finish()


@recorded("dwelling.recorded")
@transaction.atomic
def record_dwelling(
    *,
    household: Household,
    kind: str,
    on: date,
    by: User | None,
    state: Mapping[str, Any],
    replaces: Dwelling | None = None,
    source: str = "",
) -> Dwelling:
    """A house the household owns or lives in is put on the register; ``state`` holds fields of ``DwellingState``. Returns the house."""
    operation = Operation(on=on, by=by, households=[household])
    row = operation.household(household)
    serial = Dwelling.objects.filter(number__gte=f"{row.number}-", number__lt=f"{row.number}.").count() + 1
    dwelling = Dwelling.objects.create(number=f"{row.number}-{serial}", area=row.area, replaces=replaces, source=source)
    operation.write(DwellingState(dwelling=dwelling, area=row.area, valid_from=on, source=source, **state))
    operation.write(Occupancy(household=row, dwelling=dwelling, kind=Occupancy.Kind(kind), area=row.area, valid_from=on, source=source))
    operation.line(row, Change.Kind.DWELLING_RECORDED, {"dwelling": dwelling.pk})
    operation.finish()
    return dwelling


@recorded("dwelling.described")
@transaction.atomic
def describe_dwelling(
    *, dwelling: Dwelling, household: Household, on: date, by: User | None, state: Mapping[str, Any], source: str = ""
) -> Change:
    """The house is otherwise from the day on: altered, emptied, demolished."""
    operation = Operation(on=on, by=by, households=[household])
    row = operation.household(household)
    before = DwellingState.objects.open().get(dwelling=dwelling)
    values = {field.name: getattr(before, field.name) for field in DwellingState._meta.concrete_fields if field.name not in _KEPT}
    operation.end(before)
    operation.write(DwellingState(dwelling=dwelling, valid_from=on, source=source, **{**values, **state}))
    operation.line(row, Change.Kind.DWELLING_RECORDED, {"dwelling": dwelling.pk})
    return operation.finish()


_KEPT = {"id", "dwelling", "valid_from", "valid_to", "recorded_at", "superseded_at", "source"}


@recorded("dwelling.occupied")
@transaction.atomic
def occupy(*, household: Household, dwelling: Dwelling, kind: str, on: date, by: User | None, source: str = "") -> Change:
    """The household owns, lives in, rents, borrows the house, or lives there for the time being, from the day on."""
    operation = Operation(on=on, by=by, households=[household])
    row = operation.household(household)
    if Occupancy.objects.open().filter(household=row, dwelling=dwelling, kind=kind).exists():
        raise Refused(_("已登记为“%(kind)s”") % {"kind": Occupancy.Kind(kind).label})
    operation.write(Occupancy(household=row, dwelling=dwelling, kind=Occupancy.Kind(kind), area=row.area, valid_from=on, source=source))
    operation.line(row, Change.Kind.HOUSED, {"dwelling": dwelling.pk, "kind": kind})
    return operation.finish()


@recorded("dwelling.vacated")
@transaction.atomic
def vacate(*, household: Household, dwelling: Dwelling, kind: str, on: date, by: User | None) -> Change:
    """The household no longer stands so to the house."""
    operation = Operation(on=on, by=by, households=[household])
    row = operation.household(household)
    spell = Occupancy.objects.open().filter(household=row, dwelling=dwelling, kind=kind).first()
    if spell is None:
        raise Refused(_("没有登记为“%(kind)s”") % {"kind": Occupancy.Kind(kind).label})
    operation.end(spell)
    operation.line(row, Change.Kind.VACATED, {"dwelling": dwelling.pk, "kind": kind})
    return operation.finish()


@recorded("support.recorded")
@transaction.atomic
def record_support(
    *,
    year: int,
    kind: str,
    amount: int | None,
    by: User | None,
    household: Household | None = None,
    person: Person | None = None,
    source: str = "",
) -> Change:
    """An earlier subsidised work of the household or person; ``amount`` in fen."""
    place, subject = _of_one(household, person)
    operation = Operation(on=clock.today(), by=by, households=[place])
    row = operation.households[place.pk]
    if not 1978 <= year <= clock.today().year:
        raise Refused(_("补助年度 %(year)s 不成立") % {"year": year})
    if amount is not None and amount < 0:
        raise Refused(_("补助金额不能为负"))
    support = PastSupport.objects.create(
        area=row.area, year=year, kind=kind, amount=amount, recorded_at=operation.now, source=source, **subject
    )
    operation.wrote["pastsupport"] = [support.pk]
    operation.line(row, Change.Kind.SUPPORTED, {"person": person.pk if person else None})
    return operation.finish()
