"""Asking a platform about credentials that nobody has stored yet."""

import logging

from django.utils.translation import gettext as _

from connectors.base import TokenStatus
from connectors.errors import ConnectorError, TokenInvalid, TransientError
from connectors.masking import mask
from social_queue.accounts import speaking
from social_queue.models import PlatformAccount
from social_queue.vault import VaultClosed

logger = logging.getLogger(__name__)


def ask(account: PlatformAccount) -> TokenStatus:
    """What the platform says of an account as it was typed in; ``checked`` is False when it could not be asked."""
    try:
        return speaking.connector_for(account).check_token()
    except (TokenInvalid, VaultClosed) as fault:
        return TokenStatus(valid=False, detail=mask(str(fault)))
    except TransientError as fault:
        # What went wrong on the way is for whoever runs the site; the editor needs to know that it was not the token.
        logger.warning("a new account on %s could not be tried: %s", account.platform, mask(str(fault)))
        return TokenStatus(valid=False, checked=False, detail=_("It does not answer."))
    except ConnectorError as fault:
        return TokenStatus(valid=False, checked=False, detail=mask(str(fault)))
