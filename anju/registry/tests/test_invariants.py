"""Whatever happens to households, in whatever order: the register equals a plain dictionary, and nobody is lost."""

import copy
from datetime import date, datetime, timedelta
from typing import Any

import pytest
from django.db import transaction
from django.utils import timezone
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule, run_state_machine_as_test

from anju.clock.actions import set_today
from anju.registry import actions
from anju.registry.models import Category, Change, Household, Leaving, Membership, Person, Registration
from anju.registry.queries import cross_table, household_page
from anju.registry.staging import Enrolment
from anju.registry.tests.conftest import OTHER_VILLAGE, VILLAGE

pytestmark = pytest.mark.django_db
START = date(2020, 1, 1)
PICK = st.integers(min_value=0, max_value=10_000)


class Register(RuleBasedStateMachine):
    """The model: household key → its head and members, with its area; person key → categories. A day passes at each step."""

    def __init__(self) -> None:
        super().__init__()
        self.day = START
        self.lists = 0
        self.homes: dict[int, dict[str, Any]] = {}
        self.everybody: set[int] = set()
        self.poor: set[int] = set()
        self.past: list[tuple[date, datetime, dict[int, tuple[int, frozenset[int]]]]] = []
        self.undoable: list[tuple[Change, dict[int, dict[str, Any]], set[int]]] = []

    @initialize()
    def begin(self) -> None:
        set_today(day=date(2030, 1, 1))
        self.enrol(3)

    def remember(self) -> None:
        self.past.append((self.day, timezone.now(), self.state()))
        self.day += timedelta(days=1)

    def state(self) -> dict[int, tuple[int, frozenset[int]]]:
        return {key: (home["head"], frozenset(home["members"])) for key, home in self.homes.items()}

    def home(self, pick: int, at_least: int = 1) -> int | None:
        keys = [key for key, home in sorted(self.homes.items()) if len(home["members"]) >= at_least]
        return keys[pick % len(keys)] if keys else None

    def changed(self, change: Change, homes: dict[int, dict[str, Any]], poor: set[int]) -> None:
        self.undoable.append((change, homes, poor))
        self.remember()

    def snapshot(self) -> tuple[dict[int, dict[str, Any]], set[int]]:
        return copy.deepcopy(self.homes), set(self.poor)

    @rule(size=st.integers(min_value=1, max_value=4))
    def enrol(self, size: int) -> None:
        self.lists += 1
        rows = [
            Enrolment(place, f"{self.lists}:{place}", f"人{self.lists}{place}", VILLAGE, "x", relation="02" if place == 0 else "20")
            for place in range(size)
        ]
        source = f"list{self.lists}"
        for _twice in range(2):
            actions.enrol(rows=rows, on=self.day, by=None, source=source)
        household = Household.objects.get(source=f"{source}#x")
        members = list(household.memberships.order_by("source").values_list("person_id", flat=True))
        self.homes[household.pk] = {"head": members[0], "members": set(members), "area": VILLAGE}
        self.everybody |= set(members)
        for _change, homes, _poor in self.undoable:
            homes[household.pk] = copy.deepcopy(self.homes[household.pk])
        self.remember()

    @rule(pick=PICK, who=PICK)
    def change_head(self, pick: int, who: int) -> None:
        if (key := self.home(pick, 2)) is None:
            return
        before = self.snapshot()
        home = self.homes[key]
        others = sorted(home["members"] - {home["head"]})
        head = others[who % len(others)]
        change = actions.change_head(household=Household(pk=key), head=Person.objects.get(pk=head), on=self.day, by=None)
        home["head"] = head
        self.changed(change, *before)

    @rule(pick=PICK, who=PICK, elsewhere=st.booleans())
    def split(self, pick: int, who: int, elsewhere: bool) -> None:
        if (key := self.home(pick, 2)) is None:
            return
        before = self.snapshot()
        home = self.homes[key]
        ordered = sorted(home["members"])
        cut = 1 + who % (len(ordered) - 1)
        leaving, staying = ordered[:cut], ordered[cut:]
        people = Person.objects.in_bulk(ordered)
        area = OTHER_VILLAGE if elsewhere else home["area"]
        new = actions.split(
            household=Household(pk=key), members=[people[each] for each in leaving], head=people[leaving[-1]], remaining_head=people[staying[0]],
            area=area, on=self.day, by=None,
        )  # fmt: skip
        if home["head"] in leaving:
            home["head"] = staying[0]
        home["members"] = set(staying)
        self.homes[new.pk] = {"head": leaving[-1], "members": set(leaving), "area": area}
        self.changed(Change.objects.get(household=new, kind="split_off"), *before)

    @precondition(lambda self: len(self.homes) > 1)
    @rule(one=PICK, other=PICK)
    def merge(self, one: int, other: int) -> None:
        keys = sorted(self.homes)
        gone = keys[one % len(keys)]
        into = [key for key in keys if key != gone][other % (len(keys) - 1)]
        before = self.snapshot()
        change = actions.merge(household=Household(pk=gone), into=Household(pk=into), on=self.day, by=None)
        self.homes[into]["members"] |= self.homes.pop(gone)["members"]
        self.changed(change, *before)

    @rule(pick=PICK)
    def move(self, pick: int) -> None:
        if (key := self.home(pick)) is None:
            return
        before = self.snapshot()
        home = self.homes[key]
        area = VILLAGE if home["area"] == OTHER_VILLAGE else OTHER_VILLAGE
        change = actions.move(household=Household(pk=key), area=area, address=f"第{self.day}处", on=self.day, by=None)
        home["area"] = area
        self.changed(change, *before)

    @rule(pick=PICK, who=PICK, reason=st.sampled_from(sorted(Leaving)))
    def leave(self, pick: int, who: int, reason: Leaving) -> None:
        if (key := self.home(pick)) is None:
            return
        before = self.snapshot()
        home = self.homes[key]
        ordered = sorted(home["members"])
        person = ordered[who % len(ordered)]
        rest = [each for each in ordered if each != person]
        change = actions.remove_member(
            household=Household(pk=key), person=Person.objects.get(pk=person), reason=reason,
            new_head=Person.objects.get(pk=rest[0]) if rest else None, on=self.day, by=None,
        )  # fmt: skip
        if not rest:
            del self.homes[key]
        else:
            home["members"] = set(rest)
            home["head"] = rest[0] if home["head"] == person else home["head"]
        if reason == Leaving.DIED:
            self.poor.discard(person)
        self.changed(change, *before)

    @rule(pick=PICK, who=PICK)
    def disabled(self, pick: int, who: int) -> None:
        if (key := self.home(pick)) is None:
            return
        ordered = sorted(self.homes[key]["members"] - self.poor)
        if not ordered:
            return
        before = self.snapshot()
        person = ordered[who % len(ordered)]
        change = actions.set_category(category=Category.objects.get(pk="TK"), person=Person.objects.get(pk=person), on=self.day, by=None)
        self.poor.add(person)
        self.changed(change, *before)

    @precondition(lambda self: self.undoable)
    @rule(times=st.integers(min_value=1, max_value=3))
    def undo(self, times: int) -> None:
        for _each in range(min(times, len(self.undoable))):
            self.undo_last()

    def undo_last(self) -> None:
        change, homes, poor = self.undoable.pop()
        actions.undo(change=change, by=None)
        self.homes, self.poor = homes, poor
        self.past.clear()  # what is known now of the days since is no longer what the model noted
        self.remember()

    @invariant()
    def equals_the_model(self) -> None:
        spells = list(Membership.objects.open().values_list("household_id", "person_id", "relation"))
        assert len({person for _household, person, _relation in spells}) == len(spells)
        found: dict[int, tuple[list[int], set[int]]] = {}
        for household, person, relation in spells:
            heads, members = found.setdefault(household, ([], set()))
            members.add(person)
            if relation == "02":
                heads.append(person)
        assert {key: (heads, frozenset(members)) for key, (heads, members) in found.items()} == {
            key: ([head], members) for key, (head, members) in self.state().items()
        }
        assert set(Person.objects.values_list("pk", flat=True)) == self.everybody
        rows = {row.pk: row for row in Household.objects.filter(closed_on__isnull=True)}
        assert {key: (row.area, row.groups) for key, row in rows.items()} == {
            key: (home["area"], "TK" if home["members"] & self.poor else "") for key, home in self.homes.items()
        }
        assert set(Registration.objects.open().values_list("household_id", flat=True)) == set(self.homes)
        assert len(set(Household.objects.values_list("number", flat=True))) == Household.objects.count()

    @invariant()
    def the_past_stands(self) -> None:
        for day, moment, state in self.past[-6:]:
            for known_at in (None, moment):
                spells = Membership.objects.as_of(day, known_at).values_list("household_id", "person_id", "relation")
                found: dict[int, tuple[int, set[int]]] = {}
                for household, person, relation in spells:
                    head, members = found.get(household, (0, set()))
                    found[household] = (person if relation == "02" else head, members | {person})
                assert {key: (head, frozenset(members)) for key, (head, members) in found.items()} == state

    def teardown(self) -> None:
        if not self.homes:
            return
        day = self.day - timedelta(days=1)
        table = cross_table(within="", on=day)
        assert table.households == len(self.homes)
        key = min(self.homes)
        page = household_page(number=Household.objects.get(pk=key).number, within="", on=day)
        assert {member.person_id for member in page.members} == self.homes[key]["members"]


def test_the_register_equals_a_dictionary() -> None:
    class Isolated(Register):
        """Each run of the machine starts from an empty register."""

        def __init__(self) -> None:
            self.savepoint = transaction.savepoint()
            super().__init__()

        def teardown(self) -> None:
            super().teardown()
            transaction.savepoint_rollback(self.savepoint)

    run_state_machine_as_test(
        Isolated,
        settings=settings(
            max_examples=14, stateful_step_count=12, deadline=None, suppress_health_check=list(HealthCheck), derandomize=True
        ),
    )
