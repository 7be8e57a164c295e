"""What follows a post, before it goes out: the words of each part, and what a platform will not take."""

from collections.abc import Iterator

import connectors
from connectors.texts.cashtags import cashtags
from connectors.texts.following import FollowUpLimits
from social_queue import follow_ups
from social_queue.models import PlatformAccount, QueueItem
from social_queue.sentences import said
from social_queue.wording.checks import Problem


def rows(item: QueueItem, account: PlatformAccount, *, link: str) -> list[dict[str, object]]:
    """``text length limit`` of each part that follows, counted as the platform counts."""
    limits = follow_ups.limits_for(account)
    texts = follow_ups.planned(item, account, link=link)
    return [{"text": text, "length": limits.length(text), "limit": limits.text} for text in texts if limits]


def problems(item: QueueItem, account: PlatformAccount, *, link: str) -> Iterator[Problem]:
    """Follow-ups that are left out, and those that the platform would refuse."""
    limits, label = follow_ups.limits_for(account), connectors.get(account.platform).label
    if limits is None:
        if asked := follow_ups.asked(item, account):
            yield Problem("follow_ups_left_out", _left_out(account, label, len(asked)))
        return
    planned = follow_ups.planned(item, account, link=link)
    if planned and (sentence := not_allowed(account)):
        yield Problem("follow_ups_not_allowed", sentence)
    for place, text in enumerate(planned, 1):
        yield from faults_of(text, limits, place=place, label=label)


def faults_of(text: str, limits: FollowUpLimits, *, place: int, label: str) -> Iterator[Problem]:
    """What the platform would refuse of the follow-up at this place."""
    needs, found = limits.length(text), cashtags(text)
    if needs > limits.text:
        values = {"place": place, "needs": needs, "label": label, "limit": limits.text}
        yield Problem(
            "follow_up_too_long",
            said(
                "Follow-up %(place)s needs %(needs)s characters on %(label)s, but only %(limit)s are allowed.", **values
            ),
            stops=True,
            field="follow_ups",
        )
    elif limits.cashtags is not None and len(found) > limits.cashtags:
        values = {"place": place, "tags": ", ".join(found), "label": label, "limit": limits.cashtags}
        yield Problem(
            "cashtags",
            said(
                "Follow-up %(place)s holds the cashtags %(tags)s, but %(label)s allows only %(limit)s in a post.",
                **values,
            ),
            stops=True,
            field="follow_ups",
        )


def not_allowed(account: PlatformAccount) -> str:
    """A sentence where the account's token is known to lack the right to comment; "" else."""
    if account.may_follow_up is not False:
        return ""
    return said(
        "%(label)s refuses comments by %(account)s: its token lacks the right %(right)s. Connect the account again.",
        label=connectors.get(account.platform).label,
        account=account.slug,
        right=connectors.get(account.platform).follow_up_right,
    )


def _left_out(account: PlatformAccount, label: str, count: int) -> str:
    if connectors.get(account.platform).follow_ups_option:
        return said(
            "Follow-ups are left out on %(label)s (%(count)s of them): the account's option follow_ups is off.",
            label=label,
            count=count,
        )
    return said("%(label)s takes no follow-ups: %(count)s of them are left out.", label=label, count=count)
