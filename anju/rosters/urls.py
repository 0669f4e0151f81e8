"""Addresses of the lists' pages."""

from django.urls import path

from anju.rosters.views import batch, compare, cross, letters, lists, mapping, review, rows

app_name = "rosters"
urlpatterns = [
    path("", lists.index, name="list"),
    path("upload/", lists.upload, name="upload"),
    path("nobody/", lists.nobody, name="nobody"),
    path("upload/<str:token>/", lists.confirm, name="confirm"),
    path("template/<slug:key>/", lists.layout_template, name="template"),
    path("cross/", cross.index, name="cross"),
    path("against/", compare.against, name="against"),
    path("against/<int:run>/", compare.pairing, name="pairing"),
    path("letters/", letters.index, name="letters"),
    path("letters/<int:pk>/", letters.show, name="letter"),
    path("letters/<int:pk>/answer/", letters.answer, name="answer"),
    path("<int:pk>/", batch.show, name="batch"),
    path("<int:pk>/progress/", batch.progress, name="progress"),
    path("<int:pk>/mapping/", mapping.edit, name="mapping"),
    path("<int:pk>/columns/", mapping.columns, name="columns"),
    path("<int:pk>/act/", batch.act, name="act"),
    path("<int:pk>/undo/<int:decision>/", batch.undo, name="undo"),
    path("<int:pk>/enrol/", batch.enrol, name="enrol"),
    path("<int:pk>/sign/", batch.sign, name="sign"),
    path("<int:pk>/void/", batch.void, name="void"),
    path("<int:pk>/rows/", rows.index, name="rows"),
    path("<int:pk>/rows/<int:row>/", rows.show, name="row"),
    path("<int:pk>/review/", review.start, name="review"),
    path("<int:pk>/review/<int:match>/", review.pair, name="pair"),
    path("<int:pk>/review/<int:match>/decide/", review.decide, name="decide"),
    path("<int:pk>/review/<int:match>/reveal/", review.reveal, name="reveal"),
    path("<int:pk>/review/undo/", review.undo, name="review_undo"),
    path("<int:pk>/compare/", compare.versions, name="compare"),
    path("<int:pk>/compare/end/", compare.end_left, name="end_left"),
    path("<int:pk>/letters/", letters.of_batch, name="letters_of"),
]
