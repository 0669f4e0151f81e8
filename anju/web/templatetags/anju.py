"""The components of every page. ``{% load anju %}``; each is shown with an example in /components/ and in components/README.md."""

import difflib
import functools
import itertools
import json
import re
from collections.abc import Iterable, Mapping, Sequence
from contextvars import ContextVar
from datetime import date, datetime
from decimal import ROUND_HALF_UP, Decimal
from typing import Any

from django import template
from django.core.exceptions import ImproperlyConfigured
from django.http import HttpRequest
from django.template.loader import render_to_string
from django.templatetags.static import static
from django.utils import timezone
from django.utils.html import format_html, format_html_join, json_script
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext as _

from anju import clock
from anju.vocabulary import idnumber, masking
from anju.vocabulary.text import half_width
from anju.web import frontend

register = template.Library()

# The business day of the page being rendered; the shell sets it, so that a table of dates asks for it once.
page_day: ContextVar[date | None] = ContextVar("page_day", default=None)


def _today() -> date:
    return page_day.get() or clock.today()


# ---------------------------------------------------------------------------------------------- files

_ASSETS = {
    "office.js": ("office/main.ts", "file"),
    "office.css": ("office/main.ts", "css"),
    "theme.js": ("office/theme.ts", "file"),
    "icons.svg": ("office/icons.svg", "file"),
    "favicon.svg": ("office/favicon.svg", "file"),
}


@functools.lru_cache(maxsize=2)
def _manifest(changed: float) -> dict[str, Any]:
    manifest: dict[str, Any] = json.loads(frontend.MANIFEST.read_text())
    return manifest


@register.simple_tag
def asset(name: str) -> str:
    """The address of a built file: ``office.js``, ``office.css``, ``theme.js``, ``icons.svg``."""
    try:
        manifest = _manifest(frontend.MANIFEST.stat().st_mtime)
    except FileNotFoundError as missing:
        raise ImproperlyConfigured("前端尚未构建：运行 make frontend") from missing
    source, part = _ASSETS[name]
    found = manifest[source][part]
    return static(f"built/{found[0] if isinstance(found, list) else found}")


@register.simple_tag
def icon(name: str, size: str = "", label: str = "") -> SafeString:
    """One icon of the sprite, 16 px (``s`` 14, ``l`` 20). With ``label`` it speaks for itself, else the word beside it does."""
    if label:
        return format_html(
            '<svg class="i {}" role="img" aria-label="{}"><use href="{}#{}"></use></svg>', size, label, asset("icons.svg"), name
        )
    return format_html('<svg class="i {}" aria-hidden="true"><use href="{}#{}"></use></svg>', size, asset("icons.svg"), name)


# ---------------------------------------------------------------------------------------------- numbers, dates


@register.filter
def n(value: Any) -> str:
    """14806 → 14,806; minus is −; nothing is —."""
    if value is None or value == "":
        return "—"
    return f"{value:,}".replace("-", "−")


@register.filter
def signed(value: int | None) -> str:
    """+4, −11, 0."""
    return "—" if value is None else (f"+{value:,}" if value > 0 else n(value))


@register.filter
def money(value: Decimal | int | None) -> str:
    """Yuan with two decimals, where someone is liable: 28,500.00."""
    return "—" if value is None else n(Decimal(value).quantize(Decimal("0.01"), ROUND_HALF_UP))


@register.filter
def money_short(value: Decimal | int | None) -> str:
    """元 below 1 万, 万元 with one decimal, 亿元 from 1 亿 with two."""
    if value is None:
        return "—"
    amount = Decimal(value)
    if abs(amount) >= 100_000_000:
        return _("%s 亿元") % n((amount / 100_000_000).quantize(Decimal("0.01"), ROUND_HALF_UP))
    if abs(amount) >= 10_000:
        return _("%s 万元") % n((amount / 10_000).quantize(Decimal("0.1"), ROUND_HALF_UP))
    return _("%s 元") % n(amount)


@register.filter
def percent(part: float | Decimal | None, whole: float | Decimal | None) -> str:
    """``part`` of ``whole`` with one decimal; — where there is no task. Put the denominator beside it."""
    if part is None or not whole:
        return "—"
    return f"{Decimal(part) * 100 / Decimal(whole):.1f}%".replace("-", "−")


