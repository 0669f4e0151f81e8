"""From a place as people type it to its code (pure).

``彰武县大冷镇程沟村三组``, ``大冷镇程沟村民委员会``, ``程沟``, ``210922115201`` and ``2.10922115201E+11`` are read against the places of
one area. The reading walks down the tree by the names that are there (so ``镇江市`` isn't cut at ``镇``), levels may be left out or
said twice, former names and closed codes lead to what they are now. What fits several places is ambiguous, what fits none is
unknown, both with suggestions: never is a place guessed.
"""

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation
from enum import StrEnum
from typing import NamedTuple

from anju.divisions import naming, pinyin
from anju.vocabulary import division
from anju.vocabulary.division import Level


class Outcome(StrEnum):
    """How sure a reading is."""

    EXACT = "exact"
    ALIAS = "alias"
    AMBIGUOUS = "ambiguous"
    UNKNOWN = "unknown"


class Place(NamedTuple):
    """A place as the reading needs it. ``now`` holds its successors where the code is closed."""

    code: str
    name: str
    level: Level
    full_name: str
    number: int | None = None
    closed: bool = False
    now: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Typed:
    """A place in columns, as lists have it; every part as typed, empty where the list has no such column."""

    division: str = ""
    province: str = ""
    city: str = ""
    county: str = ""
    township: str = ""
    village: str = ""
    group: str = ""

    def __str__(self) -> str:
        return (
            "".join(part for part in (self.province, self.city, self.county, self.township, self.village, self.group) if part)
            or self.division
        )


@dataclass(frozen=True, slots=True)
class Suggestion:
    """A place that may have been meant."""

    code: str
    full_name: str


@dataclass(frozen=True, slots=True)
class Resolution:
    """What was read. ``code`` is the stem where the outcome is exact or alias, else ""; ``reached`` the deepest place that is sure.

    ``group`` is a villagers' group that was typed but has no code yet (``三组``), ``rest`` what else stood behind the village.
    ``explanation`` is a sentence for a clerk, empty where the outcome is exact.
    """

    outcome: Outcome
    code: str = ""
    full_name: str = ""
    reached: str = ""
    group: str = ""
    rest: str = ""
    explanation: str = ""
    suggestions: tuple[Suggestion, ...] = ()


class _State(NamedTuple):
    """A way of reading: where it stands, how much it had to bend (10 a looser spelling), what remains."""

    code: str
    bent: int
    group: str = ""
    rest: str = ""


_LOOSE, _OTHER_LEVEL, _REST = 10, 20, 25
_CODE = re.compile(r"^\d{6,15}$")
_SCIENTIFIC = re.compile(r"^\d(?:\.\d+)?E\+?\d{1,2}$", re.IGNORECASE)
_DOOR = re.compile(r"(?:\d+(?:-\d+)*(?:号|户|室|幢|栋|单元|楼).*)$")
_PUNCTUATION = re.compile(r"[,，、;；/\\|_>\-—()（）\[\]【】\"'“”‘’·]+")
_HEAD = re.compile(r"^.{1,10}?(?:镇|乡|街道|县|市|区|苏木)(?=.)")
_LENGTHS = {Level.PROVINCE: 2, Level.PREFECTURE: 4, Level.COUNTY: 6, Level.TOWNSHIP: 9, Level.VILLAGE: 12}
_GROUP_WORDS = ("组", "屯", "队", "社")
_OFFICES = re.compile("村|乡|镇|街道|社区|居委")
_COLUMNS = (
    ("province", Level.PROVINCE),
    ("city", Level.PREFECTURE),
    ("county", Level.COUNTY),
    ("township", Level.TOWNSHIP),
    ("village", Level.VILLAGE),
)


def as_code(text: str) -> str:
    """The digits of a code typed as text or number (``210922115201.0``, ``2.10922115201E+11``); "" for anything else."""
    tidy = naming.clean(text).removeprefix("'")
    if tidy.endswith(".0"):
        tidy = tidy[:-2]
    if _CODE.match(tidy):
        return tidy
    if _SCIENTIFIC.match(tidy):
        try:
            value = Decimal(tidy)
        except InvalidOperation:
            return ""
        # 2.10922E+11 has lost the township and the village: only what is written out counts as a code.
        digits = f"{value:f}"
        shown = len(value.as_tuple().digits)
        return (
            digits
            if digits.isdigit() and _CODE.match(digits) and (shown > 6 or (digits[6:].strip("0") == "" and shown == 6 and len(digits) <= 6))
            else ""
        )
    return ""


