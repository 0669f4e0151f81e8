"""What papers there are: each is declared once, beside the app that owns it, and found by its key."""

import importlib
import pkgutil
from collections.abc import Callable, Iterable
from dataclasses import dataclass, fields, is_dataclass
from pathlib import Path
from typing import Any

import anju
from anju.documents.values import ABOUT


@dataclass(frozen=True, kw_only=True)
class Document:
    """One kind of paper.

    ``key``: its name in code and on the command line; ``template``: the Typst file, which defines ``sheet(it)`` for one ``it`` of
    ``data``, a frozen dataclass of plain values; ``dated``: the field with the day the paper bears (the file's own date too, so that the
    same data give the same bytes); ``why`` it is made; ``source``: the clause or requirement that asks for it; ``sample``: made-up data.
    """

    key: str
    title: str
    title_en: str
    template: Path
    data: type
    dated: str
    why: str
    source: str
    sample: Callable[[], Any]


_DECLARED: dict[str, Document] = {}


class NoSuchDocument(LookupError):
    """No paper of this key is declared."""


def declare(document: Document) -> Document:
    """Puts a kind of paper on the list; raises ``ValueError`` where the declaration is not whole."""
    known = _DECLARED.setdefault(document.key, document)
    if known.template != document.template:
        raise ValueError(f"two papers are called {document.key}")
    if not document.template.is_file():
        raise ValueError(f"{document.key}: there is no template {document.template}")
    if not is_dataclass(document.data) or not document.data.__dataclass_params__.frozen:  # type: ignore[attr-defined]
        raise ValueError(f"{document.key}: its data must be a frozen dataclass")
    names = {each.name for each in fields(document.data)}
    if document.dated not in names or ABOUT in names:
        raise ValueError(f"{document.key}: {document.data.__name__} needs a field {document.dated} and may have none called {ABOUT}")
    return known


def document(key: str) -> Document:
    """The paper of that key; raises ``NoSuchDocument``."""
    if key not in _DECLARED:
        _find()
    if key not in _DECLARED:
        raise NoSuchDocument(key)
    return _DECLARED[key]


def declared() -> Iterable[Document]:
    """Every kind of paper, by key."""
    _find()
    return [_DECLARED[key] for key in sorted(_DECLARED)]


def _find() -> None:
    """Imports what declares papers: the packages here and a module ``documents`` of any app."""
    for package in pkgutil.iter_modules(anju.__path__, "anju."):
        if package.name == __package__:
            for ours in pkgutil.iter_modules(importlib.import_module(package.name).__path__, f"{package.name}."):
                if ours.ispkg and not ours.name.endswith(".tests"):
                    importlib.import_module(ours.name)
        elif package.ispkg and any(
            each.name == "documents" for each in pkgutil.iter_modules([str(Path(anju.__path__[0], package.name.rpartition(".")[2]))])
        ):
            importlib.import_module(f"{package.name}.documents")
