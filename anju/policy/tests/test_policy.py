"""Numbers of policy: dated, sourced, the nearest area's first; what is wrong in a file doesn't load."""

from datetime import date, timedelta
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from anju import policy
from anju.policy import keys
from anju.policy.loading import load
from anju.policy.lookup import SHIPPED
from anju.vocabulary.keygroup import KEY_GROUPS
from anju.vocabulary.table import BadDeclaration

DAY = date(2020, 6, 10)


def test_every_key_has_a_value_somewhere_and_every_value_a_source() -> None:
    rules = load([SHIPPED])
    assert set(rules.by_key) == set(keys.KEYS)
    for key, found in rules.by_key.items():
        assert found, key
        assert all(one.source and one.file for one in found)
        assert any(one.area == "" for one in found), f"{key} holds nowhere in the nation"


def test_what_the_journey_of_an_appraisal_asks_for() -> None:
    place = "210922100201"
    assert policy.value(keys.NOTICE_DAYS, place, DAY) == 7
    assert policy.value("appraisals.objection_days", place, DAY) == 7
    assert policy.value(keys.APPRAISED_DAY, place, date(2022, 3, 1)) == 20
    assert policy.value(keys.NEW_MEMBERS_DAY, place, date(2022, 3, 1)) == 5
    assert policy.value(keys.VERIFICATION_DEADLINE, place, DAY) == date(2020, 6, 30)
    assert policy.rule(keys.HOUSE_METRES, place, DAY).value < policy.rule(keys.VILLAGE_METRES, place, DAY).value


@pytest.mark.parametrize(
    ("day", "codes"),
    [
        (date(2020, 12, 31), {"JDLK", "DB", "TK", "CJ"}),
        (date(2021, 1, 1), {"YFP", "DB", "TK", "TFK", "DBY", "QTP"}),
    ],
)
def test_four_groups_to_2020_and_six_from_2021(day: date, codes: set[str]) -> None:
    assert set(policy.value(keys.GROUPS, "21", day)) == codes


def test_a_province_has_groups_of_its_own() -> None:
    assert "XDP" in policy.value(keys.GROUPS, "441900003", DAY)
    assert "XDP" not in policy.value(keys.GROUPS, "210922", DAY)


@given(st.dates(date(2014, 1, 1), date(2040, 1, 1)), st.sampled_from(["", "21", "44", "440103"]))
def test_groups_that_hold_on_a_day_exist_on_that_day(day: date, area: str) -> None:
    groups = {group.code: group for group in KEY_GROUPS}
    for code in policy.value(keys.GROUPS, area, day):
        assert groups[code].valid_from <= day <= (groups[code].valid_to or date.max)


def test_the_nearest_area_comes_first() -> None:
    county = policy.rule(keys.COUNTY_NOTICE_DAYS, "341825100000", DAY)
    assert (county.value, county.area, county.file) == (5, "341825", "34-anhui.toml")
    assert policy.rule(keys.COUNTY_NOTICE_DAYS, "341824", DAY).area == ""
    assert policy.rule(keys.APPRAISED_DAY, "500101", date(2022, 1, 1)).area == "50"
    assert policy.rule(keys.APPRAISED_DAY, "500101", date(2021, 12, 31)).area == ""


def test_where_nothing_is_set_it_says_what_there_is() -> None:
    with pytest.raises(policy.NoRule) as none:
        policy.value(keys.VERIFICATION_DEADLINE, "210922", date(2021, 1, 1))
    assert all(word in str(none.value) for word in ("verification.deadline", "210922", "2021-01-01", "2020-06-01", "2020-12-31"))
    assert policy.find(keys.VERIFICATION_DEADLINE, "210922", date(2021, 1, 1)) is None
    assert policy.find(keys.VERIFICATION_DEADLINE, "210922", DAY) is not None


def test_a_key_nobody_declared_is_a_mistake_of_the_program() -> None:
    with pytest.raises(policy.UnknownKey, match=r"notices\.days"):
        policy.value("notices.dayz", "21", DAY)
    with pytest.raises(policy.UnknownKey):
        policy.find("notices.dayz", "21", DAY)


def written(folder: Path, text: str, name: str = "national.toml") -> Path:
    folder.mkdir(exist_ok=True)
    (folder / name).write_text(text, "utf-8")
    return folder


RULE = '[[notices.days]]\nvalue = 7\nfrom = 2014-01-01\nsource = "somewhere"\n'


