"""Addresses of appraisals."""

from django.urls import path

from anju.appraisals.views import filling, hanging, houseless, listing, looking, monitoring, paper, rechecks, rounds

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
    path("rounds/", rounds.index, name="rounds"),
    path("rounds/new/", rounds.new, name="round-new"),
    path("rounds/<int:pk>/", rounds.show, name="round"),
    path("rounds/<int:pk>/households/", rounds.listed, name="round-households"),
    path("rounds/<int:pk>/village/<str:code>/", looking.village, name="round-village"),
    path("rounds/<int:pk>/village/<str:code>/alike/", looking.alike, name="round-alike"),
    path("rounds/<int:pk>/look/<str:number>/", looking.look, name="round-look"),
    path("rounds/<int:pk>/look/<str:number>/album/", looking.album, name="round-album"),
    path("rounds/<int:pk>/undo/<int:screening>/", looking.undo, name="round-undo"),
    path("rounds/<int:pk>/<slug:do>/", rounds.act, name="round-act"),
    path("hazards/", monitoring.index, name="hazards"),
    path("hazards/new/", monitoring.new, name="hazard-new"),
    path("hazards/newly/", monitoring.newly, name="hazard-newly"),
    path("hazards/of/<str:number>/album/", monitoring.album, name="hazard-album"),
    path("hazards/<int:pk>/", monitoring.show, name="hazard"),
    path("hazards/<int:pk>/<slug:do>/", monitoring.act, name="hazard-act"),
    path("rechecks/", rechecks.index, name="rechecks"),
    path("rechecks/new/", rechecks.new, name="recheck-new"),
    path("rechecks/items/", rechecks.listed, name="recheck-items"),
    path("rechecks/<int:pk>/", rechecks.show, name="recheck"),
    path("rechecks/<int:pk>/void/", rechecks.void, name="recheck-void"),
    path("rechecks/<int:pk>/items/<int:item>/", rechecks.settle, name="recheck-settle"),
    path("no-house/<str:number>/", houseless.determine, name="no-house"),
    path("no-house/<str:number>/end/", houseless.end, name="no-house-end"),
    path("no-house/<str:number>/album/", houseless.album, name="no-house-album"),
    path("<int:pk>/", paper.show, name="show"),
    path("<int:pk>/report/", paper.report, name="report"),
    path("<int:pk>/objections/<int:objection>/<slug:do>/", paper.answer, name="answer"),
    path("<int:pk>/<slug:do>/", paper.act, name="act"),
]
