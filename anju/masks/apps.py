from django.apps import AppConfig


class MasksConfig(AppConfig):
    name = "anju.masks"
