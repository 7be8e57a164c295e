"""Another text for what is out: what a platform declares of it, and what it is given."""

from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar

from connectors.errors import NotCorrectable
from connectors.texts import correcting_words

if TYPE_CHECKING:
    from connectors.declared import Limits, Outgoing


@dataclass(frozen=True)
class Correction:
    """Another text for one post.

    ``external_id`` is as ``Published`` has it, several with commas between them; ``sent`` is the post as it went out,
    with the text it had then: that may decide where the new one belongs. Its media may lack their files. ``below``: it
    is of a follow-up, which is plain text without media.
    """

    external_id: str
    text: str
    sent: "Outgoing"
    below: bool = False


class Correcting:
    """What a connector promises of corrections: by default that there are none."""

    #: Why no text can be changed here, as a sentence; "" where ``correct`` may be asked.
    why_not_corrected: ClassVar[str] = correcting_words.NOT_OFFERED
    #: Does ``correct`` take follow-ups, too?
    corrects_follow_ups: ClassVar[bool] = False

    @classmethod
    def longest_correction(cls, sent: "Outgoing", limits: "Limits") -> int:
        """How long another text may be for what went out like this, as the platform counts; ``limits``: of a post."""
        return limits.longest(sent.kinds)

    def correct(self, correction: Correction) -> None:
        """Put another text in the place of what is out. It must do no harm to do so twice: then nothing changes.

        Raises NotCorrectable where the platform refuses for good, or what has nothing to do with this post.
        """
        raise NotCorrectable(self.why_not_corrected)

    def is_corrected(self, correction: Correction) -> bool | None:
        """Does the post read so by now? None where the platform can't be asked. Raises ConnectorError."""
        return None