@register.filter
def day(value: date | datetime | None) -> str:
    """6月12日 in the business year, 2019-11-20 otherwise."""
    found = _date(value)
    if found is None:
        return "—"
    if found.year == _today().year:
        return _("%(month)d月%(day)d日") % {"month": found.month, "day": found.day}
    return found.isoformat()


@register.filter
def day_short(value: date | datetime | None) -> str:
    """6-12, for narrow cells."""
    found = _date(value)
    return "—" if found is None else f"{found.month}-{found.day:02}"


@register.filter
def day_long(value: date | datetime | None) -> str:
    """2020年6月12日."""
    found = _date(value)
    return "—" if found is None else _("%(year)d年%(month)d月%(day)d日") % {"year": found.year, "month": found.month, "day": found.day}


@register.filter
def moment(value: datetime | None) -> str:
    """6月12日 09:40."""
    return "—" if value is None else f"{day(value)} {timezone.localtime(value):%H:%M}"


def _date(value: date | datetime | None) -> date | None:
    return timezone.localtime(value).date() if isinstance(value, datetime) else value


@register.filter
def weekday(value: date) -> str:
    """星期五."""
    return (_("星期一"), _("星期二"), _("星期三"), _("星期四"), _("星期五"), _("星期六"), _("星期日"))[value.weekday()]


@register.filter
def due(value: date) -> SafeString:
    """A deadline counted from the business day: 逾期 2 天 (red), 今天 (amber), 剩 3 天 (amber within three days)."""
    left = (value - _today()).days
    if left < 0:
        return format_html('<span class="tag late">{}</span>', _("逾期 %d 天") % -left)
    if left == 0:
        return format_html('<span class="tag soon">{}</span>', _("今天"))
    return format_html('<span class="tag {}">{}</span>', "soon" if left <= 3 else "", _("剩 %d 天") % left)


@register.filter
def masked(number: str) -> str:
    """An identity number as pages show it: 2109**********1234."""
    return idnumber.mask(number) if number else "—"


@register.filter
def id_tail(number: str) -> str:
    """The short form of an identity number beside a name: …1234."""
    return idnumber.tail(number)


_LONG_NUMBER = re.compile(r"\d{11,}[\dXx]?")


@register.filter
def numbers_hidden(text: object) -> str:
    """Whatever stood in a cell, its identity, telephone and card numbers hidden like everywhere."""
    return _LONG_NUMBER.sub(_hidden, half_width(str(text)))


def _hidden(found: re.Match[str]) -> str:
    """A long number by the mask of what its length says it is."""
    number = found.group()
    kind = {11: masking.Kind.PHONE, 16: masking.Kind.CARD, 19: masking.Kind.CARD}.get(len(number), masking.Kind.ID_NUMBER)
    return masking.in_force().masked(kind, number)


@register.filter
def narrowed(text: object) -> str:
    """A text kept with its numbers masked, cut to what today's mask leaves."""
    return masking.narrowed(str(text))


@register.filter
def size(value: int) -> str:
    """Bytes as kB or MB."""
    return f"{value / 1_000_000:.1f} MB" if value >= 1_000_000 else f"{max(1, round(value / 1000))} kB"


@register.filter
def duration(seconds: float | None) -> str:
    """4.2 秒, 40 秒, 3 分钟, 2 小时."""
    if seconds is None:
        return "—"
    if seconds < 10:
        return _("%s 秒") % f"{seconds:.1f}"
    if seconds < 90:
        return _("%d 秒") % round(seconds)
    if seconds < 5400:
        return _("%d 分钟") % round(seconds / 60)
    return _("%s 小时") % f"{seconds / 3600:.1f}"


@register.filter
def unlocalised(value: float) -> str:
    """A number for an attribute, with a point whatever the language."""
    return f"{value:.4f}"


@register.filter
def tone(level: str) -> str:
    """Django's message level as a tone."""
    return {"success": "ok", "error": "late", "warning": "soon"}.get(level, "doing")


# ---------------------------------------------------------------------------------------------- small marks


