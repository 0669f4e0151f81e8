"""Values of policy that are more than one number: a frozen dataclass each, with how it is read from TOML and how a clerk reads it.

A reader raises ``ValueError`` with what is wrong; which file, key and entry is added by the loading.
"""

from collections.abc import Collection, Mapping
from typing import Protocol, runtime_checkable

from anju.vocabulary.table import Table


@runtime_checkable
class Spoken(Protocol):
    """A value that says itself in Chinese, for the catalogue and for reasons."""

    def said(self) -> str:
        """In words."""


def table(value: object, title: str) -> Table:
    """The fields of a composite value; ``title`` is what a message calls it."""
    if not isinstance(value, dict):
        raise ValueError(f"应是{title}的一组字段")
    return Table(value, title)


def codes(value: object, known: Collection[str], *, may_be_empty: bool = False) -> tuple[str, ...]:
    """A list of declared codes, each once."""
    if not isinstance(value, list) or not all(isinstance(each, str) and each in known for each in value):
        raise ValueError(f"应是代码的列表，可用：{'、'.join(known)}")
    if not value and not may_be_empty:
        raise ValueError("不能空着")
    if len(set(value)) < len(value):
        raise ValueError("有重复的代码")
    return tuple(value)


def named(found: Collection[str], names: Mapping[str, str]) -> str:
    """Codes by their Chinese names."""
    return "、".join(names[each] for each in found)
