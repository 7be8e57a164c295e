"""The door for web servers such as gunicorn."""

import os

from django.core.wsgi import get_wsgi_application

from autopost_site.slow_bodies import BodyDeadline

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "autopost_site.settings")
application = BodyDeadline(get_wsgi_application())
