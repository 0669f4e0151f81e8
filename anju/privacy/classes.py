"""Which fields tell something about a person: every field of every table is classed here, *personal* or *open* (quality 6).

*Personal* is what tells who somebody is, how to reach them, where they live, what state their health, household or house is in, and texts somebody
may have written a person into. Such a field is masked by default, isn't put into addresses or logs, and leaves the house only through a registered
export. *Open* is what tells nothing about a person by itself: codes, counts, moments, states of work. Keys that tables point to each other with are
open and needn't be named. A field that isn't classed fails a house test.
"""

from collections.abc import Iterator
from dataclasses import dataclass

from django.apps import apps
from django.db import models

from anju.privacy.fields import SecretField


@dataclass(frozen=True, slots=True)
class Classes:
    """The fields of one table by their class."""

    personal: frozenset[str]
    open: frozenset[str]


@dataclass(frozen=True, slots=True)
class FieldClass:
    """One field, its class, and whether what it holds is sealed."""

    table: str
    field: str
    personal: bool
    sealed: bool


def _classes(*, personal: str = "", open: str = "") -> Classes:  # the word of the field
    return Classes(frozenset(personal.split()), frozenset(open.split()))


_FACT = "valid_from valid_to recorded_at superseded_at source"
_PARTICULARS = "name id_number sex birth_date ethnic phone disability_kind disability_level disability_cert alive death_date"

