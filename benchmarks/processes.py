"""What processes use: memory, and the processor's time, which tells more than the clock where others work too."""

import contextlib
import os
import subprocess
from collections.abc import Iterable

_TICK_S = 1 / os.sysconf("SC_CLK_TCK")


def family(*parents: int) -> set[int]:
    """These processes and all their descendants."""
    own = set(parents)
    shown = subprocess.run(["ps", "-eo", "pid=,ppid="], capture_output=True, text=True, check=True).stdout
    pairs = [tuple(map(int, line.split())) for line in shown.splitlines()]
    while True:
        found = own | {pid for pid, parent in pairs if parent in own}
        if found == own:
            return own
        own = found


def memory(pids: Iterable[int]) -> dict[str, object]:
    """MB really used (PSS): how many processes they are, their sum, and each."""
    each = []
    for pid in pids:
        with contextlib.suppress(OSError), open(f"/proc/{pid}/smaps_rollup") as file:
            each.append(next(int(line.split()[1]) for line in file if line.startswith("Pss:")) / 1024)
    shown = " ".join(f"{megabytes:.0f}" for megabytes in sorted(each, reverse=True))
    return {"processes": len(each), "pss_mb": round(sum(each), 1), "each_mb": shown}


def seconds(pids: Iterable[int]) -> float:
    """Of the processor, their own and those of children that they have waited for."""
    total = 0
    for pid in pids:
        with contextlib.suppress(OSError), open(f"/proc/{pid}/stat") as file:
            # The name may hold anything; what follows its last bracket does not.
            total += sum(map(int, file.read().rpartition(")")[2].split()[11:15]))
    return total * _TICK_S


def named(*programs: str) -> set[int]:
    """Descendants of this process's parent that run one of the programs: the server of the database."""
    found = set()
    for pid in family(os.getppid()):
        with contextlib.suppress(OSError), open(f"/proc/{pid}/comm") as file:
            if file.read().strip() in programs:
                found.add(pid)
    return found
