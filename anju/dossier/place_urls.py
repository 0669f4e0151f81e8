"""Addresses of households by place."""

from django.urls import path

from anju.dossier import places

app_name = "places"

urlpatterns = [
    path("", places.tree, name="tree"),
    path("map/", places.chart, name="map"),
]
