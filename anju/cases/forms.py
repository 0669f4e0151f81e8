"""What the pages of cases ask of a person. Which of it a rule needs is the rule's to say, so that the refusal names it."""

import re
from decimal import Decimal
from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from anju import clock
from anju.cases import standards
from anju.cases.models import Agreement, Case
from anju.cases.rules import CHECKS, WAIVABLE
from anju.cases.standing import counting
from anju.policy.area import square_metres
from anju.vocabulary.method import METHODS, modes_of
from anju.vocabulary.money import fen_of

SHARE = re.compile(r"^\s*(?P<name>.*?\D)\s*[:：]?\s*(?P<share>\d{1,3})\s*%?\s*$")


class Needed(forms.CharField):
    """Asked for; where it stays empty, the rule says so and not the form."""

    def validate(self, value: Any) -> None:
        """Anything goes on to the rule."""


class NeededDay(forms.DateField):
    """As ``Needed``, a day."""

    def validate(self, value: Any) -> None:
        """Anything goes on to the rule."""


def _days(**attributes: Any) -> forms.DateInput:
    return forms.DateInput({"type": "date", **attributes}, format="%Y-%m-%d")


def _text(label: Any, *, rows: int = 2, most: int = 300, hint: Any = "", needed: bool = False) -> forms.CharField:
    kind = Needed if needed else forms.CharField
    return kind(label=label, max_length=most, help_text=hint, required=needed, widget=forms.Textarea({"rows": rows}))


def _count(label: Any, **more: Any) -> forms.IntegerField:
    return forms.IntegerField(label=label, min_value=0, max_value=100_000, **more)


def _metres(label: Any, hint: Any = "") -> forms.DecimalField:
    return forms.DecimalField(label=label, min_value=0, max_value=9999, max_digits=6, decimal_places=2, required=False, help_text=hint)


class DayForm(forms.Form):
    """On which day it was done: today or before."""

    on = forms.DateField(label=gettext_lazy("日期"), widget=_days())

    def __init__(self, *arguments: Any, case: Case | None = None, **more: Any) -> None:
        self.case = case
        super().__init__(*arguments, **more)
        today = clock.today()
        self.fields["on"].initial = today
        self.fields["on"].widget.attrs["max"] = today.isoformat()


class MeetingForm(DayForm):
    """The villagers' meeting."""

    due = _count(gettext_lazy("应到人数"))
    came = _count(gettext_lazy("实到人数"))
    chair = Needed(label=gettext_lazy("主持人"), max_length=30)
    recorder = Needed(label=gettext_lazy("记录人"), max_length=30)
    field_order: tuple[str, ...] = ("on", "due", "came", "chair", "recorder")


class ReviewForm(MeetingForm):
    """What a meeting decided of one household."""

    agreed = _count(gettext_lazy("同意人数"))
    field_order = ("on", "due", "came", "agreed", "chair", "recorder")


class VisitForm(DayForm):
    """What was seen at the household."""

    seen = _text(gettext_lazy("入户看到的情况"), rows=3, needed=True, hint=gettext_lazy("人口、身份、房屋和申请是否一致"))
    field_order = ("on", "seen")


class OpinionForm(DayForm):
    """The township's opinion."""

    opinion = _text(gettext_lazy("审核意见"), most=200)
    field_order: tuple[str, ...] = ("on", "opinion")


class VisitsForm(DayForm):
    """What was seen at many households: what each doesn't say for itself."""

    seen = _text(gettext_lazy("入户看到的情况"), rows=3, hint=gettext_lazy("各户下面没有另写的，按这一句登记"))
    field_order = ("on", "seen")


class OpinionsForm(OpinionForm):
    """The township's opinion of many households, and the day on which those were visited of which it is told here."""

    visited_on = forms.DateField(
        label=gettext_lazy("入户日期"), required=False, widget=_days(), help_text=gettext_lazy("下面写了入户情况的户；不填的按审核日期")
    )
    field_order = ("on", "opinion", "visited_on")

    def __init__(self, *arguments: Any, **more: Any) -> None:
        super().__init__(*arguments, **more)
        self.fields["opinion"].help_text = _("各户下面没有另写的，按这一句登记")
        self.fields["visited_on"].widget.attrs["max"] = clock.today().isoformat()


class NoteForm(DayForm):
    """A note beside the day."""

    note = _text(gettext_lazy("说明"), most=200)
    field_order = ("on", "note")


