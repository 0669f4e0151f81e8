"""How a household comes to live safely 住房安全保障途径, and under which of the three categories that is counted.

Sources: domain 2.9 (the three categories of 2020 and their members), 3.8 (ROUTE), 3.27 (which route counts as which), S4-17.
"""

from dataclasses import dataclass
from enum import StrEnum


class Category(StrEnum):
    """What a verification concludes of a household; exactly one of the first three where it is safe (domain 2.9)."""

    APPRAISED = "appraised_safe"
    RENOVATED = "renovated_safe"
    GUARANTEED = "guaranteed_safe"
    UNGUARANTEED = "unguaranteed"


CATEGORY_NAMES = {
    Category.APPRAISED: "鉴定安全",
    Category.RENOVATED: "改造安全",
    Category.GUARANTEED: "保障安全",
    Category.UNGUARANTEED: "未保障",
}


@dataclass(frozen=True, slots=True)
class Route:
    """One way. ``needs_term`` where it rests on a contract or consent that ends; ``works`` where a case of renovation writes it when finished."""

    code: str
    name: str
    category: Category
    needs_term: bool = False
    works: bool = False


_R, _G = Category.RENOVATED, Category.GUARANTEED
ROUTES: dict[str, Route] = {
    route.code: route
    for route in (
        Route("renovation", "农村危房改造", _R, works=True),
        Route("relocation", "易地扶贫搬迁", _R),
        Route("ecological_migration", "生态移民", _R),
        Route("reservoir_migration", "水库移民", _R),
        Route("hazard_relocation", "避险搬迁", _R),
        Route("disaster_rebuilding", "因灾倒损重建", _R),
        Route("new_house", "无房新建", _R, works=True),
        Route("public_rental", "集体公租房", _G, needs_term=True),
        Route("happiness_courtyard", "幸福大院", _G),
        Route("rented_house", "租赁闲置农房", _G, needs_term=True),
        Route("relatives", "投亲靠友", _G, needs_term=True),
        Route("exchange", "置换", _G),
        Route("repaired_public_house", "修缮加固闲置公房", _G),
    )
}
"""自行解决 isn't here: it is 鉴定安全, shown by an appraisal of the house the household found itself (domain 3.27)."""
