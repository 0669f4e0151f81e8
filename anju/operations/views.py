"""The self-check as a page, for whoever runs the installation."""

from itertools import groupby
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop
from django.views.decorators.http import require_safe

from anju.accounts.middleware import open_to
from anju.accounts.roles import Power
from anju.operations import register, selfcheck
from anju.operations.selfcheck import Depth, Result

_WORDS = {
    selfcheck.OK: ("ok", gettext_noop("合格")),
    selfcheck.WARNED: ("soon", gettext_noop("提醒")),
    selfcheck.FAILED: ("late", gettext_noop("不合格")),
    selfcheck.SKIPPED: ("idle", gettext_noop("不适用")),
}


def _row(one: Result) -> dict[str, Any]:
    tone, word = _WORDS[one.state]
    return {"label": _(one.check.label), "said": one.said, "todo": one.todo, "source": one.check.source, "tone": tone, "word": _(word)}


def _to_do(results: list[Result]) -> list[dict[str, Any]]:
    """What isn't as it should be, the serious first."""
    wrong = [one for one in results if one.state in (selfcheck.FAILED, selfcheck.WARNED)]
    return [
        {"level": one.check.level, "title": _("%(what)s：%(found)s") % {"what": _(one.check.label), "found": one.said}, "todo": one.todo}
        for one in sorted(wrong, key=lambda one: one.state != selfcheck.FAILED)
    ]


def _backups() -> list[tuple[str, Any]]:
    """The register's last lines, newest first."""
    words = {register.TAKEN: _("备份"), register.VERIFIED: _("核验"), register.RESTORED: _("恢复")}
    return [(words.get(line.what, line.what), line) for line in reversed(register.lines()[-6:])]


@open_to(Power.ADMINISTER)
@require_safe
def page(request: HttpRequest) -> HttpResponse:
    """系统自检: every quick question with its answer."""
    results = selfcheck.run(depth=Depth.PAGE)
    counts = {state: sum(one.state == state for one in results) for state in _WORDS}
    context = {
        "groups": [(_(name), [_row(one) for one in rows]) for name, rows in groupby(results, key=lambda one: one.group)],
        "to_do": _to_do(results),
        "failed": counts[selfcheck.FAILED],
        "warned": counts[selfcheck.WARNED],
        "good": counts[selfcheck.OK],
        "backups": _backups(),
    }
    return render(request, "operations/selfcheck.html", context)
