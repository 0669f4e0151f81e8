"""Files on their way to a browser: by their Chinese names, never opened in the page."""

from typing import BinaryIO

from django.http import FileResponse, HttpRequest
from django.http.response import HttpResponseBase
from django.shortcuts import render

from anju.evidence import store
from anju.evidence.models import StoredFile

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


def attachment(content: BinaryIO, name: str, media_type: str = XLSX) -> FileResponse:
    """What was just made (not kept), from its beginning, as a download."""
    content.seek(0)
    return FileResponse(content, as_attachment=True, filename=name, content_type=media_type)


def sent(request: HttpRequest, stored: StoredFile) -> HttpResponseBase:
    """The kept file as a download under its name, checked to its last byte before the first one goes out; a page that says so where it is damaged."""
    try:
        content = store.opened(stored)
    except (store.Damaged, store.Away) as damaged:
        return render(request, "evidence/damaged.html", {"said": str(damaged), "path": request.path}, status=503)
    return FileResponse(content, as_attachment=True, filename=stored.name, content_type=stored.media_type)


def shown_picture(request: HttpRequest, stored: StoredFile) -> HttpResponseBase:
    """A kept picture to be shown in a page, never run: no name, no other type, nothing it could load."""
    try:
        content = store.opened(stored)
    except (store.Damaged, store.Away) as damaged:
        return render(request, "evidence/damaged.html", {"said": str(damaged), "path": request.path}, status=503)
    response = FileResponse(content, content_type="image/jpeg")
    response["Content-Disposition"] = "inline"
    response["Content-Security-Policy"] = "default-src 'none'; sandbox"
    return response
