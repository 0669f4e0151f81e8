"""Composite values of policy: what they say, what is refused, how levels of deadlines combine."""

from datetime import date
from pathlib import Path

import pytest

from anju import policy
from anju.policy import keys
from anju.policy.catalogue import declared, said, subsidies
from anju.policy.loading import load
from anju.policy.schedule import arrivals, deadlines
from anju.policy.tests.conftest import Set
from anju.vocabulary.table import BadDeclaration

DAY = date(2020, 6, 10)
HEAD = 'from = 2020-01-01\nto = 2020-12-31\nsource = "x"\n'
AREA = f"[[area.standard]]\n{HEAD}value.minimum = [20, 30]\nvalue.maximum = [60, 60]\nvalue.per_person_minimum = 13\nvalue.per_person_maximum = 18\nvalue.auxiliary = ['grain']\n"
METHODS = f"[[works.methods]]\n{HEAD}value.C = ['repair']\nvalue.D = ['rebuild']\nvalue.none = ['newbuild']\n"
EXCLUDED = f"[[eligibility.exclusions]]\n{HEAD}value.block = ['car']\nvalue.explain = []\n"
ONCE = f"[[eligibility.once]]\n{HEAD}value.exceptions = []\nvalue.not_with = []\n"
PRIORITY = f"[[cases.priority]]\n{HEAD}value.grades = [['D', 'none'], ['C']]\nvalue.groups = ['DB']\nvalue.tags = []\nvalue.flags = []\n"
AGREEMENT = f"[[works.agreement]]\n{HEAD}value.parties = ['household', 'builder']\n"
DEADLINES = f"[[programme.deadlines]]\n{HEAD}value.start = 2020-04-30\nvalue.completion = 2020-06-30\n"
FORM = f"[[acceptance.form]]\n{HEAD}value.key = 'k'\nvalue.title = '表'\nvalue.aspects = ['safety']\nvalue.items = [{{number = 1, name = '地基'}}]\n"


def loads(folder: Path, text: str) -> policy.Rules:
    (folder / "national.toml").write_text(text, "utf-8")
    return load([folder])


def test_the_examples_load(tmp_path: Path) -> None:
    rules = loads(tmp_path, AREA + METHODS + EXCLUDED + ONCE + PRIORITY + AGREEMENT + DEADLINES + FORM)
    assert sum(len(found) for found in rules.by_key.values()) == 8


