from datetime import date

import pytest

from anju.divisions import actions, command, queries
from anju.divisions.models import Division, DivisionTag, Intensity, Tag
from anju.vocabulary.division import Level

pytestmark = pytest.mark.django_db
ZHANGWU, LENG = "210922", "210922115"


@pytest.fixture(autouse=True)
def fuxin() -> None:
    actions.load(prefixes=["2109"])


def test_the_tree_opens_a_step_at_a_time_and_sums_what_lies_below() -> None:
    village = Division.objects.filter(parent=LENG).values_list("code", flat=True)[0]
    counts = {village: 7, village + "03": 5, LENG: 2, "210921100": 40}
    (fuxin,) = queries.tree("21", counts)
    assert (fuxin.name, fuxin.count, fuxin.has_children, fuxin.printed_code) == ("阜新市", 54, True, "210900000000")
    counties = {node.name: node.count for node in queries.tree("2109", counts)}
    assert len(counties) == 7
    assert (counties["彰武县"], counties["阜新蒙古族自治县"], counties["海州区"]) == (14, 40, 0)
    assert {node.code: node.count for node in queries.tree(LENG, counts)}[village] == 12
    assert not queries.tree(village)
    assert [node.name for node in queries.tree("")] == ["辽宁省"]


def test_ancestors_and_names() -> None:
    assert [place.name for place in queries.ancestors(LENG)] == ["辽宁省", "阜新市", "彰武县"]
    assert [place.name for place in queries.path("210922000000")] == ["辽宁省", "阜新市", "彰武县"]
    assert queries.names([LENG, "999999"]) == {LENG: "辽宁省阜新市彰武县大冷镇"}
    assert queries.short_names([LENG]) == {LENG: "大冷镇"}


@pytest.mark.parametrize("text", ["大冷", "大冷镇", "dalengzhen", "DLZ", "210922115", "210922115000", "彰武县大冷镇"])
def test_a_place_is_found_by_name_pinyin_initials_and_code(text: str) -> None:
    assert LENG in [place.code for place in queries.search(text, "2109")]


def test_search_stays_inside_its_area_and_puts_the_closest_first() -> None:
    assert next(place.code for place in queries.search("平安镇", "2109")) == "210922117"
    assert queries.search("平安镇", "210921") == []
    assert queries.search("", "2109") == []
    assert len(queries.search("社区", "2109", limit=7)) == 7


def test_local_codes_of_groups_are_never_the_prefix_of_another() -> None:
    village = "210922115202"
    texts = [f"{number}组" for number in range(1, 120)] + ["王家屯", "李家屯村民小组", "后街"]
    codes = actions.add_groups(groups=[(village, text) for text in texts])
    values = sorted(codes.values())
    assert len(set(values)) == len(texts)
    assert not [(one, other) for one in values for other in values if one != other and other.startswith(one)]
    assert actions.add_groups(groups=[(village, "第三村民小组"), (village, "03"), (village, "王家屯组")]) == {
        (village, "第三村民小组"): codes[village, "3组"],
        (village, "03"): codes[village, "3组"],
        (village, "王家屯组"): codes[village, "王家屯"],
    }
    assert codes[village, "7组"] == village + "07"
    assert Division.objects.get(code=village + "07").full_name == "辽宁省阜新市彰武县大冷镇大庙村七组"


def test_a_group_needs_its_village() -> None:
    with pytest.raises(actions.UnknownDivision, match="210922115999"):
        actions.add_group(village="210922115999", name="三组")


def test_tags_belong_to_a_year() -> None:
    assert actions.tag(areas=[ZHANGWU, "210921"], tag=Tag.DEEP_POVERTY, year=2018, document="辽委办发〔2018〕1号") == 2
    assert actions.tag(areas=[ZHANGWU], tag=Tag.DEEP_POVERTY, year=2018) == 0
    assert actions.tag(areas=[ZHANGWU], tag=Tag.LIFTED, year=2019) == 1
    assert queries.tags(2018, "2109") == {ZHANGWU: [Tag.DEEP_POVERTY], "210921": [Tag.DEEP_POVERTY]}
    assert queries.tags(2019) == {ZHANGWU: [Tag.LIFTED]}
    with pytest.raises(actions.UnknownDivision):
        actions.tag(areas=["999999"], tag=Tag.LIFTED, year=2019)
    assert DivisionTag.objects.count() == 3


def test_seismic_intensity_is_inherited_from_above_and_holds_for_its_days() -> None:
    actions.set_intensity(area=ZHANGWU, intensity=Intensity.SIX, since=date(2001, 8, 1), source="GB 18306-2001")
    actions.set_intensity(area=ZHANGWU, intensity="7", since=date(2016, 6, 1), source="GB 18306-2015", design_group=2)
    found = queries.seismic_intensity(LENG, date(2020, 6, 10))
    assert found is not None
    assert (found.intensity, found.design_group, found.source) == ("7", 2, "GB 18306-2015")
    earlier = queries.seismic_intensity(LENG, date(2010, 1, 1))
    assert earlier is not None
    assert earlier.intensity == "6"
    assert queries.seismic_intensity("210921", date(2020, 6, 10)) is None
    assert queries.seismic_intensity(LENG, date(1999, 1, 1)) is None


def test_a_place_with_a_new_code_keeps_the_intensity_of_the_old_one() -> None:
    actions.set_intensity(area=LENG, intensity="8", since=date(2016, 6, 1), source="GB 18306-2015")
    actions.record_change(kind="moved", on=date(2020, 3, 1), old=[LENG], new=[actions.New("210921150")])
    found = queries.seismic_intensity("210921150", date(2020, 6, 10))
    assert found is not None
    assert found.intensity == "8"


def test_the_command_line_loads_and_shows(capsys: pytest.CaptureFixture[str]) -> None:
    assert command.main(["load", "530326"]) == 0
    assert "新装入" in capsys.readouterr().out
    assert command.main(["show", "210922115"]) == 0
    shown = capsys.readouterr().out
    assert "210922115000  辽宁省阜新市彰武县大冷镇  乡镇" in shown
    assert "大庙村" in shown


def test_the_command_line_says_what_is_wrong(capsys: pytest.CaptureFixture[str]) -> None:
    assert command.main(["show", "999999"]) == 2
    assert "没有这个区划代码：999999" in capsys.readouterr().err
    assert command.main(["load", "彰武"]) == 2
    assert "应为数字" in capsys.readouterr().err


def test_levels_are_those_of_the_codes() -> None:
    assert {place.as_level for place in Division.objects.filter(code__startswith=LENG)} == {Level.TOWNSHIP, Level.VILLAGE}
