"""Every table of ours is watched by the trail, or stands in the declared list of exceptions with its reason (quality 6)."""

import pytest
from django.apps import apps

from anju.trail import watching

OURS = {model._meta.db_table: model for model in apps.get_models(include_auto_created=True) if model.__module__.startswith("anju.")}


@pytest.mark.django_db
def test_every_table_is_watched_or_named_with_a_reason() -> None:
    watched = watching.watched()
    forgotten = sorted(OURS.keys() - watched.keys() - watching.UNWATCHED.keys())
    assert not forgotten, f"a migration of the app must say watch({', '.join(map(repr, forgotten))}) (anju/trail/watching.py)"
    assert not sorted(watched.keys() & watching.UNWATCHED.keys()), "watched, though an exception says it isn't"
    partly = {table for table, watch in watched.items() if set(watch.operations) != set(watching.ALL)}
    assert partly <= watching.PARTLY.keys(), "a table of which only some statements are recorded needs its reason in PARTLY"


def test_the_exceptions_are_tables_and_have_reasons() -> None:
    for table, reason in {**watching.UNWATCHED, **watching.PARTLY}.items():
        assert table in OURS
        assert len(reason) > 3


@pytest.mark.django_db
def test_the_triggers_know_the_tables_keys_and_areas() -> None:
    for table, watch in watching.watched().items():
        model = OURS[table]
        keys = [field.column for field in model._meta.pk_fields]
        assert all(f"trail_row_.{key}" in watch.key.replace(chr(34), "") for key in keys), (
            f"{table} has another key now: watch it anew in a migration"
        )
        assert watch.area == ("area" if any(field.column == "area" for field in model._meta.local_fields) else ""), (
            f"{table}: watch it anew"
        )
        assert watch.on


@pytest.mark.django_db
def test_nothing_of_the_guard_is_missing() -> None:
    assert watching.gaps() == []
