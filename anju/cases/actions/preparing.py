"""开工前: who builds, the agreement, the materials, the training, in any order (domain 4.5)."""

from collections.abc import Sequence
from datetime import date
from typing import Any

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from anju.accounts.filling import sent_before
from anju.accounts.models import User
from anju.cases import rules
from anju.cases.actions.stepping import Step, advance, advance_many, held
from anju.cases.models import Agreement, Case, CaseStep
from anju.evidence.models import Album
from anju.refusing import Refused
from anju.trail.acts import recorded
from anju.vocabulary.fieldwork import Captured
from anju.vocabulary.method import MODES, modes_of

_NOWHERE = Captured()


def survey_mode(*, case: Case, by: User, mode: str, on: date | None = None, captured: Captured = _NOWHERE) -> Case:
    """登记建设方式: 自建, 统建, 自改, 统改 or 代建 (S2-25)."""
    fitting = modes_of(case.method) if case.method else tuple(MODES.values())
    if mode not in {one.code for one in fitting}:
        raise Refused(rules.MODE, _("建设方式应是：%s") % _("、").join(_(one.name) for one in fitting))
    return advance(case=case, step=Step(code="survey_mode", on=on, details={"build_mode": mode}, captured=captured), by=by)


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


@recorded("agreement.filed")
@transaction.atomic
def agree(
    *,
    case: Case,
    by: User,
    kind: str,
    signed_on: date,
    start_due: date,
    finish_due: date,
    filed_on: date | None,
    builder: str = "",
    builder_certificate: str = "",
    stages: Sequence[tuple[str, int]] = (),
    publishes: bool = True,
    pays_builder: bool = False,
    old_house_days: int | None = None,
    filed_number: str = "",
    album: Album | None = None,
    captured: Captured = _NOWHERE,
) -> Agreement:
    """登记协议: who signed what, by when the house is built, in which stages is paid, and that it was filed with the city (S2-27).

    A commitment letter in its stead is for households that build themselves. Raises ``Refused``; then nothing is kept.
    """
    if (sent := sent_before(CaseStep, captured)) is not None:
        if (sent.case_id, sent.code) != (case.pk, "agree"):
            raise Refused(rules.TWICE, _("这份提交已登记为别的办理；请作为新的办理另行提交"))
        return Agreement.objects.get(pk=sent.details["agreement"])
    row = held([case.pk])[0]
    if kind not in Agreement.Kind.values:
        raise Refused(rules.BUILDER, _("请选三方协议、两方协议或自建承诺书"))
    if kind != Agreement.Kind.COMMITMENT and not builder.strip():
        raise Refused(rules.BUILDER, _("请写明施工方或工匠"))
    day = filed_on or signed_on
    if not signed_on <= start_due <= finish_due or day < signed_on:
        raise Refused(rules.DAY, _("日期应按签订、开工、竣工的先后，备案不早于签订"))
    if row.approved_on is not None and signed_on < row.approved_on:
        raise Refused(rules.DAY, _("协议 %(signed)s 早于批准 %(approved)s") % {"signed": signed_on, "approved": row.approved_on})
    shares: list[list[Any]] = [[name.strip()[:20], share] for name, share in stages]
    made = Agreement.objects.create(
        case=row, area=row.area, kind=kind, builder=builder.strip()[:80], builder_certificate=builder_certificate.strip()[:60], stages=shares,
        start_due=start_due, finish_due=finish_due, publishes=publishes, pays_builder=pays_builder, old_house_days=old_house_days, signed_on=signed_on,
        filed_on=filed_on, filed_number=filed_number.strip()[:60], album=album, by=by, recorded_at=timezone.now(),
    )  # fmt: skip
    details = {"agreement": made.pk, "kind": kind, "stages": shares, "filed_on": filed_on.isoformat() if filed_on else ""}
    advance(case=row, step=Step(code="agree", on=day, details=details, captured=captured), by=by)
    return made
