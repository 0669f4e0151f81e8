"""Addresses of running an installation."""

from django.urls import path

from anju.operations import views

app_name = "operations"

urlpatterns = [path("", views.page, name="selfcheck")]
