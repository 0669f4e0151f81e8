"""Posted and frozen, photographed at both ends, its days counted, objections answered, closed; and what is refused on the way."""

from collections.abc import Callable
from datetime import date, timedelta

import pytest
from django.db import DatabaseError, connection, transaction
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from hypothesis.extra.django import TestCase as HypothesisTestCase

from anju.accounts.actions import admit, found
from anju.accounts.models import User
from anju.clock.actions import set_today
from anju.evidence import photos
from anju.exports.actions.masking import choose_mask
from anju.masks.reading import in_use
from anju.notices import actions, rules
from anju.notices.models import Notice, Outcome, PostedNumber
from anju.notices.tests.conftest import CLOSE, COUNTY, LIU, START, SUN, TOWNSHIP, VILLAGE, Post, Shoot
from anju.refusing import Refused
from anju.rosters.tests import county

pytestmark = pytest.mark.django_db


def test_from_posting_to_closing(post: Post, shoot: Shoot, officer: User, village: User) -> None:
    notice = post()
    assert (notice.starts_on, notice.last_day, notice.closes_on) == (START, date(2020, 4, 7), CLOSE)
    shoot(notice, by=village)
    set_today(day=date(2020, 4, 7))
    shoot(notice, end=True, by=village)
    set_today(day=CLOSE)
    actions.close(notice=notice, by=officer)
    assert (notice.outcome, notice.closed_on) == (Outcome.NONE, CLOSE)


def test_what_hangs_is_masked_and_frozen(post: Post) -> None:
    notice = post()
    assert [title for _key, title in notice.content["columns"]] == ["村组", "户主", "房屋等级", "补助金额（元）"]
    assert notice.content["rows"] == [["小官村1组", "孙*", "D级", "28,500"], ["小官村2组", "刘*义", "C级", "14,000"]]
    for statement in (
        "UPDATE notices_notice SET title = 'x'",
        """UPDATE notices_notice SET content = '{"columns": [], "rows": []}'""",
        "UPDATE notices_notice SET days = 1",
        "UPDATE notices_notice SET starts_on = '2020-03-01'",
        "UPDATE notices_notice SET outcome = 'none', closed_on = '2020-04-08', closed_by_id = posted_by_id",
        "DELETE FROM notices_notice",
    ):
        with pytest.raises(DatabaseError), transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(statement)


def test_each_reason_not_to_close_names_its_rule(post: Post, shoot: Shoot, officer: User) -> None:
    notice = post()

    def refused() -> Refused:
        with pytest.raises(Refused) as refusal:
            actions.close(notice=notice, by=officer)
        assert "依据" in refusal.value.message
        return refusal.value

    set_today(day=date(2020, 4, 7))
    assert refused().rule is rules.DAYS
    assert "2020-04-08" in refused().message
    set_today(day=CLOSE)
    assert refused().rule is rules.START_PHOTO
    shoot(notice, on=START)
    assert refused().rule is rules.END_PHOTO
    shoot(notice, end=True)
    objection = actions.object_to(notice=notice, about="孙福家在县城有楼房", channel="visit", by=officer, row=1)
    assert refused().rule is rules.OBJECTIONS
    actions.answer_objection(objection=objection, result="rejected", answer="经查名下无房产", by=officer)
    actions.close(notice=notice, by=officer)
    assert notice.outcome == Outcome.SETTLED
    assert refused().rule is rules.STATE


def test_days_not_seen_hanging_dont_count(post: Post, shoot: Shoot, officer: User) -> None:
    notice = post()
    set_today(day=date(2020, 4, 4))
    shoot(notice)
    assert (notice.starts_on, notice.closes_on) == (date(2020, 4, 4), date(2020, 4, 11))
    set_today(day=date(2020, 4, 9))
    with pytest.raises(Refused, match="2020-04-10"):
        shoot(notice, end=True)
    with pytest.raises(Refused) as refusal:
        actions.close(notice=notice, by=officer)
    assert refusal.value.rule is rules.DAYS


def test_the_picture_of_the_start_doesnt_pass_for_that_of_the_end(post: Post, shoot: Shoot, officer: User, clerk: User) -> None:
    notice = shoot(post(), seed=7)
    set_today(day=CLOSE)
    shoot(notice, end=True, seed=7)
    with pytest.raises(Refused, match="疑点") as refusal:
        actions.close(notice=notice, by=officer)
    assert refusal.value.rule is rules.END_PHOTO
    again = notice.photos.get(moment="end").photo
    assert again.findings
    photos.explain(photo=again, by=clerk, reason="同一张误传，现场另有人证")
    actions.close(notice=notice, by=officer)


