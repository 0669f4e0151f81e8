"""The papers of an appraisal, filled: the report, the sign with its result, the safety plate. They are Chinese whatever language the page has."""

from collections.abc import Callable
from decimal import Decimal
from typing import ParamSpec, TypeVar

from django.conf import settings
from django.utils import translation
from django.utils.translation import gettext as _

from anju import documents
from anju.accounts.models import Organisation
from anju.appraisals.models import Appraisal, Posting
from anju.divisions import queries as divisions
from anju.documents import Code, Picture
from anju.documents.housing import PLATE, REPORT, SIGN, parts
from anju.documents.housing import appraisal_report as report
from anju.documents.housing.posted_result import PostedResult
from anju.documents.housing.safety_plate import SafetyPlate
from anju.evidence import store
from anju.grading.form import DISASTER
from anju.grading.model import Standard
from anju.grading.standards import standard_by_id
from anju.registry.facts import true_on
from anju.registry.models import Category, DwellingState, Membership, Person
from anju.vocabulary import masking, relation
from anju.vocabulary.grade import GRADES

_PHOTOS = 6
_P = ParamSpec("_P")
_R = TypeVar("_R")


def in_chinese(make: Callable[_P, _R]) -> Callable[_P, _R]:
    """A paper is Chinese whatever language the page has."""

    def made(*arguments: _P.args, **more: _P.kwargs) -> _R:
        with translation.override(settings.LANGUAGE_CODE):
            return make(*arguments, **more)

    return made


def office_of(row: Appraisal) -> str:
    """Who did the appraisal, as papers say it."""
    office: Organisation | None = row.agency or (row.by.organisation if row.by else None)
    return office.name if office is not None else _("县住房和城乡建设部门")


def competent(area: str) -> str:
    """The county's housing office, to which a household turns."""
    found = Organisation.objects.filter(area=area[:6], kind="housing").order_by("id").first()
    return found.name if found is not None else _("县住房和城乡建设部门")


def head_of(row: Appraisal) -> Person | None:
    """The head of the household on the day of the appraisal, else of today."""
    spells = Membership.objects.filter(household=row.household_id, relation=relation.HEAD).select_related("person")
    found = spells.filter(true_on(row.on)).first() or spells.filter(superseded_at=None, valid_to=None).first()
    return found.person if found else None


def place_of(area: str) -> str:
    """The full name of a place."""
    return divisions.full_names([area]).get(area, area)


def _address(row: Appraisal) -> str:
    """The place and what the register adds to it, each said once."""
    where, more = place_of(row.area), row.household.address
    return more if more.startswith(where) else f"{where} {more}".strip()


def _guide(standard: Standard) -> str:
    return f"《{standard.title}》（{standard.document}）"


@in_chinese
def report_of(row: Appraisal) -> report.AppraisalReport:
    """The report of an appraisal, its photos as they are accepted now."""
    standard = standard_by_id(row.standard)
    head, mask = head_of(row), masking.in_force()
    state = DwellingState.objects.filter(true_on(row.on), dwelling=row.dwelling).first()
    older = row.supersedes.order_by("-on", "-id").first()
    signed = row.acknowledged != Appraisal.Acknowledgement.UNSIGNED
    return report.AppraisalReport(
        number=row.number,
        organisation=office_of(row),
        kind=str(row.get_kind_display()),
        organiser=str(row.get_organiser_display()),
        household=parts.Household(
            name=head.name if head else "",
            address=_address(row),
            id_number=mask.show(masking.Kind.ID_NUMBER, head.id_number.clear, masking.Place.PAPER) if head and head.id_number else "",
            phone=mask.show(masking.Kind.PHONE, row.household.phone.clear, masking.Place.PAPER) if row.household.phone else "",
            categories=tuple(
                Category.objects.filter(code__in=row.household.groups.split("+")).order_by("primary_order").values_list("name", flat=True)
            ),
            members=Membership.objects.filter(true_on(max(row.on, row.household.opened_on)), household=row.household).count(),
            number=row.household.number,
        ),
        house=parts.House(
            address=(state.address if state else "") or _address(row),
            year_built=state.year_built if state else None,
            structure=str(DwellingState.Structure(row.structure).label) if row.structure in DwellingState.Structure.values else "",
            storeys=row.storeys,
            bays=state.bays if state else None,
            area=state.main_area if state else None,
            number=row.dwelling.number,
        ),
        standard=parts.Standard(title=standard.title, number=standard.document, valid_from=standard.valid_from),
        inspected_on=row.on,
        issued_on=row.on,
        site=report.Site(safe=row.site != "dangerous"),
        components=_components(row, standard),
        computed=row.computed,
        grade=row.grade,
        meaning=GRADES[row.grade].meaning + "。",
        advice=str(row.get_advice_display()),
        advice_note=row.opinion,
        objection=parts.Objection(until=row.objection_until, to=competent(row.area)),
        appraisers=tuple(parts.Signatory(name=name, office=office_of(row), signed_on=row.on) for name in row.appraisers),
        round=row.round.name if row.round else "",
        trigger=str(row.get_trigger_display()),
        whole_level=row.whole,
        protection=_protection(row),
        measures=_measures(row, standard),
        qualitative=row.qualitative if row.standard.startswith("2009") else "",
        quantitative=_quantitative(row),
        override_reason=row.override_reason,
        photos=_photos(row),
        acknowledgement=report.Acknowledgement(
            answer=str(row.get_acknowledged_display()) if signed else "", signed_on=row.acknowledged_on if signed else None
        ),
        supersedes=older.number if older else "",
    )


