"""What the pages ask of a person about a problem."""

from typing import Any

from django import forms
from django.db.models import QuerySet
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from anju.accounts.models import Organisation, User
from anju.accounts.scope import scope, within
from anju.divisions.models import Division
from anju.problems.models import Category, Clue, Problem, Severity, Source, Way
from anju.registry.models import Household
from anju.vocabulary import division
from anju.vocabulary.division import Level

_NOT_ANSWERABLE = ("builder", "consultant", "third_party_appraiser", "third_party_evaluator", "third_party_caller")


def _days(**attributes: Any) -> forms.DateInput:
    return forms.DateInput({"type": "date", **attributes}, format="%Y-%m-%d")


def _text(label: Any, *, rows: int = 3, most: int = 2000, hint: Any = "", required: bool = True) -> forms.CharField:
    return forms.CharField(label=label, max_length=most, help_text=hint, required=required, widget=forms.Textarea({"rows": rows}))


def places(area: str) -> list[Any]:
    """Choices of places inside an area, two levels down, grouped by the upper one; the area itself first."""
    here = division.level(area)
    found = Division.objects.filter(within(area, "code"), valid_to__isnull=True, level__lte=min(here + 2, Level.VILLAGE)).order_by("code")
    groups: dict[str, list[tuple[str, str]]] = {}
    upper: dict[str, str] = {}
    whole: list[tuple[str, str]] = []
    for code, name, level in found.values_list("code", "short_name", "level")[:6000]:
        if code == area:
            whole.append((code, name))
        elif level == here + 1:
            upper[code] = name
            groups[code] = [(code, _("%(place)s全境") % {"place": name})]
        else:
            groups.setdefault(next((top for top in upper if code.startswith(top)), ""), []).append((code, name))
    return [
        *whole,
        *((upper.get(code, ""), rows) if len(rows) > 1 else (rows[0][0], upper.get(code, rows[0][1])) for code, rows in groups.items()),
    ]


def offices(problem: Problem, by: User) -> QuerySet[Organisation]:
    """Offices inside the person's area that answer for the place of the problem, the nearest first."""
    stems = [problem.area[:length] for length in (0, 2, 4, 6, 9, 12, 14, 15) if len(by.area) <= length <= len(problem.area)]
    return Organisation.objects.filter(area__in=set(stems)).exclude(kind__in=_NOT_ANSWERABLE).order_by("-area", "id")


class OpenForm(forms.Form):
    """发现登记."""

    area = forms.ChoiceField(label=gettext_lazy("问题所在地"))
    household = forms.CharField(
        label=gettext_lazy("户编号"), required=False, max_length=20, help_text=gettext_lazy("涉及具体一户时填，村代码-序号")
    )
    source = forms.ChoiceField(label=gettext_lazy("发现渠道"), choices=[("", gettext_lazy("请选择")), *Source.choices])
    category = forms.ChoiceField(label=gettext_lazy("问题类别"), choices=[("", gettext_lazy("请选择")), *Category.choices])
    severity = forms.ChoiceField(label=gettext_lazy("程度"), choices=Severity.choices, initial=Severity.PLAIN)
    on = forms.DateField(label=gettext_lazy("发现日期"), widget=_days())
    due = forms.DateField(label=gettext_lazy("建议整改期限"), required=False, widget=_days())
    title = forms.CharField(label=gettext_lazy("标题"), required=False, max_length=120, help_text=gettext_lazy("不填时取情况的第一句"))
    description = _text(gettext_lazy("问题情况"), rows=6, hint=gettext_lazy("时间、地点、涉及户数、怎么发现的；不写证件号、电话和卡号"))
    recurrence_of = forms.CharField(
        label=gettext_lazy("是哪个问题再次发生"), required=False, max_length=60, help_text=gettext_lazy("填以前那个问题的编号")
    )

    def __init__(self, *arguments: Any, user: User, area: str, **more: Any) -> None:
        super().__init__(*arguments, **more)
        self.user = user
        field = self.fields["area"]
        assert isinstance(field, forms.ChoiceField)
        field.choices = places(area)

    def clean_household(self) -> Household | None:
        """The household of that number, where the person may see it."""
        number = str(self.cleaned_data["household"]).strip()
        if not number:
            return None
        found = scope(self.user, Household.objects.filter(number=number)).first()
        if found is None:
            raise forms.ValidationError(_("辖区内没有户编号 %(number)s，请核对。") % {"number": number})
        return found

    def clean_recurrence_of(self) -> Problem | None:
        """The earlier problem of that number."""
        number = str(self.cleaned_data["recurrence_of"]).strip()
        if not number:
            return None
        found = scope(self.user, Problem.objects.filter(number=number)).first()
        if found is None:
            raise forms.ValidationError(_("辖区内没有编号为 %(number)s 的问题，请核对。") % {"number": number})
        return found

    def clean(self) -> dict[str, Any]:
        """A household's problem lies where the household lives."""
        found = super().clean() or self.cleaned_data
        household = found.get("household")
        if isinstance(household, Household):
            found["area"] = household.area
        return found