@register.simple_tag
def number(value: int | None, url: str = "", tone: str = "", label: str = "") -> SafeString:
    """A number that opens the very rows it counts. Without ``url`` (nothing to open) it is a plain figure."""
    if not url or value is None:
        return format_html('<b class="{}">{}</b>', tone, n(value))
    spoken = format_html(' aria-label="{} {}"', n(value), label) if label else ""
    return format_html('<a class="n {}" href="{}"{}>{}</a>', tone, url, spoken, n(value))


@register.simple_tag
def status(tone: str, word: str) -> SafeString:
    """A dot and its word; tone ok, doing, soon, late, hold or idle (an open ring)."""
    return format_html('<span class="st {}{}">{}</span>', tone, " o" if tone == "idle" else "", word)


@register.simple_tag
def tag(word: str, tone: str = "") -> SafeString:
    """A soft tag: ok, doing, soon, late, hold, br (brand), ln (outlined)."""
    return format_html('<span class="tag {}">{}</span>', tone, word)


@register.simple_tag
def grade(letter: str | None, large: bool = False) -> SafeString:
    """The square chip of a dwelling's grade A–D; 无 without one."""
    shown = letter.upper() if letter else _("无")
    return format_html('<span class="gr {} {}">{}</span>', shown.lower() if letter else "", "l" if large else "", shown)


@register.simple_tag
def keycap(*keys: str) -> SafeString:
    """Keys as they stand on the keyboard."""
    return format_html_join("", "<kbd>{}</kbd>", ((key,) for key in keys))


@register.simple_tag
def bar(value: float, whole: float, plan: float | None = None, tone: str = "", label: str = "") -> SafeString:
    """A bar of ``value`` of ``whole`` with the plan's tick. The widths are attributes of a drawing, so the policy has nothing to refuse."""
    return stacked([(value, tone)], whole, plan, label)


@register.simple_tag
def stacked(parts: Iterable[Sequence[Any]], whole: float, plan: float | None = None, label: str = "") -> SafeString:
    """A bar of several parts: ``[(value, tone), …]``, tones c2, c3, c4, ok, late, doing, pale."""
    at = 0.0
    drawn = []
    for value, tone in parts:
        width = max(0.0, min(1000.0 - at, float(value) * 1000 / float(whole))) if whole else 0.0
        drawn.append((tone, f"{at:.1f}", f"{width:.1f}"))
        at += width
    rects = format_html_join("", '<rect class="{}" x="{}" y="0" width="{}" height="8"></rect>', drawn)
    tick = (
        format_html('<rect class="tick" x="{}" y="0" width="8" height="8"></rect>', f"{float(plan) * 1000 / float(whole) - 4:.1f}")
        if plan is not None and whole
        else ""
    )
    spoken = label or f"{percent(sum(Decimal(str(value)) for value, _tone in parts), whole)}"
    return format_html(
        '<svg class="bar" viewBox="0 0 1000 8" preserveAspectRatio="none" role="img" aria-label="{}">{}{}</svg>', spoken, rects, tick
    )


# ---------------------------------------------------------------------------------------------- differences


def _marked(text: str, spans: Iterable[tuple[int, int]]) -> SafeString:
    at = 0
    out: list[SafeString] = []
    for start, end in spans:
        out.append(format_html("{}", text[at:start]))
        if end > start:
            out.append(format_html('<mark class="df">{}</mark>', text[start:end]))
        at = end
    out.append(format_html("{}", text[at:]))
    return mark_safe("".join(out))


@register.simple_tag
def differences(this: str | None, other: str | None) -> dict[str, SafeString | bool]:
    """``{% differences a b as d %}{{ d.this }} {{ d.other }}``: both texts with the differing characters marked; ``d.same`` when equal."""
    left, right = this or "", other or ""
    if not left or not right:
        return {"this": format_html("{}", left), "other": format_html("{}", right), "same": left == right}
    codes = difflib.SequenceMatcher(None, left, right, autojunk=False).get_opcodes()
    changed = [code for code in codes if code[0] != "equal"]
    return {
        "this": _marked(left, ((start, end) for _kind, start, end, _from, _to in changed)),
        "other": _marked(right, ((start, end) for _kind, _from, _to, start, end in changed)),
        "same": left == right,
    }


