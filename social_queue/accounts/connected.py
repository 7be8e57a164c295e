"""Storing the places that were ticked after a log-in.

An account that exists keeps everything but its credentials, and those too until the new ones are seen to work.
"""

import logging
import secrets
from collections.abc import Collection
from dataclasses import dataclass, replace
from datetime import datetime

from django.db import IntegrityError, transaction
from django.utils.text import slugify

import connectors
from connectors.login import Place
from social_queue.accounts import tokens, trial
from social_queue.models import LoginAttempt, PlatformAccount

logger = logging.getLogger(__name__)

_LONGEST_SLUG = 60


@dataclass(frozen=True)
class Connected:
    """What became of one ticked place; with ``trouble``, a code of LoginTrouble, nothing of it was stored."""

    place: Place
    account: PlatformAccount | None = None
    created: bool = False
    trouble: str = ""
    detail: str = ""


def known_as(platform: str, place: Place) -> PlatformAccount | None:
    """The account that posts there already; names are written in any case, and with an @ or without."""
    names = {_plain(name) for name in (place.address, *place.aliases)}
    rows = PlatformAccount.objects.filter(platform=platform).order_by("pk")
    known = [number for number, address in rows.values_list("pk", "address") if _plain(address) in names]
    return rows.get(pk=known[0]) if known else None


def _plain(address: str) -> str:
    return address.strip().removeprefix("@").casefold()


def store(attempt: LoginAttempt, places: Collection[Place], *, now: datetime) -> list[Connected]:
    """Connect the ticked places, each by itself; what was found is thrown away once all of them are."""
    done = [_store(attempt.platform, place, now=now) for place in places]
    if done and not any(one.trouble for one in done):
        attempt.delete()
    return done


def _store(platform: str, place: Place, *, now: datetime) -> Connected:
    """New credentials replace old ones only after the platform has taken them."""
    if place.problem:
        return Connected(place, trouble="scopes", detail=place.problem)
    account = known_as(platform, place)
    typed = PlatformAccount(platform=platform, slug="typed", address=account.address if account else place.address)
    typed.options = (account.options if account else {}) | dict(place.options)
    typed.credentials = dict(place.credentials)
    typed.token_expires_at = datetime.fromisoformat(place.expires_at) if place.expires_at else None
    said = trial.ask(typed)
    if not said.checked:
        return Connected(place, account, trouble="unreachable", detail=said.detail)
    if not said.valid or said.scopes_missing:
        code = "scopes" if said.valid else "code"
        return Connected(place, account, trouble=code, detail=said.detail or ", ".join(said.scopes_missing))
    account, created = _written(typed, place, account)
    logger.info("account %s: connected by a log-in%s", account.slug, "" if created else ", its credentials replaced")
    may_follow_up = place.may_follow_up if said.may_follow_up is None else said.may_follow_up
    tokens.check(account, now=now, status=replace(said, detail="", may_follow_up=may_follow_up))
    account.refresh_from_db()
    return Connected(place, account, created)


def _written(typed: PlatformAccount, place: Place, account: PlatformAccount | None) -> tuple[PlatformAccount, bool]:
    """The account with its new credentials, and whether it is new."""
    if account is None:
        typed.slug, typed.name = _slug(typed.platform, place), place.name[:120]
        try:
            with transaction.atomic():
                typed.save(force_insert=True)
            return PlatformAccount.objects.get(pk=typed.pk), True
        except IntegrityError:
            account = known_as(typed.platform, place)  # somebody else connected it a moment ago
            if account is None:
                raise
    changes = {"credentials": typed.credentials, "options": account.options | dict(place.options)}
    ends = {"token_expires_at": typed.token_expires_at, "data_access_expires_at": None, "token_checked_at": None}
    ends["may_follow_up"] = None
    PlatformAccount.objects.filter(pk=account.pk).update(**changes, **ends)
    return PlatformAccount.objects.get(pk=account.pk), False


def _slug(platform: str, place: Place) -> str:
    """A free one, from the place's name; a platform's own name would mean the whole platform."""
    plain = slugify(place.name) or slugify(f"{platform} {place.address}")
    plain = f"{plain}-account" if connectors.resolve_alias(plain) else plain
    for ending in ("", f"-{platform}", *(f"-{platform}-{number}" for number in range(2, 1000))):
        slug = f"{plain[: _LONGEST_SLUG - len(ending)]}{ending}"
        if not PlatformAccount.objects.filter(slug=slug).exists():
            return slug
    return f"{platform}-{secrets.token_hex(8)}"
