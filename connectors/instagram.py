"""Instagram professional accounts: a container, its status, then the one call that publishes it.

Facts and where they stand:
- the three steps, and pictures only as JPEG from a public address:
  https://developers.facebook.com/docs/instagram-platform/content-publishing
- a caption may have 30 hashtags and 20 mentions, but Instagram's own app allows 5 hashtags since December 2025:
  https://developers.facebook.com/docs/instagram-platform/instagram-graph-api/reference/ig-user/media
- several pictures: ``connectors.vendors.meta.media.carousels``; the day's quota: ``connectors.vendors.meta.containers``
- two log-ins, each with its own host, token and app secret; by Instagram Login a token of at least 24 hours is
  refreshed for 60 days: https://developers.facebook.com/docs/instagram-platform/reference/refresh_access_token
- what a second media_publish of a PUBLISHED container does is written nowhere, so none is sent when that can be seen
"""

from collections.abc import Mapping
from datetime import timedelta
from typing import Any

from connectors.base import Keep, Limits, Option, Outgoing, Published, unkept
from connectors.errors import ConnectorError, NotReady, OutcomeUnknown, Rejected, TransientError
from connectors.http import require
from connectors.media import together
from connectors.readback import undecided
from connectors.texts import correcting_words, taking_back_words
from connectors.texts.following import LINK_IN_FOLLOW_UP, FollowUpLimits
from connectors.vendors.meta.codes import CONTAINER_WAIT
from connectors.vendors.meta.comments.edge import OF_INSTAGRAM, Follows
from connectors.vendors.meta.containers import ANEW, NEVER_PUBLISHED, Draft, check_quota, look_at, refusal
from connectors.vendors.meta.graph import LOOK_SECONDS
from connectors.vendors.meta.lists import find_post
from connectors.vendors.meta.login import InstagramByFacebook
from connectors.vendors.meta.login_instagram import InstagramLogin
from connectors.vendors.meta.media import carousels
from connectors.vendors.meta.media.pictures import either_address, fingerprint
from connectors.vendors.meta.taking_back import delete
from connectors.vendors.meta.tokens import traded

HOSTS = {"facebook": "https://graph.facebook.com", "instagram": "https://graph.instagram.com"}
SCOPES = {
    "facebook": ("instagram_basic", "instagram_content_publish", "pages_read_engagement"),
    "instagram": ("instagram_business_basic", "instagram_business_content_publish"),
}
MEDIA_FIELDS = ("caption", "timestamp", "permalink")


