from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date

import pytest
from django.db import transaction
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from anju.accounts.models import Organisation
from anju.divisions import actions, queries
from anju.divisions.actions import New
from anju.divisions.models import Division, DivisionChange, FormerName

pytestmark = pytest.mark.django_db
DAY = date(2020, 3, 1)
LENG, LIANG, ZHANGWU = "210922115", "210922116", "210922"


@contextmanager
def rolled_back() -> Iterator[None]:
    """What happens inside leaves nothing."""
    with transaction.atomic():
        yield
        transaction.set_rollback(True)


@pytest.fixture
def zhangwu() -> None:
    actions.load(prefixes=[ZHANGWU, "210921"])


def place(area: str, name: str = "") -> Organisation:
    return Organisation.objects.create(area=area, name=name or f"站 {area}", kind="station")


def area_of(row: Organisation) -> str:
    row.refresh_from_db()
    return str(row.area)


def villages(township: str) -> list[str]:
    return list(Division.objects.filter(parent=township, valid_to=None).values_list("code", flat=True))


@pytest.mark.usefixtures("zhangwu")
def test_when_two_townships_merge_their_villages_and_every_row_come_along() -> None:
    first, second = villages(LENG), villages(LIANG)
    rows = [place(code) for code in (LENG, LIANG, first[0], second[0], second[-1], ZHANGWU)]
    done = actions.record_change(kind="merged", on=DAY, old=[LENG, LIANG], new=[New(LENG)], document="辽民批〔2020〕1号")
    assert [area_of(row)[:9] for row in rows] == [LENG, LENG, LENG, LENG, LENG, ZHANGWU]
    assert len(villages(LENG)) == len(first) + len(second)
    assert villages(LIANG) == []
    assert done.moved == {"accounts.Organisation.area": 3}
    assert done.left == {}
    merged = Division.objects.get(code=area_of(rows[3]))
    assert merged.name == Division.objects.get(code=second[0]).name
    assert merged.full_name == f"辽宁省阜新市彰武县大冷镇{merged.short_name}"


@pytest.mark.usefixtures("zhangwu")
def test_a_village_whose_code_is_taken_in_the_merged_township_gets_the_next_of_its_kind() -> None:
    first, second = set(villages(LENG)), villages(LIANG)
    clashing = [code for code in second if LENG + code[9:] in first]
    assert clashing
    actions.record_change(kind="merged", on=DAY, old=[LENG, LIANG], new=[New(LENG)])
    pairs = queries.succession(second)
    assert len(set(pairs.values())) == len(second)
    assert all(LENG + code[9:] != pairs[code] for code in clashing)
    assert all((200 <= int(pairs[code][9:]) <= 399) == (200 <= int(code[9:]) <= 399) for code in second)


@pytest.mark.usefixtures("zhangwu")
def test_two_townships_may_merge_into_a_new_one_with_a_new_name() -> None:
    row = place(villages(LIANG)[0])
    actions.record_change(kind="merged", on=DAY, old=[LENG, LIANG], new=[New("210922150", "冷家镇")])
    assert area_of(row).startswith("210922150")
    assert Division.objects.get(code="210922150").full_name == "辽宁省阜新市彰武县冷家镇"
    assert not Division.objects.get(code=LENG).is_valid(DAY)
    assert Division.objects.get(code=LENG).is_valid(date(2020, 2, 29))


@pytest.mark.usefixtures("zhangwu")
def test_a_township_moved_to_another_county_takes_villages_and_groups_along() -> None:
    village = villages(LENG)[0]
    group = actions.add_group(village=village, name="三组").code
    row, below = place(LENG), place(group)
    actions.record_change(kind="moved", on=DAY, old=[LENG], new=[New("210921150")])
    assert (area_of(row), area_of(below)) == ("210921150", "210921150" + group[9:])
    moved = Division.objects.get(code=below.area)
    assert (moved.number, moved.level, moved.parent_id) == (3, 7, "210921150" + village[9:])
    assert moved.full_name.startswith("辽宁省阜新市阜新蒙古族自治县大冷镇")


@pytest.mark.usefixtures("zhangwu")
def test_in_a_split_villages_go_where_they_are_assigned_and_the_rest_is_listed() -> None:
    every = villages(LENG)
    rows = {code: place(code) for code in every}
    office = place(LENG)
    done = actions.record_change(
        kind="split",
        on=DAY,
        old=[LENG],
        new=[New("210922150", "东冷镇"), New("210922151", "西冷镇")],
        assign={every[0]: "210922150", every[1]: "210922151", every[2]: "210922151333"},
    )
    assert [area_of(rows[code]) for code in every[:3]] == ["210922150" + every[0][9:], "210922151" + every[1][9:], "210922151333"]
    stayed = [rows[code] for code in every[3:]] + [office]
    assert done.left == {"accounts.Organisation.area": len(stayed)}
    assert {(left.key, left.code) for left in queries.left_behind(done.change)} == {(str(row.pk), row.area) for row in stayed}
    assert not Division.objects.filter(code__startswith=LENG, valid_to=None).exists()


