"""A row's value as the trail's page shows it: codes as their words, areas as places, persons' numbers under the mask policy, the rest of what is personal not.

The trail holds no values. What is shown is the row as it stands now, where the reader may see it.
"""

import re
from collections.abc import Callable, Sequence
from datetime import date, datetime
from typing import Any

from django.apps import apps
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import QuerySet
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop

from anju.accounts.models import User
from anju.accounts.roles import ROLES
from anju.accounts.scope import scope
from anju.appraisals import populations
from anju.audit.words import TABLES, WORK
from anju.cases.archives import BY_CODE as ARCHIVE_ITEMS
from anju.cases.planning_words import states
from anju.cases.rules import CHECKS as CASE_RULES
from anju.cases.standing import APPLY, FINISHED, UNDO
from anju.cases.workflow import WORKFLOW
from anju.divisions import queries as places
from anju.divisions.fields import AreaField
from anju.divisions.models import Division
from anju.evidence.kinds import KINDS as PHOTOS
from anju.exports.kinds import declared as export_kinds
from anju.exports.reasons import ALL_REASONS
from anju.grading.standards import STANDARDS
from anju.imports.kinds import declared as import_kinds
from anju.linkage import passes
from anju.privacy import classes
from anju.privacy.fields import SecretField
from anju.registry.models import Category
from anju.rosters.layouts import BY_KEY
from anju.rosters.models import Disposition, Match, Mismatch
from anju.vocabulary import masking
from anju.vocabulary.keygroup import EARLIER_GROUPS, OFFICE_NAMES, Office
from anju.vocabulary.masking import POLICIES, Kind
from anju.vocabulary.method import METHODS, MODES
from anju.vocabulary.office import OFFICE_KINDS
from anju.vocabulary.route import ROUTES
from anju.vocabulary.works import ACCESSIBILITY

_HIDDEN = {"id": Kind.ID_NUMBER, "phone": Kind.PHONE, "cert": Kind.CERTIFICATE, "card": Kind.CARD}
# Personal, and shown as every page shows it.
NAMES = {
    ("registry_person", "name"),
    ("registry_formerparticulars", "name"),
    ("rosters_batchrow", "name"),
    ("rosters_batchrow", "head_name"),
}
_SITES = {"safe": gettext_noop("安全"), "dangerous": gettext_noop("危险")}
_PRECISIONS = {"day": gettext_noop("日"), "month": gettext_noop("月"), "year": gettext_noop("年")}


def _source(text: str) -> str:
    """Where a fact comes from: a list or a row of one by its number; a document as it is written."""
    found = re.fullmatch(r"rosters\.(row|batch):(\d+).*", text)
    return f"{TABLES['rosters_batchrow' if found[1] == 'row' else 'rosters_batch']} {found[2]}" if found else text


def _export(code: str) -> str:
    return _({kind.code: kind.title for kind in export_kinds()}.get(code, ""))


def _verdict(code: str) -> str:
    return str({**dict(Match.Verdict.choices), **dict(Disposition.choices), "listed": _("以名单为准")}.get(code, ""))


def _difference(code: str) -> str:
    return str(dict(Mismatch.Kind.choices).get(code, ""))


def _category(code: str) -> str:
    return (
        _(EARLIER_GROUPS[code]) if code in EARLIER_GROUPS else Category.objects.filter(pk=code).values_list("name", flat=True).first() or ""
    )


def _step(code: str) -> str:
    return _({one.id: one.label for one in passes.declared()}.get(code, "另行判定"))


def _policy(code: str) -> str:
    return _(POLICIES[code].title) if code in POLICIES else ""


def _component(code: str) -> str:
    return next((_(one.name) for standard in STANDARDS.values() for one in standard.components if one.key == code), "")


def _standard(text: str) -> str:
    """A standard, perhaps with a province's additions behind it."""
    key, more, added = text.partition("+")
    return _(STANDARDS[key].title) + more + added if key in STANDARDS else ""


def _stage(code: str) -> str:
    return next((_(one.title) for one in WORKFLOW.stages if one.code == code), "")


def _way(code: str) -> str:
    """What was done to a case."""
    more = {APPLY: _("申请"), UNDO: _("撤销上一步"), FINISHED: _("历年改造录入")}
    return more.get(code) or next((_(one.title) for one in WORKFLOW.transitions if one.code == code), "")


def _mark(mark: str) -> str:
    return next((_(one.title) for one in WORKFLOW.transitions if one.mark == mark), "")


def _rule(code: str) -> str:
    return next((_(rule.label) for rule in CASE_RULES if rule.id == code), "")


def _item(code: str) -> str:
    """A paper of a household's archive."""
    return _(ARCHIVE_ITEMS[code].title) if code in ARCHIVE_ITEMS else ""


def _layout(code: str) -> str:
    return BY_KEY[code].title if code in BY_KEY else ""


def _place(code: str) -> str:
    return places.names([code]).get(code, "") if code else _("全国")


