"""Somebody at a desk, in tests of pages without a screen."""

from typing import Any

from django.test import Client

from anju.accounts.models import User


def signed_in(user: User) -> Client:
    """That user's browser."""
    client = Client()
    client.force_login(user)
    return client


def body(response: Any) -> str:
    """The page's text."""
    return str(response.content.decode())
