"""The rows as SQL of each database: a lifetime of items, an item a minute, of which the last are still to come."""

import time
from dataclasses import dataclass

POSTS = 3
#: Items that wait for their time.
_WAIT = 500
#: One of so many items came by a webhook and was pressed upon by a person; one of so many raised an alert.
_OFTEN, _SELDOM = 5, 20


@dataclass(frozen=True)
class Dialect:
    """What the databases call differently. ``numbers``: a table of ``i`` from 1 to ``{most}``."""

    numbers: str
    moment: str
    hour: str
    padded: str
    of_three: str
    object: str = "json_object"
    nothing: str = "x''"
    yes: str = "1"
    no: str = "0"
    quote: str = '"'


DIALECTS = {
    "sqlite": Dialect(
        numbers="(WITH RECURSIVE s(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM s WHERE i < {most}) SELECT i FROM s)",
        moment="strftime('%Y-%m-%d %H:%M:%S', {now} + (i - {before}) * {seconds}, 'unixepoch')",
        hour="strftime('%Y-%m-%d %H:00:00', {moment})",
        padded="printf('%08d', j)",
        of_three="(i + 2) / 3",
    ),
    "mysql": Dialect(
        numbers="(SELECT CAST(seq AS SIGNED) AS i FROM seq_1_to_{most})",
        moment="FROM_UNIXTIME({now} + (i - {before}) * {seconds})",
        hour="DATE_FORMAT({moment}, '%Y-%m-%d %H:00:00')",
        padded="LPAD(j, 8, '0')",
        of_three="(i + 2) DIV 3",
        quote="`",
    ),
    "postgresql": Dialect(
        numbers="(SELECT i FROM generate_series(1, {most}) AS s(i))",
        moment="to_timestamp({now} + (i - {before}) * {seconds})",
        hour="date_trunc('hour', {moment})",
        padded="lpad(j::text, 8, '0')",
        of_three="(i + 2) / 3",
        object="jsonb_build_object",
        nothing="''",
        yes="true",
        no="false",
    ),
}


def statements(says: Dialect, items: int, *, now: float | None = None, minutes: int = 1) -> list[str]:
    """In the order in which they are carried out. ``now``: seconds since 1970, between what is out and what waits.

    ``minutes``: between two items.
    """
    moment = moment_of(says, items, now=now, minutes=minutes)
    numbers = f"{says.numbers.format(most=items)} AS n"
    posts = f"(SELECT i AS j, {says.of_three} AS i FROM {says.numbers.format(most=POSTS * items)} AS m) AS n"
    return [
        _items(says, Life(items, moment), numbers),
        _posts(says, Life(items, moment), posts),
        "DELETE FROM social_posts WHERE item_id IN (SELECT id FROM social_queue WHERE status = 'draft')",
        _attempts(Life(items, moment), posts),
        *_beside(says, moment, items),
    ]


def moment_of(says: Dialect, items: int, *, now: float | None = None, minutes: int = 1) -> str:
    """When item ``i`` is published, as SQL."""
    at = int(time.time() if now is None else now)
    return says.moment.format(now=at, before=items - _WAIT, seconds=60 * minutes)


@dataclass(frozen=True)
class Life:
    """What has become of item ``i`` and its post ``j`` by now, as SQL."""

    items: int
    moment: str

    @property
    def waits(self) -> str:
        return f"i > {self.items - _WAIT}"

    @property
    def failed(self) -> str:
        return f"(i > {self.items - 1000} AND i <= {self.items - _WAIT} AND i % 50 = 1)"

    @property
    def of_item(self) -> str:
        return (
            f"CASE WHEN {self.waits} AND i % 25 = 0 THEN 'draft' WHEN {self.waits} THEN 'ready' "
            f"WHEN {self.failed} THEN 'failed' ELSE 'posted' END"
        )

    @property
    def of_post(self) -> str:
        unknown = f"i > {self.items - 1000} AND j % 100 = 7"
        return (
            f"CASE WHEN {self.waits} THEN 'pending' WHEN {self.failed} THEN 'failed' "
            f"WHEN {unknown} THEN 'unknown' ELSE 'published' END"
        )

    def if_out(self, then: str, otherwise: str) -> str:
        """``then`` of a post that is out."""
        return f"CASE WHEN ({self.of_post}) = 'published' THEN {then} ELSE {otherwise} END"