@register.simple_tag
def marked(this: str | None, other: str | None) -> SafeString | bool:
    """``this`` with the characters marked in which it differs from ``other``."""
    return differences(this, other)["this"]


@register.simple_tag
def masked_differences(this: str | None, other: str | None) -> dict[str, SafeString | bool]:
    """As ``differences`` for identity numbers: found on the whole numbers, shown on the masked ones; a difference under the mask keeps its mark."""
    left, right = this or "", other or ""
    shown_left, shown_right = (idnumber.mask(one) if one else "" for one in (left, right))
    if len(left) != len(right) or (len(shown_left), len(shown_right)) != (len(left), len(right)):
        return differences(shown_left, shown_right)
    spans: list[tuple[int, int]] = []
    for differs, run in itertools.groupby(range(len(left)), key=lambda at: left[at] != right[at]):
        if differs:
            places = list(run)
            spans.append((places[0], places[-1] + 1))
    return {"this": _marked(shown_left, spans), "other": _marked(shown_right, spans), "same": left == right}


# ---------------------------------------------------------------------------------------------- blocks


@register.simple_block_tag
def card(content: str, title: str = "", *, sub: str = "", more: str = "", more_label: str = "", id: str = "", body: bool = True) -> str:
    """``{% card "成员" sub="3 人" more=url more_label="变更" %}…{% endcard %}``; ``body=False`` for a table or rows up to the edge."""
    return render_to_string(
        "components/card.html",
        {"content": content, "title": title, "sub": sub, "more": more, "more_label": more_label, "id": id, "body": body},
    )


@register.simple_block_tag
def dialog(content: str, id: str, title: str, wide: bool = False) -> str:
    """A native dialog, opened by any control with ``data-dialog="id"``."""
    return render_to_string("components/dialog.html", {"content": content, "id": id, "title": title, "wide": wide})


@register.simple_block_tag
def message(content: str, tone: str = "doing", url: str = "", link: str = "", dismiss: bool = False) -> str:
    """A sentence where it belongs, with the next step as a link."""
    icons = {"ok": "circle-check", "late": "ban", "soon": "alert-triangle", "doing": "info-circle"}
    return render_to_string(
        "components/message.html",
        {"content": content, "tone": tone, "url": url, "link": link, "dismiss": dismiss, "icon": icons.get(tone, "info-circle")},
    )


@register.simple_block_tag
def empty(content: str, title: str, tone: str = "", icon: str = "circle-check") -> str:
    """Nothing here: what is true (title), what comes next and one link (content). ``tone="none"`` for a neutral icon."""
    return render_to_string("components/empty.html", {"content": content, "title": title, "tone": tone, "icon": icon})


@register.simple_block_tag
def computing(content: str, title: str) -> str:
    """A figure that is being computed: never 0; the content says when it was last known."""
    return render_to_string("components/empty.html", {"content": content, "title": title, "tone": "wait", "icon": "refresh"})


# ---------------------------------------------------------------------------------------------- parts from data


def _query(context: Mapping[str, Any], **changes: str | None) -> str:
    request: HttpRequest | None = context.get("request")
    query = request.GET.copy() if request else None
    if query is None:
        return "?" + "&".join(f"{key}={value}" for key, value in changes.items() if value)
    for key, value in changes.items():
        if value:
            query[key] = value
        else:
            query.pop(key, None)
    return f"?{query.urlencode()}" if query else "?"


@register.inclusion_tag("components/heads.html", takes_context=True)
def heads(context: Mapping[str, Any], headings: Iterable[Mapping[str, Any]], select: bool = False) -> dict[str, Any]:
    """The table's head row. A heading: ``{"title", "key"?, "align"? "r"|"c", "sort"? bool}``; the order asked for is ``?sort=key`` or ``-key``."""
    request: HttpRequest | None = context.get("request")
    asked = request.GET.get("sort", "") if request else ""
    rows = []
    for heading in headings:
        key = heading.get("key", "")
        now = "ascending" if asked == key else "descending" if asked == f"-{key}" else ""
        rows.append(
            {
                "title": heading["title"],
                "align": heading.get("align", ""),
                "now": now if heading.get("sort") else "",
                "url": _query(context, sort=f"-{key}" if now == "ascending" else key, after=None, before=None)
                if heading.get("sort")
                else "",
            }
        )
    return {"headings": rows, "select": select}


