"""Addresses of appraisals."""

from django.urls import path

from anju.appraisals.views import filling, hanging, listing, paper

app_name = "appraisals"
urlpatterns = [
    path("", listing.ledger, name="ledger"),
    path("waiting/", listing.waiting, name="waiting"),
    path("household/<str:number>/", paper.panel, name="panel"),
    path("of/<str:number>/", filling.fill, name="fill"),
    path("of/<str:number>/look/", filling.look, name="look"),
    path("of/<str:number>/album/", filling.album, name="album"),
    path("postings/", hanging.index, name="postings"),
    path("postings/<int:pk>/", hanging.show, name="posting"),
    path("postings/<int:pk>/paper/", hanging.paper, name="posting-paper"),
    path("postings/<int:pk>/<slug:do>/", hanging.act, name="hang"),
    path("<int:pk>/", paper.show, name="show"),
    path("<int:pk>/report/", paper.report, name="report"),
    path("<int:pk>/objections/<int:objection>/<slug:do>/", paper.answer, name="answer"),
    path("<int:pk>/<slug:do>/", paper.act, name="act"),
]
