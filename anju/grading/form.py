"""A filled appraisal form 鉴定表, checked: what stands in it can be computed."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date

from anju.grading.model import Finding, Standard

SITES = {"safe": "安全", "dangerous": "危险"}
DISASTER = {"has": "具备防灾措施", "partly": "部分具备防灾措施", "none": "完全不具备防灾措施"}
"""The three results of disaster prevention (domain 2.1.2), best first."""


class MalformedForm(ValueError):
    """A form that can't be judged; ``field`` names the place (``components.foundation``), the message says what to do, in Chinese."""

    def __init__(self, field: str, why: str) -> None:
        super().__init__(f"{field}：{why}" if field else why)
        self.field = field


class NotCovered(MalformedForm):
    """The form is in order, but the house or the standard is not for this engine: the message names the standard to turn to."""


@dataclass(frozen=True, slots=True)
class Count:
    """Members of one kind: how many are dangerous, of how many."""

    dangerous: int
    total: int


@dataclass(frozen=True, slots=True)
class Form:
    """What an appraiser found, by one standard. Made by ``anju.grading.reading.read``, which checks it.

    ``site`` safe or dangerous, None where it wasn't asked (2009). ``components`` component → level a–d. ``whole`` the view of the house as a
    whole. ``disaster`` hazard → has, partly, none. ``measured`` component → danger points with what was measured. ``intensity`` the seismic
    intensity in degrees. ``qualitative`` and ``counts`` (part → kind of member → count; "" where members count alike) are of the 2009 guide.
    """

    standard: Standard
    site: str | None = None
    storeys: int | None = None
    structure: str | None = None
    whole: str | None = None
    components: Mapping[str, str] = field(default_factory=dict)
    disaster: Mapping[str, str] = field(default_factory=dict)
    measured: Mapping[str, tuple[Finding, ...]] = field(default_factory=dict)
    intensity: int | None = None
    qualitative: str | None = None
    counts: Mapping[str, Mapping[str, Count]] | None = None
    area: str = ""
    day: date | None = None
