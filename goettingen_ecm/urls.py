"""All addresses of the clerk's desk; each app owns its own list."""

from allauth.account.decorators import secure_admin_login
from django.contrib import admin
from django.urls import include, path

# One login for everybody, with its rate limit and second factor.
admin.site.login = secure_admin_login(admin.site.login)  # type: ignore[method-assign]

urlpatterns = [
    path("", include("goettingen_ecm.desk.urls")),
    path("", include("goettingen_ecm.desk.job_urls")),
    path("", include("goettingen_ecm.operations.urls")),
    path("", include("goettingen_ecm.accounts.urls")),
    path("", include("workflows.urls")),
    path("", include("records.urls")),
    path("", include("integrations.urls")),
    path("konto/", include("allauth.urls")),
    path("admin/", admin.site.urls),
]

handler404 = "goettingen_ecm.desk.error_views.not_found"
handler403 = "goettingen_ecm.desk.error_views.forbidden"
handler500 = "goettingen_ecm.desk.error_views.server_error"
