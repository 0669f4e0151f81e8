"""Addresses of guarantees and of the danger ledger."""

from django.urls import path

from anju.guarantees.views import danger, household, lifting, listing, stock

app_name = "guarantees"
urlpatterns = [
    path("", listing.index, name="list"),
    path("household/<str:number>/", household.panel, name="panel"),
    path("of/<str:number>/", household.record, name="record"),
    path("of/<str:number>/album/", household.album, name="album"),
    path("danger/", danger.summary, name="danger"),
    path("danger/households/", danger.households, name="households"),
    path("danger/lived-in/", danger.lived_in, name="lived-in"),
    path("stock/", stock.index, name="stocks"),
    path("stock/<int:pk>/", stock.show, name="stock"),
    path("stock/<int:pk>/households/", stock.households, name="stock-households"),
    path("stock/<int:pk>/paper/", stock.paper, name="stock-paper"),
    path("stock/entries/<int:pk>/strike/", stock.strike, name="strike"),
    path("stock/<int:pk>/<slug:do>/", stock.act, name="stock-act"),
    path("hazards/<int:pk>/housed/", lifting.lift, name="lift"),
    path("<int:pk>/", household.show, name="show"),
    path("<int:pk>/correct/", household.correct, name="correct"),
    path("<int:pk>/<slug:do>/", household.act, name="act"),
]
