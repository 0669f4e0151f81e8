"""Long work on the trail: verifying the chain."""

from typing import Any

from django.utils.translation import gettext as _

from anju.jobs.progress import Progress
from anju.jobs.registry import handler
from anju.trail import verifying


@handler("audit.verify")
def verify(*, progress: Progress) -> dict[str, Any]:
    """从头核验留痕，指出第一条被改动的记录."""
    done = verifying.verify(progress=lambda no: progress.step(no, no))
    text = (
        _("核验 %(records)s 条，留痕完整") % {"records": f"{done.records:,}"} if done.sound else str(done.bad or "；".join(done.warnings))
    )
    return {"said": text, "url": "/trail/", "sound": done.sound}
