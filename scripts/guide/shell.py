"""Somebody at a terminal of the machine: types what the guide says and answers what is asked."""

import os
import pty
import re
import select
import signal
import termios
import time
from collections.abc import Sequence
from pathlib import Path

_DONE = "@@ so far @@"
#: What is asked at the guide's commands, and what is answered. Each needs its line break.
_ANSWERS = (
    (r"\[Y/n\] ?$", "Y"),
    (r"Username[^\n]*: ?$", "walker"),
    (r"Email address: ?$", "walker@example.com"),
    (r"Password( \(again\))?: ?$", "Correct-Horse-4"),
    (r"(?i)access_token[^\n]*: ?$", "sandbox-page-token"),
)
_PATIENCE_S = 900


class Failed(Exception):
    """A command of the guide did not go well; says which and what was printed."""


class Shell:
    """One shell from the first to the last command, since the guide changes folders and makes an alias."""

    def __init__(self, words: Sequence[str], log: Path, desk: Path, *, seen_as: str = "") -> None:
        """``desk`` is a folder of both, which the shell knows as ``seen_as``: commands lie there, answers are typed."""
        self._log, self._desk, self._seen_as = log.open("a", encoding="utf-8"), desk, seen_as or str(desk)
        self._pid, self._terminal = pty.fork()
        if self._pid == 0:
            os.execvp(words[0], words)  # noqa: S606 - no shell wanted
        mode = termios.tcgetattr(self._terminal)
        mode[3] &= ~termios.ECHO
        termios.tcsetattr(self._terminal, termios.TCSANOW, mode)
        os.write(self._terminal, b"PS1= PS2= PROMPT_COMMAND=; set -e\n")

    def type(self, commands: str, *, name: str) -> str:
        """What the commands print. Raises Failed as soon as one of them ends badly."""
        self._log.write(f"\n── {name}\n{commands}\n")
        (self._desk / "block.sh").write_text(f"{commands}\n", encoding="utf-8")
        typed = f"source {self._seen_as}/block.sh; printf '\\n%s%s\\n' '@@ so' ' far @@'\n"
        os.write(self._terminal, typed.encode())
        printed, asked, until = "", 0, time.monotonic() + _PATIENCE_S
        while f"\n{_DONE}" not in printed.replace("\r", ""):
            piece = self._read(until)
            self._log.write(piece)
            self._log.flush()
            if not piece:
                raise Failed(f"{name}:\n{commands.strip()}\n\n{printed[-3000:].strip()}")
            printed += piece
            for question, answer in _ANSWERS:
                if re.search(question, printed[asked:].replace("\r", "")):
                    asked = len(printed)
                    os.write(self._terminal, f"{answer}\n".encode())
                    break
        return printed.replace("\r", "").partition(f"\n{_DONE}")[0]

    def _read(self, until: float) -> str:
        """The next piece; empty when the shell is gone or says nothing for too long."""
        ready, _, _ = select.select([self._terminal], [], [], max(until - time.monotonic(), 0))
        try:
            return os.read(self._terminal, 65536).decode(errors="replace") if ready else ""
        except OSError:  # what Linux says of a terminal that nobody holds any more
            return ""

    def close(self) -> None:
        """Hang up."""
        os.kill(self._pid, signal.SIGKILL)
        os.waitpid(self._pid, 0)
        os.close(self._terminal)
        self._log.close()
