"""Reads a form as written: forgiving in how a thing is named (a key or its Chinese name), strict in everything else.

What isn't understood is never guessed: ``MalformedForm`` names the field and says in Chinese what it should be.
"""

import json
import math
import re
from collections.abc import Callable, Iterable, Mapping
from datetime import date
from typing import Any

from anju.grading.form import DISASTER, SITES, Count, Form, MalformedForm, NotCovered
from anju.grading.model import Component, Finding, Hazard, Part, Standard
from anju.grading.standards import EXTENSIONS, STANDARDS, extended
from anju.grading.structures import STRUCTURES
from anju.vocabulary.grade import GRADES, LEVELS

MOST_BYTES = 1_000_000
MOST_MEMBERS = 100_000
MOST_MEASURED = 1_000_000

_COMMON = ("standard", "site", "storeys", "structure", "components", "measured", "area", "date")
_FIELDS = {
    "2019": (*_COMMON, "whole", "disaster", "intensity"),
    "2009": (*_COMMON, "qualitative", "counts"),
}


def _shown(value: object) -> str:
    """A value of a form, short and harmless enough for a message."""
    try:
        text = value if isinstance(value, str) else json.dumps(value, ensure_ascii=False, default=str)
    except ValueError:
        text = "很长的数字"
    text = re.sub(r"[\x00-\x1f\x7f-\x9f\ud800-\udfff\u200e\u200f\u202a-\u202e\u2066-\u2069]", "�", text)
    return f"“{text if len(text) <= 40 else text[:37] + '…'}”"


def _object(value: object, field: str) -> Mapping[str, Any]:
    if not isinstance(value, Mapping) or not all(isinstance(key, str) for key in value):
        raise MalformedForm(field, "应是一个对象，写成 {…}")
    return value


def _key(name: str, known: Iterable[tuple[str, str]], field: str, what: str) -> str:
    """The key of something named by its key or its Chinese name."""
    pairs = tuple(known)
    for key, title in pairs:
        if name in (key, title):
            return key
    raise MalformedForm(field, f"不认识的{what}{_shown(name)}；可用：{'、'.join(f'{key}（{title}）' for key, title in pairs)}")


def _choice(value: object, field: str, known: Mapping[str, str]) -> str:
    if isinstance(value, str):
        for key, title in known.items():
            if value in (key, title):
                return key
    raise MalformedForm(field, f"应是 {'、'.join(f'{key}（{title}）' for key, title in known.items())} 之一，现在是 {_shown(value)}")


def _level(value: object, field: str) -> str:
    if not isinstance(value, str) or value not in LEVELS:
        raise MalformedForm(field, f"危险程度应是 a、b、c、d 之一，现在是 {_shown(value)}；没有的部分不要写")
    return value


def _whole(value: object, field: str, low: int, high: int, what: str) -> int:
    if not isinstance(value, int) or isinstance(value, bool):
        raise MalformedForm(field, f"{what}应是整数，现在是 {_shown(value)}")
    if value < low:
        raise MalformedForm(field, f"{what}不能小于 {low}，现在是 {value if value > -(10**9) else '很小的负数'}")
    if value > high:
        raise MalformedForm(field, f"{what}不能大于 {high}，请核对")
    return value


def _once(pairs: Iterable[tuple[str, Any]], field: str) -> dict[str, Any]:
    """A mapping in which nothing is said twice, as by key and by name."""
    found: dict[str, Any] = {}
    for key, value in pairs:
        if key in found:
            raise MalformedForm(f"{field}.{key}" if field else key, "写了两次")
        found[key] = value
    return found


def _component_of(standard: Standard, name: str, field: str) -> Component:
    try:
        key = _key(name, ((each.key, each.name) for each in standard.components), field, "组成部分")
    except MalformedForm:
        for extension in EXTENSIONS.values():
            if extension.standard == standard.key and any(name in (each.key, each.name) for each in extension.components):
                where = "、".join(extension.areas)
                raise MalformedForm(
                    field, f"{_shown(name)}是省级补充（{extension.title}）的组成部分，只用于 {where}；表中要写明 area 和 date"
                ) from None
        raise
    return standard.component(key)


def _components(value: object, standard: Standard) -> dict[str, str]:
    found = _once(
        (
            (_component_of(standard, name, f"components.{_plain(name)}").key, _level(level, f"components.{_plain(name)}"))
            for name, level in _object(value, "components").items()
        ),
        "components",
    )
    return {each.key: found[each.key] for each in standard.components if each.key in found}


def _plain(name: str) -> str:
    """A name as part of a field's path."""
    return _shown(name)[1:-1]


def _measured(value: object, standard: Standard) -> dict[str, tuple[Finding, ...]]:
    found = {}
    for name, points in _object(value, "measured").items():
        field = f"measured.{_plain(name)}"
        component = _component_of(standard, name, field)
        if component.key in found:
            raise MalformedForm(field, "写了两次")
        written = _once(
            (
                (_key(point, ((each.key, each.name) for each in component.points), f"{field}.{_plain(point)}", "危险点"), number)
                for point, number in _object(points, field).items()
            ),
            field,
        )
        found[component.key] = tuple(
            each.judge(_measurement(written[each.key], f"{field}.{each.key}", each.measured, each.unit))
            for each in component.points
            if each.key in written
        )
    return found


