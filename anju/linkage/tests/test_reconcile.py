"""One small pair of lists at a time: what comes of it, and what the clerk reads."""

import csv
import json
from pathlib import Path
from typing import Any

from anju.linkage.engine import Result, Side, reconcile
from anju.linkage.fields import KEYS
from anju.vocabulary.idnumber import check_digit, from_15


def number(first17: str) -> str:
    return first17 + check_digit(first17)


LI = number("21092219600518123")
WANG = number("21092219620711224")
SON = number("21092219880903131")
ZHAO = number("21092219570814226")
SUN = number("21092219710101111")


def person(*cells: str) -> tuple[str, ...]:
    """Number, name, sex, relation, household, division, birth date; what is left out is blank."""
    return (*cells, *([""] * (len(KEYS) - len(cells))))


FAMILY = [
    person(LI, "李国栋", "男", "户主", "A1", "大冷镇程沟村", "1960-05-18"),
    person(WANG, "王桂兰", "女", "配偶", "A1", "大冷镇程沟村", "1962-07-11"),
    person(SON, "李明", "男", "子", "A1", "大冷镇程沟村", "1988-09-03"),
]


def written(path: Path, rows: list[tuple[str, ...]]) -> Path:
    with path.open("w", encoding="utf-8", newline="") as stream:
        writer = csv.writer(stream)
        writer.writerow(("row", *KEYS))
        writer.writerows((n, *row) for n, row in enumerate(rows, 2))
    return path


def compared(tmp_path: Path, left: list[tuple[str, ...]], right: list[tuple[str, ...]]) -> Result:
    return reconcile(
        Side(written(tmp_path / "l.csv", left), "名单"), Side(written(tmp_path / "r.csv", right), "登记库"), workdir=tmp_path / "work"
    )


def pairs(result: Result) -> dict[tuple[int, int], tuple[Any, ...]]:
    return {(a, b): rest for a, b, *rest in result.rows("SELECT left_row, right_row, outcome, pass, explanation FROM pairs")}  # type: ignore[misc]


def test_the_same_number_however_it_is_written_is_the_same_person(tmp_path: Path) -> None:
    wide = LI.translate({ord(c): ord(c) + 0xFEE0 for c in "0123456789X"})
    old = LI[:6] + LI[8:17]
    right = [person(wide, "李国栋"), person(f" {WANG[:6]} {WANG[6:]}", "王 桂兰"), person("'" + SON.lower(), "李明（长子）")]
    found = pairs(compared(tmp_path, FAMILY, right))
    assert set(found) == {(2, 2), (3, 3), (4, 4)}
    assert {outcome for outcome, *_ in found.values()} == {"auto"}
    assert pairs(compared(tmp_path, FAMILY, [person(old, "李国栋")]))[2, 2][1] == "id"
    assert from_15(old) == LI


def test_one_wrong_digit_is_repaired_and_the_place_is_named(tmp_path: Path) -> None:
    wrong = LI[:13] + str((int(LI[13]) + 1) % 10) + LI[14:]
    result = compared(tmp_path, [person(wrong, "李国栋", "男", "户主", "A1", "程沟村", "1960-05-18")], [FAMILY[0]])
    outcome, way, explanation = pairs(result)[2, 2]
    assert (outcome, way) == ("auto", "id_repaired")
    assert "第 14 位不同" in explanation
    assert "校验位" in explanation
    assert LI not in explanation
    assert ("left", 2, "id_repaired", LI) in result.rows("SELECT side, row, flag, likely_id FROM flags")


def test_a_number_damaged_by_excel_is_never_accepted_as_it_stands(tmp_path: Path) -> None:
    result = compared(tmp_path, [FAMILY[0], person("5.30326E+17", "钱一", "男", "户主", "B1", "程沟村", "1950-01-01")], [FAMILY[0]])
    assert (3,) in result.rows("SELECT left_row FROM left_only")
    assert ("id_damaged", None) in result.rows("SELECT flag, likely_id FROM flags WHERE row = 3")


