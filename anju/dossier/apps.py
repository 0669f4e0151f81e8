from django.apps import AppConfig


class DossierConfig(AppConfig):
    name = "anju.dossier"
