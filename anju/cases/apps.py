"""The app's place in Django."""

from django.apps import AppConfig


class CasesConfig(AppConfig):
    """危房改造."""

    name = "anju.cases"
    default_auto_field = "django.db.models.BigAutoField"
    verbose_name = "危房改造"
