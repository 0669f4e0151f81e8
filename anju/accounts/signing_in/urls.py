"""The addresses of the door, of one's own account, and of the security administrator. No login stands in any of them."""

from django.urls import include, path, re_path

from anju.accounts.signing_in import views

_door = (
    [
        path("code/", views.code, name="code"),
        path("phone/", views.phone, name="phone"),
        path("on/", views.go_on, name="on"),
        path("password/", views.first_password, name="password"),
        path("resume/", views.resume, name="resume"),
    ],
    "door",
)
_account = (
    [
        path("", views.account, name="page"),
        path("password/", views.password, name="password"),
        path("phone/", views.own_phone, name="phone"),
        path("sessions/others/end/", views.end_others, name="end-others"),
        path("sessions/<int:pk>/end/", views.end_session, name="end-session"),
    ],
    "account",
)
_security = (
    [
        path("", views.people, name="people"),
        path("history/", views.history, name="history"),
        path("<int:pk>/", views.person, name="person"),
        re_path(r"^(?P<pk>\d+)/(?P<do>unlock|password|factor)/$", views.secure, name="secure"),
    ],
    "security",
)

urlpatterns = [
    path("login/", include(_door)),
    path("account/", include(_account)),
    path("accounts/sign-ins/", include(_security)),
]
