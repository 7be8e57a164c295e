"""MEDIA_STORAGE=s3://…: hosts with nothing in common but the database and a bucket, spoken to over a real socket."""

import io
import json
import os
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from datetime import timedelta
from pathlib import Path

import pytest
import requests
from django.core.files.uploadedfile import SimpleUploadedFile
from django.utils import timezone
from PIL import Image

from autopost_site.media import storage as media_storage
from social_queue.access import keys
from social_queue.accounts import speaking
from social_queue.delivery import dispatch
from social_queue.media import cards, files, illustrations
from social_queue.models import Alert, QueueItem
from social_queue.operations import editing
from social_queue.upkeep import disks, doctor, prune
from tests import factories
from tests.support import children, s3, webserver
from tests.support.clock import Clock

pytestmark = pytest.mark.django_db(transaction=True)

ALL = ("facebook", "instagram", "telegram", "twitter")


@pytest.fixture
def bucket():
    """Empty, and not yet this process's own."""
    with s3.serving() as bucket:
        yield bucket


@pytest.fixture
def ours(bucket, settings, tmp_path):
    """This process keeps its files there."""
    settings.MEDIA_ROOT = tmp_path / "nothing-may-be-written-here"
    settings.STORAGES = settings.STORAGES | {"default": _parsed(bucket.endpoint)}
    yield bucket
    assert not settings.MEDIA_ROOT.exists()


def _parsed(endpoint: str) -> dict:
    address = f"s3://{s3.BUCKET}/desk?endpoint={endpoint}&region={s3.REGION}"
    return media_storage.parse(address, access_key=s3.KEY, secret_key=s3.SECRET)


def _photo(colour="teal", size=(1200, 1200), form="JPEG") -> bytes:
    out = io.BytesIO()
    Image.new("RGB", size, colour).save(out, form)
    return out.getvalue()


def _upload(**shape) -> SimpleUploadedFile:
    return SimpleUploadedFile("photo.jpg", _photo(**shape))


@pytest.fixture
def at_hand(tmp_path, monkeypatch) -> Path:
    """Where this host keeps what it is about to send."""
    folder = tmp_path / "at-hand"
    folder.mkdir()
    monkeypatch.setattr(files.tempfile, "tempdir", str(folder))
    return folder


class Host:
    """A machine of the site's: a folder of its own, the shared database and the shared bucket."""

    def __init__(self, folder: Path, bucket: s3.Bucket) -> None:
        self.folder = folder
        self.settings = bucket.settings | {"MEDIA_ROOT": str(folder), "CLICK_SPOOL": str(folder / "clicks.jsonl")}

    def dispatch(self, **more: str) -> list[dict]:
        done = children.run("manage.py", "dispatch", "--json", **self.settings | more)
        assert done.returncode == 0, done.stderr
        return [json.loads(line) for line in done.stdout.splitlines()]


def _press_add(port: int, admin_client, picture: bytes) -> QueueItem:
    """What an editor's browser does on the web host."""
    site = requests.Session()
    site.cookies.set("sessionid", admin_client.cookies["sessionid"].value)
    address = f"http://127.0.0.1:{port}/admin/queue/queueitem/add/"
    assert site.get(address, timeout=30).status_code == 200
    fields = {"title": "From the other host", "link": "https://example.com/p", "csrfmiddlewaretoken": ""}
    fields["csrfmiddlewaretoken"] = site.cookies["csrftoken"]
    sent = site.post(address, data=fields, files={"image": ("photo.jpg", picture, "image/jpeg")}, timeout=30)
    assert sent.url.endswith("/change/"), sent.text[:2000]
    return QueueItem.objects.get(title="From the other host")


def test_a_picture_uploaded_on_one_host_goes_out_from_another(sandbox, bucket, admin_client, tmp_path):
    for platform in ALL:
        factories.make_account(platform)
    web, worker = (Host(tmp_path / name, bucket) for name in ("web", "worker"))
    with webserver.serving(workers=1, threads=2, **web.settings) as port:
        here = f"http://127.0.0.1:{port}"
        item = _press_add(port, admin_client, _photo())
        told = worker.dispatch(PUBLIC_BASE_URL=here)
        assert {line["platform"]: line["outcome"] for line in told} == dict.fromkeys(ALL, "published")
        assert {posting.platform for posting in sandbox.wall if posting.media_url} == set(ALL)
        kept = next(name for name in bucket.names() if "/items/" in name)
        served = requests.get(f"{here}/media/{kept.removeprefix('desk/')}", timeout=30)
        assert (served.status_code, served.headers["Content-Type"]) == (200, "image/jpeg")
        assert Image.open(io.BytesIO(served.content)).size == (1200, 1200)
        small = requests.get(
            f"{here}/admin/queue/queueitem/{item.pk}/picture/",
            cookies={"sessionid": admin_client.cookies["sessionid"].value},
            timeout=30,
        )
        assert Image.open(io.BytesIO(small.content)).size == (640, 640)
    assert [path for host in (web, worker) for path in host.folder.rglob("*.jpg")] == []


