"""A subsidy standard that is unclear, unsourced or contradicts another doesn't load."""

from pathlib import Path

import pytest

from anju.policy.loading import load
from anju.policy.lookup import SHIPPED
from anju.vocabulary.table import BadDeclaration

RULE = '[[subsidy.rule]]\narea = "210922"\ngroups = ["DB"]\ngrades = ["D"]\nmethods = ["rebuild"]\nfixed = 20000\nfrom = 2019-01-01\nsource = "x"\n'
EXTRA = '[[subsidy.extra]]\narea = "210922"\nkey = "k"\nwho = "无自筹能力的"\nfixed = 2000\nfrom = 2019-01-01\nsource = "x"\n'


def loads(folder: Path, text: str, *, beside: bool = True) -> int:
    (folder / "21-liaoning.toml").write_text(text, "utf-8")
    return len(load([SHIPPED, folder] if beside else [folder]).subsidies)


def test_the_examples_load(tmp_path: Path) -> None:
    assert loads(tmp_path, RULE + EXTRA, beside=False) == 1


@pytest.mark.parametrize(
    ("text", "said"),
    [
        (RULE.replace('source = "x"\n', ""), "source 没有填写"),
        (RULE.replace('"x"', '" "'), "source"),
        (RULE.replace("from = 2019-01-01\n", ""), "from 没有填写"),
        (RULE + "to = 2018-01-01\n", "早于 from"),
        (RULE.replace("210922", "410922"), "21以内"),
        (RULE.replace("210922", "210922000000"), "去掉末尾的零"),
        (RULE.replace('grades = ["D"]\n', ""), "grades 没有填写"),
        (RULE.replace('["D"]', "[]"), "不能空着"),
        (RULE.replace('["D"]', '["B"]'), "grades 应是代码的列表"),
        (RULE.replace('["D"]', '["D", "一级危房"]'), "地方叫法"),
        (RULE.replace('["D"]', '["D", "D"]'), "重复"),
        (RULE.replace('["DB"]', '["ABC"]'), "groups 应是代码的列表"),
        (RULE.replace('["DB"]', '["JDLK"]'), "JDLK"),
        (RULE.replace('["DB"]', '["XDP"]') + "to = 2020-01-01\n", "XDP"),
        (RULE.replace('["rebuild"]', '["decorate"]'), "methods 应是代码的列表"),
        (RULE.replace("fixed = 20000\n", ""), "应写其中一个"),
        (RULE + "ceiling = 5\n", "应写其中一个"),
        (RULE.replace("20000", "0"), "大于 0"),
        (RULE.replace("20000", "-5"), "大于 0"),
        (RULE.replace("20000", "20000.5"), "应是元数"),
        (RULE.replace("20000", "true"), "应是元数"),
        (RULE.replace("20000", '"两万"'), "不是金额"),
        (RULE.replace("20000", '"0.001"'), "最小到分"),
        (RULE.replace("fixed = 20000", "ceiling = 5\nat_least = 6"), "大于 ceiling"),
        (RULE + "at_least = 6\n", "at_least 不认识"),
        (RULE.replace("fixed = 20000", "per_m2 = 630"), "要有封顶"),
        (RULE.replace("fixed = 20000", "per_m2 = 630\ncap_area = 0"), "cap_area 应大于 0"),
        (RULE.replace("fixed = 20000", "per_m2 = 630\ncap_amount = 0"), "cap_amount 应大于 0"),
        (RULE + "cap_area = 40\n", "cap_area 不认识"),
        (RULE + "size_min = 0\n", "1 以上"),
        (RULE + "size_min = 3\nsize_max = 2\n", "从小到大"),
        (RULE + "extra = 1\n", "extra 不认识"),
        (RULE + RULE, "重叠"),
        (RULE + RULE.replace("2019", "2022"), "重叠"),
        (RULE + RULE.replace('groups = ["DB"]\n', ""), "重叠"),
        (RULE + RULE.replace('methods = ["rebuild"]\n', ""), "重叠"),
        (RULE + RULE.replace('["D"]', '["一级危房"]'), "重叠"),
        (RULE + "size_max = 3\n" + RULE + "size_min = 3\n", "重叠"),
        (RULE.replace('["D"]', '["C"]'), "C 级不能用原址拆除重建"),
        (RULE.replace('["D"]', '["二级危房"]'), "二级危房不能用原址拆除重建"),
        (RULE.replace('["D"]', '["none"]'), "无房不能用原址拆除重建"),
        (RULE.replace('["D"]', '["C", "D"]'), "C 级不能用原址拆除重建"),
        (RULE.replace("[[subsidy.rule]]", "[subsidy.rule]"), "应写成"),
        (RULE.replace("subsidy.rule", "subsidy.rules"), "没有“subsidy.rules”"),
        (EXTRA + EXTRA, "重叠"),
        (EXTRA.replace('key = "k"\n', ""), "key 没有填写"),
        (EXTRA.replace('who = "无自筹能力的"\n', ""), "who 没有填写"),
        (EXTRA.replace("fixed = 2000", "per_m2 = 5\ncap_area = 3"), "fixed 或 ceiling"),
        (EXTRA.replace('source = "x"\n', ""), "source 没有填写"),
    ],
)
def test_what_is_wrong_does_not_load(tmp_path: Path, text: str, said: str) -> None:
    with pytest.raises(BadDeclaration, match=said) as wrong:
        loads(tmp_path, text)
    assert "21-liaoning.toml" in str(wrong.value)


