"""Making a process ready for the database: the demonstration's loader, and each of its helpers."""

import importlib
import os

from anju import database


def ready() -> None:
    """The database runs, Django is set up, and work that is started is done at once (see ``anju.jobs``)."""
    database.start()
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "anju.web.settings")
    os.environ["ANJU_JOBS"] = "inline"
    importlib.import_module("django").setup()
