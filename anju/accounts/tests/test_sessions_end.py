"""Sessions end by themselves, by their owner, by a new password; what was typed outlives them."""

from typing import Any

import pytest
from django.db import connection
from django.test import Client

from anju.accounts.models import SignedInSession, SignIn
from anju.accounts.signing_in import actions, sessions
from anju.accounts.tests.door import PASSWORD, Clock, enter, user

pytestmark = pytest.mark.django_db
NEW = "Qing-shan-9-li"


def signed_in(client: Client) -> bool:
    return client.get("/account/").status_code == 200


def test_half_an_hour_without_a_touch_ends_it(client: Client, clock: Clock) -> None:
    user()
    enter(client)
    for _time in range(3):
        clock.on(minutes=29)
        assert signed_in(client), "each page counts from now"
    clock.on(minutes=30)
    answer = client.get("/account/?after=3")
    assert answer.headers["Location"] == "/login/?next=/account/%3Fafter%3D3"
    back = client.post("/login/", {"login": "zhoumin", "password": PASSWORD, "next": "/account/?after=3"})
    assert back.headers["Location"] == "/account/?after=3"


def test_twelve_hours_end_it_whatever_was_done(client: Client, clock: Clock) -> None:
    user()
    enter(client)
    for _time in range(12 * 60 // 20 - 1):
        clock.on(minutes=20)
        assert signed_in(client)
    clock.on(minutes=20)
    assert not signed_in(client)


def test_both_times_are_the_installations(client: Client, clock: Clock, settings: Any) -> None:
    settings.IDLE_MINUTES = 5
    user()
    enter(client)
    clock.on(minutes=4)
    assert signed_in(client)
    clock.on(minutes=5)
    assert not signed_in(client)


def test_what_a_page_asks_for_by_itself_keeps_nothing_alive(client: Client, clock: Clock) -> None:
    user()
    enter(client)
    for _time in range(6):
        clock.on(minutes=5)
        client.get("/jobs/badge/", HTTP_HX_REQUEST="true")
    assert not signed_in(client)


def test_a_part_of_a_page_sends_the_whole_page_to_the_door(client: Client, clock: Clock) -> None:
    user()
    enter(client)
    clock.on(hours=1)
    answer = client.get("/jobs/badge/", HTTP_HX_REQUEST="true", HTTP_HX_CURRENT_URL="http://testserver/jobs/?after=7")
    assert answer.status_code == 401
    assert answer.headers["HX-Redirect"] == "/login/?next=%2Fjobs%2F%3Fafter%3D7"


def test_a_form_sent_too_late_is_kept_for_its_sender(client: Client, clock: Clock) -> None:
    user()
    enter(client)
    clock.on(hours=1)
    typed = {"old": PASSWORD, "new": "x<y>&", "again": ["1", "2"]}
    answer = client.post("/account/password/", typed, HTTP_REFERER="http://testserver/account/password/")
    assert answer.headers["Location"] == "/login/?next=%2Faccount%2Fpassword%2F"
    assert enter(client).headers["Location"] == "/login/resume/"
    page = client.get("/login/resume/").content.decode()
    assert 'action="/account/password/"' in page
    assert 'name="new" value="x&lt;y&gt;&amp;"' in page
    assert page.count('name="again"') == 2
    assert client.get("/login/resume/").headers["Location"] == "/", "once"


def test_a_form_of_one_is_never_shown_to_another(client: Client, clock: Clock) -> None:
    user()
    user("lixin")
    enter(client)
    clock.on(hours=1)
    client.post("/account/password/", {"new": "mine"})
    assert enter(client, "lixin").headers["Location"] == "/"
    assert client.get("/login/resume/").headers["Location"] == "/"


def test_a_stranger_fills_no_table_with_forms(client: Client) -> None:
    client.post("/account/password/", {"new": "x" * 1000})
    assert not SignedInSession.objects.exists()


def test_ones_own_sessions_are_listed_and_ended_at_the_next_request(client: Client) -> None:
    one = user()
    elsewhere = Client()
    enter(elsewhere, HTTP_USER_AGENT="Mozilla/5.0 (Linux; Android 14; HarmonyOS) Chrome/120.0 Mobile Safari/537.36", REMOTE_ADDR="10.9.1.7")
    enter(client)
    page = client.get("/account/").content.decode()
    assert "10.9.1.7" in page
    assert "Chrome 120 · HarmonyOS" in page
    row = SignedInSession.objects.get(sign_in__address="10.9.1.7")
    assert signed_in(elsewhere)
    assert client.post(f"/account/sessions/{row.pk}/end/").headers["Location"] == "/account/"
    assert not signed_in(elsewhere)
    assert signed_in(client)
    assert SignIn.objects.get(address="10.9.1.7").ended == "revoked"
    assert client.post(f"/account/sessions/{row.pk}/end/").status_code == 404
    assert one.sessions.count() == 1


def test_a_session_of_another_is_none_of_ones_own(client: Client) -> None:
    user()
    user("lixin")
    other = Client()
    enter(other, "lixin")
    enter(client)
    row = SignedInSession.objects.get(user__login="lixin")
    assert client.post(f"/account/sessions/{row.pk}/end/").status_code == 404
    assert signed_in(other)


def test_the_others_end_together(client: Client) -> None:
    user()
    others = [Client(), Client()]
    for one in others:
        enter(one)
    enter(client)
    client.post("/account/sessions/others/end/")
    assert [signed_in(one) for one in [client, *others]] == [True, False, False]


def test_a_new_password_ends_the_others_and_keeps_this_one(client: Client) -> None:
    user()
    other = Client()
    enter(other)
    enter(client)
    changed = client.post("/account/password/", {"old": PASSWORD, "new": NEW, "again": NEW})
    assert changed.status_code == 302
    assert signed_in(client)
    assert not signed_in(other)
    assert enter(Client(), password=PASSWORD).status_code == 422
    assert enter(Client(), password=NEW).status_code == 302


def test_leaving_ends_it_on_the_server_too(client: Client) -> None:
    user()
    enter(client)
    cookie = client.cookies["sessionid"].value
    client.post("/logout/")
    thief = Client()
    thief.cookies["sessionid"] = cookie
    assert not signed_in(thief)


def test_the_table_opens_no_door_and_tells_nothing(client: Client) -> None:
    user()
    enter(client)
    key = client.cookies["sessionid"].value
    store = sessions.SessionStore(key)
    store["searched"] = "210922195001010011"
    store.save()
    with connection.cursor() as cursor:
        cursor.execute("SELECT accounts_signedinsession::text, encode(content, 'escape') FROM accounts_signedinsession")
        text = str(cursor.fetchall())
    assert key not in text
    assert "210922195001010011" not in text
    assert sessions.SessionStore(key)["searched"] == "210922195001010011"


def test_a_content_moved_to_another_session_opens_nothing(client: Client) -> None:
    user()
    user("lixin")
    enter(client)
    other = Client()
    enter(other, "lixin")
    rows = SignedInSession.objects.order_by("pk")
    mine, theirs = rows.get(user__login="zhoumin"), rows.get(user__login="lixin")
    theirs.content = mine.content
    theirs.save()
    assert not signed_in(other)


def test_what_ran_out_is_taken_away_and_its_end_written_down(client: Client, clock: Clock) -> None:
    user()
    enter(client)
    ended = SignedInSession.objects.get().deadline
    clock.on(hours=2)
    enter(Client())
    row = SignIn.objects.earliest("pk")
    assert (row.ended, row.ended_at) == ("timed_out", ended)
    assert SignedInSession.objects.count() == 1


def test_who_had_failures_meanwhile_is_told(client: Client) -> None:
    user()
    enter(client)
    client.post("/logout/")
    enter(client, password="Bu-dui-8")
    enter(client)
    assert "有 1 次用您的用户名登录没有成功" in client.get("/account/").content.decode()


def test_a_frozen_session_is_not_revived_by_saving(client: Client) -> None:
    one = user()
    enter(client)
    actions._end(one, SignIn.Ended.REVOKED)
    assert client.post("/theme/", {"theme": "dark"}).status_code == 302
    assert not signed_in(client)
    assert not SignedInSession.objects.filter(user=one).exists()
