"""The tree and the map: counts that open, sums that agree, nothing from elsewhere."""

import re

import pytest
from django.test import Client

from anju.dossier.places import _edges
from anju.dossier.tests.test_the_page_of_a_household import household, place, signed_in, user
from anju.registry.models import Household

pytestmark = pytest.mark.django_db
__all__ = ["household", "place"]


def test_the_tree_opens_level_by_level_and_every_count_opens_its_households(client: Client, household: Household) -> None:
    clerk = signed_in(client, user("zhou"))
    page = clerk.get("/places/").content.decode()
    assert "彰武镇" in page
    below = clerk.get("/places/?area=210922100&part=1").content.decode()
    assert "程沟村" in below
    counted = re.search(r'href="([^"]*area=210922100201[^"]*on_all=JDLK)"', below)
    assert counted
    assert household.number in clerk.get(counted.group(1).replace("&amp;", "&")).content.decode()


def test_the_sum_of_a_place_is_that_of_the_places_below(client: Client, household: Household) -> None:
    clerk = signed_in(client, user("zhou"))
    for address in ("/places/", "/places/?area=210922100"):
        page = clerk.get(address).content.decode()
        assert re.search(r'class="sum"><th scope="row">合计</th><td class="r">1</td>', page)


@pytest.mark.parametrize("area", ["2109", "210921", "53"])
def test_the_tree_of_another_area_is_not_there(client: Client, household: Household, area: str) -> None:
    assert signed_in(client, user("zhou")).get(f"/places/?area={area}").status_code == 404


def test_the_map_counts_only_the_users_own_counties(client: Client, household: Household) -> None:
    own = signed_in(client, user("zhou")).get("/places/map/").content.decode()
    assert '"210922"' in own
    other = Client()
    assert "210922" not in signed_in(other, user("li", "210921")).get("/places/map/").content.decode()


@pytest.mark.parametrize(
    ("values", "edges"),
    [([], [0, 1, 2, 3, 4, 5]), ([240], [0, 40, 80, 120, 160, 200]), ([41248, 3], [0, 6900, 13800, 20700, 27600, 34500])],
)
def test_the_maps_scale_is_six_round_steps(values: list[int], edges: list[int]) -> None:
    assert _edges(values) == edges


@pytest.mark.django_db(transaction=True)
@pytest.mark.usefixtures("jobs_inline")
def test_the_counts_by_place_come_as_a_workbook(client: Client, request: pytest.FixtureRequest) -> None:
    assert request.getfixturevalue("household")
    who = user("zhou")
    clerk = signed_in(client, who)
    clerk.post("/exports/ask/?area=210922", {"kind": "places.counts", "why": "report"})
    job = who.jobs.get()
    assert (job.status, job.result["rows"]) == ("done", 2)  # its township and its village
    assert clerk.post(f"/exports/{job.result['export']}/download/").getvalue()[:2] == b"PK"
    clerk.post("/exports/ask/?area=53", {"kind": "places.counts", "why": "report"})
    assert {export.area for export in who.exports.all()} == {"210922"}  # another province's counts aren't asked for by its code
