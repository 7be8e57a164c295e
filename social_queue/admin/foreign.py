"""Pages that libraries register for themselves, taken out again: who reaches them could go round the desk.

A row of django-q2's schedules names any function for the worker to call, so its form is a shell on the server;
django-otp's pages show the secrets of second factors.
"""

import django_otp.plugins.otp_static.admin
import django_otp.plugins.otp_totp.admin
import django_q.admin
from django.contrib import admin

#: Importing its module first makes a library register now; when Django looks for it later, it is there already.
_MODULES = (django_q.admin, django_otp.plugins.otp_static.admin, django_otp.plugins.otp_totp.admin)


def take_out() -> None:
    """Unregister every table of the modules above."""
    labels = {module.__name__.split(".")[0] for module in _MODULES}
    for model in [model for model in admin.site._registry if model.__module__.split(".")[0] in labels]:
        admin.site.unregister(model)


take_out()
