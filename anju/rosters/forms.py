"""What a page asks of a person about lists."""

from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from anju import clock
from anju.accounts.models import User
from anju.accounts.scope import within
from anju.divisions.models import Division
from anju.registry.models import Category
from anju.rosters.models import Disposition
from anju.vocabulary.division import Level


class ReceiveForm(forms.Form):
    """What a workbook doesn't tell: the day it describes and, for a user above the county, the county."""

    as_of = forms.DateField(label=gettext_lazy("数据截至"), widget=forms.DateInput({"type": "date"}, format="%Y-%m-%d"))
    area = forms.ChoiceField(label=gettext_lazy("县区"), required=False)

    def __init__(self, *arguments: Any, user: User, **more: Any) -> None:
        super().__init__(*arguments, **more)
        if len(user.area) >= 6:
            del self.fields["area"]
        else:
            counties = Division.objects.filter(within(user.area, "code"), level=Level.COUNTY, valid_to__isnull=True).values_list(
                "code", "full_name"
            )
            field = self.fields["area"]
            assert isinstance(field, forms.ChoiceField)
            field.choices = [("", _("请选择")), *counties[:3000]]
            field.required = True

    def clean_as_of(self) -> Any:
        """Not after today."""
        day = self.cleaned_data["as_of"]
        if day > clock.today():
            raise ValidationError(_("数据截止日晚于今天，请改正。"))
        return day


class NobodyForm(forms.Form):
    """A department reports that nobody is on its list this time."""

    category = forms.ModelChoiceField(label=gettext_lazy("哪份名单"), queryset=Category.objects.none(), empty_label=gettext_lazy("请选择"))
    as_of = forms.DateField(label=gettext_lazy("数据截至"), widget=forms.DateInput({"type": "date"}, format="%Y-%m-%d"))

    def __init__(self, *arguments: Any, user: User, **more: Any) -> None:
        super().__init__(*arguments, **more)
        today = clock.today()
        known = Category.objects.filter(valid_from__lte=today).exclude(valid_to__lt=today)
        field = self.fields["category"]
        assert isinstance(field, forms.ModelChoiceField)
        field.queryset = known.filter(owner=user.organisation.kind) if user.role == "sender" else known

    def clean_as_of(self) -> Any:
        """Not after today."""
        day = self.cleaned_data["as_of"]
        if day > clock.today():
            raise ValidationError(_("数据截止日晚于今天，请改正。"))
        return day


class LetterForm(forms.Form):
    """A letter back to the sending department: until when it should answer. Whom it is to and its number are known."""

    answer_by = forms.DateField(
        label=gettext_lazy("请于此日前答复"), required=False, widget=forms.DateInput({"type": "date"}, format="%Y-%m-%d")
    )

    def clean_answer_by(self) -> Any:
        """Not a day that is over."""
        day = self.cleaned_data["answer_by"]
        if day is not None and day < clock.today():
            raise ValidationError(_("答复期限早于今天，请改正。"))
        return day


ANSWERS = [(value, label) for value, label in Disposition.choices if value != Disposition.PENDING]
