"""How another text for a post that is out would read there, and what its platform would refuse of it."""

from dataclasses import dataclass, replace

import connectors
from connectors.base import Limits, Outgoing
from connectors.declared import OutgoingMedia
from connectors.texts.following import FollowUpLimits
from social_queue import follow_ups
from social_queue.delivery.errands import correcting
from social_queue.media import illustrations
from social_queue.models import Part, Post
from social_queue.sentences import said
from social_queue.wording import captions, following, labels, links
from social_queue.wording.checks import Problem
from social_queue.wording.faults import STOPPING, CaptionTooLong


@dataclass(frozen=True)
class Judged:
    """The text as it would stand there; ``faults`` keep it from going there, ``hints`` are worth knowing."""

    text: str
    length: int
    limit: int
    faults: tuple[Problem, ...] = ()
    hints: tuple[Problem, ...] = ()


def judge(post: Post, text: str) -> Judged:
    """Of a post that is out. ``{link}`` in the text stands for its link; a line that must be there is added."""
    given = text.replace("\r\n", "\n").strip()
    kind = connectors.get(post.platform)
    limits = kind.limits_for(post.account.options)
    longest = kind.longest_correction(_as_sent(post, limits), limits)
    if not given:
        nothing = Problem("blank", said("A post that is out needs words. To have it gone, take it back."), stops=True)
        return Judged("", 0, longest, (nothing,))
    if labels.line(post.item, kind, post.account.options):
        given = labels.without(given, kind)
    judged = foreseen(post, given)
    if judged.length <= longest or judged.faults:
        return replace(judged, limit=min(judged.limit, longest))
    fault = CaptionTooLong(judged.length, longest, label=kind.label, edited=True)
    return replace(judged, limit=longest, faults=(Problem(fault.code, str(fault), stops=True),))


def judge_part(part: Part, text: str) -> Judged:
    """The same of what follows a post and is out: plain text, without template and label."""
    given, account = text.replace("\r\n", "\n").strip(), part.account
    kind = connectors.get(account.platform)
    limits = follow_ups.limits_for(account) or kind.follow_ups or FollowUpLimits(0)
    worded = given.replace(follow_ups.LINK, part.post.short_link).strip()
    if not worded:
        nothing = Problem("blank", said("A follow-up that is out needs words."), stops=True)
        return Judged("", 0, limits.text, (nothing,))
    faults = tuple(following.faults_of(worded, limits, place=part.number - 1, label=kind.label))
    return Judged(worded, limits.length(worded), limits.text, faults)


def foreseen(post: Post, text: str) -> Judged:
    """The same of a post that has still to go out."""
    link = links.expected_link(post).short
    worded = captions.preview(post.item, post.account, link=link, variant=post.variant, edited=text)
    faults = tuple(problem for problem in worded.problems if problem.code in STOPPING)
    hints = tuple(problem for problem in worded.problems if problem.code not in STOPPING)
    return Judged(worded.text, worded.length, worded.limit, faults, hints)


def _as_sent(post: Post, limits: Limits) -> Outgoing:
    kinds = illustrations.kinds_for(post.item, limits)
    return Outgoing(correcting.text_as_sent(post), media=tuple(OutgoingMedia(kind) for kind in kinds))