@pytest.mark.usefixtures("zhangwu")
def test_where_a_part_is_split_off_what_is_not_assigned_stays_with_the_old_place() -> None:
    every = villages(LENG)
    stays, goes = place(every[0]), place(every[1])
    done = actions.record_change(
        kind="split", on=DAY, old=[LENG], new=[New(LENG), New("210922150", "冷北镇")], assign={every[1]: "210922150"}
    )
    assert (area_of(stays), area_of(goes)) == (every[0], "210922150" + every[1][9:])
    assert done.left == {}
    assert villages(LENG) == [code for code in every if code != every[1]]


@pytest.mark.usefixtures("zhangwu")
def test_single_records_can_be_assigned_when_a_village_is_split() -> None:
    village = villages(LENG)[0]
    one, other, third = place(village, "甲"), place(village, "乙"), place(village, "丙")
    done = actions.record_change(
        kind="split",
        on=DAY,
        old=[village],
        new=[New(f"{LENG}301", "东村村委会"), New(f"{LENG}302", "西村村委会")],
        rows={"accounts.Organisation": {str(one.pk): f"{LENG}301", str(other.pk): f"{LENG}302"}},
    )
    assert [area_of(row) for row in (one, other, third)] == [f"{LENG}301", f"{LENG}302", village]
    assert [left.key for left in queries.left_behind(done.change)] == [str(third.pk)]


@pytest.mark.usefixtures("zhangwu")
def test_a_renamed_county_keeps_its_code_and_is_known_by_its_old_name_of_then() -> None:
    actions.record_change(kind="renamed", on=DAY, old=[ZHANGWU], new=[New(ZHANGWU, "彰武市")])
    assert Division.objects.get(code=LENG).full_name == "辽宁省阜新市彰武市大冷镇"
    assert queries.full_names([LENG], on=DAY) == {LENG: "辽宁省阜新市彰武市大冷镇"}
    assert queries.full_names([LENG], on=date(2020, 2, 29)) == {LENG: "辽宁省阜新市彰武县大冷镇"}
    assert FormerName.objects.get().name == "彰武县"


@pytest.mark.usefixtures("zhangwu")
def test_a_closed_code_leads_to_its_successors_over_several_changes() -> None:
    village = villages(LIANG)[0]
    actions.record_change(kind="merged", on=DAY, old=[LENG, LIANG], new=[New(LENG)])
    actions.record_change(kind="moved", on=date(2021, 1, 1), old=[LENG], new=[New("210921150")])
    (now,) = queries.successors(village)
    assert now.startswith("210921150")
    assert queries.successors(village, on=date(2020, 6, 1)) == [LENG + now[9:]]
    assert queries.successors(village, on=date(2019, 6, 1)) == [village]
    assert queries.predecessors(now, on=date(2019, 6, 1)) == [village]


@pytest.mark.usefixtures("zhangwu")
def test_undoing_a_merger_brings_every_row_and_place_back() -> None:
    before = list(Division.objects.filter(valid_to=None).values_list("code", "full_name"))
    rows = [place(code) for code in (LENG, LIANG, villages(LIANG)[0])]
    was = [row.area for row in rows]
    done = actions.record_change(kind="merged", on=DAY, old=[LENG, LIANG], new=[New("210922150", "冷家镇")])
    taken_back = actions.undo(change=done.change, note="录入错误")
    assert [area_of(row) for row in rows] == was
    assert list(Division.objects.filter(valid_to=None).values_list("code", "full_name")) == before
    assert taken_back.left == {}
    assert queries.successors(LIANG) == [LIANG]
    again = actions.record_change(kind="merged", on=date(2020, 4, 1), old=[LENG, LIANG], new=[New("210922150", "冷家镇")])
    assert again.moved == {"accounts.Organisation.area": 3}


@pytest.mark.usefixtures("zhangwu")
def test_rows_and_groups_added_after_a_change_return_with_it_where_there_is_one_way_back() -> None:
    done = actions.record_change(kind="moved", on=DAY, old=[LENG], new=[New("210921150")])
    village = villages("210921150")[0]
    group = actions.add_group(village=village, name="五组").code
    late, lower = place(village), place(group)
    actions.undo(change=done.change)
    assert (area_of(late), area_of(lower)) == (LENG + village[9:], LENG + group[9:])
    assert Division.objects.get(code=lower.area).full_name.endswith("五组")


@pytest.mark.usefixtures("zhangwu")
def test_a_change_that_others_build_on_cannot_be_undone_first() -> None:
    first = actions.record_change(kind="moved", on=DAY, old=[LENG], new=[New("210921150")])
    second = actions.record_change(kind="moved", on=date(2020, 5, 1), old=["210921150"], new=[New("210921151")])
    with pytest.raises(actions.ChangeRefused, match="请先撤销那一次"):
        actions.undo(change=first.change)
    actions.undo(change=second.change)
    actions.undo(change=first.change)
    with pytest.raises(actions.ChangeRefused, match="已经撤销过"):
        actions.undo(change=first.change)


