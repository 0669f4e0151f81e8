"""Addresses of the renovation cases."""

from django.urls import path

from anju.cases.views import card, case, listing, many, plans, starting

app_name = "cases"
urlpatterns = [
    path("", listing.index, name="list"),
    path("areas/", listing.areas, name="areas"),
    path("plans/", plans.plans, name="plans"),
    path("new/", starting.new, name="new"),
    path("household/<str:number>/", starting.panel, name="panel"),
    path("household/<str:number>/card/", card.panel, name="card"),
    path("household/<str:number>/card/end/", card.end, name="card-end"),
    path("household/<str:number>/card/full/", card.full, name="card-full"),
    path("many/<slug:do>/", many.many, name="many"),
    path("<str:number>/", case.show, name="show"),
    path("<str:number>/subsidy/", case.tried, name="subsidy"),
    path("<str:number>/<slug:do>/", case.act, name="act"),
]
