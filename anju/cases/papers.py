"""The papers of a case, filled from what its steps say: application and approval, the village's meeting, agreement or commitment, notices, photos.

They are Chinese whatever language the page has; numbers appear as the mask policy shows them on paper.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from django.utils import timezone

from anju import documents, policy
from anju.accounts.models import Organisation
from anju.appraisals.papers import competent, in_chinese
from anju.cases import standards
from anju.cases.archives import grounds_of
from anju.cases.models import Agreement, Case, CaseStep
from anju.cases.photographs import AFTER, BEFORE, DURING
from anju.cases.standing import counting, since_anew
from anju.divisions import queries as divisions
from anju.documents import Money, Picture
from anju.documents.housing import parts
from anju.documents.renovation import AGREEMENT, APPLICATION, COMMITMENT, NOTICE, PHOTOS, REVIEW
from anju.documents.renovation import agreement as agreements
from anju.documents.renovation import application as applications
from anju.documents.renovation.commitment import Commitment
from anju.documents.renovation.parts import UNSAID, OldHouse, Opinion, Party, Share
from anju.documents.renovation.photo_sheet import PhotoGroup, PhotoSheet
from anju.documents.renovation.posted_notice import PostedNotice
from anju.documents.renovation.village_review import Discussed, VillageReview
from anju.evidence import store
from anju.evidence.checks import metres_said
from anju.evidence.models import Photo
from anju.evidence.queries import accepted
from anju.grading.standards import standard_by_id
from anju.notices.models import Board, BoardPhoto, Notice
from anju.policy.keys import PAYMENT_DAYS
from anju.registry.facts import true_on
from anju.registry.models import Category, DwellingState, Household, Membership, Person
from anju.vocabulary import division, masking, relation
from anju.vocabulary.division import Level
from anju.vocabulary.keygroup import OFFICE_NAMES, Office
from anju.vocabulary.method import METHODS, MODES

_WHOLE_NOTICE, _MOST_PHOTOS, _MOST_SCANS = 60, 24, 120
_SEXES = {"1": "男", "2": "女"}
UNPRINTED = (documents.Unprintable, store.Damaged)
"""Why there is no paper of a household; the texts say what to do."""


@dataclass(frozen=True, slots=True)
class About:
    """A case with its steps that count, those since it last began anew among them, and what its papers ask of them."""

    case: Case
    steps: tuple[CaseStep, ...]
    held: tuple[CaseStep, ...]

    @classmethod
    def of(cls, case: Case) -> "About":
        """The case as it stands."""
        rows = case.steps.select_related("by", "office", "album").order_by("id")
        told = counting(rows)
        return cls(case, tuple(told), tuple(since_anew(told)))

    def last(self, code: str) -> CaseStep | None:
        """The step of that kind that holds: none where the case has begun anew since."""
        return next((one for one in reversed(self.held) if one.code == code), None)

    def agreement(self) -> Agreement | None:
        """The agreement that holds."""
        signed = self.last("agree") if "agreement" in self.case.marks else None
        if signed is None:
            return None
        found: Agreement | None = self.case.agreements.filter(pk=signed.details["agreement"]).select_related("album").first()
        return found


def address_of(household: Household) -> str:
    """The place and what the register adds to it, each said once."""
    places = divisions.full_names([household.area])
    where, more = places.get(household.area, household.area), household.address
    village = divisions.short_names([household.area[:12]]).get(household.area[:12], "")
    return more if more.startswith(where) else f"{where}{more.removeprefix(village)}".strip()


def household_part(household: Household, head: Person | None, on: date) -> parts.Household:
    """The household as papers name it."""
    mask = masking.in_force().show
    codes = household.groups.split("+")
    return parts.Household(
        name=head.name if head is not None else "",
        address=address_of(household),
        id_number=mask(masking.Kind.ID_NUMBER, head.id_number.clear, masking.Place.PAPER) if head is not None and head.id_number else "",
        phone=mask(masking.Kind.PHONE, household.phone.clear, masking.Place.PAPER) if household.phone else "",
        categories=tuple(Category.objects.filter(code__in=codes).order_by("primary_order").values_list("name", flat=True)),
        members=Membership.objects.filter(true_on(max(on, household.opened_on)), household=household).count(),
        number=household.number,
    )


def head_of(case: Case) -> Person | None:
    """The head of the case, where the register still shows the person here."""
    return Person.objects.filter(pk=case.head_id).first()


def old_house(case: Case) -> OldHouse:
    """The house that a case is about, as it was appraised."""
    paper = case.appraisal
    if case.grade == "none" or paper is None:
        return OldHouse(grade="无房" if case.grade == "none" else case.grade, address=address_of(case.household))
    state = DwellingState.objects.filter(true_on(paper.on), dwelling=case.dwelling_id).first()
    standard = {one.key: one.name for one in standard_by_id(paper.standard).components}
    worst = [one for one in paper.components.all() if one.level in ("c", "d") and one.component in standard]
    worst.sort(key=lambda one: (-ord(one.level), list(standard).index(one.component)))
    damage = "；".join(f"{standard[one.component]} {one.level}{f'（{one.note}）' if one.note else ''}" for one in worst)
    return OldHouse(
        grade=case.grade,
        address=(state.address if state else "") or address_of(case.household),
        year_built=state.year_built if state else None,
        structure=str(DwellingState.Structure(paper.structure).label) if paper.structure in DwellingState.Structure.values else "",
        storeys=paper.storeys,
        area=state.main_area if state else None,
        report_number=paper.number,
        appraised_on=paper.on,
        only_house=state.is_only if state else None,
        damage=damage,
    )


def _method(case: Case) -> str:
    return METHODS[case.method].name if case.method in METHODS else ""


def _mode(case: Case) -> str:
    return MODES[case.build_mode].name if case.build_mode in MODES else ""


def _name(step: CaseStep) -> str:
    return step.by.name if step.by is not None else ""


# ------------------------------------------------------------------------------------------------ application and approval


@in_chinese
def application_of(about: About) -> applications.Application:
    """申请审批表 as far as the case is; what hasn't been said yet stays blank for a hand."""
    case = about.case
    head, old = head_of(case), old_house(case)
    return applications.Application(
        number=case.number,
        organisation=competent(case.area),
        year=(case.approved_on or case.applied_on).year,
        household=household_part(case.household, head, case.applied_on),
        old_house=old,
        words=_words(case, old),
        applied_on=case.applied_on,
        sex=_SEXES.get(head.sex, "") if head is not None else "",
        ethnic=head.ethnic if head is not None else "",
        born=head.birth_date if head is not None else None,
        members=_members(case),
        wished_method=_method(case),
        wished_mode=_mode(case),
        assembly=_assembly(about),
        village=_village(about),
        visited_on=visited.on if (visited := about.last("visit")) else None,
        township=_township(about),
        checks=tuple(_check(about, office) for office in Office if office is not Office.VILLAGE),
        approval=_approval(about),
    )


