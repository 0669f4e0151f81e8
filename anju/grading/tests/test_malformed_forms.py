"""A corpus of forms that can't be judged: each is refused, naming the field, in Chinese; nothing is guessed."""

import json
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from anju.grading import MalformedForm, Outcome, appraise, read
from anju.grading.reading import MOST_BYTES, parse
from anju.grading.standards import STANDARDS

GOOD: dict[str, Any] = {
    "standard": "2019",
    "site": "safe",
    "storeys": 1,
    "whole": "a",
    "components": {"foundation": "b", "bearing_wall": "a"},
    "disaster": {"earthquake": "partly"},
}
COUNTED: dict[str, Any] = {
    "standard": "2009",
    "qualitative": "D",
    "counts": {"foundation": [0, 10], "upper": {"wall": [1, 8]}, "enclosure": [0, 4]},
}


def upper(**counts: object) -> dict[str, Any]:
    return {"counts": {"upper": counts}}


CORPUS: list[tuple[str, object, str]] = [
    ("not an object", [], "鉴定表"),
    ("null", None, "鉴定表"),
    ("a number", 7, "鉴定表"),
    ("a text", "2019", "鉴定表"),
    ("nothing", {}, "standard"),
    ("no standard", {key: value for key, value in GOOD.items() if key != "standard"}, "standard"),
    ("standard as number", GOOD | {"standard": 2019}, "standard"),
    ("standard null", GOOD | {"standard": None}, "standard"),
    ("unknown standard", GOOD | {"standard": "2018"}, "standard"),
    ("standard only referred to", GOOD | {"standard": "GB50292"}, "standard"),
    ("unknown key", GOOD | {"roof": "a"}, "roof"),
    ("key of the other guide", GOOD | {"qualitative": "D"}, "qualitative"),
    ("counts in 2019", GOOD | {"counts": {}}, "counts"),
    ("whole in 2009", COUNTED | {"whole": "d"}, "whole"),
    ("disaster in 2009", COUNTED | {"disaster": {}}, "disaster"),
    ("no site", {key: value for key, value in GOOD.items() if key != "site"}, "site"),
    ("site unknown", GOOD | {"site": "unsafe"}, "site"),
    ("site null", GOOD | {"site": None}, "site"),
    ("site boolean", GOOD | {"site": True}, "site"),
    ("no components", {key: value for key, value in GOOD.items() if key != "components"}, "components"),
    ("components empty", GOOD | {"components": {}}, "components"),
    ("components a list", GOOD | {"components": ["a"]}, "components"),
    ("components null", GOOD | {"components": None}, "components"),
    ("unknown component", GOOD | {"components": {"chimney": "a"}}, "components.chimney"),
    ("component of another guide", GOOD | {"components": {"floor_roof": "a"}}, "components.floor_roof"),
    ("component of a province", GOOD | {"components": {"cave_vault": "a"}}, "components.cave_vault"),
    ("level e", GOOD | {"components": {"foundation": "e"}}, "components.foundation"),
    ("level capital", GOOD | {"components": {"foundation": "A"}}, "components.foundation"),
    ("level empty", GOOD | {"components": {"foundation": ""}}, "components.foundation"),
    ("level null", GOOD | {"components": {"foundation": None}}, "components.foundation"),
    ("level number", GOOD | {"components": {"foundation": 1}}, "components.foundation"),
    ("level boolean", GOOD | {"components": {"foundation": True}}, "components.foundation"),
    ("level list", GOOD | {"components": {"foundation": ["a"]}}, "components.foundation"),
    ("two letters", GOOD | {"components": {"foundation": "ab"}}, "components.foundation"),
    ("by key and by name", GOOD | {"components": {"foundation": "a", "地基基础": "d"}}, "components.foundation"),
    ("whole wrong", GOOD | {"whole": "D"}, "whole"),
    ("whole null", GOOD | {"whole": None}, "whole"),
    ("storeys 0", GOOD | {"storeys": 0}, "storeys"),
    ("storeys negative", GOOD | {"storeys": -1}, "storeys"),
    ("storeys three", GOOD | {"storeys": 3}, "storeys"),
    ("storeys half", GOOD | {"storeys": 1.5}, "storeys"),
    ("storeys 1.0", GOOD | {"storeys": 1.0}, "storeys"),
    ("storeys text", GOOD | {"storeys": "1"}, "storeys"),
    ("storeys boolean", GOOD | {"storeys": True}, "storeys"),
    ("storeys huge", GOOD | {"storeys": 10**40}, "storeys"),
    ("disaster not an object", GOOD | {"disaster": "partly"}, "disaster"),
    ("disaster unknown", GOOD | {"disaster": {"meteorite": "none"}}, "disaster.meteorite"),
    ("disaster level unknown", GOOD | {"disaster": {"earthquake": "some"}}, "disaster.earthquake"),
    ("disaster boolean", GOOD | {"disaster": {"earthquake": True}}, "disaster.earthquake"),
    ("measure unknown", GOOD | {"disaster": {"earthquake": {"spring": True}}}, "disaster.earthquake.spring"),
    ("measure not yes or no", GOOD | {"disaster": {"earthquake": {"ring_beam": 1}}}, "disaster.earthquake.ring_beam"),
    ("no measure", GOOD | {"disaster": {"earthquake": {}}}, "disaster.earthquake"),
    ("intensity out of range", GOOD | {"intensity": 10}, "intensity"),
    ("intensity boolean", GOOD | {"intensity": True}, "intensity"),
    ("structure unknown", GOOD | {"structure": "glass"}, "structure"),
    ("a required component is missing", GOOD | {"structure": "earth_timber"}, "components"),
    ("area not a code", GOOD | {"area": "阜新"}, "area"),
    ("area of other digits", GOOD | {"area": "２１"}, "area"),
    ("date wrong", GOOD | {"date": "2020-02-30"}, "date"),
    ("date as number", GOOD | {"date": 20200610}, "date"),
    ("date before the guide", GOOD | {"date": "2019-11-27"}, "date"),
    ("measured not an object", GOOD | {"measured": 3}, "measured"),
    ("measured unknown point", GOOD | {"measured": {"foundation": {"depth": 1}}}, "measured.foundation.depth"),
    ("measured text", GOOD | {"measured": {"foundation": {"settlement_rate": "3"}}}, "measured.foundation.settlement_rate"),
    ("measured boolean", GOOD | {"measured": {"foundation": {"settlement_rate": True}}}, "measured.foundation.settlement_rate"),
    ("measured negative", GOOD | {"measured": {"foundation": {"settlement_rate": -0.1}}}, "measured.foundation.settlement_rate"),
    ("measured huge", GOOD | {"measured": {"foundation": {"settlement_rate": 10**400}}}, "measured.foundation.settlement_rate"),
    ("measured infinite", GOOD | {"measured": {"foundation": {"settlement_rate": float("inf")}}}, "measured.foundation.settlement_rate"),
    ("seen as a number", GOOD | {"measured": {"foundation": {"foundation_broken": 1}}}, "measured.foundation.foundation_broken"),
    ("no qualitative", {"standard": "2009", "counts": COUNTED["counts"]}, "qualitative"),
    ("qualitative small", COUNTED | {"qualitative": "d"}, "qualitative"),
    ("qualitative E", COUNTED | {"qualitative": "E"}, "qualitative"),
    ("qualitative null", COUNTED | {"qualitative": None}, "qualitative"),
    ("counts a list", COUNTED | {"counts": [1, 2]}, "counts"),
    ("counts null", COUNTED | {"counts": None}, "counts"),
    ("unknown part", COUNTED | {"counts": {"roof": [0, 1]}}, "counts.roof"),
    ("unknown member", COUNTED | upper(chimney=[0, 1]), "counts.upper.chimney"),
    ("upper as pair", COUNTED | {"counts": {"upper": [0, 1]}}, "counts.upper"),
    ("foundation as object", COUNTED | {"counts": {"foundation": {"column": [0, 1]}}}, "counts.foundation"),
    ("more dangerous than there are", COUNTED | upper(wall=[9, 8]), "counts.upper.wall"),
    ("more dangerous foundation", COUNTED | {"counts": {"foundation": [1, 0]}}, "counts.foundation"),
    ("negative", COUNTED | upper(wall=[-1, 8]), "counts.upper.wall"),
    ("negative total", COUNTED | upper(wall=[-2, -1]), "counts.upper.wall"),
    ("one number", COUNTED | upper(wall=[1]), "counts.upper.wall"),
    ("three numbers", COUNTED | upper(wall=[1, 2, 3]), "counts.upper.wall"),
    ("no numbers", COUNTED | upper(wall=[]), "counts.upper.wall"),
    ("a number instead of a pair", COUNTED | upper(wall=3), "counts.upper.wall"),
    ("null for a pair", COUNTED | upper(wall=None), "counts.upper.wall"),
    ("a text for a pair", COUNTED | upper(wall="18"), "counts.upper.wall"),
    ("text numbers", COUNTED | upper(wall=["1", "8"]), "counts.upper.wall"),
    ("decimals", COUNTED | upper(wall=[1.0, 8]), "counts.upper.wall"),
    ("booleans", COUNTED | upper(wall=[True, 8]), "counts.upper.wall"),
    ("null numbers", COUNTED | upper(wall=[None, 8]), "counts.upper.wall"),
    ("huge", COUNTED | upper(wall=[1, 10**30]), "counts.upper.wall"),
    ("a member by key and by name", COUNTED | upper(wall=[0, 1], 墙段=[1, 1]), "counts.upper.wall"),
]


