"""Addresses of households."""

from django.urls import path

from anju.dossier import views

app_name = "households"

urlpatterns = [
    path("", views.households, name="list"),
    path("find/", views.find, name="find"),
    path("<str:number>/", views.household, name="page"),
    path("<str:number>/reveal/", views.reveal, name="reveal"),
    path("<str:number>/head/", views.change_head, name="head"),
    path("<str:number>/leave/", views.leave, name="leave"),
    path("<str:number>/split/", views.split, name="split"),
    path("<str:number>/merge/", views.merge, name="merge"),
    path("<str:number>/move/", views.move, name="move"),
    path("<str:number>/undo/<int:change>/", views.undo, name="undo"),
]
