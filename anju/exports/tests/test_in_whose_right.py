"""A file is made and handed out in the right in which it was asked for; the database shows the register by place and by person."""

from collections.abc import Callable
from contextlib import AbstractContextManager
from datetime import date
from typing import Any

import pytest
from django.utils import timezone

from anju.accounts.models import Grant, User
from anju.accounts.scope import actor_of
from anju.exports import queries
from anju.exports.actions import asking, handing, revealing
from anju.exports.models import Export, Reveal
from anju.exports.refusal import Refused
from anju.exports.tests.conftest import person
from anju.jobs import actions as jobs
from anju.rosters.models import Batch
from anju.rosters.tests import county
from anju.trail.acting import NOBODY, SYSTEM, acting
from anju.trail.models import Entry
from tests.kept import place

Done = Callable[[], AbstractContextManager[Any]]


@pytest.fixture
def two_rights(clerk: User) -> tuple[Grant, Grant]:
    """The clerk is the next county's clerk as well."""
    second = Grant.objects.create(user=clerk, role="county_clerk", area=county.OTHER_COUNTY, valid_from=date(2020, 1, 1))
    return clerk.grants.exclude(pk=second.pk).get(), second


@pytest.fixture
def _two_rows(monkeypatch: pytest.MonkeyPatch) -> None:
    """More than two rows need a second person."""
    monkeypatch.setenv("ANJU_EXPORT_MASKED_ROWS", "2")


def _end(grant: Grant) -> None:
    Grant.objects.filter(pk=grant.pk).update(ended_at=timezone.now())


def _large(listed: Batch, by: User) -> Export:
    with acting(actor_of(by)):
        return asking.ask(kind="rosters.rows", filters={"batch": listed.pk}, by=by, reason="report", note="报市住建局")


@pytest.mark.usefixtures("_two_rows")
def test_what_another_approves_is_made_in_the_askers_right(
    listed: Batch, clerk: User, two_rights: tuple[Grant, Grant], colleague: User, done: Done
) -> None:
    first, second = two_rights
    clerk.act_in(first)
    export = _large(listed, clerk)
    assert (export.state, export.right) == ("waiting", first)
    with done(), acting(actor_of(colleague)):
        asking.approve(export=export, by=colleague)
    export.refresh_from_db()
    assert export.job is not None
    assert (export.state, export.job.created_by, export.job.grant, export.rows) == ("ready", clerk, first.pk, 5)
    _end(first)
    clerk.act_in(second)
    with pytest.raises(Refused, match="已变"):
        handing.hand_over(export=export, by=clerk)


@pytest.mark.usefixtures("_two_rows")
def test_a_right_that_ended_is_not_replaced_by_another(
    listed: Batch, clerk: User, two_rights: tuple[Grant, Grant], colleague: User
) -> None:
    clerk.act_in(two_rights[0])
    export = _large(listed, clerk)
    _end(two_rights[0])
    with pytest.raises(Refused, match="已变"), acting(actor_of(colleague)):
        asking.approve(export=export, by=colleague)


def test_only_who_holds_a_right_there_is_named_for_approval(listed: Batch, clerk: User, colleague: User, stranger: User) -> None:
    export = _large(listed, clerk)
    assert queries.approvers(export) == [f"{colleague.organisation.name} 王主任"]
    _end(colleague.grants.get())
    assert queries.approvers(export) == []
    Grant.objects.create(user=stranger, role="county_clerk", area=county.COUNTY, valid_from=date(2020, 1, 1))
    assert queries.approvers(export) == [f"{stranger.organisation.name} 邻县"]


def test_an_export_called_off_before_it_began_is_not_left_in_the_making(listed: Batch, clerk: User) -> None:
    export = _large(listed, clerk)
    assert export.job is not None
    jobs.cancel(job=export.job)
    export.refresh_from_db()
    assert export.state == "failed"


def test_the_database_shows_the_register_by_place_and_by_person(
    listed: Batch, clerk: User, colleague: User, stranger: User, administrator: User
) -> None:
    auditor = person("审计", "audit_administrator", kind="audit")
    export = _large(listed, clerk)
    revealing.reveal(area="210922109201", subject="农户 1", numbers=1, by=clerk, reason="identify")
    seen = []
    for one in (clerk, colleague, stranger, auditor):
        with acting(actor_of(one)):
            seen.append((Export.objects.count(), Reveal.objects.count()))
    assert seen == [(1, 1), (1, 1), (0, 0), (1, 1)]
    with acting(NOBODY):
        assert not Export.objects.exists()
    Grant.objects.filter(user=clerk).update(ended_at=timezone.now())
    Grant.objects.create(user=clerk, role="county_clerk", area=county.OTHER_COUNTY, valid_from=date(2020, 1, 1))
    moved = User.objects.get(pk=clerk.pk)
    with acting(actor_of(moved)):
        assert queries.visible(moved).get() == export
    Export.objects.filter(pk=export.pk).update(area="")
    with acting(SYSTEM):
        assert Export.objects.filter(pk=export.pk).exists()


def test_the_trail_names_what_was_done(listed: Batch, clerk: User, done: Done) -> None:
    with done():
        export = _large(listed, clerk)
    export.refresh_from_db()
    with acting(actor_of(clerk)):
        handing.hand_over(export=export, by=clerk)
        revealing.reveal(area=county.COUNTY, subject="农户 1", numbers=1, by=clerk, reason="identify")
    acts = {
        table: set(Entry.objects.filter(table=table).values_list("action", flat=True))
        for table in ("exports_export", "exports_download", "exports_reveal")
    }
    assert acts == {
        "exports_export": {"export.requested", "export.made"},
        "exports_download": {"export.downloaded"},
        "exports_reveal": {"number.revealed"},
    }


def test_a_damaged_file_says_so_and_is_not_counted_as_taken(listed: Batch, clerk: User, at_desk: Any) -> None:
    export = asking.ask(kind="rosters.original", filters={"batch": listed.pk}, by=clerk, reason="archive")
    assert listed.file is not None
    where = place(listed.file)
    assert where is not None
    where.write_bytes(where.read_bytes()[:-1] + b"?")
    assert at_desk(clerk).post(f"/exports/{export.pk}/download/").status_code == 503
    assert not export.downloads.exists()
