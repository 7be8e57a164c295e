"""Which people may edit which others: nobody grants, or gains, more permissions than they hold."""

from typing import Any

from django.contrib.admin.models import LogEntry
from django.contrib.auth.models import User
from django.db.models import Model
from django.http import HttpRequest

from social_queue.admin.pieces.typed import Page, person
from social_queue.models import Approval


def may_touch(actor: User, target: User) -> bool:
    """Whether ``actor`` may set the password of ``target``, and so log in with its rights."""
    if actor.is_superuser:
        return True
    # Asked of somebody inactive Django answers "nothing", but that is one tick away from everything.
    awake = User.objects.get(pk=target.pk)
    awake.is_active = True
    return not awake.is_superuser and awake.get_all_permissions() <= actor.get_all_permissions()


def has_done_something(person: User) -> bool:
    """Whether a line says that it was this person: it would go, or stay without a name, when the person is deleted."""
    return LogEntry.objects.filter(user=person.pk).exists() or Approval.objects.filter(person=person.pk).exists()


class Ranked(Page[User]):
    """For an admin of people: only of those who have no more rights than oneself."""

    def has_change_permission(self, request: HttpRequest, obj: User | None = None) -> bool:
        """Also what the page for passwords asks."""
        return super().has_change_permission(request, obj) and (obj is None or may_touch(person(request), obj))

    def has_delete_permission(self, request: HttpRequest, obj: User | None = None) -> bool:
        """Deleting somebody is the last of all changes; what was done stays readable with its name."""
        may = super().has_delete_permission(request, obj)
        return may and (obj is None or (may_touch(person(request), obj) and not has_done_something(obj)))


class RightsBySuperusers(Page[Any]):
    """Rights are read-only for everybody else: who may tick a box may tick it at the own name."""

    rights: tuple[str, ...] = ()

    def get_readonly_fields(self, request: HttpRequest, obj: Model | None = None) -> tuple[str, ...]:
        """Django's own, and the rights."""
        fixed = () if person(request).is_superuser else self.rights
        return (*super().get_readonly_fields(request, obj), *fixed)
