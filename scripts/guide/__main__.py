"""`scripts/fresh-machine guide [WALK…]`: every command of docs/deployment.md on a bare machine, by root."""

import argparse
import os
import signal
import sys
import tempfile
import time
from pathlib import Path

from scripts.guide import machine, page, walk
from scripts.guide.shell import Failed

#: What somebody took who installed: each database and each web server at least once.
WALKS = {"mariadb": {"mariadb", "redis", "nginx"}, "postgres": {"postgres", "caddy"}, "sqlite": {"sqlite", "nginx"}}


def main() -> int:
    """0 when every walk came to its end."""
    parser = argparse.ArgumentParser(prog="fresh-machine guide", description=__doc__)
    parser.add_argument("walks", nargs="*", metavar="WALK", help=f"{', '.join(WALKS)}; all, when none is named")
    parser.add_argument("--suite", default="bookworm", choices=("bookworm", "trixie"))
    parser.add_argument("--place", default="/var/tmp", help="where the machines' files lie for as long as they run")  # noqa: S108
    parser.add_argument("--base", default="", help="a tar of such a root, instead of minutes of debootstrap")
    parser.add_argument("--for-pip", default="", help="settings that pip needs here: NAME=VALUE …")
    options = parser.parse_args()
    if unknown := set(options.walks) - set(WALKS):
        parser.error(f"there is no walk {', '.join(sorted(unknown))}: {', '.join(WALKS)}")
    if os.geteuid() != 0:
        parser.error("a machine of its own needs root (namespaces, debootstrap)")
    # Being told to stop must take the machine away too.
    signal.signal(signal.SIGTERM, lambda *_: sys.exit("Stopped."))
    source = machine.Source(options.suite, options.place, options.base, options.for_pip)
    faults = [name for name in options.walks or WALKS if not _went_well(name, source)]
    _tell_what_was_left_out(faults)
    return 1 if faults else 0


def _went_well(name: str, source: machine.Source) -> bool:
    log, began = Path(tempfile.mkdtemp(prefix="autopost-guide-")) / f"{name}.log", time.monotonic()
    _say(f"\n── {name} on {source.suite}: {' and '.join(sorted(WALKS[name]))}; all that is printed: {log}")
    try:
        with machine.bare(source, log) as bare:
            return _walked(walk.Walk(bare, WALKS[name], say=_say), began)
    except Failed as fault:
        _say(f"   FAILED: {fault}")
        return False


def _walked(whole: walk.Walk, began: float) -> bool:
    """Told before the machine is taken away, which takes a while itself."""
    try:
        whole.all_of_it()
    except Failed as fault:
        _say(f"   FAILED at {fault}")
        return False
    _say(f"   walked to its end in {time.monotonic() - began:.0f} s")
    return True


def _tell_what_was_left_out(faults: list[str]) -> None:
    _say("\n── Not walked, since no machine can do it alone:")
    for block in page.blocks():
        if block.unwalked:
            _say(f"   {page.PAGE.name}:{block.line} {block.text.strip().splitlines()[0][:70]} — {block.unwalked}")
    for sentence in walk.OTHERWISE:
        _say(f"   {sentence}")
    _say(f"\n── {'These did not go well: ' + ', '.join(faults) if faults else 'The guide is walked.'}")


def _say(words: str) -> None:
    print(words, flush=True)  # noqa: T201


if __name__ == "__main__":
    sys.exit(main())
