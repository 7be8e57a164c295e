"""Corrections in a storm: asked for wherever posts are out, and compared with how the wall reads in the end."""

import html
import itertools
import random
import re
from collections import Counter, defaultdict
from typing import Any

#: So many of them are of a post that waits for another text already: one takes the place of the other, tried or not.
_OF_WAITING = 0.25
_numbers = itertools.count(1)


def ask(chance: random.Random, posts: int) -> None:
    """Have so many posts that are out read otherwise, whichever; as a person in the desk does."""
    from social_queue.models import Post
    from social_queue.operations.correcting import asking

    if not posts:
        return
    out = Post.objects.filter(status="published").select_related("item", "account").order_by("pk")
    may = [post for post in out if asking.may_be_corrected(post)]
    asked = asking.waiting(may)
    waiting = [post for post in may if post.pk in asked]
    for _number in range(posts if may else 0):
        _ask(chance.choice(waiting if waiting and chance.random() < _OF_WAITING else may))


def _ask(post: Any) -> None:
    from django.utils import timezone

    from social_queue.operations.correcting import asking, judging

    judged = judging.judge(post, f"{post.item.title}, correction {next(_numbers)}: {{link}}")
    assert not judged.faults, judged.faults
    # It is being taken back since it was looked for, or cannot be for another reason: nobody could ask for it.
    try:
        asking.correct(post, judged.text, asker=asking.Asker("chaos"), now=timezone.now())
    except asking.NotNow:
        return


def judge(wall: list) -> dict[str, int]:
    """Counts of what became of them; ``wrong`` is a post that reads otherwise than its rows say."""
    from social_queue.models import Attempt, Errand, Event, Post

    asked = list(
        Errand.objects.filter(kind="correct").order_by("pk").values_list("post", "outcome", "text", "ended_at")
    )
    done = Counter(post for post, outcome, _text, _ended in asked if outcome == "corrected")
    told = Counter(event.data["post"]["id"] for event in Event.objects.filter(type="post.corrected"))
    posts = {post.pk: post for post in Post.objects.all()}
    reads: dict[str, str] = {}
    for posting in wall:
        codes = [link.rsplit("/go/", 1)[1] for link in posting.links if "/go/" in link]
        reads |= dict.fromkeys(codes, posting.text)
    last: dict[int, list[str]] = defaultdict(list)
    for pk, outcome, text, _ended in asked:
        if outcome == "corrected":
            last[pk].append(text)
    gone = {pk: post.recalled_at for pk, post in posts.items() if post.recalled_at}
    tries = Attempt.objects.filter(kind="correct", post__in=gone).values_list("post", "sent_at")
    return {
        "corrections": len(asked),
        "corrected": sum(done.values()),
        "corrections replaced by another": sum(bool(ended) and not outcome for _, outcome, _, ended in asked),
        "corrections left to a human": sum(outcome == "not_correctable" for _, outcome, _, _ in asked),
        "corrections wrong": sum(
            not _reads_so(reads[post.code], [post.caption, *last[pk][-1:]])
            for pk, post in posts.items()
            if post.status == "published" and post.code in reads
        ),
        "corrections of what was taken back": sum(bool(sent) and sent > gone[pk] for pk, sent in tries),
        "corrections waiting still": sum(ended is None for *_, ended in asked),
        "corrections told otherwise": sum(done[pk] != told[pk] for pk in posts),
    }


def _reads_so(text: str, wanted: list[str]) -> bool:
    """Is each of these the text, as readers see it?"""
    return all(_plain(one) == _plain(text) for one in wanted)


def _plain(text: str) -> str:
    return " ".join(html.unescape(re.sub(r"</?[a-z][^<>]*>", "", text)).split())
