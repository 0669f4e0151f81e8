"""Whatever the offices do, in whatever order: a problem stands where its steps say, and what is struck off was verified from above."""

import contextlib
import itertools
from collections import Counter
from datetime import timedelta
from typing import Any, cast

import pytest
from django.db import transaction
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule, run_state_machine_as_test

from anju.accounts.actions import admit, found
from anju.accounts.models import User
from anju.clock.actions import set_today
from anju.evidence.models import Album, Photo, StoredFile
from anju.problems import actions
from anju.problems.models import Problem, State, Step
from anju.problems.standing import effective, standing
from anju.problems.tests.conftest import DUE, MENDED, TODAY, VILLAGE
from anju.refusing import Refused
from anju.rosters.tests import county
from anju.vocabulary import division

OFFICES = (
    ("village", VILLAGE, "village_collector"),
    ("township", "210922109", "township_reviewer"),
    ("county", "210922", "county_clerk"),
    ("city", "2109", "supervisor"),
    ("onlooker", "210922", "discipline"),
    ("next county", "210921", "county_clerk"),
)
WHO = st.sampled_from(range(len(OFFICES)))


class Offices(RuleBasedStateMachine):
    """Six offices act on problems as they like; most of it is refused."""

    @initialize()
    def county(self) -> None:
        """The places, the people, and a problem handed over to the township."""
        for code, name in county.PLACES:
            county.place(code, name)
        set_today(day=TODAY)
        self.people: list[User] = [
            admit(
                login=name,
                name=name,
                organisation=found(name=name, kind="township", area=area),
                role=role,
                password="-",
                check_password=False,
            )
            for name, area, role in OFFICES
        ]
        self.serial = itertools.count(1)

        self.problem = actions.open_problem(source="self", category="archive", area=VILLAGE, description="没有档案", by=self.people[2])
        self.hand(2, 1)

    def hand(self, who: int, to: int) -> None:
        """To an office, with its photo lying ready."""
        due = DUE + timedelta(next(self.serial))
        self._try(actions.hand_over, problem=self.problem, to=self.people[to].organisation, due=due, by=self.people[who], note="再交办")
        if self.problem.album_id and not Photo.objects.filter(album=self.problem.album_id).exists():
            self._picture(self.problem)

    def _try(self, act: Any, **given: Any) -> None:
        with contextlib.suppress(Refused):
            act(**given)

    def _picture(self, row: Problem) -> None:
        """A photo as the store holds it; how photos are judged is looked at elsewhere."""
        number = next(self.serial)
        file = StoredFile.objects.create(sha256=f"{number:064d}", size=1, name="a.jpg", media_type="image/jpeg")
        Photo.objects.create(
            album=cast(Album, row.album), area=row.area, client_id=f"00000000-0000-4000-8000-{number:012d}", kind="after_mending",
            file=file, thumb=file, width=1, height=1, original_sha256=f"{number}", original_sm3="", original_size=1, content_sha256=f"{number}",
            content_sm3="", received_at="2020-06-10T00:00:00Z", by=self.people[1],
        )  # fmt: skip

    @rule(who=WHO, to=WHO)
    def hands_over(self, who: int, to: int) -> None:
        """Anybody to any office."""
        self.hand(who, to)

    @rule(who=st.sampled_from((1, 2, 3)), to=st.sampled_from((0, 1, 2)))
    def hands_down(self, who: int, to: int) -> None:
        """Those who may to those who can."""
        self.hand(who, to)

    @rule()
    def its_office_rectifies(self) -> None:
        """The one it was handed to."""
        held = [user for user in self.people if user.organisation_id == self.problem.handed_to_id]
        self._try(actions.rectify, problem=self.problem, by=held[0] if held else self.people[0], **MENDED)

    @rule(who=WHO)
    def rectifies(self, who: int) -> None:
        """Anybody reports it mended."""
        self._try(actions.rectify, problem=self.problem, by=self.people[who], **MENDED)

    @rule(who=st.sampled_from((0, 1, 2, 2, 3, 3, 4, 5)), way=st.sampled_from(("papers", "sample", "all")))
    def verifies(self, who: int, way: str) -> None:
        """Anybody strikes it off."""
        self._try(actions.verify, problem=self.problem, way=way, by=self.people[who])

    @rule(who=WHO)
    def sends_back(self, who: int) -> None:
        """Anybody finds it not good enough."""
        self._try(actions.send_back, problem=self.problem, text="还差", by=self.people[who])

    @rule(who=WHO)
    def undoes(self, who: int) -> None:
        """Anybody takes the last step back; the opening itself stays."""
        if len(effective(self.problem.steps.all())) > 1:
            self._try(actions.undo, problem=self.problem, reason="误", by=self.people[who])

    @precondition(lambda self: self.problem.steps.count() > 12)
    @rule(who=WHO)
    def transfers(self, who: int) -> None:
        """Late, to the discipline commission."""
        self._try(actions.transfer, problem=self.problem, reason="slow", text="拖延", by=self.people[who])

    @invariant()
    def stands_where_its_steps_say(self) -> None:
        """The copy equals the steps; numbers of steps have no gap."""
        for problem in Problem.objects.all():
            steps = list(problem.steps.order_by("ordinal"))
            assert [step.ordinal for step in steps] == list(range(1, len(steps) + 1))
            assert standing(steps) == {name: getattr(problem, name) for name in Problem.FOLLOWS}

    @invariant()
    def nobody_verifies_their_own_level(self) -> None:
        """Each closing and each sending back that counts came from an office that stands above the one whose rectification it judged."""
        for problem in Problem.objects.all():
            done: Step | None = None
            for step in effective(problem.steps.select_related("office")):
                if step.kind == Step.Kind.RECTIFIED:
                    done = step
                elif step.kind in (Step.Kind.CLOSED, Step.Kind.RETURNED):
                    assert done is not None
                    assert step.office_id != done.office_id
                    assert division.level(step.office.area) < division.level(done.office.area)
                    assert division.contains(step.office.area, problem.area)
            assert problem.state != State.CLOSED or (problem.rectified_level or 0) > (problem.verified_level or 9)


@pytest.mark.django_db
def test_a_problem_is_never_verified_by_the_level_that_mended_it() -> None:
    happened: Counter[str] = Counter()

    class Isolated(Offices):
        """Each run of the machine starts from an empty ledger."""

        def __init__(self) -> None:
            self.savepoint = transaction.savepoint()
            super().__init__()

        def teardown(self) -> None:
            happened.update(Step.objects.values_list("kind", flat=True))
            transaction.savepoint_rollback(self.savepoint)

    run_state_machine_as_test(
        Isolated,
        settings=settings(
            max_examples=12, stateful_step_count=25, deadline=None, suppress_health_check=list(HealthCheck), derandomize=True
        ),
    )
    assert min(happened[kind] for kind in ("handed", "rectified", "closed", "returned", "undone")) > 0, happened
