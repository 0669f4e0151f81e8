"""Addresses of the renovation cases."""

from django.urls import path

from anju.cases.views import archives, card, case, drawings, household_plan, listing, many, picturing, plans, printing, starting, years

app_name = "cases"
urlpatterns = [
    path("", listing.index, name="list"),
    path("areas/", listing.areas, name="areas"),
    path("plans/", plans.plans, name="plans"),
    path("years/", years.years, name="years"),
    path("drawings/", drawings.catalogue, name="drawings"),
    path("drawings/<int:pk>/retire/", drawings.retire, name="retire-drawing"),
    path("archives/", archives.index, name="archives"),
    path("new/", starting.new, name="new"),
    path("household/<str:number>/", starting.panel, name="panel"),
    path("household/<str:number>/card/", card.panel, name="card"),
    path("household/<str:number>/card/end/", card.end, name="card-end"),
    path("household/<str:number>/card/full/", card.full, name="card-full"),
    path("household/<str:number>/archive.pdf", printing.archive, name="household-archive"),
    path("many/<slug:do>/", many.many, name="many"),
    path("meeting/album/", picturing.meeting, name="meeting-album"),
    path("<str:number>/", case.show, name="show"),
    path("<str:number>/history/", years.history, name="history"),
    path("<str:number>/subsidy/", case.tried, name="subsidy"),
    path("<str:number>/plan/", household_plan.draw, name="household-plan"),
    path("<str:number>/plan/look/", household_plan.looked, name="plan-look"),
    path("<str:number>/plan/panel/", household_plan.panel, name="plan-panel"),
    path("<str:number>/plan/family/<slug:do>/", household_plan.moved, name="plan-family"),
    path("<str:number>/plan.pdf", household_plan.paper, name="plan-paper"),
    path("<str:number>/application.pdf", printing.application, name="application"),
    path("<str:number>/review.pdf", printing.review, name="review"),
    path("<str:number>/agreement.pdf", printing.agreement, name="agreement"),
    path("<str:number>/archive/", archives.panel, name="archive"),
    path("<str:number>/archive/album/", archives.album, name="archive-album"),
    path("<str:number>/archive/<slug:do>/", archives.act, name="archive-act"),
    path("<str:number>/photos/", picturing.panel, name="photos"),
    path("<str:number>/album/<slug:do>/", picturing.album, name="album"),
    path("<str:number>/<slug:do>/", case.act, name="act"),
]
