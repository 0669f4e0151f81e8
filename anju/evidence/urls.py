"""Addresses of albums and photos."""

from django.urls import path

from anju.evidence import views

app_name = "evidence"

urlpatterns = [
    path("photos/<int:pk>/<slug:size>/", views.photo, name="photo"),
    path("photos/<int:pk>/explain/act/", views.explain, name="explain"),
    path("photos/<int:pk>/withdraw/act/", views.withdraw, name="withdraw"),
    path("photos/<int:pk>/restore/act/", views.restore, name="restore"),
    path("albums/<int:pk>/", views.album, name="album"),
    path("albums/<int:pk>/add/", views.add, name="add"),
]
