"""Changes of one household, as a clerk enters them."""

from collections.abc import Sequence
from datetime import date
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from anju.registry.models import Leaving
from anju.registry.queries import Member


def _people(members: Sequence[Member]) -> list[tuple[int, str]]:
    return [(member.person_id, f"{member.name}（{member.relation_name}）") for member in members]


class DayField(forms.DateField):
    """A day picked from the calendar."""

    def __init__(self, **options: Any) -> None:
        super().__init__(widget=forms.DateInput({"type": "date"}, format="%Y-%m-%d"), **options)


class HeadForm(forms.Form):
    """Another member becomes the head."""

    head = forms.TypedChoiceField(label=_("新户主"), coerce=int)
    on = DayField(label=_("从哪天起"))

    def __init__(self, data: Any = None, *, members: Sequence[Member], today: date) -> None:
        super().__init__(data, initial={"on": today}, auto_id="head_%s")
        self.fields["head"].choices = _people([member for member in members if not member.is_head])  # type: ignore[attr-defined]


class LeaveForm(forms.Form):
    """A member is one no more."""

    person = forms.TypedChoiceField(label=_("成员"), coerce=int)
    reason = forms.ChoiceField(label=_("原因"), choices=Leaving.choices)
    on = DayField(label=_("哪天"))
    new_head = forms.TypedChoiceField(label=_("户主减少时，由谁接任"), coerce=int, required=False, empty_value=None)

    def __init__(self, data: Any = None, *, members: Sequence[Member], today: date) -> None:
        super().__init__(data, initial={"on": today}, auto_id="leave_%s")
        self.fields["person"].choices = _people(members)  # type: ignore[attr-defined]
        self.fields["new_head"].choices = [("", _("不换户主")), *_people([one for one in members if not one.is_head])]  # type: ignore[attr-defined]


class MoveForm(forms.Form):
    """The household lives in another village from a day on."""

    village = forms.CharField(label=_("迁往的村"), max_length=80, help_text=_("写乡镇和村，例如 大冷镇程沟村"))
    address = forms.CharField(label=_("住址"), max_length=200, required=False)
    on = DayField(label=_("从哪天起"))

    def __init__(self, data: Any = None, *, today: date) -> None:
        super().__init__(data, initial={"on": today}, auto_id="move_%s")


class SplitForm(forms.Form):
    """Some members become a household of their own."""

    members = forms.TypedMultipleChoiceField(label=_("分出的成员"), coerce=int, widget=forms.CheckboxSelectMultiple)
    head = forms.TypedChoiceField(label=_("新户的户主"), coerce=int)
    on = DayField(label=_("从哪天起"))

    def __init__(self, data: Any = None, *, members: Sequence[Member], today: date) -> None:
        super().__init__(data, initial={"on": today}, auto_id="split_%s")
        others = _people([member for member in members if not member.is_head])
        for name in ("members", "head"):
            self.fields[name].choices = others  # type: ignore[attr-defined]


class MergeForm(forms.Form):
    """The household goes into another."""

    into = forms.CharField(label=_("并入哪一户"), max_length=20, help_text=_("写那一户的户编号"))
    on = DayField(label=_("从哪天起"))

    def __init__(self, data: Any = None, *, today: date) -> None:
        super().__init__(data, initial={"on": today}, auto_id="merge_%s")
