"""X (Twitter): a picture is uploaded first, then one call posts; every post costs money.

Facts and where they stand:
- POST /2/tweets answers 201 with the id; ``text`` may be empty beside a picture, but may not be left out:
  https://docs.x.com/x-api/posts/create-post
- pictures and videos, whose ids are our draft: ``connectors.vendors.twitter.uploading``
- OAuth 1.0a signs with four keys that do not expire; a JSON or multipart body is not part of the signature:
  https://docs.x.com/fundamentals/authentication/oauth-1-0a/overview
- a post costs 0.015 dollars and 0.20 when it holds a link, asking who we are 0.01: https://docs.x.com/x-api/pricing
- a post with a second cashtag is refused: https://docs.x.com/x-api/posts/manage-tweets/integrate
- length, errors and reading back: ``connectors/vendors/twitter/``
- pictures JPG, PNG, WEBP or GIF up to 5 MB; moving ones want another category and are posted as their first frame
"""

import logging
from typing import Any
from urllib.parse import quote

import requests
from requests_oauthlib import OAuth1

from connectors import http
from connectors.base import Keep, Limits, Outgoing, Published, TokenStatus, unkept
from connectors.errors import ConnectorError, NotReady, OutcomeUnknown, Rejected, TokenInvalid
from connectors.media import together
from connectors.readback import undecided
from connectors.texts import correcting_words
from connectors.vendors.pieces import Pieces
from connectors.vendors.twitter import errors, following, handles, timeline, uploading
from connectors.vendors.twitter.answers import required
from connectors.vendors.twitter.length import weighted_length
from connectors.vendors.twitter.login import TwitterLogin
from connectors.vendors.twitter.taking_back import TakesBack

# At DEBUG both print what they sign with.
for _talkative in ("oauthlib", "requests_oauthlib"):
    logging.getLogger(_talkative).setLevel(logging.INFO)

LONGEST_TEXT = 280


class Twitter(following.Follows, TakesBack):
    """One handle; a draft is the id of the uploaded picture, or what is kept of several or of a video."""

    name = "twitter"
    label = "X (Twitter)"
    aliases = ("x",)
    api_base = "https://api.x.com"
    api_base_setting = "X_API_URL"
    limits = Limits(
        text=LONGEST_TEXT,
        text_with_media=LONGEST_TEXT,
        media_bytes=5_000_000,
        media_types=("image/jpeg", "image/png", "image/webp"),
        length=weighted_length,
        cashtags=1,
        media_by="bytes",
        media_count=uploading.MOST,
        leaves_out=True,
        video=uploading.VIDEO,
    )
    ai_label = "flag"
    credential_keys = ("api_key", "api_secret", "access_token", "access_token_secret")
    login = (TwitterLogin,)
    address_from = staticmethod(handles.address_from)
    why_not_corrected = correcting_words.X
    where_to_look = "Open the profile on X and look at its newest posts."
    token_check_is_billed = True
    price_with_link = 0.20
    price_without_link = 0.015

    @property
    def handle(self) -> str:
        return self.address.strip().lstrip("@")

    @property
    def secrets(self) -> tuple[str, ...]:
        return tuple(filter(None, (*super().secrets, *(self._key(name) for name in self.credential_keys))))

    def prepare(self, outgoing: Outgoing, draft: str, keep: Keep = unkept) -> str:
        """Upload pictures and video, once: what an earlier attempt has uploaded is taken as it is."""
        if (length := weighted_length(outgoing.text)) > LONGEST_TEXT:
            raise Rejected(f"X takes {LONGEST_TEXT} characters, this text counts as {length}.")
        media = together.taken(outgoing.media, self.limits, self.label)
        if draft.isdigit() or not media:
            return draft if draft.isdigit() else ""
        if not all(medium.path for medium in media):
            raise Rejected("X takes pictures only as an upload; there is no copy of this one to upload.")
        if [medium.kind for medium in media] == ["image"]:
            return uploading.picture(self._call, media[0])
        return uploading.prepare(self._call, media, draft, keep)

    def publish(self, outgoing: Outgoing, draft: str) -> Published:
        post: dict[str, object] = {"text": outgoing.text} | ({"made_with_ai": True} if outgoing.ai else {})
        going = together.taken(outgoing.media, self.limits, self.label)
        ids = [draft] if draft.isdigit() else list(Pieces.read(draft).ids)
        if ids:
            post["media"] = {"media_ids": ids}
        if len(ids) < len(going):
            raise NotReady("The picture is not uploaded yet.", retry_after=0, draft=errors.UPLOAD_AGAIN)
        made = self._call("POST", "tweets", creates=True, json=post).data
        return self._published(required(made, "id", creates=True))

    def find_existing(self, outgoing: Outgoing, draft: str) -> Published | None:
        """Read the account's own posts back as far as the attempt."""
        if not (outgoing.marker or outgoing.text.strip()):
            raise OutcomeUnknown("There is neither a link nor a text to recognise the post by.")
        with undecided():
            me = required(self._call("GET", "users/me").data, "id", creates=False)
            found = timeline.find(outgoing, lambda query: self._timeline(me, query))
        return self._published(found) if found else None

    def check_token(self) -> TokenStatus:
        """Ask who we are; costs one cent."""
        try:
            answer = self._call("GET", "users/me")
        except TokenInvalid as error:
            return TokenStatus(False, detail=error.message)
        name = required(answer.data, "username", creates=False)
        details = []
        if name.lower() != self.handle.lower():
            details.append(f"These keys belong to @{name}, not to @{self.handle}: posts go to @{name}.")
        if read_only := answer.headers.get("x-access-level") == "read":
            details.append("The keys may only read: allow the app to write, then make the access token anew.")
        return TokenStatus(
            True, account_name=f"@{name}", scopes_missing=("write",) if read_only else (), detail=" ".join(details)
        )

    def classify(self, response: requests.Response, *, creates: bool) -> ConnectorError | None:
        return errors.classify(response)

    def _published(self, post: str) -> Published:
        return Published(post, f"https://x.com/{quote(self.handle, safe='')}/status/{post}")

    def _timeline(self, user: str, query: dict[str, object]) -> dict[str, Any]:
        path = f"users/{quote(user, safe='')}/tweets"
        try:
            return self._call("GET", path, params=query).data
        except Rejected as error:
            if "tweet.fields" not in f"{error.message} {error.detail}" or "tweet.fields" not in query:
                raise
            # The specification already has the new name that the prose does not know yet.
            query["post.fields"] = query.pop("tweet.fields")
            return self._call("GET", path, params=query).data

    def _key(self, name: str) -> str:
        return str(self.credentials.get(name) or "").strip()

    def _call(self, method: str, path: str, *, creates: bool = False, **request: Any) -> http.Answer:
        keys = [self._key(name) for name in self.credential_keys]
        if not all(keys):
            raise TokenInvalid(f"X needs four keys ({', '.join(self.credential_keys)}); not all are stored.")
        return http.call(
            method,
            f"{self.api_base}/2/{path}",
            creates=creates,
            classify=lambda response: self.classify(response, creates=creates),
            secrets=self.secrets,
            timeout=self.settings.timeout,
            auth=OAuth1(keys[0], client_secret=keys[1], resource_owner_key=keys[2], resource_owner_secret=keys[3]),
            **request,
        )
