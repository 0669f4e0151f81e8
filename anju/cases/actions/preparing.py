"""开工前: who builds, the agreement, the materials, the training, in any order (domain 4.5)."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from anju import temporary
from anju.accounts.filling import sent_before
from anju.accounts.models import User
from anju.cases import rules
from anju.cases.actions.stepping import Own, Step, advance, advance_each, advance_many, by_day, held
from anju.cases.looking import Look
from anju.cases.models import Agreement, Case, CaseStep
from anju.evidence.models import Album
from anju.refusing import Refused
from anju.trail.acts import recorded
from anju.vocabulary.fieldwork import Captured
from anju.vocabulary.method import MODES, modes_of

_NOWHERE = Captured()


def survey_mode(*, case: Case, by: User, mode: str, on: date | None = None, captured: Captured = _NOWHERE) -> Case:
    """登记建设方式: 自建, 统建, 自改, 统改 or 代建 (S2-25)."""
    return advance(case=case, step=_surveyed({case.pk: mode}, on, captured), by=by)


def survey_modes(*, modes: Mapping[int, str], by: User, on: date | None = None) -> dict[int, Refused]:
    """Who builds, of many cases (key → mode), each held to all that ``survey_mode`` holds one to. Those refused stay: key → why."""
    return advance_many(cases=list(modes), step=_surveyed(modes, on), by=by)


def _surveyed(modes: Mapping[int, str], on: date | None, captured: Captured = _NOWHERE) -> Step:
    def said(case: Case, _known: Look) -> dict[str, Any]:
        fitting = modes_of(case.method) if case.method else tuple(MODES.values())
        if modes[case.pk] not in {one.code for one in fitting}:
            raise Refused(rules.MODE, _("建设方式应是：%s") % _("、").join(_(one.name) for one in fitting))
        return {"build_mode": modes[case.pk]}

    return Step(code="survey_mode", on=on, details=said, captured=captured)


def prepare(
    *,
    cases: Sequence[int],
    code: str,
    by: User,
    note: str,
    on: date | None = None,
    album: Album | None = None,
    captured: Captured = _NOWHERE,
) -> dict[int, Refused]:
    """登记备料（``stock_materials``）或施工培训（``train``）: what there is, or who was trained where. Those refused stay: key → why."""
    assert code in ("stock_materials", "train"), code
    if not note.strip():
        raise Refused(rules.MATERIALS if code == "stock_materials" else rules.TRAINING, _("请写明情况：备了哪些料，或谁在哪里受过培训"))
    return advance_many(
        cases=cases, step=Step(code=code, on=on, details={"note": note.strip()[:300]}, album=album, captured=captured), by=by
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class Signed:
    """One agreement as it was signed, of one case (its key). ``stages`` are the pay stages: (stage, per cent)."""

    case: int
    kind: str
    signed_on: date
    start_due: date
    finish_due: date
    filed_on: date | None
    builder: str = ""
    builder_certificate: str = ""
    stages: Sequence[tuple[str, int]] = ()
    publishes: bool = True
    pays_builder: bool = False
    old_house_days: int | None = None
    filed_number: str = ""
    album: Album | None = None

    @property
    def day(self) -> date:
        """The day on which it is done: it was filed, or signed where it isn't filed."""
        return self.filed_on or self.signed_on


@recorded("agreement.filed")
@transaction.atomic
def agree(*, case: Case, by: User, captured: Captured = _NOWHERE, **said: Any) -> Agreement:
    """登记协议: who signed what, by when the house is built, in which stages is paid, and that it was filed with the city (S2-27); ``said`` are the fields
    of ``Signed``.

    A commitment letter in its stead is for households that build themselves. Raises ``Refused``; then nothing is kept.
    """
    if (sent := sent_before(CaseStep, captured)) is not None:
        if (sent.case_id, sent.code) != (case.pk, "agree"):
            raise Refused(rules.TWICE, _("这份提交已登记为别的办理；请作为新的办理另行提交"))
        return Agreement.objects.get(pk=sent.details["agreement"])
    made, refused = _filed([Signed(case=case.pk, **said)], by, captured)
    if refused:
        raise refused[case.pk]
    return made[0]


@recorded("agreement.filed")
@transaction.atomic
def agree_many(*, agreements: Sequence[Signed], by: User) -> dict[int, Refused]:
    """Many agreements in one act, each held to all that ``agree`` holds one to. Of those refused nothing is kept: key of the case → why."""
    return _filed(agreements, by, _NOWHERE)[1]


def _filed(agreements: Sequence[Signed], by: User, captured: Captured) -> tuple[list[Agreement], dict[int, Refused]]:
    """The agreements that hold, and the other cases with why. ``captured`` is of one alone."""
    cases = {row.pk: row for row in held(one.case for one in agreements)}
    refused: dict[int, Refused] = {}
    sound: list[tuple[date | None, Agreement]] = []
    for one in agreements:
        try:
            if one.case not in cases:
                raise Refused(rules.ROLE, _("这一户不在您的辖区内"))
            sound.append((one.day, _agreement(one, cases[one.case], by)))
        except Refused as why:
            refused[one.case] = why
    temporary.give_keys([row for _day, row in sound])
    for day, rows in by_day(sound):
        own = {row.case_id: Own(details=_said(row), album=row.album) for row in rows}
        refused |= advance_each(list(own), Step(code="agree", on=day, own=own, captured=captured), by)
    made = [row for _day, row in sound if row.case_id not in refused]
    temporary.insert(made)
    return made, refused


def _agreement(one: Signed, case: Case, by: User) -> Agreement:
    """The agreement, not yet written, where it can be; else ``Refused``."""
    if one.kind not in Agreement.Kind.values:
        raise Refused(rules.BUILDER, _("请选三方协议、两方协议或自建承诺书"))
    if one.kind != Agreement.Kind.COMMITMENT and not one.builder.strip():
        raise Refused(rules.BUILDER, _("请写明施工方或工匠"))
    if not one.signed_on <= one.start_due <= one.finish_due or one.day < one.signed_on:
        raise Refused(rules.DAY, _("日期应按签订、开工、竣工的先后，备案不早于签订"))
    if case.approved_on is not None and one.signed_on < case.approved_on:
        raise Refused(rules.DAY, _("协议 %(signed)s 早于批准 %(approved)s") % {"signed": one.signed_on, "approved": case.approved_on})
    shares: list[list[Any]] = [[name.strip()[:20], share] for name, share in one.stages]
    return Agreement(
        case=case, area=case.area, kind=one.kind, builder=one.builder.strip()[:80], builder_certificate=one.builder_certificate.strip()[:60],
        stages=shares, start_due=one.start_due, finish_due=one.finish_due, publishes=one.publishes, pays_builder=one.pays_builder,
        old_house_days=one.old_house_days, signed_on=one.signed_on, filed_on=one.filed_on, filed_number=one.filed_number.strip()[:60],
        album=one.album, by=by, recorded_at=timezone.now(),
    )  # fmt: skip


def _said(made: Agreement) -> dict[str, Any]:
    """What the step keeps of the agreement."""
    return {"agreement": made.pk, "kind": made.kind, "stages": made.stages, "filed_on": made.filed_on.isoformat() if made.filed_on else ""}