@pytest.mark.parametrize(
    ("text", "said"),
    [
        (RULE.replace('source = "somewhere"\n', ""), "source 没有填写"),
        (RULE.replace("somewhere", "  "), "source 应是文字"),
        (RULE.replace("value = 7\n", ""), "value 没有填写"),
        (RULE.replace("from = 2014-01-01\n", ""), "from 没有填写"),
        (RULE.replace("7", "0"), "1 至 90"),
        (RULE.replace("7", "7.0"), "整数"),
        (RULE.replace("7", "true"), "整数"),
        (RULE.replace("7", '"7"'), "整数"),
        (RULE.replace("2014-01-01", '"2014-01-01"'), "应是日期"),
        (RULE.replace("2014-01-01", "2014-01-01T00:00:00"), "应是日期"),
        (RULE + "to = 2013-12-31\n", "早于 from"),
        (RULE + "until = 2015-01-01\n", "until 不认识"),
        (RULE + 'area = "210922000000"\n', "去掉末尾的零"),
        (RULE + 'area = "liaoning"\n', "area"),
        (RULE + 'area = "2"\n', "area"),
        (RULE.replace("notices.days", "notices.dayz"), "没有“notices.dayz”"),
        (RULE.replace("[[notices.days]]", "[notices.days]"), "应写成"),
        ("days = 7\n", "days 应写成"),
        ("[[notices.days]]\nvalue = \n", "不是正确的 TOML"),
        (RULE + RULE, "同时有效"),
        (RULE + RULE.replace("2014", "2018"), "同时有效"),
        (RULE + "to = 2018-01-01\n" + RULE.replace("2014", "2018"), "同时有效"),
        ('[[groups.valid]]\nvalue = ["JDLK"]\nfrom = 2014-01-01\nsource = "x"\n', "JDLK"),
        ('[[groups.valid]]\nvalue = ["ABC"]\nfrom = 2014-01-01\nsource = "x"\n', "应是代码的列表，可用：JDLK、"),
        ('[[groups.valid]]\nvalue = ["DB", "DB"]\nfrom = 2014-01-01\nsource = "x"\n', "重复"),
        ('[[groups.valid]]\nvalue = []\nfrom = 2014-01-01\nsource = "x"\n', "不能空着"),
        ('[[groups.valid]]\nvalue = ["XDP"]\nfrom = 2016-01-01\nto = 2020-12-31\nsource = "x"\n', "XDP"),
        ('[[verification.deadline]]\nvalue = "2020-06-30"\nfrom = 2020-06-01\nsource = "x"\n', "应是日期"),
    ],
)
def test_what_is_wrong_does_not_load(tmp_path: Path, text: str, said: str) -> None:
    with pytest.raises(BadDeclaration, match=said):
        load([written(tmp_path, text)])


@pytest.mark.parametrize("name", ["liaoning.toml", "21.toml", "99-nowhere.toml", "021-x.toml"])
def test_a_file_is_named_for_its_province(tmp_path: Path, name: str) -> None:
    with pytest.raises(BadDeclaration, match="文件名"):
        load([written(tmp_path, RULE, name)])


def test_a_province_sets_nothing_for_another(tmp_path: Path) -> None:
    with pytest.raises(BadDeclaration, match="21以内"):
        load([written(tmp_path, RULE + 'area = "22"\n', "21-liaoning.toml")])


def test_a_deployment_adds_its_own_but_may_not_contradict(tmp_path: Path) -> None:
    own = written(tmp_path / "own", RULE.replace("7", "10") + 'area = "210922"\n', "21-liaoning.toml")
    rules = load([SHIPPED, own])
    assert rules.rule("notices.days", "210922100", DAY).value == 10
    assert rules.rule("notices.days", "210921", DAY).value == 7
    with pytest.raises(BadDeclaration, match="同时有效"):
        load([SHIPPED, written(tmp_path / "against", RULE)])
    with pytest.raises(BadDeclaration, match="没有这个文件夹"):
        load([tmp_path / "none"])


def test_the_folder_of_the_deployment_is_named_by_the_environment(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    own = written(tmp_path / "own", RULE.replace("7", "10") + 'area = "210922"\n', "21-liaoning.toml")
    monkeypatch.setenv("ANJU_POLICY", str(own))
    policy.rules.cache_clear()
    try:
        assert policy.value(keys.NOTICE_DAYS, "210922", DAY) == 10
    finally:
        policy.rules.cache_clear()


def test_successive_values_meet_on_no_day(tmp_path: Path) -> None:
    rules = load([written(tmp_path, RULE + "to = 2017-12-31\n" + RULE.replace("2014", "2018").replace("7", "10"))])
    change = date(2018, 1, 1)
    assert rules.rule("notices.days", "", change - timedelta(days=1)).value == 7
    assert rules.rule("notices.days", "", change).value == 10
    with pytest.raises(policy.NoRule):
        rules.rule("notices.days", "", date(2013, 12, 31))
