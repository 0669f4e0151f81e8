"""Which list is asked for, and which part of it: every page's first lines.

A user of a county sees the county's lists whole; a user of a township sees of them what lies in the township. A list that neither lies
in the user's area nor covers it isn't there (404).
"""

from django.http import Http404, HttpRequest
from django.shortcuts import get_object_or_404

from anju.accounts.asking import user_of
from anju.rosters.models import Batch, MatchRun
from anju.rosters.queries.batches import seen
from anju.vocabulary import division


def batch_of(request: HttpRequest, pk: int) -> Batch:
    """The list, where the user may see any of it; 404 otherwise."""
    found = Batch.objects.filter(seen(user_of(request).area)).select_related("file", "job", "previous", "received_by")
    return get_object_or_404(found, pk=pk)


def whole_batch_of(request: HttpRequest, pk: int) -> Batch:
    """The list, where all of it lies in the user's area: its file, its lock."""
    batch = batch_of(request, pk)
    if not division.contains(user_of(request).area, batch.area):
        raise Http404
    return batch


def run_of(batch: Batch) -> MatchRun | None:
    """The list's present comparison with the register."""
    return batch.runs.filter(kind=MatchRun.Kind.REGISTER, current=True).first()
