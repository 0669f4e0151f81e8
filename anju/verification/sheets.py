"""核验表: the sheet of one household's conclusion, filled, and those of a village or a whole county, a file for each village (domain 2.9, 3.23).

The papers are Chinese whatever language the page has; numbers appear as the mask policy shows them on paper.
"""

import os
import zipfile
from collections import deque
from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any, BinaryIO

from django.conf import settings
from django.db.models import QuerySet
from django.utils import timezone, translation
from django.utils.translation import gettext as _

from anju import documents
from anju.accounts.models import Organisation
from anju.appraisals.models import Appraisal
from anju.divisions import queries as divisions
from anju.documents import Mark, Picture, Unprintable
from anju.documents.housing import SHEET, parts
from anju.documents.housing.verification_sheet import Interview, Present, Problem, VerificationSheet
from anju.entries.models import SystemEntry
from anju.evidence import store
from anju.evidence.models import Photo
from anju.guarantees.models import Guarantee
from anju.jobs.progress import Refused
from anju.privacy import vault
from anju.problems.models import UNFINISHED
from anju.problems.models import Problem as Known
from anju.registry.facts import known
from anju.registry.models import Category as RegisterCategory
from anju.registry.models import DwellingState, Household, Membership
from anju.tabular.writing import Stamp
from anju.verification.grounds import Data
from anju.verification.models import Verification
from anju.vocabulary import masking, relation
from anju.vocabulary.route import CATEGORY_NAMES, ROUTES, Category

_GRADED = {letter: f"鉴定或评定为 {letter} 级" for letter in "AB"}
WAYS = (
    (CATEGORY_NAMES[Category.APPRAISED], tuple(_GRADED.values())),
    *(
        (CATEGORY_NAMES[category], tuple(route.name for route in ROUTES.values() if route.category is category))
        for category in (Category.RENOVATED, Category.GUARANTEED)
    ),
    (CATEGORY_NAMES[Category.UNGUARANTEED], ()),
)
"""The three categories with the ways of each, and the fourth answer, as this system names them."""
_AT_ONCE = 500


def of(found: Iterable[Verification]) -> QuerySet[Verification]:
    """Conclusions with all that their sheets say of them."""
    keys = [one.pk for one in found]
    return (
        Verification.objects.filter(pk__in=keys)
        .select_related("household", "campaign", "appraisal", "guarantee")
        .order_by("household__number")
    )


def filled(conclusions: Sequence[Verification], *, small: bool = False, lost: list[str] | None = None) -> list[VerificationSheet]:
    """The sheets of conclusions, in their order; a fixed number of questions to the database however many. ``small``: with reduced photos.

    ``lost`` takes the numbers of households whose photo is damaged, and their sheets go without; where it is None, that is ``store.Damaged``.
    """
    with translation.override(settings.LANGUAGE_CODE):
        about = _About(conclusions, small=small, lost=lost)
        return [about.sheet(one) for one in conclusions]


def pdf(conclusion: Verification) -> bytes:
    """One household's sheet; raises ``documents.Unprintable``."""
    return documents.pdf(SHEET, filled(list(of([conclusion])))[0], title=f"{SHEET.title} {conclusion.household.number}")


