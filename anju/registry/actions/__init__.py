"""Every write to the register: keyword only, one transaction, each leaving its line in the timeline."""

from anju.registry.actions.attaching import Attached, Detached, attach, detach
from anju.registry.actions.bulk import Finding
from anju.registry.actions.cards import Card, end_card, record_card, record_cards, withdraw_cards
from anju.registry.actions.enrolling import Conflict, Enrolled, enrol
from anju.registry.actions.households import NewPerson, add_member, change_head, close, merge, move, remove_member, split
from anju.registry.actions.housing import Housed, record_houses, unrecord_houses
from anju.registry.actions.meanwhile import move_back, move_out
from anju.registry.actions.persons import (
    correct_person,
    describe_dwelling,
    end_category,
    end_flag,
    occupy,
    record_dwelling,
    record_support,
    set_category,
    set_flag,
    vacate,
)
from anju.registry.actions.undoing import undo
from anju.registry.models import Leaving

__all__ = [
    "Attached",
    "Card",
    "Conflict",
    "Detached",
    "Enrolled",
    "Finding",
    "Housed",
    "Leaving",
    "NewPerson",
    "add_member",
    "attach",
    "change_head",
    "close",
    "correct_person",
    "describe_dwelling",
    "detach",
    "end_card",
    "end_category",
    "end_flag",
    "enrol",
    "merge",
    "move",
    "move_back",
    "move_out",
    "occupy",
    "record_card",
    "record_cards",
    "record_dwelling",
    "record_houses",
    "record_support",
    "remove_member",
    "set_category",
    "set_flag",
    "split",
    "undo",
    "unrecord_houses",
    "vacate",
    "withdraw_cards",
]
