"""Asking a platform about credentials that nobody has stored yet."""

from connectors.base import TokenStatus
from connectors.errors import ConnectorError, TokenInvalid
from connectors.masking import mask
from social_queue import accounts
from social_queue.models import PlatformAccount
from social_queue.vault import VaultClosed


def ask(account: PlatformAccount) -> TokenStatus:
    """What the platform says of an account as it was typed in; ``checked`` is False when it could not be asked."""
    try:
        return accounts.connector_for(account).check_token()
    except (TokenInvalid, VaultClosed) as fault:
        return TokenStatus(valid=False, detail=mask(str(fault)))
    except ConnectorError as fault:
        return TokenStatus(valid=False, checked=False, detail=mask(str(fault)))
