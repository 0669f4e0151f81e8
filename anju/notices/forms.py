"""What the pages ask of a person about a notice."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy

from anju import clock
from anju.accounts.models import User
from anju.accounts.scope import within
from anju.divisions.models import Division
from anju.notices.models import Board, Kind, Notice, Objection
from anju.vocabulary import division
from anju.vocabulary.division import Level


def _days(**attributes: Any) -> forms.DateInput:
    return forms.DateInput({"type": "date", **attributes}, format="%Y-%m-%d")


def places(area: str) -> list[tuple[str, str]]:
    """Choices of places a notice can be about: the area itself and what lies below it, indented; down to the village from a county on."""
    here = max(division.level(area), Level.COUNTY)
    lowest = Level.VILLAGE if division.level(area) >= Level.COUNTY else Level.TOWNSHIP
    found = Division.objects.filter(within(area, "code"), valid_to__isnull=True, level__range=(Level.COUNTY, lowest)).order_by("code")
    return [(code, "　" * (level - here) + name) for code, name, level in found.values_list("code", "short_name", "level")[:3000]]


class PostForm(forms.Form):
    """张贴."""

    kind = forms.ChoiceField(label=gettext_lazy("公示种类"), choices=[("", gettext_lazy("请选择")), *Kind.choices])
    area = forms.ChoiceField(label=gettext_lazy("公示范围"))
    title = forms.CharField(label=gettext_lazy("标题"), max_length=120)
    intro = forms.CharField(
        label=gettext_lazy("说明"), max_length=1000, required=False, widget=forms.Textarea({"rows": 2}),
        help_text=gettext_lazy("公示的依据、有异议怎么提"),
    )  # fmt: skip
    starts_on = forms.DateField(label=gettext_lazy("从哪天起"), widget=_days())
    days = forms.IntegerField(label=gettext_lazy("公示天数"), min_value=1, max_value=365)
    hotline = forms.CharField(label=gettext_lazy("异议电话"), max_length=60, help_text=gettext_lazy("公布出去，接异议用"))
    boards = forms.MultipleChoiceField(label=gettext_lazy("张贴处"), choices=Board.choices, widget=forms.CheckboxSelectMultiple)
    table = forms.CharField(
        label=gettext_lazy("内容"), widget=forms.Textarea({"rows": 8, "spellcheck": "false"}),
        help_text=gettext_lazy("从 Excel 连表头复制过来。姓名会隐去一字；身份证号、电话、银行卡号不会贴出去。"),
    )  # fmt: skip

    def __init__(self, *arguments: Any, area: str, drafted: bool, **more: Any) -> None:
        super().__init__(*arguments, **more)
        field = self.fields["area"]
        assert isinstance(field, forms.ChoiceField)
        field.choices = places(area)
        if drafted:
            del self.fields["table"]


class ObjectionForm(forms.Form):
    """登记异议."""

    channel = forms.ChoiceField(label=gettext_lazy("怎么来的"), choices=Objection.Channel.choices)
    on = forms.DateField(label=gettext_lazy("收到日期"), widget=_days())
    who = forms.CharField(label=gettext_lazy("提出人"), max_length=60, required=False, help_text=gettext_lazy("不愿留名的空着"))
    phone = forms.CharField(label=gettext_lazy("联系电话"), max_length=20, required=False)
    row = forms.IntegerField(label=gettext_lazy("针对第几行"), min_value=1, required=False, help_text=gettext_lazy("针对整张公示的空着"))
    about = forms.CharField(label=gettext_lazy("异议内容"), max_length=1000, widget=forms.Textarea({"rows": 3}))

    def __init__(self, *arguments: Any, notice: Notice, **more: Any) -> None:
        more.setdefault("initial", {"on": clock.today(), "channel": Objection.Channel.VISIT})
        super().__init__(*arguments, **more)


class AnswerForm(forms.Form):
    """答复异议."""

    result = forms.ChoiceField(label=gettext_lazy("异议是否成立"), choices=[("", gettext_lazy("请选择")), *Objection.Result.choices[1:]])
    answer = forms.CharField(label=gettext_lazy("核查情况和答复"), max_length=1000, widget=forms.Textarea({"rows": 3}))


class ReasonForm(forms.Form):
    """撤下、终止."""

    reason = forms.CharField(label=gettext_lazy("理由"), max_length=300, widget=forms.Textarea({"rows": 2}))

    def __init__(self, *arguments: Any, notice: Notice, **more: Any) -> None:
        super().__init__(*arguments, **more)


def boards(user: User) -> list[str]:
    """Where the user's office hung its last notice; at first the board and the web."""
    last = Notice.objects.filter(office=user.organisation_id).order_by("-id").values_list("boards", flat=True).first()
    return list(last) if last else [Board.BOARD, Board.WEB]


def hotline(user: User) -> str:
    """The number the user's office gave last."""
    return Notice.objects.filter(office=user.organisation_id).order_by("-id").values_list("hotline", flat=True).first() or ""
