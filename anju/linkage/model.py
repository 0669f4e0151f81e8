"""The weights of the probability pass: how much each agreement or contradiction says, as data.

``m`` is how often rows of one person show the level, ``u`` how often rows of two people do; the weight is log2(m / u). The figures are fixed
and shipped (nothing is trained on a department's list), read from what lists are like: about 25,000 birthdays, several hundred villages in a
county, a few per cent of names written another way. Splink evaluates the levels; the evidence a clerk sees is this same table.
"""

import re
from dataclasses import dataclass
from math import log2
from typing import Any

import splink.comparison_library as cl
from splink import SettingsCreator, block_on


@dataclass(frozen=True, slots=True)
class Level:
    """One outcome of a comparison: its condition over ``x_l``/``x_r`` columns, what a clerk reads, and the two frequencies."""

    value: str
    condition: str
    label: str
    m: float
    u: float
    verdict: str  # "=", "≈", "≠"

    @property
    def weight(self) -> float:
        """Bits for (positive) or against (negative) one person."""
        return log2(self.m / self.u)


@dataclass(frozen=True, slots=True)
class Feature:
    """One comparison; the first level whose condition holds counts. ``missing`` says nothing either way."""

    key: str
    label: str
    missing: str
    levels: tuple[Level, ...]
    shown: str  # the column of the residual table a clerk is shown


_ONE_CHAR = (
    "(length(name_l) = length(name_r) AND length(name_l) BETWEEN 2 AND 4 AND "
    "(name_l[1] <> name_r[1])::INT + (name_l[2] <> name_r[2])::INT + (name_l[3] <> name_r[3])::INT + (name_l[4] <> name_r[4])::INT = 1 "
    "AND (length(name_l) > 2 OR name_l[1] = name_r[1] OR split_part(sound_l, ' ', 1) = split_part(sound_r, ' ', 1)))"
)
_MOVED_CHAR = (
    "(abs(length(name_l) - length(name_r)) = 1 AND least(length(name_l), length(name_r)) >= 2 AND levenshtein(name_l, name_r) = 3 AND name_l[1] = name_r[1]) "
    "OR (length(name_l) = 3 AND length(name_r) = 3 AND name_l[1] = name_r[1] AND name_l[2] = name_r[3] AND name_l[3] = name_r[2])"
)
_LONG = "(least(length(name_l), length(name_r)) >= 4 AND (starts_with(name_l, name_r) OR starts_with(name_r, name_l) OR levenshtein(name_l, name_r) <= 6))"
_SOUND = "(sound_l = sound_r OR replace(sound_l, ' ', '') = replace(sound_r, ' ', ''))"
_BORN_SAME = "((born_l = born_r AND born_l % 100 > 0))"
_BORN_ID = "((born_l = idborn_r AND born_l % 100 > 0) OR (idborn_l = born_r AND born_r % 100 > 0))"
_BORN_MONTH = "(born_l // 100 = born_r // 100 AND (born_l % 100 = 0 OR born_r % 100 = 0))"
_BORN_SLIP = (
    "(born_l // 10000 = born_r // 10000 AND (born_l // 100) % 100 = born_r % 100 AND born_l % 100 = (born_r // 100) % 100) "
    "OR hamming(born_l::VARCHAR, born_r::VARCHAR) = 1 OR damerau_levenshtein(born_l::VARCHAR, born_r::VARCHAR) = 1 OR born_l % 10000 = born_r % 10000 "
    "OR (born_l // 10000 = born_r // 10000 AND born_l % 100 = born_r % 100) OR born_l // 100 = born_r // 100"
)
_CUT = "((idcut_l AND starts_with(id_r, idhead_l)) OR (idcut_r AND starts_with(id_l, idhead_r)))"
_BOTH_VALID = "(idvalid_l AND idvalid_r)"

