"""What the archive of a case asks of a person. Which of it a rule needs is the rule's to say."""

from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from anju.cases.archives import ITEMS
from anju.cases.forms import DayForm, Needed
from anju.cases.models import ArchivePaper


class FileForm(DayForm):
    """Which paper is filed, where it lies."""

    item = forms.ChoiceField(label=gettext_lazy("材料"))
    on_paper = forms.BooleanField(label=gettext_lazy("纸质件已归入"), required=False, initial=True)
    kept_at = forms.CharField(
        label=gettext_lazy("存放在哪里"), max_length=ArchivePaper.PLACES, required=False, help_text=gettext_lazy("如“镇档案室 3 柜 12 盒”")
    )
    note = forms.CharField(label=gettext_lazy("备注"), max_length=200, required=False)
    field_order = ("item", "on", "on_paper", "kept_at", "note")

    def __init__(self, *arguments: Any, **more: Any) -> None:
        super().__init__(*arguments, **more)
        self.fields["item"].choices = [("", _("请选择")), *((one.code, _(one.title)) for one in ITEMS)]  # type: ignore[attr-defined]


class TakeBackForm(forms.Form):
    """Why a paper is taken back."""

    item = forms.CharField(max_length=20, widget=forms.HiddenInput)
    reason = Needed(label=gettext_lazy("为什么取回"), max_length=200)


class ReviewForm(DayForm):
    """What the reviewer says."""

    note = forms.CharField(label=gettext_lazy("审核意见"), max_length=200, required=False)
    field_order = ("on", "note")
