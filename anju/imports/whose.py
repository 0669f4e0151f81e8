"""Whose each row is: by the household's number, by its head's identity number, by its head's name in a village. Nothing is guessed.

A row that says several of them must mean one household with all. Of a household outside the workbook's area only the county is told.
"""

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import Any

from django.db import connection

from anju import temporary
from anju.checks import BLOCK, WARN, Check, Finding
from anju.divisions.reading import Placed, Places
from anju.imports.kinds import Referring
from anju.privacy import lookup, vault
from anju.registry.name_tokens import bare
from anju.registry.queries import elsewhere
from anju.vocabulary import division, relation

_SOURCE = "领域规则 4.5：只用户编号、身份证号、村内不重的姓名认户，认不准的退回"
NOBODY = Check("household-unsaid", "没有写明是哪一户", _SOURCE, BLOCK)
UNKNOWN = Check("household-unknown", "登记库中找不到这一户", _SOURCE, BLOCK)
SEVERAL = Check("household-several", "户主姓名在村内不止一户", _SOURCE, BLOCK)
ELSEWHERE = Check("household-elsewhere", "该户不在本次录入的地方", "领域规则 4.5：外地登记的只告知所在县", BLOCK)
CLOSED = Check("household-closed", "该户已销户或并入他户", "领域数据字典 3.4", BLOCK)
CONTRADICTED = Check("household-contradicted", "户编号、身份证号、户主姓名说的不是同一户", _SOURCE, BLOCK)
HEAD_DIFFERS = Check("head-differs", "户主与登记库不一致", "S1-08 身份信息比对", WARN)
VILLAGE_DIFFERS = Check("village-differs", "所在村与登记库不一致", "S2-06 数据力求精准", WARN)
CHECKS = (NOBODY, UNKNOWN, SEVERAL, ELSEWHERE, CLOSED, CONTRADICTED, HEAD_DIFFERS, VILLAGE_DIFFERS)

_OURS = re.compile(r"([0-9]{12})-?([0-9]{4,8})")
_LONGEST = 40


@dataclass(frozen=True, slots=True)
class Said:
    """What a row says of whose it is: the number as we write it (``other``: it was written, but not in our form), the head's identity number, the
    head's name, the place; ``reference`` where the records' owner has names of its own for it."""

    number: str
    other: bool
    id_number: str
    name: str
    place: Placed
    reference: str = ""


@dataclass(frozen=True, slots=True)
class Found:
    """Whose a row is, and what a clerk should know; without a household there is a blocking finding. ``area`` is the household's, "" without one."""

    household_id: int | None
    area: str
    findings: tuple[Finding, ...] = ()


@dataclass(frozen=True, slots=True)
class _Home:
    """A household the register names, with its head as known now."""

    id: int | None
    area: str
    number: str
    closed_on: date | None
    merged_into: str
    head: str
    head_id: str


def said(values: Mapping[str, Any], places: Places, refers: str = "") -> Said:
    """What a row's values say; ``refers`` is the key of the owner's own column. A number that isn't of our form is another office's: then the identity number or the name must do."""
    typed = str(values.get("household") or "")
    ours = _OURS.fullmatch(typed)
    return Said(
        number=f"{ours[1]}-{ours[2]}" if ours else "",
        other=bool(typed) and ours is None,
        id_number=str(values.get("head_id_number") or ""),
        name=bare(str(values.get("head_name") or ""))[:_LONGEST],
        place=places.find(values),
        reference=str(values.get(refers) or "") if refers else "",
    )