@pytest.mark.parametrize(("form", "field"), [pytest.param(form, field, id=name) for name, form, field in CORPUS])
def test_a_malformed_form_is_refused_and_its_field_named(form: object, field: str) -> None:
    with pytest.raises(MalformedForm) as refused:
        read(form)
    message = str(refused.value)
    assert message.startswith(field)
    assert refused.value.field.split("[")[0] == field
    assert any("\u4e00" <= letter <= "\u9fff" for letter in message)
    assert len(message) < 1200


def test_the_forms_the_corpus_is_made_from_are_good() -> None:
    assert appraise(GOOD).grade == "B"
    assert appraise(COUNTED).grade == "D"


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b"", "JSON"),
        (b"{", "JSON"),
        (b'{"standard": "2019",}', "JSON"),
        (b"\xff\xfe{\x00}\x00", "UTF-8"),
        ('{"standard": "2019", "site": "安全"}'.encode("gb18030"), "UTF-8"),
        (b'{"standard": "2019", "standard": "2009"}', "standard：在表中写了两次"),
        (b'{"standard": "2009", "qualitative": "D", "counts": {"enclosure": [0, 1], "enclosure": [1, 1]}}', "enclosure：在表中写了两次"),
        (b'{"standard": "2009", "counts": {"enclosure": [NaN, 1]}}', "NaN"),
        (b'{"standard": "2009", "counts": {"enclosure": [0, Infinity]}}', "Infinity"),
        (b'{"standard": "2009", "counts": {"enclosure": [0, ' + b"9" * 5000 + b"]}}", "数字太长"),
        (b"[" * 100_000, "套得太深"),
        (b" " * (MOST_BYTES + 1), "文件太大"),
    ],
    ids=["empty", "cut", "comma", "utf-16", "gb18030", "doubled", "doubled below", "nan", "infinity", "long number", "deep", "large"],
)
def test_a_file_that_is_no_form_is_refused(content: bytes, said: str) -> None:
    with pytest.raises(MalformedForm, match=said):
        parse(content)


