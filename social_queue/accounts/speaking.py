"""A connector ready to speak for an account, and what it says without the account's secrets."""

from urllib.parse import urlsplit

from django.conf import settings

import connectors
from connectors.base import Connector, PlatformSettings
from connectors.masking import mask
from connectors.wire.letters import storable
from social_queue.models import PlatformAccount, credentials_of
from social_queue.vault import Sealed, VaultClosed


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


def is_on_this_machine(account: PlatformAccount) -> bool:
    """Is its platform a pretended one at home, which may not have been started yet?"""
    return urlsplit(connector_for(account).api_base).hostname in ("127.0.0.1", "localhost", "::1")


def is_outdated(account: PlatformAccount) -> bool:
    """Were other credentials stored since this was read? In the caller's transaction, which holds its row then.

    A slow answer says nothing of credentials that it was not asked with. Sealed anew under another key they are the
    same.
    """
    row = PlatformAccount.objects.select_for_update().filter(pk=account.pk).only("credentials").first()
    if row is None:
        return False
    held, read = row.credentials, account.credentials
    if isinstance(held, Sealed) and isinstance(read, Sealed) and held.text == read.text:
        return False
    try:
        return credentials_of(row) != credentials_of(account)
    except VaultClosed:
        return True


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
    """The text with the account's credentials, and whatever else is shaped like a token, replaced by ***.

    Every database takes it, whatever was said.
    """
    try:
        secrets = [str(value) for value in credentials_of(account).values()]
    except VaultClosed:
        secrets = []  # what can't be decrypted can't have leaked into the text
    return storable(mask(text, secrets))
