"""A month of made-up posts and clicks, to look at the reports: `DATABASE_URL=… python -m benchmarks.month`.

Writes into the database that the settings name, migrated and without posts; clicks go the way of real ones, through the
hourly totals. Wording B is the better one on half of the platforms. Nothing of it is a measurement.
"""

import argparse
import math
import os
import random
import sys
from datetime import UTC, datetime, timedelta

GAMES = (
    "Gates of Olympus", "Starlight Princess", "Sweet Bonanza", "Mahjong Ways 2", "Wild Bandito", "Sugar Rush",
    "Aztec Gems", "Lucky Neko", "Koi Gate", "Fire Joker",
)  # fmt: skip
TITLES = ("Pola malam ini", "Jam gacor", "RTP hari ini", "Best hour tonight", "Fresh pattern", "Tips for the evening")
ACCOUNTS = {
    "fb-news": ("facebook", 14.0, 1.25),
    "fb-fans": ("facebook", 6.0, 1.25),
    "ig-main": ("instagram", 3.0, 1.0),
    "tg-news": ("telegram", 22.0, 1.4),
    "tg-vip": ("telegram", 9.0, 1.4),
    "x-news": ("twitter", 5.0, 0.95),
}
#: How lively each hour (UTC) is; evenings in Jakarta are the liveliest.
HOURS = [3, 3, 4, 4, 5, 6, 5, 4, 4, 6, 8, 12, 16, 18, 15, 9, 5, 3, 2, 1, 1, 1, 2, 3]
AGENTS = (("phone", 76), ("desktop", 17), ("tablet", 5), ("other", 2))
REFERRERS = {"facebook": "l.facebook.com", "instagram": "l.instagram.com", "telegram": "", "twitter": "t.co"}


def main() -> int:
    """Lay everything down and add it up; prints how much it was."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--days", type=int, default=62)
    parser.add_argument("--items", type=int, default=16, help="items a day")
    parser.add_argument("--seed", type=int, default=7)
    asked = parser.parse_args()
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "autopost_site.settings")
    import django

    django.setup()
    from django.db import transaction

    from metrics.models import Click, ClickTotal
    from metrics.sums import totals
    from social_queue.models import Post

    if Post.objects.exists():
        sys.exit("This database has posts already; made-up ones would be mixed with them.")
    chance, now = random.Random(asked.seed), datetime.now(UTC)
    accounts = _accounts()
    for day in range(asked.days, -1, -1):
        for _ in range(asked.items):
            with transaction.atomic():
                _item(chance, accounts, now - timedelta(days=day), now)
    hours = totals.roll_up(now)
    laid = [f"{model.objects.count()} {model._meta.verbose_name_plural}" for model in (Post, Click, ClickTotal)]
    print(", ".join(laid), f"in {hours} hours")
    return 0


def _accounts() -> list:
    from social_queue.models import PlatformAccount

    return [
        PlatformAccount.objects.create(slug=slug, platform=platform, address=f"made-up-{slug}", name=slug)
        for slug, (platform, _liveliness, _better) in ACCOUNTS.items()
    ]


def _item(chance: random.Random, accounts: list, day: datetime, now: datetime) -> None:
    from social_queue.models import Post, QueueItem

    at = day.replace(hour=chance.choices(range(24), HOURS)[0], minute=chance.randrange(60))
    if at > now:
        return
    place = min(int(chance.expovariate(0.35)), len(GAMES) - 1)
    game = GAMES[place]
    item = QueueItem.objects.create(
        title=f"{chance.choice(TITLES)}: {game}",
        link="https://example.com/play",
        data={"game": game},
        game=game.casefold(),
        source="month",
        publish_at=at,
        status=QueueItem.Status.POSTED,
    )
    fate = chance.lognormvariate(0, 0.5) * (1.5 - place / 12) * (1.35 if at.weekday() >= 4 else 1.0)
    for account in chance.sample(accounts, chance.randint(2, len(accounts))):
        variant = chance.choice("AB")
        post = Post.objects.create(
            item=item, account=account, platform=account.platform, variant=variant, status=Post.Status.PUBLISHED,
            external_id=f"{item.pk}-{account.pk}", published_at=at, not_before=at,
        )  # fmt: skip
        _clicks(chance, post, fate * chance.lognormvariate(0, 0.4), now)


def _clicks(chance: random.Random, post, fate: float, now: datetime) -> None:
    from metrics.models import Click

    _platform, liveliness, better = ACCOUNTS[post.account.slug]
    wanted = liveliness * fate * (better if post.variant == "B" else 1.0)
    humans, robots = _poisson(chance, wanted), 1 + _poisson(chance, 1.2)
    clicks = []
    for number in range(humans + robots):
        robot = number >= humans
        at = post.published_at + timedelta(minutes=chance.expovariate(2 if robot else 1 / 300))
        if not robot and chance.random() > HOURS[at.hour] / 18 + 0.25:
            at = at.replace(hour=chance.choices(range(24), HOURS)[0]) + timedelta(days=chance.random() < 0.5)
        if post.published_at <= at <= now:
            agent = "preview" if robot else chance.choices(*zip(*AGENTS, strict=True))[0]
            clicks.append(
                Click(
                    post=post.pk, queue_item=post.item_id, platform=post.platform, variant=post.variant, clicked_at=at,
                    agent=agent, is_robot=robot, referrer_host="" if robot else REFERRERS[post.platform],
                )
            )  # fmt: skip
    Click.objects.bulk_create(clicks)


def _poisson(chance: random.Random, mean: float) -> int:
    """Knuth's way, in pieces small enough for it."""
    count = 0
    while mean > 0:
        piece = min(mean, 30.0)
        mean -= piece
        limit, product = math.exp(-piece), chance.random()
        while product > limit:
            count += 1
            product *= chance.random()
    return count


if __name__ == "__main__":
    sys.exit(main())
