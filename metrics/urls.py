"""Public addresses: links and health."""

from django.urls import path

from metrics import views

urlpatterns = [
    path("go/<str:code>", views.go, name="go"),
    path("health", views.health_view, name="health"),
]