def _words(case: Case, old: OldHouse) -> str:
    group = Category.objects.filter(code=case.group).values_list("name", flat=True).first() or ""
    house = "没有住房" if case.grade == "none" else f"现住房经鉴定为 {old.grade} 级"
    return f"本户属{group}，家庭人口 {case.size} 人，{house}，自愿申请农村危房改造。所报情况真实，愿意接受评议、审核和公示。"


def _members(case: Case) -> tuple[applications.Member, ...]:
    mask = masking.in_force().show
    spells = Membership.objects.filter(true_on(max(case.applied_on, case.household.opened_on)), household=case.household_id)
    rows = sorted(spells.select_related("person").order_by("id"), key=lambda spell: spell.relation != relation.HEAD)
    return tuple(
        applications.Member(
            name=spell.person.name,
            relation=relation.NAMES.get(spell.relation, ""),
            sex=_SEXES.get(spell.person.sex, ""),
            born=spell.person.birth_date,
            id_number=mask(masking.Kind.ID_NUMBER, spell.person.id_number.clear, masking.Place.PAPER) if spell.person.id_number else "",
        )
        for spell in rows
    )


def _assembly(about: About) -> applications.Assembly:
    step = about.last("review")
    if step is None:
        return applications.Assembly()
    said: dict[str, Any] = step.details
    hung = notices_of(about.case, Level.VILLAGE, after=step)
    notice = hung[-1] if hung else None
    return applications.Assembly(
        met_on=step.on,
        expected=said.get("due"),
        attended=said.get("came"),
        votes_for=said.get("agreed"),
        posted_from=notice.starts_on if notice else None,
        posted_until=notice.last_day if notice else None,
        objections=str(notice.get_outcome_display()) if notice is not None and notice.outcome else "",
    )


def _village(about: About) -> Opinion:
    step = about.last("review")
    if step is None:
        return UNSAID
    return Opinion(agreed=True, words="评议通过，同意上报。", person=str(step.details.get("chair", "")), on=step.on)


