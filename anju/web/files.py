"""What background work made, for the one who asked for it."""

from django.http import Http404, HttpRequest
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404
from django.views.decorators.http import require_safe

from anju.accounts.middleware import open_to
from anju.evidence.models import StoredFile
from anju.evidence.sending import sent
from anju.jobs import queries as jobs
from anju.web.shell import user_of


@open_to()
@require_safe
def download(request: HttpRequest, pk: int) -> HttpResponseBase:
    """The file a finished job left in ``result["file"]``, under its Chinese name; nobody else's jobs are there."""
    job = get_object_or_404(jobs.of(user_of(request)), pk=pk)
    stored = StoredFile.objects.filter(pk=job.result.get("file")).first()
    if stored is None:
        raise Http404
    return sent(request, stored)