def test_a_card_drawn_by_a_worker_is_what_instagram_finds_on_the_web_host(sandbox, bucket, tmp_path):
    factories.make_item(factories.make_account("instagram"), publish_at=timezone.now())
    web, worker = (Host(tmp_path / name, bucket) for name in ("web", "worker"))
    with webserver.serving(workers=1, threads=2, **web.settings) as port:
        told = worker.dispatch(PUBLIC_BASE_URL=f"http://127.0.0.1:{port}")
        assert [line["outcome"] for line in told] == ["published"]
        served = requests.get(sandbox.wall[0].media_url, timeout=30)
        assert Image.open(io.BytesIO(served.content)).size == (1080, 1080)
        assert requests.get(f"http://127.0.0.1:{port}/media/cards/no/none.png", timeout=30).status_code == 404
    assert [name.split("/")[:2] for name in bucket.names()] == [["desk", "cards"]]


def test_one_that_is_not_there_yet_is_waited_for(sandbox, ours, at_hand, twitter_account):
    clock, picture = Clock(), _photo()
    item = factories.make_item(twitter_account, publish_at=clock(), image=_upload())
    ours.remove(f"desk/{item.image.name}")
    assert dispatch.drain(clock=clock) == {"transient": 1}
    assert item.image.name in item.posts.get().error
    files.write_whole(item.image.name, picture)
    clock.forward(minutes=1)
    assert dispatch.drain(clock=clock) == {"published": 1}
    assert list(at_hand.iterdir()) == []


def test_while_the_store_is_away_nothing_is_given_up(sandbox, ours, settings, twitter_account):
    """An hour of it, and the rest of the site goes on; then the post goes out."""
    clock, whole = Clock(), settings.STORAGES
    item = factories.make_item(twitter_account, publish_at=clock(), image=_upload())
    settings.STORAGES = whole | {"default": _parsed("http://127.0.0.1:9")}
    for _minute in range(5):
        assert dispatch.drain(clock=clock) == {"not_ready": 1}
        clock.forward(minutes=15)
    post = item.posts.get()
    assert (post.status, post.failures_in_row, "can't be read" in post.error) == ("pending", 0, True)
    assert not Alert.objects.filter(kind__in=["rejected", "given_up", "our_fault"]).exists()
    settings.STORAGES = whole
    assert dispatch.drain(clock=clock) == {"published": 1}


def test_a_store_that_is_away_is_said_wherever_files_are_kept(ours, settings, admin_client, client):
    settings.STORAGES = settings.STORAGES | {"default": _parsed("http://127.0.0.1:9")}
    factories.make_account("twitter")
    answer = admin_client.post(
        "/admin/queue/queueitem/add/",
        {"title": "Kept nowhere", "link": "https://example.com/p", "image": _upload()},
    )
    assert "The picture can&#x27;t be kept at the moment" in answer.content.decode()
    assert not QueueItem.objects.exists()
    served = client.get("/media/items/ab/abc.jpg")
    assert (served.status_code, served["Retry-After"]) == (503, "30")
    assert any(f"MEDIA_STORAGE s3://{s3.BUCKET} can't be used" in words for words in doctor.problems(timezone.now()))


def test_a_picture_of_what_is_refused_is_not_kept(ours, settings, admin_client):
    fields = {"title": "", "link": "https://example.com/p", "image": _upload()}
    assert admin_client.post("/admin/queue/queueitem/add/", fields).status_code == 200
    # The form's own rules let this one pass; those of the queue do not.
    fields = {"title": "Nowhere to go", "link": "https://example.com/p", "image": _upload()}
    assert admin_client.post("/admin/queue/queueitem/add/", fields).status_code == 200
    # The form keeps its picture for the next press, under a name of its own, until it is pruned.
    assert not QueueItem.objects.exists()
    assert [name for name in ours.names() if not name.startswith("desk/")] == []