def test_a_photo_taken_out_again_doesnt_count(post: Post, shoot: Shoot, officer: User) -> None:
    notice = shoot(post())
    photos.withdraw(photo=notice.photos.get().photo, by=officer, reason="拍的是另一张")
    set_today(day=CLOSE)
    assert rules.START_PHOTO in {rule for rule, _said in actions.hindrances(notice, CLOSE)}
    shoot(notice)
    assert (notice.starts_on, notice.closes_on) == (CLOSE, date(2020, 4, 15))


def test_the_camera_says_when_it_was_taken(post: Post, shoot: Shoot) -> None:
    notice = post()
    set_today(day=date(2020, 4, 4))
    shoot(notice, on=date(2020, 4, 2))
    assert notice.starts_on == date(2020, 4, 2)
    other = post(title="另一张", starts_on=date(2020, 4, 3))
    with pytest.raises(Refused, match="早于这一天"):
        shoot(other, on=date(2020, 4, 1))
    assert not other.photos.exists()


def test_what_is_no_photo_is_refused(post: Post, officer: User) -> None:
    with pytest.raises(Refused) as refusal:
        actions.photograph_start(notice=post(), by=officer, file=b"<svg onload=alert(1)></svg>")
    assert refusal.value.rule is rules.START_PHOTO


def test_fewer_days_than_policy_asks_are_refused_with_its_document(post: Post, clerk: User) -> None:
    with pytest.raises(Refused, match=r"领域规则 2\.7") as refusal:
        post(days=3)
    assert refusal.value.rule is rules.DAYS
    assert post(days=None).days == 7
    assert post(days=15).days == 15


def test_an_objection_that_holds_ends_the_notice(post: Post, officer: User) -> None:
    notice = post()
    with pytest.raises(Refused, match="撤下"):
        actions.stop(notice=notice, by=officer, reason="名单有误")
    objection = actions.object_to(notice=notice, about="有楼房", channel="phone", by=officer, who="王桂兰", phone="13800138000")
    assert objection.phone.clear == "13800138000"
    actions.answer_objection(objection=objection, result="upheld", answer="属实", by=officer)
    actions.stop(notice=notice, by=officer, reason="名单有误，重新评议")
    assert notice.outcome == Outcome.STOPPED


def test_withdrawn_it_stays_known(post: Post, officer: User) -> None:
    notice = actions.withdraw(notice=post(), by=officer, reason="村名写错")
    with pytest.raises(Refused) as refusal:
        actions.object_to(notice=notice, about="还有意见", channel="visit", by=officer)
    assert refusal.value.rule is rules.STATE
    assert Notice.objects.get().withdrawn_why == "村名写错"


def test_the_same_key_posts_once(post: Post) -> None:
    first = post(key="cases.batch:3")
    assert post(key="cases.batch:3", title="再贴一次") == first
    assert Notice.objects.count() == 1


def test_who_may_and_where(post: Post, shoot: Shoot, village: User, stranger: User, clerk: User) -> None:
    for user, rule in ((village, rules.ROLE), (stranger, rules.AREA)):
        with pytest.raises(Refused) as refusal:
            post(by=user)
        assert refusal.value.rule is rule
    notice = post()
    acts: list[Callable[[User], object]] = [
        lambda by: actions.close(notice=notice, by=by),
        lambda by: actions.withdraw(notice=notice, by=by, reason="误"),
        lambda by: actions.object_to(notice=notice, about="异议", channel="visit", by=by),
    ]
    for user, rule in ((village, rules.ROLE), (stranger, rules.AREA)):
        for act in acts:
            with pytest.raises(Refused) as refusal:
                act(user)
            assert refusal.value.rule is rule
    with pytest.raises(Refused) as refusal:
        shoot(notice, by=stranger)
    assert refusal.value.rule is rules.AREA
    county_wide = post(by=clerk, kind="county", area=COUNTY)
    shoot(county_wide, by=village)  # what the county posts hangs in the village too


def test_who_posts_stands_at_or_above_the_scope(post: Post, clerk: User, officer: User) -> None:
    assert post(by=clerk, area=TOWNSHIP, level=4).level == 4
    for level, area, user in ((4, VILLAGE, officer), (6, TOWNSHIP, officer)):
        with pytest.raises(Refused) as refusal:
            post(by=user, area=area, level=level)
        assert refusal.value.rule is rules.LEVEL


