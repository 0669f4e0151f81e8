"""The short address that is printed on a notice."""

from django.urls import path

from anju.notices.views.public import posted

urlpatterns = [path("<str:token>/", posted, name="posted")]
