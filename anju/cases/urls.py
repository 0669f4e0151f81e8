"""Addresses of the renovation cases."""

from django.urls import path

from anju.cases.views import case, listing, many, plans, starting, years

app_name = "cases"
urlpatterns = [
    path("", listing.index, name="list"),
    path("areas/", listing.areas, name="areas"),
    path("plans/", plans.plans, name="plans"),
    path("years/", years.years, name="years"),
    path("new/", starting.new, name="new"),
    path("household/<str:number>/", starting.panel, name="panel"),
    path("many/<slug:do>/", many.many, name="many"),
    path("<str:number>/", case.show, name="show"),
    path("<str:number>/history/", years.history, name="history"),
    path("<str:number>/subsidy/", case.tried, name="subsidy"),
    path("<str:number>/<slug:do>/", case.act, name="act"),
]
