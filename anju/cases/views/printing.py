"""The papers of a case and the whole file of a household as PDF; each opening is kept as a reading."""

from collections.abc import Callable

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from anju.accounts.asking import user_of
from anju.cases import actions, papers
from anju.cases.papers import About
from anju.cases.views.within import case_of, household_of
from anju.cases.whole_file import whole_file
from anju.evidence import store
from anju.registry.models import Household

UNPRINTED = (*papers.UNPRINTED, store.Away)
"""Why there is no paper just now; the texts say what to do."""
PAPERS: dict[str, Callable[[About], bytes | None]] = {
    "application": papers.application_pdf,
    "review": papers.review_pdf,
    "agreement": papers.agreement_pdf,
}


def answered(request: HttpRequest, household: Household, paper: str, of: str, made: bytes) -> HttpResponse:
    """A paper as a file; that it was opened is kept."""
    actions.read_paper(household=household, paper=paper, of=of, by=user_of(request))
    response = HttpResponse(made, content_type="application/pdf")
    response["Content-Disposition"] = f'inline; filename="{of}-{paper}.pdf"'
    response["Cache-Control"] = "private, no-store"
    return response


def _paper(request: HttpRequest, number: str, paper: str) -> HttpResponseBase:
    case = case_of(request, number)
    lacks = {
        "application": _("历年录入的改造不是在这里申请的，没有申请审批表。"),
        "review": _("村里还没有评议，没有评议记录。"),
        "agreement": _("还没有登记协议或承诺书。"),
    }
    try:
        made = PAPERS[paper](About.of(case))
    except UNPRINTED as refusal:
        messages.error(request, str(refusal))
        return redirect("cases:show", number)
    if made is None:
        messages.error(request, lacks[paper])
        return redirect("cases:show", number)
    return answered(request, case.household, paper, case.number, made)


@require_safe
def application(request: HttpRequest, number: str) -> HttpResponseBase:
    """申请审批表."""
    return _paper(request, number, "application")


@require_safe
def review(request: HttpRequest, number: str) -> HttpResponseBase:
    """评议记录 of the meeting that reviewed the case."""
    return _paper(request, number, "review")


@require_safe
def agreement(request: HttpRequest, number: str) -> HttpResponseBase:
    """协议 or 承诺书 that holds."""
    return _paper(request, number, "agreement")


@require_safe
def archive(request: HttpRequest, number: str) -> HttpResponseBase:
    """一户一档: the household's complete file."""
    household = household_of(request, number)
    try:
        made = whole_file(household, user_of(request))
    except UNPRINTED as refusal:
        messages.error(request, str(refusal))
        return redirect("households:page", number)
    if made is None:
        messages.error(request, _("户 %(number)s 没有改造，没有改造档案。") % {"number": number})
        return redirect("households:page", number)
    return answered(request, household, "archive", number, made)
