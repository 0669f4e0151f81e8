"""Addresses of the register of exports."""

from django.urls import path

from anju.exports import views

app_name = "exports"

urlpatterns = [
    path("", views.index, name="list"),
    path("ask/", views.ask, name="ask"),
    path("reveals/", views.reveals, name="reveals"),
    path("masks/", views.masks, name="masks"),
    path("<int:pk>/", views.show, name="show"),
    path("<int:pk>/download/", views.download, name="download"),
    path("<int:pk>/decide/", views.decide, name="decide"),
]
