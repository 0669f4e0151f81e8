from django.apps import AppConfig
from django.utils.module_loading import autodiscover_modules


class ExportsConfig(AppConfig):
    name = "anju.exports"

    def ready(self) -> None:
        autodiscover_modules("exporting")
