"""Making a picture fit a platform's rules, judged by the pixels that come out."""

import io

import pytest
from hypothesis import example, given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st
from PIL import Image, ImageCms, ImageDraw

import connectors
from connectors.base import Limits
from connectors.errors import Rejected
from connectors.media.fitting import fitting, problems
from connectors.media.inspect import inspect
from tests.connectors.drawn import moving_bytes, near, noisy_bytes, opened, picture_bytes, turned_bytes
from tests.connectors.media.test_inspect import multi_picture

STRICT = Limits(
    text=1,
    text_with_media=1,
    media_bytes=8 * 1024 * 1024,
    media_types=("image/jpeg",),
    media_ratio=(0.8, 1.91),
    media_min_width=320,
    media_max_width=1440,
)
FREE = Limits(text=1, text_with_media=1, media_bytes=5_000_000, media_types=("image/jpeg", "image/png"))


def fitted(content: bytes, limits: Limits = STRICT, **how) -> Image.Image:
    """The picture that came out; nothing is left to mind about it."""
    made, media_type = fitting(inspect(content), limits, **how)
    picture = inspect(made)
    assert picture.media_type == media_type
    assert problems(picture, limits) == []
    return opened(made)


def swapped_profile() -> bytes:
    """The profile of sRGB with the primaries of red and blue exchanged, under another name."""
    profile = ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes()
    swapped = profile.replace(b"rXYZ", b"????").replace(b"bXYZ", b"rXYZ").replace(b"????", b"bXYZ")
    return swapped.replace("sRGB".encode("utf-16-be"), "sBGR".encode("utf-16-be"))


