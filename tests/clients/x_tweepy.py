"""tweepy, unmodified, against the sandbox at the address in the first argument."""

import sys

import requests
import tweepy

from tests.clients.steps import take

URL = sys.argv[1]


class Detour(requests.Session):
    """tweepy has no place for another address, but it takes a session."""

    def request(self, method, url, **more):
        return super().request(method, url.replace("https://api.twitter.com", URL), **more)


def client(handle="news_desk", secret="sandbox-token-secret"):
    """A client that signs for a handle."""
    made = tweepy.Client(
        consumer_key="sandbox-key",
        consumer_secret="sandbox-secret",
        access_token=f"sandbox-{handle}",
        access_token_secret=secret,
    )
    made.session = Detour()
    return made


mine, theirs = client(), client("other_desk")
IDS = {}


def text():
    """A post with a link."""
    told = mine.create_tweet(text="Olympus https://example.com/go/aB3", reply_settings="following")
    IDS["text"] = told.data["id"]
    return told.data


def thread():
    """An answer to one's own post."""
    return mine.create_tweet(text="And more", in_reply_to_tweet_id=IDS["text"]).data


def timeline():
    """One's own newest posts."""
    told = mine.get_users_tweets(
        mine.get_me(user_auth=True).data.id, tweet_fields=["created_at", "entities"], user_auth=True
    )
    return [dict(post.data) for post in told.data]


take(
    {
        "me": lambda: dict(mine.get_me(user_auth=True).data.data),
        "text": text,
        "thread": thread,
        "timeline": timeline,
        "one": lambda: dict(mine.get_tweet(IDS["text"], user_auth=True).data.data),
        "several": lambda: len(mine.get_tweets([IDS["text"], "77"], user_auth=True).errors),
        "poll": lambda: mine.create_tweet(text="Which?", poll_options=["this", "that"], poll_duration_minutes=60).data,
        "delete": lambda: mine.delete_tweet(IDS["text"]).data,
        "gone": lambda: mine.delete_tweet(IDS["text"]).data,
        "bad settings": lambda: mine.create_tweet(text="Hi", reply_settings="junk"),
        "half a poll": lambda: mine.create_tweet(text="Hi", poll_options=["this"], poll_duration_minutes=60),
        "reply to nothing": lambda: theirs.create_tweet(text="Hi", in_reply_to_tweet_id="77"),
        "two cashtags": lambda: mine.create_tweet(text="$AAA and $BBB rise"),
        "same again": lambda: [mine.create_tweet(text="Once") for _ in range(2)],
        "bad secret": lambda: client(secret="guess").get_me(user_auth=True),
    }
)