class MaterialsForm(DayForm):
    """Which materials there are."""

    note = _text(gettext_lazy("备了哪些料"), needed=True, hint=gettext_lazy("水泥、砖、钢筋、砂石等，够做到哪一步"))
    field_order = ("on", "note")


class TrainingForm(DayForm):
    """Who was trained where."""

    note = _text(gettext_lazy("谁在哪里受过培训"), needed=True, hint=gettext_lazy("工匠姓名、培训地点和证书"))
    field_order = ("on", "note")


class ReasonForm(DayForm):
    """Why."""

    reason = _text(gettext_lazy("理由"), needed=True)
    field_order: tuple[str, ...] = ("reason", "on")


class WithdrawForm(ReasonForm):
    """Why, and since when it stands in writing."""

    written_on = NeededDay(label=gettext_lazy("书面声明日期"), widget=_days())
    field_order = ("reason", "written_on", "on")


class UndoForm(forms.Form):
    """Why the last step is taken back."""

    reason = _text(gettext_lazy("撤销的理由"), needed=True)
    step = forms.IntegerField(required=False, widget=forms.HiddenInput)

    def __init__(self, *arguments: Any, case: Case | None = None, **more: Any) -> None:
        super().__init__(*arguments, **more)
        if case is not None:
            self.fields["step"].initial = counting(case.steps.order_by("id"))[-1].pk


class WaiveForm(forms.Form):
    """Which rule is lifted for this case, and why."""

    rule = forms.ChoiceField(label=gettext_lazy("哪条规则"))
    reason = _text(gettext_lazy("为什么可以例外"), needed=True)

    def __init__(self, *arguments: Any, case: Case | None = None, **more: Any) -> None:
        super().__init__(*arguments, **more)
        rules = [(one.id, _(one.label)) for one in CHECKS if one.id in WAIVABLE]
        self.fields["rule"].choices = [("", _("请选择")), *rules]  # type: ignore[attr-defined]


class UnwaiveForm(forms.Form):
    """Which rule holds again, and why."""

    rule = forms.ChoiceField(label=gettext_lazy("收回哪条豁免"))
    reason = _text(gettext_lazy("为什么收回"), needed=True)

    def __init__(self, *arguments: Any, case: Case | None = None, **more: Any) -> None:
        super().__init__(*arguments, **more)
        lifted = set(case.waivers.filter(ended_at=None).values_list("rule", flat=True)) if case is not None else set()
        self.fields["rule"].choices = [(one.id, _(one.label)) for one in CHECKS if one.id in lifted]  # type: ignore[attr-defined]


class ApproveForm(DayForm):
    """How and how large, and what the standard leaves to the county."""

    method = forms.ChoiceField(label=gettext_lazy("改造方式"))
    main_area = _metres(gettext_lazy("主房面积（㎡）"), gettext_lazy("维修加固的可不填"))
    auxiliary_area = _metres(gettext_lazy("附属房面积（㎡）"))
    amount = forms.CharField(
        label=gettext_lazy("补助金额（元）"),
        max_length=20,
        required=False,
        help_text=gettext_lazy("标准定死金额的不填；标准是上限或没有标准的填"),
    )
    basis = forms.CharField(
        label=gettext_lazy("金额的依据"), max_length=200, required=False, help_text=gettext_lazy("没有标准时写文件名称和文号")
    )
    extras = forms.MultipleChoiceField(label=gettext_lazy("另加的补助"), required=False, widget=forms.CheckboxSelectMultiple)
    field_order = ("method", "on", "main_area", "auxiliary_area", "extras", "amount", "basis")

    def __init__(self, *arguments: Any, **more: Any) -> None:
        super().__init__(*arguments, **more)
        choices = [(one.code, _(one.name)) for one in METHODS.values()]
        added = standards.extras(self.case, clock.today()) if self.case is not None else []
        if added:
            self.fields["extras"].choices = added  # type: ignore[attr-defined]
        else:
            del self.fields["extras"]
        self.fields["method"].choices = [("", _("请选择")), *choices]  # type: ignore[attr-defined]

    def clean_amount(self) -> int | None:
        """Fen."""
        typed = str(self.cleaned_data["amount"]).strip()
        if not typed:
            return None
        try:
            return fen_of(typed)
        except ValueError as wrong:
            raise forms.ValidationError(str(wrong)) from wrong


