"""What the pages of plans, of 应改尽改 and of quota ask of a person. Which of it a rule needs is the rule's to say."""

from collections.abc import Sequence
from datetime import date
from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from anju import clock
from anju.cases.forms import DayForm, Needed
from anju.policy.values.programme import STEPS

OTHERS = tuple(step for step in STEPS if step not in ("start", "completion"))


def _days() -> forms.DateInput:
    return forms.DateInput({"type": "date"}, format="%Y-%m-%d")


def _text(label: Any, *, rows: int = 2, most: int = 300, needed: bool = False) -> forms.CharField:
    kind = Needed if needed else forms.CharField
    return kind(label=label, max_length=most, required=needed, widget=forms.Textarea({"rows": rows}))


class PlanForm(forms.Form):
    """The year's task with its days."""

    area = forms.ChoiceField(label=gettext_lazy("地方"))
    year = forms.IntegerField(label=gettext_lazy("年度"), min_value=2009, max_value=2100)
    households = forms.IntegerField(label=gettext_lazy("任务户数"), max_value=10_000_000)
    complete_due = forms.DateField(label=gettext_lazy("全部竣工期限"), widget=_days())
    start_due = forms.DateField(label=gettext_lazy("全部开工期限"), required=False, widget=_days())
    approval = forms.DateField(label=gettext_lazy("批准期限"), required=False, widget=_days())
    survey = forms.DateField(label=gettext_lazy("摸排施工方式期限"), required=False, widget=_days())
    preparation = forms.DateField(
        label=gettext_lazy("备料、培训、协议期限"), required=False, widget=_days(), help_text=gettext_lazy("不填的从竣工期限倒排")
    )
    document = forms.CharField(label=gettext_lazy("下达文号"), max_length=120, required=False)

    def __init__(self, *arguments: Any, places: Sequence[tuple[str, str]], **more: Any) -> None:
        super().__init__(*arguments, **more)
        self.fields["area"].choices = places  # type: ignore[attr-defined]
        self.fields["year"].initial = clock.today().year

    def clean(self) -> dict[str, Any]:
        """The days of the steps without a field of their own in one."""
        said = super().clean() or self.cleaned_data
        said["days"] = {step: said.pop(step, None) for step in OTHERS}
        return said


class HandDownForm(forms.Form):
    """What is said once of a hand-down; the rows are read apart."""

    document = forms.CharField(label=gettext_lazy("下达文号"), max_length=120, required=False)


class QuotaForm(DayForm):
    """How many more, or fewer, and why."""

    year = forms.IntegerField(label=gettext_lazy("年度"), min_value=2009, max_value=2100)
    households = forms.IntegerField(label=gettext_lazy("增加户数"), help_text=gettext_lazy("减少的写负数，如 -20"))
    asked_of = forms.ChoiceField(label=gettext_lazy("向哪一级申请"))
    reason = _text(gettext_lazy("理由"), rows=3, most=500, needed=True)
    document = forms.CharField(label=gettext_lazy("申请文号"), max_length=120, required=False)
    field_order = ("households", "year", "asked_of", "on", "reason", "document")

    def __init__(self, *arguments: Any, levels: Sequence[tuple[str, str]], **more: Any) -> None:
        super().__init__(*arguments, **more)
        self.fields["asked_of"].choices = levels  # type: ignore[attr-defined]
        self.fields["year"].initial = clock.today().year


class AnswerForm(DayForm):
    """How many are granted, and what is said with it."""

    granted = forms.IntegerField(label=gettext_lazy("同意的户数"), help_text=gettext_lazy("不同意的写 0，并写理由"))
    answer = _text(gettext_lazy("答复意见"), rows=3, most=500)
    document = Needed(label=gettext_lazy("答复文号"), max_length=120, required=False)
    field_order = ("granted", "on", "answer", "document")


class WithdrawQuotaForm(DayForm):
    """Why it isn't asked for any more."""

    reason = _text(gettext_lazy("撤回的理由"), needed=True)
    field_order = ("reason", "on")


class SeenForm(forms.Form):
    """Nothing is asked."""


def day_typed(said: str) -> date | None:
    """A day as a row of a table has it; None where none was typed. Raises ``ValueError`` for what is no day."""
    typed = said.strip()
    try:
        return date.fromisoformat(typed) if typed else None
    except ValueError as unreadable:
        raise ValueError(_("看不懂日期")) from unreadable


def count_typed(said: str) -> int | None:
    """A number as a row of a table has it; None where none was typed. Raises ``ValueError`` for what is no number of households."""
    typed = said.strip().replace(",", "").replace("，", "")
    if not typed:
        return None
    if not typed.isdecimal() or len(typed) > 7:
        raise ValueError(_("任务户数应是整数"))
    return int(typed)
