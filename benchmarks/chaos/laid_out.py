"""What a trial is about: posts that are out before it begins, or fall due all through it, and are taken back."""

import argparse
import random
from datetime import timedelta
from typing import Any

from benchmarks.ground import ACCOUNTS


def publish(sandbox: Any, *, posts: int, accounts: int) -> list[int]:
    """Posts that are out, as many on each account; returns their ids."""
    from django.utils import timezone

    from connectors.sandbox.meta import instagram
    from social_queue.delivery import dispatch
    from social_queue.models import PlatformAccount, Post, QueueItem

    instagram.QUOTA = 10 * posts
    places = [PlatformAccount.objects.create(**_account(number)) for number in range(accounts)]
    now, picture = timezone.now(), f"{sandbox.url}/_media/sample/photo.jpg"
    for number in range(posts // accounts):
        words = {"title": f"News {number}", "link": f"https://example.com/news/{number}", "image_url": picture}
        item = QueueItem.objects.create(**words, source="recalls", publish_at=now)
        Post.objects.bulk_create(
            Post(item=item, account=account, platform=account.platform, not_before=now) for account in places
        )
    dispatch.drain(clock=timezone.now)
    out = list(Post.objects.filter(status="published").values_list("pk", flat=True))
    assert len(out) == len(sandbox.wall) == posts, f"{len(out)} of {posts} are out"
    return out


def _account(number: int) -> dict[str, Any]:
    platform, (address, keys) = list(ACCOUNTS.items())[number % len(ACCOUNTS)]
    address = f"{address}{number:02}"
    if platform == "twitter":
        keys = keys | {"access_token": f"sandbox-{address}"}
    return {"platform": platform, "slug": f"{platform}-{number}", "address": address, "credentials": keys}


def due_within(seconds: float, pictures: str, asked: argparse.Namespace) -> None:
    """Items that fall due evenly, on accounts of each platform, so that every kill finds something under way.

    ``rich``: every fourth is an album of three pictures, every eighth a video; ``plain``: no item has any, and
    none goes to Instagram, which takes nothing without.
    """
    import django

    django.setup()
    from django.core.management import call_command
    from django.utils import timezone

    from social_queue.models import PlatformAccount, Post, QueueItem

    call_command("migrate", verbosity=0)
    told = [_account(number) for number in range(asked.accounts * len(ACCOUNTS))]
    accounts = [
        PlatformAccount.objects.create(**one, options={"follow_ups": True})
        for one in told
        if not (asked.plain and one["platform"] == "instagram")
    ]
    now = timezone.now()
    for number in range(asked.items):
        due, names = now + timedelta(seconds=seconds * number / asked.items), _media(number, asked)
        item = QueueItem.objects.create(
            title=f"Storm item {number}",
            summary="Goes out once, whatever happens.",
            link=f"https://example.com/storm/{number}",
            image_url=f"{pictures}/{names[0]}" if names else "",
            source="chaos",
            publish_at=due,
            follow_ups=[{"text": f"Storm item {number}, part {part}"} for part in range(1, asked.parts + 1)],
        )
        if len(names) > 1 or names == [_FILM]:
            for position, name in enumerate(names):
                item.media.create(position=position, url=f"{pictures}/{name}")
        for account in accounts:
            Post.objects.create(item=item, account=account, platform=account.platform, not_before=due)


def spread(seconds: float) -> None:
    """What is not due yet falls due evenly within so many seconds from now: kills take as long as they take."""
    from django.utils import timezone

    from social_queue.models import Post

    now = timezone.now()
    to_come = Post.objects.filter(status="pending", attempts_made=0, not_before__gt=now + timedelta(seconds=5))
    items = list(to_come.order_by("not_before", "item").values_list("item", flat=True).distinct())
    for place, item in enumerate(dict.fromkeys(items), 1):
        due = now + timedelta(seconds=5 + seconds * place / len(items))
        Post.objects.filter(item=item, status="pending", attempts_made=0).update(not_before=due)


_FILM = "film.mp4"


def _media(number: int, asked: argparse.Namespace) -> list[str]:
    if not asked.rich:
        return [] if asked.plain else ["photo.jpg"]
    if number % 8 == 5:
        return [_FILM]
    return ["photo.jpg", "wide.jpg", "portrait.jpg"] if number % 4 == 3 else ["photo.jpg"]


def take_back(chance: random.Random, posts: int) -> None:
    """So many posts that are out, under way or about to go, whichever; as a person in the desk does."""
    if not posts:
        return
    from django.utils import timezone

    from social_queue.models import Post
    from social_queue.operations.recalling import asking

    now = timezone.now()
    near = Post.objects.filter(recall_asked_at=None, not_before__lt=now + timedelta(seconds=2))
    there = list(near.filter(status__in=[*asking.NOT_OUT, *asking.PERHAPS_OUT]).values_list("pk", flat=True))
    chosen = chance.sample(there, min(posts, len(there)))
    asking.recall(Post.objects.filter(pk__in=chosen).select_related("item", "account"), now=now)
