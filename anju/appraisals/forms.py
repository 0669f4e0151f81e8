"""What the pages of appraisals ask of a person, besides the appraisal form itself (``sheet``)."""

import re
from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from anju import clock
from anju.accounts.models import Organisation
from anju.appraisals.models import Appraisal, Round
from anju.registry.models import DwellingState
from anju.vocabulary.grade import GRADES

_SEPARATORS = re.compile(r"[、，,；;\s]+")


def _days(**attributes: Any) -> forms.DateInput:
    return forms.DateInput({"type": "date", **attributes}, format="%Y-%m-%d")


def _text(label: Any, *, rows: int = 2, most: int = 500, hint: Any = "", required: bool = True) -> forms.CharField:
    return forms.CharField(label=label, max_length=most, help_text=hint, required=required, widget=forms.Textarea({"rows": rows}))


class AppraisalForm(forms.Form):
    """The head and foot of the appraisal form: which house, when, by whom, and the conclusion."""

    house = forms.ChoiceField(label=gettext_lazy("房屋"))
    on = forms.DateField(label=gettext_lazy("鉴定日期"), widget=_days())
    structure = forms.ChoiceField(label=gettext_lazy("结构形式"), choices=[("", gettext_lazy("请选择")), *DwellingState.Structure.choices])
    storeys = forms.IntegerField(label=gettext_lazy("层数"), min_value=1, max_value=99)
    kind = forms.ChoiceField(label=gettext_lazy("鉴定或评定"), choices=Appraisal.Kind.choices)
    organiser = forms.ChoiceField(label=gettext_lazy("组织方式"), choices=Appraisal.Organiser.choices)
    agency = forms.ModelChoiceField(
        label=gettext_lazy("鉴定机构"), queryset=Organisation.objects.none(), required=False, empty_label=gettext_lazy("没有")
    )
    trigger = forms.ChoiceField(label=gettext_lazy("为什么鉴定"), choices=Appraisal.Trigger.choices)
    round = forms.ModelChoiceField(
        label=gettext_lazy("轮次"), queryset=Round.objects.none(), required=False, empty_label=gettext_lazy("不属于轮次")
    )
    grade = forms.ChoiceField(
        label=gettext_lazy("结论"),
        required=False,
        help_text=gettext_lazy("与推算不同的，写明理由"),
    )
    why = _text(gettext_lazy("理由"), most=300, required=False)
    advice = forms.ChoiceField(
        label=gettext_lazy("处理建议"), required=False, choices=[("", gettext_lazy("按等级")), *Appraisal.Advice.choices]
    )
    opinion = _text(gettext_lazy("补充意见"), required=False)
    appraisers = forms.CharField(label=gettext_lazy("鉴定人"), max_length=120, help_text=gettext_lazy("几个人用顿号隔开"))
    subsidy = forms.BooleanField(label=gettext_lazy("用于申请补助（先确认身份、后鉴定）"), required=False)

    def __init__(self, *arguments: Any, area: str, houses: list[tuple[str, str]], **more: Any) -> None:
        super().__init__(*arguments, **more)
        self.fields["house"].choices = houses  # type: ignore[attr-defined]
        self.fields["grade"].choices = [("", _("按推算的等级")), *((one, _("%s 级") % one) for one in GRADES)]  # type: ignore[attr-defined]
        stems = [area[:length] for length in (2, 4, 6, 9, 12)]
        self.fields["agency"].queryset = Organisation.objects.filter(  # type: ignore[attr-defined]
            kind="third_party_appraiser", area__in=[*stems, ""]
        ).order_by("name")
        self.fields["round"].queryset = Round.objects.filter(area__in=stems, closed_at=None).order_by("-starts_on")  # type: ignore[attr-defined]
        self.fields["on"].widget.attrs["max"] = clock.today().isoformat()

    def clean_appraisers(self) -> list[str]:
        """Names as they sign."""
        return [name for name in _SEPARATORS.split(str(self.cleaned_data["appraisers"])) if name]


class _Dated(forms.Form):
    on = forms.DateField(label=gettext_lazy("日期"), widget=_days())

    def __init__(self, *arguments: Any, **more: Any) -> None:
        more.setdefault("initial", {"on": clock.today()})
        super().__init__(*arguments, **more)
        self.fields["on"].widget.attrs["max"] = clock.today().isoformat()


class AcknowledgeForm(_Dated):
    """农户签字."""

    agreed = forms.ChoiceField(
        label=gettext_lazy("农户意见"), choices=[("yes", gettext_lazy("同意")), ("no", gettext_lazy("有异议"))], initial="yes"
    )
    field_order = ("agreed", "on")

    def clean_agreed(self) -> bool:
        """Whether the household agrees."""
        return bool(self.cleaned_data["agreed"] == "yes")


class ObjectForm(_Dated):
    """登记异议."""

    raised_by = forms.CharField(label=gettext_lazy("提出人"), max_length=60)
    reason = _text(gettext_lazy("理由"), hint=gettext_lazy("按农户说的记"))
    field_order = ("raised_by", "reason", "on")


class MaintainForm(_Dated):
    """维持原结果."""

    answer = _text(gettext_lazy("给农户的答复"), hint=gettext_lazy("写明复查情况和理由"))
    field_order = ("answer", "on")


class TakeBackForm(_Dated):
    """农户撤回."""

    reason = _text(gettext_lazy("农户为什么撤回"), most=300)
    field_order = ("reason", "on")


class WithdrawForm(forms.Form):
    """作废."""

    reason = _text(gettext_lazy("为什么作废"), most=300)


class IssueForm(_Dated):
    """制牌."""


class HangForm(_Dated):
    """挂牌."""


class TakeDownForm(_Dated):
    """摘牌."""

    reason = _text(gettext_lazy("为什么摘牌"), most=200)
    field_order = ("reason", "on")
