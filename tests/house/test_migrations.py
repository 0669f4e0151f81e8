"""Migrations go back as well as forward, and say the same as the models."""

from collections.abc import Iterator
from io import StringIO

import pytest
from django.apps import apps
from django.core.management import call_command
from django.db import connection
from django.db.migrations.loader import MigrationLoader

from anju import database
from conftest import as_owner

OURS = [config.label for config in apps.get_app_configs() if config.name.startswith("anju.")]


@pytest.fixture
def owner(django_db_setup: None, django_db_blocker: pytest.FixtureRequest) -> Iterator[None]:
    """Inside, the test database is its owner's."""
    assert database.OWNER
    with django_db_blocker.unblock(), as_owner():  # type: ignore[attr-defined]
        yield


@pytest.mark.django_db
def test_models_and_migrations_say_the_same() -> None:
    call_command("makemigrations", "--check", "--dry-run", stdout=StringIO())


def test_every_migration_goes_back_and_forward_again(owner: None) -> None:
    before = _tables()
    loader = MigrationLoader(connection)
    labels = [label for label in OURS if label in loader.migrated_apps]
    try:
        for label in reversed(labels):
            call_command("migrate", label, "zero", verbosity=0)
        left = {table for table in _tables() if any(table.startswith(f"{label}_") for label in labels)}
    finally:
        call_command("migrate", verbosity=0)
    assert left == set()
    assert _tables() == before


def _tables() -> set[str]:
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT table_name || '.' || column_name || ' ' || data_type FROM information_schema.columns WHERE table_schema = 'public'"
        )
        return {row[0] for row in cursor.fetchall()}
