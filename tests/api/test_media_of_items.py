"""Several pictures and videos of one item: named in the body, judged for its accounts, shown, changed, taken away."""

import io
from dataclasses import replace

import pytest
from django.utils import timezone

import connectors
from connectors.declared import VideoLimits
from social_queue import approvals
from social_queue.calendar import repeating
from social_queue.media import originals
from social_queue.models import ItemMedium, MediaFile, QueueItem
from tests.media.test_originals import photo
from tests.support.videos import video

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("media_root")]

GOOD = {"title": "Gates of Olympus", "link": "https://example.com/p"}
A_URL, B_URL = "https://example.com/a.jpg", "https://example.com/b.jpg"
LATER = "2030-01-01T00:00:00Z"


def uploaded(content: bytes) -> str:
    return originals.keep(io.BytesIO(content), now=timezone.now())[0].sha256


@pytest.fixture
def takes(monkeypatch):
    """``takes("facebook", media_count=10)``: what a platform declares in this test."""

    def declare(platform: str, **declared) -> None:
        connector = connectors.get(platform)
        alone = {"media_count": 1, "leaves_out": False, "mix": False, "video": None, "text_with_several": None}
        limits = replace(connector.limits, **(alone | declared))
        monkeypatch.setattr(connector, "limits", limits)
        monkeypatch.setattr(connector, "limits_for", classmethod(lambda _cls, _options: limits))

    declare("facebook")
    declare("telegram")
    return declare


@pytest.fixture
def albums(takes):
    """Both accounts take ten of both kinds."""
    for platform in ("facebook", "telegram"):
        takes(platform, media_count=10, mix=True, video=VideoLimits(50_000_000, seconds=(1, 60)))
    return takes


def test_an_album_is_kept_in_its_order_and_shown_as_it_came(bot, albums):
    picture, clip = uploaded(photo()), uploaded(video())
    media = [{"upload": picture, "alt": "Three gates"}, {"url": B_URL}, {"upload": clip, "alt": None}]
    answer = bot.post("ingest", GOOD | {"media": media, "publish_at": LATER})
    assert answer.status_code == 201
    item = QueueItem.objects.get()
    shown = bot.get(f"queue/{item.pk}").json()
    assert [(one["type"], one["upload"], one["alt"]) for one in shown["media"]] == [
        *[("image", picture, "Three gates"), ("image", None, ""), ("video", clip, "")]
    ]
    assert shown["media"][1]["url"] == B_URL
    # What a version that knows one picture alone sees, is the first of them.
    assert (item.image.name, item.image_url, item.alt_text) == (
        *(MediaFile.objects.get(sha256=picture).file, "", "Three gates"),
    )
    assert bot.get("queue").json()["results"][0]["media"] == shown["media"]


def test_one_address_is_the_same_as_image_url(bot, takes):
    ids = [
        bot.post("ingest", GOOD | more | {"publish_at": LATER}).json()["id"]
        for more in ({"media": [{"url": A_URL, "alt": "Gates"}]}, {"image_url": A_URL, "alt_text": "Gates"})
    ]
    one, other = (bot.get(f"queue/{pk}").json() for pk in ids)
    assert one["media"] == other["media"] == [{"type": "image", "url": A_URL, "upload": None, "alt": "Gates"}]
    assert (one["image_url"], one["alt_text"]) == (other["image_url"], other["alt_text"])
    assert not ItemMedium.objects.exists()


