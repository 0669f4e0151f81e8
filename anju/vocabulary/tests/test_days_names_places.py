"""Days, names, relations and area codes as they stand in lists."""

from datetime import date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from anju.vocabulary import dates, division, names, relation
from anju.vocabulary.division import Level


@given(st.dates(date(1901, 1, 1), date(2090, 12, 31)))
def test_a_day_survives_every_way_of_typing_it(day: date) -> None:
    serial = (day - date(1899, 12, 30)).days
    typed = (
        *(
            f"{day:%Y-%m-%d}",
            f"{day:%Y%m%d}",
            f"{day:%Y/%m/%d}",
            f"{day.year}.{day.month}.{day.day}",
            f"{day.year}年{day.month}月{day.day}日",
        ),
        *(serial, float(serial), int(f"{day:%Y%m%d}"), day, datetime(day.year, day.month, day.day), f"{day:%Y-%m-%d} 00:00:00"),  # noqa: DTZ001
    )
    for raw in typed:
        assert dates.read(raw) == dates.Day(day), raw


@pytest.mark.parametrize(("typed", "precision"), [("1985年3月", "month"), ("1985.03", "month"), ("198503", "month"), ("1985.3.1", "day")])
def test_a_month_alone_is_known_as_a_month(typed: str, precision: str) -> None:
    assert dates.read(typed) == dates.Day(date(1985, 3, 1), precision)


@pytest.mark.parametrize("typed", ["", None, "不详", "2020-02-30", "1985.13", True, 3, "12"])
def test_what_names_no_day_is_none(typed: object) -> None:
    assert dates.read(typed) is None


def test_a_serial_counts_from_the_spreadsheets_epoch() -> None:
    assert dates.from_excel_serial(31108) == date(1899, 12, 30) + timedelta(days=31108) == date(1985, 3, 2)


@pytest.mark.parametrize("dot", "·•∙⋅・･．.-")
def test_dots_of_minority_names_are_one(dot: str) -> None:
    assert names.normalise(f"白额尔敦{dot}巴图 ") == "白额尔敦·巴图"


def test_notes_and_spaces_are_not_part_of_a_name() -> None:
    assert names.normalise("张 三（户主）") == "张三"
    assert names.mask("张三丰") == "张*丰"
    assert names.mask("张三") == "张*"


@pytest.mark.parametrize(
    ("typed", "code"), [("户主", "02"), ("本人", "02"), ("01", "02"), ("长子", "20"), ("之女", "30"), (" 配 偶 ", "10"), ("外星人", None)]
)
def test_relations_are_read_from_the_words_people_use(typed: str, code: str | None) -> None:
    assert relation.read(typed) == code


@pytest.mark.parametrize(
    ("code", "stem", "level"),
    [
        ("210000000000", "21", Level.PROVINCE),
        ("210900", "2109", Level.PREFECTURE),
        ("210922000000", "210922", Level.COUNTY),
        ("210922100000", "210922100", Level.TOWNSHIP),
        ("210922100201", "210922100201", Level.VILLAGE),
        ("21092210020103", "21092210020103", Level.GROUP),
        ("110000000000", "11", Level.PROVINCE),
        ("", "", Level.NATION),
    ],
)
def test_a_code_knows_its_level(code: str, stem: str, level: Level) -> None:
    assert division.stem(code) == stem
    assert division.level(code) is level
    assert division.stem(division.full(stem)) == stem


@given(st.from_regex(r"[1-6][1-9][0-9][1-9][0-9][1-9][1-3][0-9][1-9][2-3][0-9][1-9]", fullmatch=True))
def test_a_subtree_is_a_range(village: str) -> None:
    up: str | None = village
    while up is not None:
        low, high = division.bounds(up)
        assert low <= village < high
        assert division.contains(up, village)
        up = division.parent(up)