FEATURES: tuple[Feature, ...] = (
    Feature(
        "id",
        "身份证号",
        "id_l IS NULL OR id_r IS NULL",
        (
            Level("same", "id_l = id_r AND NOT idcut_l AND NOT idcut_r", "证件号相同", 0.9, 1e-8, "="),
            Level(
                "slip",
                f"NOT {_BOTH_VALID} AND NOT idcut_l AND NOT idcut_r AND damerau_levenshtein(id_l, id_r) <= 1",
                "证件号只差一处",
                0.05,
                5e-8,
                "≈",
            ),
            Level(
                "cut",
                f"{_CUT} AND greatest(CASE WHEN idcut_l THEN length(idhead_l) ELSE 0 END, CASE WHEN idcut_r THEN length(idhead_r) ELSE 0 END) >= 14",
                "证件号被 Excel 抹去末位，余下各位相同",
                0.04,
                2e-5,
                "≈",
            ),
            Level("head", _CUT, "证件号只剩前几位，前几位相同", 0.02, 0.01, "≈"),
            Level(
                "slips",
                f"NOT {_BOTH_VALID} AND NOT idcut_l AND NOT idcut_r AND damerau_levenshtein(id_l, id_r) = 2",
                "证件号差两处",
                0.02,
                4e-6,
                "≈",
            ),
            Level(
                "near",
                f"NOT {_BOTH_VALID} AND NOT idcut_l AND NOT idcut_r AND damerau_levenshtein(id_l, id_r) <= 4",
                "证件号差三四处",
                0.01,
                0.002,
                "≈",
            ),
            Level("twin", f"{_BOTH_VALID} AND damerau_levenshtein(id_l, id_r) <= 2", "两个证件号都成立，只差一两位", 3e-4, 0.004, "≠"),
            Level("other", _BOTH_VALID, "两个证件号都成立，却不相同", 2e-4, 0.8, "≠"),
            Level("differs", "ELSE", "证件号不同", 0.005, 0.3, "≠"),
        ),
        "id",
    ),
    Feature(
        "name",
        "姓名",
        "name_l IS NULL OR name_r IS NULL",
        (
            Level("same", "name_l = name_r", "姓名相同", 0.9, 5e-4, "="),
            Level("sound", _SOUND, "姓名同音", 0.04, 8e-4, "≈"),
            Level("char", _ONE_CHAR, "姓名只差一字", 0.03, 1.5e-3, "≈"),
            Level("moved", _MOVED_CHAR, "姓名多一字、少一字或前后颠倒", 0.01, 1e-3, "≈"),
            Level("part", _LONG, "姓名大部分相同", 0.01, 5e-4, "≈"),
            Level("family", "name_l[1] = name_r[1]", "同姓不同名", 0.004, 0.05, "≠"),
            Level("differs", "ELSE", "姓名不同", 0.004, 0.94, "≠"),
        ),
        "name",
    ),
    Feature(
        "born",
        "出生日期",
        "born_l IS NULL OR born_r IS NULL",
        (
            Level("same", _BORN_SAME, "出生日期相同", 0.93, 4e-5, "="),
            Level("id", _BORN_ID, "出生日期与另一方证件号中的一致", 0.02, 1e-5, "="),
            Level("month", _BORN_MONTH, "出生年月相同", 0.9, 1.5e-3, "≈"),
            Level("slip", _BORN_SLIP, "出生日期只差一处", 0.03, 3e-3, "≈"),
            Level("year", "born_l // 10000 = born_r // 10000", "只有出生年份相同", 0.005, 0.014, "≠"),
            Level("differs", "ELSE", "出生日期不同", 0.005, 0.98, "≠"),
        ),
        "born",
    ),
    Feature(
        "sex",
        "性别",
        "sex_l IS NULL OR sex_r IS NULL",
        (
            Level("same", "sex_l = sex_r", "性别相同", 0.99, 0.5, "="),
            Level("differs", "ELSE", "性别不同", 0.01, 0.5, "≠"),
        ),
        "sex",
    ),
    Feature(
        "area",
        "村",
        "area_l IS NULL OR area_r IS NULL",
        (
            Level("village", "area_l = area_r", "同村", 0.94, 1 / 350, "="),
            Level("town", "town_l = town_r", "同乡镇不同村", 0.03, 0.05, "≈"),
            Level("together", "list_contains(mates_l, house_r)", "住址不同村，与同户成员一起迁移", 0.03, 0.03, "≈"),
            Level("differs", "ELSE", "住址不同", 0.03, 0.95, "≠"),
        ),
        "area_text",
    ),
    Feature(
        "mates",
        "同户成员",
        "mates_l IS NULL OR (house_r IS NULL)",
        (
            Level("shared", "list_contains(mates_l, house_r)", "同户成员已对上", 0.9, 3e-4, "="),
            Level("apart", "ELSE", "同户成员在另一户", 0.1, 0.9, "≠"),
        ),
        "house_text",
    ),
    Feature(
        "relation",
        "与户主关系",
        "relation_l IS NULL OR relation_r IS NULL",
        (
            Level("same", "relation_l = relation_r", "与户主关系相同", 0.9, 0.22, "="),
            Level("differs", "ELSE", "与户主关系不同", 0.1, 0.6, "≠"),
        ),
        "relation_text",
    ),
)

