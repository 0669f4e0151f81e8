"""The app's place in Django."""

from django.apps import AppConfig


class VerificationConfig(AppConfig):
    """住房安全核验."""

    name = "anju.verification"
    default_auto_field = "django.db.models.BigAutoField"
    verbose_name = "住房安全核验"
