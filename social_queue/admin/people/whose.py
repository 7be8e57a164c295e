"""For templates: the word by which a browser tells whose the texts are that it keeps."""

from django import template
from django.contrib.auth.models import AbstractBaseUser
from django.utils.crypto import salted_hmac

register = template.Library()

_SALT = "social_queue.admin.people.whose"


@register.filter
def whose(person: AbstractBaseUser) -> str:
    """The same after every log-in, another for everybody else; nobody makes it or reads a number out of it."""
    return salted_hmac(_SALT, str(person.pk), algorithm="sha256").hexdigest()[:32] if person.pk else ""
