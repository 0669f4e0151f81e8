"""The address at which a hazard is struck because the household is housed elsewhere."""

from django.urls import path

from anju.guarantees import lifting_views

app_name = "lifting"
urlpatterns = [path("<int:pk>/housed/", lifting_views.lift, name="lift")]
