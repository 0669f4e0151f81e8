"""一户一方案: how this household comes to a safe house, and that it doesn't become poor by it (S0-36, S0-39…43; domain 2.3, 3.8)."""

from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal

from anju.documents.housing.parts import LINE, Household
from anju.documents.renovation.parts import METHODS, MODES, OldHouse, Share, summed
from anju.documents.values import Money
from anju.vocabulary.method import DISPOSALS

OLD_HOUSE = tuple(DISPOSALS.values())
"""What becomes of the old house (domain 3.8)."""


@dataclass(frozen=True, kw_only=True)
class Band:
    """The least and the most main area a household of this size may build, in m², and the rule that says so."""

    least: Decimal | None
    most: Decimal | None
    rule: str

    def holds(self, area: Decimal) -> bool:
        """Whether an area lies in the band."""
        return (self.least is None or area >= self.least) and (self.most is None or area <= self.most)


@dataclass(frozen=True, kw_only=True)
class Design:
    """What is built. ``main`` counts against the band, ``auxiliary`` (kitchen, toilet, grain, tools) doesn't; m²."""

    drawing: str = field(default="", metadata=LINE)
    drawing_number: str = field(default="", metadata=LINE)
    structure: str = field(default="", metadata=LINE)
    storeys: int | None = None
    main: Decimal | None = None
    auxiliary: Decimal | None = None
    band: Band | None = None
    outside_band: str = ""  # the reason, where the area lies outside
    works: tuple[str, ...] = ()


@dataclass(frozen=True, kw_only=True)
class Linked:
    """What is done in one go with the house. ``consent``: whether the household agrees to a new toilet; None: to be asked."""

    toilet: str = field(default="", metadata=LINE)
    consent: bool | None = None
    accessibility: tuple[str, ...] = ()
    animals: str = ""
    others: str = ""


@dataclass(frozen=True, kw_only=True)
class Meanwhile:
    """Where the household lives while its house is built."""

    way: str = field(default="", metadata=LINE)
    place: str = ""
    since: date | None = None
    until: date | None = None


@dataclass(frozen=True, kw_only=True)
class Step:
    """A milestone, counted backwards from the last: ``before`` days ahead of it."""

    name: str = field(metadata=LINE)
    due: date | None
    before: int | None = None
    person: str = field(default="", metadata=LINE)


@dataclass(frozen=True, kw_only=True)
class Responsible:
    """Who answers for what."""

    duty: str = field(metadata=LINE)
    name: str = field(metadata=LINE)
    office: str = field(default="", metadata=LINE)
    phone: str = field(default="", metadata=LINE)


@dataclass(frozen=True, kw_only=True)
class HouseholdPlan:
    """The plan. ``own``: what of the funds the household must find or owe; above ``warning`` the paper warns of debt."""

    number: str = field(metadata=LINE)
    organisation: str = field(metadata=LINE)
    planned_on: date
    household: Household
    old_house: OldHouse
    method: str = field(metadata=LINE)
    mode: str = field(metadata=LINE)
    design: Design
    linked: Linked = Linked()
    meanwhile: Meanwhile = Meanwhile()
    subsidies: tuple[Share, ...] = ()
    own: tuple[Share, ...] = ()
    others: tuple[Share, ...] = ()
    warning: Money | None = None
    warning_rule: str = ""
    labour: str = ""
    help: str = ""
    old_house_afterwards: str = field(default="", metadata=LINE)
    old_house_by: date | None = None
    steps: tuple[Step, ...] = ()
    responsible: tuple[Responsible, ...] = ()
    note: str = ""
    methods: tuple[str, ...] = METHODS
    modes: tuple[str, ...] = MODES
    old_house_ways: tuple[str, ...] = OLD_HOUSE
    total: Money | None = field(init=False)
    owed: Money | None = field(init=False)
    outside: bool = field(init=False)

    def __post_init__(self) -> None:
        design = self.design
        outside = design.band is not None and design.main is not None and not design.band.holds(design.main)
        if outside and not design.outside_band.strip():
            raise ValueError("主房面积不在控制范围内，方案必须写明理由")
        object.__setattr__(self, "outside", outside)
        object.__setattr__(self, "total", summed(self.subsidies + self.own + self.others))
        object.__setattr__(self, "owed", summed(self.own))
