"""After the storm: the wall compared with the rows, code by code."""

import json
import sys
from collections import Counter, defaultdict

from benchmarks.chaos import corrections
from benchmarks.ground import table

#: What must be zero.
FAULTY = ("doubles", "lost", "unknown elsewhere", "unknown without an alert", "events that differ from statuses")
FAULTY += ("parts out twice", "parts lost", "threads out of order", "parts unknown elsewhere")
FAULTY += ("taken back, yet out", "parts taken back, yet out", "albums and videos that are not whole")
FAULTY += ("corrections wrong", "corrections of what was taken back", "corrections waiting still")
FAULTY += ("corrections told otherwise",)
#: The ends that an event tells of; what waits or is cancelled has none.
_TOLD = {"post": {"published", "failed", "recalled"}, "item": {"posted", "partial", "failed", "skipped"}}


def judge(wall: list, *, kills: int, seconds: float) -> dict:
    """Counts of what is out, out twice, lost, undecided or failed, with the cost of getting there."""
    from social_queue.models import Alert, Attempt, Post

    copies: Counter = Counter()
    for posting in wall:
        copies.update({(posting.platform, link.rsplit("/go/", 1)[1]) for link in posting.links if "/go/" in link})
    posts = list(Post.objects.values_list("platform", "code", "status"))
    status = Counter(state for _, _, state in posts)
    return (
        {
            "posts": len(posts),
            "kills": kills,
            "published": status["published"],
            "taken back": status["recalled"],
            "cancelled when asked back": Post.objects.filter(status="cancelled").exclude(recall_asked_at=None).count(),
            "taken back, yet out": sum(copies[name, code] for name, code, state in posts if state == "recalled"),
            "doubles": sum(number - 1 for number in copies.values() if number > 1),
            "lost": sum(_is_lost(copies[platform, code], state) for platform, code, state in posts),
            "unknown": status["unknown"],
            "of these on the wall": sum(copies[name, code] for name, code, state in posts if state == "unknown"),
            "unknown elsewhere": sum(state == "unknown" and name != "telegram" for name, _, state in posts),
            "failed with a reason": Post.objects.filter(status="failed").exclude(error="").count(),
            "attempts": Attempt.objects.count(),
            "cut short by a kill": Attempt.objects.filter(outcome="lease_ended").count(),
            "unknown without an alert": Post.objects.filter(status="unknown", alerts=None).count(),
            "alerts": Alert.objects.count(),
            "events that differ from statuses": len(mistold()),
            "seconds": round(seconds),
        }
        | _of_media(wall)
        | _of_parts(wall)
        | corrections.judge(wall)
    )


def _of_media(wall: list) -> dict:
    """Albums and videos that are out: each with all that its item carries; X takes four at most."""
    from social_queue.models import Post

    carried = {post.code: post.item.media.count() for post in Post.objects.select_related("item")}
    codes = [(link.rpartition("/go/")[2], one) for one in wall for link in one.links if "/go/" in link]
    several = [(carried[code], len(one.media)) for code, one in codes if carried.get(code)]
    return {
        "albums and videos that are out": len(several),
        "albums and videos that are not whole": sum(wanted != there for wanted, there in several),
    }


