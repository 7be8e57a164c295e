"""Facebook Pages: a photo with a caption, or a text with a link.

Facts and where they stand:
- several pictures, and videos: ``connectors.vendors.meta.media``
- a photo takes its text in ``caption`` and is out at once; the answer holds the photo's ``id`` and the story's
  ``post_id``, which can be missing: https://developers.facebook.com/docs/graph-api/reference/page/photos/
- a text or a link goes to /feed: https://developers.facebook.com/docs/graph-api/reference/page/feed/
- reading back: https://developers.facebook.com/docs/graph-api/reference/page/published_posts/
- it takes a *Page* token with pages_manage_posts and pages_read_engagement:
  https://developers.facebook.com/docs/pages-api/posts
- a write that carried ``fields`` has failed after the thing was made, so no write here carries them
- Meta's page allows pictures of 10 MB, its error message only 4 MB in JPG, PNG, GIF or TIFF, without animation
- nothing protects against doubles: a photo came out seven times when answers of 500 were simply repeated
"""

from datetime import timedelta

from connectors.base import Keep, Limits, Outgoing, Published, unkept
from connectors.declared import AI_LINE
from connectors.errors import OutcomeUnknown, Rejected
from connectors.http import require
from connectors.media import together
from connectors.readback import undecided
from connectors.texts.correcting import Correction
from connectors.texts.following import LINK_IN_FOLLOW_UP, FollowUpLimits
from connectors.texts.languages import LANGUAGE
from connectors.uploads import upload_of
from connectors.vendors.meta import correcting
from connectors.vendors.meta.comments.edge import OF_PAGES, Follows
from connectors.vendors.meta.lists import find_post
from connectors.vendors.meta.login import FacebookLogin
from connectors.vendors.meta.media import films, photos
from connectors.vendors.meta.media.pictures import unseen
from connectors.vendors.meta.taking_back import delete

POST_FIELDS = ("message", "created_time", "permalink_url", "attachments{url,unshimmed_url}")


class Facebook(Follows):
    """One Page."""

    name = "facebook"
    label = "Facebook"
    aliases = ("fb",)
    health_name = "fb"
    api_base = "https://graph.facebook.com"
    api_base_setting = "FACEBOOK_API_URL"
    limits = Limits(
        text=63_206,
        text_with_media=63_206,
        media_bytes=4 * 1024 * 1024,
        media_types=("image/jpeg", "image/png"),
        media_count=photos.MOST,
        video=films.VIDEO,
    )
    #: No page says how long a comment may be; this is what Facebook's own site takes.
    comments, follow_up_right = OF_PAGES, OF_PAGES.right
    follow_ups = FollowUpLimits(text=8000)
    options = (LINK_IN_FOLLOW_UP, AI_LINE, LANGUAGE)
    ai_label = "line"
    login = (FacebookLogin,)
    scopes_needed = ("pages_manage_posts", "pages_read_engagement")
    why_not_corrected, corrects_follow_ups = "", True
    where_to_look = "Open the Page and look at its newest posts."

    def prepare(self, outgoing: Outgoing, draft: str, keep: Keep = unkept) -> str:
        """Upload a video, or several pictures; one picture goes out by the call that uploads it."""
        together.taken(outgoing.media, self.limits, self.label)
        if "video" in outgoing.kinds:
            return films.prepare(self, outgoing, draft, keep)
        return photos.prepare(self, outgoing, draft, keep) if len(outgoing.media) > 1 else ""

    def publish(self, outgoing: Outgoing, draft: str) -> Published:
        if "video" in outgoing.kinds:
            return films.publish(self, outgoing, draft)
        if len(outgoing.media) == 1:
            return self._publish_photo(outgoing)
        fields = _given(message=outgoing.text, link="" if outgoing.media else outgoing.link)
        if outgoing.media:
            fields |= photos.attached(draft, len(outgoing.media))
        answer = self.call("POST", f"{self.place}/feed", creates=True, data=fields)
        return self._published(require(answer, "id", creates=True))

    def _publish_photo(self, outgoing: Outgoing) -> Published:
        # Our own copy, where we have one: Facebook's downloader is turned away where ours was not.
        address = "" if outgoing.media_path else outgoing.media_url
        fields = _given(caption=outgoing.text, alt_text_custom=outgoing.alt_text, url=address)
        files = {"source": upload_of(outgoing.media_path)} if outgoing.media_path else None
        try:
            answer = self.call("POST", f"{self.place}/photos", creates=True, data=fields, files=files)
        except Rejected as refusal:
            raise unseen(refusal) if address else refusal from None
        story = str(answer.data.get("post_id") or "")
        if story:
            return self._published(story)
        photo = require(answer, "id", creates=True)
        seen = self.look(photo, fields="page_story_id,link")
        return Published(str(seen.get("page_story_id") or photo), str(seen.get("link") or ""))

    def _published(self, post: str) -> Published:
        return Published(post, str(self.look(post, fields="permalink_url").get("permalink_url") or ""))

    def find_existing(self, outgoing: Outgoing, draft: str) -> Published | None:
        """Ask the video, or read the Page's posts back as far as the attempt."""
        if films.is_film(draft):
            with undecided():
                return films.find_existing(self, draft)
        if not (outgoing.marker or outgoing.text.strip()):
            raise OutcomeUnknown("There is neither a link nor a text to recognise the post by.")
        with undecided():
            return find_post(self, outgoing, f"{self.place}/published_posts", fields=POST_FIELDS)

    def why_it_stays(self, age: timedelta) -> str:
        return ""

    def take_back(self, external_id: str) -> None:
        delete(self, external_id)

    def correct(self, correction: Correction) -> None:
        correcting.correct(self, correction)

    def is_corrected(self, correction: Correction) -> bool:
        return correcting.is_corrected(self, correction)


def _given(**fields: str) -> dict[str, str]:
    return {name: value for name, value in fields.items() if value}
