"""Every number the programme sets, a row each, for the catalogue."""

from collections.abc import Iterator, Mapping
from datetime import date

from anju.policy.keys import KEYS
from anju.policy.loading import load
from anju.policy.lookup import SHIPPED
from anju.policy.values import Spoken
from anju.policy.values.subsidy import SubsidyExtra, SubsidyRule


def said(value: object, words: Mapping[str, str] | None = None) -> str:
    """A value as a clerk reads it, without its unit; ``words`` names codes."""
    if isinstance(value, Spoken):
        return value.said()
    if isinstance(value, bool):
        return "是" if value else "否"
    if isinstance(value, tuple):
        return "、".join((words or {}).get(each, str(each)) for each in value) or "无"
    return f"{value:%Y-%m-%d}" if isinstance(value, date) else str(value)


def declared() -> Iterator[dict[str, str | None]]:
    """The shipped rules; what a deployment adds is its own."""
    for key, rules in load([SHIPPED]).by_key.items():
        for rule in rules:
            yield {
                "key": key,
                "title": KEYS[key].title,
                "area": rule.area or "全国",
                "value": f"{said(rule.value, KEYS[key].words)} {KEYS[key].unit}".strip(),
                "valid_from": said(rule.valid_from),
                "valid_to": said(rule.valid_to) if rule.valid_to else None,
                "source": rule.source,
            }


def subsidies() -> Iterator[dict[str, str | None]]:
    """The shipped subsidy standards, and what is added to them."""
    shipped = load([SHIPPED])
    every: list[SubsidyRule | SubsidyExtra] = [*shipped.subsidies, *shipped.extras]
    for one in every:
        yield {
            "area": one.scope.area or "全国",
            "whom": one.scope.whom(),
            "amount": one.said() if isinstance(one, SubsidyExtra) else one.amount.said(),
            "valid_from": said(one.scope.valid_from),
            "valid_to": said(one.scope.valid_to) if one.scope.valid_to else None,
            "source": one.scope.source,
        }
