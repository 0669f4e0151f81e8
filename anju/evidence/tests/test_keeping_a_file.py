"""Files are kept once, by content."""

import io

import pytest

from anju.evidence import store


@pytest.mark.django_db
def test_the_same_content_is_kept_once_and_remembered_twice() -> None:
    first = store.put(io.BytesIO(b"list"), name="低保.xlsx", media_type="application/x", by=None)
    second = store.put(io.BytesIO(b"list"), name="again.xlsx", media_type="application/x", by=None)
    assert first.pk != second.pk
    assert store.path(first) == store.path(second)
    assert store.path(first).read_bytes() == b"list"
    assert first.size == 4
