"""What a round every five minutes costs depends on what is under way, not on how much was ever published."""

import pytest

from social_queue.delivery.sweeps import rounds
from social_queue.models import Post, QueueItem
from tests import factories
from tests.support import work_of_database

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.only_on("sqlite")]


@pytest.mark.parametrize("counted", [False, True])
def test_a_round_does_not_go_through_all_that_was_published(now, counted):
    account = factories.make_account("facebook")

    def publish(first: int, count: int) -> None:
        items = QueueItem.objects.bulk_create(
            QueueItem(title=f"{place}", link="https://example.com/", source="tests", publish_at=now, status="posted")
            for place in range(count)
        )
        Post.objects.bulk_create(
            Post(
                item=item,
                account=account,
                platform="facebook",
                not_before=now,
                status="published",
                published_at=now,
                external_id=f"{first + place}",
            )
            for place, item in enumerate(items)
        )
        if counted:
            work_of_database.analyze("social_posts")

    publish(0, 100)
    rounds.settle(now)
    few = work_of_database.steps_of(lambda: rounds.settle(now))
    publish(100, 2000)
    many = work_of_database.steps_of(lambda: rounds.settle(now))
    assert many < few + 100
