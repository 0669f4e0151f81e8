"""Addresses of the trail."""

from django.urls import path

from anju.audit import views

app_name = "trail"

urlpatterns = [
    path("", views.entries, name="list"),
    path("verify/", views.verify, name="verify"),
    path("root/", views.root, name="root"),
    path("<int:seq>/", views.entry, name="entry"),
]
