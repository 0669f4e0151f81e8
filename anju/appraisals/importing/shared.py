"""What both workbooks need: the round a row belongs to, the house it means."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import date

from django.utils.translation import gettext as _

from anju.appraisals import rules
from anju.appraisals.models import Round
from anju.appraisals.queries.rounds import rounds
from anju.imports.kinds import Row
from anju.refusing import Refused
from anju.registry.facts import known
from anju.registry.models import Dwelling, Household, Occupancy
from anju.tabular.layout import Column
from anju.vocabulary import division

ROUND = Column(
    "round",
    "排查轮次",
    ("轮次", "轮次名称", "排查批次", "排查任务"),
    "text",
    example="2020年农村住房安全“回头看”",
    note="与系统里开展的轮次同名；当日只有一个轮次时可不写。",
)
SERIAL = Column("serial", "房屋序号", ("第几处房屋", "房屋编号", "房号", "第几处"), "int", example=1, note="一户只有一处房屋时可不写。")


class Rounds:
    """The rounds that concern an area, by name."""

    def __init__(self, area: str) -> None:
        self._rounds = list(rounds(area))

    def of(self, row: Row, on: date, *, needed: bool) -> Round | None:
        """The round a row names; where it names none, the only one going on there that day. Raises ``Refused``."""
        there = [one for one in self._rounds if division.contains(one.area, row.area)]
        name = str(row.values.get("round") or "").strip()
        if name:
            named = [one for one in there if one.name == name]
            if not named:
                raise Refused(rules.ROUND, _("没有叫“%(name)s”的轮次管到该户；请照抄轮次名称，或先开展轮次") % {"name": name[:40]})
            return max(named, key=lambda one: len(one.area))
        if not needed:
            return None
        going = [one for one in there if one.closed_at is None and one.starts_on <= on]
        if len(going) != 1:
            raise Refused(
                rules.ROUND,
                _("没有写排查轮次，这一天在开展的轮次有 %(many)d 个；请在“排查轮次”列写明，没有的先开展轮次") % {"many": len(going)},
            )
        return going[0]


class Houses:
    """The houses of the households of some rows."""

    def __init__(self, rows: Sequence[Row], households: Mapping[int, Household]) -> None:
        self._households = households
        self._spells: dict[int, list[Occupancy]] = {}
        spells = Occupancy.objects.filter(known(), household__in={row.household_id for row in rows}).select_related("dwelling")
        for spell in spells.order_by("dwelling_id", "id"):
            self._spells.setdefault(spell.household_id, []).append(spell)

    @property
    def keys(self) -> set[int]:
        """All these houses."""
        return {spell.dwelling_id for spells in self._spells.values() for spell in spells}

    def of(self, row: Row, on: date) -> Dwelling:
        """The house a row means: the one of its number, else the only one that day. Raises ``Refused``."""
        number = self._households[row.household_id].number
        spells = self._spells.get(row.household_id, [])
        if not spells:
            raise Refused(rules.HOUSE, _("户 %(number)s 还没有登记房屋；请先登记（可批量录入“房屋情况”），再鉴定") % {"number": number})
        if (serial := row.values.get("serial")) is not None:
            named = next((one.dwelling for one in spells if one.dwelling.number == f"{number}-{serial}"), None)
            if named is None:
                raise Refused(
                    rules.HOUSE, _("户 %(number)s 没有第 %(serial)s 处房屋；请核对“房屋序号”") % {"number": number, "serial": serial}
                )
            return named
        there = _distinct(one.dwelling for one in spells if one.valid_from <= on and (one.valid_to is None or one.valid_to > on))
        if len(there) > 1:
            raise Refused(
                rules.HOUSE,
                _("户 %(number)s 有 %(many)d 处房屋，看不出写的是哪一处；请写“房屋序号”") % {"number": number, "many": len(there)},
            )
        return there[0] if there else spells[-1].dwelling


def _distinct(houses: Iterable[Dwelling]) -> list[Dwelling]:
    return list({house.pk: house for house in houses}.values())
