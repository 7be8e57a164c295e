"""Fixtures for the tests of the Python client: a real server, a key, and whatever stands between the two."""

import pytest

from social_queue.access import keys
from tests.factories import make_account


@pytest.fixture
def desk(live_server, db):
    """(address, key that may do everything), with two accounts to post to."""
    make_account("facebook", slug="fb-page")
    make_account("telegram", slug="tg-news")
    return live_server.url, keys.issue("bot", keys.SCOPES)[1]
