"""What a household may carry of its house without becoming poor by it 负债提醒 (S0-42, S0-43), and how long works take 工期 (S0-48)."""

from dataclasses import dataclass

from anju.policy.values import table
from anju.vocabulary.method import MILESTONES
from anju.vocabulary.money import fen_of, yuan


@dataclass(frozen=True, slots=True)
class DebtLine:
    """From where on what the household finds or owes is warned of: more than ``most`` fen, or more than ``percent`` of the whole."""

    most: int
    percent: int

    def said(self) -> str:
        """In words."""
        return f"自筹和借款合计超过 {yuan(self.most)}，或超过总费用的 {self.percent}%"

    def over(self, *, own: int, total: int) -> bool:
        """Whether what the household carries, in fen, is above the line."""
        return own > self.most or own * 100 > total * self.percent


def read_debt_line(value: object) -> DebtLine:
    """From ``most``, in yuan, and ``percent``."""
    given = table(value, "负债提醒线")
    most, percent = given.whole("most"), given.whole("percent")
    given.done()
    if not 1 <= percent <= 100:
        raise ValueError("percent 应是 1 至 100")
    return DebtLine(fen_of(most), percent)


@dataclass(frozen=True, slots=True)
class Durations:
    """How many days it takes from one milestone of new works to the next, and a repair from its start to its end."""

    days: tuple[tuple[str, int], ...]
    repair: int

    def until(self, milestone: str) -> int:
        """The days from the milestone before to this one, of a house that is built."""
        return dict(self.days)[milestone]

    def said(self) -> str:
        """In words."""
        built = "、".join(f"到{MILESTONES[name]} {days} 天" for name, days in self.days)
        return f"新建从开工{built}；维修 {self.repair} 天"


def read_durations(value: object) -> Durations:
    """From the days to each milestone after the start, and ``repair``."""
    given = table(value, "工期")
    days = [(name, given.whole(name)) for name in MILESTONES if name != "start"]
    repair = given.whole("repair")
    given.done()
    if any(number < 1 for _name, number in days) or repair < 1:
        raise ValueError("每一段至少 1 天")
    return Durations(tuple(days), repair)
