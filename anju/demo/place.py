"""The place of a synthetic world: the real division tree, cut to the rural units a shape asks for."""

from collections.abc import Iterable
from dataclasses import dataclass

from anju.vocabulary import division

VILLAGERS_COMMITTEE = range(200, 400)
"""Codes 200–399 of the statistics code are villagers' committees; 001–199 are residents' committees of towns."""
TOWNS_AND_TOWNSHIPS = range(100, 400)
"""Township-level codes: 001–099 streets, 100–199 towns, 200–399 townships, 400– farms, mines, development zones."""


@dataclass(frozen=True, slots=True)
class Village:
    """One villagers' committee with the words people write for it."""

    code: str
    name: str
    township: str
    township_name: str
    county: str
    county_name: str
    prefecture_name: str
    province_name: str

    @property
    def address(self) -> str:
        """County, township and village as one text: ``彰武县大冷镇程沟村``."""
        return f"{self.county_name}{self.township_name}{self.name}"


@dataclass(frozen=True, slots=True)
class Place:
    """Villages in the order of their codes, with the names of what is above them."""

    prefix: str
    villages: tuple[Village, ...]
    names: dict[str, str]

    @property
    def counties(self) -> tuple[str, ...]:
        """County stems in order of code."""
        return tuple(dict.fromkeys(v.county for v in self.villages))

    @property
    def townships(self) -> tuple[str, ...]:
        """Township stems in order of code."""
        return tuple(dict.fromkeys(v.township for v in self.villages))


def short_name(name: str) -> str:
    """A committee's name as people write it: ``程沟村村民委员会`` and ``程沟村委会`` → ``程沟村``."""
    for ending in ("村民委员会", "村委会"):
        if name.endswith(ending):
            stem = name.removesuffix(ending)
            return stem if stem.endswith(("村", "嘎查", "社区")) else stem + "村"
    for ending in ("社区居民委员会", "社区居委会"):
        if name.endswith(ending):
            return name.removesuffix(ending) + "社区"
    return name


def rural(rows: Iterable[tuple[str, str]], prefix: str) -> Place:
    """The towns and townships (100–399) below ``prefix`` and their villagers' committees (200–399).

    ``rows``: (code, name) of every division at or below ``prefix`` and of those above it, codes in any form (stems or
    twelve digits). Townships without a villagers' committee keep their residents' committees, so that each counts.
    """
    names: dict[str, str] = {}
    for code, name in rows:
        names[division.stem(code)] = name
    villages: dict[str, list[str]] = {}
    committees: dict[str, list[str]] = {}
    for code in sorted(names):
        if not code.startswith(prefix):
            continue
        if len(code) == 9 and int(code[6:9]) in TOWNS_AND_TOWNSHIPS:
            villages[code], committees[code] = [], []
        elif len(code) == 12 and code[:9] in villages:
            (villages if int(code[9:12]) in VILLAGERS_COMMITTEE else committees)[code[:9]].append(code)
    out = [
        Village(
            code=code,
            name=short_name(names[code]),
            township=code[:9],
            township_name=names[code[:9]],
            county=code[:6],
            county_name=names.get(code[:6], ""),
            prefecture_name=names.get(code[:4], ""),
            province_name=names.get(code[:2], ""),
        )
        for township in villages
        for code in (villages[township] or committees[township])
    ]
    return Place(prefix, tuple(out), names)


def invented(prefix: str = "9901", *, counties: int = 2, townships: int = 3, villages: int = 4, first: int = 21) -> Place:
    """A small made-up place for tests and for a machine without the division tree: names that exist nowhere."""
    heads, tails = "东西南北上下前后大小新老", "河沟山泉坡岭湾营屯甸沙林"
    rows = [(prefix[:2], "安省"), (prefix[:4], "居州市")]
    serial = 0
    for c in range(counties):
        county = f"{prefix}{first + c}"
        rows.append((county, f"{heads[c % 12]}安县"))
        for t in range(townships):
            township = f"{county}{100 + t if t < townships - 1 else 200 + t}"
            rows.append((township, f"{heads[(c + t) % 12]}{tails[(t * 5 + c) % 12]}{'镇' if t < townships - 1 else '乡'}"))
            for v in range(villages):
                serial += 1
                rows.append((f"{township}{200 + v}", f"{heads[serial % 12]}{tails[(serial * 7) % 12]}{tails[(serial // 12) % 12]}村委会"))
    return rural(rows, prefix)
