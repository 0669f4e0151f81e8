"""退回函: the mismatches a department should look at, as an official letter; and what it answered."""

from datetime import timedelta
from typing import Any, BinaryIO, cast

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from anju import clock
from anju.accounts.asking import by_dropzone, user_of, why_not
from anju.accounts.roles import Power
from anju.evidence.uploading import too_large
from anju.rosters.actions import letters as acts
from anju.rosters.forms import ANSWERS, LetterForm
from anju.rosters.models import Batch, Disposition, Letter, Mismatch
from anju.rosters.queries import batches
from anju.rosters.queries import letters as reading
from anju.rosters.refusal import Refused
from anju.rosters.views.asking import batch_of

_DAYS_TO_ANSWER = 5


@require_GET
def index(request: HttpRequest) -> HttpResponse:
    """All letters of the area, those without an answer first."""
    user = user_of(request)
    found = reading.letters(user).select_related("batch").order_by("-answered_at", "-id")
    return render(request, "rosters/letters.html", {"letters": list(found[:200]), "today": clock.today()})


@require_http_methods(["GET", "POST"])
def of_batch(request: HttpRequest, pk: int) -> HttpResponse:
    """A list's letters, and writing another."""
    user = user_of(request)
    batch = batch_of(request, pk)
    page = batches.page(batch, user)
    kinds = [one for one in page.kinds if one.total]
    may_write = user.may(Power.DECIDE) and batch.status == Batch.Status.MATCHED
    form = LetterForm(request.POST or None, initial={"answer_by": clock.today() + timedelta(days=_DAYS_TO_ANSWER)})
    if request.method == "POST" and form.is_valid():
        try:
            letter = acts.write_letter(batch=batch, kinds=request.POST.getlist("kind"), by=user, answer_by=form.cleaned_data["answer_by"])
        except Refused as refusal:
            messages.error(request, refusal.message)
        else:
            return redirect("rosters:letter", letter.pk)
    context = {
        "batch": batch,
        "letters": reading.letters(user, batch=batch),
        "kinds": kinds,
        "chosen": request.POST.getlist("kind")
        or request.GET.getlist("kind")
        or [one.kind for one in kinds if one.pending and one.kind in _USUAL],
        "form": form,
        "may_write": may_write,
        "why_not": _("名单已锁定") if batch.status == Batch.Status.LOCKED else why_not(user, Power.DECIDE),
    }
    return render(request, "rosters/letters_of.html", context)


# What usually is the sender's to look at; the others are decided in the house.
_USUAL = (
    Mismatch.Kind.ID_REPAIRED,
    Mismatch.Kind.ID_DAMAGED,
    Mismatch.Kind.SAME_ID_TWO_NAMES,
    Mismatch.Kind.LISTED_TWICE,
    Mismatch.Kind.IN_TWO_HOUSEHOLDS,
)


def _letter(request: HttpRequest, pk: int) -> Letter:
    return get_object_or_404(reading.letters(user_of(request)).select_related("batch", "attachment", "answer_file"), pk=pk)


@require_GET
def show(request: HttpRequest, pk: int) -> HttpResponse:
    """The letter as it is printed, with its answers beside it."""
    user = user_of(request)
    letter = _letter(request, pk)
    page = reading.page(letter, user)
    context: dict[str, Any] = {
        "letter": letter,
        "page": page,
        "kinds": [Mismatch.Kind(kind).label for kind in letter.kinds],
        "answers": ANSWERS,
        "labels": dict(Disposition.choices),
        "may_answer": user.may(Power.ANSWER),
        "why_not": why_not(user, Power.ANSWER),
        "text": _laid_out(letter),
    }
    return render(request, "rosters/letter.html", context)


def _laid_out(letter: Letter) -> dict[str, Any]:
    """The letter's lines where an official letter has them: whom it is to, what it says, what it encloses, who wrote it and when."""
    lines = [line for line in letter.body.split("\n") if line.strip()]
    if len(lines) < 5:
        return {"to": "", "says": lines, "encloses": "", "by": []}
    return {"to": lines[0], "says": lines[1:-3], "encloses": lines[-3], "by": lines[-2:]}


@require_POST
def answer(request: HttpRequest, pk: int) -> HttpResponse:
    """What the department found, row by row or as the workbook filled in."""
    user = user_of(request)
    letter = _letter(request, pk)
    given = request.FILES.get("file")
    try:
        if given is not None and not isinstance(given, list):
            if oversize := too_large(given):
                raise Refused(oversize)
            taken = acts.upload_answer(letter=letter, file=cast("BinaryIO", given), name=given.name or "", by=user)
        else:
            taken = acts.record_answer(letter=letter, by=user, answers=_answers(request))
    except Refused as refusal:
        if given is not None and by_dropzone(request):
            return JsonResponse({"message": refusal.message}, status=422)
        messages.error(request, refusal.message)
    else:
        messages.success(request, _("已记下 %d 行的核实结果。") % taken)
    place = reverse("rosters:letter", args=[pk])
    return JsonResponse({"location": place, "message": ""}) if by_dropzone(request) else redirect(f"{place}#answers")


def _answers(request: HttpRequest) -> dict[int, tuple[str, str]]:
    """Ordinal → (disposition, note) of the rows that were answered."""
    found = {}
    for name, value in request.POST.items():
        ordinal = name.removeprefix("answer-")
        if name.startswith("answer-") and ordinal.isdigit() and value:
            found[int(ordinal)] = (str(value), request.POST.get(f"note-{ordinal}", ""))
    return found
