"""Every write to the register: keyword only, one transaction, each leaving its line in the timeline."""

from anju.registry.actions.enrolling import Conflict, Enrolled, Finding, enrol

__all__ = ["Conflict", "Enrolled", "Finding", "enrol"]
