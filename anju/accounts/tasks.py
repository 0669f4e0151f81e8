"""Every night the tries to come in whose days are over are taken away."""

import logging

from procrastinate.contrib.django import app

from anju.accounts.signing_in import purging
from anju.trail.keeping import TooShort

log = logging.getLogger(__name__)


@app.periodic(cron="41 3 * * *")
@app.task(name="anju.purge_sign_ins", queueing_lock="purge_sign_ins", queue="care")
def purge_sign_ins(timestamp: int) -> None:
    """Takes them away; where they would be kept for too short a time, none."""
    try:
        purging.purge()
    except TooShort as refusal:
        log.error("%s", refusal)
