"""What a page offers to be done with what it shows: the form that asks, the action behind it, what is said when it is done."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, Generic, TypeVar

from django.forms import Form
from django.http import Http404

from anju.accounts.models import User
from anju.accounts.roles import Power
from anju.refusing import Refused

M = TypeVar("M")
A = TypeVar("A")


@dataclass(frozen=True)
class Act:
    """One thing that can be done on a page. ``power``: who may, where that differs from act to act; ``danger``: not to be pressed by the way."""

    title: Any
    form: type[Form]
    do: Callable[..., Any]
    said: Any
    danger: bool = False
    power: Power | None = None

    def open_to(self, user: User) -> bool:
        """Whether this person does it."""
        return self.power is None or user.may(self.power)


def named(acts: Mapping[str, A], key: str) -> A:
    """The act an address names; 404 where there is none."""
    if key not in acts:
        raise Http404
    return acts[key]


@dataclass(frozen=True, slots=True)
class Done(Generic[M]):
    """What an act has made."""

    made: M


def attempt(form: Form, do: Callable[..., M], **given: Any) -> Done[M] | None:
    """Does what a filled form asks, with what it holds. None where the form is faulty or a rule speaks against it: why stands on the form, which
    shows what was typed, and nothing was changed."""
    if not form.is_valid():
        return None
    try:
        return Done(do(**given, **form.cleaned_data))
    except Refused as refusal:
        form.add_error(None, refusal.message)
        return None
