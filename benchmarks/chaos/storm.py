"""The storm itself: workers are killed and started again while posts go out, are corrected and taken back."""

import argparse
import random
import signal
import sys
import time
from datetime import timedelta
from multiprocessing.process import BaseProcess

from benchmarks.chaos import corrections, laid_out, nursery
from benchmarks.ground import IMPATIENT

#: A kill costs the worker's new start and, every third time, a settling: seconds of both, about.
_BESIDES_S = 0.4
#: Every so many kills somebody settles what the dead left.
_SETTLE_EVERY = 3


def span(asked: argparse.Namespace) -> float:
    """How long the kills will take, about, in seconds: what falls due is spread over it, so that none meets nothing."""
    return float((asked.every + _BESIDES_S) * asked.kills)


def rage(asked: argparse.Namespace) -> tuple[int, int]:
    """Kill and restart workers at random moments; returns how often, and the posts that were open at the last kill."""
    chance = random.Random(asked.seed)
    workers = [_worker() for _ in range(asked.workers)]
    kills, taken_back, corrected, began = 0, 0, 0, time.monotonic()
    ends = began + asked.minutes * 60
    try:
        while kills < asked.kills and time.monotonic() < ends:
            time.sleep(chance.uniform(0.15, 1.85) * asked.every)
            victim = chance.randrange(len(workers))
            nursery.kill(workers[victim])
            kills += 1
            workers[victim] = _worker()
            recalls, texts = (wanted * kills // asked.kills for wanted in (asked.recalls, asked.corrections))
            corrections.ask(chance, texts - corrected)
            laid_out.take_back(chance, recalls - taken_back)
            taken_back, corrected = recalls, texts
            if kills % _SETTLE_EVERY == 0:
                _settle()
            if kills % 10 == 0:
                laid_out.spread((asked.kills - kills) * (time.monotonic() - began) / kills)
                print(f"  {kills} kills, {open_posts()} posts still open", file=sys.stderr, flush=True)
        left = open_posts()
    finally:
        for worker in workers:
            nursery.kill(worker)
    return kills, left


def calm(*, patience: float) -> None:
    """One worker that lives until all that can be decided is, and the youngest doubts are old enough for an alert."""
    worker = _worker()
    ends = time.monotonic() + patience
    try:
        while open_posts() and time.monotonic() < ends:
            _settle()
            time.sleep(2)
    finally:
        nursery.kill(worker, signal.SIGTERM)
    time.sleep(int(IMPATIENT["UNDECIDED_AFTER"]) + 1)
    _settle()


def _worker() -> BaseProcess:
    return nursery.start("dispatch", "--loop", "--json")


def _settle() -> None:
    """An operator resumes limited accounts at once: waiting out a limit of an hour would prove nothing more."""
    from django.utils import timezone

    from social_queue.models import Errand, PlatformAccount
    from social_queue.operations import accounts

    now = timezone.now()
    limited = Errand.objects.filter(ended_at=None, failures_in_row=0, asked_at__lt=now - timedelta(seconds=10))
    limited.update(not_before=now)
    for account in PlatformAccount.objects.exclude(paused_until=None):
        accounts.resume_account(account, now=now)
    nursery.start("reconcile").join(timeout=120)


def open_posts() -> int:
    """Posts that time alone will still move: those that a human must decide are not among them."""
    from social_queue.models import Errand, Part, Post

    mute = Post.objects.filter(status="unknown", platform="telegram").count()
    parts = Part.objects.filter(status__in=["pending", "publishing", "unknown"], not_before__isnull=False)
    mute += parts.filter(status="unknown", account__platform="telegram").count()
    back = Errand.objects.filter(ended_at=None).exclude(post__status="unknown").count()
    posts = Post.objects.filter(status__in=["pending", "publishing", "unknown"]).count()
    return posts + parts.count() + back - mute