def _measurement(value: object, field: str, measured: bool, unit: str) -> float | int | bool:
    if not measured:
        if not isinstance(value, bool):
            raise MalformedForm(field, f"有没有这个危险点，应写 true 或 false，现在是 {_shown(value)}")
        return value
    if isinstance(value, bool) or not isinstance(value, int | float) or (isinstance(value, float) and not math.isfinite(value)):
        raise MalformedForm(field, f"应是数字（{unit}），现在是 {_shown(value)}")
    if not 0 <= value <= MOST_MEASURED:
        raise MalformedForm(field, f"应在 0 至 {MOST_MEASURED:,} 之间（{unit}）")
    return value


def _hazard_result(value: object, hazard: Hazard, field: str) -> str:
    """A result said outright, or worked out from which measures are there."""
    if not isinstance(value, Mapping):
        return _choice(value, field, DISASTER)
    if not value:
        raise MalformedForm(field, "没有写任何措施")
    known = [(each.key, each.name) for each in hazard.measures]
    there = _once(
        ((_key(name, known, f"{field}.{_plain(name)}", "防灾措施"), answer) for name, answer in _object(value, field).items()), field
    )
    for key, answer in there.items():
        if not isinstance(answer, bool):
            raise MalformedForm(f"{field}.{key}", f"有没有这项措施，应写 true 或 false，现在是 {_shown(answer)}")
    return "has" if all(there.values()) else "partly" if any(there.values()) else "none"


def _disaster(value: object, standard: Standard) -> dict[str, str]:
    known = [(each.key, each.name) for each in standard.hazards]
    hazards = {each.key: each for each in standard.hazards}
    written = _once(
        ((_key(name, known, f"disaster.{_plain(name)}", "灾害"), result) for name, result in _object(value, "disaster").items()), "disaster"
    )
    return {key: _hazard_result(written[key], hazards[key], f"disaster.{key}") for key in hazards if key in written}


def _count(value: object, field: str) -> Count:
    if not isinstance(value, list | tuple) or len(value) != 2:
        raise MalformedForm(field, f"应是 [危险构件数, 构件总数]，现在是 {_shown(value)}")
    dangerous = _whole(value[0], f"{field}[0]", 0, MOST_MEMBERS, "危险构件数")
    total = _whole(value[1], f"{field}[1]", 0, MOST_MEMBERS, "构件总数")
    if dangerous > total:
        raise MalformedForm(field, f"危险构件数 {dangerous} 多于构件总数 {total}")
    return Count(dangerous, total)


def _part(value: object, part: Part) -> dict[str, Count]:
    field = f"counts.{part.key}"
    if not part.members:
        return {"": _count(value, field)}
    known = [(each.key, each.name) for each in part.members]
    return _once(
        (
            (_key(name, known, f"{field}.{_plain(name)}", "构件"), _count(count, f"{field}.{_plain(name)}"))
            for name, count in _object(value, field).items()
        ),
        field,
    )


def _counts(value: object, standard: Standard) -> dict[str, dict[str, Count]]:
    known = [(each.key, each.name) for each in standard.parts]
    parts = {each.key: each for each in standard.parts}
    written = _once(
        ((_key(name, known, f"counts.{_plain(name)}", "部分"), part) for name, part in _object(value, "counts").items()), "counts"
    )
    return {key: _part(written[key], parts[key]) for key in parts if key in written}


def _standard(value: object) -> Standard:
    computable = [each.key for each in STANDARDS.values() if each.computable]
    if not isinstance(value, str):
        raise MalformedForm("standard", f"应是鉴定标准的代号 {'、'.join(computable)}（文字），现在是 {_shown(value)}")
    for standard in STANDARDS.values():
        if value in (standard.key, standard.document, f"{standard.key}导则"):
            if not standard.computable:
                raise NotCovered(
                    "standard",
                    f"《{standard.title}》（{standard.document}）须由有资质的机构按该标准鉴定，本系统不计算；可计算的是 {'、'.join(computable)}",
                )
            return standard
    raise MalformedForm("standard", f"不认识的鉴定标准{_shown(value)}；可用：{'、'.join(computable)}")


def _area(value: object) -> str:
    if not isinstance(value, str) or not value.isascii() or not value.isdecimal() or not 2 <= len(value) <= 15:
        raise MalformedForm("area", f"应是区划代码，如 210922，现在是 {_shown(value)}")
    return value


def _date(value: object) -> date:
    if isinstance(value, date):
        return value
    if isinstance(value, str) and re.fullmatch(r"\d{4}-\d{2}-\d{2}", value, re.ASCII):
        try:
            return date.fromisoformat(value)
        except ValueError:
            pass
    raise MalformedForm("date", f"应是日期，如 2020-06-10，现在是 {_shown(value)}")


