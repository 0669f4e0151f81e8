"""By when the works of a programme's year are done 年度时限, and who signs their agreement 施工协议 (S0-64, S2-07…10, S2-25…27)."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from itertools import pairwise

from anju.policy.values import codes, named, table
from anju.vocabulary.method import MILESTONES

STEPS = {
    "approval": "批准列入计划", "survey": "施工方式摸排", "preparation": "备工备料、技术培训、协议签订", "start": "开工", "completion": "竣工",
}  # fmt: skip
"""Steps that have a day of their own, in their order."""

PARTIES = {"township": "乡镇政府", "household": "农户", "builder": "施工队伍或工匠"}
"""Who signs the agreement of the works (S2-27)."""

FILED_WITH = {"county": "县级住建部门", "prefecture": "市级住建部门"}
"""Where an agreement is filed 备案."""


@dataclass(frozen=True, slots=True)
class Deadlines:
    """The last day of each step that has one, in the order of the steps."""

    days: tuple[tuple[str, date], ...]

    def of(self, step: str) -> date | None:
        """The day of a step; None where none is set."""
        return dict(self.days).get(step)

    def said(self) -> str:
        """In words."""
        return "；".join(f"{STEPS[step]} {day:%Y-%m-%d} 前" for step, day in self.days)


def read_deadlines(value: object) -> Deadlines:
    """From a day for each step that has one; a later step's day isn't before an earlier one's."""
    given = table(value, "年度时限")
    days = [(step, given.day(step)) for step in STEPS if given.has(step)]
    given.done()
    if not days:
        raise ValueError(f"至少写一个时限，可用：{'、'.join(STEPS)}")
    if any(earlier > later for (_, earlier), (_, later) in pairwise(days)):
        raise ValueError(f"时限应依次不早于前一步：{'、'.join(step for step, _ in days)}")
    return Deadlines(tuple(days))


@dataclass(frozen=True, slots=True)
class Lead:
    """How many days before the last one each earlier step is done 倒排工期 (S0-48); ``rests`` are stretches, first and last day, in which nobody works."""

    days: tuple[tuple[str, int], ...]
    rests: tuple[tuple[date, date], ...]

    def before(self, step: str, completion: date) -> date | None:
        """The last day of a step where the last of all is ``completion``, counted back in calendar days, days of rest left out."""
        left = dict(self.days).get(step)
        if left is None:
            return None
        if not self.rests:
            return completion - timedelta(days=left)
        day = completion
        while left:
            day -= timedelta(days=1)
            left -= not any(first <= day <= last for first, last in self.rests)
        return day

    def said(self) -> str:
        """In words."""
        rests = "、".join(f"{first:%Y-%m-%d} 至 {last:%Y-%m-%d}" for first, last in self.rests)
        told = "；".join(f"{STEPS[step]}：竣工前 {days} 天" for step, days in self.days)
        return f"{told}；不算 {rests}" if rests else told


def read_lead(value: object) -> Lead:
    """From a number of days for each step but the last, a later step's fewer, and ``rests``, pairs of days."""
    given = table(value, "倒排工期")
    days = [(step, given.whole(step)) for step in STEPS if step != "completion" and given.has(step)]
    rests = given.take("rests") if given.has("rests") else []
    given.done()
    if not days:
        raise ValueError(f"至少写一步的天数，可用：{'、'.join(STEPS)}")
    if any(not 0 < days_left <= 730 for _, days_left in days) or any(earlier < later for (_, earlier), (_, later) in pairwise(days)):
        raise ValueError(f"天数应在 1 至 730，依次不多于前一步：{'、'.join(step for step, _ in days)}")
    if not isinstance(rests, list) or any(not isinstance(one, list) or len(one) != 2 for one in rests):
        raise ValueError("rests 应是成对的日期，如 [[2020-01-17, 2020-02-02]]")
    stretches = tuple((read_day(first), read_day(last)) for first, last in rests)
    if any(first > last or (last - first).days > 180 for first, last in stretches):
        raise ValueError("rests 每一段先写开始后写结束，一段不超过 180 天")
    return Lead(tuple(days), stretches)


@dataclass(frozen=True, slots=True)
class Agreement:
    """Who signs, and with whom it is filed, "" with nobody."""

    parties: tuple[str, ...]
    filed_with: str

    def said(self) -> str:
        """In words."""
        filed = f"，报{FILED_WITH[self.filed_with]}备案" if self.filed_with else ""
        return f"{named(self.parties, PARTIES)}签订{filed}"


def read_agreement(value: object) -> Agreement:
    """From ``parties``, two or more with the household among them, and ``filed_with``."""
    given = table(value, "施工协议")
    parties = codes(given.take("parties"), PARTIES)
    filed = given.text("filed_with", "-")
    given.done()
    if "household" not in parties or len(parties) < 2:
        raise ValueError("parties 至少两方，其中有农户（household）")
    if filed != "-" and filed not in FILED_WITH:
        raise ValueError(f"filed_with 可用：{'、'.join(FILED_WITH)}")
    return Agreement(parties, "" if filed == "-" else filed)


@dataclass(frozen=True, slots=True)
class MilestoneDays:
    """How many days at least lie between a milestone and the one before it; a repair goes from its start to its completion."""

    foundation: int
    structure: int
    completion: int
    repair: int

    def of(self, milestone: str, *, repaired: bool) -> int:
        """The days before a milestone, by its code."""
        return self.repair if repaired and milestone == "completion" else dict(self._all()).get(milestone, 0)

    def _all(self) -> tuple[tuple[str, int], ...]:
        return (("foundation", self.foundation), ("structure", self.structure), ("completion", self.completion))

    def said(self) -> str:
        """In words."""
        told = "，".join(f"{MILESTONES[code]}前 {days} 天" for code, days in self._all())
        return f"新建：{told}；维修加固：竣工前 {self.repair} 天"


def read_milestone_days(value: object) -> MilestoneDays:
    """From the days before each of ``foundation``, ``structure``, ``completion``, and of a whole ``repair``."""
    given = table(value, "节点间隔")
    days = {name: given.whole(name) for name in ("foundation", "structure", "completion", "repair")}
    given.done()
    if not all(1 <= each <= 365 for each in days.values()):
        raise ValueError("相隔的天数应是 1 至 365")
    return MilestoneDays(**days)


def read_day(value: object) -> date:
    """A day without a time."""
    if not isinstance(value, date) or isinstance(value, datetime):
        raise ValueError("应是日期，如 2020-06-30")
    return value
