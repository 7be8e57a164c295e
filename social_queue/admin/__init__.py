"""The front of the house."""

from django.contrib import admin
from unfold.admin import ModelAdmin

from social_queue import models

for _name in models.__all__:
    if isinstance(getattr(models, _name), type):
        admin.site.register(getattr(models, _name), ModelAdmin)