@register.inclusion_tag("components/pager.html", takes_context=True)
def pager(context: Mapping[str, Any], page: Any) -> dict[str, Any]:
    """Keyset paging: ``page`` has ``first, last, total`` (each may be None), ``next`` and ``previous`` (cursors, "" at the ends)."""
    get = _getter(page)
    return {
        "first": get("first"),
        "last": get("last"),
        "total": get("total"),
        "next": _query(context, after=str(get("next")), before=None) if get("next") else "",
        "previous": _query(context, before=str(get("previous")), after=None) if get("previous") else "",
    }


@register.inclusion_tag("components/tabs.html")
def tabs(items: Iterable[Any], label: str = "") -> dict[str, Any]:
    """Views of one thing: items with ``label, url, on`` and perhaps ``count``."""
    return {"items": items, "label": label}


@register.inclusion_tag("components/chips.html")
def chips(items: Iterable[Any], label: str = "") -> dict[str, Any]:
    """Classes of rows with their counts: items with ``label, count, url, on``."""
    return {"items": items, "label": label}


@register.inclusion_tag("components/tile.html")
def tile(
    label: str,
    value: Any,
    url: str = "",
    *,
    of: int | None = None,
    plan: float | None = None,
    unit: str = "",
    side: str = "",
    side_tone: str = "",
    under: str = "",
    tone: str = "",
) -> dict[str, Any]:
    """A figure with its denominator, bar and plan; ``side`` is the days left, ``under`` the gap."""
    return {
        "label": label, "value": value, "url": url, "of": of, "plan": plan, "unit": unit, "side": side, "side_tone": side_tone, "under": under, "tone": tone,
    }  # fmt: skip


@register.inclusion_tag("components/work_row.html")
def work_row(item: Any) -> dict[str, Any]:
    """One thing to do: ``due, due_tone, count, unit, url, title, reason, change, waiting, secondary (label, url), action (label, url), filled``."""
    return {"item": item}


@register.inclusion_tag("components/steps.html")
def steps(items: Iterable[Any], label: str = "") -> dict[str, Any]:
    """A household's line of stages: items with ``state`` (done, now, "" later), ``title``, ``note`` and perhaps ``late``."""
    return {"items": items, "label": label or _("进度")}


@register.inclusion_tag("components/phases.html")
def phases(items: Iterable[Any], label: str = "") -> dict[str, Any]:
    """A case's phases: items with ``state, title, note, steps`` (each ``state, title, note``)."""
    return {"items": items, "label": label or _("阶段")}


@register.inclusion_tag("components/checks.html")
def checks(items: Iterable[Any], passed: Iterable[str] = ()) -> dict[str, Any]:
    """Rules that don't hold: items with ``level`` (block, warn), ``title, todo, source, fix (label, url)``; ``passed`` are titles."""
    return {"items": items, "passed": passed}


@register.inclusion_tag("components/timeline.html")
def timeline(events: Iterable[Any]) -> dict[str, Any]:
    """Events, newest first: ``on`` (date), ``kind`` (milestone, note, problem), ``title, text``, perhaps ``time, tone, state, url, photos``."""
    return {"events": events}


@register.inclusion_tag("components/kv.html")
def kv(pairs: Iterable[Sequence[Any]]) -> dict[str, Any]:
    """``[(key, value), …]``; empty values are —."""
    return {"pairs": pairs}


@register.inclusion_tag("components/cells.html")
def cells(items: Iterable[Any], label: str = "") -> dict[str, Any]:
    """One square is one household: items with ``tone`` ("", c2, c3, o, hatch, late), ``url``, ``title``."""
    return {"items": items, "label": label}


