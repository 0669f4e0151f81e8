"""The form by which works are accepted 验收表: its items and when each is required (domain 2.7, Acceptance items)."""

from dataclasses import dataclass

from anju.policy.values import codes, named, table
from anju.vocabulary.table import Table

ASPECTS = {"completeness": "有无及完备性", "safety": "安全性", "look": "观感质量"}
"""What an item is judged on, each √, × or ○ (not required)."""

CONDITIONS = {"always": "必查", "applies": "具备条件时查", "built": "有此部位时查", "storeys": "二层及以上查"}
"""When an item is required."""

STEPS = {"application": "农户申请", "township": "乡级初验（逐户）", "county": "县级验收（逐户）", "county_sample": "县级抽验"}
"""Steps of acceptance, in their order (S0-53)."""


@dataclass(frozen=True, slots=True)
class Item:
    """One row of the form. ``inferred``: its name was blank in the copy found, so it may read otherwise on the original."""

    number: int
    name: str
    when: str
    inferred: bool


@dataclass(frozen=True, slots=True)
class AcceptanceForm:
    """One edition of the form; every required item passes, or the house doesn't."""

    key: str
    title: str
    aspects: tuple[str, ...]
    items: tuple[Item, ...]

    def said(self) -> str:
        """In words."""
        rows = "、".join(f"{item.number} {item.name}" for item in self.items)
        return f"{self.title}：{rows}；各查{named(self.aspects, ASPECTS)}"


def _item(row: Table) -> Item:
    found = Item(row.whole("number"), row.text("name"), row.text("when", "always"), row.flag("inferred"))
    row.done()
    if found.when not in CONDITIONS:
        raise row.wrong("when", f"可用：{'、'.join(CONDITIONS)}")
    return found


def read_form(value: object) -> AcceptanceForm:
    """From ``key``, ``title``, ``aspects`` and ``items`` (``number``, ``name``, ``when``, ``inferred``)."""
    given = table(value, "验收表")
    key, title, aspects = given.text("key"), given.text("title"), codes(given.take("aspects"), ASPECTS)
    items = tuple(_item(row) for row in given.tables("items"))
    given.done()
    numbers = [item.number for item in items]
    if not items or numbers != list(range(1, len(items) + 1)):
        raise ValueError("items 至少一项，number 从 1 起依次编号")
    return AcceptanceForm(key, title, aspects, items)