def _storeys(value: object, standard: Standard) -> int:
    storeys = _whole(value, "storeys", 1, 200, "层数")
    if storeys > standard.storeys:
        beyond = STANDARDS[standard.beyond]
        raise NotCovered(
            "storeys", f"{storeys} 层房屋不适用本导则（只用于一、二层），应按 {beyond.document}《{beyond.title}》由有资质的机构鉴定"
        )
    return storeys


def _in_its_place_and_time(standard: Standard, area: str, day: date | None) -> Standard:
    """The standard with what the area adds; refused on a day when it wasn't in force."""
    if day is not None and not standard.holds_on(day):
        end = f"至 {standard.valid_to:%Y-%m-%d}" if standard.valid_to else "起"
        raise MalformedForm("date", f"{day:%Y-%m-%d} 不适用{standard.key}导则：它自 {standard.valid_from:%Y-%m-%d} {end}")
    return extended(standard, area, day or standard.valid_to or date.max) if area else standard


def _required_are_there(form: Form) -> None:
    if form.structure is None or form.site == "dangerous" or form.standard.key != "2019":
        return
    needed = form.standard.needed(form.structure, form.storeys or 1)
    missing = [each for each in needed if each.required(form.structure) and each.key not in form.components]
    if missing:
        names = "、".join(f"{each.key}（{each.name}）" for each in missing)
        raise MalformedForm("components", f"{STRUCTURES[form.structure].name}房屋还要填 {names}")


def read(written: object) -> Form:
    """The form in ``written`` (an object as JSON gives it); raises ``MalformedForm``."""
    given = _object(written, "鉴定表")
    if "standard" not in given:
        raise MalformedForm("standard", "没有写鉴定标准；可用：2019、2009")
    standard = _standard(given["standard"])
    fields = _FIELDS[standard.key]
    for name in given:
        if name not in fields:
            other = next((key for key, names in _FIELDS.items() if name in names), "")
            why = f"是 {other} 导则的项目，不能填在 {standard.key} 导则的表里" if other else f"不认识的项目；可用：{'、'.join(fields)}"
            raise MalformedForm(_plain(name), why)

    def of(name: str, reader: Callable[..., Any], *more: object) -> Any:
        return reader(given[name], *more) if name in given else None

    storeys = of("storeys", _storeys, standard)
    area, day = of("area", _area) or "", of("date", _date)
    standard = _in_its_place_and_time(standard, area, day)
    if standard.key == "2019" and "site" not in given:
        raise MalformedForm("site", "没有写场地安全性：safe（安全）或 dangerous（危险）")
    if standard.key == "2009" and "qualitative" not in given:
        raise MalformedForm("qualitative", "没有写定性鉴定的等级：A、B、C、D 之一")
    form = Form(
        standard=standard,
        site=of("site", _choice, "site", SITES),
        storeys=storeys,
        structure=of("structure", _choice, "structure", {each.key: each.name for each in STRUCTURES.values()}),
        whole=of("whole", _level, "whole"),
        components=of("components", _components, standard) or {},
        disaster=of("disaster", _disaster, standard) or {},
        measured=of("measured", _measured, standard) or {},
        intensity=of("intensity", _whole, "intensity", 6, 9, "设防烈度"),
        qualitative=of("qualitative", _grade, "qualitative"),
        counts=of("counts", _counts, standard),
        area=area,
        day=day,
    )
    if standard.key == "2019" and form.site == "safe" and not form.components:
        raise MalformedForm("components", "没有填任何组成部分的危险程度")
    _required_are_there(form)
    return form


def _grade(value: object, field: str) -> str:
    if not isinstance(value, str) or value not in GRADES:
        raise MalformedForm(field, f"等级应是 A、B、C、D 之一，现在是 {_shown(value)}")
    return value


def _no_constant(name: str) -> float:
    raise MalformedForm("", f"表中有 {name}，不是数字")


def _no_doubles(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found: dict[str, Any] = {}
    for key, value in pairs:
        if key in found:
            raise MalformedForm(_plain(key), "在表中写了两次")
        found[key] = value
    return found


def parse(content: bytes) -> object:
    """The object in a JSON file (UTF-8); raises ``MalformedForm``."""
    if len(content) > MOST_BYTES:
        raise MalformedForm("", f"文件太大（{len(content):,} 字节），一张鉴定表不会超过 {MOST_BYTES:,} 字节")
    try:
        return json.loads(content.decode("utf-8-sig"), object_pairs_hook=_no_doubles, parse_constant=_no_constant)
    except MalformedForm:
        raise
    except UnicodeDecodeError:
        raise MalformedForm("", "文件不是 UTF-8 文字") from None
    except json.JSONDecodeError as error:
        raise MalformedForm("", f"不是正确的 JSON：第 {error.lineno} 行第 {error.colno} 个字符处读不懂") from None
    except RecursionError:
        raise MalformedForm("", "括号套得太深，不是鉴定表") from None
    except ValueError:
        raise MalformedForm("", "数字太长，请核对") from None
