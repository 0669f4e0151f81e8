"""Every address of the desk."""

from django.urls import URLPattern, URLResolver, include, path

from anju.web import shell

_jobs = (
    [
        path("", shell.job_list, name="list"),
        path("panel/", shell.job_panel, name="panel"),
        path("badge/", shell.job_badge, name="badge"),
        path("<int:pk>/", shell.job_row, name="row"),
        path("<int:pk>/cancel/", shell.job_cancel, name="cancel"),
    ],
    "jobs",
)

urlpatterns: list[URLPattern | URLResolver] = [
    path("", shell.home, name="home"),
    path("login/", shell.sign_in, name="login"),
    path("logout/", shell.sign_out, name="logout"),
    path("", include("anju.accounts.signing_in.urls")),
    path("theme/", shell.theme, name="theme"),
    path("language/", shell.language, name="language"),
    path("area/", shell.area, name="area"),
    path("grant/", shell.grant, name="grant"),
    path("jobs/", include(_jobs)),
    path("exports/", include("anju.exports.urls")),
    path("people/", include("anju.accounts.people_urls")),
    path("divisions/", include("anju.divisions.urls")),
    path("problems/", include("anju.problems.urls")),
    path("guarantees/", include("anju.guarantees.urls")),
    path("cases/", include("anju.cases.urls")),
    path("verification/", include("anju.verification.urls")),
    path("notices/", include("anju.notices.urls")),
    path("n/", include("anju.notices.public_urls")),
    path("appraisals/", include("anju.appraisals.urls")),
    path("p/", include("anju.appraisals.public_urls")),
    path("rosters/", include("anju.rosters.urls")),
    path("imports/", include("anju.imports.urls")),
    path("entries/", include("anju.entries.urls")),
    path("households/", include("anju.dossier.urls")),
    path("evidence/", include("anju.evidence.urls")),
    path("trail/", include("anju.audit.urls")),
    path("places/", include("anju.dossier.place_urls")),
    path("selfcheck/", include("anju.operations.urls")),
    path("components/", shell.components, name="components"),
    path("components/areas.geojson", shell.county_shapes, name="county-shapes"),
]

handler403 = "anju.web.shell.refused"
handler404 = "anju.web.shell.missing"
handler500 = "anju.web.shell.failed"