@pytest.mark.parametrize(
    ("text", "wrong"),
    [
        (AREA.replace('source = "x"\n', ""), "source 没有填写"),
        (AREA.replace("value.minimum = [20, 30]\n", ""), "面积标准：minimum 没有填写"),
        (AREA.replace("[20, 30]", "[]"), "不能空着"),
        (AREA.replace("[20, 30]", "[20.5]"), "平方米数"),
        (AREA.replace("[20, 30]", "[70, 30]"), "不小于它"),
        (AREA.replace("[60, 60]", "[60]"), "一样长"),
        (AREA.replace("value.maximum = [60, 60]\n", ""), "都写"),
        (AREA.replace("value.per_person_maximum = 18\n", ""), "都写"),
        (AREA.replace("= 18", "= 12"), "小于 per_person_minimum"),
        (AREA.replace("'grain'", "'pigs'"), "代码的列表"),
        (AREA.replace("['grain']", "[]\nvalue.auxiliary_cap = 25"), "auxiliary 是哪些"),
        (AREA + "value.more = 1\n", "more 不认识"),
        (AREA + AREA, "同时有效"),
        ("[[area.standard]]\n" + HEAD + "value = 60\n", "一组字段"),
        (METHODS.replace("value.C = ['repair']\n", ""), "C 没有填写"),
        (METHODS.replace("['newbuild']", "['repair']"), "无房的不能维修加固"),
        (METHODS.replace("['rebuild']", "['decorate']"), "代码的列表"),
        (METHODS.replace("['rebuild']", "[]"), "不能空着"),
        (EXCLUDED.replace("'car'", "'horse'"), "代码的列表"),
        (EXCLUDED.replace("[]", "['car']"), "既不予补助又须说明"),
        (EXCLUDED.replace("['car']", "[]"), "至少写一种"),
        (ONCE.replace("exceptions = []", "exceptions = ['mercy']"), "代码的列表"),
        (PRIORITY.replace("['C']", "['D']"), "各排一次"),
        (PRIORITY.replace("[['D', 'none'], ['C']]", "'D'"), "列表的列表"),
        (PRIORITY.replace("tags = []", "tags = ['rich']"), "代码的列表"),
        (AGREEMENT.replace("'household', 'builder'", "'township', 'builder'"), "农户"),
        (AGREEMENT.replace(", 'builder'", ""), "两方"),
        (AGREEMENT + "value.filed_with = 'moon'\n", "filed_with 可用"),
        (DEADLINES.replace("2020-04-30", "2020-07-30"), "不早于前一步"),
        (DEADLINES.replace("2020-04-30", "'4月30日'"), "应是日期"),
        (f"[[programme.deadlines]]\n{HEAD}value = {{}}\n", "至少写一个时限"),
        (DEADLINES + "value.party = 2020-06-30\n", "party 不认识"),
        (FORM.replace("number = 1", "number = 2"), "依次编号"),
        (FORM.replace("[{number = 1, name = '地基'}]", "[]"), "至少一项"),
        (FORM.replace("name = '地基'", "name = '地基', when = 'later'"), "when 可用"),
        (FORM.replace("'safety'", "'smell'"), "代码的列表"),
        (f"[[works.trained_builder]]\n{HEAD}value = 1\n", "true 或 false"),
        (f"[[works.arrivals]]\n{HEAD}value = ['roof']\n", "代码的列表"),
        (f"[[acceptance.grades]]\n{HEAD}value = ['E']\n", "代码的列表"),
        (f"[[funds.payment_days]]\n{HEAD}value = 0\n", "1 至 365"),
    ],
)
def test_what_is_wrong_does_not_load(tmp_path: Path, text: str, wrong: str) -> None:
    with pytest.raises(BadDeclaration, match=wrong) as found:
        loads(tmp_path, text)
    assert "national.toml" in str(found.value)


# ------------------------------------------------------------------------------------------------ what holds


def test_what_a_case_asks_for() -> None:
    place = "210922100201"
    assert policy.value(keys.PAYMENT_DAYS, place, DAY) == 30
    assert policy.value(keys.GUIDANCE_VISITS, place, DAY) == 2
    assert policy.value(keys.ACCEPTED_GRADES, place, DAY) == ("A", "B")
    assert policy.value(keys.MOVE_IN_AFTER_PASS, place, DAY) is True
    assert policy.value(keys.TRAINED_BUILDER, place, DAY) is True
    assert policy.value(keys.ACCEPTANCE_STEPS, place, DAY) == ("application", "township", "county_sample")
    assert policy.value(keys.ACCEPTANCE_FORM, place, DAY).items[4].name == "地基"
    assert policy.value(keys.METHODS, place, DAY).of("C") == ("repair",)
    assert policy.value(keys.METHODS, "620724", date(2023, 8, 1)).of("C") == ("repair", "rebuild")
    assert policy.value(keys.METHODS, place, DAY).of("A") == ()
    assert policy.value(keys.TRAINING_SESSIONS, "411081", date(2019, 6, 1)) == 2


def test_fuxin_signs_three_party_agreements_and_files_them_with_the_city() -> None:
    found = policy.value(keys.AGREEMENT, "210922", DAY)
    assert found.parties == ("township", "household", "builder")
    assert found.said() == "乡镇政府、农户、施工队伍或工匠签订，报市级住建部门备案"
    assert policy.value(keys.AGREEMENT, "210122", DAY).filed_with == ""


def test_what_speaks_against_a_household_differs_by_place() -> None:
    assert "public_employee" in policy.value(keys.EXCLUSIONS, "532328101", DAY).block
    assert "public_employee" in policy.value(keys.EXCLUSIONS, "532328102", DAY).explain
    assert "car" in policy.value(keys.EXCLUSIONS, "640221", date(2023, 6, 1)).block
    assert policy.value(keys.ONCE_ONLY, "500111", DAY).exceptions == ("redanger_disaster",)


