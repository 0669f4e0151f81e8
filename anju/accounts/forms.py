"""What pages about offices and people ask."""

from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from anju import clock
from anju.accounts import queries
from anju.accounts.models import Organisation, User
from anju.accounts.roles import ROLES
from anju.divisions.models import Division
from anju.vocabulary import division
from anju.vocabulary.office import OFFICE_KINDS


def _known_area(code: str, by: User) -> str:
    stem = division.stem(code.strip())
    if not code.strip().isdecimal() or (stem and not Division.objects.filter(code=stem).exists()):
        raise ValidationError(_("没有这个区划代码。可在“行政区划”页查到，如 210922。"))
    if not division.contains(by.area, stem):
        raise ValidationError(_("不在您的辖区内。"))
    return stem


class OfficeForm(forms.Form):
    """A new office."""

    name = forms.CharField(label=gettext_lazy("机构名称"), max_length=100)
    kind = forms.ChoiceField(label=gettext_lazy("类别"))
    area = forms.CharField(label=gettext_lazy("区划代码"), max_length=12, help_text=gettext_lazy("如 210922；乡镇 9 位，村 12 位。"))

    def __init__(self, *arguments: Any, by: User, **more: Any) -> None:
        super().__init__(*arguments, **more)
        self.by = by
        field = self.fields["kind"]
        assert isinstance(field, forms.ChoiceField)
        field.choices = [(code, _(title)) for code, title in OFFICE_KINDS.items()]

    def clean_area(self) -> str:
        """A code there is, inside the reader's area."""
        return _known_area(self.cleaned_data["area"], self.by)


class AccountForm(forms.Form):
    """A new account."""

    organisation = forms.ModelChoiceField(
        label=gettext_lazy("机构"),
        queryset=Organisation.objects.none(),
        empty_label=gettext_lazy("请选择"),
        help_text=gettext_lazy("机构不在表里的，先到“机构”页登记。"),
    )
    name = forms.CharField(label=gettext_lazy("姓名"), max_length=60)
    login = forms.RegexField(
        label=gettext_lazy("用户名"),
        help_text=gettext_lazy("登录用，开好后不能改。"),
        regex=r"^[a-z0-9][a-z0-9._-]{2,59}$",
        error_messages={"invalid": gettext_lazy("3 至 60 个小写字母、数字或 . _ -，以字母或数字开头。")},
    )
    password = forms.CharField(
        label=gettext_lazy("初始密码"),
        help_text=gettext_lazy("当面或电话告知本人，不要发在群里。"),
        widget=forms.PasswordInput({"autocomplete": "new-password"}),
        strip=False,
    )

    def __init__(self, *arguments: Any, by: User, **more: Any) -> None:
        super().__init__(*arguments, **more)
        field = self.fields["organisation"]
        assert isinstance(field, forms.ModelChoiceField)
        field.queryset = queries.offices(by.area)


class GrantForm(forms.Form):
    """A right to give."""

    role = forms.ChoiceField(label=gettext_lazy("角色"))
    area = forms.CharField(label=gettext_lazy("区划代码"), max_length=12, help_text=gettext_lazy("看得见这个区划和它以下的户。"))
    valid_from = forms.DateField(label=gettext_lazy("自"), widget=forms.DateInput({"type": "date"}, format="%Y-%m-%d"))
    valid_to = forms.DateField(
        label=gettext_lazy("至（空为长期）"), required=False, widget=forms.DateInput({"type": "date"}, format="%Y-%m-%d")
    )
    households = forms.CharField(
        label=gettext_lazy("限于这些户（户编号，每行一个；只用于第三方）"), required=False, widget=forms.Textarea({"rows": 3})
    )
    reason = forms.CharField(label=gettext_lazy("依据或理由"), max_length=200, help_text=gettext_lazy("文件号，或谁的决定。写进留痕。"))

    def __init__(self, *arguments: Any, by: User, **more: Any) -> None:
        super().__init__(*arguments, **more)
        self.by = by
        field = self.fields["role"]
        assert isinstance(field, forms.ChoiceField)
        field.choices = [("", _("请选择")), *((code, _(role.title)) for code, role in ROLES.items())]

    def clean_area(self) -> str:
        """A code there is, inside the giver's area."""
        return _known_area(self.cleaned_data["area"], self.by)

    def clean_households(self) -> list[str]:
        """One number a line."""
        return [line.strip() for line in self.cleaned_data["households"].splitlines() if line.strip()]

    def clean(self) -> dict[str, Any]:
        """The last day isn't before the first, nor in the past."""
        given = super().clean() or {}
        first, last = given.get("valid_from"), given.get("valid_to")
        if last and ((first and last < first) or last < clock.today()):
            self.add_error("valid_to", _("最后一天早于开始日或今天。"))
        return given
