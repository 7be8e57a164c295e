"""X (Twitter): a picture is uploaded first, then one call posts; every post costs money.

Facts and where they stand:
- POST /2/tweets answers 201 with the id; ``text`` may be empty beside a picture, but may not be left out:
  https://docs.x.com/x-api/posts/create-post
- POST /2/media/upload takes picture and category in one call; the id waits 24 hours for a post and shows nothing until
  then, so it is our draft: https://docs.x.com/x-api/media/upload-media
- alternative text, at most 1,000 characters: https://docs.x.com/x-api/media/create-media-metadata
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
from connectors.uploads import picture_file
from connectors.vendors.twitter import errors, handles, timeline
from connectors.vendors.twitter.answers import data_of, required
from connectors.vendors.twitter.length import weighted_length
from connectors.vendors.twitter.login import TwitterLogin
from connectors.vendors.twitter.taking_back import TakesBack

logger = logging.getLogger(__name__)
# At DEBUG both print what they sign with.
for _talkative in ("oauthlib", "requests_oauthlib"):
    logging.getLogger(_talkative).setLevel(logging.INFO)

LONGEST_TEXT, LONGEST_ALT_TEXT = 280, 1000


class Twitter(TakesBack):
    """One handle; a draft is the id of the uploaded picture."""

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
    )
    credential_keys = ("api_key", "api_secret", "access_token", "access_token_secret")
    login = (TwitterLogin,)
    address_from = staticmethod(handles.address_from)
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
        """Upload the picture, once: an id from an earlier attempt is taken as it is."""
        if (length := weighted_length(outgoing.text)) > LONGEST_TEXT:
            raise Rejected(f"X takes {LONGEST_TEXT} characters, this text counts as {length}.")
        together.taken(outgoing.media, self.limits, self.label)
        if draft.isdigit():
            return draft
        if not outgoing.media_path:
            if outgoing.media_url:
                raise Rejected("X takes pictures only as an upload; there is no copy of this one to upload.")
            return ""
        media = self._upload(outgoing)
        if outgoing.alt_text:
            self._describe(media, outgoing.alt_text)
        return media

    def publish(self, outgoing: Outgoing, draft: str) -> Published:
        post: dict[str, object] = {"text": outgoing.text}
        if draft.isdigit():
            post["media"] = {"media_ids": [draft]}
        elif outgoing.media_path:
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

    def _upload(self, outgoing: Outgoing) -> str:
        category, files = {"media_category": "tweet_image"}, {"media": picture_file(outgoing.media_path)}
        answer = self._call("POST", "media/upload", data=category, files=files)
        work = data_of(answer.data).get("processing_info")
        if isinstance(work, dict) and work.get("state") == "failed":
            raise Rejected("X could not read the picture.")
        media = required(answer.data, "id", creates=False)
        if not media.isdigit():
            raise http.lost(f"X answered the upload with an id that is no number: {media}", creates=False)
        return media

    def _describe(self, media: str, text: str) -> None:
        """Give the picture its alternative text. A post without one is better than none: a refusal is only logged."""
        values = {"id": media, "metadata": {"alt_text": {"text": text[:LONGEST_ALT_TEXT]}}}
        try:
            self._call("POST", "media/metadata", json=values)
        except Rejected as error:
            logger.warning("X refused the alternative text of a picture: %s", error.message)

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
