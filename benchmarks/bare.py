"""The peer of `benchmarks.go`: the least that Django can do to insert one row and redirect, on the same table."""

import os

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "autopost_site.settings")

from django.conf import settings
from django.core.wsgi import get_wsgi_application
from django.http import HttpResponseRedirect
from django.urls import path
from django.utils import timezone


def insert(request):
    """One row, one redirect; nothing is looked up and nobody is told from a robot."""
    from metrics.models import Click

    Click.objects.create(post=1, queue_item=1, platform="bare", clicked_at=timezone.now())
    return HttpResponseRedirect("https://example.com/", headers={"Content-Length": "0"})


urlpatterns = [path("bare", insert)]
settings.ROOT_URLCONF = __name__
settings.MIDDLEWARE = []
application = get_wsgi_application()
