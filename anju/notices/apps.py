from django.apps import AppConfig
from django.utils.module_loading import autodiscover_modules


class NoticesConfig(AppConfig):
    name = "anju.notices"

    def ready(self) -> None:
        autodiscover_modules("publishing")
