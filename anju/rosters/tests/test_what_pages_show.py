"""The numbers of the pages, and the rows behind each of them; nothing of another area."""

from collections.abc import Callable
from contextlib import AbstractContextManager
from pathlib import Path
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from anju.accounts.models import User
from anju.registry.models import Household, PastSupport
from anju.rosters.actions import deciding, receiving
from anju.rosters.models import Batch, Match, MatchRun
from anju.rosters.queries import batches, review
from anju.rosters.queries.batches import RowFilters
from anju.rosters.refusal import Refused
from anju.rosters.tests import county
from anju.rosters.tests.conftest import Receive

Done = Callable[[], AbstractContextManager[Any]]


@pytest.fixture
def allowance(register: Batch, receive: Receive, tmp_path: Path) -> Batch:
    """A number wrong, a changed head, somebody new, somebody twice, over two townships."""
    stranger = county.Someone("", "吴老六", "19500505", 71, "户主")
    rows = [
        county.allowance_row(county.ZHAO, cert="低1", head="赵凤芹", relation="户主"),
        county.allowance_row(county.ZHOU, cert="低1", head="赵凤芹", relation="配偶"),
        county.allowance_row(county.LIU, cert="低2", head="刘守义", id_number=county.broken(county.LIU.id_number)),
        county.allowance_row(stranger, cert="低9", head="吴老六"),
        county.allowance_row(county.BAO, cert="低42", head="包玉霞"),
        county.allowance_row(county.BAO, cert="低42", head="包玉霞"),
    ]
    return receive(county.write(tmp_path / "农村低保4月.csv", county.ALLOWANCE, rows), as_of=county.AS_OF.replace(month=4, day=30))


def run_of(batch: Batch) -> MatchRun:
    return MatchRun.objects.get(batch=batch, kind="register", current=True)


def test_every_number_of_the_page_opens_its_rows(allowance: Batch, clerk: User) -> None:
    page = batches.page(allowance, clerk)
    assert (page.total, sum(flow.rows for flow in page.flow), sum(result.count for result in page.results)) == (6, 6, 6)
    for result in page.results:
        assert batches.rows(allowance, clerk, RowFilters(outcome=result.outcome)).total == result.count
    for flow in page.flow:
        for outcome, count in flow.to:
            assert batches.rows(allowance, clerk, RowFilters(outcome=outcome, passed=flow.passed)).total == count
    for check, label, count in page.faults:
        assert label
        assert batches.rows(allowance, clerk, RowFilters(check=check)).total == count
    for kind in page.kinds:
        assert batches.differences(run_of(allowance), clerk, kind=kind.kind).total == kind.total
    assert {kind.kind: kind.total for kind in page.kinds} == {"id_repaired": 1, "head_differs": 1, "listed_twice": 1, "only_list": 1}
    assert batches.rows(allowance, clerk, RowFilters(reading="faulty")).total == allowance.rows_faulty == 1
    assert page.columns_known[0] <= page.columns_known[1]
    assert [str(office) for office in page.missing_signatures] == ["housing", "civil_affairs"]


def test_differences_are_marked_masked_and_paged_by_key(allowance: Batch, clerk: User) -> None:
    run = run_of(allowance)
    seen = []
    after = ""
    for _page in range(4):
        page = batches.differences(run, clerk, after=after, limit=1)
        seen += [one.kind for one in page.rows]
        assert (page.first, page.last, page.total) == (len(seen), len(seen), 4)
        after = page.after
    assert (sorted(seen), after) == (["head_differs", "id_repaired", "listed_twice", "only_list"], "")
    repaired = batches.differences(run, clerk, kind="id_repaired").rows[0]
    assert any(part.hot for part in repaired.listed)
    assert county.LIU.id_number not in "".join(part.text for part in repaired.held)
    assert (repaired.row_number, repaired.place, repaired.action) == (4, "满堂红镇 大官村", "采纳修复")
    head = batches.differences(run, clerk, kind="head_differs").rows[0]
    assert ["".join(part.text for part in side) for side in (head.listed, head.held)] == ["户主 赵凤芹", "户主 周德海"]
    twice = batches.differences(run, clerk, kind="listed_twice").rows[0]
    assert "".join(part.text for part in twice.listed) == "包玉霞（第 6、7 行）"
    assert batches.differences(run, clerk, township="210922115").total == 1


def test_a_township_sees_its_own_rows_only_and_a_stranger_nothing(allowance: Batch, township: User, stranger: User) -> None:
    page = batches.page(allowance, township)
    assert page.total == 4
    assert batches.rows(allowance, township).total == 4
    assert all(difference.place.startswith("满堂红镇") for difference in batches.differences(run_of(allowance), township).rows)
    assert [code for code, _name, _pending in batches.townships(run_of(allowance), township)] == ["210922109"]
    assert list(batches.batches(stranger)) == []
    assert batches.rows(allowance, stranger).total == 0
    assert batches.differences(run_of(allowance), stranger).total == 0
    work = batches.worklist(stranger)
    assert (work.pending.count, work.unsigned.count) == (0, 0)


def test_a_page_needs_the_same_queries_for_many_rows_as_for_few(allowance: Batch, clerk: User) -> None:
    def queries(limit: int) -> int:
        with CaptureQueriesContext(connection) as captured:
            batches.differences(run_of(allowance), clerk, limit=limit)
            batches.rows(allowance, clerk, limit=limit)
        return len(captured)

    assert queries(50) <= queries(1) + 1  # what repeats a row is looked up only where something does


def test_townships_beside_outcomes_add_up(allowance: Batch, clerk: User) -> None:
    table = batches.matrix(run_of(allowance), clerk)
    assert [name for (_code, name), _counts in table] == ["满堂红镇", "大冷镇"]
    assert sum(sum(counts.values()) for _place, counts in table) == 6