def _township(about: About) -> Opinion:
    step, refused = about.last("review_township"), about.last("refuse")
    if step is not None:
        return Opinion(agreed=True, words=str(step.details.get("opinion") or "入户核实无误，同意上报。"), person=_name(step), on=step.on)
    if refused is not None:
        return Opinion(agreed=False, words=refused.reason, person=_name(refused), on=refused.on)
    return UNSAID


def _check(about: About, office: Office) -> applications.JointCheck:
    step = about.last(f"check_{office.value}")
    if step is None:
        return applications.JointCheck(department=OFFICE_NAMES[office])
    return applications.JointCheck(
        department=OFFICE_NAMES[office], result=str(step.details.get("note") or "没有异议"), person=_name(step), on=step.on
    )


def _approval(about: About) -> applications.Approval:
    case, step, refused = about.case, about.last("approve"), about.last("refuse")
    if step is not None:
        year = case.plan.year if case.plan is not None else step.on.year
        return applications.Approval(
            opinion=Opinion(agreed=True, words=f"列入 {year} 年度改造计划。", person=_name(step), on=step.on),
            method=_method(case),
            mode=_mode(case),
            area=case.main_area,
            subsidy=Money(case.subsidy) if case.subsidy is not None else None,
            standard=case.subsidy_said,
            number=case.number,
        )
    if refused is not None and about.last("review_township") is not None:
        return applications.Approval(opinion=Opinion(agreed=False, words=refused.reason, person=_name(refused), on=refused.on))
    return applications.Approval()


# ------------------------------------------------------------------------------------------------ the village's meeting


_MEETING = ("due", "came", "chair", "recorder")


@in_chinese
def review_of(about: About) -> VillageReview | None:
    """评议记录 of the meeting that reviewed this case: every household of it; None where there was none."""
    step = about.last("review")
    if step is None:
        return None
    said: dict[str, Any] = step.details
    village = about.case.area[:12]
    low, high = division.bounds(village)
    held = [step]
    told = CaseStep.objects.filter(code="review", on=step.on, area__gte=low, area__lt=high, undone_by=None).exclude(pk=step.pk)
    held += [one for one in told if [one.details.get(name) for name in _MEETING] == [said.get(name) for name in _MEETING]]
    cases = {one.pk: one for one in Case.objects.filter(pk__in=[one.case_id for one in held]).select_related("household")}
    names = dict(Person.objects.filter(pk__in=[one.head_id for one in cases.values()]).values_list("pk", "name"))
    groups = dict(Category.objects.values_list("code", "name"))
    where = divisions.short_names({one.area for one in cases.values() if len(one.area) > 12})
    votes = {one.case_id: int(one.details.get("agreed") or 0) for one in held}
    rows = sorted(cases.values(), key=lambda one: one.number)
    full = divisions.full_names([village]).get(village, village)
    return VillageReview(
        number=f"PY-{village}-{step.on:%Y%m%d}",
        village=f"{full}村民委员会",
        meeting="",
        met_on=step.on,
        place="",
        chair=str(said.get("chair", "")),
        recorder=str(said.get("recorder", "")),
        expected=int(said.get("due") or 0),
        attended=int(said.get("came") or 0),
        topic="评议农村危房改造申请户",
        rule="应到的过半数到会有效；到会的过半数同意为通过",
        households=tuple(
            Discussed(
                name=names.get(one.head_id, ""),
                place=where.get(one.area, ""),
                category=groups.get(one.group, ""),
                grade="无房" if one.grade == "none" else one.grade,
                votes_for=votes[one.pk],
                result="同意上报",
            )
            for one in rows
        ),
        resolution=f"以上 {len(rows)} 户通过评议，公示后上报。",
        photos=photos_of([step.album_id], kinds=("meeting",)),
        signers=(*(str(said.get(name, "")) for name in ("chair", "recorder")), *("",) * 10),
    )


# ------------------------------------------------------------------------------------------------ agreement and commitment


