"""``{% export_ask %}``: the button and the dialog with which any page asks for its rows as a file."""

from collections.abc import Mapping
from typing import Any

from django import template
from django.http import QueryDict

from anju.exports import limits
from anju.exports.kinds import Numbers, kind_of
from anju.exports.reasons import EXPORT_REASONS

register = template.Library()


@register.inclusion_tag("exports/_ask.html", takes_context=True)
def export_ask(
    context: Mapping[str, Any], kind: str, query: str = "", *, id: str = "export", button: bool = True, label: str = "", **filters: object
) -> dict[str, Any]:
    """``kind`` as declared, ``query`` the page's own filters, more filters by name; ``label`` in the place of 导出 Excel; nothing where the user may not export it."""
    declared = kind_of(kind)
    user = context["request"].user
    asked = QueryDict(query, mutable=True)
    for name, value in filters.items():
        asked[name] = str(value)
    for name in list(asked):
        if name not in declared.filters:
            del asked[name]
    return {
        "may": declared.allows(user, False),
        "kind": kind,
        "id": id,
        "button": button,
        "label": label,
        "query": asked.urlencode(),
        "title": declared.title,
        "may_choose": declared.numbers is Numbers.CHOICE and declared.allows(user, True),
        "whole": declared.numbers is Numbers.WHOLE,
        "none": declared.numbers is Numbers.NONE,
        "reasons": EXPORT_REASONS,
        "full_rows": limits.FULL_ROWS.value,
        "masked_rows": limits.MASKED_ROWS.value,
        "days": limits.KEPT_DAYS.value,
        "csrf_token": context.get("csrf_token"),
    }