def test_the_next_months_list_tells_who_joined_left_and_changed(
    allowance: Batch, receive: Receive, clerk: User, tmp_path: Path, done: Done
) -> None:
    rows = [
        county.allowance_row(county.ZHAO, cert="低1", head="赵凤芹", relation="户主"),
        county.allowance_row(county.ZHOU, cert="低1", head="赵凤芹", relation="配偶"),
        county.allowance_row(county.LIU, cert="低2", head="刘守义"),
        county.allowance_row(county.SUN, cert="低3", head="孙福"),
    ]
    later = receive(county.write(tmp_path / "农村低保5月.csv", county.ALLOWANCE, rows))
    assert later.previous == allowance
    found = batches.versions(later, clerk)
    assert (found.joined, found.left, found.changed) == (1, 3, 1)
    run = MatchRun.objects.get(batch=later, kind="version")
    changed = batches.version_rows(run, clerk, "changed").rows[0]
    assert [(label, after) for label, _before, after in changed.changes] == [("证件号", county.LIU.id_number)]
    assert {one.other.name for one in batches.version_rows(run, clerk, "left").rows if one.other} == {"吴老六", "包玉霞"}
    assert batches.page(later, clerk).previous_gone == 3
    assert batches.rows(later, clerk, RowFilters(gone=True)).total == 3
    decision = deciding.end_left(batch=later, by=clerk)
    assert Household.objects.get(memberships__person__name="包玉霞").groups == ""
    assert Household.objects.filter(groups="DB").count() == 3
    deciding.undo(decision=decision, by=clerk)
    assert Household.objects.get(memberships__person__name="包玉霞").groups == "DB"


def test_two_lists_are_compared_without_the_register(allowance: Batch, register: Batch, clerk: User, stranger: User, done: Done) -> None:
    with pytest.raises(Refused, match="辖区"):
        receiving.compare_lists(batch=allowance, other=register, by=stranger)
    with done():
        run = receiving.compare_lists(batch=allowance, other=register, by=clerk)
    run.refresh_from_db()
    assert run.summary["auto"] == 5
    assert run.summary["only_list"] == 1
    assert run.summary["only_other"] == 9 - 4
    assert receiving.compare_lists(batch=allowance, other=register, by=clerk) == run


def test_comparing_again_keeps_what_was_decided(allowance: Batch, clerk: User, done: Done) -> None:
    run = run_of(allowance)
    deciding.accept_class(run=run, kind="id_repaired", by=clerk)
    with done():
        receiving.rematch(batch=allowance, by=clerk)
    again = run_of(allowance)
    assert again != run
    assert again.mismatches.get(kind="id_repaired").disposition == "corrected"
    assert batches.page(allowance, clerk).total == 6


def test_the_ledger_brings_earlier_works(register: Batch, receive: Receive, tmp_path: Path) -> None:
    headings = ("档案编号", "户主姓名", "户主身份证号", "乡镇", "村", "危房等级", "改造年度", "改造方式", "补助金额")
    receive(
        county.write(
            tmp_path / "危改台账.csv",
            headings,
            [("D1", "孙福", county.SUN.id_number, "满堂红镇", "小官村", "C", 2017, "修缮加固", "1.4万元")],
        )
    )
    support = PastSupport.objects.get()
    assert (support.year, support.kind, support.amount) == (2017, "修缮加固", 1_400_000)


def test_one_who_lives_in_the_next_county_is_told_of_without_content(
    register: Batch, receive: Receive, stranger: User, tmp_path: Path
) -> None:
    headings = ("户号", "姓名", "身份证号", "与户主关系", "乡镇", "村", "户口性质")
    there = county.write(tmp_path / "邻县.csv", headings, [("1", "孙福", county.SUN.id_number, "户主", "阜新镇", "桃李村", "农业")])
    batch = receive(there, by=stranger, area=county.OTHER_COUNTY)
    mismatch = run_of(batch).mismatches.get(kind="elsewhere")
    assert "彰武县" in mismatch.explanation
    assert "小官村" not in mismatch.explanation
    assert Household.objects.filter(area__startswith="210921").count() == 0


def test_a_pair_side_by_side_with_its_history(allowance: Batch, receive: Receive, clerk: User, tmp_path: Path) -> None:
    match = Match.objects.select_related("run__batch", "row", "person").get(run=run_of(allowance), row__name="刘守义")
    Match.objects.filter(pk=match.pk).update(
        outcome="review", score=0.83, evidence=[{"label": "姓名相同", "weight": 3.4}, {"label": "证件号差一位", "weight": -3.9}]
    )
    match.refresh_from_db()
    page = review.page(match, clerk)
    signs = {field.label: field.sign for field in page.fields}
    assert (signs["姓名"], signs["证件号"], signs["村组"]) == ("=", "≠", "=")
    assert [one.weight for one in page.evidence] == [3.4, -3.9]
    assert any("无此人" in part.text for field in page.fields for part in field.listed)
    assert {one.batch_id for one in page.history} >= {allowance.pk}
    assert all(county.LIU.id_number not in part.text for field in page.fields for part in field.held)
    assert review.full_numbers(match).held == county.LIU.id_number
    item = review.queue(match.run, clerk).rows[0]
    assert (item.listed_name, item.place) == ("刘守义", "满堂红镇")
    assert review.next_open(match.run, clerk) == match
    assert review.next_open(match.run, clerk, after_match=match) is None


def test_the_worklist_counts_what_waits(allowance: Batch, clerk: User, cosigner: User) -> None:
    work = batches.worklist(clerk)
    assert work.pending.count == 4
    assert set(work.unsigned.batches) == set(Batch.objects.all())
    assert batches.worklist(cosigner).unsigned.batches == [allowance]
