"""Files as a browser keeps them: by their Chinese names, never opened in the page."""

from typing import BinaryIO

from django.http import FileResponse

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


def attachment(content: BinaryIO, name: str, media_type: str = XLSX) -> FileResponse:
    """The content as a download."""
    return FileResponse(content, as_attachment=True, filename=name, content_type=media_type)
