"""Reads the files of policy: ``national.toml``, one file a province (``50-chongqing.toml``), and those of the deployment (``ANJU_POLICY``).

A number without a source does not load; nor does an unknown key, a value out of bounds, an area outside the file's province,
or two values of one key and area that hold on the same day.
"""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

from anju.policy.keys import KEYS
from anju.policy.rules import NoRule, Rule, UnknownKey
from anju.vocabulary import division
from anju.vocabulary.keygroup import KEY_GROUPS
from anju.vocabulary.table import BadDeclaration, Table

_NAME = re.compile(r"(?P<province>[1-8][0-9])-[a-z-]+\.toml")


@dataclass(frozen=True, slots=True)
class Rules:
    """Everything that is set: key → its rules, the nation first, then by area and day."""

    by_key: dict[str, tuple[Rule[Any], ...]]

    def find(self, key: str, area: str, day: date) -> Rule[Any] | None:
        """The rule of the nearest area at or above ``area`` that holds on the day; None where nothing is set."""
        if key not in KEYS:
            raise UnknownKey(f"没有“{key}”这一项规定；已有：{'、'.join(KEYS)}")
        holding = {each.area: each for each in self.by_key.get(key, ()) if each.holds_on(day)}
        return next((holding[above] for above in _upwards(area) if above in holding), None)

    def rule(self, key: str, area: str, day: date) -> Rule[Any]:
        """As ``find``; raises ``NoRule``."""
        found = self.find(key, area, day)
        if found is None:
            raise NoRule(key, KEYS[key].title, division.stem(area), day, self.by_key.get(key, ()))
        return found


def _upwards(area: str) -> Iterator[str]:
    above: str | None = division.stem(area)
    while above:
        yield above
        above = division.parent(above)
    yield ""


def _province(path: Path) -> str:
    named = _NAME.fullmatch(path.name)
    if path.name == "national.toml":
        return ""
    if named is None:
        raise BadDeclaration(f"{path.name}：文件名应是 national.toml 或 省代码-拼音.toml，如 50-chongqing.toml")
    return named["province"]


def _rules_of(path: Path) -> Iterator[Rule[Any]]:
    province = _province(path)
    whole = Table.of(path)
    for section, keys in whole.rest().items():
        if not isinstance(keys, dict):
            raise BadDeclaration(f"{path.name}：{section} 应写成 [[{section}.…]]")
        for name, entries in keys.items():
            key = f"{section}.{name}"
            if key not in KEYS:
                raise BadDeclaration(f"{path.name}：没有“{key}”这一项；已有：{'、'.join(KEYS)}")
            for table in Table({key: entries}, path.name).tables(key):
                yield _rule(key, province, table, path.name)


def _rule(key: str, province: str, table: Table, file: str) -> Rule[Any]:
    try:
        read: object = KEYS[key].read(table.take("value"))
    except BadDeclaration:
        raise
    except ValueError as error:
        raise table.wrong("value", str(error)) from error
    area = table.text("area", province or " ").strip()
    found = Rule(key, area, read, table.day("from"), table.day_or_none("to"), table.text("source"), file)
    table.done()
    if (
        not area.startswith(province)
        or (area and (not area.isdecimal() or len(area) not in (2, 4, 6, 9, 12)))
        or area != division.stem(area)
    ):
        raise table.wrong("area", f"应是{province or '全国'}以内的区划代码，去掉末尾的零")
    if found.valid_to and found.valid_to < found.valid_from:
        raise table.wrong("to", "早于 from")
    if key == "groups.valid":
        _groups_are_valid(found, table)
    return found


def _groups_are_valid(found: Rule[Any], table: Table) -> None:
    """A group named for some days must exist on all of them, and there."""
    groups = {group.code: group for group in KEY_GROUPS}
    for code in found.value:
        group = groups[code]
        end = group.valid_to or date.max
        if found.valid_from < group.valid_from or (found.valid_to or date.max) > end or not found.area.startswith(group.province):
            raise table.wrong("value", f"中的 {code}（{group.name}）不在这段时间或这个地区有效")


def load(folders: Iterable[Path]) -> Rules:
    """Reads every ``*.toml`` of the folders; raises ``BadDeclaration`` for the first thing that is wrong."""
    found: dict[str, list[Rule[Any]]] = {}
    for folder in folders:
        if not folder.is_dir():
            raise BadDeclaration(f"没有这个文件夹：{folder}")
        for path in sorted(folder.glob("*.toml")):
            for one in _rules_of(path):
                for other in found.setdefault(one.key, []):
                    if other.area == one.area and other.meets(one):
                        raise BadDeclaration(
                            f"{one.file}：{one.key} 与 {other.file} 中的在同一地区同时有效（{other.described()}；{one.described()}）。"
                            "给前一个写上 to，或把 area 写得更小。"
                        )
                found[one.key].append(one)
    return Rules({key: tuple(sorted(found.get(key, []), key=lambda each: (each.area, each.valid_from))) for key in KEYS})
