"""What every page carries around its own content."""

from typing import Any

from django.http import HttpRequest


def shell(request: HttpRequest) -> dict[str, Any]:
    """The bar's and the navigation's content."""
    return {}
