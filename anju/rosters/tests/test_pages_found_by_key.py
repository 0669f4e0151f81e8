import base64
import json
from typing import Any

import pytest

from anju import paging
from anju.accounts.models import Organisation
from anju.registry.models import Household

pytestmark = pytest.mark.django_db


@pytest.fixture
def offices() -> None:
    for at in range(25):
        Organisation.objects.create(name=f"机构{at:02d}", kind="housing" if at % 2 else "poverty", area="210922")


def shown(page: paging.Page[Organisation]) -> list[str]:
    return [row.name[-2:] for row in page.rows]


def walk(order: tuple[str, ...]) -> list[str]:
    seen: list[str] = []
    asked: dict[str, str] = {}
    while True:
        page = paging.page(Organisation.objects.all(), order=order, asked=asked, limit=10)
        seen += shown(page)
        if not page.next:
            return seen
        asked = {"after": page.next}


@pytest.mark.parametrize("order", [("name", "id"), ("-name", "-id"), ("kind", "id"), ("-kind", "-id")])
def test_every_row_comes_once_in_order(offices: None, order: tuple[str, ...]) -> None:
    whole = [row.name[-2:] for row in Organisation.objects.order_by(*order)]
    assert walk(order) == whole


def test_the_way_back_leads_to_the_page_before(offices: None) -> None:
    first = paging.page(Organisation.objects.all(), order=("kind", "id"), asked={}, limit=10, total=25)
    second = paging.page(Organisation.objects.all(), order=("kind", "id"), asked={"after": first.next}, limit=10, total=25)
    back = paging.page(Organisation.objects.all(), order=("kind", "id"), asked={"before": second.previous}, limit=10, total=25)
    assert shown(back) == shown(first)
    assert (first.first, first.last, first.previous) == (1, 10, "")
    assert (second.first, second.last) == (11, 20)
    assert (back.first, back.last, back.previous) == (1, 10, "")


@pytest.mark.parametrize("cursor", ["x", "AAAA", "WzEsIFsxXV0", "bnVsbA"])
def test_a_cursor_that_is_not_ours_means_the_first_page(offices: None, cursor: str) -> None:
    page = paging.page(Organisation.objects.all(), order=("name", "id"), asked={"after": cursor}, limit=10)
    assert shown(page)[0] == "00"


def _forged(content: Any) -> str:
    text = content if isinstance(content, str) else json.dumps(content)
    return base64.urlsafe_b64encode(text.encode()).decode().rstrip("=")


@pytest.mark.parametrize(
    "content",
    [
        [0, ["not a day", 1]], [0, [7, 1]], [0, ["2020-06-10", "not a number"]], [0, ["2020-06-10", float("inf")]], [0, ["2020-06-10", float("nan")]],
        [0, ["\0", 1]], [0, ["\ud800", 1]], [10**400, ["2020-06-10", 1]], "[" * 9000,
    ],
)  # fmt: skip
@pytest.mark.parametrize("way", ["after", "before"])
def test_a_cursor_somebody_has_made_up_means_the_first_page_too(content: Any, way: str) -> None:
    homes = [Household.objects.create(number=f"210922109201-{at:04d}", area="210922109201", opened_on="2020-06-10") for at in range(2)]
    page = paging.page(Household.objects.all(), order=("opened_on", "id"), asked={way: _forged(content)}, limit=10)
    assert (page.first, page.rows) == (1, homes)


def test_a_key_beyond_every_row_is_the_end_of_the_list() -> None:
    Household.objects.create(number="210922109201-0001", area="210922109201", opened_on="2020-06-10")
    page = paging.page(Household.objects.all(), order=("opened_on", "id"), asked={"after": _forged([1, ["2020-06-10", 10**30]])}, limit=10)
    assert (page.rows, page.next) == ([], "")
