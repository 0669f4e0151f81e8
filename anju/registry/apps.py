"""The app's place in Django."""

from django.apps import AppConfig


class RegistryConfig(AppConfig):
    """户 · 人 · 房."""

    name = "anju.registry"
    label = "registry"
    default_auto_field = "django.db.models.BigAutoField"
    verbose_name = "农户登记"