@pytest.mark.parametrize(
    ("more", "words", "code"),
    [
        ({"media": [{"url": A_URL}], "image_url": B_URL}, "can't stand beside image_url", "conflict"),
        ({"media": []}, "must not be empty", "empty"),
        ({"media": [{"url": A_URL}] * 11}, "at most 10 entries, not 11", "too_many"),
        ({"media": "a.jpg"}, "must be a list", "wrong_type"),
        ({"media": [{"url": A_URL}, "b"]}, "entry 2: must be an object", "wrong_type"),
        ({"media": [{"url": A_URL, "upload": "0" * 64}]}, "entry 1: must have either url or upload", "either_or"),
        ({"media": [{"alt": "x"}]}, "entry 1: must have either url or upload", "either_or"),
        ({"media": [{"url": A_URL, "kind": "video"}]}, "entry 1: must be an object with url or upload", "wrong_type"),
        ({"media": [{"url": "ftp://x/"}]}, "entry 1: must be an absolute address", "bad_address"),
        ({"media": [{"url": A_URL, "alt": "x" * 1001}]}, "entry 1: must be at most 1000", "too_long"),
        ({"media": [{"upload": "17"}]}, "entry 1: upload must be the id", "unknown_upload"),
        ({"media": [{"url": A_URL}, {"upload": "0" * 64}]}, "entry 2: there is no such upload", "unknown_upload"),
    ],
)
def test_what_can_not_be_used_is_said_at_its_place(bot, albums, more, words, code):
    answer = bot.post("ingest", GOOD | more)
    assert answer.status_code == 400
    error = answer.json()["error"]
    assert words in error["fields"]["media"][0]
    assert error["codes"]["media"][0] == code
    assert not QueueItem.objects.exists()


def test_a_mixture_that_nobody_takes_is_refused_and_one_that_somebody_takes_fails_there_alone(bot, takes):
    media = {"media": [{"url": A_URL}, {"upload": uploaded(video())}], "publish_at": LATER}
    takes("facebook", media_count=10, video=VideoLimits(50_000_000))
    takes("telegram", media_count=10, video=VideoLimits(50_000_000))
    refused = bot.post("ingest", GOOD | media)
    assert refused.status_code == 400
    assert (
        "Facebook takes either pictures or one video in a post, not both." in refused.json()["error"]["fields"]["media"]
    )
    assert refused.json()["error"]["codes"]["media"] == ["media_mixed"] * 2

    takes("telegram", media_count=10, mix=True, video=VideoLimits(50_000_000))
    assert bot.post("ingest", GOOD | media).status_code == 201
    rows = bot.post("preview", GOOD | media).json()["posts"]
    assert {row["platform"]: [problem["code"] for problem in row["problems"]] for row in rows} == {
        "facebook": ["media_mixed"],
        "telegram": [],
    }


def test_preview_names_what_is_left_out_and_what_is_too_large_or_long_by_its_place(bot, takes):
    clips = [uploaded(video(seconds=90)), uploaded(video(seconds=9, frames=bytes(2_500_000)))]
    media = {"media": [{"url": A_URL}, *({"upload": clip} for clip in clips), {"url": B_URL}]}
    takes("facebook", media_count=10, mix=True, video=VideoLimits(2_000_000, seconds=(1, 60)))
    takes("telegram", media_count=3, leaves_out=True, mix=True, video=VideoLimits(50_000_000, seconds=(0, 0)))
    rows = {row["platform"]: row["problems"] for row in bot.post("preview", GOOD | media).json()["posts"]}
    assert rows["facebook"] == [
        {
            "code": "video_too_long",
            "message": "The second video is 90 seconds long; Facebook takes 60.",
        },
        {"code": "video_too_large", "message": "The third video is 2.5 MB; Facebook takes 2 MB."},
    ]
    assert rows["telegram"] == [
        {
            "code": "media_left_out",
            "message": "Telegram shows the first 3 of 4; the others are left out there.",
        }
    ]


def test_a_platform_that_declares_nothing_takes_one_picture(bot, takes):
    for media in ([{"url": A_URL}, {"url": B_URL}], [{"upload": uploaded(video())}]):
        [problem] = bot.post("preview", GOOD | {"media": media, "channels": ["fb-page"]}).json()["posts"][0]["problems"]
        assert problem["code"] in ("media_too_many", "no_video")
        assert bot.post("ingest", GOOD | {"media": media}).status_code == 400


