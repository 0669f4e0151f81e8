"""Addresses of places."""

from django.urls import path

from anju.divisions import views

app_name = "divisions"
urlpatterns = [
    path("boundaries/<str:prefix>.json", views.county_boundaries, name="boundaries"),
]
