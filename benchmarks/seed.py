"""Rows for measurements: accounts and posts by the thousand, laid straight into the tables."""

from datetime import datetime

ACCOUNTS = 40
BATCH = 2000


def prepare() -> None:
    """Django and an empty, migrated database."""
    import django

    django.setup()
    from django.core.management import call_command

    call_command("migrate", verbosity=0)


def accounts(number: int = ACCOUNTS, **fields) -> list:
    """Telegram chats, since a Telegram post without a picture is exactly one call."""
    from social_queue.models import PlatformAccount

    first = PlatformAccount.objects.count()
    return [
        PlatformAccount.objects.create(
            platform="telegram",
            slug=f"chat-{first + place}",
            address=f"-100{first + place}",
            credentials={"bot_token": "4242:sandbox-bench"},
            **fields,
        )
        for place in range(number)
    ]


def posts(places: list, number: int, *, due: datetime) -> None:
    """``number`` pending posts spread evenly over ``places``, due at ``due``; one item for each round of places."""
    from social_queue.models import Post, QueueItem

    rounds = -(-number // len(places))
    items = []
    for begin in range(0, rounds, BATCH):
        items += QueueItem.objects.bulk_create(
            QueueItem(
                title=f"Bench item {place}",
                summary="One of many.",
                link=f"https://example.com/bench/{place}",
                data={"game": "Gates of Olympus", "rtp": 97.2},
                source="bench",
                publish_at=due,
            )
            for place in range(begin, min(rounds, begin + BATCH))
        )
    rows = (
        Post(item=item, account=place, platform=place.platform, not_before=due) for item in items for place in places
    )
    waiting = []
    for row in rows:
        waiting.append(row)
        if len(waiting) == BATCH:
            Post.objects.bulk_create(waiting)
            waiting = []
    Post.objects.bulk_create(waiting)
