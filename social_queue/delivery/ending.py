"""What is told of one try."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Ending:
    """What `dispatch --json` prints of one try. ``account`` is the slug; ids are numbers; absent values are ""."""

    post: int
    item: int
    platform: str
    account: str
    outcome: str
    external_id: str = ""
    error_kind: str = ""
    #: 1 is the post itself.
    part: int = 1