class Finder:
    """Finds the households of chunks of rows inside one workbook's area; ``headings`` are the file's own, by key; ``refers`` as the kind has it."""

    def __init__(self, area: str, headings: Mapping[str, str], refers: tuple[str, Referring] | None = None) -> None:
        self._area = area
        self._headings = headings
        self._refers = refers

    def find(self, rows: Sequence[Said]) -> list[Found]:
        """Whose the rows are, in their order; a handful of statements whatever their number. In the caller's transaction."""
        rows, wrong = self._referred(rows)
        found = self._found(rows)
        return [wrong.get(at, one) for at, one in enumerate(found)]

    def _referred(self, rows: Sequence[Said]) -> tuple[Sequence[Said], dict[int, Found]]:
        """The rows with the household's number that their reference means, and those of which it means none, or another than the number beside it."""
        if self._refers is None:
            return rows, {}
        key, refer = self._refers
        known = refer({one.reference for one in rows if one.reference})
        made: list[Said] = []
        wrong: dict[int, Found] = {}
        for at, one in enumerate(rows):
            number = known.get(one.reference, "")
            if one.reference and not number:
                wrong[at] = self._refused(UNKNOWN, key, f"辖区内没有 {one.reference[:30]}；请照抄编号，或空着这一格、写户编号")
            elif number and one.number and one.number != number:
                wrong[at] = self._refused(
                    CONTRADICTED, key, f"{one.reference[:30]} 是户 {number} 的，不是户 {one.number} 的；请核对是哪个编号写错"
                )
            made.append(replace(one, number=number) if number and not one.number else one)
        return made, wrong

    def _found(self, rows: Sequence[Said]) -> list[Found]:
        found = lookup.find((vault.ID, one.id_number) for one in rows if one.id_number)
        tokens = {one.id_number: found.get((vault.ID, one.id_number), "") for one in rows}
        with connection.cursor() as cursor:
            temporary.create(
                cursor,
                "imports_whose",
                'ordinal integer, number text COLLATE "C", id text COLLATE "C", name text COLLATE "C", area text COLLATE "C"',
            )
            temporary.copy_rows(
                cursor,
                "imports_whose",
                ("ordinal", "number", "id", "name", "area"),
                (
                    (at, one.number, tokens[one.id_number], one.name, one.place.area if one.place.placed else "")
                    for at, one in enumerate(rows)
                ),
            )
            cursor.execute("ANALYZE imports_whose")
            by_number = {row[0]: _Home(*row[1:]) for row in _asked(cursor, _BY_NUMBER)}
            members = {row[0]: (_Home(*row[1:-1]), row[-1]) for row in _asked(cursor, _BY_ID)}
            named: dict[int, list[_Home]] = {}
            for row in _asked(cursor, _BY_NAME):
                named.setdefault(row[0], []).append(_Home(*row[1:]))
        away = elsewhere.households(one.number for at, one in enumerate(rows) if one.number and at not in by_number)
        held = elsewhere.holders(tokens[one.id_number] for at, one in enumerate(rows) if one.id_number and at not in members)
        counties = elsewhere.places({*away.values(), *held.values()})
        answers = []
        for at, one in enumerate(rows):
            if one.number:
                home = by_number.get(at)
                answers.append(
                    self._by_number(one, home, tokens[one.id_number], members.get(at))
                    if home
                    else self._away(one, away.get(one.number, ""), counties, "household")
                )
            elif known := members.get(at):
                answers.append(self._by_id(one, *known))
            elif county := held.get(tokens[one.id_number]):
                answers.append(self._away(one, county, counties, "head_id_number"))
            else:
                answers.append(self._by_name(one, named.get(at, [])))
        return answers

    def _finding(self, check: Check, field: str, words: str) -> Finding:
        heading = self._headings.get(field, "")
        return Finding(check.id, f"“{heading}”列：{words}" if heading else words, heading, field, check.level)

    def _refused(self, check: Check, field: str, words: str) -> Found:
        return Found(None, "", (self._finding(check, field, words),))

    def _away(self, one: Said, county: str, counties: Mapping[str, str], field: str) -> Found:
        if not county:
            return self._refused(UNKNOWN, field, f"登记库中没有户编号 {one.number}；请在一户一档中查到该户，照抄编号")
        if division.contains(county, self._area):
            return self._refused(ELSEWHERE, field, f"该户已登记在{counties[county]}的别处，不在本次录入的地方；请由该地或县级录入")
        return self._refused(ELSEWHERE, field, f"该户已登记在{counties[county]}，请与当地住建部门核实；对方的内容不在此显示")

    def _by_number(self, one: Said, home: _Home, token: str, holder: tuple[_Home, str] | None) -> Found:
        notes: list[Finding] = []
        confirmed = False
        if one.id_number:
            if token and home.head_id == token:
                confirmed = True
            elif holder is not None and holder[0].id == home.id:
                confirmed = True
                notes.append(
                    self._finding(HEAD_DIFFERS, "head_id_number", "这个号码是户内成员的，不是户主的；该户按户编号录入，请核对户主")
                )
            elif home.head_id or holder is not None:
                return self._refused(
                    CONTRADICTED, "head_id_number", f"与户编号 {home.number} 的户主不是同一个人；请核对是编号还是身份证号写错"
                )
        if one.name and home.head and one.name != bare(home.head):
            if not confirmed:
                return self._refused(
                    CONTRADICTED, "head_name", f"户编号 {home.number} 的户主不是“{one.name}”；请核对是编号还是姓名写错（常因只排序了一列）"
                )
            notes.append(self._finding(HEAD_DIFFERS, "head_name", "与登记的户主姓名不同，号码相符，已按号码认定；请核对姓名"))
        return self._home(one, home, notes, "household")

    def _by_id(self, one: Said, home: _Home, role: str) -> Found:
        if home.id is None:
            return self._refused(UNKNOWN, "head_id_number", "此人在登记库中，但目前不在任何户内；请先在一户一档中核实")
        if role != relation.HEAD:
            return self._refused(
                CONTRADICTED, "head_id_number", f"这个号码是户 {home.number} 的成员，不是户主；请改写户编号 {home.number}，或写户主的号码"
            )
        notes = []
        if one.name and home.head and one.name != bare(home.head):
            notes.append(self._finding(HEAD_DIFFERS, "head_name", "与登记的户主姓名不同，号码相符，已按号码认定；请核对姓名"))
        return self._home(one, home, notes, "head_id_number")

    def _by_name(self, one: Said, homes: Sequence[_Home]) -> Found:
        if not one.name:
            if one.id_number:
                return self._refused(UNKNOWN, "head_id_number", "登记库中没有人登记这个号码；请核对号码，或写户编号")
            if one.other:
                return self._refused(UNKNOWN, "household", "不是本系统的户编号（12 位村代码-4 位序号）；请写本系统的户编号，或户主身份证号")
            return self._refused(NOBODY, "household", "没有写明是哪一户；请写户编号，或户主身份证号，或户主姓名和村")
        if not one.place.placed:
            return self._refused(
                UNKNOWN, "village", f"只有户主姓名时要写明所在村：{one.place.doubt}；请写户编号或户主身份证号，或写明乡镇和村"
            )
        if len(homes) > 1:
            return self._refused(SEVERAL, "head_name", f"{one.place.words}有 {len(homes)} 户户主叫“{one.name}”；请写户编号或户主身份证号")
        if not homes:
            return self._refused(UNKNOWN, "head_name", f"{one.place.words}没有户主叫“{one.name}”的在册户；请核对姓名和村，或写户编号")
        (home,) = homes
        notes = []
        if one.id_number:
            if home.head_id:
                return self._refused(
                    CONTRADICTED,
                    "head_id_number",
                    f"{one.place.words}的户主“{one.name}”登记的是另一个号码；请核对号码，或写户编号 {home.number}",
                )
            notes.append(
                self._finding(HEAD_DIFFERS, "head_id_number", "登记库中该户主没有身份证号，已按姓名和村认定；请核对后在一户一档中补上")
            )
        return self._home(one, home, notes, "head_name")

    def _home(self, one: Said, home: _Home, notes: list[Finding], field: str) -> Found:
        if home.merged_into:
            return self._refused(CLOSED, field, f"户 {home.number} 已并入 {home.merged_into}；请改写后者的户编号")
        if home.closed_on is not None:
            return self._refused(CLOSED, field, f"户 {home.number} 已于 {home.closed_on} 销户；请从表中去掉")
        if not division.contains(self._area, home.area):
            return self._refused(ELSEWHERE, field, f"户 {home.number} 不在本次录入的地方；请由该地或县级录入")
        if one.place.placed and not (division.contains(one.place.area, home.area) or division.contains(home.area, one.place.area)):
            notes.append(self._finding(VILLAGE_DIFFERS, "village", "与登记的村不同，已按登记的户录入；请核对是否迁移"))
        return Found(home.id, home.area, tuple(notes))