def test_a_method_that_is_no_longer_allowed_on_a_later_day_does_not_load(tmp_path: Path) -> None:
    allowed = (
        '[[works.methods]]\narea = "2109"\nvalue.C = ["repair"]\nvalue.D = ["{}"]\nvalue.none = ["newbuild"]\nsource = "x"\nfrom = {}\n'
    )
    narrow, wide = allowed.format("relocate", "2020-01-01"), allowed.format("rebuild", "2018-01-01") + "to = 2019-12-31\n"
    with pytest.raises(BadDeclaration, match="在 2020-01-01 允许的改造方式"):
        loads(tmp_path, RULE + wide + narrow)
    assert loads(tmp_path, RULE + "to = 2019-12-31\n" + wide + narrow, beside=False) == 1
    # What the level above takes back is taken back too, and a nearer rule of the whole time stands before it.
    with pytest.raises(BadDeclaration, match="在 2020-01-01 允许的改造方式"):
        loads(tmp_path, RULE + wide + narrow.replace('"2109"', '"21"'))
    assert (
        loads(tmp_path, RULE + wide.replace("to = 2019-12-31\n", "to = 9999-12-31\n") + narrow.replace('"2109"', '"21"'), beside=False) == 1
    )


@pytest.mark.parametrize(
    "other",
    [
        RULE.replace("210922", "210921"),
        RULE.replace("210922", "2109"),
        RULE.replace('"DB"', '"TK"'),
        RULE.replace('groups = ["DB"]', 'groups = ["QTN"]'),
        RULE.replace('["rebuild"]', '["relocate"]'),
        RULE.replace('["D"]', '["C"]').replace('["rebuild"]', '["repair"]'),
        RULE.replace("from = 2019-01-01", "from = 2018-01-01\nto = 2018-12-31"),
    ],
)
def test_standards_that_share_no_household_stand_side_by_side(tmp_path: Path, other: str) -> None:
    assert loads(tmp_path, RULE + other, beside=False) == 2


def test_sizes_side_by_side(tmp_path: Path) -> None:
    assert loads(tmp_path, RULE + "size_max = 3\n" + RULE + "size_min = 4\n", beside=False) == 2
    assert loads(tmp_path, EXTRA + EXTRA.replace('"k"', '"l"'), beside=False) == 0
