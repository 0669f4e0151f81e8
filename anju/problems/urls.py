from django.urls import path

from anju.problems.views import ledger, problem

app_name = "problems"
urlpatterns = [
    path("", ledger.index, name="list"),
    path("new/", ledger.new, name="new"),
    path("household/<str:number>/", problem.panel, name="panel"),
    path("<int:pk>/", problem.show, name="show"),
    path("<int:pk>/paper/", problem.paper, name="paper"),
    path("<int:pk>/<slug:do>/", problem.act, name="act"),
]
