"""What is done with many cases at once: a meeting's votes, notices, the joint check, approval, materials; each case is held to what one is held to."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal
from typing import Any

from django import forms as django_forms
from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods

from anju import clock
from anju.accounts.asking import ticked as ticked_on
from anju.accounts.asking import user_of, why_not
from anju.accounts.models import User
from anju.accounts.offering import attempt, named
from anju.accounts.roles import Power
from anju.accounts.scope import chosen, scope, within
from anju.cases import actions, forms, photographs, queries, standards
from anju.cases.actions.stepping import Step
from anju.cases.exporting import SHEETS
from anju.cases.models import Case
from anju.cases.photographs import SHOTS
from anju.cases.views.picturing import on_the_spot
from anju.cases.views.within import lines
from anju.divisions import queries as divisions
from anju.divisions.models import Division
from anju.evidence.models import Album
from anju.notices import actions as notices
from anju.notices.models import Notice
from anju.policy import NoRule
from anju.refusing import Refused
from anju.vocabulary import division
from anju.vocabulary.division import LEVEL_NAMES, Level

MOST, MEETING = 1000, 200
"""How many are done at once: of those that are ticked, and of those whose votes a meeting is asked for one by one."""
WORDS_LONGEST = 300
Refusals = dict[int, Refused]
Own = dict[int, dict[str, str]]
_SEEN, _OPINION, _NOTE = gettext_lazy("入户看到的情况"), gettext_lazy("审核意见"), gettext_lazy("说明")


@dataclass(frozen=True)
class Bulk:
    """One thing done with many: its name, who may (any of ``powers``), in which stages the cases stand, the form, the action.

    ``do`` is called with the keys of the cases, who does it and what was filled in; ``votes``: a number is asked of each case. ``words``: what each case may
    say for itself, by name and label, given to ``do`` as ``own`` (key of the case → name → words). ``work``: which cases are shown where none were picked.
    ``tries``: what the standard gives can be looked at first, and each case may have areas of its own.
    """

    title: Any
    powers: tuple[Power, ...]
    stages: tuple[str, ...]
    form: type[django_forms.Form]
    do: Callable[..., Refusals]
    work: str
    said: Any
    votes: bool = False
    level: Level | None = None
    tries: bool = False
    words: tuple[tuple[str, Any], ...] = ()

    def open_to(self, user: User) -> bool:
        """Whether this person does it."""
        return any(user.may(power) for power in self.powers) and (self.level is None or user.may(Power.NOTICES_POST))


def _stepped(code: str) -> Callable[..., Refusals]:
    def do(*, cases: Sequence[int], by: User, on: Any, **said: str) -> Refusals:
        return actions.advance_many(cases=cases, step=Step(code=code, on=on, details=said), by=by)

    return do


def _posted(level: Level) -> Callable[..., Refusals]:
    def do(*, cases: Sequence[int], by: User, on: Any) -> Refusals:
        return actions.posted(cases=cases, level=level, by=by, on=on)

    return do


def _prepared(code: str) -> Callable[..., Refusals]:
    def do(*, cases: Sequence[int], by: User, on: Any, note: str) -> Refusals:
        return actions.prepare(cases=cases, code=code, by=by, note=note, on=on)

    return do


def _approved(*, cases: Sequence[int], areas: dict[int, dict[str, Decimal]], by: User, on: Any, **said: Any) -> Refusals:
    return actions.approve_many(approvals=[actions.Approval(case=one, **said | areas.get(one, {})) for one in cases], by=by, on=on)


def _reviewed(*, votes: dict[int, int], by: User, **said: Any) -> Refusals:
    return actions.review_many(votes=[actions.Vote(case, agreed) for case, agreed in votes.items()], by=by, **said)


def _visited(*, cases: Sequence[int], own: Own, by: User, on: Any, seen: str) -> Refusals:
    return actions.visit_many(seen={case: own[case]["seen"] or seen for case in cases}, by=by, on=on)


def _opined(*, cases: Sequence[int], own: Own, by: User, on: Any, opinion: str, visited_on: Any) -> Refusals:
    said = [
        actions.Opinion(case=case, words=own[case]["opinion"] or opinion, on=on, seen=own[case]["seen"], visited_on=visited_on) for case in cases
    ]  # fmt: skip
    return actions.give_opinions(opinions=said, by=by)


def _checked(*, cases: Sequence[int], own: Own, by: User, on: Any, note: str) -> Refusals:
    return actions.check_many(cases=cases, by=by, on=on, note=note, notes={case: own[case]["note"] for case in cases})


def _hung(**said: Any) -> Refusals:  # a notice is one: it hangs out all of them or none
    actions.post(**said)
    return {}


_VILLAGE, _TOWNSHIP, _COUNTY = (Power.CASE_VILLAGE, Power.CASE_TOWNSHIP), (Power.CASE_TOWNSHIP,), (Power.CASE_APPROVE,)
_HUNG = gettext_lazy("已登记公示，内容不再改动。贴出后当天拍照。")
_DONE = gettext_lazy("已登记 %(count)d 户。")


def _post(title: Any, powers: tuple[Power, ...], stage: str, level: Level) -> Bulk:
    return Bulk(title, powers, (stage,), forms.PostForm, _hung, "post", _HUNG, level=level)


ACTS: dict[str, Bulk] = {
    "review": Bulk(
        gettext_lazy("登记村评议"), (Power.CASE_VILLAGE,), ("applied",), forms.MeetingForm, _reviewed, "review", _DONE, votes=True
    ),
    "post-village": _post(gettext_lazy("张贴村公示"), _VILLAGE, "reviewed", Level.VILLAGE),
    "posted-village": Bulk(gettext_lazy("村公示期满"), _VILLAGE, ("reviewed",), forms.DayForm, _posted(Level.VILLAGE), "posted", _DONE),
    "visit": Bulk(
        gettext_lazy("登记入户核实"),
        _TOWNSHIP,
        ("applied", "reviewed", "village_posted"),
        forms.VisitsForm,
        _visited,
        "visit",
        _DONE,
        words=(("seen", _SEEN),),
    ),
    "review-township": Bulk(
        gettext_lazy("乡镇审核通过"),
        _TOWNSHIP,
        ("village_posted",),
        forms.OpinionsForm,
        _opined,
        "review_township",
        _DONE,
        words=(("seen", _SEEN), ("opinion", _OPINION)),
    ),
    "post-township": _post(gettext_lazy("张贴乡镇公示"), _TOWNSHIP, "township_reviewed", Level.TOWNSHIP),
    "posted-township": Bulk(
        gettext_lazy("乡镇公示期满"), _TOWNSHIP, ("township_reviewed",), forms.DayForm, _posted(Level.TOWNSHIP), "posted", _DONE
    ),
    "check": Bulk(
        gettext_lazy("本部门联审"),
        (Power.CASE_CHECK,),
        ("township_posted",),
        forms.NoteForm,
        _checked,
        "check",
        _DONE,
        words=(("note", _NOTE),),
    ),
    "pass": Bulk(gettext_lazy("联审通过"), _COUNTY, ("township_posted",), forms.DayForm, _stepped("check"), "pass", _DONE),
    "post-county": _post(gettext_lazy("张贴县公示"), _COUNTY, "checked", Level.COUNTY),
    "posted-county": Bulk(gettext_lazy("县公示期满"), _COUNTY, ("checked",), forms.DayForm, _posted(Level.COUNTY), "posted", _DONE),
    "approve": Bulk(
        gettext_lazy("批准并列入计划"), _COUNTY, ("county_posted",), forms.ApproveForm, _approved, "approve", _DONE, tries=True
    ),
    "materials": Bulk(
        gettext_lazy("登记备料"), (Power.CASE_PREPARE,), ("approved",), forms.MaterialsForm, _prepared("stock_materials"), "prepare", _DONE
    ),
    "training": Bulk(
        gettext_lazy("登记施工培训"), (Power.CASE_PREPARE,), ("approved",), forms.TrainingForm, _prepared("train"), "prepare", _DONE
    ),
    "start": Bulk(gettext_lazy("开工"), (Power.CASE_PROGRESS,), ("approved",), forms.NoteForm, _stepped("start_works"), "start", _DONE),
}


def offered(user: User, stages: Sequence[str], work: str = "") -> list[dict[str, Any]]:
    """What this person may do at once with cases that all stand in these stages: the buttons of the list."""
    return [
        {"key": key, "title": act.title, "url": reverse("cases:many", args=[key])}
        for key, act in ACTS.items()
        if act.open_to(user) and stages and set(stages) <= set(act.stages) and (not work or work == act.work)
    ]


@require_http_methods(["GET", "POST"])
def many(request: HttpRequest, do: str) -> HttpResponse:
    """The cases and the form; what is refused comes back with what was typed, each case with why."""
    user, act = user_of(request), named(ACTS, do)
    if not act.open_to(user):
        raise PermissionDenied(_("您的角色不办理“%(what)s”：%(why)s。") % {"what": act.title, "why": why_not(user, act.powers[0])})
    posted = request.method == "POST"
    picked = set(ticked_on(request.POST if posted else request.GET, "case", most=5 * MOST))
    shown = _shown(request, user, act, picked)
    form = _form(request, user, act, shown)
    ticked = [one for one in shown if one.number in picked]
    if not posted:
        return _page(request, act, do, form, shown, ticked=picked)
    if "look" in request.POST and act.tries:
        form.is_valid()
        return _page(request, act, do, form, shown, ticked=picked, tried=_tries(request, shown, form))
    votes, unread = _votes(request, shown) if act.votes else ({}, [])
    if unread:
        form.is_valid()
        form.add_error(None, _("看不懂这几户的同意人数，请只写数字：%s") % _("、").join(unread[:20]))
        return _page(request, act, do, form, shown, ticked=picked, status=422)
    if not (votes if act.votes else ticked):
        form.is_valid()
        form.add_error(None, _("还没有填任何一户的同意人数。") if act.votes else _("还没有选任何一户。"))
        return _page(request, act, do, form, shown, ticked=picked, status=422)
    areas, unread = _areas(request, ticked) if act.tries else ({}, [])
    if unread:
        form.is_valid()
        form.add_error(None, _("看不懂这几户的面积，请写平方米数，如 40 或 40.5：%s") % _("、").join(unread[:20]))
        return _page(request, act, do, form, shown, ticked=picked, status=422)
    given: dict[str, Any] = {"votes": votes, "album": _album(request)} if act.votes else {"cases": [one.pk for one in ticked]}
    if act.tries:
        given["areas"] = areas
    if act.level is not None:
        given["level"] = act.level
    if act.words:
        given["own"] = {one.pk: _words(request, act, one) for one in ticked}
    done = attempt(form, act.do, by=user, **given)
    if done is None:
        return _page(request, act, do, form, shown, ticked=picked, status=422)
    refused = done.made
    count = len(votes or ticked) - len(refused)
    if count:
        messages.success(request, str(act.said) % {"count": count} if "%" in str(act.said) else str(act.said))
    if not refused:
        return redirect(f"{reverse('cases:list')}?work={act.work}")
    form.add_error(None, _("%(count)d 户没有办成，原因写在各户下面；其余的已办。") % {"count": len(refused)})
    left = [one for one in _shown(request, user, act, {one.number for one in shown}) if one.pk in refused]
    return _page(request, act, do, form, left, ticked=picked, refused=refused, status=422)


def _album(request: HttpRequest) -> Album | None:
    """The photos of the meeting, as the form names their album."""
    return photographs.begun(request.POST.get("album", ""), code="review", owner="", by=user_of(request))


def _shown(request: HttpRequest, user: User, act: Bulk, picked: set[str]) -> list[Case]:
    """The picked cases; without any, what waits to be done so of what the address asks for (grade, group …), the longest waiting first."""
    if picked:
        found = scope(user, Case.objects.filter(number__in=picked)).order_by("area", "number")
    else:
        asked = queries.Filters.of(request.GET.dict(), chosen(request))
        wanted = replace(asked, work=act.work, stage="", phase="", stuck=False)
        found = queries.listed(user, wanted, clock.today()).filter(stage__in=act.stages).order_by("since", "id")
    return list(found.select_related("household")[: MEETING if act.votes else MOST])


def _form(request: HttpRequest, user: User, act: Bulk, shown: list[Case]) -> django_forms.Form:
    sent = request.POST if request.method == "POST" else None
    if act.level is None:
        return act.form(sent)
    area = division.holding(*(one.area for one in shown)) if shown else user.area
    places = _boards(user, act.level, area)
    day = clock.today()
    try:
        days = notices.days_asked(act.level, area, day).value
    except NoRule:
        days = None
    last = Notice.objects.filter(office=user.organisation_id).order_by("-id").values_list("hotline", flat=True).first()
    name = places[0][1] if places else ""
    title = _("%(place)s %(year)d 年农村危房改造对象公示") % {"place": name, "year": day.year}
    return forms.PostForm(sent, places=places, initial={"title": title[:120], "days": days, "hotline": last or ""})


def _boards(user: User, level: Level, area: str) -> list[tuple[str, str]]:
    """The places on whose board a notice of a level may hang for cases in an area, inside the user's own."""
    length = {Level.COUNTY: 6, Level.TOWNSHIP: 9, Level.VILLAGE: 12}[level]
    if len(area) >= length:
        code = area[:length]
        return [(code, divisions.short_names([code]).get(code, code))]
    here = area if division.contains(user.area, area) else user.area
    found = Division.objects.filter(within(here, "code"), valid_to__isnull=True, level=int(level)).order_by("code")
    return list(found.values_list("code", "short_name")[:400])


