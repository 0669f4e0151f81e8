"""What is typed at the door."""

from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from anju.accounts.signing_in import passwords


class SignInForm(forms.Form):
    """Name and password."""

    login = forms.CharField(
        label=gettext_lazy("用户名"),
        max_length=60,
        widget=forms.TextInput({"autocomplete": "username", "autocapitalize": "none", "spellcheck": "false"}),
    )
    password = forms.CharField(
        label=gettext_lazy("密码"), strip=False, max_length=1000, widget=forms.PasswordInput({"autocomplete": "current-password"})
    )


class CodeForm(forms.Form):
    """A code of the phone, or one from the paper."""

    code = forms.CharField(
        label=gettext_lazy("验证码"),
        max_length=30,
        widget=forms.TextInput({"autocomplete": "one-time-code", "inputmode": "text", "autofocus": True, "spellcheck": "false"}),
    )


class PasswordForm(forms.Form):
    """A new password, twice; the old one where one is already in."""

    old = forms.CharField(
        label=gettext_lazy("现在的密码"), strip=False, max_length=1000, widget=forms.PasswordInput({"autocomplete": "current-password"})
    )
    new = forms.CharField(label=gettext_lazy("新密码"), strip=False, widget=forms.PasswordInput({"autocomplete": "new-password"}))
    again = forms.CharField(label=gettext_lazy("再输一遍"), strip=False, widget=forms.PasswordInput({"autocomplete": "new-password"}))

    def __init__(self, *arguments: Any, ask_old: bool, **more: Any) -> None:
        super().__init__(*arguments, **more)
        self.fields["new"].help_text = passwords.rules()
        if not ask_old:
            del self.fields["old"]

    def clean(self) -> dict[str, Any]:
        """Both the same."""
        given = super().clean() or {}
        if "new" in given and "again" in given and given["new"] != given["again"]:
            self.add_error("again", _("两遍不一样，请再输一遍。"))
        return given


class ReasonForm(forms.Form):
    """Why a security administrator does it: kept in the trail."""

    reason = forms.CharField(label=gettext_lazy("理由"), min_length=2, max_length=200)
