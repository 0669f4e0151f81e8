"""The worker's share: what was written a moment ago is sealed."""

import time

from procrastinate import JobContext
from procrastinate.contrib.django import app

from anju.trail import sealing

_EVERY = 10  # seconds a task lasts; the next one is due then


@app.periodic(cron="*/10 * * * * *")
@app.task(name="anju.seal", queueing_lock="seal", queue="care", pass_context=True)
def seal(context: JobContext, timestamp: int) -> None:
    """Seals once a second until the next task takes over, so that the queue isn't given a row each second."""
    until = time.monotonic() + _EVERY - 1
    while True:
        sealing.seal()
        if time.monotonic() >= until or context.should_abort():
            return
        time.sleep(1)
