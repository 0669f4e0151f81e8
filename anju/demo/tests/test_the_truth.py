"""The invented people: always the same for a seed, valid by the rules, composed like real households."""

from itertools import pairwise

import numpy as np
import pytest

from anju.demo import place, truth
from anju.vocabulary import division, idnumber

HERE = place.invented()


@pytest.fixture(scope="module")
def people() -> list[truth.Block]:
    return list(truth.blocks(HERE, 3_000, truth.POOR, seed=7, size=1_000))


def test_the_same_seed_makes_the_same_world_and_another_seed_another() -> None:
    first, again, other = (
        [(b.name.tolist(), b.id_number.tolist(), b.relation.tolist()) for b in truth.blocks(HERE, 500, truth.POOR, seed=seed)]
        for seed in (1, 1, 2)
    )
    assert first == again
    assert first != other


def test_every_identity_number_is_valid_once_and_says_the_birth_day_and_the_sex(people: list[truth.Block]) -> None:
    numbers = [number for block in people for number in block.id_number.tolist()]
    assert len(set(numbers)) == len(numbers)
    assert all(idnumber.is_valid(number, today=truth.BUSINESS_DAY) for number in numbers)
    for block in people:
        for number, born, sex in zip(block.id_number.tolist(), block.born.tolist(), block.sex.tolist(), strict=True):
            assert idnumber.birth_date(number) == born
            assert idnumber.sex(number) == str(sex)


def test_most_numbers_begin_with_the_county_and_a_few_come_from_elsewhere(people: list[truth.Block]) -> None:
    own = sum(
        number.startswith(HERE.villages[village].county)
        for block in people
        for number, village in zip(block.id_number.tolist(), block.village[block.household].tolist(), strict=True)
    )
    total = sum(block.persons for block in people)
    assert 0.9 < own / total < 0.99


def test_a_household_begins_with_its_head_and_has_one(people: list[truth.Block]) -> None:
    for block in people:
        heads = np.flatnonzero(block.relation == "02")
        assert heads.tolist() == block.start[:-1].tolist()


def test_parents_are_older_than_children_and_spouses_differ_in_sex(people: list[truth.Block]) -> None:
    for block in people:
        for a, b in pairwise(block.start.tolist()):
            members = {r: i for i, r in zip(range(a, b), block.relation[a:b].tolist(), strict=True)}
            head = members["02"]
            for relation in ("20", "30", "41", "42"):
                if relation in members:
                    assert block.born[members[relation]] > block.born[head]
            if "51" in members:
                assert block.born[members["51"]] < block.born[head]
            if "10" in members:
                assert block.sex[members["10"]] != block.sex[head]


def test_children_carry_the_fathers_surname(people: list[truth.Block]) -> None:
    seen = 0
    for block in people:
        for a, b in pairwise(block.start.tolist()):
            names, relations = block.name[a:b].tolist(), block.relation[a:b].tolist()
            if block.sex[a] == 1 and "20" in relations and block.nation[a] == 0:
                seen += 1
                assert names[relations.index("20")][0] == names[0][0]
    assert seen > 100


def test_there_are_old_people_alone_and_three_generations(people: list[truth.Block]) -> None:
    sizes = np.concatenate([block.size for block in people])
    assert 2.1 < sizes.mean() < 2.8
    assert (sizes == 1).mean() > 0.2
    assert sizes.max() >= 5


def test_names_with_a_dot_occur_where_the_county_carries_the_nations_name() -> None:
    rows = [("15", "安省"), ("1501", "居州市"), ("150121", "东安蒙古族自治县"), ("150121100", "河镇"), ("150121100200", "沟村委会")]
    block = next(truth.blocks(place.rural(rows, "1501"), 3_000, truth.POOR, seed=3))
    assert any("·" in name for name in block.name.tolist())
    assert (block.nation == 1).mean() > 0.1


def test_every_village_gets_households_where_there_are_enough() -> None:
    counts = truth.spread(np.random.default_rng(1), 100, 24)
    assert counts.sum() == 100
    assert counts.min() >= 1
    assert truth.spread(np.random.default_rng(1), 5, 24).sum() == 5


def test_a_place_is_cut_to_towns_and_townships_and_their_villagers_committees() -> None:
    rows = [
        ("99", "安省"), ("9901", "居州市"), ("990121", "东安县"),
        ("990121001", "城关街道"), ("990121001200", "城边村委会"),
        ("990121100", "河镇"), ("990121100001", "河东社区居委会"), ("990121100200", "程沟村委会"), ("990121100201", "上营子村村民委员会"),
        ("990121200", "山乡"), ("990121200001", "林场社区居委会"),
        ("990121400", "农场"), ("990121400200", "一队村委会"),
    ]  # fmt: skip
    here = place.rural([(code.ljust(12, "0"), name) for code, name in rows], "9901")
    assert here.townships == ("990121100", "990121200")
    assert [v.name for v in here.villages] == ["程沟村", "上营子村", "林场社区"]
    assert here.villages[0].address == "东安县河镇程沟村"
    assert all(division.level(v.code) == division.Level.VILLAGE for v in here.villages)
