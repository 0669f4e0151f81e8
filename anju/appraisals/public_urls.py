"""The short address in the code of a sign or plate."""

from django.urls import path

from anju.appraisals.views.public import plate

urlpatterns = [path("<str:token>/", plate, name="plate")]
