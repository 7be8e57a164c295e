"""From a claimed post to what its connector is given: link, caption and picture, fixed before anything is sent."""

from connectors.base import Connector, Outgoing
from connectors.errors import Rejected
from social_queue import captions, deadlocks, illustrations, links
from social_queue.caption_faults import CaptionFault
from social_queue.models import Attempt, Post
from social_queue.utm import UtmFault


def word(post: Post, connector: Connector) -> Outgoing:
    """The post as plain data, ready for ``connector``. Raises Rejected, naming the rule, when it can't be worded."""
    freeze(post)
    picture = illustrations.picture_for(post, connector)
    return outgoing(post, media_url=picture.url, media_path=picture.path)


def outgoing(post: Post, *, media_url: str = "", media_path: str = "") -> Outgoing:
    """The frozen words of a post; reconcile needs no more than these."""
    with_link = post.account.include_link
    sent = Attempt.objects.filter(post=post, sent_at__isnull=False).order_by("number").values_list("sent_at", flat=True)
    return Outgoing(
        text=post.caption,
        link=post.short_link if with_link else "",
        marker=post.short_link if with_link and post.short_link in post.caption else "",
        media_url=media_url,
        media_path=media_path,
        alt_text=str(post.item.meta.get("alt_text") or post.item.title),
        sent_at=sent.first() if _may_be_out(post) else None,
    )


def _may_be_out(post: Post) -> bool:
    return post.attempts_made > 1 or post.status == Post.Status.UNKNOWN


def freeze(post: Post) -> None:
    """Fix link and caption at the first claim; later attempts reuse them letter for letter.

    Raises Rejected with the platform's rule, or the template's name and line.
    """
    if post.caption and post.short_link and not post.caption_edited:
        return
    try:
        link = links.link_for(post)
        worded = captions.render(post, link=link.short if post.account.include_link else "")
    except (CaptionFault, UtmFault) as fault:
        raise Rejected(str(fault), code=getattr(fault, "code", "link")) from fault
    changes = {
        "caption": worded.text,
        "variant": worded.variant,
        "short_link": link.short,
        "tracked_url": link.tracked,
    }
    for name, value in changes.items():
        setattr(post, name, value)
    with deadlocks.turn():
        Post.objects.filter(pk=post.pk, attempts_made=post.attempts_made).update(**changes)
