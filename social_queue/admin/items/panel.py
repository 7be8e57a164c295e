"""What stands above an item's form: what it waits for, its picture, and how it reads on each account."""

from django.utils import timezone
from django.utils.html import format_html
from django.utils.translation import gettext

from social_queue import approvals, approving
from social_queue.admin.items import previews
from social_queue.admin.pieces import looks, times
from social_queue.admin.posts import threads, troubles
from social_queue.media import cards, files
from social_queue.models import ItemStatus, Post, PostStatus, QueueItem


def advice(item: QueueItem, *, may_change: bool) -> list[str]:
    """What the item waits for, what may be done about it, and who has let it go."""
    stands = threads.of_item(item.posts.all()) if item.follow_ups else []
    return [*_waits(item, may_change=may_change), *_approved(item), *stands]


def _approved(item: QueueItem) -> list[str]:
    if not item.approved_as or (last := approving.last(item)) is None:
        return []
    told = {"person": last.person.get_username() if last.person else "–", "when": times.written(last.approved_at)}
    if approvals.is_overtaken(item):
        return [
            gettext("%(person)s approved it %(when)s; it was changed since and goes out only when approved again.")
            % told
        ]
    return [gettext("%(person)s approved it %(when)s.") % told] if last.ended_at is None else []


def _waits(item: QueueItem, *, may_change: bool) -> list[str]:
    if item.status == ItemStatus.DRAFT and item.sent_back_at:
        told = {"reason": item.sent_back_reason, "when": times.written(item.sent_back_at)}
        return [gettext("Sent back %(when)s: “%(reason)s” It waits for approval again once it is changed.") % told]
    if item.status == ItemStatus.DRAFT:
        slots = [gettext("It then takes the next free slot of each account.")] if item.next_slot else []
        return [gettext("A draft: it goes out only after somebody has pressed Approve."), *slots]
    if item.status == ItemStatus.SKIPPED and item.duplicate_of:
        again = looks.link(item.duplicate_of, item.duplicate_of.title)
        return [format_html(gettext("Skipped, because it repeats {} within the cooldown."), again)]
    if item.status == ItemStatus.READY and item.publish_at > timezone.now():
        return [gettext("It goes out %(when)s.") % {"when": looks.distance(item.publish_at)}]
    if may_change and any(post.status == PostStatus.FAILED for post in item.posts.all()):
        return [
            gettext(
                "Nothing of it is out. Put right below what was wrong (picture, link, facts, text), "
                "then press Save and retry."
            )
        ]
    return []


def trouble(item: QueueItem) -> dict[str, str]:
    """What stopped the first of its failed posts."""
    post = Post.objects.filter(item=item, status=Post.Status.FAILED).order_by("pk").first()
    return {"kind": troubles.of_post(post), "error": post.error} if post else {}


def picture(item: QueueItem) -> str:
    """The address of the item's picture, or of its card if one is drawn."""
    if item.image or item.image_url:
        return previews.address_of_picture(item)
    try:
        drawn = files.there(cards.name_for(item.title, item.data))
    except (cards.BadCard, OSError):
        return ""
    return previews.address_of_picture(item) if drawn else ""
