import pytest

from anju import paging
from anju.accounts.models import Organisation

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
