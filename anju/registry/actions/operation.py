"""What every change of single households shares: locks, facts written and superseded, one line per household, and the closing check."""

from collections.abc import Iterable, Mapping
from datetime import date, datetime
from typing import Any, TypeVar

from django.db import connection
from django.db.models import F
from django.utils import timezone
from django.utils.translation import gettext as _

from anju import clock
from anju.accounts.models import User
from anju.registry.actions.bulk import refresh_groups
from anju.registry.facts import Fact, copied
from anju.registry.models import (
    Belonging,
    Change,
    DatedFlag,
    DwellingState,
    FormerParticulars,
    Household,
    Membership,
    NameToken,
    Occupancy,
    Particulars,
    PastSupport,
    Person,
    Registration,
)
from anju.registry.name_tokens import tokens
from anju.registry.refusal import Refused
from anju.vocabulary import relation

F_ = TypeVar("F_", bound=Fact)

FACTS: dict[str, type[Fact] | type[PastSupport]] = {
    "registration": Registration,
    "membership": Membership,
    "belonging": Belonging,
    "occupancy": Occupancy,
    "datedflag": DatedFlag,
    "dwellingstate": DwellingState,
    "pastsupport": PastSupport,
}


class Operation:
    """One change while it is made. Facts go through ``write``, ``withdraw`` and ``end``; ``finish`` leaves the lines and checks.

    ``day`` may be None for a change that concerns no day (a reversal): then dates aren't checked.
    """

    def __init__(self, *, on: date, by: User | None, households: Iterable[Household], dated: bool = True) -> None:
        if dated and on > clock.today():
            raise Refused(_("日期 %(on)s 晚于今天，只能登记已经发生的变动") % {"on": on})
        self.on = on
        self.by = by
        self.now: datetime = timezone.now()
        keys = {household.pk for household in households}
        self.households = {row.pk: row for row in Household.objects.select_for_update(no_key=True).filter(pk__in=keys).order_by("pk")}
        self.wrote: dict[str, list[int]] = {}
        self.withdrew: dict[str, list[int]] = {}
        self.restored: dict[str, list[tuple[int, int]]] = {}
        self._lines: list[tuple[Household, str, Change | None, dict[str, Any]]] = []

    def household(self, household: Household) -> Household:
        """The locked row; refused where the household is closed."""
        row = self.households[household.pk]
        if row.closed_on is not None:
            if row.merged_into:
                raise Refused(_("户 %(number)s 已并入 %(into)s，请到该户办理") % {"number": row.number, "into": row.merged_into.number})
            raise Refused(_("户 %(number)s 已于 %(on)s 销户，不能再变动") % {"number": row.number, "on": row.closed_on})
        return row

    def write(self, fact: F_) -> F_:
        """Records a fact from now on."""
        fact.recorded_at, fact.superseded_at = self.now, None
        fact.save(force_insert=True)
        self.wrote.setdefault(fact._meta.model_name or "", []).append(fact.pk)
        return fact

    def withdraw(self, fact: Fact | PastSupport) -> None:
        """What was known of this fact is known no more."""
        fact.superseded_at = self.now
        fact.save(update_fields=["superseded_at"])
        self.withdrew.setdefault(fact._meta.model_name or "", []).append(fact.pk)

    def end(self, fact: F_, **values: Any) -> F_:
        """The fact stopped being true on the day of the change."""
        if fact.valid_from > self.on:
            raise Refused(
                _("%(since)s 起的登记晚于变动日期 %(on)s；请把日期改在它之后，或先撤销那次登记") % {"since": fact.valid_from, "on": self.on}
            )
        ended = copied(fact)
        ended.valid_to = self.on
        for field, value in values.items():
            setattr(ended, field, value)
        self.withdraw(fact)
        return self.write(ended)

    def line(self, household: Household, kind: str, detail: Mapping[str, Any] | None = None, reverses: Change | None = None) -> None:
        """One line of a household's timeline; the first one keeps the facts for a reversal."""
        self._lines.append((household, kind, reverses, dict(detail or {})))

    def finish(self) -> Change:
        """Leaves the lines, brings the households' own columns in line with the facts, and checks what must hold."""
        main: Change | None = None
        for household, kind, reverses, detail in self._lines:
            kept = dict(detail)
            if main is None:
                kept |= {"wrote": self.wrote, "withdrew": self.withdrew} | ({"restored": self.restored} if self.restored else {})
            row = Change.objects.create(
                household=household, area=household.area, kind=kind, on=self.on, recorded_at=self.now, by=self.by, detail=kept, main=main,
                reverses=reverses,
            )  # fmt: skip
            main = main or row
        assert main is not None
        for household in self.households.values():
            self._align(household)
        with connection.cursor() as cursor:
            refresh_groups(cursor, "SELECT unnest(%(keys)s::bigint[])", {"keys": list(self.households)})
        for household in self.households.values():
            self._check(household)
        return main

    def _align(self, household: Household) -> None:
        """The household's own columns equal its last registration known now."""
        before = household.area
        last = Registration.objects.filter(household=household, superseded_at__isnull=True).order_by(
            F("valid_to").desc(nulls_first=True), "-valid_from", "-id"
        ).first()  # fmt: skip
        if last is None:  # its founding was reversed: it never stood on the register
            household.closed_on, household.merged_into = household.opened_on, None
        else:
            household.area, household.address = last.area, last.address
            household.closed_on, household.merged_into = last.valid_to, last.merged_into
        household.save(update_fields=["area", "address", "closed_on", "merged_into"])
        people = list(
            Person.objects.filter(memberships__in=Membership.objects.open().filter(household=household)).exclude(area=household.area)
        )
        if before != household.area:
            for model in (Membership, Belonging, Occupancy, DatedFlag, PastSupport, Change):
                model.objects.filter(household=household).update(area=household.area)
        for person in people:
            settle(person, household.area)

    def _check(self, household: Household) -> None:
        spells = Membership.objects.open().filter(household=household)
        number = household.number
        if household.closed_on is not None:
            if spells.exists():
                raise Refused(_("户 %(number)s 不在册，却还有成员，这样变动不成立") % {"number": number})
            return
        heads = sum(spell.is_head for spell in spells)
        if not spells:
            raise Refused(_("户 %(number)s 会没有成员；全户离开请用并户或销户") % {"number": number})
        if heads != 1:
            raise Refused(_("户 %(number)s 会没有户主，请同时指定新户主") % {"number": number})