def test_media_are_changed_reordered_and_taken_away(bot, albums):
    pk = bot.post("ingest", GOOD | {"media": [{"url": A_URL}, {"url": B_URL}], "publish_at": LATER}).json()["id"]
    turned = bot.patch(f"queue/{pk}", {"media": [{"url": B_URL, "alt": "B"}, {"url": A_URL}]})
    assert [one["url"] for one in turned.json()["media"]] == [B_URL, A_URL]
    assert (turned.json()["image_url"], turned.json()["alt_text"]) == (B_URL, "B")

    one = bot.patch(f"queue/{pk}", {"image_url": A_URL}).json()
    assert ([held["url"] for held in one["media"]], one["alt_text"]) == ([A_URL], "")
    assert not ItemMedium.objects.exists()

    clip = uploaded(video())
    bot.patch(f"queue/{pk}", {"media": [{"upload": clip}, {"url": A_URL}]})
    assert bot.patch(f"queue/{pk}", {"alt_text": "x"}).status_code == 400
    none = bot.patch(f"queue/{pk}", {"media": None}).json()
    assert (none["media"], none["image"], none["image_url"]) == ([], "", "")
    assert bot.patch(f"queue/{pk}", {"media": [{"url": A_URL}], "image_url": B_URL}).status_code == 400


def test_other_media_end_an_approval_and_their_order_counts(bot, albums):
    pk = bot.post("ingest", GOOD | {"media": [{"url": A_URL}, {"url": B_URL}], "publish_at": LATER}).json()["id"]
    item = QueueItem.objects.get(pk=pk)
    approvals.grant(item, person=None, now=timezone.now())
    assert not approvals.is_overtaken(item)
    bot.patch(f"queue/{pk}", {"media": [{"url": A_URL}, {"url": B_URL, "alt": "B"}]})
    assert approvals.is_overtaken(QueueItem.objects.get(pk=pk))


def test_what_repeats_carries_them_every_time(bot, albums):
    media = [{"upload": uploaded(photo())}, {"url": B_URL, "alt": "B"}]
    body = GOOD | {"media": media, "publish_at": LATER, "repeat": {"rrule": "FREQ=DAILY"}}
    pk = bot.post("ingest", body).json()["id"]
    series = QueueItem.objects.get(pk=pk).series
    assert series.payload["media"] == media
    changed = repeating.change(pk, {"title": "Another"}, now=timezone.now())
    assert changed.series.payload["media"] == media
    assert "image_url" not in changed.series.payload


def test_a_shape_that_is_refused_is_named_before_anything_is_sent(bot, takes, settings):
    takes("facebook", media_count=10, media_ratio=(0.8, 1.91))
    wide = [{"upload": uploaded(photo())}, {"upload": uploaded(photo(size=(900, 300)))}]
    asked = GOOD | {"media": wide, "channels": ["fb-page"]}
    assert bot.post("preview", asked).json()["posts"][0]["problems"] == [], "It is made to fit."
    settings.PICTURE_FIT = "refuse"
    [problem] = bot.post("preview", asked).json()["posts"][0]["problems"]
    assert problem["code"] == "media_ratio"
    assert problem["message"].startswith("The second picture is 900 × 300; on Facebook its width must be between 0.8")


def test_an_account_tells_how_many_of_which_kind_it_takes(bot, takes):
    takes("telegram", media_count=10, mix=True, video=VideoLimits(50_000_000, seconds=(0, 140)))
    told = {row["slug"]: row["limits"] for row in bot.get("accounts").json()["results"]}
    assert [told["fb-page"][name] for name in ("media_count", "media_mixed", "video")] == [1, False, None]
    assert [told["tg-news"][name] for name in ("media_count", "media_mixed")] == [10, True]
    assert told["tg-news"]["video"] == {
        "types": ["video/mp4"],
        "bytes": 50_000_000,
        "least_seconds": None,
        "most_seconds": 140,
    }