def with_bars(width: int, height: int) -> bytes:
    """Red at the left end, blue at the right end, green between."""
    image = Image.new("RGB", (width, height), "lime")
    draw = ImageDraw.Draw(image)
    draw.rectangle((0, 0, width // 10, height), fill="red")
    draw.rectangle((width - width // 10, 0, width, height), fill="blue")
    out = io.BytesIO()
    image.save(out, "PNG")
    return out.getvalue()


class TestProblems:
    def test_a_picture_that_fits_has_none(self):
        assert problems(inspect(picture_bytes(1080, 1080)), STRICT) == []

    @pytest.mark.parametrize(
        ("content", "limits", "sentence"),
        [
            (picture_bytes(kind="PNG"), STRICT, "The picture is PNG; accepted: JPEG."),
            (multi_picture(), FREE, "The picture is MPO; accepted: JPEG, PNG."),
            (
                picture_bytes(1000, 400),
                STRICT,
                "The picture is 1000 × 400 (ratio 2.50); its width must be between 0.8 and 1.91 times its height.",
            ),
            (picture_bytes(300, 300), STRICT, "The picture is 300 pixels wide; at least 320 are needed."),
            (picture_bytes(2000, 2000), STRICT, "The picture is 2000 pixels wide; at most 1440 are kept."),
        ],
    )
    def test_each_names_the_rule_and_the_figure(self, content, limits, sentence):
        assert problems(inspect(content), limits) == [sentence]

    def test_bytes_and_sides_are_counted(self):
        limits = connectors.get("telegram").limits
        [found] = problems(inspect(picture_bytes() + bytes(5_000_000)), limits)
        assert "at most 5,000,000 are accepted" in found
        [found] = problems(inspect(picture_bytes(9500, 600)), limits)
        assert "10100 pixels together; at most 10000 are accepted" in found

    def test_a_moving_picture_is_minded(self):
        assert "moves" in problems(inspect(moving_bytes()), connectors.get("telegram").limits)[0]

    def test_other_types_may_be_named_than_the_platform_s(self):
        assert problems(inspect(picture_bytes(kind="WEBP")), FREE, types=("image/webp",)) == []


class TestNothingToDo:
    def test_a_picture_that_fits_stays_byte_for_byte(self):
        for content in (picture_bytes(1080, 1080), picture_bytes(1440, 1800)):
            assert fitting(inspect(content), STRICT) == (content, "image/jpeg")

    def test_refusing_a_wrong_ratio_does_not_refuse_a_right_one(self):
        assert fitted(picture_bytes(900, 900, "PNG"), how="refuse").size == (900, 900)


class TestRatio:
    @pytest.mark.parametrize("size", [(2400, 800), (800, 2400), (1200, 500), (640, 4000), (5000, 40), (40, 5000)])
    @pytest.mark.parametrize("how", ["pad", "crop"])
    def test_any_ratio_is_brought_within_bounds(self, size, how):
        image = fitted(picture_bytes(*size), how=how)
        assert 0.8 <= image.width / image.height <= 1.91

    def test_padding_keeps_everything_and_fills_with_a_blurred_copy(self):
        image = fitted(with_bars(1400, 400))
        middle, top = image.height // 2, image.height // 20
        assert near(image.getpixel((20, middle)), (255, 0, 0)) and near(image.getpixel((1380, middle)), (0, 0, 255))
        assert near(image.getpixel((image.width // 2, top)), (0, 255, 0))

    def test_cropping_keeps_the_middle(self):
        image = fitted(with_bars(1400, 400), how="crop")
        assert near(image.getpixel((2, 200)), (0, 255, 0)) and near(image.getpixel((image.width - 3, 200)), (0, 255, 0))
        assert image.height == 400

    def test_padding_a_transparent_picture_is_white(self):
        content = picture_bytes(1400, 400, "PNG", mode="RGBA", colour=(0, 0, 255, 128))
        image = fitted(content)
        assert near(image.getpixel((700, 10)), (255, 255, 255))
        assert near(image.getpixel((700, image.height // 2)), (127, 127, 255))

    def test_refusing_names_the_rule(self):
        with pytest.raises(Rejected, match=r"1000 × 400 .* between 0\.8 and 1\.91 times its height"):
            fitting(inspect(picture_bytes(1000, 400)), STRICT, how="refuse")

    def test_another_way_than_the_three_is_a_mistake_of_ours(self):
        with pytest.raises(ValueError, match="pad, crop, refuse"):
            fitting(inspect(picture_bytes()), STRICT, how="stretch")


class TestSize:
    def test_a_wide_picture_is_scaled_down(self):
        assert fitted(picture_bytes(3000, 2000)).size == (1440, 960)

    def test_a_narrow_picture_is_scaled_up(self):
        assert fitted(picture_bytes(160, 160)).size == (320, 320)

    def test_the_sum_of_the_sides_is_kept(self):
        image = fitted(picture_bytes(9500, 600), connectors.get("telegram").limits)
        assert 9_990 <= sum(image.size) <= 10_000

    def test_too_many_bytes_cost_quality_first_and_size_next(self):
        content = noisy_bytes(1000, 1000)
        for most in (600_000, 120_000):
            made, media_type = fitting(inspect(content), Limits(1, 1, most, ("image/jpeg",)))
            assert len(made) <= most and media_type == "image/jpeg"
        assert opened(made).width < 1000

    def test_a_drawing_stays_png_when_it_is_small_enough_and_becomes_jpeg_when_not(self):
        assert fitting(inspect(picture_bytes(800, 800, "PNG", mode="RGBA")), limits_of(300_000))[1] == "image/png"
        assert fitting(inspect(noisy_bytes(800, 800)), limits_of(900_000))[1] == "image/jpeg"

    def test_what_cannot_be_made_small_enough_is_refused(self):
        with pytest.raises(Rejected, match="smaller than 100 bytes"):
            fitting(inspect(picture_bytes()), Limits(1, 1, 100, ("image/jpeg",)))

    def test_a_type_that_we_cannot_write_is_refused(self):
        with pytest.raises(Rejected, match="types"):
            fitting(inspect(picture_bytes()), Limits(1, 1, 10**6, ("image/avif",)))


def limits_of(media_bytes: int) -> Limits:
    """Transparent pictures of any size, with this many bytes; the width makes sure that something is done."""
    return Limits(1, 1, media_bytes, ("image/jpeg", "image/png"), media_max_width=700)


class TestColours:
    @pytest.mark.parametrize("orientation", range(1, 9))
    def test_the_camera_s_mark_is_obeyed_and_dropped(self, orientation):
        image = fitted(turned_bytes(orientation), FREE)
        assert image.getexif().get(0x0112) in (None, 1)
        assert image.size == ((400, 600) if orientation > 4 else (600, 400))
        corner, far = image.getpixel((20, 20)), image.getpixel((image.width - 20, image.height - 20))
        red_first = orientation in (1, 4, 5, 6)
        assert near(corner, (254, 0, 0) if red_first else (0, 0, 254))
        assert near(far, (0, 0, 254) if red_first else (254, 0, 0))

    @pytest.mark.parametrize(
        ("mode", "kind", "colour", "shown"),
        [
            ("RGBA", "PNG", (255, 0, 0, 0), (255, 255, 255)),
            ("LA", "PNG", (0, 128), (127, 127, 127)),
            ("P", "GIF", 0, (0, 0, 0)),
            ("L", "PNG", 100, (100, 100, 100)),
            ("1", "PNG", 1, (255, 255, 255)),
            ("I;16", "PNG", 32896, (128, 128, 128)),
            ("CMYK", "JPEG", (0, 255, 255, 0), (254, 0, 0)),
        ],
    )
    def test_any_kind_of_pixel_becomes_plain_colour_on_white(self, mode, kind, colour, shown):
        image = fitted(picture_bytes(400, 400, kind, mode=mode, colour=colour))
        assert image.mode == "RGB"
        assert near(image.getpixel((200, 200)), shown)

    def test_a_palette_with_one_transparent_colour_is_put_on_white(self):
        content = picture_bytes(400, 400, "GIF", mode="P", colour=7, transparency=7)
        assert near(fitted(content).getpixel((200, 200)), (255, 255, 255))

    def test_a_foreign_colour_profile_is_translated_and_dropped(self):
        image = fitted(picture_bytes(400, 400, "PNG", colour=(200, 120, 60), icc_profile=swapped_profile()), FREE)
        assert "icc_profile" not in image.info
        assert near(image.getpixel((9, 9)), (60, 120, 200), by=20)

    def test_srgb_itself_needs_no_translation(self):
        profile = ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes()
        content = picture_bytes(400, 400, icc_profile=profile)
        assert fitting(inspect(content), STRICT)[0] == content

    def test_only_the_first_frame_of_a_moving_picture_is_kept(self):
        image = fitted(moving_bytes(), FREE)
        assert near(image.getpixel((30, 30)), (254, 0, 0))
        assert getattr(image, "n_frames", 1) == 1


class TestRoundNumbersOfPixels:
    @pytest.mark.parametrize(
        ("name", "size"),
        [
            ("telegram", (1441, 60)),
            ("telegram", (60, 1441)),
            *[("instagram", size) for size in ((1910, 1000), (1528, 800), (3820, 2000), (191, 100), (100, 125))],
        ],
    )
    def test_scaling_and_padding_do_not_leave_the_bounds_by_a_part_of_a_pixel(self, name, size):
        image = fitted(picture_bytes(*size), connectors.get(name).limits)
        low, high = connectors.get(name).limits.media_ratio
        assert low <= image.width / image.height <= high

    @given(
        st.tuples(st.integers(1, 260), st.integers(1, 260)),
        st.sampled_from(["pad", "crop"]),
        st.sampled_from(
            [
                Limits(1, 1, 9_000, ("image/jpeg",), media_ratio=(0.8, 1.91), media_min_width=32, media_max_width=144),
                Limits(1, 1, 9_000, ("image/jpeg",), media_ratio=(1 / 20, 20), media_max_sides=250),
            ]
        ),
    )
    @example((191, 100), "pad", Limits(1, 1, 9_000, ("image/jpeg",), media_ratio=(0.8, 1.91), media_max_width=144))
    @hypothesis_settings(max_examples=150, deadline=None)
    def test_whatever_is_fitted_leaves_nothing_to_mind(self, size, how, limits):
        fitted(picture_bytes(*size), limits, how=how)


@pytest.mark.parametrize("name", connectors.names())
@pytest.mark.parametrize(
    "content",
    [
        picture_bytes(4000, 300, "WEBP"),
        picture_bytes(100, 3000, "BMP"),
        multi_picture(),
        moving_bytes("WEBP"),
        picture_bytes(900, 900, "TIFF", mode="CMYK"),
    ],
    ids=["panorama", "tower", "mpo", "moving", "cmyk"],
)
def test_every_platform_gets_a_picture_that_it_takes(name, content):
    fitted(content, connectors.get(name).limits)
