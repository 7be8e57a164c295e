"""Every address of the site."""

from django.contrib import admin
from django.urls import include, path, re_path
from django.views.generic import RedirectView

from autopost_site.media import serving

handler403 = "social_queue.admin.refused.page"
urlpatterns = [
    path("", RedirectView.as_view(pattern_name="admin:index")),
    # Before the admin's own, whose log-in knows no second factor.
    path("admin/", include("social_queue.admin.addresses")),
    path("admin/", admin.site.urls),
    path("i18n/", include("django.conf.urls.i18n")),
    # Before the others, whose last entry is everything else.
    path("api/autopost/reports/", include("metrics.reports.door")),
    path("api/", include("social_queue.api.urls")),
    path("", include("metrics.urls")),
    # Platforms download pictures from here, so they are public; a web server in front may take over.
    re_path(r"^media/(?P<name>.*)$", serving.serve),
]
