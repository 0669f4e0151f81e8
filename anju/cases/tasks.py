"""Every ten minutes the tally of cases is gathered."""

from procrastinate.contrib.django import app

from anju.cases.actions import tallying
from anju.trail.acting import SYSTEM, acting


@app.periodic(cron="7-59/10 * * * *")
@app.task(name="anju.gather_case_tally", queueing_lock="gather_case_tally", queue="care")
def gather_case_tally(timestamp: int) -> None:
    """Takes alike rows together; what they count stays."""
    with acting(SYSTEM):
        tallying.gather()
