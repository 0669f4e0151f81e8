from django.urls import path

from anju.notices.views import listing, notice

app_name = "notices"
urlpatterns = [
    path("", listing.index, name="list"),
    path("new/", listing.new, name="new"),
    path("<int:pk>/", notice.show, name="show"),
    path("<int:pk>/paper/", notice.paper, name="paper"),
    path("<int:pk>/photo/", notice.photograph, name="photograph"),
    path("<int:pk>/close/", notice.close, name="close"),
    path("<int:pk>/objections/<int:objection>/", notice.answer, name="answer"),
    path("<int:pk>/<slug:do>/", notice.act, name="act"),
]
