"""How a dangerous house is dealt with 改造方式, who builds 建设方式, what becomes of the old house 旧房处置.

Sources: domain 3.8 (METHOD, MODE, disposal), S0-38 (three measures), S2-25 (who builds), 4.5 (milestones belong to the method).
"""

from dataclasses import dataclass

MILESTONES = {"start": "开工", "foundation": "基础完工", "structure": "主体完工", "completion": "竣工"}
"""Milestones of the works, in their order."""

_WHOLE = tuple(MILESTONES)


@dataclass(frozen=True, slots=True)
class Method:
    """One way of making a household's house safe. ``new``: a house is built, so the area rule holds; a repair keeps the area it has."""

    code: str
    name: str
    new: bool
    milestones: tuple[str, ...]


METHODS: dict[str, Method] = {
    method.code: method
    for method in (
        Method("repair", "维修加固", False, ("start", "completion")),
        Method("rebuild", "原址拆除重建", True, _WHOLE),
        Method("relocate", "选址新建", True, _WHOLE),
        Method("newbuild", "无房新建", True, _WHOLE),
        Method("help_build", "兜底帮建", True, _WHOLE),
    )
}
"""A repair has no foundation (domain 4.5)."""


@dataclass(frozen=True, slots=True)
class Mode:
    """Who does the works, and with which methods that goes."""

    code: str
    name: str
    methods: frozenset[str]


_BUILT = frozenset({"rebuild", "relocate", "newbuild"})
MODES: dict[str, Mode] = {
    mode.code: mode
    for mode in (
        Mode("self_build", "自建", _BUILT),
        Mode("unified_build", "统建", _BUILT | {"help_build"}),
        Mode("self_repair", "自改", frozenset({"repair"})),
        Mode("unified_repair", "统改", frozenset({"repair"})),
        Mode("turnkey", "代建", _BUILT | {"help_build"}),
    )
}
"""A household that is helped because it can't build (兜底帮建) doesn't build itself. Which goes with which is [design] on S2-25 and S0-38."""

DISPOSALS = {"demolished": "拆除", "other_use": "留作他用", "untouched": "未处理"}
"""What became of the old house (domain 3.8)."""


def modes_of(method: str) -> tuple[Mode, ...]:
    """The build modes a method may go with; raises ``KeyError`` for a method nobody declared."""
    code = METHODS[method].code
    return tuple(mode for mode in MODES.values() if code in mode.methods)
