"""Addresses of offices, accounts and grants."""

from django.urls import path

from anju.accounts import administration as pages

app_name = "people"
urlpatterns = [
    path("", pages.people, name="list"),
    path("new/", pages.new, name="new"),
    path("offices/", pages.offices, name="offices"),
    path("<int:pk>/", pages.one, name="one"),
    path("<int:pk>/grant/", pages.give, name="give"),
    path("<int:pk>/grants/<int:grant>/end/", pages.take_back, name="take_back"),
    path("<int:pk>/switch/", pages.switch, name="switch"),
]
