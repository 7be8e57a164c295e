"""facebook-business, Meta's own SDK, unmodified, against the sandbox at the address in the first argument."""

import sys

from facebook_business.adobjects.iguser import IGUser
from facebook_business.adobjects.page import Page
from facebook_business.api import FacebookAdsApi
from facebook_business.session import FacebookSession

from tests.clients.steps import take

URL, PICTURE, FILE = sys.argv[1:4]
PAGE, ACCOUNT = "1029384756", "17841400000000001"
# The SDK's own place for the address.
FacebookSession.GRAPH = URL
api = FacebookAdsApi.init("sandbox-app", "sandbox-app-secret", "sandbox-page-token", crash_log=False)
page, account = Page(PAGE), IGUser(ACCOUNT)


def upload():
    """A picture from a file."""
    with open(FILE, "rb") as file:
        call = api.call("POST", (PAGE, "photos"), params={"caption": "Uploaded"}, files={"source": file})
    return call.json()


def publish():
    """The three steps of Instagram."""
    container = account.create_media(params={"image_url": PICTURE, "caption": "On Instagram"})
    status = api.call("GET", (container["id"],), params={"fields": "status_code"}).json()["status_code"]
    return status, account.create_media_publish(params={"creation_id": container["id"]})["id"]


def listed(cursor):
    """The rows of a list, and how many it says there are."""
    rows = [dict(row) for row in cursor]
    return {"rows": rows, "total": cursor.total()}


def read():
    """The newest post, read by its id."""
    newest = page.get_published_posts(fields=["id"])[0]
    return dict(newest.api_get(fields=["message", "permalink_url"]))


take(
    {
        "text": lambda: dict(page.create_feed(params={"message": "Olympus", "link": "https://example.com/a"})),
        "by address": lambda: dict(page.create_photo(params={"url": PICTURE, "caption": "By address"})),
        "upload": upload,
        "instagram": publish,
        "published posts": lambda: listed(page.get_published_posts(fields=["message"], params={"limit": 2})),
        "posts": lambda: listed(page.get_posts(fields=["message"])),
        "feed": lambda: listed(page.get_feed(fields=["message"])),
        "media": lambda: listed(account.get_media(fields=["caption"])),
        "limit": lambda: listed(account.get_content_publishing_limit(fields=["quota_usage", "config"])),
        "read": read,
        "scheduled": lambda: dict(page.create_feed(params={"message": "Later", "scheduled_publish_time": 1796212800})),
        "carousel": lambda: dict(account.create_media(params={"media_type": "CAROUSEL", "children": ["1", "2"]})),
        "typing error": lambda: dict(page.create_feed(params={"mesage": "Olympus"})),
    }
)
