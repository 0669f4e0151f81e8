"""Addresses of the renovation cases."""

from django.urls import path

from anju.cases.views import case, listing, many, plans, qualified, quota, starting

app_name = "cases"
urlpatterns = [
    path("", listing.index, name="list"),
    path("areas/", listing.areas, name="areas"),
    path("plans/", plans.plans, name="plans"),
    path("plans/cases/", plans.counted, name="plans-cases"),
    path("plans/hand-down/", plans.hand_down, name="plans-down"),
    path("qualified/", qualified.households, name="qualified"),
    path("qualified/areas/", qualified.by_area, name="qualified-areas"),
    path("qualified/apply/", qualified.apply, name="qualified-apply"),
    path("quotas/", quota.requests, name="quotas"),
    path("quotas/<int:pk>/", quota.show, name="quota"),
    path("quotas/<int:pk>/<slug:do>/", quota.act, name="quota-act"),
    path("new/", starting.new, name="new"),
    path("household/<str:number>/", starting.panel, name="panel"),
    path("many/<slug:do>/", many.many, name="many"),
    path("<str:number>/", case.show, name="show"),
    path("<str:number>/subsidy/", case.tried, name="subsidy"),
    path("<str:number>/<slug:do>/", case.act, name="act"),
]
