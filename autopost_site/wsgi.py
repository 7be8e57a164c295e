"""The door for web servers such as gunicorn."""

import os

from django.core.wsgi import get_wsgi_application

from autopost_site.slow_bodies import BodyDeadline
from autopost_site.starting import told

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "autopost_site.settings")
with told.in_a_sentence():
    application = BodyDeadline(get_wsgi_application())
