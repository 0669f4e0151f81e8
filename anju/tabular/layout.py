"""How a sender's file looks: its columns, the headings they go by, and what tells it from other senders' files."""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from anju.checks import Check, Finding
from anju.vocabulary.keygroup import Office
from anju.vocabulary.text import half_width

KINDS = ("text", "id_number", "name", "date", "int", "decimal", "money", "sex", "relation", "choice", "code", "phone", "card")

_BRACKETED = re.compile(r"[(\[【<{〔《「（［].*?[)\]】>}〕》」）］]")
_PUNCTUATION = re.compile(r"[^\w]+|_")
_NUMBERED = re.compile(r"^(?:[A-Za-z]?\d{1,3}[.、:：\s]|[(（]\d{1,2}[)）])\s*")
_GROUP_WORDS = re.compile(r"基本信息|基础信息|基本情况|信息|情况|资料|有关|相关")


def plain_heading(text: str) -> str:
    """A heading as it is compared: ``省（区、市）`` → ``省区市``; ``*身份证 号`` → ``身份证号``; case and punctuation gone."""
    return _PUNCTUATION.sub("", _NUMBERED.sub("", half_width(text))).lower()


def heading_forms(text: str) -> tuple[str, ...]:
    """The forms a heading may be known by, best first: whole, without what stands in brackets, without group words."""
    whole = plain_heading(text)
    bare = plain_heading(_BRACKETED.sub("", half_width(text)))
    ungrouped = _GROUP_WORDS.sub("", bare)
    return tuple(dict.fromkeys(form for form in (whole, bare, ungrouped) if form))


@dataclass(frozen=True)
class Column:
    """One column of a sender's file.

    ``key``: our name of it, the same over all layouts; ``title``: the heading of the template; ``aliases``: other headings met;
    ``kind``: how a cell is read (one of ``KINDS``); ``required``: a row without it is blocked; ``choices``: words → code, for
    kind ``choice``; ``carried``: a blank cell repeats the cell above (lists that print the household once); ``unit``: what money
    is counted in when the heading doesn't say; ``longest``: how many characters of a text can be kept (0: any), one with more blocks its row;
    ``example``: for the template; ``note``: rules in words, for the template.
    """

    key: str
    title: str
    aliases: tuple[str, ...] = ()
    kind: str = "text"
    required: bool = False
    choices: tuple[tuple[str, str], ...] = ()
    carried: bool = False
    unit: str = ""
    longest: int = 0
    example: str | int | float = ""
    note: str = ""

    @cached_property
    def forms(self) -> dict[str, int]:
        """Normalised headings → rank (0 is the template's own)."""
        forms: dict[str, int] = {}
        for rank, heading in enumerate((self.title, *self.aliases)):
            forms.setdefault(plain_heading(heading), rank)
        return forms


@dataclass(frozen=True)
class RowRule:
    """Rules over several cells of one row.

    ``apply(values, findings, headings)`` may add findings, and values it derives; ``headings`` are the file's own, by key.
    """

    checks: tuple[Check, ...]
    apply: Callable[[dict[str, Any], list[Finding], Mapping[str, str]], None]


@dataclass(frozen=True)
class Layout:
    """One kind of file of one sender.

    ``owner``: the office that keeps the list; ``category``: the key group its rows belong to, None where the rows say it or none;
    ``signature``: headings that other senders don't have; ``title_words``: words in the file's name, sheet names and title rows;
    ``needs``: keys of which a file must have at least one each (a tuple inside is *any of these*); ``per_household``: one row is a
    household, spoken for by its head (then name and ID number of the head are the row's own); ``fallback``: taken where nothing
    speaks for another layout.
    """

    key: str
    title: str
    owner: Office
    category: str | None
    columns: tuple[Column, ...]
    note: str = ""
    signature: tuple[str, ...] = ()
    title_words: tuple[str, ...] = ()
    needs: tuple[tuple[str, ...], ...] = (("name",), ("id_number",))
    per_household: bool = False
    fallback: bool = False
    source: str = ""
    rules: tuple[RowRule, ...] = ()

    @cached_property
    def by_key(self) -> dict[str, Column]:
        return {column.key: column for column in self.columns}

    @cached_property
    def by_form(self) -> dict[str, tuple[str, int]]:
        """Normalised heading → (key, rank); the earlier column of the declaration wins."""
        forms: dict[str, tuple[str, int]] = {}
        for column in self.columns:
            for form, rank in column.forms.items():
                if form not in forms or rank == 0:
                    forms[form] = (column.key, rank)
        return forms

    @cached_property
    def signature_forms(self) -> frozenset[str]:
        return frozenset(plain_heading(heading) for heading in self.signature)

    def declaration(self) -> dict[str, object]:
        """The layout as plain data, for the catalogue."""
        return {
            "key": self.key,
            "title": self.title,
            "owner": str(self.owner),
            "category": self.category,
            "note": self.note,
            "source": self.source,
            "per_household": self.per_household,
            "signature": list(self.signature),
            "checks": [check.id for rule in self.rules for check in rule.checks],
            "columns": [
                {
                    "key": column.key,
                    "title": column.title,
                    "aliases": list(column.aliases),
                    "kind": column.kind,
                    "required": column.required,
                    "longest": column.longest,
                    "note": column.note,
                }
                for column in self.columns
            ],
        }
