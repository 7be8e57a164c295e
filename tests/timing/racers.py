"""Twenty processes that ask for the next slot at the same moment; run by test_race on the test's own database."""

import multiprocessing
import os
import sys

PROCESSES, EACH = 20, 3


def main() -> int:
    """Fork, wait for one another, ask; returns how many processes failed."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "autopost_site.settings")
    import django

    django.setup()
    context = multiprocessing.get_context("fork")
    gate = context.Barrier(PROCESSES)
    runners = [context.Process(target=_ask, args=(gate, number)) for number in range(PROCESSES)]
    for runner in runners:
        runner.start()
    for runner in runners:
        runner.join()
    return sum(bool(runner.exitcode) for runner in runners)


def _ask(gate, number: int) -> None:
    from django.utils import timezone

    from social_queue.intake import ingest

    gate.wait()
    for place in range(EACH):
        body = {"title": f"News {number}-{place}", "link": "https://example.com/news", "publish_at": "next-slot"}
        receipt = ingest.receive(body, source="race", now=timezone.now())
        if receipt.status_code != 201:
            raise SystemExit(f"{receipt.status_code} {receipt.body}")


if __name__ == "__main__":
    sys.exit(main())