def test_another_picture_that_cannot_be_kept_changes_nothing(ours, settings, twitter_account):
    item = factories.make_item(twitter_account, publish_at=timezone.now() + timedelta(days=1))
    whole, by_hand = settings.STORAGES, editing.ByHand(picture=_upload())
    settings.STORAGES = whole | {"default": _parsed("http://127.0.0.1:9")}
    with pytest.raises(OSError, match="the store can't be used"):
        editing.edit(item.pk, {"title": "Another title"}, now=timezone.now(), by_hand=by_hand)
    assert QueueItem.objects.get().title == item.title
    settings.STORAGES = whole
    with pytest.raises(editing.Malformed):
        editing.edit(item.pk, {"title": ""}, now=timezone.now(), by_hand=by_hand)
    assert ours.names() == [], "what came to nothing is not kept"


def test_the_api_says_so_too(ours, settings, client):
    settings.STORAGES = settings.STORAGES | {"default": _parsed("http://127.0.0.1:9")}
    _row, key = keys.issue("maker", ["ingest"])
    answer = client.post(
        "/api/autopost/cards", {"title": "Zeus"}, "application/json", headers={"Authorization": f"Bearer {key}"}
    )
    assert (answer.status_code, answer.json()["error"]["code"]) == (503, "unavailable")


def test_doctor_tries_the_bucket_and_leaves_nothing_in_it(ours, settings):
    assert not any("MEDIA" in words for words in doctor.problems(timezone.now()))
    assert (ours.names(), Path(settings.MEDIA_ROOT) in disks.folders()) == ([], False)
    settings.STORAGES = settings.STORAGES | {
        "default": media_storage.parse(
            f"s3://not-there?endpoint={ours.endpoint}&region={s3.REGION}", access_key=s3.KEY, secret_key=s3.SECRET
        )
    }
    assert any("s3://not-there can't be used: a probe could not be written" in words for words in doctor._folders(None))


def test_prune_takes_old_copies_and_leaves_uploads(ours):
    item = factories.make_item(image=_upload())
    for name in ("fetched/ab/abc.jpg", "fitted/cd/cde.jpg", "fitted/small/cd/cde.jpg"):
        files.write_whole(name, b"picture")
    cards.card_for("Zeus")
    now = timezone.now()
    assert not prune.prune(now)["pictures"]
    # Nobody can age what lies in a bucket; so the day is a later one.
    counts = prune.prune(now + timedelta(days=31))
    assert (counts["pictures"], counts["cards"]) == (3, 1)
    assert ours.names() == [f"desk/{item.image.name}"]


def test_large_files_pass_through_no_memory_of_ours(ours):
    content = os.urandom(12 * 1024 * 1024)
    files.write_whole("items/ab/large.bin", content)
    with files.opened("items/ab/large.bin") as file:
        assert file.file._rolled, "it lies in a temporary file"
        assert file.read() == content


def test_many_threads_share_one_way_to_the_bucket(ours):
    with ThreadPoolExecutor(16) as pool:
        list(pool.map(lambda number: files.write_whole(f"fitted/{number}.jpg", b"%d" % number), range(64)))
        assert list(pool.map(lambda number: files.read(f"fitted/{number}.jpg"), range(64))) == [
            b"%d" % number for number in range(64)
        ]


def test_a_card_that_is_asked_for_long_after_it_was_drawn_is_young_again(ours, monkeypatch):
    """A bucket keeps no other time than when a file was written, and pruning goes by that."""
    made, drawn_at = cards.card_for("Zeus"), timezone.now()
    files.write_whole(made.name, b"as it was")
    for days, anew in ((9, False), (11, True)):
        monkeypatch.setattr(cards.timezone, "now", lambda days=days: drawn_at + timedelta(days=days))
        assert cards.card_for("Zeus") == made
        assert (files.read(made.name) != b"as it was") is anew


def test_what_is_sent_lies_on_this_host_until_it_is_sent(ours, at_hand, twitter_account):
    post = factories.make_post(factories.make_item(image=_upload()), twitter_account)
    with ExitStack() as room:
        shown = illustrations.media_for(post, speaking.connector_for(twitter_account), room)[0]
        assert Path(shown.path).read_bytes()[:2] == b"\xff\xd8"
        assert Path(shown.path).is_relative_to(at_hand)
    assert list(at_hand.iterdir()) == []
