"""What the pages of guarantees and of the danger ledger ask of a person."""

from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from anju import clock
from anju.vocabulary.route import CATEGORY_NAMES, ROUTES, Category


def _days(**attributes: Any) -> forms.DateInput:
    return forms.DateInput({"type": "date", **attributes}, format="%Y-%m-%d")


def _reason(label: Any, most: int = 200) -> forms.CharField:
    return forms.CharField(label=label, max_length=most, required=False, widget=forms.Textarea({"rows": 2}))


def routes() -> list[Any]:
    """The ways that are entered by hand, under the category they count as."""
    return [
        (_(CATEGORY_NAMES[category]), [(one.code, _(one.name)) for one in ROUTES.values() if one.category is category and not one.works])
        for category in (Category.GUARANTEED, Category.RENOVATED)
    ]


class WayForm(forms.Form):
    """How a household is housed; which of the fields a way needs is the rule of the action, so that the refusal names it."""

    route = forms.ChoiceField(label=gettext_lazy("保障途径"))
    since = forms.DateField(label=gettext_lazy("入住日期"), widget=_days())
    until = forms.DateField(
        label=gettext_lazy("最后一天"), required=False, widget=_days(), help_text=gettext_lazy("合同、同意书到期的那一天；租住、借住必填")
    )
    provider = forms.CharField(
        label=gettext_lazy("住房由谁提供"),
        max_length=100,
        required=False,
        help_text=gettext_lazy("出租人、亲属、搬迁项目、产权单位；计入保障安全的必填"),
    )
    relation = forms.CharField(label=gettext_lazy("与提供人的关系"), max_length=30, required=False)
    place = forms.CharField(label=gettext_lazy("现住址"), max_length=200, required=False)
    document = forms.CharField(
        label=gettext_lazy("佐证材料"),
        max_length=120,
        required=False,
        help_text=gettext_lazy("合同、协议、安置文件的名称和编号；没有的先拍照"),
    )
    safe_because = forms.CharField(
        label=gettext_lazy("现住房为什么安全"),
        max_length=200,
        required=False,
        help_text=gettext_lazy("鉴定报告号、验收文件；计入保障安全的必填"),
    )
    note = _reason(gettext_lazy("备注"), 300)

    def __init__(self, *arguments: Any, **more: Any) -> None:
        super().__init__(*arguments, **more)
        self.fields["route"].choices = [("", _("请选择")), *routes()]  # type: ignore[attr-defined]
        self.fields["since"].widget.attrs["max"] = clock.today().isoformat()


class CorrectForm(WayForm):
    """The same, and why it was wrong."""

    reason = _reason(gettext_lazy("为什么更正"))
    field_order = ("reason",)


class EndForm(forms.Form):
    """When and why a way came to its end."""

    on = forms.DateField(label=gettext_lazy("结束日期"), widget=_days())
    reason = _reason(gettext_lazy("为什么结束"))

    def __init__(self, *arguments: Any, **more: Any) -> None:
        more.setdefault("initial", {"on": clock.today()})
        super().__init__(*arguments, **more)
        self.fields["on"].widget.attrs["max"] = clock.today().isoformat()


class WithdrawForm(forms.Form):
    """Why a way never was one."""

    reason = _reason(gettext_lazy("为什么撤销"))


class MakeForm(forms.Form):
    """A stock to be made: the ledger of which day."""

    as_of = forms.DateField(label=gettext_lazy("截至日期"), widget=_days())

    def __init__(self, *arguments: Any, **more: Any) -> None:
        more.setdefault("initial", {"as_of": clock.today()})
        super().__init__(*arguments, **more)
        self.fields["as_of"].widget.attrs["max"] = clock.today().isoformat()


class VoidForm(forms.Form):
    """Why a stock isn't valid."""

    reason = _reason(gettext_lazy("为什么作废"))


class StrikeForm(forms.Form):
    """Why a household is struck from the stock."""

    on = forms.DateField(label=gettext_lazy("销档日期"), widget=_days())
    reason = _reason(gettext_lazy("凭什么销档"))

    def __init__(self, *arguments: Any, **more: Any) -> None:
        more.setdefault("initial", {"on": clock.today()})
        super().__init__(*arguments, **more)
        self.fields["on"].widget.attrs["max"] = clock.today().isoformat()
