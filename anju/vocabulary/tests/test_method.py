"""Methods, build modes and milestones fit each other."""

import pytest

from anju.vocabulary.method import DISPOSALS, METHODS, MILESTONES, MODES, modes_of


def test_the_methods_of_the_programme() -> None:
    assert {code: method.name for code, method in METHODS.items()} == {
        "repair": "维修加固",
        "rebuild": "原址拆除重建",
        "relocate": "选址新建",
        "newbuild": "无房新建",
        "help_build": "兜底帮建",
    }
    assert [code for code, method in METHODS.items() if not method.new] == ["repair"]


def test_a_repair_has_no_foundation() -> None:
    assert METHODS["repair"].milestones == ("start", "completion")
    for code in ("rebuild", "relocate", "newbuild", "help_build"):
        assert METHODS[code].milestones == ("start", "foundation", "structure", "completion")


def test_milestones_are_named_and_in_their_order() -> None:
    order = list(MILESTONES)
    for method in METHODS.values():
        assert list(method.milestones) == sorted(method.milestones, key=order.index)


def test_every_method_has_a_mode_and_every_mode_a_method() -> None:
    for code in METHODS:
        assert modes_of(code)
    for mode in MODES.values():
        assert mode.methods <= set(METHODS)
        assert mode.methods


def test_who_cant_build_doesnt_build_alone_and_who_repairs_doesnt_build() -> None:
    assert [mode.code for mode in modes_of("help_build")] == ["unified_build", "turnkey"]
    assert [mode.code for mode in modes_of("repair")] == ["self_repair", "unified_repair"]
    with pytest.raises(KeyError):
        modes_of("decorate")


def test_what_becomes_of_the_old_house() -> None:
    assert list(DISPOSALS.values()) == ["拆除", "留作他用", "未处理"]