def _votes(request: HttpRequest, shown: list[Case]) -> tuple[dict[int, int], list[str]]:
    """How many agreed, of each case where that was filled in, and the numbers of the cases where what was filled in is no number."""
    typed = {one: text for one in shown if (text := request.POST.get(f"agreed-{one.number}", "").strip())}
    read = {one.pk: int(text) for one, text in typed.items() if text.isdecimal() and len(text) < 7}
    return read, [one.number for one in typed if one.pk not in read]


def _words(request: HttpRequest, act: Bulk, case: Case) -> dict[str, str]:
    """What a case says for itself, "" where nothing was filled in."""
    return {name: request.POST.get(f"{name}-{case.number}", "").strip()[:WORDS_LONGEST] for name, _label in act.words}


def _areas(request: HttpRequest, shown: list[Case]) -> tuple[dict[int, dict[str, Decimal]], list[str]]:
    """The areas that were filled in for single cases, and the numbers of the cases where what was filled in is none."""
    found: dict[int, dict[str, Decimal]] = {}
    unread = []
    for one in shown:
        for name in ("main_area", "auxiliary_area"):
            typed = request.POST.get(f"{name}-{one.number}", "").strip()
            read = forms.metres(typed) if typed else None
            if read is not None and 0 <= read <= 9999:
                found.setdefault(one.pk, {})[name] = read
            elif typed:
                unread.append(one.number)
    return found, unread


