"""What we know of a place we may post to: how to speak to it, and whether it may be spoken to."""

import logging
from collections.abc import Iterable
from datetime import datetime

from django.conf import settings
from django.db import transaction

import connectors
from connectors.base import Connector, PlatformSettings
from connectors.masking import mask
from social_queue.models import PlatformAccount, credentials_of
from social_queue.sentences import said as _
from social_queue.vault import VaultClosed

logger = logging.getLogger(__name__)

S = PlatformAccount.Status


class UnknownChannels(ValueError):
    """Names in ``channels`` that are neither a platform nor an account; the sentence lists the known ones."""


def connector_for(account: PlatformAccount) -> Connector:
    """A connector ready to speak for this account. Raises VaultClosed when its credentials can't be read."""
    kind = connectors.get(account.platform)
    return kind(
        account.address,
        credentials_of(account),
        api_base=getattr(settings, getattr(kind, "api_base_setting", ""), ""),
        options=account.options,
        settings=platform_settings(),
    )


def platform_settings() -> PlatformSettings:
    """The site-wide facts that connectors are given."""
    return PlatformSettings(
        graph_api_version=settings.GRAPH_API_VERSION,
        meta_app_id=settings.META_APP_ID,
        meta_app_secret=settings.META_APP_SECRET,
        timeout=tuple(settings.CALL_TIMEOUT),
    )


def words_of(fault: Exception, account: PlatformAccount, *, with_detail: bool = False) -> str:
    """What a fault says, without the account's secrets: it is stored, shown in the admin and sent to a chat.

    A connector's own errors hold none, but whatever else is raised on the way may hold anything.
    """
    detail = getattr(fault, "detail", "") if with_detail else ""
    return without_secrets(f"{fault}\n{detail}".strip() or type(fault).__name__, account)


def without_secrets(text: str, account: PlatformAccount) -> str:
    """The text with the account's credentials, and whatever else is shaped like a token, replaced by ***."""
    try:
        secrets = [str(value) for value in credentials_of(account).values()]
    except VaultClosed:
        secrets = []  # what can't be opened can't be told either
    return mask(text, secrets)


def select(channels: Iterable[str]) -> list[PlatformAccount]:
    """The accounts that a ``channels`` list names, each once; an empty list means every active account.

    A platform's name or alias means its active accounts. Where none is active, those that wait for a token or to be
    freed stand in: their posts wait with them, and nothing is turned away at night because a token died. A slug means
    that account whatever its state. Raises UnknownChannels.
    """
    words = list(channels)
    if not words:
        return _open(PlatformAccount.objects.all())
    chosen: dict[int, PlatformAccount] = {}
    unknown = []
    for word in words:
        found = _named(word)
        if not found:
            unknown.append(word)
        chosen |= {account.pk: account for account in found}
    if unknown:
        raise UnknownChannels(_what_is_known(unknown))
    return list(chosen.values())


def pause(account: PlatformAccount) -> bool:
    """Let the account's posts wait. False when it was not active."""
    return _set_status(account, S.PAUSED, [S.ACTIVE])


def resume(account: PlatformAccount) -> bool:
    """Let the account post again, whatever stopped it. False when nothing did."""
    changed = PlatformAccount.objects.filter(pk=account.pk).exclude(status=S.ACTIVE, paused_until=None)
    if not changed.update(status=S.ACTIVE, paused_until=None, last_error=""):
        return False
    account.status, account.paused_until, account.last_error = S.ACTIVE, None, ""
    return True


def revive(account: PlatformAccount) -> bool:
    """Its credentials work again. False when it does not need any, or somebody changed its status meanwhile."""
    return _set_status(account, S.ACTIVE, [S.NEEDS_TOKEN])


def wait_until(account_id: int, moment: datetime) -> None:
    """A rate limit: no post of this account before ``moment``; a later moment already set stays."""
    with transaction.atomic():
        account = PlatformAccount.objects.select_for_update().get(pk=account_id)
        if account.paused_until is None or account.paused_until < moment:
            PlatformAccount.objects.filter(pk=account_id).update(paused_until=moment)


def stop(account_id: int, status: str, reason: str) -> None:
    """The platform refused the account: it needs a token or is blocked, until a human resumes it."""
    PlatformAccount.objects.filter(pk=account_id).exclude(status=S.PAUSED).update(status=status, last_error=reason)
    logger.warning("account %s is now %s: %s", account_id, status, reason, extra={"account": account_id})


def _named(word: str) -> list[PlatformAccount]:
    platform = connectors.resolve_alias(word)
    if platform:
        return _open(PlatformAccount.objects.filter(platform=platform))
    return list(PlatformAccount.objects.filter(slug=word))


def _open(accounts) -> list[PlatformAccount]:
    """The active ones, or else those that only wait for a human to mend them; never one that an editor paused."""
    return list(accounts.filter(status=S.ACTIVE)) or list(accounts.filter(status__in=[S.NEEDS_TOKEN, S.BLOCKED]))


def _what_is_known(unknown: list[str]) -> str:
    slugs = PlatformAccount.objects.order_by("slug").values_list("slug", flat=True)[:50]
    names = {"names": ", ".join(map(repr, unknown)), "known": ", ".join([*connectors.names(), *slugs])}
    return _("No active account for %(names)s. Known: %(known)s.", **names)


def _set_status(account: PlatformAccount, to: str, since: list[str]) -> bool:
    if not PlatformAccount.objects.filter(pk=account.pk, status__in=since).update(status=to):
        return False
    account.status = to
    return True
