"""The app's place in Django."""

from django.apps import AppConfig


class AppraisalsConfig(AppConfig):
    """房屋安全鉴定."""

    name = "anju.appraisals"
    default_auto_field = "django.db.models.BigAutoField"
    verbose_name = "房屋安全鉴定"