class ModeForm(DayForm):
    """Who builds."""

    mode = forms.ChoiceField(label=gettext_lazy("建设方式"))
    field_order = ("mode", "on")

    def __init__(self, *arguments: Any, **more: Any) -> None:
        super().__init__(*arguments, **more)
        fitting = modes_of(self.case.method) if self.case is not None and self.case.method else ()
        self.fields["mode"].choices = [("", _("请选择")), *((one.code, _(one.name)) for one in fitting)]  # type: ignore[attr-defined]


class AgreeForm(forms.Form):
    """What was signed."""

    kind = forms.ChoiceField(label=gettext_lazy("签的是"), choices=[("", gettext_lazy("请选择")), *Agreement.Kind.choices])
    builder = forms.CharField(label=gettext_lazy("施工方或工匠"), max_length=80, required=False, help_text=gettext_lazy("自建承诺书可不填"))
    builder_certificate = forms.CharField(label=gettext_lazy("证书或登记编号"), max_length=60, required=False)
    signed_on = forms.DateField(label=gettext_lazy("签订日期"), widget=_days())
    start_due = forms.DateField(label=gettext_lazy("约定开工"), widget=_days())
    finish_due = forms.DateField(label=gettext_lazy("约定竣工"), widget=_days())
    filed_on = forms.DateField(label=gettext_lazy("备案日期"), required=False, widget=_days())
    filed_number = forms.CharField(label=gettext_lazy("备案号"), max_length=60, required=False)
    stages = _text(
        gettext_lazy("付款各阶段的比例"),
        rows=3,
        hint=gettext_lazy("每行一个阶段和百分比，如“开工 30”“竣工验收 70”，合计 100；自建承诺书可不填"),
    )
    old_house_days = forms.IntegerField(label=gettext_lazy("入住后多少天内拆旧房"), min_value=1, max_value=3650, required=False)
    publishes = forms.BooleanField(label=gettext_lazy("农户同意公示、公开本户改造信息"), required=False, initial=True)
    pays_builder = forms.BooleanField(label=gettext_lazy("农户同意补助付给施工方"), required=False)

    def __init__(self, *arguments: Any, case: Case | None = None, **more: Any) -> None:
        super().__init__(*arguments, **more)
        self.fields["signed_on"].initial = clock.today()

    def clean_stages(self) -> list[tuple[str, int]]:
        """(stage, per cent) of each line."""
        found = []
        for line in re.split(r"[\n，,；;]+", str(self.cleaned_data["stages"])):
            if not line.strip():
                continue
            read = SHARE.match(line)
            if read is None:
                raise forms.ValidationError(_("看不懂“%(line)s”；每行写阶段和百分比，如“开工 30”") % {"line": line.strip()})
            found.append((read["name"].strip(" ：:"), int(read["share"])))
        return found


class PostForm(DayForm):
    """The notice in which cases hang out."""

    title = forms.CharField(label=gettext_lazy("标题"), max_length=120)
    area = forms.ChoiceField(label=gettext_lazy("公示范围"))
    hotline = forms.CharField(label=gettext_lazy("异议电话"), max_length=60, help_text=gettext_lazy("公布出去，接异议用"))
    days = forms.IntegerField(
        label=gettext_lazy("公示天数"), min_value=1, max_value=365, required=False, help_text=gettext_lazy("不填的按规定天数")
    )
    field_order = ("title", "area", "on", "days", "hotline")

    def __init__(self, *arguments: Any, places: list[tuple[str, str]], **more: Any) -> None:
        super().__init__(*arguments, **more)
        self.fields["on"].label = _("从哪天起")
        self.fields["area"].choices = places  # type: ignore[attr-defined]


class ApplyForm(DayForm):
    """Which household applies, and on which day."""

    household = forms.CharField(label=gettext_lazy("户编号"), max_length=20, help_text=gettext_lazy("村代码-序号"))
    field_order: tuple[str, ...] = ("household", "on")

    def __init__(self, *arguments: Any, **more: Any) -> None:
        super().__init__(*arguments, **more)
        self.fields["on"].label = _("申请日期")


def metres(typed: str) -> Decimal | None:
    """An area as it was typed; None where it is none."""
    try:
        return square_metres(Decimal(typed.strip()))
    except (ArithmeticError, ValueError):
        return None