def test_the_three_arrivals_of_a_repair_are_those_it_has() -> None:
    assert arrivals("430381", DAY, method="rebuild") == ("foundation", "structure", "completion")
    assert arrivals("430381", DAY, method="repair") == ("completion",)


def test_the_worst_house_of_the_poorest_comes_first() -> None:
    rule = policy.value(keys.PRIORITY, "410329", DAY)
    early, late = date(2020, 1, 1), date(2020, 3, 1)
    order = [
        rule.rank(grade="none", group="JDLK", tags=["deep_poverty"], since=late),
        rule.rank(grade="D", group="JDLK", tags=["to_be_lifted"], since=early),
        rule.rank(grade="D", group="JDLK", since=early),
        rule.rank(grade="D", group="DB", flags=["brave_act"], since=late),
        rule.rank(grade="D", group="DB", since=early),
        rule.rank(grade="D", group="DB", since=late),
        rule.rank(grade="D", group="QTN", since=early),
        rule.rank(grade="C", group="JDLK", tags=["deep_poverty"], flags=["brave_act"], since=early),
    ]
    assert order == sorted(order)
    assert len(set(order)) == len(order)


def test_who_has_neither_income_nor_labour_keeps_their_place_in_henan() -> None:
    for on in (date(2018, 6, 1), DAY, date(2021, 6, 1)):
        assert policy.value(keys.PRIORITY, "410329", on).flags == ("brave_act", "double_none")


# ------------------------------------------------------------------------------------------------ deadlines


def test_fuxin_was_done_before_the_ministry_asked() -> None:
    assert [(one.step, one.day.isoformat(), one.area) for one in deadlines("210922", DAY)] == [
        ("survey", "2020-03-30", "2109"),
        ("preparation", "2020-04-20", "2109"),
        ("start", "2020-04-30", "2109"),
        ("completion", "2020-06-25", "2109"),
    ]
    assert [(one.name, one.day, one.area) for one in deadlines("110115", DAY)] == [("竣工", date(2020, 6, 30), "")]
    assert deadlines("210922", date(2019, 6, 1)) == ()


def test_a_step_that_the_county_leaves_out_is_that_of_the_level_above(also: Set) -> None:
    also(f'[[programme.deadlines]]\narea = "210922"\n{HEAD}value.start = 2020-04-10\n')
    assert {one.step: (one.day.day, one.area) for one in deadlines("210922", DAY)} == {
        "survey": (30, "2109"),
        "preparation": (20, "2109"),
        "start": (10, "210922"),
        "completion": (25, "2109"),
    }


@pytest.mark.parametrize("day", ["2020-06-26", "2020-12-31"])
def test_a_lower_level_is_never_later_than_the_one_above(also: Set, day: str) -> None:
    also(f'[[programme.deadlines]]\narea = "210922"\n{HEAD}value.completion = {day}\n')
    with pytest.raises(BadDeclaration, match="晚于上级"):
        deadlines("210922", DAY)


# ------------------------------------------------------------------------------------------------ the catalogue


def test_the_catalogue_reads_as_chinese() -> None:
    rows = list(declared())
    assert {row["key"] for row in rows} == set(keys.KEYS)
    for row in rows:
        assert row["value"]
        assert not any(mark in str(row["value"]) for mark in ("(", "=", "'", "[", "{")), row
    arriving = next(row for row in rows if row["key"] == "works.arrivals")
    assert arriving["value"] == "基础完工、主体完工、竣工"
    valid = next(row for row in rows if row["key"] == "groups.valid")
    assert valid["value"] == "建档立卡贫困户、农村分散供养特困人员、低保户、贫困残疾人家庭"
    assert said(True) == "是"
    assert said(()) == "无"


def test_the_catalogue_lists_every_standard() -> None:
    rows = list(subsidies())
    assert len(rows) == len(policy.read().subsidies) + len(policy.read().extras)
    assert all(row["source"] and row["amount"] and row["whom"] for row in rows)
    assert any("另加" in str(row["amount"]) for row in rows)
