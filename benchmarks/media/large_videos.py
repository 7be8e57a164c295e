"""`python -m benchmarks.media.large_videos`: the memory of a worker that sends ten videos of 200 MiB at once.

Ten accounts, half of them Pages and half X, each with a post that carries the video. A worker sends all that is due and
tells the most memory that it ever had; one that sends a video of 1 MiB as often does the same before.
"""

import argparse
import os
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

from benchmarks.ground import ACCOUNTS, ROOT, ground, table

MIB = 1024 * 1024
_WORKER = """
import django; django.setup()
import resource, time
from django.core.management import call_command
from social_queue.models import Post
for _ in range(400):
    call_command("dispatch")
    if not Post.objects.filter(status="pending").exists():
        break
    time.sleep(1)
print(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024)
"""


def main() -> int:
    """Print the table; 1 when a video is not out."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--videos", type=int, default=10)
    parser.add_argument("--mib", type=int, default=200)
    asked = parser.parse_args()
    from connectors.sandbox import Sandbox

    with Sandbox() as sandbox:
        told = {f"{name}_API_URL": sandbox.url for name in ("FACEBOOK", "INSTAGRAM", "TELEGRAM", "X", "BITLY")}
        with ground("sqlite", **told, CARDS="off", LOG_LEVEL="error") as env:
            os.environ.update(env)
            _set_up(asked.videos)
            rows = [_sent(asked.videos, size, env, sandbox) for size in (1, asked.mib)]
    print(table(rows, list(rows[0])))
    return int(any(row["out"] != asked.videos for row in rows))


def _set_up(accounts: int) -> None:
    import django

    django.setup()
    from django.core.management import call_command

    from social_queue.models import PlatformAccount

    call_command("migrate", verbosity=0)
    for number in range(accounts):
        platform = ("facebook", "twitter")[number % 2]
        address, keys = ACCOUNTS[platform]
        address = f"{address}{number}"
        if platform == "twitter":
            keys = keys | {"access_token": f"sandbox-{address}"}
        PlatformAccount.objects.create(
            platform=platform, slug=f"{platform}-{number}", address=address, credentials=keys
        )


def _sent(videos: int, size: int, env: dict[str, str], sandbox: Any) -> dict[str, object]:
    _lay_down(size)
    sandbox.reset()
    began = time.monotonic()
    run = subprocess.run(
        [sys.executable, "-c", _WORKER], cwd=ROOT, env=env, stdout=subprocess.PIPE, text=True, check=True
    )
    return {
        "videos": f"{videos} of {size} MiB",
        "out": len(sandbox.wall),
        "most memory of the worker (MiB)": round(int(run.stdout.split()[-1]) / MIB),
        "seconds": round(time.monotonic() - began),
    }


def _lay_down(size: int) -> None:
    from django.utils import timezone

    from social_queue.media import carried, originals
    from social_queue.models import PlatformAccount, Post, QueueItem
    from tests.support.videos import large

    now = timezone.now()
    with tempfile.TemporaryDirectory() as home:
        path = large(Path(home) / "film.mp4", size * MIB, width=720, height=1280, seconds=20 + size / 10)
        with path.open("r+b") as file:
            row = originals.keep(file, now=now)[0]
    media = [carried.Medium(name=row.file, alt="A bridge", file=row)]
    words = {"title": f"Film {size}", "link": f"https://example.com/film/{size}", "source": "films", "publish_at": now}
    item = QueueItem.objects.create(**words, **carried.columns(media))
    carried.replace(item, media)
    for account in PlatformAccount.objects.all():
        Post.objects.create(item=item, account=account, platform=account.platform, not_before=now)


if __name__ == "__main__":
    sys.exit(main())