def _asked(cursor: Any, sql: str) -> Iterable[Any]:
    cursor.execute(sql, {"head": relation.HEAD})
    found: Iterable[Any] = cursor.fetchall()
    return found


_OPEN = "{m}.valid_to IS NULL AND {m}.superseded_at IS NULL"
_HOME = "h.id, h.area, h.number, h.closed_on, coalesce(i.number, ''), coalesce(p.name, ''), coalesce(p.id_number, '')"
_HEAD = f"""
LEFT JOIN registry_household i ON i.id = h.merged_into_id
LEFT JOIN registry_membership m ON m.household_id = h.id AND m.relation = %(head)s AND {_OPEN.format(m="m")}
LEFT JOIN registry_person p ON p.id = m.person_id"""
_BY_NUMBER = f"SELECT w.ordinal, {_HOME} FROM imports_whose w JOIN registry_household h ON h.number = w.number {_HEAD} WHERE w.number <> ''"
_BY_ID = f"""
SELECT w.ordinal, {_HOME}, coalesce(o.relation, '') FROM imports_whose w
JOIN registry_person q ON q.id_number = w.id AND NOT q.id_conflict
LEFT JOIN registry_membership o ON o.person_id = q.id AND {_OPEN.format(m="o")}
LEFT JOIN registry_household h ON h.id = o.household_id {_HEAD}
WHERE w.id <> ''"""
# By the token of the whole name, which an index serves under row-level security (recipes 1).
_BY_NAME = f"""
SELECT DISTINCT w.ordinal, {_HOME} FROM imports_whose w
JOIN registry_nametoken t ON t.token = w.name AND t.area >= w.area AND t.area < w.area || '~'
JOIN registry_membership m ON m.person_id = t.person_id AND m.relation = %(head)s AND {_OPEN.format(m="m")}
JOIN registry_household h ON h.id = m.household_id AND h.closed_on IS NULL AND h.area >= w.area AND h.area < w.area || '~'
JOIN registry_person p ON p.id = t.person_id AND replace(p.name, '·', '') = w.name
LEFT JOIN registry_household i ON i.id = h.merged_into_id
WHERE w.number = '' AND w.name <> '' AND w.area <> ''"""
