"""Numbers, dates and marks as pages show them."""

from datetime import date
from decimal import Decimal
from types import SimpleNamespace

import pytest
from django.template import Context, Template

from anju.web.templatetags import anju
from anju.web.templatetags.anju import page_day


@pytest.fixture(autouse=True)
def _day() -> None:
    page_day.set(date(2020, 6, 12))


def drawn(source: str, **context: object) -> str:
    return Template("{% load anju %}" + source).render(Context(context))


@pytest.mark.parametrize(
    ("value", "shown"),
    [(14806, "14,806"), (0, "0"), (-11, "−11"), (None, "—"), ("", "—"), (Decimal("28500.00"), "28,500.00")],
)
def test_numbers_have_thousands_commas_and_a_true_minus(value: object, shown: str) -> None:
    assert anju.n(value) == shown


@pytest.mark.parametrize(
    ("part", "whole", "shown"), [(871, 1004, "86.8%"), (0, 9, "0.0%"), (0, 0, "—"), (None, 9, "—"), (12, 10, "120.0%")]
)
def test_a_share_of_nothing_is_a_dash_and_may_exceed_a_hundred(part: int | None, whole: int, shown: str) -> None:
    assert anju.percent(part, whole) == shown


def test_money_is_in_yuan_where_someone_is_liable_and_in_ten_thousands_in_figures() -> None:
    assert anju.money(Decimal(28500)) == "28,500.00"
    assert anju.money_short(Decimal(15384000)) == "1,538.4 万元"
    assert anju.money_short(Decimal(345000000)) == "3.45 亿元"
    assert anju.money_short(Decimal(600)) == "600 元"


def test_a_date_of_the_business_year_leaves_the_year_out() -> None:
    assert anju.day(date(2020, 6, 2)) == "6月2日"
    assert anju.day(date(2019, 11, 20)) == "2019-11-20"
    assert anju.day_short(date(2020, 6, 2)) == "6-02"
    assert anju.day_long(date(2020, 6, 12)) == "2020年6月12日"
    assert anju.weekday(date(2020, 6, 12)) == "星期五"


@pytest.mark.parametrize(
    ("on", "word", "tone"),
    [(date(2020, 6, 10), "逾期 2 天", "late"), (date(2020, 6, 12), "今天", "soon"), (date(2020, 6, 15), "剩 3 天", "soon")],
)
def test_a_deadline_is_counted_from_the_business_day(on: date, word: str, tone: str) -> None:
    assert anju.due(on) == f'<span class="tag {tone}">{word}</span>'
    assert "soon" not in anju.due(date(2020, 6, 30))


def test_the_differing_characters_are_marked_on_both_sides() -> None:
    assert drawn("{% differences a b as d %}{{ d.this }}|{{ d.other }}|{{ d.same }}", a="赵凤琴", b="赵凤芹") == (
        '赵凤<mark class="df">琴</mark>|赵凤<mark class="df">芹</mark>|False'
    )
    assert drawn("{% differences a b as d %}{{ d.this }}|{{ d.same }}", a="赵凤琴", b="赵凤琴") == "赵凤琴|True"


def test_a_difference_shows_what_was_typed_as_text_never_as_markup() -> None:
    shown = drawn("{% differences a b as d %}{{ d.this }}|{{ d.other }}", a="<b>王</b>", b="<i>王</i>")
    assert "<b>" not in shown
    assert "<i>" not in shown
    assert "&lt;" in shown


def test_identity_numbers_are_compared_whole_and_shown_masked() -> None:
    shown = drawn("{% masked_differences a b as d %}{{ d.this }}|{{ d.other }}", a="210922195203041327", b="210922195203041227")
    assert shown == '2109**********1<mark class="df">3</mark>27|2109**********1<mark class="df">2</mark>27'
    under_the_mask = drawn("{% masked_differences a b as d %}{{ d.this }}", a="210922195203041327", b="210922195803041327")
    assert under_the_mask == '2109*****<mark class="df">*</mark>****1327'
    assert "1952" not in under_the_mask


def test_a_number_without_rows_behind_it_is_no_link() -> None:
    assert drawn('{% number 63 "/rows/" %}') == '<a class="n " href="/rows/">63</a>'
    assert drawn("{% number 63 %}") == '<b class="">63</b>'


def test_widths_are_attributes_of_a_drawing_not_styles() -> None:
    shown = drawn("{% bar 871 1004 914 %}")
    assert 'width="867.5"' in shown
    assert 'x="906.4"' in shown
    assert "style" not in shown
    assert 'aria-label="86.8%"' in shown


def test_a_bar_of_no_task_is_empty() -> None:
    assert 'width="0.0"' in drawn("{% bar 0 0 %}")


def test_paging_keeps_the_filters_and_drops_the_other_direction(rf) -> None:  # type: ignore[no-untyped-def]
    request = rf.get("/rows/?town=210922109&before=7")
    shown = drawn("{% pager page %}", request=request, page={"first": 1, "last": 50, "total": 531, "next": "50", "previous": ""})
    assert 'href="?town=210922109&amp;after=50"' in shown
    assert "第 1–50 行，共 531 行" in shown


def test_a_sorted_head_turns_round_and_says_so(rf) -> None:  # type: ignore[no-untyped-def]
    headings = [{"key": "row", "title": "原表行", "sort": True}, {"title": "说明"}]
    shown = drawn("{% heads headings %}", request=rf.get("/?sort=row&after=9"), headings=headings)
    assert 'aria-sort="ascending"' in shown
    assert 'href="?sort=-row"' in shown


def test_evidence_reaches_to_both_sides_of_zero() -> None:
    shown = drawn("{% evidence items %}", items=[{"label": "生日相同", "weight": 6.0}, SimpleNamespace(label="户主不一致", weight=-3.0)])
    assert "+6.0" in shown
    assert "−3.0" in shown
    assert 'x="55.0"' in shown


@pytest.mark.parametrize(
    ("cell", "shown"),
    [
        ("210922195408142261", "2109**********2261"),
        ("15489861324", "154****1324"),
        ("彰武镇", "彰武镇"),
        ("１９５４.８.１４", "1954.8.14"),
        ("四级", "四级"),
    ],
)
def test_numbers_in_a_sample_of_a_file_are_hidden(cell: str, shown: str) -> None:
    assert drawn("{{ cell|numbers_hidden }}", cell=cell) == shown