class _About:
    """What the register, the papers and the photos say of the households of some conclusions, looked up once."""

    def __init__(self, conclusions: Sequence[Verification], *, small: bool, lost: list[str] | None) -> None:
        households = {one.household_id for one in conclusions}
        areas = {one.household.area for one in conclusions}
        self.small, self.lost = small, lost
        self.mask = masking.in_force()
        self.members: dict[int, list[Membership]] = {}
        for spell in Membership.objects.filter(known(), household__in=households).select_related("person").order_by("id"):
            self.members.setdefault(spell.household_id, []).append(spell)
        heads = [spell.person.id_number for spells in self.members.values() for spell in spells if spell.relation == relation.HEAD]
        vault.open_secrets([*heads, *(one.household.phone for one in conclusions)])
        self.categories = dict(RegisterCategory.objects.order_by("primary_order").values_list("code", "name"))
        self.places = divisions.full_names(areas | {area[:12] for area in areas})
        self.villages = divisions.short_names({area[:12] for area in areas})
        self.offices = {county: _competent(county) for county in {area[:6] for area in areas}}
        self.data = Data(households)
        self.states: dict[int, list[DwellingState]] = {}
        houses = {house for one in conclusions if (house := self._house(one)) is not None}
        for state in DwellingState.objects.filter(known(), dwelling__in=houses).order_by("valid_from", "id"):
            self.states.setdefault(state.dwelling_id, []).append(state)
        self.photos: dict[int, Photo] = {}
        albums = [one.album_id for one in conclusions if one.album_id]
        for photo in Photo.objects.filter(album__in=albums, withdrawn_at=None).select_related("thumb" if small else "file").order_by("id"):
            better = photo.kind == "present" or photo.album_id not in self.photos
            if photo.accepted and better:
                self.photos[photo.album_id] = photo
        self.problems = {
            one.household_id: one for one in Known.objects.filter(household__in=households, state__in=UNFINISHED).order_by("-id")
        }
        entered = SystemEntry.objects.filter(
            household__in=households, system=SystemEntry.System.SAFETY, superseded_at=None, withdrawn=False
        )
        self.entered = {one.household_id: one for one in entered}

    def _house(self, one: Verification) -> int | None:
        """The house of which the conclusion speaks: the appraised one, that of the way, else the one lived in."""
        if one.category == Category.APPRAISED.value and one.appraisal is not None:
            return one.appraisal.dwelling_id
        if one.guarantee is not None:
            return one.guarantee.dwelling_id
        grades = self.data.on(one.household_id, one.valid_from).grades
        return grades[-1].dwelling_id if grades else None

    def sheet(self, one: Verification) -> VerificationSheet:
        """One conclusion's sheet."""
        household, day = one.household, one.valid_from
        spells = [
            spell
            for spell in self.members.get(household.pk, [])
            if spell.valid_from <= day and (spell.valid_to is None or spell.valid_to > day)
        ]
        head = next((spell.person for spell in spells if spell.relation == relation.HEAD), None)
        where = self._address(household)
        house = self._house(one)
        state = next((state for state in reversed(self.states.get(house or 0, [])) if state.valid_from <= day), None)
        photo = self.photos.get(one.album_id or 0)
        problem = self.problems.get(household.pk)
        category = Category(one.category)
        mask = self.mask.show
        return VerificationSheet(
            number=f"HY-{household.number}",
            organisation=self.offices[household.area[:6]],
            village=self.places.get(household.area[:12], household.area[:12]),
            verified_on=day,
            household=parts.Household(
                name=head.name if head else "",
                address=where,
                id_number=mask(masking.Kind.ID_NUMBER, head.id_number.clear, masking.Place.PAPER) if head and head.id_number else "",
                phone=mask(masking.Kind.PHONE, household.phone.clear, masking.Place.PAPER) if household.phone else "",
                categories=tuple(self.categories[code] for code in household.groups.split("+") if code in self.categories),
                members=len({spell.person_id for spell in spells}),
                number=household.number,
            ),
            category=CATEGORY_NAMES[category],
            way=_way(one, category),
            ways=WAYS,
            present=Present(
                address=(one.guarantee.place if one.guarantee and one.guarantee.place else "") or (state.address if state else "") or where,
                lives_here=one.lives_here,
                structure=str(DwellingState.Structure(state.structure).label)
                if state and state.structure in DwellingState.Structure.values
                else "",
                grade=one.appraisal.grade if one.appraisal else "",
                seen_at=timezone.localtime(photo.at) if photo and photo.at else None,
                place=_coordinates(photo),
            ),
            grounds=tuple(_grounds(one)),
            proofs=(one.guarantee.document,) if one.guarantee and one.guarantee.document else (),
            interview=_interview(one),
            **self._photo(photo, household),
            problem=_problem(problem),
            verifiers=tuple(parts.Signatory(name=name, office="核验人员") for name in one.verifiers),
            round=one.campaign.name if one.campaign else "",
            entered=_entered(self.entered.get(household.pk)),
        )

    def _address(self, household: Household) -> str:
        """The place and what the register adds to it, each said once."""
        where, more = self.places.get(household.area, household.area), household.address
        return more if more.startswith(where) else f"{where}{more.removeprefix(self.villages.get(household.area[:12], ''))}"

    def _photo(self, photo: Photo | None, household: Household) -> dict[str, Any]:
        if photo is None:
            return {}
        try:
            with store.open(photo.thumb if self.small else photo.file) as source:
                return {"photo": parts.Photo(picture=Picture(source.read()), caption=str(photo.what.title))}
        except store.Damaged:
            if self.lost is None:
                raise
            self.lost.append(household.number)
            return {"photo_lacks": "照片文件损坏，待恢复后重印"}


def _competent(county: str) -> str:
    found = Organisation.objects.filter(area=county, kind="housing").order_by("id").first()
    return found.name if found is not None else "县住房和城乡建设部门"


def _way(one: Verification, category: Category) -> str:
    if category is Category.APPRAISED and one.appraisal is not None:
        return _GRADED.get(one.appraisal.grade, "")
    return ROUTES[one.route].name if one.route else ""


def _grounds(one: Verification) -> Iterator[tuple[str, str]]:
    paper: Appraisal | None = one.appraisal
    way: Guarantee | None = one.guarantee
    if way is not None:
        until = f"，至 {way.until}" if way.until else ""
        yield "保障途径", f"{ROUTES[way.route].name}，自 {way.valid_from}{until}"
        if way.provider:
            yield "提供人", f"{way.provider}（{way.relation}）" if way.relation else way.provider
        if way.safe_because:
            yield "现住房安全依据", way.safe_because
    if paper is not None:
        yield str(paper.get_kind_display()), f"{paper.grade} 级，{paper.number}（{paper.on}）"
    if one.category == Category.UNGUARANTEED.value:
        yield "原因和打算", one.why


