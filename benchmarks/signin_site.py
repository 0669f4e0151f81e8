# ruff: noqa: E402  the settings come before the site
"""The site on a benchmark's own database (``ANJU_BENCH_DATABASE``), for gunicorn."""

import os

from django.conf import settings

settings.DATABASES["default"]["NAME"] = os.environ["ANJU_BENCH_DATABASE"]

from anju.web.wsgi import application

__all__ = ["application"]
