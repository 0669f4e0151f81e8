"""What the pages of a household's plan and of the drawings catalogue ask of a person. Whether it may be so is the rules' to say."""

import re
from datetime import date
from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from anju import clock
from anju.accounts.models import User
from anju.accounts.scope import scope
from anju.cases import drawings
from anju.cases.forms import Needed
from anju.cases.guards import must_leave
from anju.cases.models import Case, Drawing, HouseholdPlan
from anju.registry.models import Dwelling, DwellingState, Occupancy
from anju.vocabulary.method import DISPOSALS, METHODS
from anju.vocabulary.money import fen_of, yuan
from anju.vocabulary.works import ACCESSIBILITY, MEANWHILE, TOILETS, WORKS, works_of

_CHOOSE = ("", gettext_lazy("请选择"))


class Yuan(forms.CharField):
    """An amount as it is typed, in yuan; fen."""

    def __init__(self, **more: Any) -> None:
        super().__init__(max_length=20, **more)
        self.widget.attrs.update({"inputmode": "decimal", "autocomplete": "off"})

    def clean(self, value: Any) -> Any:
        """Fen; 0 where nothing is typed."""
        typed = str(super().clean(value)).strip()
        if not typed:
            return 0
        try:
            fen = fen_of(typed)
        except ValueError as wrong:
            raise forms.ValidationError(str(wrong)) from wrong
        if fen < 0:
            raise forms.ValidationError(_("金额不能是负数"))
        return fen


def _day(label: Any, *, hint: Any = "", needed: bool = False) -> forms.DateField:
    return forms.DateField(label=label, required=needed, help_text=hint, widget=forms.DateInput({"type": "date"}, format="%Y-%m-%d"))


def _words(label: Any, *, most: int, hint: Any = "", rows: int = 0) -> forms.CharField:
    widget = forms.Textarea({"rows": rows}) if rows else forms.TextInput()
    return forms.CharField(label=label, max_length=most, required=False, help_text=hint, widget=widget)


def _metres(label: Any, *, needed: bool = False) -> forms.DecimalField:
    return forms.DecimalField(label=label, min_value=0, max_value=9999, max_digits=6, decimal_places=2, required=needed)


def _kinds(label: Any, known: dict[str, str], *, hint: Any = "", none: tuple[str, Any] = _CHOOSE) -> forms.ChoiceField:
    return forms.ChoiceField(
        label=label, required=False, help_text=hint, choices=lambda: [none, *((code, _(name)) for code, name in known.items())]
    )


def _structures() -> list[tuple[str, Any]]:
    return [_CHOOSE, *DwellingState.Structure.choices]


class NeededMetres(forms.DecimalField):
    """Asked for; where it stays empty, the rule says so and not the form."""

    def validate(self, value: Any) -> None:
        """Anything goes on to the rule."""
        if value is not None:
            super().validate(value)


class NeededChoice(forms.ChoiceField):
    """As ``NeededMetres``, one of several."""

    def validate(self, value: Any) -> None:
        """Nothing chosen goes on to the rule."""
        if value:
            super().validate(value)


