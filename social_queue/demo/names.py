"""What the desk calls its accounts, for the sandbox' wall."""

import time

from django.db import DatabaseError, connection

from social_queue.models import PlatformAccount

#: A new account, or another name, is seen on the wall after so long.
_KEPT_S = 3.0


class AccountNames:
    """``names(platform, address)``: the account's name, "" for one that the desk does not know."""

    def __init__(self) -> None:
        self._found: dict[tuple[str, str], str] = {}
        self._read_at = -_KEPT_S

    def __call__(self, platform: str, address: str) -> str:
        if time.monotonic() - self._read_at >= _KEPT_S:
            self._read_at = time.monotonic()
            self._found = _read()
        return self._found.get((platform, _folded(address)), "")


def _read() -> dict[tuple[str, str], str]:
    """Nothing where the database is not laid out yet: the wall shows addresses then."""
    try:
        rows = PlatformAccount.objects.exclude(name="").values_list("platform", "address", "name")
        return {(platform, _folded(address)): name for platform, address, name in rows}
    except DatabaseError:
        return {}
    finally:
        # The wall's threads come and go, one for each reader.
        connection.close()


def _folded(address: str) -> str:
    return address.strip().lstrip("@").casefold()
