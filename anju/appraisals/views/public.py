"""What everybody may read under the code of a sign or plate: what hangs at the house, and whether it still counts. No sign-in, no search engine."""

from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from anju.appraisals import papers
from anju.appraisals.models import Appraisal, Posting
from anju.appraisals.queries import appraisal as queries
from anju.grading.standards import standard_by_id
from anju.trail.acting import everywhere
from anju.vocabulary.grade import GRADES

_LONGEST = 32


@login_not_required
@require_safe
def plate(request: HttpRequest, token: str) -> HttpResponse:
    """200 while it counts, 410 once it was taken down or a later appraisal took its place, 404 where there never was one."""
    context: dict[str, object] = {"state": "none"}
    if len(token) <= _LONGEST:
        with everywhere():
            row = queries.public(token)
            if row is not None:
                context = _context(row)
    status = {"none": 404, "on": 200}.get(str(context["state"]), 410)
    answered = render(request, "appraisals/public.html", context, status=status)
    answered["X-Robots-Tag"] = "noindex, nofollow, noarchive"
    answered["Cache-Control"] = "private, max-age=60"
    return answered


def _context(row: Posting) -> dict[str, object]:
    paper = row.appraisal
    state = "removed" if row.removed_on else "on" if paper.state == Appraisal.State.VALID else "outdated"
    found: dict[str, object] = {"state": state, "row": row, "office": papers.competent(row.area)}
    if state != "on":
        return found
    standard = standard_by_id(paper.standard)
    return found | {
        "plate": row.kind == Posting.Kind.PLATE,
        "grade": GRADES[row.grade],
        "facts": [
            (_("户主"), papers.householder(paper)),
            (_("地方"), papers.place_of(row.area)),
            (_("鉴定日期"), paper.on.isoformat()),
            (_("标准"), f"{_(standard.title)}（{standard.document}）"),
            (_("依据"), papers.ground(paper)),
            (_("编号"), row.number),
            (_("发牌"), row.issued_on.isoformat()),
            (_("挂牌"), row.posted_on.isoformat() if row.posted_on else _("尚未挂出")),
            (_("单位"), papers.competent(row.area)),
        ],
    }
