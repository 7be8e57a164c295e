"""No picture tells where, when or with what it was taken, and every pixel stays."""

import io
import random

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from PIL import Image, ImageChops, ImageCms

import connectors
from connectors.errors import ConnectorError
from connectors.media.fitting import fitting
from connectors.media.inspect import MediaRefused, inspect, is_animated
from connectors.media.picture import Picture
from connectors.stripping import stripped
from tests.connectors.drawn import moving_bytes, noisy_bytes, opened, picture_bytes, turned_bytes
from tests.connectors.media.test_inspect import multi_picture
from tests.connectors.told import GPS, exif_of, telling, words_in

pytestmark = pytest.mark.filterwarnings("ignore:.*:UserWarning:PIL")

LOSSLESS = ["JPEG", "PNG", "GIF", "WEBP"]
WRITTEN_ANEW = ["AVIF", "TIFF", "BMP", "JPEG2000"]
ALL = [*LOSSLESS, *WRITTEN_ANEW]
PLATFORMS = connectors.names()
_MODES = {"JPEG": ["RGB", "L", "CMYK"], "PNG": ["RGB", "RGBA", "L", "LA", "P", "1", "I;16"], "GIF": ["RGB", "L", "P"],
          "WEBP": ["RGB", "RGBA"], "AVIF": ["RGB", "RGBA"], "TIFF": ["RGB", "RGBA", "L", "CMYK", "1"],
          "BMP": ["RGB", "L", "1"], "JPEG2000": ["RGB", "RGBA", "L"]}  # fmt: skip


def noise(width: int, height: int, mode: str = "RGB", seed: int = 7) -> Image.Image:
    pixels = random.Random(seed).randbytes(width * height * 4)
    image = Image.frombytes("RGBA", (width, height), pixels)
    return image.convert("I").convert("I;16") if mode == "I;16" else image.convert(mode)


def shown(content: bytes) -> Image.Image:
    """What a viewer sees."""
    image = opened(content)
    image.load()  # Pillow turns a TIFF while it decodes it
    mark = image.getexif().get(0x0112, 1)
    turns = {2: 0, 3: 3, 4: 1, 5: 5, 6: 4, 7: 6, 8: 2}
    seen = image.convert("RGBA")
    return seen.transpose(Image.Transpose(turns[mark])) if mark in turns else seen


def same_pixels(one: bytes, other: bytes, *, by: int = 0) -> bool:
    difference = ImageChops.difference(shown(one), shown(other))
    return max(high for _low, high in difference.getextrema()) <= by


def is_bare(content: bytes) -> bool:
    """Nothing but the turn is told."""
    image = opened(content)
    image.load()
    exif = image.getexif()
    leftovers = {"xmp", "comment", "photoshop", "Author", "Comment", "XML:com.adobe.xmp", "mp", "mpoffset"}
    return not (words_in(content) or exif.get_ifd(GPS) or set(exif) - {0x0112} or leftovers & set(image.info))


@pytest.mark.parametrize("kind", [kind for kind in ALL if kind not in ("BMP", "JPEG2000")])
def test_the_pictures_of_these_tests_do_tell(kind):
    assert not is_bare(telling(noise(40, 30), kind))


@settings(max_examples=100, deadline=None, suppress_health_check=list(HealthCheck))
@given(
    kind=st.sampled_from(ALL),
    size=st.tuples(st.integers(1, 70), st.integers(1, 70)),
    mark=st.integers(0, 9),
    choice=st.integers(0, 6),
    seed=st.integers(0, 99),
)
def test_whatever_a_picture_tells_is_gone_and_every_pixel_stays(kind, size, mark, choice, seed):
    mode = _MODES[kind][choice % len(_MODES[kind])]
    content = telling(noise(*size, mode, seed), kind, mark=mark)
    before = inspect(content)
    after = stripped(before)

    assert is_bare(after.content)
    assert inspect(after.content) == Picture(after.content, after.media_type, before.width, before.height)
    assert (after.media_type == before.media_type) is (kind in LOSSLESS)
    lossy = kind in ("AVIF", "JPEG2000") or mode in ("CMYK", "I;16")
    assert kind in WRITTEN_ANEW and lossy or same_pixels(content, after.content)
    assert stripped(after) is after


@pytest.mark.parametrize("kind", WRITTEN_ANEW)
def test_what_is_written_anew_looks_the_same(kind):
    smooth = Image.linear_gradient("L").resize((200, 100)).convert("RGB")
    content = telling(smooth, kind)
    assert same_pixels(content, stripped(inspect(content)).content, by=6)


@pytest.mark.parametrize("kind", LOSSLESS)
def test_a_picture_that_tells_nothing_is_left_alone(kind):
    picture = inspect(noisy_bytes(90, 60, kind))
    assert stripped(picture) is picture


@pytest.mark.parametrize("kind", ["JPEG", "PNG", "WEBP"])
def test_a_colour_profile_stays(kind):
    profile = ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes()
    content = telling(noise(40, 30), kind, icc=profile)
    assert opened(stripped(inspect(content)).content).info["icc_profile"] == profile