def test_blank_numbers_names_and_households_never_match_each_other(tmp_path: Path) -> None:
    result = compared(
        tmp_path,
        [person("", "", "男", "", "", "", "1960-05-18"), person("", "赵六", "男")],
        [person("", "", "男", "", "", "", "1960-05-18"), person("", "", "男")],
    )
    assert not pairs(result)
    assert not result.rows("SELECT * FROM households")


def test_two_valid_numbers_that_differ_are_left_to_a_person(tmp_path: Path) -> None:
    other = next(n for digit in "1357" if (n := number(ZHAO[:14] + digit + ZHAO[15:17])) != ZHAO)
    mates = person(SUN, "孙德海", "男", "户主", "C1", "小官村", "1971-01-01")
    left = [mates, person(ZHAO, "赵凤琴", "女", "配偶", "C1", "小官村", "1957-08-14")]
    right = [mates, person(other, "赵凤芹", "女", "配偶", "C1", "小官村", "1957-08-14")]
    outcome, _, explanation = pairs(compared(tmp_path, left, right))[3, 3]
    assert outcome == "review"
    assert "校验位都成立" in explanation
    assert "同音" in explanation


def test_twins_are_not_taken_for_each_other(tmp_path: Path) -> None:
    one, two = number("21092220050607501"), number("21092220050607503")
    left = [*FAMILY, person(one, "李大明", "男", "孙子", "A1", "大冷镇程沟村", "2005-06-07")]
    right = [*FAMILY, person(two, "李小明", "男", "孙子", "A1", "大冷镇程沟村", "2005-06-07")]
    assert pairs(compared(tmp_path, left, right)).get((5, 5), ("review",))[0] == "review"


def test_one_number_with_two_names_is_asked_about_and_flagged(tmp_path: Path) -> None:
    result = compared(
        tmp_path, [person(LI, "李国栋", "男"), person(WANG, "鲍玉霞", "女")], [person(LI, "陈有福", "男"), person(WANG, "包玉霞", "女")]
    )
    found = pairs(result)
    assert found.get((2, 2), ("review",))[0] == "review"
    assert found[3, 3][0] == "auto"
    assert "同音" in found[3, 3][2]
    assert ("left", 3, "same_id_two_names") in result.rows("SELECT side, row, flag FROM flags")


def test_a_person_listed_twice_is_paired_once_and_said_so(tmp_path: Path) -> None:
    again = person(LI, "李国栋", "男", "其他", "A9", "大冷镇程沟村", "1960-05-18")
    result = compared(tmp_path, [*FAMILY, again, FAMILY[1]], FAMILY)
    assert set(pairs(result)) == {(2, 2), (3, 3), (4, 4)}
    flags = set(result.rows("SELECT row, flag, other_row FROM flags WHERE side = 'left'"))
    assert flags == {(5, "in_two_households", 2), (6, "listed_twice", 3)}
    assert {row for (row,) in result.rows("SELECT left_row FROM left_only")} == {5, 6}


def kinds(result: Result) -> dict[tuple[str, str], str]:
    return {(a, b): kind for a, b, kind in result.rows("SELECT left_household, right_household, kind FROM households")}


def test_a_household_whose_head_has_changed_says_so(tmp_path: Path) -> None:
    right = [person(WANG, "王桂兰", "女", "户主", "R1", "大冷镇程沟村"), person(SON, "李明", "男", "子", "R1", "大冷镇程沟村")]
    assert kinds(compared(tmp_path, FAMILY, right)) == {("A1", "R1"): "head_differs"}


def test_a_household_that_was_divided_is_split_and_the_other_way_merged(tmp_path: Path) -> None:
    right = [FAMILY[0], FAMILY[1], person(SON, "李明", "男", "户主", "A2", "大冷镇程沟村")]
    assert set(kinds(compared(tmp_path, FAMILY, right)).values()) == {"split"}
    assert set(kinds(compared(tmp_path, right, FAMILY)).values()) == {"merged"}


