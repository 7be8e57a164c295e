"""A feed on a server of our own, and an account for what comes of it."""

import pytest

from social_queue.models import Feed
from tests import factories
from tests.support.feed_host import FeedHost, rss


@pytest.fixture
def host(settings):
    with FeedHost({"/feed": rss(*range(5, 0, -1))}) as serving:
        settings.MEDIA_ALLOWED_HOSTS = [serving.netloc]
        yield serving


@pytest.fixture
def feed(db, host):
    factories.make_account("telegram", slug="tg-news")
    return Feed.objects.create(slug="blog", url=f"{host.url}/feed")
