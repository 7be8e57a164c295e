"""What years leave behind beside items and posts, as SQL: further attempts, clicks and their sums, events, uploads."""

from benchmarks.many.statements import POSTS, Dialect, Life, moment_of

#: One of so many items was told to a receiver, one of so many has a reference.
_TOLD, _NAMED = 2, 5


def traces(says: Dialect, items: int, *, now: float | None = None, minutes: int = 1) -> list[str]:
    """To be carried out after those of ``statements``, with the same arguments."""
    moment = moment_of(says, items, now=now, minutes=minutes)
    posts = f"(SELECT i AS j, {says.of_three} AS i FROM {says.numbers.format(most=POSTS * items)} AS m) AS n"
    out = f"({Life(items, moment).of_post}) = 'published'"
    return [
        # One of so many came with names of its own.
        f"UPDATE social_queue SET reference = 'R-' || id, idempotency_key = 'K-' || id WHERE id % {_NAMED} = 0",
        *_further_attempts(items, moment, posts, out),
        *_clicks(says, moment, posts),
        *_events(says, items, moment, posts, out),
    ]


def _further_attempts(items: int, moment: str, posts: str, out: str) -> list[str]:
    """Of what is out: one try before it that failed in passing, or two by turns."""
    columns = "id, post_id, number, worker, started_at, ended_at, outcome, error"
    insert = f"INSERT INTO social_attempts ({columns}) SELECT {{}}, 'bench', {moment}, {moment}, 'transient', ''"
    many = "outcome = 'published'"
    return [
        f"UPDATE social_attempts SET number = 2 + post_id % 2 WHERE {many}",
        "UPDATE social_posts SET attempts_made = 2 + id % 2 WHERE status = 'published'",
        f"{insert.format(f'{POSTS * items} + j, j, 1')} FROM {posts} WHERE {out}",
        f"{insert.format(f'{2 * POSTS * items} + j, j, 2')} FROM {posts} WHERE {out} AND j % 2 = 1",
    ]


def _clicks(says: Dialect, moment: str, posts: str) -> list[str]:
    """Two of each post that is out, both in the hour after it, and their sum."""
    out = f"FROM {posts} JOIN social_posts p ON p.id = j"
    return [
        "INSERT INTO metrics_clicks (queue_item, post, platform, variant, clicked_at, referrer_host, agent, visitor, "
        f"is_robot) SELECT i, j, p.platform, 'A', {moment}, '', 'phone', '', {says.no} {out} "
        "CROSS JOIN (SELECT 1 AS k UNION ALL SELECT 2) AS twice WHERE p.status = 'published'",
        "INSERT INTO metrics_click_totals (post, queue_item, account, platform, variant, game, hour_at, humans, "
        f"robots) SELECT j, i, p.account_id, p.platform, 'A', 'game ' || (i % 40), {says.hour.format(moment=moment)}, "
        f"2, 0 {out} WHERE p.status = 'published'",
        "UPDATE social_posts SET clicks = 2 WHERE status = 'published'",
    ]


def _events(says: Dialect, items: int, moment: str, posts: str, out: str) -> list[str]:
    """One for each post that is out and one for its item, numbered; half of them were told to a receiver."""
    told = "INSERT INTO social_events (id, uid, sequence, type, occurred_at, data, item_number, source) SELECT"
    data = f"{says.object}('id', {{}}, 'status', 'published')"
    first = POSTS * items
    sent = "INSERT INTO event_sendings (url, event_id, number, sent_at, took_ms, http_status, error) SELECT"
    of_items = f"{says.numbers.format(most=items)} AS n"
    return [
        f"{told} j, 'evt_' || j, j, 'post.published', {moment}, {data.format('j')}, i, 'generator' "
        f"FROM {posts} WHERE {out}",
        f"{told} {first} + i, 'evt_' || ({first} + i), {first} + i, 'item.posted', {moment}, {data.format('i')}, i, "
        f"'generator' FROM {of_items} WHERE i <= {items} - 1000",
        f"{sent} 'https://receiver.example.com/', {first} + i, 1, {moment}, 40, 200, '' "
        f"FROM {of_items} WHERE i <= {items} - 1000 AND i % {_TOLD} = 0",
    ]
