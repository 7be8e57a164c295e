"""What every platform promises, as a table, and how the suite makes a connector of each.

A new platform needs no row: without one it is made with plain values and goes through everything that asks nothing of
the sandbox. With a page in the sandbox it also wants an entry in ``ENTRIES``, and ``PROMISES`` says what its scenarios
come to. A scenario that a platform does not have is written down as ABSENT, never left out.
"""

import traceback
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path

import pytest

import connectors
from connectors.base import Connector, Outgoing, PlatformSettings, Published
from connectors.errors import (
    AccountBlocked,
    AddressMoved,
    ConnectorError,
    NotReady,
    OutcomeUnknown,
    RateLimited,
    Rejected,
    RepeatRefused,
    TokenInvalid,
    TransientError,
)
from connectors.sandbox import PLATFORMS as IN_SANDBOX
from connectors.sandbox import Sandbox
from connectors.sandbox.stage.samples import sample
from tests.connectors.given import one
from tests.support.silence import PATIENT

LINK = "https://example.com/go/ab1"


@dataclass(frozen=True)
class Entry:
    """How to make a connector: an address and credentials that the sandbox takes, and the account's options.

    ``secrets``: the values among them that nobody else uses, to look for in logs.
    """

    address: str
    credentials: Mapping[str, str]
    secrets: tuple[str, ...]
    options: Mapping[str, object] = field(default_factory=dict)


ENTRIES = {
    "facebook": Entry("1029384756", {"access_token": "sandbox-Zq81page"}, ("sandbox-Zq81page",)),
    "instagram": Entry("17841400000000001", {"access_token": "sandbox-Zq81gram"}, ("sandbox-Zq81gram",)),
    "telegram": Entry("-1001234567890", {"bot_token": "4242:sandbox-Zq81bot"}, ("sandbox-Zq81bot",)),
    "twitter": Entry(
        "autopost_news",
        {
            "api_key": "sandbox-key",
            "api_secret": "sandbox-secret",
            "access_token": "sandbox-autopost_news",
            "access_token_secret": "sandbox-token-secret",
        },
        ("sandbox-key", "sandbox-secret", "sandbox-autopost_news", "sandbox-token-secret"),
    ),
}

#: Platforms that can be asked whether a post is out. Telegram shows a bot nothing of a channel's past.
READS_BACK = {"facebook": True, "instagram": True, "telegram": False, "twitter": True}

#: A scenario that a platform does not have.
ABSENT = None

#: Scenario -> what delivering comes to, the same on every platform unless ``PECULIAR`` says otherwise.
COMMON: dict[str, type | None] = {
    "ok": Published,
    "slow": Published,
    "refuse": OutcomeUnknown,
    "rate_limit": RateLimited,
    "token_expired": TokenInvalid,
    "reject": Rejected,
    "server_error": OutcomeUnknown,
    "accept_then_500": OutcomeUnknown,
    "accept_then_hang_up": OutcomeUnknown,
    "time_out": OutcomeUnknown,
    "accept_then_time_out": OutcomeUnknown,
    "drop_then_time_out": OutcomeUnknown,
    "not_ready_twice": ABSENT,
    "blocked": AccountBlocked,
    "billing": ABSENT,
    "duplicate": ABSENT,
    "quota": ABSENT,
    "no_permission": AccountBlocked,
    "lagging": ABSENT,
    "account_gone": ABSENT,
    "container_unreadable": ABSENT,
    "picture_refused": ABSENT,
    "reply_refused": Published,
    "change_refused": ABSENT,
    "answered_late": Published,
    "partly_sent": ABSENT,
    "fetched_later": ABSENT,
    "child_fails": ABSENT,
    "draft_hang_up": ABSENT,
    "never_ready": ABSENT,
    "tweet_fields_ignored": ABSENT,
    "migrate": ABSENT,
}

PECULIAR: dict[str, dict[str, type]] = {
    "facebook": {"duplicate": RepeatRefused, "lagging": Published, "change_refused": Published},
    "instagram": {"not_ready_twice": NotReady, "quota": RateLimited},
    "telegram": {"migrate": AddressMoved, "change_refused": Published},
    "twitter": {"billing": AccountBlocked, "duplicate": RepeatRefused, "quota": AccountBlocked},
}

