"""What a page asks of a person about entries."""

from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from anju import clock
from anju.entries.models import SystemEntry


class MarkForm(forms.Form):
    """Which households stand how in which system."""

    system = forms.ChoiceField(label=gettext_lazy("系统"), choices=SystemEntry.System.choices)
    state = forms.ChoiceField(label=gettext_lazy("录入状态"), choices=SystemEntry.State.choices)
    on = forms.DateField(label=gettext_lazy("日期"), widget=forms.DateInput({"type": "date"}, format="%Y-%m-%d"))
    result = forms.CharField(label=gettext_lazy("退回原因或反馈"), required=False, max_length=300)
    numbers = forms.CharField(
        label=gettext_lazy("户编号"),
        required=False,
        widget=forms.Textarea({"rows": 8, "spellcheck": "false"}),
        help_text=gettext_lazy("从 Excel 整列复制粘贴即可，一次最多两万个；更多的用“批量录入”上传。"),
    )

    def clean_on(self) -> Any:
        """Not after today."""
        day = self.cleaned_data["on"]
        if day > clock.today():
            raise ValidationError(_("日期晚于今天，请改正。"))
        return day

    def clean(self) -> dict[str, Any]:
        """Sent back says why."""
        given = super().clean() or {}
        if given.get("state") == SystemEntry.State.RETURNED and not given.get("result"):
            self.add_error("result", _("退回的要写明原因。"))
        return given
