"""Where the calendar is, and what its page sends."""

from django.contrib import admin
from django.urls import path

from social_queue.admin.calendar import moving, page, spreading

_inside = admin.site.admin_view

urlpatterns = [
    path("", _inside(page.calendar), name="calendar"),
    path("move/", _inside(moving.move), name="calendar-move"),
    path("spread/", _inside(spreading.spread), name="calendar-spread"),
]
