"""Public addresses: links, health and figures."""

from django.urls import path

from metrics import prometheus
from metrics.clicks import views
from social_queue.api import health

urlpatterns = [
    path("go/<str:code>", views.go, name="go"),
    # Some mail programs and people write a slash behind every address.
    path("go/<str:code>/", views.go),
    path("health", health.health_view, name="health"),
    path("metrics", prometheus.scrape, name="metrics"),
]
