"""The report on caption variants as one plain sentence."""

from collections.abc import Callable, Mapping
from typing import Any

from metrics.experiments.duels import EVEN_WITHIN, MIN_POSTS


def gettext_noop(text: str) -> str:
    """Marks a sentence for the translators; who asks for the sentence brings the translation."""
    return text


#: How a number is written in English.
THOUSANDS = "{:,}".format

BETTER = gettext_noop("%(leader)s is better, %(sure)d %% sure.")
LEADS = gettext_noop("%(leader)s leads, %(sure)d %% sure; about %(more)s more posts to be certain.")
LEADS_FAR = gettext_noop("%(leader)s leads, %(sure)d %% sure; with too few clicks to be certain soon.")
EVEN = gettext_noop("No difference to be found; if there is one, it is under %(within)d %%.")
NO_POSTS = gettext_noop("Too early to say: nothing has been published with these captions yet.")
ONE_VARIANT = gettext_noop("Too early to say: only %(names)s has been published so far.")
FEW_POSTS = gettext_noop("Too early to say: every variant needs %(needed)d posts on one platform (so far %(counts)s).")
NONE_AHEAD = gettext_noop("Too early to say: none is ahead so far.")
AHEAD = gettext_noop(
    "Too early to say: %(leader)s is ahead, %(sure)d %% sure; about %(more)s more posts to be certain."
)
CHANCE = gettext_noop("Too early to say: %(leader)s is ahead, but it may be chance; about %(more)s more posts to tell.")
CHANCE_FAR = gettext_noop(
    "Too early to say: %(leader)s is ahead, but it may be chance, with too few clicks to tell soon."
)


def sentence(report: Any, *, translate: Callable[[str], str] = str, number: Callable[[int], str] = THOUSANDS) -> str:
    """`report` is an `experiment_stats.Report`; the sentence ends in a full stop."""
    posts = {name: line.posts for name, line in report.variants.items()}
    words = {
        "leader": report.leader,
        # Never rounded up: 94.9 % is not yet 95 %, and nothing here is 100 %.
        "sure": min(99, int(report.certainty * 100)),
        "more": None if report.more_posts is None else number(_round_up(report.more_posts)),
        "within": round(EVEN_WITHIN * 100),
        "needed": MIN_POSTS,
        "names": ", ".join(name for name, count in posts.items() if count),
        "counts": ", ".join(f"{name} {count}" for name, count in posts.items()),
    }
    return translate(_pattern(report, posts)) % words


def _pattern(report: Any, posts: Mapping[str, int]) -> str:
    if report.leader is None:
        published = sum(1 for count in posts.values() if count)
        if published < 2:
            return (NO_POSTS, ONE_VARIANT)[published]
        return NONE_AHEAD if report.lift else FEW_POSTS
    if report.verdict in ("better", "even"):
        return BETTER if report.verdict == "better" else EVEN
    if report.verdict == "leading":
        return LEADS if report.more_posts else LEADS_FAR
    if report.more_posts is None:
        return CHANCE_FAR
    return AHEAD if report.certainty >= 0.5 else CHANCE


def _round_up(posts: int) -> int:
    """Tens, from a thousand on hundreds: an estimate with more digits would promise too much."""
    step = 10 if posts < 1000 else 100
    return -(-posts // step) * step
