"""Room on Python's stack for tests and for the server of the browser's, as the site's own server gives it."""

import pytest
from django.core.servers.basehttp import ThreadedWSGIServer

from autopost_site.serving import room


def install() -> None:
    """For all tests to come, in this process."""
    run, answer = pytest.Function.runtest, ThreadedWSGIServer.process_request_thread
    pytest.Function.runtest = lambda self: room.call(run, self)
    ThreadedWSGIServer.process_request_thread = lambda self, *asked: room.call(answer, self, *asked)