def _items(says: Dialect, life: Life, numbers: str) -> str:
    at, game = life.moment, "'game ' || (i % 40)"
    return (
        "INSERT INTO social_queue (id, title, summary, link, image_url, alt_text, image, hashtags, data, meta, "
        f"channels, game, {says.quote}window{says.quote}, source, body_hash, receipt, publish_at, status, "
        "skip_reason, created_at, updated_at) "
        "SELECT i, 'A longer title of item ' || i, 'Summary', 'https://example.com/' || i, '', '', '', '[]', "
        f"{says.object}('game', 'Game ' || (i % 40), 'rtp', 95 + i % 30 / 10.0), '{{}}', '[]', {game}, '', "
        f"'generator', '', '{{}}', {at}, {life.of_item}, '', {at}, {at} FROM {numbers}"
    )


def _posts(says: Dialect, life: Life, numbers: str) -> str:
    at, name = life.moment, life.if_out("'x' || j", "NULL")
    return (
        "INSERT INTO social_posts (id, item_id, account_id, platform, code, status, not_before, attempts_made, "
        "failures_in_row, variant, caption, caption_edited, short_link, tracked_url, draft_ref, external_id, "
        "permalink, published_at, error_kind, error, clicks, created_at) "
        f"SELECT j, i, a.id, a.platform, {says.padded}, {life.of_post}, {at}, "
        f"CASE WHEN {life.waits} THEN 0 ELSE 1 END, "
        f"0, 'A', 'A caption of some length, as captions are, number ' || j, {says.no}, '', '', '', "
        f"{name}, '', {life.if_out(at, 'NULL')}, "
        f"CASE WHEN {life.failed} THEN 'rejected' ELSE '' END, '', 0, {at} "
        f"FROM {numbers} JOIN platform_accounts a ON a.slug = 'a' || (j % 8)"
    )


def _attempts(life: Life, numbers: str) -> str:
    at = life.moment
    return (
        "INSERT INTO social_attempts (id, post_id, number, worker, started_at, ended_at, outcome, error) "
        f"SELECT j, j, 1, 'bench', {at}, {at}, CASE WHEN {life.failed} THEN 'rejected' ELSE 'published' END, '' "
        f"FROM {numbers} WHERE NOT ({life.waits})"
    )


def _beside(says: Dialect, moment: str, items: int) -> list[str]:
    """Deliveries, what people did, and alerts that are over."""

    def every(number: int) -> str:
        most = max(1, items // number)
        return f"(SELECT i * {number} AS i FROM {says.numbers.format(most=most)} AS m) AS n"

    kind = "(SELECT id FROM django_content_type WHERE app_label = 'queue' AND model = 'queueitem')"
    person = "(SELECT MIN(id) FROM auth_user)"
    return [
        "INSERT INTO webhooks_log (received_at, source, delivery_id, headers, body, signature_ok, status, http_status, "
        f"answer, detail, item_id) SELECT {moment}, 'shop', 'd' || i, '{{}}', {says.nothing}, {says.yes}, 'accepted', "
        f"201, '{{}}', '', i FROM {every(_OFTEN)}",
        "INSERT INTO django_admin_log (action_time, object_id, object_repr, action_flag, change_message, "
        f"content_type_id, user_id) SELECT {moment}, '' || i, 'A longer title of item ' || i, 2, 'Approve.', "
        f"{kind}, {person} "
        f"FROM {every(_OFTEN)}",
        "INSERT INTO social_alerts (kind, post_id, text, raised_at, resolved_at, occurrences, send_failures, "
        f"send_error) SELECT 'rejected', 3 * (i - 19) - 2, 'Refused.', {moment}, {moment}, 1, 0, '' "
        f"FROM {every(_SELDOM)}",
    ]
