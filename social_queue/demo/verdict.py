"""Was every sample published exactly once, with its caption, picture and tracked link?"""

from collections import Counter

from social_queue.media import carried
from social_queue.models import Part, Post

_SETTLED = {Post.Status.PUBLISHED, Post.Status.FAILED, Post.Status.CANCELLED, Post.Status.UNKNOWN, Post.Status.RECALLED}


def settled() -> bool:
    """Has every post, and all that follows it, come to an end?"""
    moving = Post.objects.exclude(status__in=_SETTLED).exists() or Part.objects.exclude(status__in=_SETTLED).exists()
    return not moving


def faults(wall: list[dict]) -> list[str]:
    """A sentence for each post that is not on the wall exactly as it should be; empty when all are."""
    found = _faults_of_threads(wall)
    wall = [posting for posting in wall if not posting["reply_to"]]
    copies = Counter((posting["platform"], posting["id"]) for posting in wall)
    by_id = {(posting["platform"], posting["id"]): posting for posting in wall}
    posts = list(Post.objects.select_related("item", "account").order_by("pk"))
    for post in posts:
        about = f"post {post.pk} “{post.item.title}” on {post.account.slug}"
        place = (post.platform, post.external_id)
        if post.status != Post.Status.PUBLISHED:
            found.append(f"{about} is {post.status}: {post.error}")
        elif copies[place] != 1:
            found.append(f"{about} is on the wall {copies[place]} times.")
        else:
            found.extend(f"{about}: {fault}" for fault in _differences(post, by_id[place]))
    if len(wall) > len(posts):
        found.append(f"The wall shows {len(wall)} posts, but only {len(posts)} were meant.")
    return found


def summary(wall: list[dict]) -> str:
    """One line of counts."""
    posts = Post.objects.filter(status=Post.Status.PUBLISHED)
    replies = sum(bool(posting["reply_to"]) for posting in wall)
    wall = [posting for posting in wall if not posting["reply_to"]]
    places = Counter(posting["platform"] for posting in wall)
    items = posts.values("item").distinct().count()
    by_place = ", ".join(f"{name} {number}" for name, number in sorted(places.items()))
    once = f"{len(wall)} on the wall, each exactly once ({by_place})"
    return f"{items} items, {posts.count()} posts published, {once}, {replies} follow-ups"


def _faults_of_threads(wall: list[dict]) -> list[str]:
    """What follows hangs below its post, each once, in order."""
    found = []
    for post in Post.objects.filter(parts__isnull=False).distinct().select_related("account"):
        meant = list(post.parts.order_by("number").values_list("external_id", flat=True))
        here = [posting["id"] for posting in wall if posting["platform"] == post.platform]
        shown = [one for one in here if one in meant]
        if shown != meant:
            found.append(f"post {post.pk} on {post.account.slug}: its follow-ups are {shown} instead of {meant}.")
    if sum(bool(posting["reply_to"]) for posting in wall) != Part.objects.count():
        found.append("The wall shows another number of follow-ups than were meant.")
    return found


def _differences(post: Post, posting: dict) -> list[str]:
    wrong = []
    if post.item.title.split()[0] not in posting["text"]:
        wrong.append("its caption is not what was worded.")
    if post.short_link not in posting["links"]:
        wrong.append(f"its tracked link {post.short_link} is missing.")
    wants_picture = bool(post.item.image_url) or post.account.platform in _always_pictured()
    if wants_picture and not posting["media_url"] and not posting.get("preview_link"):
        wrong.append("its picture is missing.")
    held = len(carried.of(post.item))
    if held > 1 and len(posting["media"]) != held:
        wrong.append(f"it shows {len(posting['media'])} of {held} pictures.")
    return wrong


def _always_pictured() -> set[str]:
    import connectors

    return {name for name in connectors.names() if connectors.get(name).limits.needs_media}