def _interview(one: Verification) -> Interview | None:
    if not one.informant and not one.interview:
        return None
    return Interview(informant=one.informant or "—", answers=(("走访情况", one.interview),) if one.interview else ())


def _problem(found: Known | None) -> Problem | None:
    return Problem(number=found.number, description=found.title, due=found.due) if found is not None else None


def _entered(found: SystemEntry | None) -> str:
    if found is None:
        return ""
    return f"{SystemEntry.System.SAFETY.label}　{found.on}　{found.get_state_display()}"


def _coordinates(photo: Photo | None) -> str:
    if photo is None or photo.lng is None or photo.lat is None:
        return ""
    return f"东经 {photo.lng:.5f}°，北纬 {photo.lat:.5f}°"


# ------------------------------------------------------------------------------------------------ many


Told = Callable[[int, str], None]


@dataclass(frozen=True)
class Run:
    """A file of many sheets being made: ``told(sheets, place)`` hears how far it is, ``stamp`` stands on every page, ``lost`` takes the numbers
    of households whose photo is damaged."""

    told: Told
    stamp: Stamp | None = None
    lost: list[str] = field(default_factory=list)

    @property
    def mark(self) -> Mark:
        """What the papers say of themselves."""
        return Mark(self.stamp.line, (self.stamp.number, self.stamp.mark)) if self.stamp is not None else Mark()


def village_file(conclusions: QuerySet[Verification], out: BinaryIO, run: Run) -> int:
    """The sheets of a village as one PDF; how many. Raises ``Refused`` with the household whose sheet can't be made."""
    rows = list(conclusions.order_by("household__number").values_list("pk", "household__number", "area"))
    where = divisions.short_names({area[:12] for _key, _number, area in rows})
    village = "、".join(where.values())
    with _named(village, [number for _key, number, _area in rows]):
        out.write(documents.pdf_many(SHEET, _sheets([key for key, *_rest in rows], run, village), title=SHEET.title, mark=run.mark))
    return len(rows)


def county_file(conclusions: QuerySet[Verification], out: BinaryIO, run: Run) -> int:
    """The sheets of many villages as an archive with a PDF for each village in its township's folder; how many sheets.

    Villages are set on all processors; only those under way are held, whatever the number of households. Raises as ``village_file``.
    """
    of_village: dict[str, list[tuple[int, str]]] = {}
    found = conclusions.order_by("area", "household__number").values_list("pk", "household__number", "area")
    for key, number, area in found.iterator():
        of_village.setdefault(area[:12], []).append((key, number))
    names = divisions.short_names({*of_village, *(code[:9] for code in of_village)})
    processors = os.cpu_count() or 1
    done = 0
    under_way: deque[tuple[str, list[str], Future[bytes]]] = deque()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_STORED) as archive, ThreadPoolExecutor(processors, thread_name_prefix="village") as hands:
        if run.stamp is not None:
            archive.comment = run.stamp.line.encode()

        def kept() -> None:
            nonlocal done
            code, numbers, made = under_way.popleft()
            township, village = names.get(code[:9], code[:9]), names.get(code, code)
            with _named(f"{township}{village}", numbers):
                archive.writestr(zipfile.ZipInfo(f"{township}/{village}（{code}）{len(numbers)}户.pdf"), made.result())
            done += len(numbers)
            run.told(done, f"{township}{village}")

        try:
            for code, held in of_village.items():
                sheets = list(_sheets([key for key, _number in held], run))
                setting = hands.submit(documents.pdf_many, SHEET, sheets, title=SHEET.title, mark=run.mark)
                under_way.append((code, [number for _key, number in held], setting))
                if len(under_way) > processors:
                    kept()
            while under_way:
                kept()
        finally:
            for _code, _many, made in under_way:
                made.cancel()
    return done


@contextmanager
def _named(place: str, numbers: Sequence[str]) -> Iterator[None]:
    """The sheet that can't be made is named by its village and household: ``numbers`` in the order of the sheets."""
    try:
        yield
    except Unprintable as unprintable:
        which = f"{place} {numbers[unprintable.at]}" if unprintable.at is not None else place
        why = Unprintable(unprintable.reason, unprintable.detail)
        raise Refused(_("%(which)s：%(why)s") % {"which": which, "why": why}) from unprintable


def _sheets(keys: Sequence[int], run: Run, told_of: str = "") -> Iterator[VerificationSheet]:
    """The sheets of conclusions, a piece at a time; each piece is told of, where a place is given."""
    for start in range(0, len(keys), _AT_ONCE):
        piece = keys[start : start + _AT_ONCE]
        rows = Verification.objects.filter(pk__in=piece).select_related("household", "campaign", "appraisal", "guarantee")
        yield from filled(list(rows.order_by("household__number")), small=True, lost=run.lost)
        if told_of:
            run.told(start + len(piece), told_of)