PAPERS = {"application": "申请审批表", "review": "评议记录", "plan": "一户一方案", "agreement": "协议或承诺书", "archive": "农户全档"}
# Columns that hold a code of a list kept elsewhere: how its word is found.
CODES: dict[tuple[str, str], Callable[[str], str]] = {
    ("accounts_grant", "role"): lambda code: _(ROLES[code].title) if code in ROLES else "",
    ("accounts_organisation", "kind"): lambda code: _(OFFICE_KINDS.get(code, "")),
    ("exports_export", "kind"): _export,
    ("exports_export", "reason"): lambda code: str(ALL_REASONS.get(code, "")),
    ("exports_reveal", "reason"): lambda code: str(ALL_REASONS.get(code, "")),
    ("jobs_job", "kind"): lambda code: str(WORK.get(code, "")),
    ("masks_maskchoice", "policy"): _policy,
    ("registry_numberseries", "village"): _place,
    ("registry_person", "birth_precision"): lambda code: _(_PRECISIONS.get(code, "")),
    ("registry_formerparticulars", "birth_precision"): lambda code: _(_PRECISIONS.get(code, "")),
    ("rosters_batchrow", "birth_precision"): lambda code: _(_PRECISIONS.get(code, "")),
    ("rosters_batch", "category"): _category,
    ("rosters_batch", "layout"): _layout,
    ("rosters_columnmapping", "layout"): _layout,
    ("rosters_decision", "mismatch_kind"): _difference,
    ("rosters_decision", "verdict"): _verdict,
    ("rosters_letter", "kinds"): _difference,
    ("rosters_match", "passed"): _step,
    ("divisions_division", "code"): _place,
    ("divisions_divisionload", "prefixes"): _place,
    ("appraisals_componentfinding", "component"): _component,
    ("appraisals_appraisal", "standard"): _standard,
    ("appraisals_appraisal", "site"): lambda code: _(_SITES.get(code, "")),
    ("appraisals_numberseries", "county"): _place,
    ("appraisals_stocksignature", "office"): lambda code: _(OFFICE_NAMES[Office(code)]) if code in list(Office) else "",
    ("cases_numberseries", "county"): _place,
    ("cases_quotarequest", "asked_of"): _place,
    ("cases_quotaground", "grade"): lambda code: _("无房") if code == "none" else _("%s 级") % code,
    ("cases_quotaground", "why"): lambda code: states()[code][0] if code in states() else "",
    ("cases_case", "group"): _category,
    ("cases_case", "grade"): lambda code: _("无房") if code == "none" else _("%s 级") % code,
    ("cases_case", "stage"): _stage,
    ("cases_case", "marks"): _mark,
    ("cases_case", "behind"): _stage,
    ("cases_case", "method"): lambda code: _(METHODS[code].name) if code in METHODS else "",
    ("cases_case", "build_mode"): lambda code: _(MODES[code].name) if code in MODES else "",
    ("cases_householdplan", "method"): lambda code: _(METHODS[code].name) if code in METHODS else "",
    ("cases_householdplan", "build_mode"): lambda code: _(MODES[code].name) if code in MODES else "",
    ("cases_householdplan", "accessibility"): lambda code: _(ACCESSIBILITY.get(code, "")),
    ("appraisals_round", "population"): lambda code: populations.title_of(code) if code else "",
    ("cases_archiveseries", "township"): _place,
    ("cases_casearchive", "township"): _place,
    ("cases_casearchive", "missing"): _item,
    ("cases_archivepaper", "item"): _item,
    ("cases_paperreading", "paper"): lambda code: _(PAPERS.get(code, "")),
    ("cases_casestep", "code"): _way,
    ("cases_casestep", "waived"): _rule,
    ("cases_casewaiver", "rule"): _rule,
    ("evidence_photo", "kind"): lambda code: str(PHOTOS[code].title) if code in PHOTOS else "",
    ("imports_importbatch", "kind"): lambda code: next((_(kind.title) for kind in import_kinds() if kind.key == code), ""),
    ("notices_notice", "mask"): _policy,
    ("notices_postednumber", "mask"): _policy,
    ("problems_numberseries", "county"): _place,
    ("problems_problem", "county"): _place,
    ("verification_verification", "route"): lambda code: _(ROUTES[code].name) if code in ROUTES else "",
    **{
        (f"{app}_{table}", "source"): _source
        for app, tables in {
            "appraisals": ("appraisal", "screening", "housegrade", "nohouse", "hazard"),
            "cases": ("case", "casestep"),
            "entries": ("systementry",),
            "guarantees": ("guarantee",),
            "verification": ("verification",),
        }.items()
        for table in tables
    },
    **{
        (f"registry_{table}", "source"): _source
        for table in (
            *(
                "belonging",
                "change",
                "datedflag",
                "dwelling",
                "dwellingstate",
                "household",
                "householdcard",
                "membership",
                "occupancy",
                "pastsupport",
            ),
            *("person", "registration"),
        )
    },
}
# Columns of this make that hold no code: numbers of documents and files, digests, marks, names in another writing.
PLAIN: frozenset[tuple[str, str]] = frozenset(
    (
        ("accounts_namedrecord", "key"),
        ("divisions_division", "core"),
        ("divisions_division", "pinyin"),
        ("divisions_division", "initials"),
        ("divisions_recoded", "table"),
        ("divisions_recoded", "column"),
        ("evidence_storedfile", "sha256"),
        ("exports_export", "mark"),
        ("registry_category", "code"),
        ("registry_dwelling", "number"),
        ("registry_household", "number"),
        ("rosters_batch", "sha256"),
        ("rosters_columnmapping", "fingerprint"),
        ("trail_archived", "sha256"),
        ("trail_restoration", "archive"),
        *(("evidence_photo", f"{of}_{by}") for of in ("original", "content") for by in ("sha256", "sm3")),
        *(
            (table, "client_id")
            for table in (
                "appraisals_appraisal",
                "appraisals_screening",
                "appraisals_hazard",
                "cases_casestep",
                "verification_verification",
            )
        ),
        ("appraisals_appraisal", "number"),
        ("appraisals_posting", "number"),
        ("appraisals_posting", "token"),
        ("appraisals_rechecklot", "seed"),
        ("cases_case", "number"),
        ("cases_drawing", "code"),
        ("cases_casearchive", "number"),
        ("cases_paperreading", "of"),
        ("imports_importbatch", "sha256"),
        ("notices_notice", "key"),
        ("notices_notice", "token"),
        ("problems_problem", "key"),
    )
)


