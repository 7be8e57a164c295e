"""The site's web server as strangers find it, for a program that shares only the network with its machine."""

import http.client
import socket
import ssl

HOST = "post.example.com"
_PATIENCE_S = 90


class Door(http.client.HTTPSConnection):
    """Leads to this network's own machine, whoever is asked for; the certificate is of its own making."""

    def __init__(self) -> None:
        super().__init__(HOST, timeout=_PATIENCE_S)
        self._trusting = ssl.create_default_context()
        self._trusting.check_hostname, self._trusting.verify_mode = False, ssl.CERT_NONE

    def connect(self) -> None:
        """Ask for the site by its name."""
        line = socket.create_connection(("127.0.0.1", 443), _PATIENCE_S)
        self.sock = self._trusting.wrap_socket(line, server_hostname=HOST)
