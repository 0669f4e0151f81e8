"""照片页: photos of a household's archive, two beside each other, each with what it shows, when it was taken and how far from the house (domain 2.8, 3.10)."""

from dataclasses import dataclass, field
from datetime import date

from anju.documents.housing.parts import LINE, Photo


@dataclass(frozen=True, kw_only=True)
class PhotoGroup:
    """Photos that belong together: before, during and after, or those of one paper."""

    title: str = field(metadata=LINE)
    photos: tuple[Photo, ...]


@dataclass(frozen=True, kw_only=True)
class PhotoSheet:
    """The sheet. ``title`` is the paper's in the archive; ``note`` says what isn't shown."""

    number: str = field(metadata=LINE)
    title: str = field(metadata=LINE)
    organisation: str = field(metadata=LINE)
    household: str = field(metadata=LINE)
    address: str
    made_on: date
    groups: tuple[PhotoGroup, ...]
    note: str = ""
