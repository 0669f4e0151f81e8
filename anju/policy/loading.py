"""Reads the files of policy: ``national.toml``, one file a province (``50-chongqing.toml``), and those of the deployment (``ANJU_POLICY``).

A number without a source does not load; nor does an unknown key, a value out of bounds, an area outside the file's province,
or two values of one key and area that hold on the same day. Of subsidy standards (``[[subsidy.rule]]``) several may hold on a day,
but no household may fall under two of one area. A lower area's deadline isn't later than that of the area above (S0-64).
"""

import re
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

from anju.policy.consistency import alone, apart, methods_are_allowed, no_later_than_above, place_and_day
from anju.policy.keys import KEYS
from anju.policy.rules import Rule, Rules
from anju.policy.scoping import area_of, check_groups, days_of
from anju.policy.standards import READERS
from anju.policy.values.subsidy import SubsidyExtra, SubsidyRule
from anju.vocabulary.table import BadDeclaration, Table

_NAME = re.compile(r"(?P<province>[1-8][0-9])-[a-z-]+\.toml")


def _province(path: Path) -> str:
    named = _NAME.fullmatch(path.name)
    if path.name == "national.toml":
        return ""
    if named is None:
        raise BadDeclaration(f"{path.name}：文件名应是 national.toml 或 省代码-拼音.toml，如 50-chongqing.toml")
    return named["province"]


Entry = Rule[Any] | SubsidyRule | SubsidyExtra


def _entries_of(path: Path) -> Iterator[Entry]:
    province = _province(path)
    whole = Table.of(path)
    for section, keys in whole.rest().items():
        if not isinstance(keys, dict):
            raise BadDeclaration(f"{path.name}：{section} 应写成 [[{section}.…]]")
        for name, entries in keys.items():
            key = f"{section}.{name}"
            if key not in KEYS and key not in READERS:
                raise BadDeclaration(f"{path.name}：没有“{key}”这一项；已有：{'、'.join([*KEYS, *READERS])}")
            for table in Table({key: entries}, path.name).tables(key):
                yield READERS[key](province, table, path.name) if key in READERS else _rule(key, province, table, path.name)


def _rule(key: str, province: str, table: Table, file: str) -> Rule[Any]:
    given = table.take("value")
    try:
        read: object = KEYS[key].read(given)
    except ValueError as error:
        raise table.wrong("value", str(error)) from error
    days = days_of(table)
    found: Rule[Any] = Rule(key, area_of(province, table), read, *days, table.text("source"), file)
    table.done()
    if key == "groups.valid":
        check_groups(table, "value", found.value, area=found.area, days=days)
    return found


def load(folders: Iterable[Path]) -> Rules:
    """Reads every ``*.toml`` of the folders; raises ``BadDeclaration`` for the first thing that is wrong."""
    found: dict[str, list[Rule[Any]]] = {}
    subsidies: list[SubsidyRule] = []
    extras: list[SubsidyExtra] = []
    for folder in folders:
        if not folder.is_dir():
            raise BadDeclaration(f"没有这个文件夹：{folder}")
        for path in sorted(folder.glob("*.toml")):
            for one in _entries_of(path):
                if isinstance(one, Rule):
                    alone(one, found.setdefault(one.key, []))
                    found[one.key].append(one)
                elif isinstance(one, SubsidyRule):
                    apart(one, subsidies)
                    subsidies.append(one)
                else:
                    apart(one, [other for other in extras if other.key == one.key])
                    extras.append(one)
    rules = Rules(
        {key: tuple(sorted(found.get(key, []), key=lambda each: (each.area, each.valid_from))) for key in KEYS},
        tuple(sorted(subsidies, key=place_and_day)),
        tuple(sorted(extras, key=place_and_day)),
    )
    no_later_than_above(rules.by_key["programme.deadlines"])
    methods_are_allowed(rules)
    return rules
