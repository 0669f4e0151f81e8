from importlib import import_module

from django.apps import AppConfig


class AccountsConfig(AppConfig):
    name = "anju.accounts"

    def ready(self) -> None:
        import_module("anju.accounts.working")
