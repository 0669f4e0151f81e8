from django.apps import AppConfig


class OperationsConfig(AppConfig):
    name = "anju.operations"