@register.inclusion_tag("components/evidence.html")
def evidence(items: Iterable[Any]) -> dict[str, Any]:
    """What speaks for and against, as bars to both sides of zero: items with ``label`` and ``weight``."""
    weighed = [{"label": get("label"), "weight": float(get("weight"))} for get in (_getter(item) for item in items)]
    most = max((abs(one["weight"]) for one in weighed), default=1.0) or 1.0
    for one in weighed:
        width = 90 * abs(one["weight"]) / most
        one.update(
            x=f"{100 if one['weight'] >= 0 else 100 - width:.1f}",
            width=f"{width:.1f}",
            tone="" if one["weight"] >= 0 else "c2",
            said=f"{one['weight']:+.1f}".replace("-", "−"),
        )
    return {"items": weighed}


def _getter(item: Any) -> Any:
    return item.get if isinstance(item, Mapping) else lambda key: getattr(item, key, None)


@register.inclusion_tag("components/dropzone.html", takes_context=True)
def dropzone(
    context: Mapping[str, Any],
    url: str,
    *,
    name: str = "file",
    accept: str = ".xlsx,.xls,.csv",
    title: str = "",
    hint: str = "",
    multiple: bool = True,
) -> dict[str, Any]:
    """Workbooks dragged in. POSTs ``name`` once a file to ``url``: answer a fragment (its row) or JSON ``{"location", "message"}``."""
    return {
        "url": url,
        "name": name,
        "accept": accept,
        "title": title,
        "hint": hint,
        "multiple": multiple,
        "csrf_token": context.get("csrf_token"),
    }


@register.inclusion_tag("components/undo.html", takes_context=True)
def undo(context: Mapping[str, Any], text: str, url: str, key: str = "z") -> dict[str, Any]:
    """What was just done, and taking it back (a POST)."""
    return {"text": text, "url": url, "key": key, "csrf_token": context.get("csrf_token")}


@register.inclusion_tag("components/field.html")
def field(bound: Any, icon: str = "") -> dict[str, Any]:
    """A bound form field with label, hint and errors tied to it."""
    described = [f"{bound.auto_id}-err"] if bound.errors else []
    if bound.help_text:
        described.append(f"{bound.auto_id}-hint")
    attributes = {"aria-describedby": " ".join(described)} if described else {}
    if bound.errors:
        attributes["aria-invalid"] = "true"
    return {"field": bound, "widget": bound.as_widget(attrs=attributes), "icon": icon}


@register.inclusion_tag("components/crumbs.html")
def crumbs(*pairs: str) -> dict[str, Any]:
    """``{% crumbs "名单比对" url "民政局" "" "农村低保名单" "" %}``: titles and addresses in turn."""
    return {"items": [{"title": title, "url": url} for title, url in zip(pairs[::2], pairs[1::2], strict=True)]}


@register.simple_tag
def chart(kind: str, data: Any, id: str, label: str, css: str = "") -> SafeString:
    """A chart (bar, sankey, line) from data; ``label`` says its finding to those who can't see it. Formats: components/README.md."""
    return format_html(
        '{}<div class="chart-scroll"><div class="chart wait {}" data-chart="{}" data-source="{}-data" id="{}" role="img" aria-label="{}">{}</div></div>',
        json_script(data, f"{id}-data"), css, kind, id, id, label, _("正在画图"),
    )  # fmt: skip


@register.inclusion_tag("components/map.html")
def areas_map(
    url: str, areas: Mapping[str, Any], id: str, label: str, *, scale: Sequence[str] = (), scale_label: str = "", css: str = ""
) -> dict[str, Any]:
    """Areas coloured by a figure. ``url`` gives GeoJSON with property ``code``; ``areas`` is ``{code: {label, text, step 1–6, href, said}}``."""
    return {"url": url, "data": {"areas": areas}, "id": id, "label": label, "scale": scale, "scale_label": scale_label, "css": css}


# ---------------------------------------------------------------------------------------------- long work


@register.filter
def time_left(job: Any) -> str:
    """How long a running job still takes, from what it did so far; nothing before there is something to go by."""
    if not job.started_at or not job.done or not job.total or job.done >= job.total:
        return ""
    spent = (timezone.now() - job.started_at).total_seconds()
    return _("约剩 %s") % duration(max(1.0, round(spent * (job.total - job.done) / job.done)))
