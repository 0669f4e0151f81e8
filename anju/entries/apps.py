from django.apps import AppConfig
from django.utils.module_loading import autodiscover_modules


class EntriesConfig(AppConfig):
    name = "anju.entries"

    def ready(self) -> None:
        autodiscover_modules("filling")
