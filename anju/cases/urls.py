"""Addresses of the renovation cases."""

from django.urls import path

from anju.cases.views import card, case, drawings, household_plan, listing, many, plans, starting, years

app_name = "cases"
urlpatterns = [
    path("", listing.index, name="list"),
    path("areas/", listing.areas, name="areas"),
    path("plans/", plans.plans, name="plans"),
    path("years/", years.years, name="years"),
    path("drawings/", drawings.catalogue, name="drawings"),
    path("drawings/<int:pk>/retire/", drawings.retire, name="retire-drawing"),
    path("new/", starting.new, name="new"),
    path("household/<str:number>/", starting.panel, name="panel"),
    path("household/<str:number>/card/", card.panel, name="card"),
    path("household/<str:number>/card/end/", card.end, name="card-end"),
    path("household/<str:number>/card/full/", card.full, name="card-full"),
    path("many/<slug:do>/", many.many, name="many"),
    path("<str:number>/", case.show, name="show"),
    path("<str:number>/history/", years.history, name="history"),
    path("<str:number>/subsidy/", case.tried, name="subsidy"),
    path("<str:number>/plan/", household_plan.draw, name="household-plan"),
    path("<str:number>/plan/look/", household_plan.looked, name="plan-look"),
    path("<str:number>/plan/panel/", household_plan.panel, name="plan-panel"),
    path("<str:number>/plan/family/<slug:do>/", household_plan.moved, name="plan-family"),
    path("<str:number>/plan.pdf", household_plan.paper, name="plan-paper"),
    path("<str:number>/<slug:do>/", case.act, name="act"),
]