class HandForm(forms.Form):
    """交办."""

    spread = True
    to = forms.ModelChoiceField(label=gettext_lazy("承办单位"), queryset=Organisation.objects.none(), empty_label=gettext_lazy("请选择"))
    due = forms.DateField(label=gettext_lazy("整改期限"), widget=_days())
    note = _text(gettext_lazy("交办意见"), rows=2, required=False)

    def __init__(self, *arguments: Any, problem: Problem, user: User, **more: Any) -> None:
        more.setdefault("initial", {"due": problem.due, "to": problem.handed_to_id})
        super().__init__(*arguments, **more)
        field = self.fields["to"]
        assert isinstance(field, forms.ModelChoiceField)
        field.queryset = offices(problem, user)
        if problem.handed_to_id is not None:
            self.fields["note"].label, self.fields["note"].required = _("改交办或改期限的理由"), True


class PlanForm(forms.Form):
    """整改方案."""

    plan = _text(gettext_lazy("整改方案"), rows=3, hint=gettext_lazy("怎么改、谁负责、何时完成"))

    def __init__(self, *arguments: Any, problem: Problem, user: User, **more: Any) -> None:
        more.setdefault("initial", {"plan": problem.plan})
        super().__init__(*arguments, **more)


class _Plain(forms.Form):
    def __init__(self, *arguments: Any, problem: Problem, user: User, **more: Any) -> None:
        super().__init__(*arguments, **more)


class RectifyForm(_Plain):
    """报整改完成."""

    spread = True
    report = _text(gettext_lazy("整改完成情况"), rows=4)
    cause = _text(gettext_lazy("原因"), rows=2, most=500)
    mended = _text(gettext_lazy("堵住漏洞的办法"), rows=2, most=500, hint=gettext_lazy("修订了什么制度或做法；没有制度漏洞的也写明"))
    self_check = _text(gettext_lazy("举一反三"), rows=2, most=500, hint=gettext_lazy("同类问题自查了哪里、查出几个"))


class VerifyForm(_Plain):
    """验收销号."""

    way = forms.ChoiceField(label=gettext_lazy("核实方式"), choices=[("", gettext_lazy("请选择")), *Way.choices])
    text = _text(gettext_lazy("验收意见"), rows=3, required=False)


class ReturnForm(_Plain):
    """验收退回."""

    text = _text(gettext_lazy("退回的理由"), rows=3, hint=gettext_lazy("还差什么，怎样才算改好"))
    due = forms.DateField(label=gettext_lazy("新的期限"), required=False, widget=_days())


class TransferForm(_Plain):
    """移交线索."""

    reason = forms.ChoiceField(label=gettext_lazy("移交的情形"), choices=[("", gettext_lazy("请选择")), *Clue.choices])
    text = _text(gettext_lazy("事由"), rows=3)


class OutcomeForm(_Plain):
    """线索处理结果."""

    outcome = _text(gettext_lazy("处理结果"), rows=3)


class UndoForm(_Plain):
    """撤销上一步."""

    reason = forms.CharField(label=gettext_lazy("撤销的理由"), max_length=200)
