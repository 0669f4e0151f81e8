"""村民（代表）会议评议记录: who came, which households were discussed, how the votes fell (domain 2.7, 2.8 item 9)."""

from dataclasses import dataclass, field
from datetime import date

from anju.documents.housing.parts import LINE, Photo

MEETINGS = ("村民会议", "村民代表会议")


@dataclass(frozen=True, kw_only=True)
class Discussed:
    """One household's turn. ``result`` as the meeting put it; votes are None where they are still to be written in."""

    name: str = field(metadata=LINE)
    place: str = field(default="", metadata=LINE)
    category: str = field(default="", metadata=LINE)
    grade: str = field(default="", metadata=LINE)
    votes_for: int | None = None
    against: int | None = None
    abstained: int | None = None
    result: str = ""

    @property
    def votes(self) -> int:
        """How many voted on it, in whatever way."""
        return (self.votes_for or 0) + (self.against or 0) + (self.abstained or 0)


@dataclass(frozen=True, kw_only=True)
class VillageReview:
    """The record. ``meeting`` is one of ``MEETINGS``; ``rule``: the quorum and majority that hold, in words."""

    number: str = field(metadata=LINE)
    village: str = field(metadata=LINE)
    meeting: str = field(metadata=LINE)
    met_on: date
    place: str = field(metadata=LINE)
    chair: str = field(metadata=LINE)
    recorder: str = field(metadata=LINE)
    expected: int
    attended: int
    households: tuple[Discussed, ...]
    hours: str = field(default="", metadata=LINE)
    guests: tuple[str, ...] = ()
    topic: str = ""
    rule: str = ""
    course: str = ""
    resolution: str = ""
    photos: tuple[Photo, ...] = ()
    signers: tuple[str, ...] = ("",) * 12  # who signs by hand, in order; "" is a place for somebody whose name isn't known
    meetings: tuple[str, ...] = MEETINGS

    def __post_init__(self) -> None:
        for each in self.households:
            if each.votes > self.attended:
                raise ValueError(f"{each.name}：表决 {each.votes} 票，多于到会的 {self.attended} 人")
