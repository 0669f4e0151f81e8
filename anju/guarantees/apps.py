"""The app's place in Django."""

from django.apps import AppConfig


class GuaranteesConfig(AppConfig):
    """保障途径."""

    name = "anju.guarantees"
    default_auto_field = "django.db.models.BigAutoField"
    verbose_name = "保障途径"