#: What becomes of a text, of which nothing is prepared.
NOTHING_PREPARED: dict[str, type] = {"draft_hang_up": Published, "never_ready": Published}

#: What the calls around publishing, the account itself or a part of the post come to. A text without a picture knows
#: nothing of pictures.
AROUND: dict[str, dict[str, type]] = {
    "facebook": {"account_gone": AccountBlocked, "picture_refused": Published, **NOTHING_PREPARED},
    "instagram": {
        "account_gone": AccountBlocked,
        "container_unreadable": Published,
        "picture_refused": TransientError,
        "fetched_later": Published,
        "child_fails": Published,
        "draft_hang_up": TransientError,
        "never_ready": Published,
    },
    "telegram": {"partly_sent": OutcomeUnknown, "picture_refused": Published},
    "twitter": {"tweet_fields_ignored": Published, **NOTHING_PREPARED},
}

PROMISES = {name: COMMON | PECULIAR[name] | AROUND[name] for name in IN_SANDBOX}

#: HTTP status without a word from the platform -> what a creating call comes to, by the general rule.
BARE_STATUSES = {401: TokenInvalid, 429: RateLimited, 500: OutcomeUnknown, 503: OutcomeUnknown}


def names_in_sandbox() -> list[str]:
    """The platforms that are both found by the registry and pretended by the sandbox."""
    return [name for name in connectors.names() if name in IN_SANDBOX]


def entry_for(name: str) -> Entry:
    """The platform's own entry, or plain values for one nobody told us about."""
    if name in ENTRIES:
        return ENTRIES[name]
    secrets = {key: f"sandbox-Zq81{key}" for key in connectors.get(name).credential_keys}
    return Entry("somewhere", secrets, tuple(secrets.values()))


def make(name: str, url: str, *, entry: Entry | None = None) -> Connector:
    """A connector of this platform that speaks to ``url``."""
    entry = entry or entry_for(name)
    return connectors.get(name)(
        entry.address,
        entry.credentials,
        api_base=url,
        options=entry.options,
        settings=PlatformSettings(timeout=PATIENT),
    )


def worded(connector: Connector, *, folder: Path, url: str, link: str = LINK, picture: bool = False) -> Outgoing:
    """A post with a link, as dispatch would word it; with a picture where the platform wants one or the test does."""
    text = f"The gates are open. {link}".strip()
    sent_at = datetime.now(UTC)
    if not (picture or connector.limits.needs_media):
        return Outgoing(text, link=link, marker=link, sent_at=sent_at)
    if connector.limits.media_by == "bytes":
        shown = one(path=str(picture_file(folder)), alt="A landscape")
    else:
        shown = one(f"{url}/_media/sample/photo.jpg", alt="A landscape")
    return Outgoing(text, link=link, marker=link, media=shown, sent_at=sent_at)


def picture_file(folder: Path) -> Path:
    """A JPEG on disk."""
    path = folder / "photo.jpg"
    path.write_bytes(sample("photo.jpg")[0])
    return path


def deliver(connector: Connector, outgoing: Outgoing, draft: str = "") -> tuple[Published | ConnectorError, str]:
    """Prepare, then publish, as dispatch does; returns how it ended and the draft."""
    try:
        draft = connector.prepare(outgoing, draft)
        return connector.publish(outgoing, draft), draft
    except NotReady as wait:
        return wait, wait.draft or draft
    except ConnectorError as error:
        return error, draft


def everything_of(result: Published | ConnectorError) -> list[str]:
    """All that a log, a row or a traceback could show of how a delivery ended."""
    trace = traceback.format_exception(result) if isinstance(result, Exception) else []
    return [repr(result), repr(getattr(result, "__dict__", "")), *trace]


def wall_texts(sandbox: Sandbox, name: str) -> list[str]:
    """What is out on one platform."""
    return [posting.text for posting in sandbox.wall if posting.platform == name]


every_platform = pytest.mark.parametrize("name", connectors.names())
every_sandbox_page = pytest.mark.parametrize("name", names_in_sandbox())