@in_chinese
def agreement_of(about: About, signed: Agreement) -> agreements.Agreement | Commitment:
    """The agreement, or the commitment of a household that builds itself."""
    case = about.case
    head, old = head_of(case), old_house(case)
    household = household_part(case.household, head, signed.signed_on)
    site = old.address or household.address
    mode, township = _mode(case), _township_office(case.area)
    if signed.kind == Agreement.Kind.COMMITMENT:
        trained = about.last("train")
        return Commitment(
            number=f"{case.number}-CN",
            addressee=township,
            drawn_on=signed.signed_on,
            household=household,
            old_house=old,
            site=site,
            method=_method(case),
            mode=mode,
            most_area=case.main_area,
            starts_on=signed.start_due,
            finishes_on=signed.finish_due,
            trained_on=trained.on if trained is not None else None,
            craftsmen=(Party(name=signed.builder, paper=signed.builder_certificate),) if signed.builder else (),
        )
    three = signed.kind == Agreement.Kind.THREE
    builder = Party(name=signed.builder, paper=signed.builder_certificate)
    office = standards.filed_with(case.area, signed.signed_on)
    return agreements.Agreement(
        number=f"{case.number}-XY",
        drawn_on=signed.signed_on,
        township=Party(name=township),
        household=Party(name=household.name, paper=household.id_number, phone=household.phone, address=household.address),
        builder=builder if three else None,
        old_house=old,
        site=site,
        method=_method(case),
        mode=mode,
        most_area=case.main_area,
        subsidy=Money(case.subsidy or 0),
        pays=_pays(signed, case.subsidy or 0),
        pay_days=_pay_days(case.area, signed.signed_on),
        starts_on=signed.start_due,
        finishes_on=signed.finish_due,
        vacated_within=signed.old_house_days,
        consent_to_publish=signed.publishes,
        consent_to_pay_builder=signed.pays_builder if three else None,
        further="" if three or not signed.builder else f"施工方：{' '.join(filter(None, (signed.builder, signed.builder_certificate)))}",
        filing=agreements.Filing(with_whom=office, number=signed.filed_number, on=signed.filed_on) if signed.filed_on else None,
    )


def _pays(signed: Agreement, subsidy: int) -> tuple[Share, ...]:
    """The stages with their amounts: what the shares leave over goes to the last."""
    left, found = subsidy, []
    for at, (name, share) in enumerate(signed.stages, 1):
        amount = left if at == len(signed.stages) else subsidy * int(share) // 100
        left -= amount
        found.append(Share(name=name, percent=Decimal(share), amount=Money(amount)))
    return tuple(found)


def _pay_days(area: str, on: date) -> int | None:
    rule = policy.find(PAYMENT_DAYS, area, on)
    return int(rule.value) if rule is not None else None


def _township_office(area: str) -> str:
    found = Organisation.objects.filter(area=area[:9], kind="township").order_by("id").first()
    return found.name if found is not None else f"{divisions.full_names([area[:9]]).get(area[:9], '')}人民政府"


# ------------------------------------------------------------------------------------------------ notices and photos


def notices_of(case: Case, level: Level | None = None, *, after: CaseStep | None = None) -> list[Notice]:
    """The notices in which a case hung or hangs, but for those taken down, in their order; ``after``: only those of the stage to which that step led."""
    found = case.notices.filter(notice__withdrawn_on=None).select_related("notice__office").order_by("id")
    if level is not None:
        found = found.filter(level=int(level))
    return [one.notice for one in (found if after is None else found.filter(entered=after.pk))]


@in_chinese
def notice_of(about: About, notice: Notice) -> PostedNotice:
    """A notice of the case as it hung; of a long one only the rows that may be this household's."""
    content: dict[str, Any] = notice.content
    keys = [key for key, _title in content["columns"]]
    rows = [tuple(str(cell) for cell in row) for row in content["rows"]]
    shown = rows
    if len(rows) > _WHOLE_NOTICE and "head" in keys:
        head = head_of(about.case)
        said = masking.POLICIES[notice.mask].show(masking.Kind.NAME, head.name, masking.Place.NOTICE) if head else ""
        shown = [row for row in rows if row[keys.index("head")] == said][:_WHOLE_NOTICE]
    photos = BoardPhoto.objects.filter(notice=notice, photo__withdrawn_at=None).select_related("photo__file", "photo__thumb")
    return PostedNotice(
        number=f"GS-{notice.pk}",
        title=notice.title,
        kind=str(notice.get_kind_display()),
        organisation=notice.office.name,
        place=divisions.full_names([notice.area]).get(notice.area, notice.area),
        posted_on=notice.starts_on,
        until=notice.last_day,
        days=notice.days,
        columns=tuple(str(title) for _key, title in content["columns"]),
        rows=tuple(shown),
        hotline=notice.hotline,
        boards=tuple(str(Board(one).label) for one in notice.boards),
        intro=notice.intro,
        outcome=str(notice.get_outcome_display()) if notice.outcome else "公示中",
        ended_on=notice.closed_on,
        photos=tuple(
            _shown(one.photo, f"{one.get_moment_display()}　") for one in photos.order_by("moment", "id")[:4] if one.photo.accepted
        ),
        left_out=len(rows) - len(shown),
    )


