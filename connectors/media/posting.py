"""One guarded POST: to a checked address, bounded in seconds, no redirect followed, nothing of the answer kept."""

import http.client
import time
from collections.abc import Iterable, Mapping

from connectors.errors import TransientError
from connectors.media.guard import check
from connectors.media.pinned import Pinned, cut_off_at

_HEADERS = {"User-Agent": "Autopost/1 (+self-hosted)", "Accept": "*/*", "Connection": "close"}


def post(
    url: str, body: bytes, *, headers: Mapping[str, str], allowed_hosts: Iterable[str] = (), timeout: float = 10
) -> int:
    """The HTTP status of the answer, whatever it is. Only the resolver is outside the time limit.

    Raises MediaRefused when the guard does not let the address through, TransientError when there was no answer.
    """
    target = check(url, allowed_hosts=tuple(allowed_hosts))
    connection = Pinned(target, time.monotonic() + timeout)
    try:
        with cut_off_at(time.monotonic() + timeout, connection):
            connection.request("POST", target.resource, body, {**_HEADERS, **headers, "Host": target.host_header})
            connection.answer = connection.getresponse()
            return connection.answer.status
    except (OSError, http.client.HTTPException) as fault:
        raise TransientError(f"{target.shown} did not answer: {connection.why(fault)}.") from fault
    finally:
        connection.hang_up()