class Instagram(Follows):
    """One professional account; what its drafts hold: ``connectors.vendors.meta.containers``."""

    name = "instagram"
    label = "Instagram"
    aliases = ("ig",)
    health_name = "ig"
    api_base = HOSTS["facebook"]
    api_base_setting = "INSTAGRAM_API_URL"
    limits = Limits(
        text=2200,
        text_with_media=2200,
        media_bytes=8 * 1024 * 1024,
        media_types=("image/jpeg",),
        needs_media=True,
        hashtags=30,
        hashtags_advised=5,
        mentions=20,
        media_by="url",
        media_ratio=(0.8, 1.91),
        media_min_width=320,
        media_max_width=1440,
        media_count=carousels.MOST,
        mix=True,
        video=carousels.VIDEO,
    )
    #: No page says how long a comment may be; a caption's length is what the app takes.
    comments, follow_up_right = OF_INSTAGRAM, OF_INSTAGRAM.right
    follow_ups = FollowUpLimits(text=2200)
    options = (
        LINK_IN_FOLLOW_UP,
        Option(
            "login",
            "Log-in",
            default="facebook",
            help="How the token was made: by Facebook Login for a Page, or by Instagram Login for the account itself.",
            choices=(("facebook", "Facebook Login"), ("instagram", "Instagram Login")),
        ),
    )
    ai_label = "flag"
    login = (InstagramByFacebook, InstagramLogin)
    name_field = "username"
    why_not_corrected = correcting_words.INSTAGRAM
    where_to_look = "Open the account's profile and look at its newest posts."

    def __init__(self, address: str, credentials: Mapping[str, str], *, api_base: str = "", **details: Any) -> None:
        super().__init__(address, credentials, api_base=api_base, **details)
        chosen = str(self.option("login") or "facebook")
        #: A site that names Instagram's own host means Instagram Login for all its accounts.
        self.way = "instagram" if self.api_base == HOSTS["instagram"] else chosen
        if self.api_base in HOSTS.values():
            self.api_base = HOSTS[self.way]
        self.scopes_needed, self.follow_up_right = SCOPES[self.way], OF_INSTAGRAM.right_by[self.way]
        self.expiry_is_told = self.way == "facebook"

    @property
    def app_secret(self) -> str:
        """Instagram Login has an app secret of its own, which is not configured here."""
        return self.settings.meta_app_secret if self.way == "facebook" else ""

    def prepare(self, outgoing: Outgoing, draft: str, keep: Keep = unkept) -> str:
        """Take up the container in ``draft`` if it holds the same words and picture, else make one. At most 4 calls."""
        together.taken(outgoing.media, self.limits, self.label)
        if not outgoing.media or not all(medium.url for medium in outgoing.media):
            raise Rejected("Instagram takes only posts with a picture at a public address.")
        if outgoing.kinds != ("image",):
            return carousels.prepare(self, outgoing, draft, keep)
        again = ANEW if Draft.read(draft).anew else ""
        with either_address(outgoing, draft, keep=again) as (source, reference):
            return self._contained(source, Draft.read(reference), content=fingerprint(outgoing))

    def _contained(self, outgoing: Outgoing, kept: Draft, *, content: str) -> str:
        state, words = look_at(self, kept.container)
        if state == "PUBLISHED":
            raise OutcomeUnknown(f"Instagram says that the container {kept.container} is published already.")
        if state in ("GONE", "EXPIRED", "ERROR") or kept.content != content:
            check_quota(self)
            kept = Draft(self._make_container(outgoing), content, kept.anew)
            state, words = look_at(self, kept.container)
        if state == "IN_PROGRESS":
            raise NotReady("Instagram is still taking the picture in.", retry_after=CONTAINER_WAIT, draft=str(kept))
        # One made a moment ago is not gone, whatever is said of it; where nothing can be read, publishing will tell.
        if state not in ("FINISHED", "GONE", "UNREAD"):
            raise refusal(state, words)
        return str(kept)

    def publish(self, outgoing: Outgoing, draft: str) -> Published:
        kept = carousels.read(draft)
        if not kept.container:
            raise TransientError("There is no container yet: it must be prepared first.")
        creation = {"creation_id": kept.container}
        try:
            answer = self.call("POST", f"{self.place}/media_publish", creates=True, data=creation)
        except NotReady as wait:
            wait.draft = draft
            raise
        except ConnectorError as error:
            raise kept.after(error) from None
        media = require(answer, "id", creates=True)
        return Published(media, str(self.look(media, fields="permalink").get("permalink") or ""))

    def find_existing(self, outgoing: Outgoing, draft: str) -> Published | None:
        """Ask the container, then look for the post; only a container that was never published proves its absence."""
        with undecided():
            state = look_at(self, carousels.read(draft).container)[0]
            found = find_post(self, outgoing, f"{self.place}/media", fields=MEDIA_FIELDS)
        if found or state in NEVER_PUBLISHED:
            return found
        raise OutcomeUnknown(f"Not among the account's posts, and its container is {state}.")

    def why_it_stays(self, age: timedelta) -> str:
        return "" if self.way == "facebook" else taking_back_words.BY_INSTAGRAM_LOGIN

    def take_back(self, external_id: str) -> None:
        delete(self, external_id, right="instagram_manage_contents")

    def refresh_token(self) -> Mapping[str, object] | None:
        """By Instagram Login sixty more days for a token that is at least a day old; else as a Page does."""
        if self.way == "facebook":
            return super().refresh_token()
        params = {"grant_type": "ig_refresh_token", "access_token": self.token}
        answer = self.send("GET", "refresh_access_token", versioned=False, params=params)
        return traded(self.credentials, answer)

    def _name_of_place(self) -> str:
        if self.way == "facebook":
            return super()._name_of_place()
        me = self.call("GET", "me", seconds=LOOK_SECONDS, params={"fields": "user_id,username"})
        if require(me, "user_id") == self.address:
            return str(me.data.get("username") or "")
        return str(self.get(self.place, fields="username").get("username") or "")

    def _make_container(self, outgoing: Outgoing) -> str:
        fields = {"image_url": outgoing.media_url, "caption": outgoing.text} | carousels.described(outgoing.alt_text)
        return require(self.call("POST", f"{self.place}/media", data=fields | carousels.flag(outgoing)), "id")