def photos_of(albums: Iterable[int | None], *, kinds: Sequence[str] = ()) -> tuple[parts.Photo, ...]:
    """The first accepted photos of albums, in their order. Raises ``store.Damaged``."""
    return tuple(_shown(one) for one in _accepted(albums, kinds)[:_MOST_PHOTOS])


def _accepted(albums: Iterable[int | None], kinds: Sequence[str] = ()) -> list[Photo]:
    found = Photo.objects.filter(accepted(), album__in=[one for one in albums if one]).select_related("file").order_by("id")
    return list(found.filter(kind__in=kinds) if kinds else found)


def _shown(photo: Photo, before: str = "") -> parts.Photo:
    moment = timezone.localtime(photo.at) if photo.at else None
    caption = [f"{before}{photo.what.title}"]
    if moment is not None:
        caption.append(f"{moment.year}年{moment.month}月{moment.day}日")
    if photo.distance_m is not None:
        caption.append(f"距{photo.get_distance_to_display()} {metres_said(photo.distance_m)}")
    if photo.note:
        caption.append(photo.note)
    with store.open(photo.file) as source:
        return parts.Photo(picture=Picture(source.read()), caption="　".join(caption)[:100])


@in_chinese
def photo_sheet_of(about: About, number: str, on: date) -> PhotoSheet | None:
    """照片页: before, during and after of a case; None where there is no photo at all."""
    albums = [one.album_id for one in about.steps]
    ground = grounds_of([about.case]).get(about.case.pk)
    groups = {
        title: _accepted([ground, *albums] if kinds is BEFORE else albums, sorted(kinds))
        for title, kinds in (("改造前", BEFORE), ("改造中", DURING), ("改造后", AFTER))
    }
    return _sheet(about.case, number, on, PHOTOS.title, groups, most=_MOST_PHOTOS)


@in_chinese
def scans_of(case: Case, title: str, number: str, on: date, albums: Iterable[int | None]) -> PhotoSheet | None:
    """A paper that was photographed, as pages; None where nothing of it was."""
    return _sheet(case, number, on, title, {title: _accepted(albums)}, most=_MOST_SCANS)


def _sheet(case: Case, number: str, on: date, title: str, groups: Mapping[str, Sequence[Photo]], *, most: int) -> PhotoSheet | None:
    """The sheet, with so many photos of each group at most; None where there is none. What it leaves out it counts."""
    if not any(groups.values()):
        return None
    head = head_of(case)
    left = sum(max(0, len(rows) - most) for rows in groups.values())
    return PhotoSheet(
        number=number,
        title=title,
        organisation=competent(case.area),
        household=head.name if head is not None else "",
        address=address_of(case.household),
        made_on=on,
        groups=tuple(PhotoGroup(title=name, photos=tuple(_shown(one) for one in rows[:most])) for name, rows in groups.items()),
        note=f"另有 {left} 张照片没有列出，在系统里查看。" if left else "",
    )


# ------------------------------------------------------------------------------------------------ as PDF


def application_pdf(about: About) -> bytes | None:
    """申请审批表; None of a case of earlier years, which wasn't applied for here. Raises ``documents.Unprintable``."""
    if about.case.historic:
        return None
    return documents.pdf(APPLICATION, application_of(about), title=f"{APPLICATION.title} {about.case.number}")


def review_pdf(about: About) -> bytes | None:
    """评议记录; None where the village hasn't met. Raises ``documents.Unprintable``."""
    found = review_of(about)
    return None if found is None else documents.pdf(REVIEW, found, title=f"{REVIEW.title} {found.number}")


def agreement_pdf(about: About) -> bytes | None:
    """协议 or 承诺书 that holds; None where none does. Raises ``documents.Unprintable``."""
    signed = about.agreement()
    if signed is None:
        return None
    found = agreement_of(about, signed)
    kind = COMMITMENT if isinstance(found, Commitment) else AGREEMENT
    return documents.pdf(kind, found, title=f"{kind.title} {found.number}")


def notice_pdf(about: About, notice: Notice) -> bytes:
    """公示存档; raises ``documents.Unprintable``."""
    return documents.pdf(NOTICE, notice_of(about, notice), title=f"{NOTICE.title} {notice.title}")


def photos_pdf(sheet: PhotoSheet | None) -> bytes | None:
    """照片页; None where there is nothing to show. Raises ``documents.Unprintable``."""
    return None if sheet is None else documents.pdf(PHOTOS, sheet, title=f"{sheet.title} {sheet.number}")
