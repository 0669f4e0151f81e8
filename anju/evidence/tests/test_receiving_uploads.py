"""What is uploaded stays in memory until it is sealed."""

from pathlib import Path
from typing import Any

import pytest
from django.contrib.auth.models import AnonymousUser
from django.core.files.uploadedfile import SimpleUploadedFile, UploadedFile
from django.core.handlers.wsgi import WSGIRequest
from django.test import RequestFactory

from anju.accounts.models import User
from anju.evidence import sending, store, uploading
from tests.kept import place

pytestmark = pytest.mark.django_db
CONTENT = b"210922196503021234," * 300_000


def _posted(content: bytes, signed_in: bool = True) -> "tuple[WSGIRequest, UploadedFile[Any]]":
    request = RequestFactory().post("/", {"file": SimpleUploadedFile("名单.csv", content, content_type="text/csv")})
    request.user = User(login="clerk") if signed_in else AnonymousUser()
    given = request.FILES["file"]
    assert isinstance(given, UploadedFile)
    return request, given


def test_an_upload_of_megabytes_has_no_file_on_disk(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path))
    request, given = _posted(CONTENT)
    assert (given.name, given.size, given.content_type) == ("名单.csv", len(CONTENT), "text/csv")
    assert given.read() == CONTENT
    assert not hasattr(given, "temporary_file_path")
    assert list(tmp_path.iterdir()) == []
    request.close()
    assert given.closed


def test_an_upload_beyond_the_limit_is_dropped_and_told(settings: Any) -> None:
    settings.UPLOAD_LIMIT = 5 << 20
    _request, given = _posted(CONTENT)
    assert given.read() == b""
    assert "5 MB" in uploading.too_large(given)
    _request, small = _posted(CONTENT[: 1 << 20])
    assert uploading.too_large(small) == ""
    assert len(small.read()) == 1 << 20


def test_a_stranger_cannot_make_the_server_hold_a_large_file() -> None:
    _request, given = _posted(CONTENT, signed_in=False)
    assert given.read() == b""


def test_a_damaged_file_is_told_on_a_page_instead_of_half_sent(tmp_path: Path, settings: Any) -> None:
    settings.FILE_STORE = tmp_path / "files"
    request, given = _posted(CONTENT)
    stored = store.put(given, name="名单.csv", media_type="text/csv", by=None)  # type: ignore[arg-type]
    whole = sending.sent(request, stored)
    assert whole.headers["Content-Length"] == str(len(CONTENT))
    assert b"".join(whole) == CONTENT
    path = place(stored)
    assert path is not None
    data = bytearray(path.read_bytes())
    data[-1] ^= 1
    path.write_bytes(data)
    request.user = AnonymousUser()
    refused = sending.sent(request, stored)
    assert refused.status_code == 503
    assert "用备份恢复" in refused.content.decode()  # type: ignore[attr-defined]
