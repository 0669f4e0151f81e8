"""The app's place in Django."""

from django.apps import AppConfig
from django.utils.module_loading import autodiscover_modules


class AppraisalsConfig(AppConfig):
    """房屋安全鉴定."""

    name = "anju.appraisals"
    default_auto_field = "django.db.models.BigAutoField"
    verbose_name = "房屋安全鉴定"

    def ready(self) -> None:
        """Whom rounds may be about is known by later apps."""
        autodiscover_modules("populations")
