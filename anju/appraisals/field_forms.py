"""What is asked about rounds, at a house that is looked at, of a hazard, of a household without a house, and of re-checks."""

import re
from decimal import Decimal
from typing import Any

from django import forms
from django.conf import settings
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, override

from anju import clock
from anju.accounts.models import User
from anju.appraisals import populations
from anju.appraisals.models import Hazard, Round, Screening
from anju.registry.models import Category


def _day(label: Any, *, required: bool = True) -> forms.DateField:
    return forms.DateField(label=label, required=required, widget=forms.DateInput({"type": "date"}, format="%Y-%m-%d"))


def _text(label: Any, *, most: int, rows: int = 2, hint: Any = "", required: bool = True) -> forms.CharField:
    return forms.CharField(label=label, max_length=most, help_text=hint, required=required, widget=forms.Textarea({"rows": rows}))


class _OfThePast(forms.Form):
    """A form whose days lie no later than today: today is proposed, later days can't be picked."""

    past: tuple[str, ...] = ("on",)

    def __init__(self, *arguments: Any, **more: Any) -> None:
        today = clock.today()
        more["initial"] = {"on": today, **more.get("initial", {})}
        super().__init__(*arguments, **more)
        for name in self.past:
            self.fields[name].widget.attrs["max"] = today.isoformat()


# ------------------------------------------------------------------------------------------------ rounds


class RoundForm(forms.Form):
    """开展轮次."""

    name = forms.CharField(label=gettext_lazy("轮次名称"), max_length=80, help_text=gettext_lazy("如：2020年农村住房安全“回头看”"))
    kind = forms.ChoiceField(label=gettext_lazy("排查类型"), choices=Round.Kind.choices)
    area = forms.ChoiceField(label=gettext_lazy("范围"))
    starts_on = _day(gettext_lazy("开始"))
    ends_on = _day(gettext_lazy("结束"))
    categories = forms.MultipleChoiceField(
        label=gettext_lazy("排查对象"), required=False, widget=forms.CheckboxSelectMultiple, help_text=gettext_lazy("不选：所有农户")
    )
    population = forms.ChoiceField(
        label=gettext_lazy("只看"), required=False, help_text=gettext_lazy("改造后回头看的，选改造过的户，写哪些年度")
    )
    first_year = forms.IntegerField(label=gettext_lazy("年度自"), required=False, min_value=2009, max_value=2100)
    last_year = forms.IntegerField(label=gettext_lazy("年度至"), required=False, min_value=2009, max_value=2100)
    document = forms.CharField(label=gettext_lazy("文号"), max_length=120, required=False)
    appraise = forms.BooleanField(label=gettext_lazy("本轮逐户鉴定，不只排查"), required=False)

    def __init__(self, *arguments: Any, places: list[tuple[str, str]], **more: Any) -> None:
        super().__init__(*arguments, **more)
        self.fields["area"].choices = places  # type: ignore[attr-defined]
        self.fields["population"].choices = [("", _("不限")), *((one.code, one.title) for one in populations.declared())]  # type: ignore[attr-defined]
        self.fields["categories"].choices = [(one.code, str(one)) for one in Category.objects.all()]  # type: ignore[attr-defined]


class StaffForm(forms.Form):
    """登记投入."""

    cadres = forms.IntegerField(label=gettext_lazy("干部人次"), min_value=0, max_value=9_999_999, help_text=gettext_lazy("到目前的累计数"))
    experts = forms.IntegerField(label=gettext_lazy("专家人次"), min_value=0, max_value=9_999_999)


# ------------------------------------------------------------------------------------------------ at the house

SIGNS: dict[str, Any] = {
    "wall": gettext_lazy("墙体开裂、外鼓或倾斜"),
    "timber": gettext_lazy("梁柱、檩条断裂或糟朽"),
    "roof": gettext_lazy("屋面塌陷、漏雨"),
    "ground": gettext_lazy("地基下沉、开裂"),
    "site": gettext_lazy("滑坡、崩塌、洪水威胁"),
    "altered": gettext_lazy("拆改承重墙、私自加层"),
}
"""What is seen of a house that may be dangerous (domain 2.1.2: the components that are looked at first)."""


def signs_of(note: str) -> tuple[list[str], str]:
    """The signs that a note says as ``ScreenForm.said`` keeps them, and what else it says."""
    with override(settings.LANGUAGE_CODE):
        comma, stop, words = _("、"), _("；"), {str(word): sign for sign, word in SIGNS.items()}
    either = "|".join(map(re.escape, words))
    found = re.match(rf"({either})(?:{re.escape(comma)}(?:{either}))*(?:{re.escape(stop)}|$)", note)
    if found is None:
        return [], note
    return [words[word] for word in re.findall(either, found.group())], note[found.end() :]


def result_says(code: str) -> str:
    """A result with what it means, so that whoever looks needn't have read the guide."""
    return {
        Screening.Result.FINE.value: _("墙、屋面、地基没有明显的裂缝、倾斜、下沉；场地没有滑坡、洪水威胁"),
        Screening.Result.SUSPECT.value: _("看到下面任何一种情况，或拿不准；列入待鉴定"),
        Screening.Result.NO_HOUSE.value: _("没有自己的住房，借住、租住或住公房；接着按程序认定"),
        Screening.Result.ABSENT.value: _("家里没人，也没有能代为说明的人；以后再去"),
    }[code]


