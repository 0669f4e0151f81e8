"""The fonts papers are set in: only these, found where their package put them, so that a paper looks the same on every machine."""

import functools
import importlib.util
import unicodedata
from pathlib import Path

from fontTools.ttLib import TTFont

_PACKAGES = ("pylopdf_fonts_zh_cn", "noto_cjk_sans_otc")
FAMILIES = ("Noto Serif SC", "Noto Sans SC", "Noto Sans CJK SC")
"""As the look names them: 宋体 for what is said, 黑体 for headings and names of fields, and one for rare characters."""


@functools.cache
def folders() -> tuple[Path, ...]:
    """Where the packages of fonts were installed."""
    found: list[Path] = []
    for package in _PACKAGES:
        spec = importlib.util.find_spec(package)
        if spec is None or not spec.submodule_search_locations:
            raise RuntimeError(f"the fonts of {package} are not installed; run make install")
        found.append(Path(spec.submodule_search_locations[0]))
    return tuple(found)


@functools.cache
def printable() -> frozenset[str]:
    """Every character that some font of ours can draw, what steers writing and is not seen left aside."""
    known: set[int] = set()
    for file in (each for folder in folders() for each in sorted(folder.glob("*.[ot]t[fc]"))):
        with TTFont(file, lazy=True, fontNumber=0) as font:
            known.update(font.getBestCmap())
    return frozenset(each for each in map(chr, known) if unicodedata.category(each) not in ("Cc", "Cf", "Cs", "Zl", "Zp"))
