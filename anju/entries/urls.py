"""Addresses of the pages of 上级系统录入."""

from django.urls import path

from anju.entries import views

app_name = "entries"
urlpatterns = [
    path("", views.index, name="list"),
    path("households/", views.households, name="households"),
    path("mark/", views.mark, name="mark"),
    path("<int:pk>/withdraw/", views.withdraw, name="withdraw"),
]
