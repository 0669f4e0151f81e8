"""What is typed on the pages of verification."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from anju.registry.models import Category
from anju.verification.models import CATEGORIES


class ConcludeForm(forms.Form):
    """One household's conclusion."""

    category = forms.ChoiceField(label=_("核验结论"), choices=[(code, _(name)) for code, name in CATEGORIES])
    verifiers = forms.CharField(label=_("核验人"), max_length=120, help_text=_("多人用顿号分开"))
    informant = forms.CharField(label=_("受访人"), max_length=60, required=False)
    interview = forms.CharField(label=_("走访情况"), max_length=500, required=False, widget=forms.Textarea(attrs={"rows": 2}))
    lives_here = forms.NullBooleanField(
        label=_("现住此房"), required=False, widget=forms.Select(choices=[("unknown", _("未问到")), ("true", _("是")), ("false", _("否"))])
    )
    why = forms.CharField(
        label=_("未保障的原因和打算"),
        max_length=500,
        required=False,
        widget=forms.Textarea(attrs={"rows": 2}),
        help_text=_("结论为“未保障”时必填"),
    )

    def clean_verifiers(self) -> list[str]:
        """Names, one each."""
        text: str = self.cleaned_data["verifiers"]
        return [name for name in text.replace("，", "、").replace(",", "、").replace(" ", "、").split("、") if name]


class CampaignForm(forms.Form):
    """A verification to be carried out."""

    name = forms.CharField(label=_("名称"), max_length=80)
    starts_on = forms.DateField(label=_("开始"), widget=forms.DateInput(attrs={"type": "date"}))
    due = forms.DateField(label=_("完成期限"), widget=forms.DateInput(attrs={"type": "date"}))
    categories = forms.MultipleChoiceField(
        label=_("核验对象"), required=False, widget=forms.CheckboxSelectMultiple, help_text=_("不选：所有农户")
    )
    document = forms.CharField(label=_("文号"), max_length=120, required=False)

    def __init__(self, *args: Any, **given: Any) -> None:
        super().__init__(*args, **given)
        self.fields["categories"].choices = [(one.code, str(one)) for one in Category.objects.all()]  # type: ignore[attr-defined]
