"""Files as a browser keeps them: by their Chinese names, never opened in the page."""

from pathlib import Path

from django.http import FileResponse

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


def attachment(path: Path, name: str, media_type: str = XLSX) -> FileResponse:
    """The file as a download."""
    return FileResponse(path.open("rb"), as_attachment=True, filename=name, content_type=media_type)
