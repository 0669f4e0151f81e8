"""The report of an appraisal is made once and kept: every print of it has the same bytes."""

import io

from django.db import transaction

from anju.accounts.models import User
from anju.appraisals import papers
from anju.appraisals.models import Appraisal
from anju.evidence import store
from anju.evidence.models import StoredFile
from anju.trail.acts import recorded


def report(*, appraisal: Appraisal, by: User) -> StoredFile:
    """The report, made now where it never was; raises ``documents.Unprintable``."""
    kept: StoredFile | None = appraisal.report
    return kept if kept is not None else _make(appraisal=appraisal, by=by)


@recorded("appraisal.reported")
@transaction.atomic
def _make(*, appraisal: Appraisal, by: User) -> StoredFile:
    row = Appraisal.objects.select_for_update(no_key=True, of=("self",)).select_related("report").get(pk=appraisal.pk)
    kept: StoredFile | None = row.report
    if kept is None:
        made = io.BytesIO(papers.report_pdf(row))
        kept = row.report = store.put(made, name=f"{row.number}.pdf", media_type="application/pdf", by=by)
        row.save(update_fields=["report"])
    return kept


__all__ = ["report"]
