"""A department's list, from the workbook to the signatures."""

from pathlib import Path

import pytest
from playwright.sync_api import expect

from anju.rosters.models import Batch, Decision, Letter, Match
from tests.journeys import workbooks
from tests.journeys.conftest import Enter, World

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


def send(visitor, path: Path) -> None:
    visitor.go("/rosters/")
    visitor.page.set_input_files("input[type=file]", str(path))


def test_a_workbook_becomes_a_list_with_its_result(enter: Enter, world: World, tmp_path: Path) -> None:
    clerk = enter("clerk")
    send(clerk, workbooks.allowance(tmp_path / "彰武低保2020年5月.xlsx", world.residents))
    clerk.page.wait_for_url("**/rosters/*/")
    expect(clerk.page.locator("h1")).to_contain_text("低保户名单 2020年5月")
    print(clerk.page.inner_text("main"))
    batch = Batch.objects.get()
    print(batch.status, list(Match.objects.values_list("outcome", "passed", "score", "explanation")))
