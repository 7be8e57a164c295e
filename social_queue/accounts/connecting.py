"""A log-in at a platform: begun in one session, answered once within ten minutes, and what it found.

Tokens lie sealed in a row of ours between the log-in and the list of what it found; they go through no page and no
address. ``social_queue.accounts.connected`` stores what was ticked.
"""

import hashlib
import logging
import secrets
from collections.abc import Mapping
from dataclasses import asdict
from datetime import datetime, timedelta
from typing import Any

from django.conf import settings
from django.contrib.auth.models import User
from django.db.models import QuerySet

import connectors
from connectors.login import Found, Login, LoginTrouble, Place, Start
from connectors.texts import log_in_words as words
from social_queue.models import LoginAttempt
from social_queue.vault import Sealed

logger = logging.getLogger(__name__)

LIVES = timedelta(minutes=10)
#: Whatever lies longer is thrown away by whoever begins next; `prune` does the same.
_KEPT = timedelta(hours=1)


def ways(platform: str) -> tuple[Login, ...]:
    """Every way to log in on a platform, as this site is set up; () where keys are pasted."""
    kind = connectors.get(platform)
    return tuple(
        way(
            {name: getattr(settings, setting, "") for name, setting in way.site_settings.items()},
            version=settings.GRAPH_API_VERSION,
            timeout=tuple(settings.CALL_TIMEOUT),
        )
        for way in kind.login
    )


def way_of(platform: str, name: str = "") -> Login:
    """The way of that name, else the first that is set up, else the first. LookupError where there is none."""
    known = ways(platform)
    if not known:
        raise LookupError(f"{platform} has no log-in.")
    named = [way for way in known if way.name == name]
    return next(iter(named or [way for way in known if not way.missing] or known))


def back_to(platform: str) -> str:
    """Where the platform sends people back to; the operator's app must know this very address."""
    return f"{settings.PUBLIC_BASE_URL}/admin/connect/{platform}/callback"


def begin(platform: str, way: Login, *, person: User, session: str, now: datetime) -> tuple[LoginAttempt, Start]:
    """A log-in that only this session can go on with, and where it goes on. Raises LoginTrouble."""
    LoginAttempt.objects.filter(made_at__lt=now - _KEPT).delete()
    state = secrets.token_urlsafe(32)
    start = way.begin(state, back_to(platform)) if way.has_page else Start("")
    attempt = LoginAttempt.objects.create(
        state_hash=_hash(start.state or state),
        session_hash=_hash(session),
        person=person,
        platform=platform,
        way=way.name,
        kept=dict(start.kept),
        made_at=now,
    )
    return attempt, start


def take(platform: str, query: Mapping[str, str], *, person: User, session: str, now: datetime) -> LoginAttempt:
    """The log-in that an answer belongs to, taken up for the one time. Raises LoginTrouble when it is not ours."""
    state = next(filter(None, (way.state_in(query) for way in ways(platform))), "")
    rows = LoginAttempt.objects.filter(state_hash=_hash(state), session_hash=_hash(session), platform=platform)
    return _taken(rows.filter(person=person), now=now) or _strange(platform)


def take_waiting(number: int | str, platform: str, *, session: str, now: datetime) -> LoginAttempt:
    """The same, for one that this session knows by its number: what is brought was typed in."""
    rows = LoginAttempt.objects.filter(pk=number, session_hash=_hash(session), platform=platform)
    return _taken(rows, now=now) or _strange(platform)


def _taken(rows: QuerySet[LoginAttempt], *, now: datetime) -> LoginAttempt | None:
    # The database decides between two that bring the same answer.
    fresh = rows.filter(used_at=None, made_at__gt=now - LIVES)
    attempt = fresh.first()
    return attempt if attempt and fresh.filter(pk=attempt.pk).update(used_at=now) == 1 else None


def _strange(platform: str) -> LoginAttempt:
    logger.warning("a log-in at %s was answered that nobody here waits for", platform)
    raise LoginTrouble("state", words.STATE)


def bring(attempt: LoginAttempt, query: Mapping[str, str], *, now: datetime) -> None:
    """Exchange the answer and keep sealed what was found. Raises LoginTrouble; nothing of an account changes."""
    way = way_of(attempt.platform, attempt.way)
    grant = way.exchange(query, back_to(attempt.platform), kept=_opened(attempt.kept))
    found = way.places(grant)
    values = {"places": [asdict(place) for place in found.places], "notes": [list(note) for note in found.notes]}
    LoginAttempt.objects.filter(pk=attempt.pk).update(found=values, kept="", found_at=now)


def found_by(number: int | str, platform: str, *, session: str, now: datetime) -> tuple[LoginAttempt, Found]:
    """What a log-in of this session found. Raises LoginTrouble when it is over."""
    rows = LoginAttempt.objects.filter(pk=number, platform=platform, session_hash=_hash(session))
    attempt = rows.filter(found_at__gt=now - LIVES).first()
    if attempt is None:
        raise LoginTrouble("state", words.STATE)
    found = _opened(attempt.found)
    places = tuple(Place(**{**row, "aliases": tuple(row["aliases"])}) for row in found["places"])
    return attempt, Found(places, tuple((pattern, values) for pattern, values in found["notes"]))


def _opened(held: Sealed | dict[str, Any]) -> dict[str, Any]:
    return held.open() if isinstance(held, Sealed) else held


def _hash(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()
