"""Receivers: subscriptions are made, paused, resumed and ended."""

from collections.abc import Collection
from datetime import datetime

from django.conf import settings
from django.db.models import QuerySet

from connectors.errors import TransientError
from connectors.media import guard
from social_queue.alerts import ledger as alerts
from social_queue.events import numbering, signing
from social_queue.models import AlertKind, ApiKey, Event, EventType, Subscription, SubscriptionStatus
from social_queue.sentences import said
from social_queue.workings import named_locks
from social_queue.workings.deadlocks import again, atomic

#: With one of these a key sees what came in under other names; ``access.keys`` gives them out.
_SEE_ALL = {"read", "manage"}


class BadSubscription(ValueError):
    """It can't be made so. ``fields``: {field: [sentence, …]}."""

    def __init__(self, fields: dict[str, list[str]]) -> None:
        self.fields = fields
        super().__init__(" ".join(f"{name} {sentence}" for name in fields for sentence in fields[name]))


def fault_of_url(url: str) -> str:
    """Why events are not sent to this address, or "". A name that can't be resolved just now may be right."""
    try:
        guard.check(url, allowed_hosts=settings.MEDIA_ALLOWED_HOSTS)
    except guard.NotPublic as fault:
        return said(
            "is not told anything: %(where)s is %(reason)s, and events go to public ones only. MEDIA_ALLOWED_HOSTS "
            "names the exceptions.",
            where=fault.where,
            reason=fault.reason,
        )
    except guard.MediaRefused as fault:
        return said("is no address for events: %(why)s", why=fault.message.replace("The picture's address", "it"))
    except TransientError:
        return ""
    return ""


def fault_of_types(types: object) -> str:
    """Why these are not names of events, or ""."""
    if not isinstance(types, list) or not all(isinstance(name, str) for name in types):
        return said("must be a list of texts.")
    unknown = [name for name in types if name not in EventType.values]
    if not unknown:
        return ""
    known = ", ".join(EventType.values)
    return said("%(name)s is no event. Known are %(known)s.", name=unknown[0][:100], known=known)


def make(
    url: str, types: Collection[str] = (), *, key: ApiKey | None = None, only_own: bool = False
) -> tuple[Subscription, str]:
    """A subscription that begins with what happens from now on, and its secret. Raises BadSubscription."""
    judged = {"url": fault_of_url(url), "events": fault_of_types(list(types))}
    if faults := {name: [fault] for name, fault in judged.items() if fault}:
        raise BadSubscription(faults)
    subscription = Subscription(url=url, types=list(dict.fromkeys(types)), key=key, only_own=only_own)
    return subscription, begin(subscription)


def begin(subscription: Subscription) -> str:
    """Save a new subscription whose fields were checked; returns its secret."""
    secret = signing.fresh()
    subscription.host, subscription.secrets = signing.host_of(subscription.url), {"current": secret}
    # What was committed before has its number now; whatever gets one later happened after.
    numbering.number()
    subscription.after = numbering.last()
    subscription.save()
    return secret


def pause(subscription: Subscription, *, now: datetime) -> bool:
    """Tell it nothing for a while. False when it was not active."""
    paused = Subscription.objects.filter(pk=subscription.pk, status=SubscriptionStatus.ACTIVE).update(
        status=SubscriptionStatus.PAUSED, stopped_at=now
    )
    return paused == 1


def resume(subscription: Subscription, *, now: datetime) -> bool:
    """Go on where it stopped. False when nothing stopped it."""
    stopped = Subscription.objects.filter(pk=subscription.pk).exclude(status=SubscriptionStatus.ACTIVE, failures=0)
    changes = {"status": SubscriptionStatus.ACTIVE, "failures": 0, "retry_at": None, "stopped_at": None}
    if not stopped.update(**changes, took_ms=0, last_error=""):
        return False
    alerts.resolve(AlertKind.RECEIVER_PAUSED, about=about(subscription), now=now)
    return True


def readdress(item: int, url: str, *, now: datetime) -> None:
    """The callback of an item leads elsewhere from now on, or nowhere; in the transaction that changes the item.

    What the old address has not taken goes to the new one, as if it had never failed.
    """
    held = Subscription.objects.filter(item=item).first()
    if held is None:
        return
    if not url:
        remove(held, now=now)
        return
    resume(held, now=now)
    Subscription.objects.filter(pk=held.pk).update(url=url, host=signing.host_of(url))


def remove(subscription: Subscription, *, now: datetime) -> None:
    """For good; what it has not received is not delivered any more."""
    alerts.resolve(AlertKind.RECEIVER_PAUSED, about=about(subscription), now=now, quietly=True)
    subscription.delete()


def about(subscription: Subscription) -> str:
    """What an alert of its trouble is about: of callbacks the host, since each item has one of its own."""
    return f"host:{subscription.host}"[:150] if subscription.item_id else f"subscription:{subscription.pk}"


@again
def drop_if_told(subscription: Subscription) -> bool:
    """A callback that has heard all goes; the next event of its item makes another."""
    named_locks.lay([numbering.LOCK])
    with atomic(subscription):
        named_locks.hold([numbering.LOCK])
        if sending_left(subscription):
            return False
        subscription.delete()
    return True


def sending_left(subscription: Subscription) -> bool:
    """Is there an event that it has not received yet?"""
    return numbered_after(subscription, subscription.after).exists()


def numbered_after(subscription: Subscription, after: int) -> QuerySet[Event]:
    """The events that are meant for it beyond a number, in their order."""
    rows = Event.objects.filter(sequence__gt=after).order_by("sequence")
    if subscription.item_id:
        rows = rows.filter(item_number=subscription.item_id)
    if subscription.types:
        rows = rows.filter(type__in=subscription.types)
    # By what the key may do today: what was taken from it since is not told to it either.
    key = subscription.key
    if key and (subscription.only_own or not _SEE_ALL & set(key.scopes)):
        rows = rows.filter(source=key.name)
    return rows
