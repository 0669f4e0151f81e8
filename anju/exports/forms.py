"""The choice of a mask policy, and another person's word."""

from django import forms
from django.utils.translation import gettext_lazy as _

from anju.vocabulary.masking import POLICIES


class MaskForm(forms.Form):
    """Which policy, and why."""

    policy = forms.ChoiceField(label=_("规则"), choices=[(code, code) for code in POLICIES])
    reason = forms.CharField(label=_("理由和依据"), max_length=300, error_messages={"required": _("请写明理由和依据；换规则会留下记录。")})