def settle(person: Person, area: str) -> None:
    """The person is now seen from ``area``: tokens and facts of the person follow."""
    NameToken.objects.filter(person=person, token__in=tokens(person.name), area=person.area).delete()
    person.area = area
    person.save(update_fields=["area"])
    NameToken.objects.bulk_create(
        [NameToken(token=token, area=area, person=person) for token in sorted(tokens(person.name))], ignore_conflicts=True
    )
    for model in (Belonging, DatedFlag, PastSupport):
        model.objects.filter(person=person).update(area=area)


def supersede_particulars(person: Person, now: datetime, **values: Any) -> FormerParticulars:
    """Writes new particulars; what was known is kept with its time."""
    former = FormerParticulars.objects.create(
        person=person,
        area=person.area,
        recorded_at=person.recorded_at,
        superseded_at=now,
        **{field: getattr(person, field) for field in Particulars.FIELDS},
    )
    old_tokens = tokens(person.name)
    for field, value in values.items():
        setattr(person, field, value)
    person.recorded_at = now
    person.save()
    if "name" in values:
        NameToken.objects.filter(person=person, token__in=old_tokens, area=person.area).delete()
        NameToken.objects.bulk_create([NameToken(token=token, area=person.area, person=person) for token in sorted(tokens(person.name))])
    return former


def spell_of(person: Person, household: Household) -> Membership:
    """The person's open membership of the household, or a refusal."""
    spell = Membership.objects.open().select_related("person").filter(person=person, household=household).first()
    if spell is None:
        raise Refused(_("%(name)s不是户 %(number)s 的成员") % {"name": person.name, "number": household.number})
    return spell


def known_relation(code: str) -> str:
    """The code, or a refusal where GB/T 4761 has none such; the head's own is given by changing the head."""
    if code not in relation.NAMES or code == relation.SELF:
        raise Refused(_("没有“%(code)s”这种与户主关系") % {"code": code})
    return code