def _tries(request: HttpRequest, shown: list[Case], form: django_forms.Form) -> dict[int, tuple[str, str]]:
    """What the standard gives each of the cases with the method and area that were filled in."""
    said = form.cleaned_data
    if not said.get("method"):
        return {}
    found = {}
    own, _unread = _areas(request, shown)
    for case in shown:
        day = said.get("on") or clock.today()
        area = own.get(case.pk, {}).get("main_area", said.get("main_area"))
        asked = {"group": case.group, "grade": case.grade, "method": said["method"], "size": case.size, "main_area": area}
        wrong = standards.method_refused(case.area, day, grade=case.grade, method=said["method"])
        found[case.pk] = (_("不能用这种方式"), wrong) if wrong else standards.tried(case.area, day, asked=asked)
    return found


def _page(
    request: HttpRequest,
    act: Bulk,
    do: str,
    form: django_forms.Form,
    shown: list[Case],
    *,
    ticked: set[str],
    refused: Refusals | None = None,
    tried: dict[int, tuple[str, str]] | None = None,
    status: int = 200,
) -> HttpResponse:
    rows = lines(shown, clock.today())
    for row in rows:
        case = row["case"]
        row["ticked"] = case.number in ticked
        row["agreed"] = request.POST.get(f"agreed-{case.number}", "")
        row["main_area"] = request.POST.get(f"main_area-{case.number}", "")
        row["auxiliary_area"] = request.POST.get(f"auxiliary_area-{case.number}", "")
        row["why"] = refused[case.pk].message if refused and case.pk in refused else ""
        row["tried"] = (tried or {}).get(case.pk)
        own = _words(request, act, case)
        row["words"] = [
            {"name": f"{name}-{case.number}", "label": label, "typed": own[name]}
            for name, label in act.words
            if name != "seen" or "visit" not in case.marks
        ]
    context = {
        "act": act,
        "do": do,
        "form": form,
        "lines": rows,
        "level": _(LEVEL_NAMES[act.level]) if act.level is not None else "",
        "back": f"{reverse('cases:list')}?work={act.work}",
        "most": (most := MEETING if act.votes else MOST),
        "full": len(rows) >= most,
        "look": act.tries,
        "tried": tried is not None,
        "sheet": act.work if act.work in SHEETS and act.level is None else "",
        "longest": WORDS_LONGEST,
        "shots": SHOTS["review"] if act.votes else None,
        "album": _album(request) if act.votes else None,
    }
    return on_the_spot(render(request, "cases/many.html", context, status=status))