class HouseholdPlanForm(forms.Form):
    """The plan, as ``cases.actions.household_plan.Plan`` has it; ``reason`` is asked for where another one holds already."""

    drawing = forms.ModelChoiceField(
        label=gettext_lazy("选用图集"), queryset=Drawing.objects.none(), required=False, empty_label=gettext_lazy("不选图集"),
        help_text=gettext_lazy("只列适用于本地、面积合适的"),
    )  # fmt: skip
    structure = forms.ChoiceField(
        label=gettext_lazy("结构"), required=False, choices=_structures, help_text=gettext_lazy("选了图集的可不填")
    )
    storeys = forms.IntegerField(label=gettext_lazy("层数"), min_value=1, max_value=9, required=False)
    main_area = NeededMetres(label=gettext_lazy("拟建主房面积（㎡）"), min_value=0, max_value=9999, max_digits=6, decimal_places=2)
    auxiliary_area = _metres(gettext_lazy("拟建附属房面积（㎡）"))
    items = forms.MultipleChoiceField(label=gettext_lazy("改造内容"), required=False, widget=forms.CheckboxSelectMultiple)
    more_safe = _words(gettext_lazy("其他提升安全的内容"), most=200, hint=gettext_lazy("用顿号隔开"))
    more_other = _words(gettext_lazy("其他与安全无关的内容"), most=200, hint=gettext_lazy("用顿号隔开，不能只有这些"))
    toilet = _kinds(gettext_lazy("卫生厕所"), TOILETS, none=("", gettext_lazy("不改厕")))
    toilet_consent = forms.TypedChoiceField(
        label=gettext_lazy("农户对改厕"), required=False, empty_value=None, coerce=lambda value: value == "yes",
        choices=[("", gettext_lazy("没有问过")), ("yes", gettext_lazy("同意")), ("no", gettext_lazy("不同意"))],
    )  # fmt: skip
    accessibility = forms.MultipleChoiceField(
        label=gettext_lazy("无障碍改造"), required=False, widget=forms.CheckboxSelectMultiple,
        choices=lambda: [(code, _(name)) for code, name in ACCESSIBILITY.items()],
    )  # fmt: skip
    animals = _words(gettext_lazy("人畜分离"), most=120, hint=gettext_lazy("怎么分开；没有牲畜的不填"))
    environment = _words(gettext_lazy("人居环境整治"), most=120)
    meanwhile = NeededChoice(
        label=gettext_lazy("建房期间住哪里"), choices=lambda: [_CHOOSE, *((code, _(name)) for code, name in MEANWHILE.items())]
    )
    meanwhile_place = _words(gettext_lazy("住处"), most=120, hint=gettext_lazy("写明谁家、哪里"))
    house = _words(
        gettext_lazy("登记库里的房屋"), most=30, hint=gettext_lazy("住在登记过的房屋里的，填房屋编号或房主的户编号；搬入后不再算危房住人")
    )
    meanwhile_from = _day(gettext_lazy("从哪天起"))
    meanwhile_until = _day(gettext_lazy("到哪天止"))
    disposal = _kinds(gettext_lazy("旧房怎么处置"), DISPOSALS, hint=gettext_lazy("原址重建的为拆除"))
    disposal_by = _day(gettext_lazy("处置期限"))
    self_raised = Yuan(label=gettext_lazy("农户自筹（元）"), required=False)
    loan = Yuan(label=gettext_lazy("贷款、借款（元）"), required=False)
    donated = Yuan(label=gettext_lazy("社会捐助（元）"), required=False)
    granted = Yuan(label=gettext_lazy("其他补助（元）"), required=False)
    total = Yuan(label=gettext_lazy("总费用（元）"), required=True)
    labour_days = forms.IntegerField(
        label=gettext_lazy("投工投劳（工日）"), min_value=0, max_value=5000, required=False, help_text=gettext_lazy("只作记录，不计入资金")
    )
    labour_by = _words(gettext_lazy("谁来帮工"), most=120, hint=gettext_lazy("亲帮亲、邻帮邻"))
    debt_reason = _words(
        gettext_lazy("超过提醒线仍按这个方案的理由"), most=300, rows=2, hint=gettext_lazy("农户负担超过提醒线时填：怎么偿还、谁来帮")
    )
    finish_on = _day(gettext_lazy("计划竣工"), hint=gettext_lazy("不填的按竣工期限；各节点从这天倒排"))
    village_person = Needed(label=gettext_lazy("村里的责任人"), max_length=60)
    township_person = Needed(label=gettext_lazy("乡镇的责任人"), max_length=60)
    on = _day(gettext_lazy("制定日期"), needed=True)
    note = _words(gettext_lazy("备注"), most=300, rows=2)
    reason = Needed(label=gettext_lazy("为什么变更"), max_length=300, widget=forms.Textarea({"rows": 2}))

    def __init__(self, *arguments: Any, case: Case, user: User, holds: HouseholdPlan | None, **more: Any) -> None:
        self.case, self.user = case, user
        if holds is not None:
            more["initial"] = _initial(holds) | more.get("initial", {})
        super().__init__(*arguments, **more)
        today = clock.today()
        if holds is None:
            del self.fields["reason"]
            self.fields["main_area"].initial, self.fields["auxiliary_area"].initial = case.main_area, case.auxiliary_area
            self.fields["total"].initial = _plain_yuan(case.subsidy or 0) if case.subsidy else ""
            self.fields["disposal"].initial = "demolished" if case.method == "rebuild" else ""
        self.fields["on"].initial = today
        self.fields["on"].widget.attrs["max"] = today.isoformat()
        self.fields["meanwhile"].required = must_leave(case)
        new = self.builds = case.method in METHODS and METHODS[case.method].new
        self.fields["items"].choices = [(one.code, _(one.name)) for one in works_of(new)]  # type: ignore[attr-defined]
        if new:
            self.fields["drawing"].queryset = drawings.fitting(case, today)  # type: ignore[attr-defined]
            self.fields["drawing"].label_from_instance = said  # type: ignore[attr-defined]
        else:
            for name in ("drawing", "structure", "storeys", "main_area", "auxiliary_area"):
                del self.fields[name]

    @property
    def works_offered(self) -> list[dict[str, Any]]:
        """The work items with whether they make the house safer, and whether they are ticked."""
        ticked = set(self["items"].value() or ())
        return [
            {"code": one.code, "name": _(one.name), "safety": one.safety, "ticked": one.code in ticked} for one in works_of(self.builds)
        ]

    def clean_house(self) -> Dwelling | None:
        """The house of that number, or the one that the household of that number owns, inside the person's area."""
        typed = str(self.cleaned_data["house"]).strip()
        if not typed:
            return None
        inside = scope(self.user, Dwelling.objects.all())
        if (found := inside.filter(number=typed).first()) is not None:
            return found
        owned = Occupancy.objects.open().filter(household__number=typed, kind=Occupancy.Kind.OWN).values("dwelling")
        houses = [one for one in inside.filter(pk__in=owned).order_by("pk")[:3] if one.pk != self.case.dwelling_id]
        if len(houses) == 1:
            return houses[0]
        if houses:
            raise forms.ValidationError(_("户 %(number)s 有多处房屋，请填房屋编号") % {"number": typed})
        raise forms.ValidationError(_("辖区内没有编号为 %(number)s 的房屋，也没有这一户的自有房屋；请核对") % {"number": typed})

    def clean(self) -> dict[str, Any]:
        """The fields of ``Plan``."""
        given = dict(super().clean() or {})
        works = [(code, WORKS[code].safety) for code in given.pop("items", [])]
        for name, safety in (("more_safe", True), ("more_other", False)):
            works += [(one.strip(), safety) for one in re.split(r"[、，,；;\n]+", str(given.pop(name, ""))) if one.strip()]
        given["works"] = works
        if "house" in given:
            given["dwelling"] = given.pop("house")
        given["labour_days"] = given.get("labour_days") or 0
        return given


