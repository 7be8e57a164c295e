"""What every platform module promises: declarations, then prepare, publish, find_existing, take_back, correct …"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from typing import ClassVar

import requests

from connectors.declared import (
    Keep,
    Limits,
    Option,
    Outgoing,
    OutgoingMedia,
    Published,
    TokenStatus,
    VideoLimits,
    unkept,
)
from connectors.errors import ConnectorError, NotRecallable, OutcomeUnknown
from connectors.login import Login
from connectors.media import together
from connectors.texts import taking_back_words
from connectors.texts.correcting import Correcting
from connectors.texts.following import Following

__all__ = ["Connector", "Keep", "Limits", "Option", "Outgoing", "OutgoingMedia", "PlatformSettings", "Published",
           "TokenStatus", "VideoLimits", "unkept"]  # fmt: skip


@dataclass(frozen=True)
class PlatformSettings:
    """Site-wide facts a connector may need, handed down because connectors read no settings."""

    graph_api_version: str = "v26.0"
    meta_app_id: str = ""
    meta_app_secret: str = ""
    timeout: tuple[float, float] = (5, 30)


class Connector(Following, Correcting):
    """Base of all platforms. Subclasses declare, then fill the verbs; they never change the order of steps."""

    name: ClassVar[str]
    label: ClassVar[str]
    aliases: ClassVar[tuple[str, ...]] = ()
    health_name: ClassVar[str] = ""  # the platform's key in the answer of /health; "" means its name
    api_base: str  # declared by the class; an account may have another one
    api_base_setting: ClassVar[str]  # the site setting that may replace it
    markup: ClassVar[str] = "plain"
    #: With markup ``html``: the tags that are taken, each with the attribute that it must have, "" where none.
    markup_tags: ClassVar[Mapping[str, str]] = {}
    #: Declared by the class; an account's options may change them.
    limits: Limits
    #: Names of the secrets an account of this platform needs, in the order a person is asked for them.
    credential_keys: ClassVar[tuple[str, ...]]
    options: ClassVar[tuple[Option, ...]] = ()
    #: How readers are told that a machine made it: ``flag`` (the platform's own, see ``Outgoing.ai``), ``line`` (of the
    #: text, unless the account's option ``ai_line`` is off), or "" for not at all.
    ai_label: ClassVar[str] = ""
    #: What a human must look for when the outcome cannot be read back.
    where_to_look: ClassVar[str] = ""
    #: Ways to log in on the platform's own page, the usual one first; () where keys are pasted.
    login: ClassVar[tuple[type[Login], ...]] = ()
    #: Then it is made once a day instead of hourly.
    token_check_is_billed: ClassVar[bool] = False
    #: False where ``check_token`` cannot say when a token ends: then only a trade by ``refresh_token`` tells.
    expiry_is_told: bool = True
    #: True where ``prepare`` asks the platform even for a post without media. Else that is ready once it is worded.
    words_need_preparing: ClassVar[bool] = False
    #: US dollars a post; None when posting is free.
    price_with_link: ClassVar[float | None] = None
    price_without_link: ClassVar[float | None] = None

    def __init__(
        self,
        address: str,
        credentials: Mapping[str, str],
        *,
        api_base: str = "",
        options: Mapping[str, object] | None = None,
        settings: PlatformSettings | None = None,
    ) -> None:
        self.address = address
        self.credentials = dict(credentials)
        self.api_base = (api_base or type(self).api_base).rstrip("/")
        self.settings = settings or PlatformSettings()
        self._options = dict(options or {})

    def option(self, name: str) -> object:
        """The account's choice, else the declared default; KeyError for a name never declared."""
        declared = {option.name: option.default for option in self.options}
        return self._options.get(name, declared[name])

    @classmethod
    def limits_for(cls, options: Mapping[str, object]) -> Limits:
        """The limits of an account with these options; they need no credentials to be asked."""
        return cls.limits

    @classmethod
    def markup_fault(cls, text: str) -> str:
        """With markup ``html``: why the platform could not read a finished text, in its own words; "" when it can."""
        return ""

    @classmethod
    def site_problems(cls, settings: PlatformSettings, today: date) -> tuple[str, ...]:
        """Sentences about site-wide settings by which this platform cannot be spoken to, each with what to set."""
        return ()

    @classmethod
    def address_from(cls, text: str) -> str:
        """The account's address in what a person typed: it itself, or a page that shows it. Raises BadAddress."""
        return text.strip()

    def needs_address(self, text: str) -> bool:
        """Must a picture beside this text have a public address? Else our own files are uploaded, which is safer."""
        return self.limits.media_by == "url"

    def prepare(self, outgoing: Outgoing, draft: str, keep: Keep = unkept) -> str:
        """What ``publish`` needs as its ``draft`` (mostly an id), "" for nothing; ``draft`` is an earlier attempt's.
        May be called again for the same post, since nobody sees a draft. Raises NotReady or another ConnectorError.

        Whoever prepares in several steps calls ``keep`` with the draft so far after each, so that a later attempt
        goes on there; what ``keep`` raises passes through. Media that were not declared are refused here.
        """
        together.taken(outgoing.media, self.limits, self.label)
        return ""

    def publish(self, outgoing: Outgoing, draft: str) -> Published:
        """Make exactly one irreversible request and return the platform's id."""
        raise NotImplementedError

    def find_existing(self, outgoing: Outgoing, draft: str) -> Published | None:
        """The post as it is found on the platform, or None only when it is *proved* absent.

        Raises OutcomeUnknown when the platform can't tell, or the account's own trouble (TokenInvalid, RateLimited …).
        """
        raise OutcomeUnknown(f"{self.label} cannot be asked whether this post is out.")

    def why_it_stays(self, age: timedelta) -> str:
        """Why what has been out so long can't be taken back by us; "" where ``take_back`` may be asked."""
        return taking_back_words.NOT_OFFERED

    def take_back(self, external_id: str) -> None:
        """Delete what is out; what is gone already is as good, so it may be repeated. Else raises NotRecallable."""
        raise NotRecallable(taking_back_words.NOT_OFFERED)

    def check_token(self) -> TokenStatus:
        """Ask the platform whether the credentials work. Raises ConnectorError when it cannot be asked."""
        raise NotImplementedError

    def refresh_token(self) -> Mapping[str, object] | None:
        """Trade the token for one that lasts longer, where the vendor offers it.

        Returns the credentials to store (with ``expires_at``, a datetime or None) before they are used; or None.
        """
        return None

    def classify(self, response: requests.Response, *, creates: bool) -> ConnectorError | None:
        """Turn the platform's own error code into one of ours, or None for the general rule of ``connectors.http``."""
        return None

    @property
    def secrets(self) -> tuple[str, ...]:
        """Every value that must never be printed."""
        return tuple(str(value) for value in self.credentials.values() if value)
