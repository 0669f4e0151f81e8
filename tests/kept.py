"""The kept files of a test, on disk."""

from pathlib import Path

from django.conf import settings

from anju.evidence import store
from anju.evidence.models import StoredFile


def place(stored: StoredFile) -> Path | None:
    """Where the file lies in the test's store; None where it is missing."""
    name = store.name_of(stored)
    return None if name is None else Path(settings.FILE_STORE) / name
