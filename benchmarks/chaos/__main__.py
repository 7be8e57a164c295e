"""`make chaos`: workers die of SIGKILL at random moments while platforms misbehave; what is out twice, what is lost?

200 items on four accounts go out through `manage.py dispatch --loop` processes that are killed and started again, at
least 100 times, while the sandbox answers slowly, answers 500 after publishing, hangs up, times out and limits. Then
the wall is compared with the rows, code by code. With more kills come more items: all of them fall due evenly until
the last kill.
"""

import argparse
import os
import random
import sys
import time

from benchmarks.chaos import acts, laid_out, storm, trial
from benchmarks.chaos.verdict import FAULTY, judge, show, tell_stories
from benchmarks.ground import DATABASES, IMPATIENT, ground

FAULTS = {
    "accept_then_500": 0.04,
    "accept_then_hang_up": 0.04,
    "accept_then_time_out": 0.01,
    "drop_then_time_out": 0.01,
    "server_error": 0.02,
    "rate_limit": 0.002,
}
LATENCY = 0.05


def main() -> int:
    """Run the trial, print the table; exit 0 only when nothing is out twice, lost or undecided in silence."""
    asked = _arguments()
    if asked.fault:
        return trial.run(asked)
    asked.database = asked.database or "sqlite"
    from connectors.sandbox import Sandbox
    from connectors.sandbox.meta import instagram

    # A day's allowance is 100 posts, and this is several days' worth in minutes.
    instagram.QUOTA = 100 * asked.items
    with Sandbox(latency=LATENCY) as sandbox:
        sandbox.world.scenarios.set_faults(FAULTS, seed=asked.seed, everywhere=True)
        bases = {f"{name}_API_URL": sandbox.url for name in ("FACEBOOK", "INSTAGRAM", "TELEGRAM", "X", "BITLY")}
        hosts = sandbox.url.removeprefix("http://")
        with ground(
            asked.database,
            **IMPATIENT,
            **bases,
            MEDIA_ALLOWED_HOSTS=hosts,
            CARDS="needed",
            UNDO_SECONDS="2",
            DISPATCH_BATCH=str(asked.batch),
        ) as env:
            os.environ.update(env)
            pictures = f"{sandbox.url}/_media/sample"
            laid_out.due_within(storm.span(asked), pictures, asked)
            began = time.monotonic()
            kills, left = storm.rage(asked)
            storm.calm(patience=asked.patience)
            result = judge(sandbox.wall, kills=kills, seconds=time.monotonic() - began)
            result |= {"open at the last kill": left}
            tell_stories()
    _print(result, asked)
    return int(any(result[what] for what in FAULTY))


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--items", type=int, default=200)
    parser.add_argument("--kills", type=int, default=100)
    parser.add_argument("--every", type=float, default=1.35, help="seconds from kill to kill, about")
    parser.add_argument("--minutes", type=float, default=60, help="the storm ends then, however few were killed")
    parser.add_argument("--parts", type=int, default=0, help="so many follow-ups behind each post")
    parser.add_argument("--rich", action="store_true", help="every fourth item is an album, every eighth a video")
    parser.add_argument("--recalls", type=int, default=0, help="so many posts are taken back, wherever they stand")
    parser.add_argument("--corrections", type=int, default=0, help="so many posts that are out get another text")
    parser.add_argument("--workers", type=int, default=2)
    parser.add_argument("--accounts", type=int, default=1, help="so many on each platform")
    parser.add_argument("--batch", type=int, default=20, help="posts that a worker sends at once (DISPATCH_BATCH)")
    parser.add_argument(
        "--plain", action="store_true", help="no pictures, so no Instagram: what is claimed is begun at once"
    )
    parser.add_argument("--database", choices=DATABASES, help="the storm: sqlite; a fault: the first that can have it")
    parser.add_argument(
        "--fault", choices=acts.FAULTS, help="instead of the storm: real clusters, and one thing breaks"
    )
    parser.add_argument("--hosts", type=int, default=1, help="with --fault: so many, each with a cluster of its own")
    parser.add_argument("--log", default="error", help="with --fault: what the clusters say")
    parser.add_argument("--seed", type=int, default=random.randrange(10**6))
    parser.add_argument("--patience", type=float, default=900, help="seconds for everything to settle after the storm")
    return parser.parse_args()


def _print(result: dict, asked: argparse.Namespace) -> None:
    given = f"--database {asked.database} --items {asked.items} --kills {asked.kills} --seed {asked.seed}"
    given += (f" --parts {asked.parts}" if asked.parts else "") + (" --rich" if asked.rich else "")
    given += f" --every {asked.every:g}" if asked.every != 1.35 else ""
    given += f" --accounts {asked.accounts}" if asked.accounts != 1 else ""
    given += (f" --batch {asked.batch}" if asked.batch != 20 else "") + (" --plain" if asked.plain else "")
    given += "".join(f" --{name} {number}" for name in ("recalls", "corrections") if (number := getattr(asked, name)))
    print(f"make chaos ARGS='{given}'")
    show(result)


if __name__ == "__main__":
    sys.exit(main())