def _initial(plan: HouseholdPlan) -> dict[str, Any]:
    """What the form shows of a plan that is to be changed."""
    codes = [work for work, _safety in plan.works if work in WORKS]
    own = {safety: "、".join(work for work, safe in plan.works if work not in WORKS and safe is safety) for safety in (True, False)}
    days = dict(plan.milestones)
    same = (
        *(
            "drawing",
            "structure",
            "storeys",
            "main_area",
            "auxiliary_area",
            "toilet",
            "accessibility",
            "animals",
            "environment",
            "meanwhile",
        ),
        *("meanwhile_place", "meanwhile_from", "meanwhile_until", "disposal", "disposal_by", "labour_days", "labour_by", "debt_reason"),
        *("village_person", "township_person", "note"),
    )
    return {
        **{name: getattr(plan, name) for name in same},
        **{name: _plain_yuan(getattr(plan, name)) for name in ("self_raised", "loan", "donated", "granted", "total")},
        "toilet_consent": {True: "yes", False: "no", None: ""}[plan.toilet_consent],
        "house": plan.dwelling.number if plan.dwelling is not None else "",
        "items": codes,
        "more_safe": own[True],
        "more_other": own[False],
        "finish_on": date.fromisoformat(days["completion"]) if "completion" in days else None,
    }


def _plain_yuan(fen: int) -> str:
    """As it is typed."""
    return yuan(fen).removesuffix(" 元").replace(",", "").removesuffix(".00")


def said(drawing: Drawing) -> str:
    """A drawing in one line."""
    return _("%(code)s %(name)s（%(structure)s，%(storeys)d 层，%(area)s ㎡，%(rooms)d 间）") % {
        "code": drawing.code, "name": drawing.name, "structure": drawing.get_structure_display(), "storeys": drawing.storeys,
        "area": f"{drawing.main_area.normalize():f}", "rooms": drawing.rooms,
    }  # fmt: skip


class DrawingForm(forms.Form):
    """A design of the catalogue."""

    code = forms.CharField(label=gettext_lazy("图号"), max_length=30)
    name = forms.CharField(label=gettext_lazy("名称"), max_length=80)
    structure = forms.ChoiceField(label=gettext_lazy("结构"), choices=_structures)
    storeys = forms.IntegerField(label=gettext_lazy("层数"), min_value=1, max_value=9, initial=1)
    main_area = _metres(gettext_lazy("主房面积（㎡）"), needed=True)
    rooms = forms.IntegerField(label=gettext_lazy("间数"), min_value=1, max_value=99)
    intensity = forms.TypedChoiceField(
        label=gettext_lazy("抗震设防烈度"), required=False, coerce=int, empty_value=None,
        choices=lambda: [("", _("未注明")), *((number, _("%d 度") % number) for number in range(6, 10))],
    )  # fmt: skip
    document = forms.CharField(label=gettext_lazy("出处"), max_length=120, help_text=gettext_lazy("图集名称或文号"))
    valid_from = _day(gettext_lazy("有效期起"), needed=True)
    valid_to = _day(gettext_lazy("有效期止"))

    def __init__(self, *arguments: Any, **more: Any) -> None:
        super().__init__(*arguments, **more)
        self.fields["valid_from"].initial = clock.today()
