"""Every hour the files whose days are over are taken away."""

from django.db import transaction
from procrastinate.contrib.django import app

from anju.exports.actions import asking
from anju.trail.acting import SYSTEM, acting


@app.periodic(cron="17 * * * *")
@app.task(name="anju.remove_expired_exports", queueing_lock="remove_expired_exports", queue="care")
def remove_expired_exports(timestamp: int) -> None:
    """Removes them; the register stays."""
    with transaction.atomic(), acting(SYSTEM):
        asking.remove_expired()
