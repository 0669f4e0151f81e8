from datetime import date

import pytest

from anju.divisions import actions, queries
from anju.divisions.actions import New
from anju.divisions.models import Division
from anju.divisions.queries import Outcome, Resolution, Typed

pytestmark = pytest.mark.django_db
DAMIAO = "210922115202"


@pytest.fixture(autouse=True)
def fuxin() -> None:
    actions.load(prefixes=["2109"])


def read(typed: str | Typed, area: str = "2109") -> Resolution:
    return queries.resolve([typed], area)[typed]


@pytest.mark.parametrize(
    "typed",
    [
        "辽宁省阜新市彰武县大冷镇大庙村",
        "彰武县大冷镇大庙村委会",
        "大冷镇大庙村民委员会",
        "大冷镇大庙村",
        "大冷 镇　大庙 村",
        "彰武县,大冷镇,大庙村",
        "大庙村",
        "210922115202",
        "210922115202.0",
        "2.10922115202E+11",
        " ２１０９２２１１５２０２ ",
    ],
)
def test_the_usual_spellings_are_exact(typed: str) -> None:
    answer = read(typed)
    assert (answer.outcome, answer.code) == (Outcome.EXACT, DAMIAO)
    assert answer.explanation == ""


@pytest.mark.parametrize(
    "typed",
    ["大冷镇大庙", "大冷大庙", "大冷乡大庙村", "彰武大冷镇大庙社区", "彰武市大冷镇大庙村", "大冷镇大庙行政村"],
)
def test_looser_spellings_are_read_and_said_so(typed: str) -> None:
    answer = read(typed)
    assert (answer.outcome, answer.code) == (Outcome.ALIAS, DAMIAO)
    assert "大庙村" in answer.explanation


@pytest.mark.parametrize(
    ("typed", "code"),
    [
        ("阜蒙县大板镇", "210921120"),
        ("阜新县大板镇", "210921120"),
        ("二道河子乡", "210922202"),
        ("和平街道办事处", "210902003"),
        ("彰武县", "210922"),
    ],
)
def test_short_names_of_counties_and_townships_are_known(typed: str, code: str) -> None:
    assert read(typed).code == code


@pytest.mark.parametrize(
    ("group", "title"),
    [("三组", "三组"), ("第三村民小组", "三组"), ("3组", "三组"), ("03组", "三组"), ("十二社", "十二组"), ("王家屯", "王家屯")],
)
def test_a_group_without_a_code_is_given_beside_its_village(group: str, title: str) -> None:
    answer = read(f"大冷镇大庙村{group}")
    assert (answer.code, answer.group) == (DAMIAO, title)


def test_a_group_with_a_code_is_found_however_it_is_written() -> None:
    code = actions.add_group(village=DAMIAO, name="三组").code
    hamlet = actions.add_group(village=DAMIAO, name="王家屯").code
    assert code == DAMIAO + "03"
    for typed in (
        "大冷镇大庙村三组",
        "大冷镇大庙村第3村民小组",
        "彰武县大冷镇大庙村3组12号",
        code,
        Typed(township="大冷镇", village="大庙村", group="3.0"),
    ):
        assert read(typed).code == code
    assert read("大庙村王家屯").code == hamlet


def test_columns_of_a_list_are_read_level_by_level() -> None:
    for typed in (
        Typed(county="彰武县", township="大冷镇", village="大庙村"),
        Typed(province="辽宁", city="阜新", county="彰武县", township="大冷镇", village="大庙村委会"),
        Typed(township="大冷镇", village="彰武县大冷镇大庙村"),
        Typed(division="210922115", village="大庙村"),
        Typed(division="210922115202"),
    ):
        answer = read(typed)
        assert (answer.outcome, answer.code) == (Outcome.EXACT, DAMIAO), typed


def test_a_column_says_which_level_is_meant() -> None:
    assert read("平安").outcome is Outcome.AMBIGUOUS
    assert read(Typed(township="平安")).code == "210922117"
    assert read(Typed(township="平安", village="平安")).full_name == "辽宁省阜新市彰武县平安镇平安村"


