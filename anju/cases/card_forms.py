"""What is asked of a household's bank card, by itself and with its application."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy

from anju import clock
from anju.cases.forms import ApplyForm, Needed
from anju.registry.actions import Card
from anju.registry.models import Household
from anju.vocabulary.bankcard import BANK_LONGEST


def _number(**more: Any) -> Needed:
    widget = forms.TextInput({"inputmode": "numeric", "autocomplete": "off", "size": 24})
    return Needed(
        label=gettext_lazy("银行卡号"), max_length=40, widget=widget, help_text=gettext_lazy("照卡面填写，12 到 19 位，可有空格"), **more
    )


def _holder(**more: Any) -> Needed:
    return Needed(label=gettext_lazy("持卡人"), max_length=60, help_text=gettext_lazy("照卡面或存折；应是户主本人"), **more)


def _bank(**more: Any) -> Needed:
    return Needed(label=gettext_lazy("开户银行"), max_length=BANK_LONGEST, **more)


def _compared() -> forms.BooleanField:
    return forms.BooleanField(label=gettext_lazy("号码已与卡面逐位核对"), required=False)


class CardForm(forms.Form):
    """Number, holder and bank as they stand on the card, from which day."""

    number = _number()
    holder = _holder()
    bank = _bank()
    since = forms.DateField(label=gettext_lazy("从哪天起用"), widget=forms.DateInput({"type": "date"}, format="%Y-%m-%d"))
    compared = _compared()

    def __init__(self, *arguments: Any, **more: Any) -> None:
        super().__init__(*arguments, **more)
        today = clock.today()
        self.fields["since"].initial = today
        self.fields["since"].widget.attrs["max"] = today.isoformat()


class EndCardForm(forms.Form):
    """Why a card is used no more."""

    reason = Needed(label=gettext_lazy("停用的理由"), max_length=200)


class ApplyWithCardForm(ApplyForm):
    """An application, perhaps with the card to which the subsidy is to go."""

    card_number = _number(required=False)
    card_holder = _holder(required=False)
    card_bank = _bank(required=False)
    card_compared = _compared()
    field_order: tuple[str, ...] = ("household", "on", "card_number", "card_holder", "card_bank", "card_compared")

    def card(self, household: Household) -> Card | None:
        """The card, where anything was filled in of one."""
        typed = {name: str(self.cleaned_data.get(f"card_{name}") or "").strip() for name in ("number", "holder", "bank")}
        if not any(typed.values()):
            return None
        return Card(household=household.pk, since=self.cleaned_data["on"], compared=bool(self.cleaned_data.get("card_compared")), **typed)
