"""农村危房改造申请审批表: from the household's application to the county's approval, on one form (S0-22; domain 2.7, 2.8 item 1)."""

from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal

from anju.documents.housing.parts import LINE, Household
from anju.documents.renovation.parts import METHODS, MODES, UNSAID, OldHouse, Opinion
from anju.documents.values import Money


@dataclass(frozen=True, kw_only=True)
class Member:
    """One of the household, the head included or not as the caller has it."""

    name: str = field(metadata=LINE)
    relation: str = field(metadata=LINE)
    sex: str = field(default="", metadata=LINE)
    born: date | None = None
    id_number: str = field(default="", metadata=LINE)
    note: str = ""


@dataclass(frozen=True, kw_only=True)
class Assembly:
    """The village's meeting about this household, and the notice after it."""

    met_on: date | None = None
    expected: int | None = None
    attended: int | None = None
    votes_for: int | None = None
    against: int | None = None
    abstained: int | None = None
    posted_from: date | None = None
    posted_until: date | None = None
    objections: str = ""


@dataclass(frozen=True, kw_only=True)
class JointCheck:
    """What one department found when it compared the household with its own lists."""

    department: str = field(metadata=LINE)
    result: str = ""
    person: str = field(default="", metadata=LINE)
    on: date | None = None


DEPARTMENTS = ("住房城乡建设", "乡村振兴", "民政", "残联")
"""Who compares its lists before the county approves (domain 2.7); until 2021 the second was 扶贫."""


@dataclass(frozen=True, kw_only=True)
class Approval:
    """What the county approves. Area in m²."""

    opinion: Opinion = UNSAID
    method: str = field(default="", metadata=LINE)
    mode: str = field(default="", metadata=LINE)
    area: Decimal | None = None
    subsidy: Money | None = None
    standard: str = ""  # which subsidy rule, since when
    number: str = field(default="", metadata=LINE)


@dataclass(frozen=True, kw_only=True)
class Application:
    """The form. Every part after the application may be empty: then it is filled in, signed and sealed by hand."""

    number: str = field(metadata=LINE)
    organisation: str = field(metadata=LINE)
    year: int
    household: Household
    old_house: OldHouse
    words: str
    applied_on: date
    sex: str = field(default="", metadata=LINE)
    ethnic: str = field(default="", metadata=LINE)
    born: date | None = None
    members: tuple[Member, ...] = ()
    wished_method: str = field(default="", metadata=LINE)
    wished_mode: str = field(default="", metadata=LINE)
    assembly: Assembly = Assembly()
    village: Opinion = UNSAID
    visited_on: date | None = None  # the township at the household's
    township: Opinion = UNSAID
    checks: tuple[JointCheck, ...] = tuple(JointCheck(department=each) for each in DEPARTMENTS)
    approval: Approval = Approval()
    methods: tuple[str, ...] = METHODS
    modes: tuple[str, ...] = MODES