COLUMNS = ("id", "idvalid", "idcut", "idhead", "idborn", "name", "sound", "born", "sex", "area", "town", "mates", "house", "relation")

_SUFFIXED = re.compile(rf"\b({'|'.join(COLUMNS)})_([lr])\b")

AUTO_WEIGHT = 9.0
REVIEW_WEIGHT = -1.0
MARGIN = 5.0


def _comparison(feature: Feature) -> cl.CustomComparison:
    levels: list[Any] = [{"sql_condition": feature.missing, "label_for_charts": "missing", "is_null_level": True}]
    for level in feature.levels:
        levels.append(
            {
                "sql_condition": level.condition,
                "label_for_charts": level.value,
                "m_probability": level.m,
                "u_probability": level.u,
                "fix_m_probability": True,
                "fix_u_probability": True,
            }
        )
    return cl.CustomComparison(output_column_name=feature.key, comparison_levels=levels)


def aliased(condition: str, left: str, right: str) -> str:
    """A level's condition for two rows under aliases of one's own, instead of Splink's suffixed columns."""
    return "(" + _SUFFIXED.sub(lambda m: f"{left if m.group(2) == 'l' else right}.{m.group(1)}", condition) + ")"


def condition(feature: str, value: str, left: str = "l", right: str = "r") -> str:
    """The condition of one level, for aliased rows."""
    return aliased(
        next(level.condition for each in FEATURES if each.key == feature for level in each.levels if level.value == value), left, right
    )


def settings(prior: float) -> SettingsCreator:
    """Splink's settings for two tables of residual rows; ``prior`` is the chance that two random rows are one person."""
    return SettingsCreator(
        link_type="link_only",
        unique_id_column_name="row",
        probability_two_random_records_match=prior,
        comparisons=[_comparison(feature) for feature in FEATURES],
        blocking_rules_to_generate_predictions=[block_on("born", "area"), block_on("name", "area"), block_on("name", "born")],
        retain_matching_columns=True,
        retain_intermediate_calculation_columns=True,
    )


def gamma(feature: str, value: str) -> int:
    """The number Splink gives a level: the last level is 0."""
    levels = next(each.levels for each in FEATURES if each.key == feature)
    return len(levels) - 1 - next(n for n, level in enumerate(levels) if level.value == value)


__all__ = ["AUTO_WEIGHT", "COLUMNS", "FEATURES", "MARGIN", "REVIEW_WEIGHT", "Feature", "Level", "aliased", "condition", "gamma", "settings"]
