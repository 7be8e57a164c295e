"""Decoding pictures takes a bounded share of the memory, whatever comes in and however much of it at once."""

import io
import subprocess
import sys
import threading
import time

import pytest
from PIL import Image

import connectors
from connectors.media import darkroom, jpeg_marks
from connectors.media.darkroom import Darkroom
from connectors.media.fitting import fitting
from connectors.media.inspect import MediaRefused, inspect
from connectors.media.opening import MOST_PIXELS_OF_JPEG
from tests.connectors.drawn import near, opened, picture_bytes
from tests.support.environment import ROOT

_INSTAGRAM = connectors.get("instagram").limits


def large_jpeg(width=12_000, height=9_000, **details) -> bytes:
    """As many pixels as a telephone's camera makes; the left half is red, the right one blue."""
    image = Image.new("RGB", (width, height), "red")
    image.paste("blue", (width // 2, 0, width, height))
    out = io.BytesIO()
    image.save(out, "JPEG", quality=60, **details)
    return out.getvalue()


class TestPlaces:
    def test_no_more_work_at_once_than_there_are_places(self):
        room, inside, most, pair = Darkroom(2), [], [], threading.Barrier(2)

        def work():
            with room.place():
                inside.append(1)
                pair.wait(60)
                most.append(len(inside))
                time.sleep(0.02)
                inside.pop()

        threads = [threading.Thread(target=work) for _ in range(8)]
        [thread.start() for thread in threads]
        [thread.join() for thread in threads]
        assert max(most) == 2 and len(most) == 8

    def test_who_has_a_place_may_enter_again(self):
        room = Darkroom(1)
        with room.place(), room.place():
            assert not room._free.acquire(blocking=False)
        assert room._free.acquire(blocking=False)

    def test_a_place_is_given_back_when_the_work_fails(self):
        room = Darkroom(1)
        with pytest.raises(ValueError, match="spilled"), room.place():
            raise ValueError("spilled")
        with room.place():
            assert not room._free.acquire(blocking=False)

    @pytest.mark.parametrize("work", [inspect, lambda content: fitting(inspect(content), _INSTAGRAM)])
    def test_whoever_decodes_waits_for_a_place(self, monkeypatch, work):
        # A room of this test's own, with one place that is taken.
        full, content = Darkroom(1), picture_bytes(1200, 400, "PNG")
        usual = darkroom.place
        for name, module in list(sys.modules.items()):
            if name.startswith("connectors") and getattr(module, "place", None) is usual:
                monkeypatch.setattr(module, "place", full.place)
        worker = threading.Thread(target=work, args=(content,), daemon=True)
        with full.place():
            worker.start()
            worker.join(0.3)
            assert worker.is_alive()
        worker.join(60)
        assert not worker.is_alive()

    def test_the_setting_says_how_many_places_there_are(self, settings):
        assert darkroom._room.places == settings.PICTURE_WORKERS == 2


class TestPixels:
    @pytest.mark.parametrize(("kind", "mode"), [("PNG", "1"), ("GIF", "L"), ("BMP", "1"), ("TIFF", "1")])
    def test_more_pixels_than_we_decode_are_refused_with_both_numbers(self, kind, mode):
        with pytest.raises(MediaRefused, match="5001 × 5000 pixels; we take 25,000,000 at most"):
            inspect(picture_bytes(5001, 5000, kind, mode=mode, colour=0))
        assert inspect(picture_bytes(5000, 5000, kind, mode=mode, colour=0)).width == 5000

    def test_what_a_telephone_s_best_camera_makes_goes_out_everywhere(self):
        picture = inspect(large_jpeg())
        assert (picture.width, picture.height) == (12_000, 9_000)
        for platform in connectors.names():
            content, media_type = fitting(picture, connectors.get(platform).limits)
            assert media_type == "image/jpeg"
        content, _type = fitting(picture, _INSTAGRAM)
        image = opened(content)
        assert image.size == (1440, 1080)
        assert near(image.getpixel((100, 500)), (255, 0, 0)) and near(image.getpixel((1300, 500)), (0, 0, 255))

    def test_a_large_jpeg_that_is_turned_stays_turned(self):
        exif = Image.Exif()
        exif[0x0112] = 6
        picture = inspect(large_jpeg(8000, 6000, exif=exif))
        assert (picture.width, picture.height) == (6000, 8000)
        image = opened(fitting(picture, _INSTAGRAM)[0])
        assert image.width < image.height
        assert near(image.getpixel((700, 100)), (255, 0, 0)) and near(image.getpixel((700, 1600)), (0, 0, 255))

    def test_a_jpeg_that_a_decoder_keeps_whole_has_the_bounds_of_all_others(self):
        """A progressive one of this size takes 650 MB although it is decoded at an eighth."""
        with pytest.raises(MediaRefused, match="8000 × 6000 pixels"):
            inspect(large_jpeg(8000, 6000, progressive=True))

    def test_a_jpeg_beyond_every_camera_is_refused(self):
        with pytest.raises(MediaRefused, match="12500 × 12500 pixels"):
            inspect(large_jpeg(12_500, 12_500))
        assert MOST_PIXELS_OF_JPEG < 12_500**2

    @pytest.mark.parametrize(
        ("details", "streams"), [({}, True), ({"progressive": True}, False), ({"restart_marker_blocks": 2}, True)]
    )
    def test_a_jpeg_that_is_decoded_row_by_row_is_known(self, details, streams):
        assert jpeg_marks.streams(picture_bytes(**details)) is streams

    @pytest.mark.parametrize(
        "content", [b"", b"\xff\xd8", b"\xff\xd8\xff\xc0\x00\x04\x08", b"\xff\xd8\xff\xda\x00\x02"]
    )
    def test_half_a_jpeg_is_not(self, content):
        assert not jpeg_marks.streams(content)


_AT_ONCE = """
import io, resource, sys, threading
from PIL import Image
import connectors
from connectors.media import fitting, inspect
content, limits = open(sys.argv[1], "rb").read(), connectors.get("instagram").limits
def work():
    fitting.fitting(inspect.inspect(content), limits)
before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
threads = [threading.Thread(target=work) for _ in range(int(sys.argv[2]))]
[thread.start() for thread in threads]
[thread.join() for thread in threads]
print((resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before) // 1024)
"""


@pytest.mark.parametrize(("threads", "most"), [(1, 450), (4, 1000)])
def test_the_largest_pictures_take_a_bounded_share_of_the_memory(tmp_path, threads, most):
    """In a process of its own, whose peak the system knows; in MB."""
    file = tmp_path / "a.png"
    file.write_bytes(picture_bytes(5000, 5000, "PNG", mode="RGBA", colour=(200, 10, 20, 128)))
    done = subprocess.run(
        [sys.executable, "-c", _AT_ONCE, str(file), str(threads)], cwd=ROOT, capture_output=True, text=True, check=True
    )
    assert int(done.stdout) < most
