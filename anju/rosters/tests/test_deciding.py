"""What a clerk decides, what it causes, and taking it back."""

from collections.abc import Callable
from contextlib import AbstractContextManager
from pathlib import Path
from typing import Any

import pytest

from anju.accounts.models import User
from anju.registry.models import Household, Membership, Person
from anju.rosters.actions import deciding
from anju.rosters.models import Batch, Match, MatchRun, Mismatch
from anju.rosters.queries import review
from anju.rosters.refusal import Refused
from anju.rosters.tests import county
from anju.rosters.tests.conftest import Receive


def run_of(batch: Batch) -> MatchRun:
    return MatchRun.objects.get(batch=batch, kind="register", current=True)


def groups(name: str) -> str:
    return Household.objects.get(memberships__person__name=name, memberships__valid_to=None, memberships__superseded_at=None).groups


@pytest.fixture
def doubtful(register: Batch, receive: Receive, tmp_path: Path) -> Match:
    """赵凤琴 beside 赵凤芹: sounds alike, same birth date and village, both numbers valid and different; her husband isn't listed."""
    other = county.number(county.ZHAO.born, 24)
    rows = [county.allowance_row(county.ZHAO, cert="辽彰农低14407", head="赵凤琴", name="赵凤琴", id_number=other, relation="户主")]
    batch = receive(county.write(tmp_path / "农村低保5月.csv", county.ALLOWANCE, rows))
    match = Match.objects.filter(run=run_of(batch)).select_related("run__batch", "row", "person").get()
    if match.outcome != "review":  # the engine's own tests say what it doubts; here somebody has to decide
        Match.objects.filter(pk=match.pk).update(
            outcome="review",
            score=0.83,
            pattern="出生日期相同；姓名同音",
            person=Person.objects.get(name="赵凤芹"),
            applied=False,
            evidence=[
                {"feature": "born", "label": "出生日期相同", "left": "", "right": "", "weight": 6.1},
                {"feature": "id", "label": "证件号差一位", "left": "", "right": "", "weight": -3.9},
            ],
        )
        Mismatch.objects.filter(match=match).update(kind="review")
        match.refresh_from_db()
    return Match.objects.select_related("run__batch", "row", "person").get(pk=match.pk)


def test_same_attaches_the_category_and_undo_takes_it_back(doubtful: Match, clerk: User) -> None:
    assert groups("赵凤芹") == ""
    said = deciding.consequences(match=doubtful)
    assert any("低保" in line for line in said.same)
    assert any("退回清单" in line for line in said.same)
    decision = deciding.decide(match=doubtful, verdict="same", by=clerk)
    assert groups("赵凤芹") == "DB"
    assert Mismatch.objects.filter(run=doubtful.run, kind="id_repaired", disposition="pending").count() == 1
    undone = deciding.undo_last(run=doubtful.run, by=clerk)
    assert undone.pk == decision.pk
    assert groups("赵凤芹") == ""
    doubtful.refresh_from_db()
    assert (doubtful.verdict, doubtful.applied) == ("", False)
    assert not Mismatch.objects.filter(run=doubtful.run, kind="id_repaired").exists()


def test_a_decided_pair_is_refused_until_undone(doubtful: Match, clerk: User) -> None:
    decision = deciding.decide(match=doubtful, verdict="different", by=clerk)
    with pytest.raises(Refused, match="撤销"):
        deciding.decide(match=doubtful, verdict="same", by=clerk)
    deciding.undo(decision=decision, by=clerk)
    with pytest.raises(Refused, match="已经撤销过"):
        deciding.undo(decision=decision, by=clerk)
    deciding.decide(match=doubtful, verdict="same", by=clerk)


def test_doubtful_stays_open_for_the_township(doubtful: Match, clerk: User, township: User) -> None:
    deciding.decide(match=doubtful, verdict="doubtful", by=clerk, reason="入户看")
    progress = review.progress(doubtful.run, clerk)
    assert (progress.done, progress.total, progress.doubtful) == (1, 1, 1)
    deciding.decide(match=doubtful, verdict="same", by=township)
    deciding.undo_last(run=doubtful.run, by=township)
    doubtful.refresh_from_db()
    assert doubtful.verdict == "doubtful"


def test_pairs_with_the_same_evidence_are_accepted_at_once(doubtful: Match, clerk: User) -> None:
    decision = deciding.accept_alike(match=doubtful, by=clerk)
    assert decision.size == 1
    assert groups("赵凤芹") == "DB"
    deciding.undo(decision=decision, by=clerk)
    assert groups("赵凤芹") == ""


def test_a_stranger_and_a_viewer_may_not_decide(doubtful: Match, stranger: User, cosigner: User) -> None:
    for user in (stranger, cosigner):
        with pytest.raises(Refused):
            deciding.decide(match=doubtful, verdict="same", by=user)


