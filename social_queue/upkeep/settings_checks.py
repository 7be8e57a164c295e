"""Settings with which the site starts, but does not do what was asked for; what contradicts itself does not start."""

import re
from collections.abc import Iterable, Iterator

from django.conf import settings
from django.core.checks import Tags, Warning, register
from django.utils import timezone

import connectors
from social_queue.accounts import speaking
from social_queue.upkeep import charset

#: What callers may have in their Host header, as Django compares it: a name, also one for all below it, or an address.
_HOST = re.compile(r"\*|\.?[a-z0-9_-]+(\.[a-z0-9_-]+)*\.?|\[[0-9a-f:.]+\]", re.IGNORECASE)
#: A name, or an address bare or in brackets, with or without a port.
_HOST_AND_PORT = re.compile(r"([a-z0-9_-]+(\.[a-z0-9_-]+)*\.?|\[[0-9a-f:.]+\])(:\d+)?|[0-9a-f:.]+", re.IGNORECASE)
#: What an app that people log in through is known by.
_APPS = (
    ("META_APP_ID", "META_APP_SECRET"),
    ("INSTAGRAM_APP_ID", "INSTAGRAM_APP_SECRET"),
    ("X_API_KEY", "X_API_SECRET"),
)


@register()
def hosts_are_hosts(app_configs: object, **kwargs) -> list[Warning]:
    """An address or a network among names of hosts is taken by Django and by us, and means nobody."""
    return [Warning(words, id="autopost.W004") for words in _no_hosts()]


def _no_hosts() -> Iterator[str]:
    takes = {
        "ALLOWED_HOSTS": (_HOST, "names without https:// and without a port, such as post.example.com"),
        "MEDIA_ALLOWED_HOSTS": (_HOST_AND_PORT, "host or host:port, such as 10.0.0.7:8080, and no address or network"),
    }
    for name, (shape, like) in takes.items():
        for entry in getattr(settings, name):
            if not shape.fullmatch(entry.strip()):
                yield f"{name} lets nobody in by {entry!r}: it takes {like}."


@register()
def bitly_can_be_asked(app_configs: object, **kwargs) -> list[Warning]:
    """Without a token nothing is shortened, which is not what was asked for."""
    if settings.LINK_MODE != "bitly" or settings.BITLY_TOKEN:
        return []
    words = (
        "LINK_MODE is bitly, but BITLY_TOKEN is empty: posts carry the full link. Set the token, or LINK_MODE to go."
    )
    return [Warning(words, id="autopost.W002")]


@register()
def apps_have_both_halves(app_configs: object, **kwargs) -> list[Warning]:
    """Nobody can log in through an app with one of them; who set it need not open the page that says so."""
    return [
        Warning(
            f"{given} is set and {missing} is not: nobody can log in through that app. Set both.", id="autopost.W005"
        )
        for pair in _APPS
        for given, missing in (pair, pair[::-1])
        if getattr(settings, given) and not getattr(settings, missing)
    ]


@register()
def platforms_can_be_spoken_to(app_configs: object, **kwargs) -> list[Warning]:
    """What the connectors say of the site's settings: a version that ended, or that nobody knows."""
    found, today = speaking.platform_settings(), timezone.now().date()
    sentences = {
        words: None for name in connectors.names() for words in connectors.get(name).site_problems(found, today)
    }
    return [Warning(words, id="autopost.W001") for words in sentences]


@register(Tags.database)
def letters_fit(app_configs: object, databases: Iterable[str] | None = None, **kwargs) -> list[Warning]:
    """A database that can't hold every letter; said by `migrate`, which asks for the checks of the database."""
    return [Warning(sentence, id="autopost.W003") for sentence in charset.problems()] if databases else []