@pytest.mark.usefixtures("zhangwu")
@pytest.mark.parametrize(
    ("kind", "old", "new", "reason"),
    [
        ("merged", [LENG, "210922"], [New(LENG)], "同一级"),
        ("merged", [LENG, LENG], [New(LIANG)], "两次"),
        ("merged", [LENG], [New(LENG)], "至少要有一个"),
        ("moved", [LENG], [New(LIANG)], "已经是"),
        ("moved", [LENG], [New("210999150")], "上级"),
        ("moved", ["210922999"], [New("210922998")], "没有这个区划代码"),
        ("renamed", [LENG], [New(LENG, "")], "新的名称"),
        ("renamed", [LENG], [New(LIANG, "大冷乡")], "核对"),
        ("split", [LENG, LIANG], [New(LENG)], "核对"),
        ("split", [LENG], [New(LENG)], "至少要有一个"),
    ],
)
def test_a_decision_that_makes_no_sense_is_refused_with_its_reason(kind: str, old: list[str], new: list[New], reason: str) -> None:
    with pytest.raises(actions.ChangeRefused, match=reason):
        actions.record_change(kind=kind, on=DAY, old=old, new=new)
    assert not DivisionChange.objects.exists()


@pytest.mark.usefixtures("zhangwu")
def test_records_that_would_become_the_same_stop_the_merger() -> None:
    place(LENG, "财政所")
    place(LIANG, "财政所")
    with pytest.raises(actions.ChangeRefused, match="相同的记录"):
        actions.record_change(kind="merged", on=DAY, old=[LENG, LIANG], new=[New(LENG)])
    assert Division.objects.get(code=LIANG).valid_to is None


@pytest.mark.usefixtures("zhangwu")
def test_a_code_once_used_is_not_given_to_another_place() -> None:
    actions.record_change(kind="moved", on=DAY, old=[LENG], new=[New("210921150")])
    with pytest.raises(actions.ChangeRefused, match="以前用过"):
        actions.record_change(kind="moved", on=date(2021, 1, 1), old=[LIANG], new=[New(LENG)])


@st.composite
def decisions(draw: st.DrawFn) -> list[tuple[str, int, int, int]]:
    """(kind, two towns by position, a number to choose with) for a few decisions in a row."""
    return draw(
        st.lists(
            st.tuples(st.sampled_from(["merged", "split", "moved", "renamed"]), st.integers(0, 9), st.integers(0, 9), st.integers(1, 1000)),
            min_size=1,
            max_size=4,
        )
    )


@pytest.mark.usefixtures("zhangwu")
@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(script=decisions(), spread=st.lists(st.integers(0, 400), min_size=1, max_size=25))
def test_after_any_decisions_every_row_is_on_one_valid_code_or_listed_and_undoing_all_restores(
    script: list[tuple[str, int, int, int]], spread: list[int]
) -> None:
    with rolled_back():
        everywhere = list(Division.objects.filter(code__startswith="2109221", level__gte=5).values_list("code", flat=True))
        rows = [place(everywhere[index % len(everywhere)], f"站 {number}") for number, index in enumerate(spread)]
        was = {row.pk: row.area for row in rows}
        tree = set(Division.objects.filter(valid_to=None).values_list("code", "full_name"))
        done = []
        for step, (kind, one, two, number) in enumerate(script):
            towns = list(Division.objects.filter(parent=ZHANGWU, valid_to=None, code__startswith="2109221").values_list("code", flat=True))
            first, second = towns[one % len(towns)], towns[two % len(towns)]
            fresh = f"210922{400 + step * 10 + number % 10}"
            if kind == "merged" and first != second:
                done.append(
                    actions.record_change(kind=kind, on=DAY, old=[first, second], new=[New(first if number % 2 else fresh, "合并镇")])
                )
            elif kind == "moved":
                done.append(actions.record_change(kind=kind, on=DAY, old=[first], new=[New("210921" + fresh[6:])]))
            elif kind == "renamed":
                done.append(actions.record_change(kind=kind, on=DAY, old=[first], new=[New(first, f"新名{step}镇")]))
            elif kind == "split":
                part = {code: fresh for index, code in enumerate(villages(first)) if index % 3 < number % 3}
                remains = [New(first)] if number % 2 else [New(f"210922{500 + step}", "另镇")]
                done.append(actions.record_change(kind=kind, on=DAY, old=[first], new=[*remains, New(fresh, "新镇")], assign=part))
            listed = {int(left.key) for outcome in done for left in queries.left_behind(outcome.change)}
            valid = set(Division.objects.filter(valid_to=None).values_list("code", flat=True))
            for pk, area in Organisation.objects.values_list("pk", "area"):
                assert (area in valid) != (pk in listed)
        for outcome in reversed(done):
            actions.undo(change=outcome.change)
        assert dict(Organisation.objects.values_list("pk", "area")) == was
        assert set(Division.objects.filter(valid_to=None).values_list("code", "full_name")) == tree
