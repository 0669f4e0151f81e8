"""The English of every word a user sees: compiled from ``locale/en/LC_MESSAGES/django.po`` where that changed."""

from pathlib import Path

from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po

CATALOGUES = Path(__file__).resolve().parent / "locale"


def build() -> list[Path]:
    """Writes each catalogue's compiled form where it is missing or older; the files written."""
    written = []
    for source in sorted(CATALOGUES.glob("*/LC_MESSAGES/*.po")):
        target = source.with_suffix(".mo")
        if target.exists() and target.stat().st_mtime >= source.stat().st_mtime:
            continue
        with source.open("rb") as given:
            catalogue = read_po(given, locale=source.parent.parent.name)
        beside = target.with_suffix(".new")
        with beside.open("wb") as out:
            write_mo(out, catalogue)
        beside.replace(target)
        written.append(target)
    return written


if __name__ == "__main__":
    build()
