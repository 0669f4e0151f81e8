"""What holds in one area from one day to another, both included."""

from datetime import date


class Dated:
    """``area`` is the stem of a division, "" the nation; ``valid_to`` None has no end."""

    __slots__ = ()

    area: str
    valid_from: date
    valid_to: date | None

    def holds_on(self, day: date) -> bool:
        """Whether it is in force on a day."""
        return self.valid_from <= day and (self.valid_to is None or day <= self.valid_to)

    def shares_a_day(self, other: "Dated") -> bool:
        """Whether both hold on some day."""
        return self.valid_from <= (other.valid_to or date.max) and other.valid_from <= (self.valid_to or date.max)

    def when(self) -> str:
        """Where and when it holds, in words."""
        return f"{self.area or '全国'} 自 {self.valid_from:%Y-%m-%d} " + (f"至 {self.valid_to:%Y-%m-%d}" if self.valid_to else "起")
