"""The law: whatever is done to keys, in whatever order and broken off anywhere, every number keeps its token, is found and opens."""

import os
from collections.abc import Callable
from pathlib import Path

import pytest
from django.db import transaction
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule, run_state_machine_as_test

from anju import clock
from anju.privacy import command, keys, lookup, reindexing, resting, rotating, vault
from anju.privacy.models import Secret
from anju.registry.models import Person

pytestmark = pytest.mark.django_db
POOL = [
    (kind, f"{start}{at:07d}")
    for kind, start in ((vault.ID, "21092219540"), (vault.PHONE, "1390"), (vault.CERT, "辽残"))
    for at in range(12)
]
SOME = st.lists(st.sampled_from(POOL), min_size=1, max_size=6)


class _BrokenOff(Exception):
    """The work ends here."""


def _after(pieces: int) -> Callable[[int, int], None]:
    left = iter(range(pieces))

    def told(_done: int, _total: int) -> None:
        if next(left, None) is None:
            raise _BrokenOff

    return told


class Keys(RuleBasedStateMachine):
    """The model: number → token. One process after the other works on it; each draws tokens of its own."""

    def __init__(self) -> None:
        super().__init__()
        self.tokens: dict[lookup.Number, str] = {}
        self.people: dict[int, str] = {}

    @initialize()
    def begin(self) -> None:
        keys.place().unlink(missing_ok=True)
        self.enter(POOL[:4])

    @rule()
    def another_process(self) -> None:
        lookup._DRAWING = os.urandom(32)

    @rule(numbers=SOME)
    def enter(self, numbers: list[lookup.Number]) -> None:
        kept = vault.keep_all(numbers)
        assert kept.keys() == set(numbers)
        for number, token in kept.items():
            assert self.tokens.setdefault(number, token) == token

    @rule(number=st.sampled_from([one for one in POOL if one[0] == vault.ID]))
    def register(self, number: lookup.Number) -> None:
        person = Person.objects.create(name="周德海", area="210922", recorded_at=clock.now(), id_number=number[1], id_conflict=True)
        assert self.tokens.setdefault(number, str(person.id_number)) == str(person.id_number)
        self.people[person.pk] = number[1]

    @rule(numbers=SOME)
    def enter_and_undo(self, numbers: list[lookup.Number]) -> None:
        with transaction.atomic():
            vault.keep_all(numbers)
            transaction.set_rollback(True)

    @rule(index=st.booleans())
    def add_a_key(self, index: bool) -> None:
        if len(keys.ring().masters) < 5:
            keys.add(index=index)

    @rule(pieces=st.integers(0, 3))
    def rotate_for_a_while(self, pieces: int) -> None:
        try:
            rotating.rotate(told=_after(pieces), piece=2)
        except _BrokenOff:
            assert rotating.unfinished() >= 0

    @rule(pieces=st.integers(0, 3))
    def change_for_a_while(self, pieces: int) -> None:
        try:
            reindexing.change(told=_after(pieces), piece=2)
        except _BrokenOff:
            assert reindexing.wanted(keys.ring())

    @rule(index=st.booleans())
    def rotate_by_command(self, index: bool) -> None:
        assert command.main(["rotate", *(["--index"] if index else [])]) == 0
        ring = keys.ring()
        assert (rotating.unfinished(), reindexing.unfinished()) == (0, 0)
        assert not index or not self.tokens or reindexing.standing() == {ring.index: len(self.tokens)}

    @precondition(lambda self: len(keys.ring().masters) > 1)
    @rule()
    def retire_what_nothing_rests_on(self) -> None:
        ring, held = keys.ring(), lookup.held()
        used = {ring.active, ring.index, *(held.numbers if held else ()), *(one.key_number for one in resting.everything(()))}
        for number in sorted(ring.masters.keys() - used):
            keys.retire(number)

    @invariant()
    def every_number_has_its_token_is_found_and_opens(self) -> None:
        assert lookup.find(POOL) == self.tokens
        assert vault.opened(self.tokens.values()) == {token: text for (_kind, text), token in self.tokens.items()}
        assert Secret.objects.count() == len(self.tokens)

    @invariant()
    def people_are_found_by_their_numbers_and_last_digits(self) -> None:
        for number in set(self.people.values()):
            wanted = {key for key, one in self.people.items() if one == number}
            assert set(Person.objects.filter(id_number=number).values_list("pk", flat=True)) == wanted
            assert number in {one for _token, one in vault.ending(number[-4:])}


def test_tokens_are_unchanged_by_any_rotation(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ANJU_KEYS_FILE", str(tmp_path / "keys.json"))
    monkeypatch.delenv("ANJU_KEYS", raising=False)
    monkeypatch.setattr(lookup, "_DRAWING", lookup._DRAWING)

    class Isolated(Keys):
        """Each run of the machine starts from an empty vault."""

        def __init__(self) -> None:
            self.savepoint = transaction.savepoint()
            super().__init__()

        def teardown(self) -> None:
            super().teardown()
            transaction.savepoint_rollback(self.savepoint)

    run_state_machine_as_test(
        Isolated, settings=settings(max_examples=30, stateful_step_count=25, deadline=None, suppress_health_check=list(HealthCheck))
    )
