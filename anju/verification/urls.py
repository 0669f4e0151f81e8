"""Addresses of verification."""

from django.urls import path

from anju.verification import views

app_name = "verification"
urlpatterns = [
    path("", views.overview, name="overview"),
    path("new/", views.new, name="new"),
    path("balance/", views.balance, name="balance"),
    path("balance/households/", views.balance_households, name="balance-households"),
    path("household/<str:number>/album/", views.album, name="album"),
    path("household/<str:number>/", views.panel, name="panel"),
    path("household/<str:number>/conclude/", views.conclude, name="conclude"),
    path("<int:pk>/households/", views.households, name="households"),
    path("<int:pk>/close/", views.close, name="close"),
    path("<int:pk>/<str:code>/", views.village, name="village"),
    path("<int:pk>/<str:code>/alike/", views.alike, name="alike"),
]
