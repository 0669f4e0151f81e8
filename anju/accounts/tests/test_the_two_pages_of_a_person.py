"""A person's page of rights and their page at the door lead to each other, for those who may open both."""

from datetime import date

import pytest
from django.test import Client

from anju.accounts.models import Grant, User
from anju.accounts.tests.door import user

pytestmark = pytest.mark.django_db


@pytest.fixture
def clerk() -> User:
    """Somebody of the county."""
    return user("zhoumin", "county_clerk")


def page(reader: User, address: str) -> str:
    client = Client()
    client.force_login(reader)
    answer = client.get(address)
    assert answer.status_code == 200
    return str(answer.content.decode())


def test_the_security_administrator_goes_there_and_back(clerk: User) -> None:
    security = user("anquan", "security_administrator")
    assert f'href="/accounts/sign-ins/{clerk.pk}/"' in page(security, f"/people/{clerk.pk}/")
    assert f'href="/people/{clerk.pk}/"' in page(security, f"/accounts/sign-ins/{clerk.pk}/")


def test_no_link_leads_where_the_reader_may_not_go(clerk: User) -> None:
    assert "/accounts/sign-ins/" not in page(user("xitong", "system_administrator"), f"/people/{clerk.pk}/").split("</nav>", 1)[1]
    security = user("anquan", "security_administrator")
    Grant.objects.create(user=clerk, role="discipline", area="2109", valid_from=date(2020, 1, 1))  # the city's to unlock and reset
    assert f"/accounts/sign-ins/{clerk.pk}/" not in page(security, f"/people/{clerk.pk}/")