# ------------------------------------------------------------------------------------------------ what may hang out


@pytest.mark.parametrize(
    "row",
    [
        {"place": "小官村", "card": "6222021234567890128"},
        {"place": "小官村", "phone": "13800138000"},
        {"place": "小官村", "disability": "精神二级"},
    ],
)
def test_a_column_that_isnt_declared_cant_be_posted(post: Post, row: dict[str, str]) -> None:
    with pytest.raises(Refused) as refusal:
        post(rows=[row])
    assert refusal.value.rule is rules.CONTENT


@pytest.mark.parametrize(
    "text",
    [
        county.number("19540412", 11),
        "身份证"
        + county.number("19540412", 11)[:6]
        + " "
        + county.number("19540412", 11)[6:14]
        + "　"
        + county.number("19540412", 11)[14:],
        "２１０９２２１９５４０４１２０１１" + county.number("19540412", 11)[-1],
        county.number("19540412", 11)[:17] + "5",
        "4111 1111 1111 1111",
        "138.0013.8000",
        "1380\u200b0138000",
        "（0418）6926331",
    ],
)
def test_no_number_hangs_out_wherever_it_was_written(post: Post, text: str) -> None:
    for more in ({"rows": [SUN | {"note": text}]}, {"title": text}, {"intro": text}, {"rows": [{"head": text, "place": "小官村"}]}):
        with pytest.raises(Refused) as refusal:
            post(**more)
        assert refusal.value.rule is rules.NUMBERS


def test_an_offices_telephone_may_hang_out_in_its_column(post: Post) -> None:
    notice = post(kind="hotline", rows=[{"unit": "满堂红镇政府", "hotline": "0418-6926331"}])
    assert notice.content["rows"] == [["满堂红镇政府", "0418-6926331"]]
    with pytest.raises(Refused):
        post(kind="hotline", rows=[{"unit": "满堂红镇政府", "hotline": county.number("19540412", 11)}])


def test_a_number_hangs_out_under_one_mask_only(post: Post, security: User) -> None:
    choose_mask(policy="six_four", by=security, reason="省里要求公示身份证号")
    with in_use():
        notice = post()
        assert notice.content["rows"][0][2] == SUN["id_number"][:6] + "********" + SUN["id_number"][-4:]
    assert PostedNumber.objects.count() == 2
    choose_mask(policy="four_four", by=security, reason="改回")
    with in_use():
        assert [title for _key, title in post().content["columns"]].count("身份证号") == 0
    notice.refresh_from_db()
    assert (notice.mask, notice.content["rows"][0][2][:6]) == ("six_four", "210922")


def test_the_same_number_under_another_mask_is_refused(post: Post, security: User) -> None:
    choose_mask(policy="six_four", by=security, reason="省里要求公示身份证号")
    with in_use():
        post(rows=[LIU])
    PostedNumber.objects.update(mask="six")
    with in_use(), pytest.raises(Refused, match="第 2 行") as refusal:
        post(rows=[SUN, LIU])
    assert refusal.value.rule is rules.ONE_MASK
    assert Notice.objects.count() == 1


# ------------------------------------------------------------------------------------------------ counting days


class Days(HypothesisTestCase):
    """The law of the days: the first counts, it may be closed from the day after the last, never a day earlier."""

    @settings(max_examples=60, deadline=None, suppress_health_check=list(HealthCheck))
    @given(days=st.integers(7, 365), start=st.dates(date(2019, 1, 1), date(2030, 1, 1)), looked=st.integers(0, 420))
    def test_a_notice_closes_after_exactly_its_days(self, days: int, start: date, looked: int) -> None:
        for code, name in county.PLACES:
            county.place(code, name)
        office = found(name="满堂红镇政府", kind="township", area=TOWNSHIP)
        by = admit(login="公示", name="公示", organisation=office, role="notice_officer", password="-", check_password=False)
        set_today(day=start)
        notice = actions.post(kind="review", area=VILLAGE, title="公示", rows=[SUN], days=days, by=by, hotline="0418-6926331")
        today = start + timedelta(looked)
        hung = {start + timedelta(day) for day in range(looked)}  # the whole days on which it hung, before today
        assert (rules.DAYS in {rule for rule, _said in actions.hindrances(notice, today)}) == (len(hung) < days)
        assert notice.closes_on - notice.last_day == timedelta(1)
