"""Whom rounds of looking again are about: the households that were renovated in some years (S1-24: 788,400 households renovated since 2013)."""

from typing import Any

from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _

from anju.accounts.scope import within
from anju.appraisals.populations import population
from anju.cases.models import Case
from anju.cases.workflow import DONE


@population("renovated", _("改造过的户"))
def renovated(area: str, first: int, last: int) -> QuerySet[Any, int]:
    """The households with a finished case of these years, whether it ran here or was read in."""
    found = Case.objects.filter(within(area), stage__in=DONE, year__range=(first, last)).order_by()
    return found.values_list("household", flat=True).distinct()
