"""A declared table: a piece of TOML in which every field is asked for by name and kind; what nobody asked for is an error.

Numbers of policy and standards of appraisal are kept so: read by people, checked when loaded.
"""

import tomllib
from collections.abc import Iterator
from datetime import date, datetime
from pathlib import Path


class BadDeclaration(ValueError):
    """A declared file that can't be used; the message names file, table and field."""


class Table:
    """One table. ``where`` is what a message calls it."""

    def __init__(self, fields: dict[str, object], where: str) -> None:
        self._fields = dict(fields)
        self.where = where

    @classmethod
    def of(cls, path: Path) -> "Table":
        """The whole file as one table; raises ``BadDeclaration``."""
        try:
            return cls(tomllib.loads(path.read_text("utf-8")), path.name)
        except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
            raise BadDeclaration(f"{path.name}：不是正确的 TOML：{error}") from error

    def wrong(self, name: str, why: str) -> BadDeclaration:
        """The error to raise for a field."""
        return BadDeclaration(f"{self.where}：{name} {why}")

    def has(self, name: str) -> bool:
        """Whether the field is there and not yet taken."""
        return name in self._fields

    def take(self, name: str) -> object:
        """A field of any kind, which must be there."""
        if name not in self._fields:
            raise self.wrong(name, "没有填写")
        return self._fields.pop(name)

    def text(self, name: str, default: str | None = None) -> str:
        """Words that say something; left out only where a default is given."""
        if default is not None and name not in self._fields:
            return default
        found = self.take(name)
        if not isinstance(found, str) or not found.strip():
            raise self.wrong(name, "应是文字，不能空着")
        return found.strip()

    def day(self, name: str) -> date:
        """A day, which must be there."""
        found = self.take(name)
        if not isinstance(found, date) or isinstance(found, datetime):
            raise self.wrong(name, "应是日期，如 2019-11-28")
        return found

    def day_or_none(self, name: str) -> date | None:
        """A day, or none where the field is left out."""
        return self.day(name) if name in self._fields else None

    def whole(self, name: str, default: int | None = None) -> int:
        """A whole number of 0 or more."""
        if default is not None and name not in self._fields:
            return default
        found = self.take(name)
        if not isinstance(found, int) or isinstance(found, bool) or found < 0:
            raise self.wrong(name, "应是不小于 0 的整数")
        return found

    def flag(self, name: str) -> bool:
        """True or false; left out is false."""
        found = self._fields.pop(name, False)
        if not isinstance(found, bool):
            raise self.wrong(name, "应是 true 或 false")
        return found

    def texts(self, name: str) -> tuple[str, ...]:
        """A list of words, each once; left out is none."""
        found = self._fields.pop(name, [])
        if not isinstance(found, list) or not all(isinstance(each, str) and each.strip() for each in found):
            raise self.wrong(name, "应是文字的列表")
        if len(set(found)) < len(found):
            raise self.wrong(name, "有重复")
        return tuple(found)

    def tables(self, name: str) -> Iterator["Table"]:
        """The tables ``[[name]]``; left out is none."""
        found = self._fields.pop(name, [])
        if not isinstance(found, list) or not all(isinstance(each, dict) for each in found):
            raise self.wrong(name, f"应写成 [[{name}]]")
        for number, each in enumerate(found, 1):
            yield Table(each, f"{self.where} [[{name}]] 第 {number} 个（{each.get('key', '')}）")

    def rest(self) -> dict[str, object]:
        """Everything not yet taken."""
        found, self._fields = self._fields, {}
        return found

    def done(self) -> None:
        """Raises when something was written that nobody knows."""
        if self._fields:
            raise self.wrong("、".join(sorted(self._fields)), "不认识")