def test_the_same_name_in_several_townships_is_ambiguous_until_the_area_is_narrow_enough() -> None:
    wide = read("益民社区")
    assert (wide.outcome, wide.code) == (Outcome.AMBIGUOUS, "")
    assert [found.full_name for found in wide.suggestions] == ["辽宁省阜新市海州区和平街道益民社区", "辽宁省阜新市新邱区新发屯街道益民社区"]
    assert read("益民社区", "210903").full_name == "辽宁省阜新市新邱区新发屯街道益民社区"


@pytest.mark.parametrize("typed", ["大冷镇大妙村", "大冷镇大苗村", "大愣镇大庙村", Typed(township="大冷镇", village="大妙村")])
def test_a_slip_is_never_corrected_silently_but_suggested(typed: str | Typed) -> None:
    answer = read(typed)
    assert (answer.outcome, answer.code) == (Outcome.UNKNOWN, "")
    assert answer.suggestions[0].code == DAMIAO
    assert "是不是" in answer.explanation


def test_what_was_sure_is_kept_when_the_rest_is_unknown() -> None:
    assert read("大冷镇天边村").reached == "210922115"
    assert read(Typed(township="大冷镇", group="三组")).reached == "210922115"


@pytest.mark.parametrize(
    ("typed", "reason"),
    [
        ("", "没有填写"),
        ("吉林省长春市", "没有“吉林省长春市”"),
        ("530326", "不在辽宁省阜新市范围内"),
        ("210922999", "不在区划表里"),
        ("2.10922E+11", "没有"),
        (Typed(division="210922116", township="大冷镇"), "不一致"),
        (Typed(township="大冷镇", group="三组"), "没有写村"),
    ],
)
def test_what_cannot_be_read_says_why(typed: str | Typed, reason: str) -> None:
    answer = read(typed)
    assert answer.outcome is Outcome.UNKNOWN
    assert reason in answer.explanation


def test_every_village_is_found_by_its_address_and_by_its_columns() -> None:
    villages = list(Division.objects.filter(level=6))
    named = dict(Division.objects.values_list("code", "name"))
    whole = queries.resolve([village.full_name for village in villages], "2109")
    parts = {
        village.code: Typed(county=named[village.code[:6]], township=named[village.code[:9]], village=village.name) for village in villages
    }
    columns = queries.resolve(parts.values(), "2109")
    for village in villages:
        assert whole[village.full_name].code == village.code
        assert columns[parts[village.code]].code == village.code


def test_former_names_and_closed_codes_lead_to_the_place_of_today() -> None:
    actions.record_change(kind="renamed", on=date(2020, 1, 1), old=["210922"], new=[New("210922", "柳河县")])
    assert read("彰武县大冷镇大庙村").code == DAMIAO
    assert read("柳河县大冷镇大庙村").outcome is Outcome.EXACT
    actions.record_change(kind="merged", on=date(2020, 3, 1), old=["210922115", "210922116"], new=[New("210922116")])
    moved = queries.succession([DAMIAO])[DAMIAO]
    for typed in (DAMIAO, "大冷镇大庙村", "两家子镇大庙村"):
        assert read(typed).code == moved
    assert "已变更为" in read(DAMIAO).explanation


def test_a_code_that_was_split_is_ambiguous() -> None:
    actions.record_change(
        kind="split",
        on=date(2020, 3, 1),
        old=["210922115"],
        new=[New("210922150", "东冷镇"), New("210922151", "西冷镇")],
        assign={DAMIAO: "210922150"},
    )
    answer = read("210922115")
    assert answer.outcome is Outcome.AMBIGUOUS
    assert [found.code for found in answer.suggestions] == ["210922150", "210922151"]
    assert read("大冷镇大庙村").code == "210922150202"


def test_whole_country_texts_are_read_down_to_the_village_when_they_name_the_county() -> None:
    actions.load(prefixes=["530326001", "110101", "4419"])
    assert read("云南省曲靖市会泽县古城街道", "").code == "530326001"
    assert read("北京市市辖区东城区", "").code == "110101"
    assert read("广东省东莞市石碣镇", "").code == "441900101"
