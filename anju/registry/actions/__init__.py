"""Every write to the register: keyword only, one transaction, each leaving its line in the timeline."""

from anju.registry.actions.attaching import Attached, Detached, attach, detach
from anju.registry.actions.enrolling import Conflict, Enrolled, Finding, enrol

__all__ = ["Attached", "Conflict", "Detached", "Enrolled", "Finding", "attach", "detach", "enrol"]
