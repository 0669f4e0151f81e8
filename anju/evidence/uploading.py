"""Uploads are received in memory, never in a temporary file on disk: what arrives is personal data in clear until it is sealed."""

from pathlib import Path
from typing import Any, BinaryIO, cast

from django.conf import settings
from django.core.files.uploadedfile import UploadedFile
from django.core.files.uploadhandler import FileUploadHandler
from django.http import HttpRequest
from django.utils.translation import gettext as _

from anju import memory

_TYPES = {
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    "xls": "application/vnd.ms-excel",
    "csv": "text/csv",
    "ods": "application/vnd.oasis.opendocument.spreadsheet",
}
ON_THE_SPOT = "camera=(self), geolocation=(self)"
"""The ``Permissions-Policy`` of a page on which photos are taken: it may use the camera and ask where it is."""
_STRANGERS = 1 << 20
"""What somebody who isn't signed in may make the server hold; nothing of theirs is taken anyway."""


class MemoryUploadHandler(FileUploadHandler):
    """Receives files into memory up to ``settings.UPLOAD_LIMIT`` bytes a request; of one that is larger only the size is known (see ``too_large``)."""

    def __init__(self, *arguments: Any, **options: Any) -> None:
        super().__init__(*arguments, **options)
        self._taken = 0

    def new_file(self, *arguments: Any, **options: Any) -> None:
        super().new_file(*arguments, **options)
        self._file = memory.file()
        self._over = False
        user = getattr(self.request, "user", None)
        self._limit = settings.UPLOAD_LIMIT if user is not None and user.is_authenticated else _STRANGERS

    def receive_data_chunk(self, raw_data: bytes, start: int) -> None:
        """Keeps the bytes, or drops the file where the request has become too large."""
        self._taken += len(raw_data)
        if self._taken > self._limit and not self._over:
            self._over = True
            self._file.close()
            self._file = memory.file()
        if not self._over:
            self._file.write(raw_data)

    def file_complete(self, file_size: int) -> "UploadedFile[Any]":
        """The file as views see it."""
        self._file.seek(0)
        return UploadedFile(
            file=self._file,
            name=self.file_name,
            content_type=self.content_type or "",
            size=file_size,
            charset=self.charset,
            content_type_extra=self.content_type_extra,
        )

    def upload_interrupted(self) -> None:
        """The browser went away."""
        self._file.close()


def too_large(given: "UploadedFile[Any]") -> str:
    """Why an upload can't be taken because of its size; "" where it can."""
    size = given.size or 0
    if size <= settings.UPLOAD_LIMIT:
        return ""
    return _("文件有 %(size)s MB，超过一次可上传的 %(limit)s MB。请按乡镇拆成几份上传，或请管理员调大 ANJU_UPLOAD_MB。") % {
        "size": f"{size / (1 << 20):,.0f}",
        "limit": f"{settings.UPLOAD_LIMIT >> 20:,}",
    }


def media_type(name: str) -> str:
    """What a table's name says it is; nobody rests on it but the browser that gets it back."""
    return _TYPES.get(name.rpartition(".")[2].lower(), "application/octet-stream")


def given(request: HttpRequest) -> tuple[BinaryIO | None, str, str]:
    """The file of a form's field ``file``: its content, its bare name, and why it can't be taken ("" where it can)."""
    sent = request.FILES.get("file")
    if sent is None or isinstance(sent, list):
        return None, "", _("没有收到文件，请重新选择。")
    name = Path(sent.name or "").name
    return cast("BinaryIO", sent), name, too_large(sent)