class ScreenForm(_OfThePast):
    """排查一户."""

    result = forms.ChoiceField(
        label=gettext_lazy("排查结果"), choices=Screening.Result.choices, error_messages={"required": gettext_lazy("请选择看到的情况")}
    )
    signs = forms.MultipleChoiceField(label=gettext_lazy("看到了什么"), required=False, choices=list(SIGNS.items()))
    note = _text(gettext_lazy("备注"), most=200, required=False)
    lives_here = forms.NullBooleanField(label=gettext_lazy("有人居住"), required=False)
    on = _day(gettext_lazy("排查日期"))

    def clean(self) -> dict[str, Any]:
        """A suspect house says what was seen; nothing dangerous and a sign of danger contradict each other."""
        given = super().clean() or {}
        result, signs = given.get("result"), given.get("signs") or []
        if result == Screening.Result.SUSPECT and not signs and not given.get("note", "").strip():
            self.add_error("signs", _("疑似危房请勾选看到的情况，或写在备注里"))
        if result == Screening.Result.FINE and signs:
            self.add_error("result", _("勾选了“%s”，不能登记为未见危险") % str(SIGNS[signs[0]]))
        return given

    def said(self) -> str:
        """The signs in words, then the note, as they are kept."""
        given = self.cleaned_data
        with override(settings.LANGUAGE_CODE):
            words = _("、").join(str(SIGNS[sign]) for sign in given["signs"]) if given["result"] == Screening.Result.SUSPECT else ""
            return _("；").join(part for part in (words, given["note"].strip()) if part)


# ------------------------------------------------------------------------------------------------ hazards


class HazardForm(_OfThePast):
    """上报险情."""

    way = forms.ChoiceField(label=gettext_lazy("发现途径"), choices=Hazard.Way.choices, initial=Hazard.Way.HOUSEHOLD)
    cause = forms.ChoiceField(label=gettext_lazy("成因"), choices=[("", gettext_lazy("请选择")), *Hazard.Cause.choices])
    description = _text(gettext_lazy("什么情况"), most=500, rows=3, hint=gettext_lazy("哪间房、哪面墙、什么时候开始的；按农户说的记"))
    reporter = forms.CharField(label=gettext_lazy("报告人"), max_length=60, required=False)
    on = _day(gettext_lazy("发现日期"))
    urgent = forms.BooleanField(label=gettext_lazy("紧急：可能倒塌，人应先转移"), required=False)


class CheckForm(_OfThePast):
    """核实."""

    found = forms.ChoiceField(
        label=gettext_lazy("核实结果"),
        choices=[("yes", gettext_lazy("有险情，要鉴定")), ("no", gettext_lazy("没有险情，解除"))],
        initial="yes",
    )
    note = _text(gettext_lazy("到现场看到的情况"), most=300)
    urgent = forms.BooleanField(label=gettext_lazy("紧急：可能倒塌，人应先转移"), required=False)
    on = _day(gettext_lazy("核实日期"))

    def clean_found(self) -> bool:
        """Whether the danger is there."""
        return bool(self.cleaned_data["found"] == "yes")


class EvacuateForm(_OfThePast):
    """登记转移."""

    on = _day(gettext_lazy("转移日期"))


class LiftForm(_OfThePast):
    """解危销号."""

    how = _text(gettext_lazy("怎样解决的"), most=200)
    on = _day(gettext_lazy("销号日期"))


# ------------------------------------------------------------------------------------------------ without a house


class NoHouseForm(_OfThePast):
    """认定无房户."""

    past = ("applied_on", "village_on", "on")
    applied_on = _day(gettext_lazy("本人申请日期"))
    village_on = _day(gettext_lazy("村评议日期"))
    village_opinion = _text(gettext_lazy("村评议意见"), most=200)
    on = _day(gettext_lazy("乡镇审核日期"))
    township_opinion = _text(gettext_lazy("乡镇审核意见"), most=200)


class HousedForm(_OfThePast):
    """结束无房认定."""

    on = _day(gettext_lazy("有住房的日期"))


# ------------------------------------------------------------------------------------------------ re-checks


class DrawForm(_OfThePast):
    """抽取复核."""

    past = ("since", "until")
    appraiser = forms.ChoiceField(label=gettext_lazy("鉴定人"))
    since = _day(gettext_lazy("鉴定日期自"))
    until = _day(gettext_lazy("鉴定日期至"))
    share = forms.DecimalField(label=gettext_lazy("抽取比例（%）"), max_digits=5, decimal_places=2, min_value=0, max_value=100)
    seed = forms.CharField(
        label=gettext_lazy("随机数"),
        max_length=40,
        required=False,
        help_text=gettext_lazy("不填由系统产生；凭它可以重抽出同一批"),
    )

    def __init__(self, *arguments: Any, appraisers: list[tuple[int, str]], source: str = "", **more: Any) -> None:
        super().__init__(*arguments, **more)
        self.fields["appraiser"].choices = [("", _("请选择")), *appraisers]  # type: ignore[attr-defined]
        self.fields["share"].help_text = source

    def clean_appraiser(self) -> User:
        """Whose work is drawn from."""
        return User.objects.get(pk=int(self.cleaned_data["appraiser"]))

    def clean_share(self) -> Decimal:
        """Of one."""
        return Decimal(self.cleaned_data["share"]) / 100


class SettleForm(_OfThePast):
    """登记复核结果."""

    same = forms.ChoiceField(
        label=gettext_lazy("复核结果"), choices=[("yes", gettext_lazy("一致")), ("no", gettext_lazy("不一致"))], initial="yes"
    )
    note = _text(gettext_lazy("说明"), most=300, required=False, hint=gettext_lazy("不一致的，写明不同在哪里"))
    on = _day(gettext_lazy("复核日期"))

    def clean_same(self) -> bool:
        """Whether the second look says the same."""
        return bool(self.cleaned_data["same"] == "yes")


class VoidForm(forms.Form):
    """作废抽查."""

    reason = _text(gettext_lazy("为什么作废"), most=200)