def test_a_byte_order_mark_is_forgiven() -> None:
    assert parse(b"\xef\xbb\xbf" + json.dumps(GOOD).encode()) == GOOD


def test_a_message_shows_no_control_characters_and_no_long_text() -> None:
    for key in ("\x1b[31mred\n", "\ud800", "好" * 500):
        with pytest.raises(MalformedForm) as refused:
            read(GOOD | {key: 1})
        message = str(refused.value)
        assert "\x1b" not in message
        assert "\n" not in message
        assert len(message) < 400
        message.encode()


leaves = (
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats()
    | st.text(max_size=8)
    | st.sampled_from(["a", "d", "A", "D", "2019", "safe", "has"])
)
anything = st.recursive(
    leaves, lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=6), inner, max_size=3), max_leaves=8
)
fields = st.sampled_from(
    [
        "standard",
        "site",
        "storeys",
        "structure",
        "components",
        "measured",
        "area",
        "date",
        "whole",
        "disaster",
        "intensity",
        "qualitative",
        "counts",
    ]
)


@settings(max_examples=300)
@given(st.sampled_from([GOOD, COUNTED]), fields, anything)
def test_whatever_stands_in_a_field_it_is_judged_or_refused(form: dict[str, Any], name: str, value: object) -> None:
    try:
        outcome: Outcome | None = appraise(form | {name: value})
    except MalformedForm as refused:
        outcome, message = None, str(refused)
    if outcome is None:
        assert any("\u4e00" <= letter <= "\u9fff" for letter in message)
    else:
        json.dumps(outcome.as_json(), allow_nan=False)


@settings(max_examples=200)
@given(
    st.dictionaries(
        st.sampled_from(
            [*(each.key for each in STANDARDS["2019"].components), *(each.name for each in STANDARDS["2019"].components), "chimney"]
        ),
        st.sampled_from(["a", "b", "c", "d"]) | leaves,
        max_size=5,
    )
)
def test_components_are_judged_whole_or_refused_whole(components: dict[str, object]) -> None:
    good = (
        bool(components)
        and set(components.values()) <= set("abcd")
        and "chimney" not in components
        and not any(each.key in components and each.name in components for each in STANDARDS["2019"].components)
    )
    try:
        outcome = appraise({"standard": "2019", "site": "safe", "components": components})
    except MalformedForm:
        assert not good
    else:
        assert good
        assert len(outcome.components) == len(components)
