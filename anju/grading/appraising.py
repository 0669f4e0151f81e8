"""From a form to a grade, with reasons: the composite rule of the 2019 guide, the order of the 2009 guide (domain 2.1.2, 2.1.3)."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from fractions import Fraction
from typing import Any

from anju.grading.form import DISASTER, Form
from anju.grading.model import Component
from anju.grading.quantitative import Composite, composite, share
from anju.grading.reading import read
from anju.vocabulary.grade import GRADES, LEVEL_NAMES, better, worst


@dataclass(frozen=True, slots=True)
class Outcome:
    """What a form comes to.

    ``grade`` A–D is what the standard makes of the findings; an appraiser who decides otherwise gives the reason elsewhere.
    ``quantitative``, ``p`` (part → percent) and ``mu`` (grade → membership) are None where the standard computes none. ``disaster`` is has,
    partly, none, or None where it wasn't looked at; ``hazards`` says it for each hazard. ``reasons`` tell in Chinese how it came, in order.
    ``asks_reason``: findings disagree in a way for which the appraiser must write down why. ``standard`` is the id to store.
    """

    standard: str
    grade: str
    qualitative: str
    quantitative: str | None
    components: Mapping[str, str]
    disaster: str | None
    p: Mapping[str, Fraction] | None
    mu: Mapping[str, Fraction] | None
    reasons: tuple[str, ...]
    hazards: Mapping[str, str] = field(default_factory=dict)
    asks_reason: bool = False

    def as_json(self) -> dict[str, Any]:
        """As ``anju appraise`` prints it; shares and memberships as numbers rounded to six places."""
        return {
            "grade": self.grade,
            "qualitative": self.qualitative,
            "quantitative": self.quantitative,
            "components": dict(self.components),
            "disaster": self.disaster,
            "p": _numbers(self.p),
            "mu": _numbers(self.mu),
            "reasons": list(self.reasons),
        }


def _numbers(exact: Mapping[str, Fraction] | None) -> dict[str, float] | None:
    return None if exact is None else {key: round(float(value), 6) for key, value in exact.items()}


def _said(value: Fraction) -> str:
    return f"{float(value):.2f}".rstrip("0").rstrip(".")


class _Reasons:
    """The reasons as they gather, and whether one of them asks for an explanation."""

    def __init__(self) -> None:
        self.lines: list[str] = []
        self.asks = False

    def say(self, line: str) -> None:
        self.lines.append(line)

    def ask(self, line: str) -> None:
        self.lines.append(line)
        self.asks = True


def _measured(form: Form, reasons: _Reasons) -> None:
    """Danger points beyond their limits, and levels that are better than they speak for."""
    for key, findings in form.measured.items():
        component = form.standard.component(key)
        passed = [each for each in findings if each.level]
        if not passed:
            continue
        suggested = worst(each.level for each in passed if each.level)
        names = "；".join(each.point.name + (f" {each.value}，限值 {each.point.says}" if each.limit else "") for each in passed)
        reasons.say(f"{component.name}有危险点：{names}；至少相当于 {suggested}（{LEVEL_NAMES[suggested]}）。")
        chosen = form.components.get(key)
        if chosen is None:
            reasons.ask(f"{component.name}量到了危险点，但没有评危险程度，请补上。")
        elif better(chosen, suggested):
            reasons.ask(f"{component.name}评为 {chosen}，好于危险点所指的 {suggested}：须写明理由。")


def _disaster(form: Form, reasons: _Reasons) -> str | None:
    """The result over all hazards looked at; it never changes the grade."""
    for hazard in form.standard.hazards:
        from_degree = hazard.emphasised_from_intensity
        if from_degree is not None and form.intensity is not None and form.intensity >= from_degree:
            missing = "" if hazard.key in form.disaster else "，表中还没有填"
            reasons.say(f"设防烈度 {form.intensity} 度（{from_degree} 度及以上），{hazard.name}的防灾措施须重点检查{missing}。")
    found = set(form.disaster.values())
    if not found:
        return None
    result = found.pop() if len(found) == 1 else "partly"
    names = {each.key: each.name for each in form.standard.hazards}
    each_said = "、".join(f"{names[key]}{DISASTER[value]}" for key, value in form.disaster.items())
    reasons.say(f"防灾措施：{DISASTER[result]}（{each_said}）；不影响安全等级。")
    return result


def _listed(components: list[Component], level: str) -> str:
    return "、".join(each.name for each in components) + f"为 {level}（{LEVEL_NAMES[level]}）"


def _by_components(form: Form) -> Outcome:
    """The 2019 guide: a dangerous site is D; else the worst component's letter."""
    reasons = _Reasons()
    worst_level = worst(form.components.values()) if form.components else ""
    if form.site == "dangerous":
        grade = "D"
        reasons.say("场地危险，直接评为 D 级，建议迁址重建。")
    else:
        grade = worst_level.upper()
        if worst_level == "a":
            reasons.say(f"场地安全；所填 {len(form.components)} 个组成部分都为 a（{LEVEL_NAMES['a']}），评为 A 级。")
        else:
            those = [each for each in form.standard.components if form.components.get(each.key) == worst_level]
            reasons.say(f"场地安全；{_listed(those, worst_level)}，取最差的组成部分，评为 {grade} 级。")
    if form.whole is not None and form.whole.upper() != grade:
        seen = f"从整体看为 {form.whole}（{LEVEL_NAMES[form.whole]}）"
        if better(form.whole, grade):
            reasons.say(f"{seen}，好于按组成部分评定的 {grade} 级；等级按组成部分，鉴定人要调整须写明理由。")
        else:
            reasons.ask(f"{seen}，差于按组成部分评定的 {grade} 级：是否调整等级，由鉴定人决定并写明理由。")
    _measured(form, reasons)
    disaster = _disaster(form, reasons)
    return Outcome(
        standard=form.standard.id,
        grade=grade,
        qualitative=grade,
        quantitative=None,
        components=form.components,
        disaster=disaster,
        p=None,
        mu=None,
        reasons=tuple(reasons.lines),
        hazards=form.disaster,
        asks_reason=reasons.asks,
    )