def _of_parts(wall: list) -> dict:
    """What became of the parts of threads; a text is of one part of one item."""
    from social_queue.models import Part

    out: dict[tuple, list[int]] = {}
    for posting in wall:
        if posting.reply_to:
            item, part = posting.text.rsplit(", part ", 1)
            out.setdefault((posting.platform, item), []).append(int(part))
    rows = list(Part.objects.values_list("account__platform", "post__item__title", "number", "status"))
    stands: dict[tuple, int] = {}
    for place, item, number, status in rows:
        if status in ("failed", "unknown"):
            stands[place, item] = min(number, stands.get((place, item), number))
    held = {row[:3] for row in rows if row[2] > stands.get(row[:2], row[2])}
    copies = Counter((place, item, part) for (place, item), numbers in out.items() for part in numbers)
    return {
        "parts": len(rows),
        "parts published": sum(status == "published" for *_, status in rows),
        "parts out twice": sum(number - 1 for number in copies.values() if number > 1),
        "parts taken back, yet out": sum(copies[row[0], row[1], row[2] - 1] for row in rows if row[3] == "recalled"),
        "parts lost": sum(
            _is_lost(copies[place, item, number - 1], status)
            for place, item, number, status in rows
            if (place, item, number) not in held
        ),
        "of these parts waiting still": sum(
            status in ("pending", "publishing") and (place, item, number) not in held
            for place, item, number, status in rows
        ),
        "threads out of order": sum(numbers != sorted(numbers) for numbers in out.values()),
        "parts unknown elsewhere": sum(status == "unknown" and place != "telegram" for place, *_, status in rows),
        "parts held by one that a human must decide": len(held),
    }


def mistold() -> list[str]:
    """Posts and items whose events do not say what their statuses say; a post that is out was told as out once."""
    from social_queue.models import Event, Post, QueueItem

    told: dict[tuple[str, int], list[str]] = defaultdict(list)
    for kind, data in Event.objects.order_by("pk").values_list("type", "data"):
        about, _, what = kind.partition(".")
        if about in _TOLD and what in _TOLD[about]:
            told[about, data[about]["id"]].append(what)
    found, gone = [], set(Post.objects.filter(status="recalled").values_list("item", flat=True))
    for about, model in (("post", Post), ("item", QueueItem)):
        for pk, status in model.objects.values_list("pk", "status"):
            # An item is told of again when it was partly out and then wholly.
            heard = told[about, pk] if about == "post" else told[about, pk][-1:]
            # What was taken back was told as out before.
            told_of = ["published", status] if (about, status) == ("post", "recalled") else [status]
            if about == "item" and status == "cancelled" and pk in gone and heard in (["posted"], ["partial"]):
                # It was out and was wholly taken back, of which its posts are told.
                continue
            if heard != (told_of if status in _TOLD[about] else []):
                found.append(f"{about} {pk} is {status}, told: {', '.join(heard) or 'nothing'}")
    return found


def tell_stories() -> None:
    """What happened to whatever was told otherwise than it is, for whoever looks for the reason."""
    from social_queue.models import Attempt, Event, Post

    for line in mistold():
        about, number = line.split()[:2]
        print(f"  {line}", file=sys.stderr)
        posts = Post.objects.filter(**{"pk" if about == "post" else "item": number}).order_by("pk")
        for row in Event.objects.filter(item_number__in=posts.values("item")).order_by("pk"):
            told = f"{row.type} {row.data.get('post', {}).get('id', '')}"
            print(f"    {row.pk} {row.occurred_at:%T.%f} {told}", file=sys.stderr)
        for post in posts:
            print(f"    post {post.pk} on {post.platform} is {post.status}: {post.error}", file=sys.stderr)
        for row in Attempt.objects.filter(post__in=posts).order_by("started_at"):
            told = f"{row.post_id}.{row.part_number}#{row.number} {row.kind} {row.outcome} {row.worker}"
            ends = f"{row.started_at:%T.%f} {row.sent_at or '-'} {row.ended_at or '-'}"
            print(f"    {told} {ends} {row.error[:80]}", file=sys.stderr)


def show(result: dict) -> None:
    """A table for people and a line of JSON."""
    print(table([{"what": name, "how many": number} for name, number in result.items()], ["what", "how many"]))
    print(json.dumps(result))


def _is_lost(copies: int, state: str) -> bool:
    """Said to be out but is not; out, but called failed or cancelled; still waiting when nothing is under way."""
    if state == "published":
        return copies == 0
    if state in ("failed", "cancelled"):
        return copies > 0
    return state in ("pending", "publishing")
