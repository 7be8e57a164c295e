"""The commands of the install guide: its fenced blocks, each with the words that say when it applies.

A fence begins with its language, then words: ``sh mariadb`` is for whoever takes MariaDB, ``sh all`` for everybody,
``sh unwalked: why`` for nobody here. What follows the language is shown by no reader of Markdown.
"""

import re
from dataclasses import dataclass
from pathlib import Path

PAGE = Path(__file__).resolve().parents[2] / "docs" / "deployment.md"
UNWALKED = "unwalked:"
_FENCE = re.compile(r"^```(\w+)([^\n]*)\n(.*?)^```$", re.MULTILINE | re.DOTALL)
_SECTION = re.compile(r"^(?:## |\*\*)([^\n*.:]+)", re.MULTILINE)


@dataclass(frozen=True)
class Block:
    """One fence: what stands in it, for whom, and under which heading."""

    language: str
    words: tuple[str, ...]
    text: str
    section: str
    line: int

    @property
    def unwalked(self) -> str:
        """Why no walk can run it; empty: it can."""
        words = " ".join(self.words)
        return words.partition(UNWALKED)[2].strip() if UNWALKED in words else ""

    def is_for(self, chosen: set[str]) -> bool:
        """Whether it concerns whoever took these."""
        return not self.unwalked and {"all", *chosen}.issuperset(self.words)

    def __str__(self) -> str:
        return f"{PAGE.name}:{self.line} ({' '.join(self.words)})"


def blocks(page: Path = PAGE) -> list[Block]:
    """All of them, in the order of the page."""
    text = page.read_text(encoding="utf-8")
    headings = [(found.start(), found[1].strip()) for found in _SECTION.finditer(text)]
    return [
        Block(
            language=found[1],
            words=tuple(found[2].split()),
            text=found[3],
            section=[name for start, name in headings if start < found.start()][-1],
            line=text.count("\n", 0, found.start()) + 1,
        )
        for found in _FENCE.finditer(text)
    ]
