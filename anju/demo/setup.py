"""Making a process ready for the database: the demonstration's loader, and each of its helpers."""

import importlib
import os

import psycopg

from anju import database

DONE = "demo-manifest.json"
"""The manifest is kept under this name once the whole story is there."""


def loaded() -> bool:
    """Whether the whole story is there already; asked without setting up anything else."""
    database.start()
    at = database.address()
    with psycopg.connect(host=at.host, port=at.port, dbname=at.name, user=at.user, password=at.password, connect_timeout=10) as connection:
        try:
            found = connection.execute("SELECT EXISTS (SELECT FROM evidence_storedfile WHERE name = %s)", [DONE]).fetchone()
        except psycopg.errors.UndefinedTable:
            return False
    return bool(found and found[0])


def ready() -> None:
    """The database runs, Django is set up, and work that is started is done at once (see ``anju.jobs``)."""
    database.start()
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "anju.web.settings")
    os.environ["ANJU_JOBS"] = "inline"
    importlib.import_module("django").setup()
