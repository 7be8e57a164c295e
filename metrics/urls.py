"""Public addresses: links, health and figures."""

from django.urls import path

from metrics import prometheus
from metrics.clicks import views

urlpatterns = [
    path("go/<str:code>", views.go, name="go"),
    # Some mail programs and people write a slash behind every address.
    path("go/<str:code>/", views.go),
    path("health", views.health_view, name="health"),
    path("metrics", prometheus.scrape, name="metrics"),
]