@pytest.mark.parametrize("kind", ["TIFF", "AVIF"])
def test_a_colour_profile_stays_when_it_is_written_anew(kind):
    profile = ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes()
    content = telling(noise(40, 30), kind, icc=profile)
    assert opened(stripped(inspect(content)).content).info["icc_profile"] == profile


@pytest.mark.parametrize("kind", ["GIF", "PNG", "WEBP"])
def test_a_moving_picture_still_moves(kind):
    content = moving_bytes(kind)
    frames = [Image.new("RGB", (64, 64), colour) for colour in ("red", "green", "blue")]
    told = telling(frames[0], kind, save_all=True, append_images=frames[1:], duration=100)
    for picture in (inspect(content), inspect(told)):
        after = stripped(picture)
        assert is_animated(after) and opened(after.content).n_frames == 3
        assert is_bare(after.content)


@pytest.mark.parametrize(
    "details", [{"progressive": True}, {"restart_marker_blocks": 1}, {"keep_rgb": True}, {"subsampling": 0}]
)
def test_a_jpeg_of_any_make_stays_the_same_picture(details):
    content = telling(noise(120, 80), "JPEG", **details)
    after = stripped(inspect(content))
    assert same_pixels(content, after.content) and is_bare(after.content)


def test_words_between_the_scans_of_a_jpeg_go_too():
    content = telling(noise(64, 64), "JPEG", progressive=True)
    last_scan = content.rindex(b"\xff\xda")
    content = content[:last_scan] + b"\xff\xfe\x00\x0dJoko Widodo" + content[last_scan:]
    after = stripped(inspect(content))
    assert is_bare(after.content) and same_pixels(content, after.content)


def test_the_further_pictures_of_a_jpeg_of_several_go():
    after = stripped(inspect(multi_picture()))
    assert after.media_type == "image/jpeg" and (after.width, after.height) == (320, 240)
    assert opened(after.content).getpixel((9, 9))[0] > 200


@pytest.mark.parametrize("mark", range(1, 9))
def test_a_turned_picture_stays_turned(mark):
    content = turned_bytes(mark)
    picture = inspect(content)
    after = stripped(picture)
    assert (after.width, after.height) == (picture.width, picture.height)
    assert same_pixels(content, after.content)


@pytest.mark.parametrize("mark", [1, 6])
@pytest.mark.parametrize("kind", [kind for kind in ALL if kind not in ("BMP", "JPEG2000")])
@pytest.mark.parametrize("platform", PLATFORMS)
def test_no_platform_is_given_what_a_picture_tells(platform, kind, mark):
    content, _type = fitting(inspect(telling(noise(600, 500), kind, mark=mark)), connectors.get(platform).limits)
    assert is_bare(content)


@settings(max_examples=150, deadline=None, suppress_health_check=list(HealthCheck))
@given(data=st.data(), kind=st.sampled_from(ALL), mark=st.sampled_from([1, 6]))
def test_a_mangled_picture_is_refused_in_our_words_or_comes_out_whole(data, kind, mark):
    content = bytearray(telling(noise(24, 20), kind, mark=mark))
    for _ in range(data.draw(st.integers(1, 12))):
        at = data.draw(st.integers(0, min(len(content), 900) - 1))
        change = data.draw(st.sampled_from(["byte", "cut", "double"]))
        if change == "byte":
            content[at] = data.draw(st.integers(0, 255))
        elif change == "cut":
            del content[at : at + data.draw(st.integers(1, 40))]
        else:
            content[at:at] = content[at : at + 30]
        if not content:
            return
    try:
        picture = inspect(bytes(content))
        after = stripped(picture)
        made, media_type = fitting(picture, connectors.get("instagram").limits)
    except ConnectorError as caught:
        refusal = caught
    else:
        refusal = None
    if refusal:
        assert isinstance(refusal, MediaRefused) and refusal.message.endswith(".")
        return
    for outcome in (after.content, made):
        assert inspect(outcome).width
    assert media_type == "image/jpeg"


@given(
    content=st.binary(max_size=300),
    beginning=st.sampled_from([b"\xff\xd8\xff", b"GIF89a", b"RIFF0000WEBP", b"\x89PNG\r\n\x1a\n", b""]),
)
@settings(max_examples=100, deadline=None)
def test_bytes_that_only_begin_like_a_picture_are_refused(content, beginning):
    with pytest.raises(MediaRefused):
        stripped(inspect(beginning + content))


def test_a_cmyk_jpeg_reaches_instagram_with_its_own_colours():
    out = io.BytesIO()
    green = Image.new("RGB", (800, 800), (29, 200, 60)).convert("CMYK")
    green.save(out, "JPEG", quality=95)
    content, media_type = fitting(inspect(out.getvalue()), connectors.get("instagram").limits)
    image = opened(content)
    assert (media_type, image.mode) == ("image/jpeg", "RGB")
    assert all(abs(have - want) <= 6 for have, want in zip(image.getpixel((5, 5)), (29, 200, 60), strict=True))


def test_the_exif_of_these_tests_is_what_cameras_write():
    assert exif_of(6).get_ifd(GPS)[1] == "S"
    assert picture_bytes() != telling(Image.new("RGB", (640, 480), "teal"), "JPEG")
