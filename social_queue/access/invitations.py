"""Links by which a person makes the own log-in: good for a day, used once, and never for more than their maker may."""

import hashlib
import logging
import secrets
from datetime import datetime, timedelta

from django.contrib.auth.models import Group, User
from django.core import signing
from django.db import transaction
from django.db.models import QuerySet

from social_queue.models import Invitation
from social_queue.upkeep import prune

logger = logging.getLogger(__name__)

LIFE = timedelta(hours=24)
#: Ended ones are shown so long: what became of a link that somebody still has.
_KEPT = timedelta(days=30)
_SALT = "social_queue.access.invitations"


class Over(ValueError):
    """The link was used, revoked, or is too old."""


def listen() -> None:
    """Take part in `prune`."""
    prune.register("invitations", lambda now: Invitation.objects.filter(ends_at__lt=now - _KEPT).delete()[0])


def may_invite(person: User) -> bool:
    """Whether there is a role that this person may give."""
    return person.is_superuser or person.has_perm("auth.add_user")


def roles_of(person: User) -> list[Group]:
    """The roles that the person may give: those with no right that the person lacks."""
    if not may_invite(person):
        return []
    groups = Group.objects.prefetch_related("permissions__content_type").order_by("name")
    if person.is_superuser:
        return list(groups)
    own = person.get_all_permissions()
    return [group for group in groups if _rights(group) <= own]


def _rights(group: Group) -> set[str]:
    return {f"{row.content_type.app_label}.{row.codename}" for row in group.permissions.all()}


def invite(role: Group, *, note: str, by: User, now: datetime) -> tuple[Invitation, str]:
    """A new invitation and its token, which is shown once: only its hash is kept."""
    secret = secrets.token_urlsafe(24)
    row = Invitation.objects.create(
        secret_hash=_hash(secret), role=role, note=note, made_by=by, made_at=now, ends_at=now + LIFE
    )
    return row, signing.dumps(secret, salt=_SALT)


def find(token: str, *, now: datetime) -> Invitation:
    """The invitation of a token. Raises Over when it makes nobody any more."""
    try:
        secret = signing.loads(token, salt=_SALT)
    except signing.BadSignature:
        raise Over from None
    row = standing(now).filter(secret_hash=_hash(str(secret))).select_related("role", "made_by").first()
    # Whoever has lost a right meanwhile gives it away no more.
    if row is None or row.made_by is None or not row.made_by.is_active or row.role not in roles_of(row.made_by):
        raise Over
    return row


def standing(now: datetime) -> QuerySet[Invitation]:
    """Those that can still be used."""
    return Invitation.objects.filter(used_at=None, revoked_at=None, ends_at__gt=now)


def accept(invitation: Invitation, person: User, *, now: datetime) -> User:
    """Save the person, with the role of the invitation. Raises Over when somebody else was faster."""
    with transaction.atomic():
        if not standing(now).filter(pk=invitation.pk).update(used_at=now):
            raise Over
        person.is_staff = True
        person.save()
        person.groups.add(invitation.role)
        Invitation.objects.filter(pk=invitation.pk).update(used_by=person)
    logger.info("invitation %s made %r, role %s", invitation.pk, person.get_username(), invitation.role)
    return person


def revoke(number: int, *, now: datetime) -> bool:
    """End one that nobody has used; False when it was over already."""
    return bool(standing(now).filter(pk=number).update(revoked_at=now))


def _hash(secret: str) -> str:
    return hashlib.sha256(secret.encode()).hexdigest()
