"""What can be done with one case: for each transition its form and action; the title, the rules and who may are the workflow's."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from typing import Any

from django import forms as django_forms

from anju.accounts.models import User
from anju.accounts.roles import Power
from anju.cases import actions, forms
from anju.cases.actions.approving import OFFICES
from anju.cases.actions.stepping import Step
from anju.cases.models import Case
from anju.cases.workflow import WORKFLOW
from anju.refusing import Refused
from anju.vocabulary.fieldwork import Captured


@dataclass(frozen=True)
class CaseAct:
    """One thing done with one case. ``do`` takes the case, who does it and what was filled in. ``aside``: a side road or a correction.
    ``page`` names the address of a page of its own, where there is more to fill in than a case's page holds."""

    form: type[django_forms.Form]
    do: Callable[..., Any]
    aside: bool = False
    page: str = ""


def _one(refused: dict[int, Refused]) -> None:
    """The act of many, done with one: what was refused is raised."""
    for refusal in refused.values():
        raise refusal


def _stepped(code: str) -> Callable[..., Case]:
    def do(*, case: Case, by: User, on: date, captured: Captured, reason: str = "", **details: Any) -> Case:
        return actions.advance(case=case, step=Step(code=code, on=on, reason=reason, details=details, captured=captured), by=by)

    return do


def _reviewed(*, case: Case, by: User, agreed: int, **meeting: Any) -> None:
    _one(actions.review_many(votes=[actions.Vote(case.pk, agreed)], by=by, **meeting))


def _checked(*, case: Case, **given: Any) -> None:
    _one(actions.check_many(cases=[case.pk], **given))


def _township(*, case: Case, **given: Any) -> None:
    _one(actions.review_township(cases=[case.pk], **given))


def _prepared(code: str) -> Callable[..., None]:
    def do(*, case: Case, **given: Any) -> None:
        _one(actions.prepare(cases=[case.pk], code=code, **given))

    return do


def _reported(code: str) -> Callable[..., Case]:
    def do(*, case: Case, **given: Any) -> Case:
        return actions.report(case=case, code=code, **given)

    return do


def _once(do: Callable[..., Any]) -> Callable[..., Any]:
    """An act that a second press of its button doesn't do again anyway."""

    def done(*, captured: Captured, **given: Any) -> Any:
        return do(**given)

    return done


ACTS: dict[str, CaseAct] = {
    "review": CaseAct(forms.ReviewForm, _reviewed),
    "post_village": CaseAct(forms.DayForm, _stepped("post_village")),
    "visit": CaseAct(forms.VisitForm, actions.visit),
    "review_township": CaseAct(forms.OpinionForm, _township),
    "post_township": CaseAct(forms.DayForm, _stepped("post_township")),
    **{f"check_{office.value}": CaseAct(forms.NoteForm, _checked) for office, _name in OFFICES},
    "check": CaseAct(forms.DayForm, _stepped("check")),
    "post_county": CaseAct(forms.DayForm, _stepped("post_county")),
    "approve": CaseAct(forms.ApproveForm, actions.approve),
    "survey_mode": CaseAct(forms.ModeForm, actions.survey_mode),
    "draw_plan": CaseAct(forms.DayForm, actions.draw_plan, page="cases:household-plan"),
    "redraw_plan": CaseAct(forms.DayForm, actions.redraw_plan, aside=True, page="cases:household-plan"),
    "agree": CaseAct(forms.AgreeForm, actions.agree),
    "stock_materials": CaseAct(forms.MaterialsForm, _prepared("stock_materials")),
    "train": CaseAct(forms.TrainingForm, _prepared("train")),
    **{code: CaseAct(forms.NoteForm, _reported(code)) for code in ("start_works", "lay_foundation", "raise_structure", "complete")},
    "resubmit": CaseAct(forms.DayForm, actions.resubmit),
    "resume": CaseAct(forms.DayForm, actions.resume),
    "return": CaseAct(forms.ReasonForm, actions.send_back, aside=True),
    "pause": CaseAct(forms.ReasonForm, actions.pause, aside=True),
    "change_head": CaseAct(forms.ReasonForm, actions.change_head, aside=True),
    "regrade": CaseAct(forms.ReasonForm, actions.regrade, aside=True),
    "split": CaseAct(forms.ReasonForm, actions.split, aside=True),
    "take_other_route": CaseAct(forms.ReasonForm, actions.take_other_route, aside=True),
    "withdraw": CaseAct(forms.WithdrawForm, actions.withdraw, aside=True),
    "refuse": CaseAct(forms.ReasonForm, actions.refuse, aside=True),
}
"""By the transition's code."""
BESIDE: dict[str, CaseAct] = {
    "undo": CaseAct(forms.UndoForm, _once(actions.undo), aside=True),
    "waive": CaseAct(forms.WaiveForm, _once(actions.waive), aside=True),
    "unwaive": CaseAct(forms.UnwaiveForm, _once(actions.unwaive), aside=True),
    "reopen": CaseAct(forms.ReasonForm, actions.reopen, aside=True),
}
"""What is no transition of the case itself."""


def powers_of(user: User) -> set[str]:
    """The powers of the workflow that this person holds."""
    return {code for way in WORKFLOW.transitions for code in way.by if user.may(Power(code))}
