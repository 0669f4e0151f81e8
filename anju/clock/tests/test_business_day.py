"""The business clock."""

from datetime import date, datetime
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from anju.clock import now, one_day, today
from anju.clock.actions import set_today
from anju.clock.models import BusinessDay

pytestmark = pytest.mark.django_db


def test_without_a_setting_it_is_the_calendars_day_in_china() -> None:
    before = datetime.now(ZoneInfo("Asia/Shanghai")).date()
    assert before <= today() <= datetime.now(ZoneInfo("Asia/Shanghai")).date()


def test_a_demo_lives_on_its_own_day_until_the_calendar_returns() -> None:
    set_today(day=date(2020, 6, 10))
    set_today(day=date(2020, 6, 11))
    assert today() == date(2020, 6, 11)
    set_today(day=None)
    assert today() != date(2020, 6, 11)


def test_a_moment_of_the_work_lies_on_the_business_day() -> None:
    set_today(day=date(2020, 6, 10))
    assert now().date() == date(2020, 6, 10)
    assert now().utcoffset() is not None


def test_a_request_asks_once_and_stays_on_its_day_until_another_is_set(django_assert_num_queries: Any) -> None:
    set_today(day=date(2020, 6, 10))
    with one_day():
        with django_assert_num_queries(1):
            assert [today(), today(), now().date()] == [date(2020, 6, 10)] * 3
        set_today(day=date(2020, 6, 11))
        assert today() == date(2020, 6, 11)
        BusinessDay.objects.update(day=date(2020, 6, 12))
        assert today() == date(2020, 6, 11)
    assert today() == date(2020, 6, 12)
