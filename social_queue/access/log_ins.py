"""Who came in and who did not: a line each in the log, and the clearing away of what is old."""

import logging
from datetime import datetime, timedelta

from axes.models import AccessAttempt
from axes.signals import user_locked_out
from django.conf import settings
from django.contrib.auth.models import User
from django.contrib.auth.signals import user_logged_in, user_logged_out, user_login_failed
from django.contrib.sessions.models import Session
from django.db.models import Max
from django.http import HttpRequest

from social_queue.access import callers
from social_queue.models import FailedLogIn
from social_queue.upkeep import prune
from social_queue.workings.clearing import clear

logger = logging.getLogger(__name__)


def listen() -> None:
    """Take part in Django's signals and in `prune`."""
    user_logged_in.connect(_came_in, dispatch_uid="autopost-came-in")
    user_logged_out.connect(_went, dispatch_uid="autopost-went")
    user_login_failed.connect(_failed, dispatch_uid="autopost-failed")
    user_locked_out.connect(_must_rest, dispatch_uid="autopost-must-rest")
    prune.register("failed_log_ins", _prune_failed)
    prune.register("sessions", _prune_sessions)


def rests_until(name: str, address: str) -> datetime | None:
    """When this name may be tried again from this address, while it may not."""
    tries = AccessAttempt.objects.filter(username=name, ip_address=address)
    last = tries.aggregate(last=Max("attempt_time"))["last"]
    return last + settings.AXES_COOLOFF_TIME if last else None


def end_sessions(user: User, *, but: str = "") -> int:
    """Log a person out everywhere but in the session with this key. Sessions are few: they end after hours."""
    theirs = [
        row.pk
        for row in Session.objects.exclude(pk=but).iterator()
        if row.get_decoded().get("_auth_user_id") == str(user.pk)
    ]
    return Session.objects.filter(pk__in=theirs).delete()[0]


def forget_failures(name: str, request: HttpRequest) -> None:
    """A successful log-in clears the count of failures."""
    AccessAttempt.objects.filter(username=name, ip_address=callers.counted_as(request)).delete()


def _came_in(sender: object, request: HttpRequest, user: User, **kwargs) -> None:
    forget_failures(user.get_username(), request)
    logger.info("log-in of %r from %s", user.get_username(), callers.address_of(request))


def _went(sender: object, request: HttpRequest, user: User | None, **kwargs) -> None:
    if user is not None:
        logger.info("log-out of %r from %s", user.get_username(), callers.address_of(request))


def _failed(
    sender: object, credentials: dict, request: HttpRequest | None = None, reason: str = "password", **kwargs
) -> None:
    counted = getattr(request, "axes_failures_since_start", None) is not None
    if getattr(request, "axes_locked_out", False) and not counted:
        return  # not looked at, since the name rests already: _must_rest says so
    address = callers.address_of(request) if request else "this machine"
    logger.warning("log-in of %r from %s failed: wrong %s", credentials.get("username"), address, reason)


def _must_rest(sender: object, request: HttpRequest, username: str, **kwargs) -> None:
    minutes = settings.AXES_COOLOFF_TIME / timedelta(minutes=1)
    address = callers.address_of(request)
    logger.warning("log-in of %r from %s rests for %d minutes: too many failed", username, address, minutes)


def _prune_failed(now: datetime) -> int:
    before = now - timedelta(days=settings.KEEP_LOGS_DAYS)
    clear(AccessAttempt.objects.filter(attempt_time__lt=now - settings.AXES_COOLOFF_TIME))
    return clear(FailedLogIn.objects.filter(attempt_time__lt=before))


def _prune_sessions(now: datetime) -> int:
    return clear(Session.objects.filter(expire_date__lt=now))
