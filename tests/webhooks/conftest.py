"""A running site with somewhere to post, and a sender at its door."""

import pytest

from tests import factories
from tests.webhooks.sender import Sender, make_source


@pytest.fixture
def sender(live_server, transactional_db) -> Sender:
    """Pushes to the running site, which has one active account."""
    factories.make_account("telegram", slug="tg-news")
    return Sender(live_server.url)


@pytest.fixture
def shop(sender):
    """A source that signs after Standard Webhooks."""
    return make_source("shop")


@pytest.fixture
def forge(sender):
    """A source that signs with plain HMAC."""
    return make_source("forge", scheme="hmac")