def _components(row: Appraisal, standard: Standard) -> tuple[report.Component, ...]:
    found = {one.component: one for one in row.components.all()}
    made = []
    for declared in standard.components:
        one = found.get(declared.key)
        if one is None or not one.level:
            continue
        points = {point.key: point for point in declared.points}
        dangers = tuple(
            report.DangerPoint(
                found=points[point["point"]].name,
                measured="" if isinstance(point["value"], bool) else f"{point['value']} {points[point['point']].unit}".strip(),
                limit=points[point["point"]].says,
                exceeds=bool(point["exceeds"]),
            )
            for point in one.points
            if point["point"] in points
        )
        made.append(
            report.Component(name=declared.name, level=one.level, criteria=declared.criteria[one.level], dangers=dangers, note=one.note)
        )
    return tuple(made)


def _protection(row: Appraisal) -> str:
    results = set(row.disaster.values())
    if not results:
        return ""
    return DISASTER[results.pop() if len(results) == 1 else "partly"]


def _measures(row: Appraisal, standard: Standard) -> tuple[report.Measure, ...]:
    return tuple(
        report.Measure(
            hazard=hazard.name,
            measure="、".join(one.name for one in hazard.measures),
            there=row.disaster[hazard.key] != "none",
            note=DISASTER[row.disaster[hazard.key]],
        )
        for hazard in standard.hazards
        if hazard.key in row.disaster
    )


def _quantitative(row: Appraisal) -> report.Quantitative | None:
    if not row.quantitative or not row.p or not row.mu:
        return None
    p: dict[str, float] = row.p
    mu: dict[str, float] = row.mu

    def share(key: str) -> Decimal | None:
        return Decimal(str(round(p[key], 2))) if key in p else None

    a, b, c, d = (Decimal(str(round(mu.get(grade, 0), 2))) for grade in GRADES)
    return report.Quantitative(
        foundation=share("foundation"), upper=share("upper"), enclosure=share("enclosure"), membership=(a, b, c, d), grade=row.quantitative
    )


def _photos(row: Appraisal) -> tuple[parts.Photo, ...]:
    if row.album is None:
        return ()
    accepted = [photo for photo in row.album.photos.order_by("id").select_related("file") if photo.accepted]
    made = []
    for photo in accepted[:_PHOTOS]:
        with store.open(photo.file) as source:
            caption = f"{photo.what.title}{f'（{photo.note}）' if photo.note else ''}"
            made.append(parts.Photo(picture=Picture(source.read()), caption=caption))
    return tuple(made)


@in_chinese
def sign_of(posting: Posting, address: str) -> PostedResult:
    """The sign of a posting; ``address`` is that of its public page."""
    row = posting.appraisal
    return PostedResult(
        number=posting.number,
        organisation=competent(row.area),
        householder=householder(row),
        place=place_of(row.area),
        grade=posting.grade,
        meaning=GRADES[posting.grade].meaning + "。",
        standard=_guide(standard_by_id(row.standard)),
        appraised_on=row.on,
        appraised_by=office_of(row),
        posted_on=posting.posted_on or posting.issued_on,
        posted_until=row.objection_until if row.objection_until >= posting.issued_on else None,
        objection=parts.Objection(until=row.objection_until, to=competent(row.area)) if row.objection_until >= posting.issued_on else None,
        advice=_("建议%(advice)s") % {"advice": row.get_advice_display()},
        warning="危险房屋　禁止居住" if posting.grade == "D" else "",
        public=Code(address),
    )


@in_chinese
def plate_of(posting: Posting, address: str) -> SafetyPlate:
    """The plate of a posting; ``address`` is that of its public page."""
    row = posting.appraisal
    return SafetyPlate(
        number=posting.number,
        organisation=competent(row.area),
        householder=householder(row),
        place=place_of(row.area),
        grade=posting.grade,
        ground=str(ground(row)),
        standard=_guide(standard_by_id(row.standard)),
        appraised_by=office_of(row),
        appraised_on=row.on,
        issued_on=posting.issued_on,
        public=Code(address),
    )


def ground(row: Appraisal) -> str:
    """On what a plate rests."""
    return _("改造验收合格") if row.trigger == Appraisal.Trigger.AFTER_WORKS else str(row.get_kind_display())


def householder(row: Appraisal) -> str:
    """The head's name as a notice may show it."""
    head = head_of(row)
    return masking.in_force().show(masking.Kind.NAME, head.name, masking.Place.NOTICE) if head else ""


def report_pdf(row: Appraisal) -> bytes:
    """The report as PDF; raises ``documents.Unprintable``."""
    return documents.pdf(REPORT, report_of(row), title=f"{REPORT.title} {row.number}")


def posting_pdf(posting: Posting, address: str) -> bytes:
    """The sign or plate as PDF; raises ``documents.Unprintable``."""
    if posting.kind == Posting.Kind.PLATE:
        return documents.pdf(PLATE, plate_of(posting, address), title=f"{PLATE.title} {posting.number}")
    return documents.pdf(SIGN, sign_of(posting, address), title=f"{SIGN.title} {posting.number}")
