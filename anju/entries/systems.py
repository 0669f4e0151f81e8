"""The national systems: which office enters what, and which households are due. Later steps of the work add whom they make due."""

from collections.abc import Callable
from dataclasses import dataclass

from django.db.models import Exists, OuterRef, Q

from anju.entries.models import SystemEntry
from anju.registry import queries
from anju.registry.models import PastSupport
from anju.vocabulary.keygroup import Office

S = SystemEntry.System
Due = Callable[[], Q]


@dataclass(frozen=True, slots=True)
class System:
    """A national system: its office, what of a household is entered there, and the source of that."""

    code: str
    office: Office
    what: str
    source: str


SYSTEMS: dict[str, System] = {
    one.code: one
    for one in (
        System(S.ARCHIVE, Office.HOUSING, "改造户的农户档案：批准后录入，竣工后补全", "领域规则 2.8"),
        System(S.SAFETY, Office.HOUSING, "建档立卡户的住房安全核验结果和现状照片", "领域规则 2.9；S2-09"),
        System(S.POVERTY, Office.POVERTY, "住房面积、是否危房、是否享受危房政策、房屋等级", "领域规则 2.8 户表 A18–A21"),
    )
}
_DUE: dict[str, list[Due]] = {}


def due(*systems: str) -> Callable[[Due], Due]:
    """Declares whom a step of the work makes due: a function that answers a condition on households. Who is due by any is due."""

    def declare(condition: Due) -> Due:
        for system in systems:
            _DUE.setdefault(system, []).append(condition)
        return condition

    return declare


def whom(system: str) -> Q:
    """The households that are to be entered in a system."""
    found = Q(pk__in=())
    for condition in _DUE.get(system, ()):
        found |= condition()
    return found


@due(S.ARCHIVE)
def with_support() -> Q:
    """Households whose works were subsidised: each has its file."""
    return Q(Exists(PastSupport.objects.filter(household=OuterRef("pk"), superseded_at__isnull=True)))


@due(S.SAFETY, S.POVERTY)
def registered_poor() -> Q:
    """Every registered poor household (2.9), whatever else it is."""
    return queries.in_groups(["JDLK"])
