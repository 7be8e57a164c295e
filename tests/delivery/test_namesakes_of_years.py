"""To ask about one undecided post, not all that its account ever posted is read."""

from datetime import timedelta

import pytest

from social_queue.delivery.sweeps import namesakes
from social_queue.models import Attempt, Post, QueueItem
from tests import factories
from tests.support import work_of_database

pytestmark = [pytest.mark.django_db, pytest.mark.only_on("sqlite")]
_FEW, _MANY = 50, 1_000


def _post_long_ago(account, now, number: int) -> None:
    items = QueueItem.objects.bulk_create(
        QueueItem(title="t", link="https://example.com/", source="tests", publish_at=now) for _ in range(number)
    )
    out = {"account": account, "platform": account.platform, "not_before": now, "status": Post.Status.PUBLISHED}
    long_ago = now - timedelta(days=300)
    Post.objects.bulk_create(Post(item=one, external_id=f"x{one.pk}", published_at=long_ago, **out) for one in items)


def test_what_was_posted_long_ago_is_not_read(now):
    account = factories.make_account("telegram", link_mode="none", include_link=False)
    near = factories.make_post(account=account, status="published", external_id="near", published_at=now)
    post = factories.make_post(account=account, status="unknown", attempts_made=1)
    Attempt.objects.create(post=post, number=1, worker="w", started_at=now, sent_at=now)

    def look() -> None:
        assert namesakes.sought(post).others == (near.external_id,)

    _post_long_ago(account, now, _FEW)
    few = work_of_database.steps_of(look)
    _post_long_ago(account, now, _MANY)
    assert work_of_database.steps_of(look) < few + _FEW
