"""The front of the house: a page for everything people watch and correct."""

from social_queue.admin import (
    accounts,
    alerts,
    failed_log_ins,
    foreign,
    home,
    inbound,
    items,
    keys,
    menu,
    people,
    posts,
    sources,
    wording,
)

__all__ = [
    "accounts",
    "alerts",
    "failed_log_ins",
    "foreign",
    "home",
    "inbound",
    "items",
    "keys",
    "menu",
    "people",
    "posts",
    "sources",
    "wording",
]
