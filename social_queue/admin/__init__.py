"""The front of the house: a page for everything people watch and correct."""

from social_queue.admin import alerts, foreign, home, label_lines, menu, wording
from social_queue.admin.accounts import page as accounts
from social_queue.admin.events import log as events
from social_queue.admin.events import subscriptions
from social_queue.admin.inbound import deliveries, feeds, keys, sources
from social_queue.admin.items import page as items
from social_queue.admin.people import activity, failed_log_ins
from social_queue.admin.people import page as people
from social_queue.admin.posts import page as posts
from social_queue.admin.repeats import page as repeats

__all__ = [
    "accounts",
    "activity",
    "alerts",
    "deliveries",
    "events",
    "feeds",
    "failed_log_ins",
    "foreign",
    "home",
    "items",
    "keys",
    "label_lines",
    "menu",
    "people",
    "posts",
    "repeats",
    "sources",
    "subscriptions",
    "wording",
]
