"""Every number the programme sets, a row each, for the catalogue."""

from collections.abc import Iterator
from datetime import date

from anju.policy.keys import KEYS
from anju.policy.loading import load
from anju.policy.lookup import SHIPPED


def said(value: object) -> str:
    """A value as a clerk reads it, without its unit."""
    if isinstance(value, tuple):
        return "、".join(str(each) for each in value)
    return f"{value:%Y-%m-%d}" if isinstance(value, date) else str(value)


def declared() -> Iterator[dict[str, str | None]]:
    """The shipped rules; what a deployment adds is its own."""
    for key, rules in load([SHIPPED]).by_key.items():
        for rule in rules:
            yield {
                "key": key,
                "title": KEYS[key].title,
                "area": rule.area or "全国",
                "value": f"{said(rule.value)} {KEYS[key].unit}".strip(),
                "valid_from": said(rule.valid_from),
                "valid_to": said(rule.valid_to) if rule.valid_to else None,
                "source": rule.source,
            }