def _quantified(form: Form, reasons: _Reasons) -> Composite:
    counts = form.counts or {}
    parts = form.standard.parts
    found = composite(parts, {part.key: share(part, counts.get(part.key, {})) for part in parts})
    empty = [part.name for part in parts if not any(count.total for count in counts.get(part.key, {}).values())]
    if empty:
        reasons.say(f"{'、'.join(empty)}没有填构件数，按没有危险构件计。")
    shares = "、".join(f"{part.name} {_said(found.p[part.key])}%" for part in parts)
    mu = "、".join(f"{grade} {_said(value)}" for grade, value in found.mu.items())
    reasons.say(f"定量鉴定：危险构件百分数 {shares}；隶属度 {mu}。")
    if found.whole_part:
        name = next(part.name for part in parts if part.key == found.whole_part)
        reasons.say(f"{name}的构件全部危险，定量结果为 D 级。")
    elif found.tied:
        reasons.say(f"{'、'.join(found.tied)} 级的隶属度相等，导则未规定，取较差的：定量结果为 {found.grade} 级。")
    else:
        reasons.say(f"{found.grade} 级的隶属度最大，定量结果为 {found.grade} 级。")
    return found


def _qualitative_first(form: Form) -> Outcome:
    """The 2009 guide: a dangerous site is D; else the qualitative grade, which the calculation for D houses never betters."""
    reasons = _Reasons()
    qualitative = form.qualitative or "D"
    if form.site == "dangerous":
        reasons.say("场地危险，评为 D 级，建议迁址重建。")
    reasons.say(f"定性鉴定为 {qualitative} 级：{GRADES[qualitative].meaning}。")
    worst_level = worst(form.components.values()) if form.components else "a"
    if better(qualitative, worst_level):
        those = [each for each in form.standard.components if form.components.get(each.key) == worst_level]
        reasons.ask(f"{_listed(those, worst_level)}，定性等级 {qualitative} 比它好：须写明理由。")
    _measured(form, reasons)
    found: Composite | None = None
    if qualitative != "D":
        if form.counts is not None:
            aside = _quantified(form, _Reasons())
            reasons.say("导则只对定性为 D 级的房屋做定量鉴定，所填构件数不计入结果。")
            if better(qualitative, aside.grade):
                reasons.ask(f"按所填构件数推算为 {aside.grade} 级，比定性等级差：请复查定性结论并写明理由。")
    elif form.counts is None:
        reasons.say("定性为 D 级，按导则还应做定量鉴定；表中没有构件数。")
    else:
        found = _quantified(form, reasons)
        if better(found.grade, qualitative):
            reasons.ask(
                f"定量结果 {found.grade} 级好于定性的 {qualitative} 级：等级不高于定性结果，仍为 {qualitative} 级；须写明两者不一致的理由。"
            )
    grade = worst(["D" if form.site == "dangerous" else "A", qualitative])
    return Outcome(
        standard=form.standard.id,
        grade=grade,
        qualitative=qualitative,
        quantitative=found.grade if found else None,
        components=form.components,
        disaster=None,
        p=found.p if found else None,
        mu=found.mu if found else None,
        reasons=tuple(reasons.lines),
        asks_reason=reasons.asks,
    )


_JUDGES = {"2019": _by_components, "2009": _qualitative_first}


def appraise(form: Form | Mapping[str, Any]) -> Outcome:
    """Judges a form; one not yet read is read first. Raises ``MalformedForm``."""
    checked = form if isinstance(form, Form) else read(form)
    return _JUDGES[checked.standard.key](checked)