def test_a_household_in_another_village_has_moved(tmp_path: Path) -> None:
    neighbours = [
        person(
            number(f"2109221950{n:02d}1012{n % 10}"[:17]),
            f"邻{'甲乙丙丁戊己庚辛壬癸'[n]}",
            "男",
            "户主",
            f"N{n}",
            "大冷镇程沟村" if n % 2 else "大冷镇小官村",
        )
        for n in range(1, 10)
    ]
    gone = [(*row[:5], "大冷镇小官村", row[6]) for row in FAMILY]
    found = kinds(compared(tmp_path, FAMILY + neighbours, gone + neighbours))
    assert found["A1", "A1"] == "moved"
    assert set(found.values()) == {"moved", "same"}


def test_every_row_of_both_lists_has_exactly_one_outcome_and_a_reason(tmp_path: Path) -> None:
    left = [*FAMILY, person("", "周一", "女"), person("21092219", "吴二", "男")]
    right = [FAMILY[2], FAMILY[0], person(SUN, "孙德海")]
    result = compared(tmp_path, left, right)
    seen = [a for a, _ in pairs(result)] + [row for (row,) in result.rows("SELECT left_row FROM left_only")]
    assert sorted(seen) == list(range(2, 2 + len(left)))
    seen = [b for _, b in pairs(result)] + [row for (row,) in result.rows("SELECT right_row FROM right_only")]
    assert sorted(seen) == list(range(2, 2 + len(right)))
    for table in ("pairs", "left_only", "right_only", "flags", "households"):
        assert all(text and len(text) >= 6 for (text,) in result.rows(f"SELECT explanation FROM {table}"))


def test_places_written_as_codes_on_one_list_and_as_names_on_the_other_are_learnt(tmp_path: Path) -> None:
    def village(n: int, code: bool) -> str:
        return f"210922100{200 + n % 3}" if code else f"彰武县大冷镇{'程小高'[n % 3]}沟村{n % 5 + 1}组"

    people = [
        (
            number(f"21092219{50 + n % 40}{n % 12 + 1:02d}{n % 28 + 1:02d}{n % 900 + 101:03d}"),
            f"{'王李张刘陈'[n % 5]}{'德明国玉春秀'[n % 6]}{'海山林文'[n % 4]}",
            n,
        )
        for n in range(60)
    ]
    left = [
        person(i, name, "男", "户主", f"A{n}", village(n, True), f"19{50 + n % 40}-{n % 12 + 1:02d}-{n % 28 + 1:02d}")
        for i, name, n in people
    ]
    right = [
        person("" if n % 10 == 0 else i, name, "男", "户主", f"B{n}", village(n, False), f"19{50 + n % 40}.{n % 12 + 1}.{n % 28 + 1}")
        for i, name, n in people
    ]
    found = pairs(compared(tmp_path, left, right))
    assert {(n + 2, n + 2) for n in range(60)} == set(found)
    assert {way for outcome, way, _ in found.values() if outcome == "auto"} == {"id", "name_birth_area"}


def test_the_evidence_of_a_review_pair_names_each_comparison(tmp_path: Path) -> None:
    other = number(ZHAO[:14] + "7" + ZHAO[15:17])
    mates = person(SUN, "孙德海", "男", "户主", "C1", "小官村", "1971-01-01")
    result = compared(
        tmp_path,
        [mates, person(ZHAO, "赵凤琴", "女", "配偶", "C1", "小官村", "1957-08-14")],
        [mates, person(other, "赵凤芹", "女", "配偶", "C1", "小官村", "1957-08-14")],
    )
    ((evidence,),) = result.rows("SELECT evidence FROM pairs WHERE outcome = 'review'")
    verdicts = {each["feature"]: each["verdict"] for each in json.loads(evidence)}
    assert verdicts["name"] == "≈"
    assert verdicts["born"] == "="
    assert verdicts["id"] == "≠"
    assert ZHAO not in evidence
