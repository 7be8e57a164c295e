"""A connection that tells what fails before it stands from what fails on it: until then nothing of a request has left.

In between a refused connection and a request lie the handshake and, by way of a proxy, the tunnel. Whoever filters the
traffic of a country or an office breaks off just there, and urllib3 says of that what it says of a lost answer.
"""

from http.client import HTTPException

import urllib3.exceptions
from urllib3.connection import HTTPSConnection
from urllib3.connectionpool import HTTPConnectionPool, HTTPSConnectionPool


class _Connection(HTTPSConnection):
    def connect(self) -> None:
        """Raise NewConnectionError or ConnectTimeoutError unless it stands."""
        try:
            super().connect()
        except (OSError, HTTPException, urllib3.exceptions.SSLError) as fault:
            raise urllib3.exceptions.NewConnectionError(self, str(fault) or type(fault).__name__) from fault


class _Pool(HTTPSConnectionPool):
    ConnectionCls = _Connection


#: For a pool manager of urllib3. Without TLS there is nothing between being connected and the request.
POOLS = {"http": HTTPConnectionPool, "https": _Pool}
