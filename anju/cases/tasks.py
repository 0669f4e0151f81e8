"""Every night the archives are reckoned anew: photos and entries that came since are counted. Every ten minutes the tally of cases is gathered."""

from django.db import transaction
from django.db.models import Q
from procrastinate.contrib.django import app

from anju.cases.actions import tallying
from anju.cases.actions.archiving import reckon
from anju.cases.models import Case
from anju.trail.acting import SYSTEM, acting

_PIECE = 500


@app.periodic(cron="23 2 * * *")
@app.task(name="anju.reckon_archives", queueing_lock="reckon_archives", queue="care")
def reckon_archives(timestamp: int) -> int:
    """Those of cases that go on, and those that have none yet; how many. What was finished in earlier years has its archive elsewhere."""
    last, done = 0, 0
    while True:
        with transaction.atomic(), acting(SYSTEM):
            due = Case.objects.filter(Q(ended_on=None) | Q(archive=None), historic=False, pk__gt=last).order_by("pk")
            rows = list(due.select_for_update(no_key=True, of=("self",)).select_related("household", "appraisal")[:_PIECE])
            if rows:
                reckon(cases=rows)
        if not rows:
            return done
        last, done = rows[-1].pk, done + len(rows)


@app.periodic(cron="7-59/10 * * * *")
@app.task(name="anju.gather_case_tally", queueing_lock="gather_case_tally", queue="care")
def gather_case_tally(timestamp: int) -> None:
    """Takes alike rows together; what they count stays."""
    with acting(SYSTEM):
        tallying.gather()