def test_the_rejected_row_can_be_enrolled_as_somebody_new(
    doubtful: Match, clerk: User, done: Callable[[], AbstractContextManager[Any]]
) -> None:
    deciding.decide(match=doubtful, verdict="different", by=clerk)
    with done():
        job = deciding.enrol_new(run=doubtful.run, by=clerk)
    job.refresh_from_db()
    assert (job.status, job.result["enrolled"]) == ("done", 1)
    assert Person.objects.filter(name="赵凤琴").exists()


def test_a_changed_head_is_changed_in_the_register_and_back(register: Batch, receive: Receive, clerk: User, tmp_path: Path) -> None:
    rows = [
        county.allowance_row(county.ZHAO, cert="低1", head="赵凤芹", relation="户主"),
        county.allowance_row(county.ZHOU, cert="低1", head="赵凤芹", relation="配偶"),
        county.allowance_row(county.PENG, cert="低1", head="赵凤芹"),
    ]
    batch = receive(county.write(tmp_path / "低保.csv", county.ALLOWANCE, rows))
    mismatch = Mismatch.objects.get(run=run_of(batch), kind="head_differs")
    assert (mismatch.listed, mismatch.held) == ("户内 3 人，户主 赵凤芹", "户内 3 人，户主 周德海")

    def head() -> str:
        return Membership.objects.open().get(household=mismatch.household, relation="02").person.name

    decision = deciding.adopt(mismatch=mismatch, by=clerk)
    assert head() == "赵凤芹"
    with pytest.raises(Refused, match="已处理"):
        deciding.adopt(mismatch=mismatch, by=clerk)
    deciding.undo(decision=decision, by=clerk)
    assert head() == "周德海"
    assert deciding.accept_class(run=run_of(batch), kind="head_differs", by=clerk).size == 1
    assert head() == "赵凤芹"


def test_a_moved_household_moves(register: Batch, receive: Receive, clerk: User, tmp_path: Path) -> None:
    rows = [county.allowance_row(county.SUN, cert="低2", head="孙福", village="大官村")]
    batch = receive(county.write(tmp_path / "低保.csv", county.ALLOWANCE, rows))
    mismatch = Mismatch.objects.get(run=run_of(batch), kind="moved")
    decision = deciding.adopt(mismatch=mismatch, by=clerk)
    household = mismatch.household
    assert household is not None
    household.refresh_from_db()
    assert household.area == "210922109202"
    deciding.undo(decision=decision, by=clerk)
    household.refresh_from_db()
    assert household.area == "210922109201"


def test_a_class_of_repaired_numbers_is_accepted_and_undone_as_one(register: Batch, receive: Receive, clerk: User, tmp_path: Path) -> None:
    people = (county.ZHOU, county.LIU, county.BAO)
    rows = [county.allowance_row(p, cert=f"低{p.sequence}", head=p.name, id_number=county.broken(p.id_number)) for p in people]
    batch = receive(county.write(tmp_path / "低保.csv", county.ALLOWANCE, rows))
    run = run_of(batch)
    assert batch.rows_faulty == 3
    assert run.summary["auto"] == 3
    decision = deciding.accept_class(run=run, kind="id_repaired", by=clerk)
    assert decision.size == 3
    assert not Mismatch.objects.filter(run=run, kind="id_repaired", disposition="pending").exists()
    deciding.undo(decision=decision, by=clerk)
    assert Mismatch.objects.filter(run=run, kind="id_repaired", disposition="pending").count() == 3
    chosen = list(Mismatch.objects.filter(run=run, kind="id_repaired").values_list("pk", flat=True)[:2])
    assert deciding.dispose(run=run, mismatches=chosen, disposition="corrected", by=clerk, note="民政已改").size == 2


def test_those_only_on_the_list_wait_until_the_clerk_enrols_them(
    register: Batch, receive: Receive, clerk: User, tmp_path: Path, done: Callable[[], AbstractContextManager[Any]]
) -> None:
    baby = county.Someone("109001", "周小宝", "20200301", 61, "孙子")
    alone = county.Someone("", "吴老六", "19500505", 71, "户主")
    rows = [county.allowance_row(p, cert="低1", head="周德海") for p in (county.ZHOU, county.ZHAO, baby)]
    rows.append(county.allowance_row(alone, cert="低9", head="吴老六"))
    batch = receive(county.write(tmp_path / "低保.csv", county.ALLOWANCE, rows))
    run = run_of(batch)
    assert run.applied == {"attached": 2, "enrolled": 0, "waiting": 2}
    assert Mismatch.objects.filter(run=run, kind="only_list").count() == 2
    with done():
        deciding.enrol_new(run=run, by=clerk)
    joined = Membership.objects.open().get(person__name="周小宝")
    assert joined.household == Membership.objects.open().get(person__name="周德海").household
    assert Membership.objects.open().get(person__name="吴老六").is_head
    assert not Mismatch.objects.filter(run=run, kind="only_list", disposition="pending").exists()
    before = Person.objects.count()
    with done():
        deciding.enrol_new(run=run, by=clerk)
    assert Person.objects.count() == before