class Gazetteer:
    """The places of one area, ready to be read against."""

    def __init__(self, places: Iterable[Place], *, within: str = "", former: Iterable[tuple[str, str]] = ()) -> None:
        """``places``: everything at or below ``within`` and what lies above it; ``former``: (old name, code)."""
        self.within = division.stem(within)
        self.places = {place.code: place for place in places}
        self._former: dict[str, list[str]] = {}
        for name, code in former:
            self._former.setdefault(code, []).append(name)
        self._order = sorted(code for code in self.places if code.startswith(self.within) and code != self.within)
        self._scopes: dict[str, tuple[dict[str, list[tuple[str, bool]]], int]] = {}
        self._restated: dict[str, tuple[dict[str, bool], int]] = {}
        self._sounds: dict[str, dict[str, list[str]]] = {}
        self._groups: dict[str, dict[str, str]] | None = None

    def resolve(self, typed: str | Typed) -> Resolution:
        """Reads one place, an address in one text or parts in columns."""
        parts = self._parts(typed)
        if not parts:
            return Resolution(Outcome.UNKNOWN, reached=self.within, explanation="没有填写地址。")
        states = [_State(self.within, 0)]
        for level, text in parts:
            after = self._best(state for state in states for state in self._part(state, level, text))
            if not after:
                return self._unread(states, level, text, coded=bool(as_code(parts[0][1])))
            states = after
        return self._settle(states, str(typed))

    def _parts(self, typed: str | Typed) -> list[tuple[Level | None, str]]:
        if isinstance(typed, str):
            return [(None, typed)] if naming.clean(typed) else []
        parts: list[tuple[Level | None, str]] = [(None, typed.division)] if naming.clean(typed.division) else []
        for column, level in _COLUMNS:
            if naming.clean(text := getattr(typed, column)):
                parts.append((level, text))
        if naming.clean(typed.group):
            parts.append((Level.GROUP, typed.group))
        return parts

    @staticmethod
    def _best(states: Iterable[_State]) -> list[_State]:
        """The least bent ways, one for each place reached."""
        best: dict[tuple[str, str], _State] = {}
        for state in states:
            key = (state.code, state.group)
            if key not in best or state.bent < best[key].bent:
                best[key] = state
        if not best:
            return []
        limit = min(state.bent for state in best.values()) // _LOOSE
        return [state for state in best.values() if state.bent // _LOOSE <= limit + 1]

    def _part(self, state: _State, level: Level | None, text: str) -> Iterator[_State]:
        if code := as_code(text) if level is not Level.GROUP else "":
            stem = division.stem(code)
            if stem in self.places and stem.startswith(self.within):
                yield _State(stem, state.bent)
            return
        tidy = _PUNCTUATION.sub("", naming.clean(text).removesuffix(".0"))
        if level is Level.GROUP:
            yield from self._group(state, tidy)
            return
        above = state.code[: _LENGTHS[level]] if level is not None else ""
        if above and division.level(above) is level and self._is_named(above, tidy):
            yield state  # a column that repeats what the area or an earlier column says
            return
        for found in self._walk(state.code, tidy):
            reached = division.level(found.code)
            other = level is not None and reached is not level and not (found.code == state.code and reached > level)
            yield found._replace(bent=state.bent + found.bent + (_OTHER_LEVEL if other else 0))

    def _is_named(self, code: str, text: str) -> bool:
        place = self.places.get(code)
        if place is None:
            return False
        names = (place.name, *self._former.get(code, ()))
        return any(text in forms for name in names for forms in naming.spellings(name, place.level))

    def _walk(self, node: str, text: str) -> Iterator[_State]:
        """Every way to read ``text`` to its end from ``node`` downwards."""
        if not text:
            yield _State(node, 0)
            return
        level = division.level(node)
        forms, longest = self._restating(node)
        for length in range(min(longest, len(text)), 0, -1):
            official = forms.get(text[:length])
            if official is not None:
                for found in self._walk(node, text[length:]):
                    yield found._replace(bent=found.bent + (0 if official else _LOOSE))
        if level >= Level.VILLAGE:
            yield from self._tail(node, text)
            return
        scope, longest = self._scope(node)
        for length in range(min(longest, len(text)), 0, -1):
            for code, official in scope.get(text[:length], ()):
                skipped = division.level(code) - level - 1
                for found in self._walk(code, text[length:]):
                    yield found._replace(bent=min(found.bent + (0 if official else _LOOSE) + max(skipped, 0), 99))

    def _tail(self, village: str, text: str) -> Iterator[_State]:
        """What stands behind the village: a group, a house number."""
        plain = _DOOR.sub("", text)
        if not plain:
            yield _State(village, 0, rest=text)
            return
        rest = text[len(plain) :]
        if naming.group_number(plain) is None and plain.startswith(("村", "镇", "乡", "社区", "街道")):
            return  # the name before was cut too short
        if naming.group_number(plain) is not None or naming.GROUP_TAIL.search(plain) or plain.endswith(_GROUP_WORDS):
            tail = naming.GROUP_TAIL.search(plain)
            hamlet = plain[: tail.start()] if tail else ""
            # 王家屯三组 and a bare 三 bend the reading; a "hamlet" that is a village or township by its name bends it more.
            bent = _LOOSE if hamlet or plain.isdigit() or not plain.endswith(_GROUP_WORDS) else 0
            bent += _REST if _OFFICES.search(hamlet) else 0
            for found in self._group(_State(village, bent), plain):
                yield found._replace(rest=rest)
        elif len(plain) > 1:
            yield _State(village, _REST, rest=text)

    def _group(self, state: _State, text: str) -> Iterator[_State]:
        level = division.level(state.code)
        if level is Level.GROUP:
            yield state
            return
        if level is not Level.VILLAGE:
            return
        # A hamlet's name before the number (``王家屯三组``): the number is the group.
        key = _group_key(text)
        if key in ("", "0"):
            yield state
            return
        if code := self._groups_of(state.code).get(key):
            yield state._replace(code=code)
        else:
            number = naming.group_number(text) or (
                naming.group_number(found.group()) if (found := naming.GROUP_TAIL.search(text)) else None
            )
            yield state._replace(group=f"{naming.in_chinese(number)}组" if number else text)

    def _groups_of(self, village: str) -> dict[str, str]:
        if self._groups is None:
            self._groups = {}
            for code in self._order:
                if len(code) > 12 and not self.places[code].closed:
                    self._groups.setdefault(code[:12], {})[_group_key(self.places[code].name)] = code
        return self._groups.get(village, {})

    def _scope(self, node: str) -> tuple[dict[str, list[tuple[str, bool]]], int]:
        """Spellings of what lies below a node → [(code, official spelling)]; villages only where the node is no wider than a province."""
        if node in self._scopes:
            return self._scopes[node]
        deepest = Level.VILLAGE if node else Level.TOWNSHIP
        scope: dict[str, list[tuple[str, bool]]] = {}
        longest = 0
        for place in self._below(node):
            if place.level > deepest or naming.is_bookkeeping(place.name):
                continue
            official, loose = naming.spellings(place.name, place.level)
            former = [form for name in self._former.get(place.code, ()) for form in naming.spellings(name, place.level)[0]]
            for forms, sure in ((official, not place.closed), ((*loose, *former), False)):
                for form in forms:
                    tidy = _PUNCTUATION.sub("", form)
                    scope.setdefault(tidy, []).append((place.code, sure))
                    longest = max(longest, len(tidy))
        self._scopes[node] = scope, longest
        return scope, longest

    def _restating(self, node: str) -> tuple[dict[str, bool], int]:
        """Spellings of the node itself and of what it lies in: an address may say them (again)."""
        if node not in self._restated:
            forms: dict[str, bool] = {}
            for length in (2, 4, 6, 9, 12):
                if length <= len(node) and (place := self.places.get(node[:length])) and not naming.is_bookkeeping(place.name):
                    official, loose = naming.spellings(place.name, place.level)
                    for name in self._former.get(place.code, ()):
                        loose += naming.spellings(name, place.level)[0]
                    # What lies above may be said loosely (辽宁阜新); the place itself said again loosely is rather the name of a
                    # place below (上村乡上村).
                    above = place.code != node
                    forms |= {form: above for form in loose if form not in forms} | dict.fromkeys(official, True)
            if Level.PROVINCE <= division.level(node) <= Level.PREFECTURE:
                forms |= dict.fromkeys((name for name in naming.BOOKKEEPING if len(name) > 1), True)
            self._restated[node] = forms, max(map(len, forms), default=0)
        return self._restated[node]

    def _below(self, node: str) -> Iterator[Place]:
        for code in self._order if node == self.within else _prefixed(self._order, node):
            if code != node:
                yield self.places[code]

    def _settle(self, states: Sequence[_State], typed: str) -> Resolution:
        """Closed codes replaced by their successors, then: one place, or several."""
        least = min(state.bent for state in states) // _LOOSE
        best = [state for state in states if state.bent // _LOOSE == least]
        final: dict[tuple[str, str], tuple[_State, bool]] = {}
        for state in best:
            place = self.places.get(state.code)
            for code in place.now if place and place.closed else (state.code,):
                changed = code != state.code
                if (code, state.group) not in final or not changed:
                    final[code, state.group] = state, changed
        codes = sorted({code for code, _group in final})
        if not codes or codes == [""] or (codes == [self.within] and not best[0].rest and best[0].code == self.within and not typed):
            return Resolution(Outcome.UNKNOWN, reached=self.within, explanation=f"没有找到“{typed}”。")
        if len(codes) > 1:
            return Resolution(
                Outcome.AMBIGUOUS,
                reached=_common(codes),
                explanation=f"“{typed}”有 {len(codes)} 个地方可以对应，请选一个。",
                suggestions=tuple(self._suggest(codes)),
            )
        ((code, group), (state, changed)) = min(final.items(), key=lambda item: item[1][0].bent)
        place = self.places.get(code)
        name = place.full_name if place else code
        bent = changed or state.bent >= _LOOSE
        explanation = ""
        if changed:
            explanation = f"原“{self.places[state.code].full_name}”已变更为{name}。"
        elif bent:
            explanation = f"“{typed}”按{name}处理。"
        return Resolution(
            Outcome.ALIAS if bent else Outcome.EXACT,
            code=code,
            full_name=name,
            reached=code,
            group=group,
            rest=state.rest,
            explanation=explanation,
        )

    def _unread(self, states: Sequence[_State], level: Level | None, text: str, *, coded: bool) -> Resolution:
        """No way to read this part: how far one gets, and what may have been meant."""
        if code := as_code(text):
            stem = division.stem(code)
            reached = next((stem[:length] for length in (12, 9, 6, 4, 2) if length <= len(stem) and stem[:length] in self.places), "")
            inside = bool(reached) and reached.startswith(self.within)
            where = self.places[self.within].full_name if self.within in self.places else "全国"
            return Resolution(
                Outcome.UNKNOWN,
                reached=reached if inside else self.within,
                explanation=f"区划代码 {code} 不在区划表里。" if inside else f"区划代码 {code} 不在{where}范围内。",
            )
        if coded and level is not None:
            said = "、".join(self.places[state.code].full_name for state in states[:2])
            return Resolution(Outcome.UNKNOWN, reached=states[0].code, explanation=f"区划代码是{said}，与“{text}”不一致。")
        tidy = _PUNCTUATION.sub("", naming.clean(text))
        node, left = max(
            (self._furthest(state.code, tidy) for state in states),
            key=lambda found: (len(tidy) - len(found[1]), len(found[0])),
            default=("", tidy),
        )
        place = self.places.get(node)
        where = place.full_name if place else "全国"
        if level is Level.GROUP:
            return Resolution(Outcome.UNKNOWN, reached=node, explanation=f"没有写村，无法确定“{text}”。")
        near = self._similar(node, left, level) or self._similar_above(node, left)
        hint = f"是不是{self.places[near[0]].full_name.removeprefix(where)}？" if near else "请核对名称。"
        return Resolution(
            Outcome.UNKNOWN, reached=node, explanation=f"{where}没有“{left or text}”，{hint}", suggestions=tuple(self._suggest(near))
        )

    def _furthest(self, node: str, text: str) -> tuple[str, str]:
        """The deepest place that the beginning of the text surely names, and what is left of the text."""
        if not text or division.level(node) >= Level.VILLAGE:
            return node, text
        ways = [(node, text)]
        forms, longest = self._restating(node)
        for length in range(min(longest, len(text)), 1, -1):
            if text[:length] in forms:
                ways.append(self._furthest(node, text[length:]))
                break
        scope, longest = self._scope(node)
        for length in range(min(longest, len(text)), 1, -1):
            sure = [code for code, official in scope.get(text[:length], ()) if official]
            if len(sure) == 1:
                ways.append(self._furthest(sure[0], text[length:]))
        return min(ways, key=lambda way: (len(way[1]), -len(way[0])))

    def _similar(self, node: str, text: str, level: Level | None, limit: int = 5) -> list[str]:
        """Places below the node whose name sounds the same, differs in one character, or contains what was typed."""
        found = naming.GROUP_TAIL.search(text)
        asked = (text[: found.start()] if found else text) or text
        sounds = self._sounds_of(node)
        order: dict[str, None] = {}
        for kind in (Level.TOWNSHIP, Level.VILLAGE, Level.COUNTY):
            wanted = naming.core(asked, kind)
            for code in sounds.get(" ".join(pinyin.syllables(wanted)), ()):
                order.setdefault(code)
        for place in self._below(node):
            if place.closed or place.level > Level.VILLAGE or len(order) >= 3 * limit:
                continue
            root = naming.core(place.name, place.level)
            wanted = naming.core(asked, place.level)
            if len(root) > 1 and (_one_apart(root, wanted) or (len(wanted) > 1 and wanted in root)):
                order.setdefault(place.code)
        fitting = sorted(order, key=lambda code: level is not None and self.places[code].level is not level)
        return fitting[:limit]

    def _similar_above(self, node: str, text: str) -> list[str]:
        """``大愣镇大庙村``: where the first name of several is the wrong one, the places like it, followed by the rest of the text."""
        found = _HEAD.match(text)
        if found is None:
            return []
        near: list[str] = []
        for code in self._similar(node, found.group(), None):
            below = self._best(self._walk(code, text[found.end() :]))
            near += sorted({state.code for state in below}) or [code]
        return near[:5]

    def _sounds_of(self, node: str) -> dict[str, list[str]]:
        if node not in self._sounds:
            sounds: dict[str, list[str]] = {}
            for place in self._below(node):
                if not place.closed and place.level <= Level.VILLAGE:
                    sounds.setdefault(" ".join(pinyin.syllables(naming.core(place.name, place.level))), []).append(place.code)
            self._sounds[node] = sounds
        return self._sounds[node]

    def _suggest(self, codes: Iterable[str]) -> Iterator[Suggestion]:
        for code in list(codes)[:10]:
            place = self.places.get(code)
            yield Suggestion(code, place.full_name if place else code)


def _group_key(text: str) -> str:
    number = naming.group_number(text)
    if number is None and (found := naming.GROUP_TAIL.search(text)):
        number = naming.group_number(found.group())
    return str(number) if number is not None else naming.group_core(text)


def _prefixed(order: Sequence[str], prefix: str) -> Iterator[str]:
    low, high = 0, len(order)
    while low < high:
        middle = (low + high) // 2
        if order[middle] < prefix:
            low = middle + 1
        else:
            high = middle
    while low < len(order) and order[low].startswith(prefix):
        yield order[low]
        low += 1


def _common(codes: Sequence[str]) -> str:
    """The deepest place that all of them lie in."""
    for length in (12, 9, 6, 4, 2):
        heads = {code[:length] for code in codes}
        if len(heads) == 1 and len(head := heads.pop()) == length:
            return division.stem(head)
    return ""


def _one_apart(one: str, other: str) -> bool:
    """One character more, less or different (both of two or more)."""
    if abs(len(one) - len(other)) > 1 or min(len(one), len(other)) < 2 or one == other:
        return one == other
    if len(one) == len(other):
        return len(one) > 2 and sum(a != b for a, b in zip(one, other, strict=True)) == 1
    short, long = sorted((one, other), key=len)
    return any(long[:index] + long[index + 1 :] == short for index in range(len(long)))


def resolve_all(gazetteer: Gazetteer, typed: Iterable[str | Typed]) -> Mapping[str | Typed, Resolution]:
    """Every distinct text read once."""
    return {text: gazetteer.resolve(text) for text in dict.fromkeys(typed)}
