"""What an operation on many rows did: how many it took, and why it left the others."""

from collections import Counter
from dataclasses import dataclass, field


@dataclass
class Done:
    """``taken``: number of rows changed; ``skipped``: {reason: number of rows left alone}."""

    taken: int = 0
    skipped: Counter = field(default_factory=Counter)

    def add(self, reason: str) -> None:
        """Count one row: taken when ``reason`` is empty."""
        if reason:
            self.skipped[reason] += 1
        else:
            self.taken += 1

    def __add__(self, other: "Done") -> "Done":
        return Done(self.taken + other.taken, self.skipped + other.skipped)