def shown(field: "models.Field[Any, Any]", value: object) -> str:
    """A column's value in words."""
    table, column = field.model._meta.db_table, str(field.column)
    if value is None or value in ("", [], {}):
        return _("空")
    if isinstance(field, SecretField):
        return masking.in_force().show(_HIDDEN[field.kind], str(getattr(value, "clear", value)), masking.Place.PAGE) or _("不显示")
    if (table, column) in NAMES:
        return masking.in_force().show(Kind.NAME, str(value), masking.Place.PAGE) or _("不显示")
    if field.name in classes.DECLARED[field.model._meta.label].personal and not isinstance(field, models.ForeignKey):
        return _("有内容，属个人信息，这里不显示")
    if isinstance(field, models.ForeignKey):
        return _pointed_at(field, value)
    if field.choices:
        return str(dict(field.flatchoices).get(value, _("旧版本的值")))
    if (table, column) in CODES:
        every = value if isinstance(value, list) else [value]
        return _("、").join(CODES[table, column](str(one)) or _("旧版本的值") for one in every)
    if isinstance(field, AreaField):
        return _place(str(value))
    return _plain(value)


def _plain(value: object) -> str:
    if isinstance(value, bool):
        return _("是") if value else _("否")
    if isinstance(value, datetime):
        return timezone.localtime(value).strftime("%Y-%m-%d %H:%M:%S")
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, int):
        return f"{value:,}"
    if isinstance(value, bytes | memoryview):
        return _("摘要或密文，%d 字节") % len(bytes(value))
    if isinstance(value, list):
        return _("共 %d 项") % len(value)
    if isinstance(value, dict):
        return _("明细，%d 项") % len(value)
    return str(value)


def _pointed_at(field: "models.ForeignKey[Any, Any]", key: Any) -> str:
    """The row a column points to: people, places and categories by their names, the others by their table's word and number."""
    model = field.related_model
    if model is User:
        return User.objects.filter(pk=key).values_list("name", flat=True).first() or str(key)
    if model is Division:
        return _place(str(key))
    if model is Category:
        return _category(str(key))
    return f"{TABLES.get(model._meta.db_table, model._meta.db_table)} {key}"


def key_shown(model: type[models.Model], key: str) -> str:
    """A row's key that is a text, in words."""
    field = model._meta.pk_fields[0]
    if (model._meta.db_table, str(field.column)) in CODES:
        return CODES[model._meta.db_table, str(field.column)](key) or key
    if model is Category:
        return _category(key)
    return key


def needs_words(field: "models.Field[Any, Any]") -> bool:
    """Whether a column holds codes: byte-ordered texts do, unless they are said to be plain; lists of such."""
    inner = field.base_field if isinstance(field, ArrayField) else field
    coded = isinstance(inner, models.CharField) and getattr(inner, "db_collation", None) == "C"
    return coded and not field.choices and not isinstance(field, AreaField | SecretField | models.ForeignKey)


def of_table(table: str) -> "type[models.Model] | None":
    """The model that keeps a table; None where a later version has none."""
    return next((model for model in apps.get_models(include_auto_created=True) if model._meta.db_table == table), None)


def now(user: User, table: str, key: int | str, columns: Sequence[str]) -> dict[str, str]:
    """These columns of a row as it stands now, in words; empty where it is gone or the reader may not see it."""
    model = of_table(table)
    if model is None:
        return {}
    fields = {field.column: field for field in model._meta.local_fields}
    rows: QuerySet[Any] = model._default_manager.filter(pk=key)
    row = (scope(user, rows) if "area" in fields else rows).first()
    if row is None:
        return {}
    return {column: shown(fields[column], getattr(row, fields[column].attname)) for column in columns if column in fields}