DECLARED: dict[str, Classes] = {
    "clock.BusinessDay": _classes(open="only day"),
    "privacy.Secret": _classes(personal="token lookup tail sealed", open="kind key_number lookup_key token_key"),
    "privacy.LookupKeys": _classes(open="only key_number leaving"),
    "jobs.Job": _classes(
        personal="message arguments result",
        open="kind title area status done total cancel_requested created_at started_at finished_at grant",
    ),
    "divisions.Division": _classes(
        open="code parent level name short_name full_name core pinyin initials number urban_rural valid_from valid_to state_on opened_by closed_by"
    ),
    "divisions.FormerName": _classes(open="name until"),
    "divisions.DivisionTag": _classes(open="tag year document"),
    "divisions.SeismicIntensity": _classes(open="intensity design_group source valid_from valid_to"),
    "divisions.DivisionChange": _classes(open="kind on document note recorded_at recorded_by"),
    "divisions.Succession": _classes(open="old new named"),
    "divisions.Recoded": _classes(open="table column old new keys size"),
    "divisions.DivisionLoad": _classes(open="source prefixes added recorded_at recorded_by"),
    "accounts.Organisation": _classes(open="name kind area"),
    "accounts.User": _classes(personal="login name password last_login", open="is_active created_at"),
    "accounts.Grant": _classes(personal="reason ended_why", open="role area valid_from valid_to given_at ended_at"),
    "accounts.NamedRecord": _classes(open="kind key"),
    "accounts.SignIn": _classes(personal="login_digest address agent", open="seat at outcome second_factor ended_at ended"),
    "accounts.LoginLock": _classes(personal="login_digest", open="failures refused locked_until last_at"),
    "accounts.SourceDelay": _classes(personal="source", open="failures refused not_before last_at"),
    "accounts.SignedInSession": _classes(personal="key_digest content", open="started_at seen_at deadline"),
    "accounts.PasswordState": _classes(open="changed_at must_change"),
    "accounts.PastPassword": _classes(personal="encoded", open="at"),
    "accounts.SecondFactor": _classes(personal="secret", open="confirmed_at last_step"),
    "accounts.RecoveryCode": _classes(personal="digest", open="used_at"),
    "exports.Export": _classes(
        personal="filters reason note decision_reason file_name",
        open="kind title area seat columns rows full mark office grant requested_at state needs_approval decided_at as_is file_size ready_at expires_at",
    ),
    "exports.Download": _classes(personal="address", open="at"),
    "exports.Reveal": _classes(personal="subject url reason note", open="area seat numbers office grant at"),
    "masks.MaskChoice": _classes(open="policy reason chosen_at"),
    "trail.Entry": _classes(
        personal="login address reason names",
        open="at txid user office grant action role table operation rows keys within before after changed seat",
    ),
    "trail.Seal": _classes(open="no seq hash doubt"),
    "trail.Archived": _classes(open="first last before hash earliest latest name at by reason"),
    "trail.Restoration": _classes(open="at archive name taken_at by reason former_end found_end common lost"),
    "trail.Sealing": _classes(open="first last hash at xid settled seen floor cluster"),
    "evidence.StoredFile": _classes(personal="name", open="sha256 size media_type created_at"),
    "evidence.Album": _classes(
        personal="title owner expected_lng expected_lat", open="area expected_basis radius_m since until created_at"
    ),
    "evidence.Photo": _classes(
        personal="lng lat note device camera software details explanation withdrawn_why",
        open="area client_id kind width height original_sha256 original_sm3 original_size content_sha256 content_sm3 system accuracy_m place_from "
        "distance_m distance_to taken_at captured_at received_at recorded_at visibility people_in_frame householder_in_frame findings explained_at "
        "withdrawn_at",
    ),
    "evidence.Fingerprint": _classes(personal="signs band0 band1 band2 band3 pattern", open="area"),
    "registry.Category": _classes(open="code name short name_en owner scope primary_order valid_from valid_to province source"),
    "registry.Household": _classes(personal="address phone groups", open="number area opened_on closed_on source"),
    "registry.NumberSeries": _classes(open="village last"),
    "registry.Person": _classes(personal=_PARTICULARS, open="id_conflict birth_precision area recorded_at source"),
    "registry.FormerParticulars": _classes(personal=_PARTICULARS, open="id_conflict birth_precision area recorded_at superseded_at"),
    "registry.Registration": _classes(personal="address", open=f"area ending {_FACT}"),
    "registry.Membership": _classes(personal="relation", open=f"area {_FACT}"),
    "registry.Belonging": _classes(open=f"area {_FACT}"),
    "registry.Dwelling": _classes(open="number area source"),
    "registry.DwellingState": _classes(
        personal="address lng lat homestead_no more",
        open=f"area {_FACT} coordinates is_only year_built structure storeys bays main_area auxiliary_area status",
    ),
    "registry.Occupancy": _classes(open=f"area kind {_FACT}"),
    "registry.DatedFlag": _classes(personal="flag note", open=f"area {_FACT}"),
    "registry.PastSupport": _classes(personal="amount", open="area year kind recorded_at superseded_at source"),
    "registry.HouseholdCard": _classes(personal="card_no bank ended_reason", open=f"area renew {_FACT}"),
    "registry.NameToken": _classes(personal="token", open="area"),
    "registry.Change": _classes(personal="detail", open="area kind on recorded_at source"),
    "entries.SystemEntry": _classes(personal="result", open="area system state on recorded_at superseded_at withdrawn source"),
    "imports.ImportBatch": _classes(
        personal="recognition message",
        open="area kind title as_of sha256 status last_sheet last_row applied_to rows_total rows_applied rows_noted rows_refused rows_undone faults at "
        "read_at finished_at seconds",
    ),
    "imports.ImportRow": _classes(personal="findings", open="sheet row area once values outcome"),
    "imports.ImportCells": _classes(personal="sealed", open="sheet row key_number"),
    "problems.NumberSeries": _classes(open="county year last"),
    "problems.Problem": _classes(
        personal="title description plan report cause mended self_check",
        open="county year serial number area key source category severity found_on found_level state handed_on due rectified_on rectified_level way "
        "verified_level closed_on",
    ),
    "problems.Step": _classes(personal="text detail", open="ordinal kind on at level"),
    "notices.Notice": _classes(
        personal="content closed_why withdrawn_why",
        open="kind level area title intro rows mask key days starts_on closes_on boards token hotline posted_at start_photo_on end_photo_on outcome "
        "closed_on withdrawn_on",
    ),
    "notices.BoardPhoto": _classes(open="area moment on"),
    "notices.Objection": _classes(personal="who phone about answer", open="area channel row received_on result answered_on"),
    "notices.PostedNumber": _classes(personal="token", open="mask on"),
    "appraisals.NumberSeries": _classes(open="kind county year last"),
    "appraisals.Round": _classes(
        open="area kind name categories population first_year last_year appraise starts_on ends_on document cadres experts opened_at closed_at",
    ),
    "appraisals.Screening": _classes(
        personal="result lives_here note", open="area on recorded_at client_id captured_at device source superseded_at"
    ),
    "appraisals.Appraisal": _classes(
        personal="appraisers site whole disaster qualitative quantitative p mu computed grade override_reason advice opinion acknowledged "
        "acknowledged_on state_reason",
        open="number area on kind organiser trigger standard structure storeys subsidy objection_until state state_at recorded_at client_id captured_at "
        "device source",
    ),
    "appraisals.ComponentFinding": _classes(personal="level dangerous total points note", open="component"),
    "appraisals.HouseGrade": _classes(personal="grade", open=f"area {_FACT}"),
    "appraisals.NoHouse": _classes(personal="village_opinion township_opinion", open=f"area applied_on village_on {_FACT}"),
    "appraisals.Objection": _classes(personal="raised_by reason answer", open="area on recorded_at state answered_on"),
    "appraisals.Posting": _classes(
        personal="grade removed_reason", open="kind number area token issued_on recorded_at posted_on removed_on"
    ),
    "appraisals.Hazard": _classes(
        personal="reporter description checked_note unfounded closed_how housed",
        open="area on way cause urgent checked_on evacuated_on due closed_on recorded_at client_id captured_at device source",
    ),
    "appraisals.RecheckLot": _classes(open="area since until share seed worked drawn_at voided_at voided_reason"),
    "appraisals.RecheckItem": _classes(personal="note", open="area same done_on"),
    "appraisals.Stock": _classes(open="area as_of households by_grade made_at locked_at voided_at voided_reason"),
    "appraisals.StockEntry": _classes(personal="grade groups struck_why", open="area struck_on"),
    "appraisals.StockSignature": _classes(open="area office at"),
    "guarantees.Guarantee": _classes(
        personal="route provider relation place document safe_because note ended_reason", open=f"area until {_FACT}"
    ),
    "cases.NumberSeries": _classes(open="county year last"),
    "cases.AnnualPlan": _classes(open="area year households start_due complete_due days handed document made_at"),
    "cases.PlanChange": _classes(open="area kind before after document at"),
    "cases.QuotaRequest": _classes(
        personal="reason answer",
        open="area asked_of year households document task counted on recorded_at state granted answer_document answered_on seen_at",
    ),
    "cases.QuotaGround": _classes(personal="grade why", open="area"),
    "cases.Case": _classes(
        personal="group grade size method build_mode main_area auxiliary_area subsidy subsidy_said",
        open="number area applied_on recorded_at source stage since entered marks behind approved_on started_on completed_on ended_on year historic",
    ),
    "cases.CaseStep": _classes(personal="reason details", open="area code on at waived client_id captured_at device source"),
    "cases.CaseHistory": _classes(
        personal="structure area_after central province city county total_cost self_raised loan other builder archive_number note",
        open="area completed_year accepted_on paid_on",
    ),
    "cases.CaseTally": _classes(open="digits area stage since marks grade method group number gathered"),
    "cases.CaseWaiver": _classes(personal="reason ended_reason", open="area rule at ended_at"),
    "cases.CaseNotice": _classes(open="area level entered"),
    "cases.Agreement": _classes(
        personal="builder builder_certificate stages publishes pays_builder old_house_days filed_number",
        open="area kind start_due finish_due signed_on filed_on recorded_at",
    ),
    "cases.Drawing": _classes(
        open="area code name structure storeys main_area rooms intensity document valid_from valid_to added_at",
    ),
    "cases.HouseholdPlan": _classes(
        personal="method build_mode structure storeys main_area auxiliary_area works toilet toilet_consent accessibility animals environment meanwhile "
        "meanwhile_place subsidy self_raised loan donated granted total labour_days labour_by debt_said debt_reason disposal village_person "
        "township_person note",
        open="area drawn_on meanwhile_from meanwhile_until disposal_by milestones recorded_at",
    ),
    "cases.ArchiveSeries": _classes(open="township year last"),
    "cases.CaseArchive": _classes(
        personal="review_note", open="area number township year serial required present missing complete reckoned_at reviewed_on"
    ),
    "cases.ArchivePaper": _classes(personal="kept_at note taken_why", open="area item on_paper filed_on filed_at taken_on"),
    "cases.PaperReading": _classes(open="area seat paper of at"),
    "verification.Campaign": _classes(open="area name categories starts_on due document opened_at closed_at"),
    "verification.Verification": _classes(
        personal="category route verifiers informant interview lives_here why", open=f"area client_id captured_at device {_FACT}"
    ),
    "rosters.ColumnMapping": _classes(open="area fingerprint layout headings columns created_at"),
    "rosters.Batch": _classes(
        personal="recognition message",
        open="area owner category layout title as_of sha256 enrols status last_sheet last_row rows_total rows_clean rows_noted rows_faulty "
        "places_unresolved faults received_at read_at seconds locked_at",
    ),
    "rosters.BatchRow": _classes(
        personal="place address name id_number id_text sex birth_date relation household head_name phone cert_no extra findings",
        open="sheet row area placed birth_precision outcome",
    ),
    "rosters.RowCells": _classes(personal="sealed", open="sheet row key_number"),
    "rosters.MatchRun": _classes(open="kind area stage current flow summary applied started_at finished_at seconds"),
    "rosters.Match": _classes(personal="explanation evidence changes", open="area outcome passed score pattern verdict applied"),
    "rosters.Mismatch": _classes(personal="subject listed held explanation detail note", open="kind area disposition handled_at"),
    "rosters.Decision": _classes(personal="reason", open="kind mismatch_kind verdict size effects at undone_at"),
    "rosters.Letter": _classes(
        personal="body", open="area year serial number office addressee sender on answer_by kinds written_at answered_at"
    ),
    "rosters.LetterRow": _classes(personal="question answer_note", open="ordinal answer answered_at"),
    "rosters.LockSignature": _classes(open="office at"),
}


def ours() -> Iterator[type[models.Model]]:
    """The product's own tables."""
    for model in apps.get_models(include_auto_created=True):
        if model.__module__.startswith("anju."):
            yield model


def needs_class(field: models.Field) -> bool:  # type: ignore[type-arg]
    """Whether a field must be named: all but a row's own number and the keys that point to other rows."""
    return not (field.is_relation or isinstance(field, models.AutoField | models.CompositePrimaryKey))


def declared() -> Iterator[FieldClass]:
    """Every classed field, table by table."""
    for model in sorted(ours(), key=lambda model: model._meta.label):
        classes = DECLARED.get(model._meta.label)
        if classes is None:
            continue
        for field in model._meta.local_fields:
            if field.name in classes.personal | classes.open:
                sealing = getattr(model, "SEALING", None)
                sealed = isinstance(field, SecretField) or (sealing is not None and field.name == sealing.column)
                yield FieldClass(model._meta.label, field.name, field.name in classes.personal, sealed)
