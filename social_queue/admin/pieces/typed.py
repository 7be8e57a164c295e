"""What a type checker asks about the admin: which page a class is mixed into, what a label is, who is logged in."""

from typing import TYPE_CHECKING, Generic, TypeVar, cast

from django.contrib.auth.models import User
from django.db.models import Model
from django.http import HttpRequest

Row = TypeVar("Row", bound=Model)

if TYPE_CHECKING:
    from django.contrib.admin import ModelAdmin as Page
    from django.utils.functional import _StrOrPromise as Label
else:
    Label = object

    class Page(Generic[Row]):
        """A class for a ModelAdmin to inherit from; at run time it brings nothing along."""


def person(request: HttpRequest) -> User:
    """Who is logged in: no page of the admin opens for anybody else."""
    return cast(User, request.user)
