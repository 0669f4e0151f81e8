"""Addresses of the pages of 批量录入."""

from django.urls import path

from anju.imports import views

app_name = "imports"
urlpatterns = [
    path("", views.index, name="list"),
    path("upload/", views.upload, name="upload"),
    path("template/<slug:key>/", views.kind_template, name="template"),
    path("<int:pk>/", views.show, name="batch"),
    path("<int:pk>/progress/", views.progress, name="progress"),
    path("<int:pk>/rows/", views.rows, name="rows"),
    path("<int:pk>/rows/<int:row>/", views.row, name="row"),
    path("<int:pk>/resume/", views.resume, name="resume"),
    path("<int:pk>/undo/", views.undo, name="undo"),
]
