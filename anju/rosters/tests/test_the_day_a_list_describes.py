from datetime import date

import pytest

from anju.tabular import as_of

TODAY = date(2020, 6, 10)


@pytest.mark.parametrize(
    ("text", "day"),
    [
        ("彰武低保5月(定稿).xlsx", date(2020, 5, 31)),
        ("农村低保名单2020年5月.xlsx", date(2020, 5, 31)),
        ("残联_20200415.xls", date(2020, 4, 15)),
        ("建档立卡 2020-3-1 导出.csv", date(2020, 3, 1)),
        ("台账2019年度.xlsx", date(2019, 12, 31)),
        ("特困11月.xlsx", date(2019, 11, 30)),
        ("低保2020年6月.xlsx", TODAY),
        ("低保６月．xlsx", TODAY),
        ("贫困户202005.xlsx", date(2020, 5, 31)),
        ("低保2020年12月.xlsx", None),
        ("低保2019年12月.xlsx", date(2019, 12, 31)),
        ("名单最终版.xlsx", None),
        ("210922低保.xlsx", None),
    ],
)
def test_the_day_is_read_from_what_people_write_on_a_file(text: str, day: date | None) -> None:
    assert as_of.guess(text, TODAY) == day
