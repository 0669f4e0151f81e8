"""Renovations as workbooks: bank cards, applications, the village's votes, the township's opinions, the county's approvals, and the renovations of
earlier years. What is read in is held to what a form on a page is held to."""

from anju.cases.importing import history
from anju.cases.importing.applications import APPLICATIONS
from anju.cases.importing.approvals import APPROVALS
from anju.cases.importing.cards import CARDS
from anju.cases.importing.reviews import REVIEWS
from anju.cases.importing.votes import VOTES

__all__ = ["APPLICATIONS", "APPROVALS", "CARDS", "REVIEWS", "VOTES", "history"]
