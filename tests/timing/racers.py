"""Twenty processes that ask for the next slot at the same moment; run by test_race on the test's own database.

That moment is told, so that no slot passes meanwhile, however long it takes.
"""

import multiprocessing
import os
import sys
from datetime import datetime

PROCESSES, EACH = 20, 3


def main(moment: str) -> int:
    """Fork, wait for one another, ask; returns how many processes failed."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "autopost_site.settings")
    import django

    django.setup()
    context = multiprocessing.get_context("fork")
    gate = context.Barrier(PROCESSES)
    now = datetime.fromisoformat(moment)
    runners = [context.Process(target=_ask, args=(gate, number, now)) for number in range(PROCESSES)]
    for runner in runners:
        runner.start()
    for runner in runners:
        runner.join()
    return sum(bool(runner.exitcode) for runner in runners)


def _ask(gate, number: int, now: datetime) -> None:
    from social_queue.intake import ingest

    gate.wait()
    for place in range(EACH):
        body = {"title": f"News {number}-{place}", "link": "https://example.com/news", "publish_at": "next-slot"}
        receipt = ingest.receive(body, source="race", now=now)
        if receipt.status_code != 201:
            raise SystemExit(f"{receipt.status_code} {receipt.body}")


if __name__ == "__main__":
    sys.exit(main(sys.argv[1]))
